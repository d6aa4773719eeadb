"""Return a store for the argument ``store``: a store, or a URL."""

from __future__ import annotations

import inspect
from typing import Any

from ..errors import INVALID_PARAM, ConfigError
from .file import FileStore
from .memory import MemoryStore
from .redis import RedisStore
from .store import Store

_METHODS = ("get", "put", "add", "acquire", "release")


def is_store(value: Any) -> bool:
    """Whether `value` has the methods of a store, none of them async."""
    methods = [getattr(value, name, None) for name in _METHODS]
    return not isinstance(value, type) and all(
        callable(method) and not inspect.iscoroutinefunction(method) for method in methods
    )


def open_store(value: Any) -> Store:
    """Return the store that `value` is or names.

    Args:
        value: a store; ``memory:``, ``file:PATH``, or a URL that begins with ``redis://``, ``rediss://`` or ``unix://``.

    Raises:
        ConfigError: it is neither.
    """
    if isinstance(value, str):
        scheme, colon, rest = value.partition(":")
        if value == "memory:":
            return MemoryStore()
        if scheme == "file" and rest:
            return FileStore(rest.removeprefix("//"))
        if colon and scheme in ("redis", "rediss", "unix"):
            return RedisStore(value)
    elif is_store(value):
        store: Store = value
        return store
    found = f"an object of type {type(value).__name__}"
    if isinstance(value, str):  # which may hold a password
        scheme, colon, _ = value.partition(":")
        found = f"a string that begins with {scheme + colon!r}" if colon and scheme.isalnum() else "another string"
    elif any(inspect.iscoroutinefunction(getattr(value, name, None)) for name in _METHODS):
        found += " with async methods: async calls use a store in a thread, so its methods must be plain"
    if isinstance(value, type):
        found = f"the class {value.__name__}: make one with {value.__name__}(…)"
    raise ConfigError(
        INVALID_PARAM,
        "store must be MemoryStore(), FileStore(path), RedisStore(url), or 'memory:', 'file:PATH',"
        f" 'redis://HOST:PORT/DB', got {found}",
    )
