"""What a store does, whichever it is."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from .._error_codes import INVALID_PARAM
from ..errors import ConfigError, StoreError

__all__ = ["Entry", "Lease", "Store", "StoreError", "is_store", "open_store"]

_METHODS = ("get", "put", "add", "acquire", "release")


class Entry(NamedTuple):
    """A value and the seconds that are left of it, by the store's clock."""

    value: str
    seconds: float


class Lease(NamedTuple):
    """The right to refresh the value of a key.

    Attributes:
        fence: larger than that of every lease before it. A store refuses what an older one writes.
    """

    key: str
    fence: int


class Store(Protocol):
    """Shared state. Methods block; async code calls them in a thread.

    No clock of a caller takes part: lifetimes are durations, which the store measures.

    Raises:
        StoreError: by each method, when the store cannot be reached or read.
    """

    def get(self, key: str) -> Entry | None:
        """Return the value of `key`, or None when there is none or its time is over."""

    def put(self, key: str, value: str, seconds: float, lease: Lease | None = None) -> bool:
        """Store a value for `seconds`; return False, and change nothing, when a newer lease than `lease` exists."""

    def add(self, key: str, seconds: float) -> bool:
        """Mark `key` for `seconds`; return False when it is marked already."""

    def acquire(self, key: str, seconds: float) -> Lease | None:
        """Return a lease that ends by itself after `seconds`, or None while another one runs."""

    def release(self, lease: Lease) -> None:
        """End a lease; an old one's end is ignored."""


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
            from .memory import MemoryStore

            return MemoryStore()
        if scheme == "file" and rest:
            from .file import FileStore

            return FileStore(rest.removeprefix("//"))
        if colon and scheme in ("redis", "rediss", "unix"):
            from .redis import RedisStore

            return RedisStore(value)
    elif not isinstance(value, type) and is_store(value):
        store: Store = value
        return store
    found = "another string" if isinstance(value, str) else f"a {type(value).__name__}"  # a URL may hold a password
    if isinstance(value, type):
        found = f"the class {value.__name__}: make one with {value.__name__}(…)"
    raise ConfigError(
        INVALID_PARAM,
        "store must be MemoryStore(), FileStore(path), RedisStore(url), or 'memory:', 'file:PATH',"
        f" 'redis://HOST:PORT/DB', got {found}",
    )
