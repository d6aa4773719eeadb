"""Return a store for the argument ``store``: a store, or a URL."""

from __future__ import annotations

from typing import Any

from ..errors import INVALID_PARAM, ConfigError
from .file import FileStore
from .memory import MemoryStore
from .redis import RedisStore
from .store import Store

_METHODS = ("get", "put", "add", "acquire", "release")


def is_store(value: Any) -> bool:
    """Whether `value` has the methods of a store."""
    return all(callable(getattr(value, name, None)) for name in _METHODS)


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
    elif not isinstance(value, type) and is_store(value):
        store: Store = value
        return store
    found = f"an object of type {type(value).__name__}"
    if isinstance(value, str):  # which may hold a password
        scheme, colon, _ = value.partition(":")
        found = f"a string that begins with {scheme + colon!r}" if colon and scheme.isalnum() else "another string"
    if isinstance(value, type):
        found = f"the class {value.__name__}: make one with {value.__name__}(…)"
    raise ConfigError(
        INVALID_PARAM,
        "store must be MemoryStore(), FileStore(path), RedisStore(url), or 'memory:', 'file:PATH',"
        f" 'redis://HOST:PORT/DB', got {found}",
    )
