"""The connections of a server: their maximum number, and their timeouts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

MAX_UNSENT = 128 * 1024 * 1024  # bytes of responses that clients do not read
SWEEP_INTERVAL = 1.0  # seconds between two searches for connections that have waited too long
_LOG_INTERVAL = 60.0  # seconds between two lines about too many connections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Connection(Protocol):
        """A connection, as far as its server looks after it; see ``connection.Connection``."""

        since: float
        timeout: float
        unsent: int

        def abort(self) -> None:
            """Close the connection at once."""

        def close_if_idle(self) -> None:
            """Close the connection if it waits for a request."""

        def expire(self) -> None:
            """End the waiting, which has taken too long."""

        def write_buffer_size(self) -> int:
            """Return how many bytes the client has not read."""


class Connections:
    """The connections of a server, of which there are so many at most.

    Args:
        limit: connections at once. When there are as many, the one that has waited longest is closed, so that clients
            that do nothing keep nobody else out.
        log: called with a sentence about too many connections.
    """

    def __init__(self, *, limit: int, log: Callable[[str], None]) -> None:
        self._limit = limit
        self._log = log
        self._all: set[Connection] = set()
        self._waiting: dict[Connection, None] = {}  # the one that has waited longest comes first
        self._loop = asyncio.get_running_loop()
        self._sweeper: asyncio.TimerHandle | None = None
        self._gone: asyncio.Event | None = None
        self._closed_count = 0  # since the last line about it
        self._next_line = 0.0

    def __len__(self) -> int:
        return len(self._all)

    def add(self, connection: Connection) -> bool:
        """Count a new connection; return False if it cannot be served."""
        accepted = True
        if len(self._all) >= self._limit:
            oldest = next(iter(self._waiting), None)
            self._closed_count += 1
            if oldest is None:
                self.log_full(f"all {self._limit} connections are working: new ones are answered 503")
                accepted = False
            else:
                self._waiting.pop(oldest)
                oldest.abort()
                self.log_full(
                    f"{self._limit} connections are open, as many as there may be: those that wait longest are closed"
                )
        self._all.add(connection)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(SWEEP_INTERVAL, self._sweep)
        return accepted

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        self._all.discard(connection)
        self._waiting.pop(connection, None)
        if self._gone is not None and not self._all:
            self._gone.set()

    def wait(self, connection: Connection, timeout: float) -> None:
        """Note that a connection waits for its client from now on, for `timeout` seconds at most."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None
        connection.since = self._loop.time()
        connection.timeout = timeout
        connection.unsent = 0

    def work(self, connection: Connection) -> None:
        """Note that a connection waits no longer: its request is complete."""
        self._waiting.pop(connection, None)

    def close_idle(self) -> None:
        """Close the connections that wait for a request."""
        for connection in list(self._waiting):
            connection.close_if_idle()

    def abort(self) -> None:
        """Close all connections at once."""
        for connection in list(self._all):
            connection.abort()

    async def gone(self, seconds: float) -> bool:
        """Wait until all connections have ended, for `seconds` at most; return whether they have."""
        if self._all:
            self._gone = asyncio.Event()
            try:
                await asyncio.wait_for(self._gone.wait(), seconds)
            except asyncio.TimeoutError:
                return not self._all
        return True

    def close(self) -> None:
        """End the search for connections that have waited too long."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def log_full(self, text: str) -> None:
        """Log that there are too many connections, once; the rest of a minute is one number."""
        now = time.monotonic()
        if now >= self._next_line:
            self._next_line = now + _LOG_INTERVAL
            self._closed_count = 0
            self._log(text)

    def _sweep(self) -> None:
        """Close connections that have been idle too long, or whose responses exceed the memory limit."""
        self._sweeper = None
        now, unsent = self._loop.time(), 0
        sizes: dict[Connection, int] = {}
        for connection in list(self._waiting):
            size = connection.write_buffer_size()
            if now - connection.since > connection.timeout:
                if size and size != connection.unsent:  # its client reads, slowly
                    self.wait(connection, connection.timeout)
                    connection.unsent = size
                else:
                    connection.expire()
                    continue
            if size:
                sizes[connection] = size
                unsent += size
        for connection, size in sizes.items():
            if unsent <= MAX_UNSENT:
                break
            unsent -= size
            connection.abort()
        if self._closed_count and time.monotonic() >= self._next_line:
            self._log(f"{self._closed_count} more connections were closed, since there were too many")
            self._next_line = time.monotonic() + _LOG_INTERVAL
            self._closed_count = 0
        if self._all:
            self._sweeper = self._loop.call_later(SWEEP_INTERVAL, self._sweep)

    def __repr__(self) -> str:
        return f"<Connections: {len(self._all)}, {len(self._waiting)} waiting>"
