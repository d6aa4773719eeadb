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
    return type(member).__module__ == "cloudpy._namespace"


def is_awaited(name: str) -> bool:
    """Whether the async API's `name` (``callFunction``, ``cloudPay.closeOrder``) returns a coroutine."""
    first, _, rest = name.partition(".")
    if is_namespace(first):
        return bool(rest)
    member: Any = _instance("async")
    for word in name.split("."):
        member = getattr(member, word, None)
    return inspect.iscoroutinefunction(member)


def _instance(face: Face) -> Any:
    return importlib.import_module(MODULES[face]).Cloud()
