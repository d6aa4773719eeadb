"""A store in the memory of one process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from weakref import WeakSet

from .store import Entry, Lease

_MIN_PURGE = 1000  # entries from which expired ones are looked for


class MemoryStore:
    """What one process shares among its threads and loops. Other processes see nothing of it.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[str, tuple[str, float]] = {}  # key -> value, end
        self._leases: dict[str, tuple[int, float]] = {}  # key -> fence, end
        self._fence = 0
        self._purge_at = _MIN_PURGE
        self._lock = threading.Lock()
        _stores.add(self)

    def get(self, key: str) -> Entry | None:
        """As of ``Store``."""
        with self._lock:
            value, end = self._entries.get(key, ("", 0.0))
            left = end - self._clock()
            return Entry(value, left) if left > 0 and key in self._entries else None

    def put(self, key: str, value: str, seconds: float, lease: Lease | None = None) -> bool:
        """As of ``Store``."""
        with self._lock:
            if lease is not None and self._leases.get(lease.key, (0, 0.0))[0] != lease.fence:
                return False
            self._set(key, value, seconds)
            return True

    def add(self, key: str, seconds: float) -> bool:
        """As of ``Store``."""
        with self._lock:
            if key in self._entries and self._entries[key][1] > self._clock():
                return False
            self._set(key, "", seconds)
            return True

    def acquire(self, key: str, seconds: float) -> Lease | None:
        """As of ``Store``."""
        with self._lock:
            now = self._clock()
            if self._leases.get(key, (0, 0.0))[1] > now:
                return None
            self._fence += 1
            self._leases[key] = (self._fence, now + seconds)
            return Lease(key, self._fence)

    def release(self, lease: Lease) -> None:
        """As of ``Store``."""
        with self._lock:
            if self._leases.get(lease.key, (0, 0.0))[0] == lease.fence:
                self._leases[lease.key] = (lease.fence, 0.0)

    def _set(self, key: str, value: str, seconds: float) -> None:
        now = self._clock()
        if len(self._entries) >= self._purge_at:
            self._entries = {name: entry for name, entry in self._entries.items() if entry[1] > now}
            self._purge_at = max(_MIN_PURGE, 2 * len(self._entries))
        self._entries[key] = (value, now + seconds)

    def _after_fork(self) -> None:
        """In a child: no thread is there that could release a lock or a lease."""
        self._lock = threading.Lock()
        self._leases = {key: (fence, 0.0) for key, (fence, _) in self._leases.items()}

    def __repr__(self) -> str:  # no values
        return f"<MemoryStore, {len(self._entries)} entries>"


_stores: WeakSet[MemoryStore] = WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._after_fork()  # noqa: SLF001  of this module


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
