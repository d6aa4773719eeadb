"""The interface of a store."""

from __future__ import annotations

from typing import NamedTuple, Protocol


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
        """Return the value of `key`, or None if it is missing or has expired."""

    def put(self, key: str, value: str, seconds: float, lease: Lease | None = None) -> bool:
        """Store a value for `seconds`; return False, and change nothing, when a newer lease than `lease` exists."""

    def add(self, key: str, seconds: float) -> bool:
        """Mark `key` for `seconds`; return False when it is marked already."""

    def acquire(self, key: str, seconds: float) -> Lease | None:
        """Return a lease that expires after `seconds`, or None while another one is held."""

    def release(self, lease: Lease) -> None:
        """End a lease; an old one's end is ignored."""
