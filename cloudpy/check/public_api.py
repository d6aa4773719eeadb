"""The names of the SDK, read from the SDK itself."""

from __future__ import annotations

import importlib
import inspect
from importlib.util import find_spec
from typing import Any, Literal

Client = Literal["async", "sync"]
MODULES: dict[Client, str] = {"async": "cloudpy", "sync": "cloudpy.sync"}


def module_has(client: Client, name: str) -> bool:
    """Whether ``cloudpy`` or ``cloudpy.sync`` has the attribute or the module `name`."""
    module = importlib.import_module(MODULES[client])
    return hasattr(module, name) or (client == "async" and find_spec(f"cloudpy.{name}") is not None)


def instance_has(client: Client, name: str) -> bool:
    """Whether an instance (``createNewInstance()``) has the attribute `name`."""
    return hasattr(_instance(client), name)


def names(client: Client) -> list[str]:
    """Return the public names of ``cloudpy`` or ``cloudpy.sync``."""
    return sorted(importlib.import_module(MODULES[client]).__all__)


def is_namespace(name: str) -> bool:
    """Whether `name` is a namespace whose names are all calls, like ``openapi`` and ``cloudPay``."""
    member = getattr(_instance("async"), name, None)
    return type(member).__module__ == "cloudpy._client.namespace"


def is_awaited(name: str) -> bool:
    """Whether the async API's `name` (``callFunction``, ``cloudPay.closeOrder``) returns a coroutine."""
    first, _, rest = name.partition(".")
    if is_namespace(first):
        return bool(rest)
    member: Any = _instance("async")
    for word in name.split("."):
        member = getattr(member, word, None)
    return inspect.iscoroutinefunction(member)


def returned_type(client: Client, name: str) -> type | None:
    """Return the class that a method returns without sending anything: ``database()``."""
    if name != "database" or not instance_has(client, name):
        return None
    return type(_instance(client).init(env="check", config=None).database())


def object_has(owner: type, name: str) -> bool:
    """Whether an object of the class `owner` has the attribute `name`, through ``__getattr__`` too."""
    try:
        return hasattr(owner, name) or hasattr(object.__new__(owner), name)
    except Exception:  # the attribute exists, but needs an initialised object
        return True


def is_sent(owner: type, method: str) -> bool:
    """Whether a method of a database object sends a request: these are coroutines in the async API."""
    other = getattr(importlib.import_module("cloudpy._client.services.database"), owner.__name__, owner)
    return inspect.iscoroutinefunction(getattr(other, method, None))


def type_of_result(owner: type, name: str) -> type | None:
    """Return the class that a method of `owner` is annotated to return or resolve to; `owner` for a TypeVar."""
    method = getattr(owner, name, None)
    annotation = getattr(method, "__annotations__", {}).get("return")
    if not inspect.isfunction(method) or not isinstance(annotation, str):
        return None
    result = vars(importlib.import_module(method.__module__)).get(annotation, owner)
    if isinstance(result, type):
        return result
    return owner  # a TypeVar, as in where(), which returns the same class


def _instance(client: Client) -> Any:
    return importlib.import_module(MODULES[client]).Cloud()
