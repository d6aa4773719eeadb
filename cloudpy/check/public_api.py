"""The names that the SDK offers to a program, asked of the SDK itself."""

from __future__ import annotations

import importlib
import inspect
from importlib.util import find_spec
from typing import Any, Literal

Face = Literal["async", "sync"]
MODULES: dict[Face, str] = {"async": "cloudpy", "sync": "cloudpy.sync"}


def module_has(face: Face, name: str) -> bool:
    """Whether ``cloudpy`` or ``cloudpy.sync`` has the attribute `name`; a module of the package counts."""
    module = importlib.import_module(MODULES[face])
    return hasattr(module, name) or (face == "async" and find_spec(f"cloudpy.{name}") is not None)


def instance_has(face: Face, name: str) -> bool:
    """Whether an instance (``createNewInstance()``) has the attribute `name`."""
    return hasattr(_instance(face), name)


def names(face: Face) -> list[str]:
    """Return the public names of ``cloudpy`` or ``cloudpy.sync``."""
    return sorted(importlib.import_module(MODULES[face]).__all__)


def is_namespace(name: str) -> bool:
    """Whether further names hang below `name` and each of them is a call, as below ``openapi`` and ``cloudPay``."""
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


def returned_type(face: Face, name: str) -> type | None:
    """Return the class of what a method of the SDK gives without a call to anywhere: ``database()``."""
    if name != "database" or not instance_has(face, name):
        return None
    return type(_instance(face).init(env="check", config=None).database())


def object_has(owner: type, name: str) -> bool:
    """Whether an object of the class `owner` has the attribute `name`; a ``__getattr__`` is asked."""
    try:
        return hasattr(owner, name) or hasattr(object.__new__(owner), name)
    except Exception:  # it is there, and wants what only a whole object has
        return True


def is_sent(owner: type, method: str) -> bool:
    """Whether a method of a database's object sends something: on the async API such methods are coroutines."""
    other = getattr(importlib.import_module("cloudpy._client.services.database"), owner.__name__, owner)
    return inspect.iscoroutinefunction(getattr(other, method, None))


def type_of_result(owner: type, name: str) -> type | None:
    """Return the class that a method of `owner` says it gives, or will when it is awaited; `owner` for its own."""
    method = getattr(owner, name, None)
    annotation = getattr(method, "__annotations__", {}).get("return")
    if not inspect.isfunction(method) or not isinstance(annotation, str):
        return None
    found = vars(importlib.import_module(method.__module__)).get(annotation, owner)
    if isinstance(found, type):
        return found
    return owner  # a TypeVar, as of where(), which goes on with the same


def _instance(face: Face) -> Any:
    return importlib.import_module(MODULES[face]).Cloud()
