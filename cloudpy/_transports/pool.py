"""Idle connections, kept by address for the next request. Does no I/O; safe to share between threads."""

from __future__ import annotations

from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Generic, Protocol, TypeVar

    class Connection(Protocol):
        """A connection that can be kept."""

        idle_since: float

        def is_usable(self) -> bool:
            """Whether it is open and has nothing to read: that would be its end, or bytes out of turn."""

        def close(self) -> None: ...

    C = TypeVar("C", bound=Connection)
else:
    Generic = {"C": object}  # typing is not needed at a cold start
    C = "C"

IDLE_TIMEOUT = 4.8  # seconds that an idle connection is kept; Node's agent keeps it as long, servers longer
MAX_IDLE_NOT_IDEMPOTENT = 1.0  # seconds that a connection may have been idle to carry a request that is not idempotent
MAX_CONNECTIONS = 100  # idle connections kept for one address

# A server closes a connection that was idle for its own timeout, which is 5 seconds or more for the servers in use. A
# request that is on its way at that moment is lost, and the client cannot know whether it was processed. An idempotent
# request is then sent again; any other uses a connection that was in use a moment ago, far from every timeout.


class Pool(Generic[C]):
    """The connections that are open and not in use.

    Args:
        idle_timeout: seconds that a connection is kept.
        clock: returns the time in seconds.
    """

    def __init__(self, idle_timeout: float, clock: Callable[[], float]) -> None:
        self._idle_timeout = idle_timeout
        self._clock = clock
        self._lock = allocate_lock()
        self._idle: dict[object, list[C]] = {}

    def get(self, address: object, *, idempotent: bool) -> C | None:
        """Return the usable connection that was in use last, or None."""
        limit = self._idle_timeout if idempotent else min(self._idle_timeout, MAX_IDLE_NOT_IDEMPOTENT)
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
            if age <= limit and connection.is_usable():
                return connection
            connection.close()

    def put(self, address: object, connection: C) -> None:
        """Keep a connection, or close it when MAX_CONNECTIONS are kept."""
        connection.idle_since = self._clock()
        with self._lock:
            connections = self._idle.setdefault(address, [])
            if len(connections) < MAX_CONNECTIONS:
                connections.append(connection)
                return
        connection.close()

    def discard(self, address: object, connection: C) -> None:
        """Remove a connection that has ended."""
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
            connections = [connection for key in addresses for connection in self._idle.pop(key, ())]
        for connection in connections:
            connection.close()

    def close_expired(self) -> float | None:
        """Close expired connections; return the seconds until the next one expires, or None when none is kept."""
        now = self._clock()
        expired: list[C] = []
        next_expiry: float | None = None
        with self._lock:
            for address, connections in list(self._idle.items()):
                while connections and now - connections[0].idle_since > self._idle_timeout:
                    expired.append(connections.pop(0))
                if not connections:
                    del self._idle[address]
                    continue
                left = connections[0].idle_since + self._idle_timeout - now
                next_expiry = left if next_expiry is None else min(next_expiry, left)
        for connection in expired:
            connection.close()
        return next_expiry

    def reset_after_fork(self) -> None:
        """Forget everything, in the child process: a thread of the parent may have held the lock at the fork."""
        self._lock = allocate_lock()
        self._idle = {}

    def connections(self) -> list[C]:
        """Return the idle connections."""
        with self._lock:
            return [connection for connections in self._idle.values() for connection in connections]
