"""Connections kept for the next request, by address. Holds no I/O; safe to share between threads."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Generic, Protocol, TypeVar

    class Connection(Protocol):
        """What is kept."""

        idle_since: float

        def silent(self) -> bool:
            """Whether it is open and nothing waits to be read: what waits is an end, or bytes out of turn."""

        def close(self) -> None: ...

    C = TypeVar("C", bound=Connection)
else:
    Generic = {"C": object}  # typing is not needed at a cold start
    C = "C"

IDLE_TIMEOUT = 4.8  # seconds that a connection is kept unused; Node's agent keeps it as long, servers longer
FRESH = 1.0  # seconds unused after which a connection no longer carries a request that must not be sent twice
MAX_IDLE = 100  # connections kept for one address

# A server closes a connection that was unused for its own time-out, 5 seconds or more with the servers in use. A
# request that meets the end on its way is lost, and nobody can tell whether it was carried out. One that is harmless to
# repeat is then sent again; any other takes a connection that was in use a moment ago, far from every time-out.


class Pool(Generic[C]):
    """The connections that are open and not in use.

    Args:
        idle_timeout: seconds that one is kept.
        clock: what the seconds are read from.
    """

    def __init__(self, idle_timeout: float, clock: Callable[[], float]) -> None:
        self._idle_timeout = idle_timeout
        self._clock = clock
        self._lock = allocate_lock()
        self._idle: dict[object, list[C]] = {}

    def get(self, address: object, *, idempotent: bool) -> C | None:
        """Return the connection that was used last, or None when none is fit for use."""
        limit = self._idle_timeout if idempotent else min(self._idle_timeout, FRESH)
        while True:
            with self._lock:
                connections = self._idle.get(address)
                if not connections:
                    return None
                age = self._clock() - connections[-1].idle_since
                if limit < age <= self._idle_timeout:
                    return None  # the others are older
                connection = connections.pop()
                if not connections:
                    del self._idle[address]
            if age <= limit and connection.silent():
                return connection
            connection.close()

    def put(self, address: object, connection: C) -> None:
        """Keep a connection, or close it when there are enough."""
        connection.idle_since = self._clock()
        with self._lock:
            connections = self._idle.setdefault(address, [])
            if len(connections) < MAX_IDLE:
                connections.append(connection)
                return
        connection.close()

    def discard(self, address: object, connection: C) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            connections = self._idle.get(address, [])
            if connection in connections:
                connections.remove(connection)
            if not connections:
                self._idle.pop(address, None)

    def close(self, address: object = None) -> None:
        """Close all connections, or those to one address."""
        with self._lock:
            addresses = list(self._idle) if address is None else [address]
            connections = [connection for one in addresses for connection in self._idle.pop(one, ())]
        for connection in connections:
            connection.close()

    def close_expired(self) -> float | None:
        """Close what was unused for too long; return the seconds until the next one will be, None for an empty pool."""
        now = self._clock()
        expired: list[C] = []
        next_end: float | None = None
        with self._lock:
            for address, connections in list(self._idle.items()):
                while connections and now - connections[0].idle_since > self._idle_timeout:
                    expired.append(connections.pop(0))
                if not connections:
                    del self._idle[address]
                    continue
                left = connections[0].idle_since + self._idle_timeout - now
                next_end = left if next_end is None else min(next_end, left)
        for connection in expired:
            connection.close()
        return next_end

    def reset_after_fork(self) -> None:
        """Forget everything, in the child: another thread may have held the lock when it was forked."""
        self._lock = allocate_lock()
        self._idle = {}

    def connections(self) -> list[C]:
        """Return the connections kept at this moment."""
        with self._lock:
            return [connection for connections in self._idle.values() for connection in connections]
