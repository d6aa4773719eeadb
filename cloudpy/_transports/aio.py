"""The asyncio transport: a pool of connections for each running loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from typing import Any

from .address import CONNECT_TIMEOUT, Target, TLSContexts, TunnelReader, interleave_families, parse_ip
from .aio_connect import connect_any, within
from .aio_connection import Connection
from .failure import TransportFailure, connect_failure, connect_timeout
from .http1 import MAX_BODY, encode
from .message import Request, Response
from .pool import IDLE_TIMEOUT, Pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .address import AddressInfo

_BUFFER_SIZE = 256 * 1024  # bytes; asyncio would allocate as many for each read
_MAX_CLOSING = 5.0  # seconds to wait for connections to close; they take one iteration of the loop


class AIOTransport:
    """Send requests over kept connections.

    Safe in any number of loops, one after the other or side by side in threads.

    Args:
        idle_timeout: seconds that an idle connection is kept.
        max_body: limit in bytes for the body of a response.
    """

    def __init__(self, *, idle_timeout: float = IDLE_TIMEOUT, max_body: int = MAX_BODY) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _LoopConnections] = {}
        self._idle_timeout = idle_timeout
        self._max_body = max_body
        self._tls = TLSContexts()

    async def send(self, request: Request, timeout: float) -> Response:
        """Return the response.

        Args:
            request: what to send.
            timeout: seconds for all of it, connecting included.

        Raises:
            TransportFailure: there is no response.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        connections = self._loops.get(loop) or await self._open(loop)
        address, head = encode(request)
        connection = connections.pool.get(address, idempotent=request.idempotent)
        reused = connection is not None
        if connection is None:
            connection = await connections.connect(address, deadline)
        reusable = False
        try:
            response = await connection.exchange(request, head, deadline, self._max_body)
            reusable = connection.reusable
            return response
        except TransportFailure as failure:
            if reused and connection.lost and not connection.response_started:
                connections.pool.close(address)  # the others have been idle longer and are dead too
                failure.stale_connection = True
            raise
        finally:
            if reusable:
                connections.keep(address, connection)
            else:
                connection.close()

    async def aclose(self) -> None:
        """Close every connection of the running loop."""
        connections = self._loops.get(asyncio.get_running_loop())
        if connections is not None:
            await connections.closer.aclose()

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _LoopConnections:
        for other in [other for other in list(self._loops) if other.is_closed()]:
            self._loops.pop(other, None)
        connections = self._loops[loop] = _LoopConnections(loop, self._idle_timeout, self._tls)
        # Loops finalize their asynchronous generators before they close (asyncio.run, pytest plugins, uvloop): one that
        # waits at its yield closes the connections in time.
        connections.closer = self._close_with(loop, connections)
        await connections.closer.__anext__()
        return connections

    async def _close_with(
        self, loop: asyncio.AbstractEventLoop, connections: _LoopConnections
    ) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._loops.pop(loop, None)
            await connections.close()


class _LoopConnections:
    """The connections of one loop."""

    closer: AsyncGenerator[None, None]

    def __init__(self, loop: asyncio.AbstractEventLoop, idle_timeout: float, tls: TLSContexts) -> None:
        self._loop = loop
        self.buffer = memoryview(bytearray(_BUFFER_SIZE))
        self.pool: Pool[Connection] = Pool(idle_timeout, loop.time)
        self._tls = tls
        self._open: set[Connection] = set()
        self._lookups: dict[tuple[str, int], asyncio.Future[list[AddressInfo]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, address: object, connection: Connection) -> None:
        """Keep a connection for the next request."""
        connection.address = address
        self.pool.put(address, connection)
        if self._timer is None:
            self._expire()

    def _expire(self) -> None:
        self._timer = None
        seconds = self.pool.close_expired()
        if seconds is not None:
            self._timer = self._loop.call_later(seconds + 0.01, self._expire)

    async def close(self) -> None:
        """Close all connections, and wait until the loop has released them."""
        if self._timer is not None:
            self._timer.cancel()
        connections = list(self._open)
        for connection in connections:
            connection.close()
        if connections:
            await asyncio.wait([connection.closed for connection in connections], timeout=_MAX_CLOSING)

    def opened(self, connection: Connection) -> None:
        """Note that a connection is open."""
        self._open.add(connection)

    def closed(self, connection: Connection) -> None:
        """Note that a connection has ended."""
        self._open.discard(connection)
        if connection.address is not None:
            self.pool.discard(connection.address, connection)

    async def connect(self, address: tuple[str, str, str, str], deadline: float) -> Connection:
        """Return a new connection.

        Raises:
            TransportFailure: it cannot be opened; nothing was sent.
        """
        target = Target(*address)
        try:
            return await within(deadline - self._loop.time(), self._connect(target))
        except asyncio.TimeoutError:
            raise connect_timeout() from None
        except OSError as error:
            raise connect_failure(error, *target.next_hop) from None
        except ValueError as error:
            raise TransportFailure(f"invalid address {target.host!r}: {error}", not_sent=True) from None

    async def _connect(self, target: Target) -> Connection:
        loop = self._loop
        host, port = target.next_hop
        sock = await connect_any(loop, interleave_families(parse_ip(host, port) or await self._look_up(host, port)))
        connection = Connection(loop, sock, self)
        owned_by_loop = False
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if target.proxy:
                await loop.sock_sendall(sock, target.proxy.connect_request(target.host, target.port))
                tunnel = TunnelReader()
                while not tunnel.feed(await within(CONNECT_TIMEOUT, loop.sock_recv(sock, 4096))):
                    pass
            options: dict[str, Any] = {}
            if target.tls:
                options = {"ssl": self._tls.get(target.ca), "server_hostname": target.host}
                options["ssl_handshake_timeout"] = CONNECT_TIMEOUT
            owned_by_loop = True  # the loop closes it from here on
            await loop.create_connection(lambda: connection, sock=sock, **options)
        except BaseException as error:
            connection.close()
            connection.ended()  # uvloop does not report a connection whose create_connection() is cancelled
            if not owned_by_loop:
                sock.close()
            if isinstance(error, ConnectionAbortedError) and error.errno is None:
                # how asyncio reports a TLS handshake that takes too long
                raise connect_timeout() from None
            if isinstance(error, OSError):
                raise connect_failure(error, target.host, target.port) from None
            raise
        return connection

    async def _look_up(self, host: str, port: int) -> list[AddressInfo]:
        """Look up a name, once for all tasks that ask at the same time."""
        lookup = self._lookups.get((host, port))
        if lookup is None:
            work: Any = self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            lookup = asyncio.ensure_future(work)
            self._lookups[host, port] = lookup

            def ended(lookup: asyncio.Future[list[AddressInfo]]) -> None:
                self._lookups.pop((host, port), None)
                if not lookup.cancelled():
                    lookup.exception()  # retrieved here, as all tasks may have stopped waiting

            lookup.add_done_callback(ended)
        try:
            await asyncio.wait([lookup])
            addresses = lookup.result()
        except OSError as error:
            raise connect_failure(error, host, port) from None
        if not addresses:
            raise TransportFailure(f"getaddrinfo ENOTFOUND {host}", not_sent=True)
        return addresses
