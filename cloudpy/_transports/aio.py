"""The asyncio transport: a protocol of our own on the loop's transports, with one pool for each running loop."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import AsyncGenerator, Awaitable
from typing import Any, TypeVar

from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused
from .address import ATTEMPT_DELAY, Target, TLSContexts, TunnelReader, connect_timeout, numeric, ordered
from .aio_streams import IdleTimeout, send_stream, write_stream
from .http1 import ResponseReader, request_head, target_of
from .pool import IDLE_TIMEOUT, Pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .address import AddressInfo

T = TypeVar("T")


class AIOTransport:
    """Safe in any number of loops, one after the other or side by side in threads.

    Args:
        idle: seconds a connection is kept unused.
        largest: bytes of a response body; one that has more is refused.
    """

    def __init__(self, *, idle: float = IDLE_TIMEOUT, largest: int = MAX_ANSWER) -> None:
        self._loops: dict[asyncio.AbstractEventLoop, _LoopConnections] = {}
        self._idle = idle
        self._largest = largest
        self._tls = TLSContexts()

    async def send(self, request: Request, timeout: float) -> Response:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        connections = self._loops.get(loop) or await self._open(loop)
        scheme, authority, path = target_of(request.url)
        head = request_head(request, path)
        address = (scheme, authority, request.proxy, request.ca)
        connection = connections.pool.get(address, idempotent=request.idempotent)
        reused = connection is not None
        if connection is None:
            connection = await connections.connect(address, deadline)
        keep = False
        try:
            response = await connection.exchange(request, head, deadline, self._largest)
            keep = connection.reusable
            return response
        except Failure as failure:
            if reused and connection.lost and not connection.heard:
                connections.pool.close(address)  # its like, unused as long, are dead as well
                failure.stale = True
            raise
        finally:
            if keep:
                connections.keep(address, connection)
            else:
                connection.close()

    async def aclose(self) -> None:
        """Close every connection of the running loop."""
        connections = self._loops.get(asyncio.get_running_loop())
        if connections is not None:
            await connections.keeper.aclose()

    async def _open(self, loop: asyncio.AbstractEventLoop) -> _LoopConnections:
        for other in [other for other in list(self._loops) if other.is_closed()]:
            self._loops.pop(other, None)
        connections = self._loops[loop] = _LoopConnections(loop, self._idle, self._tls)
        # Loops end their asynchronous generators before they close (asyncio.run, pytest plugins, uvloop alike): one
        # that waits at its yield is how the connections are closed in time.
        connections.keeper = self._keep(loop, connections)
        await connections.keeper.__anext__()
        return connections

    async def _keep(self, loop: asyncio.AbstractEventLoop, connections: _LoopConnections) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._loops.pop(loop, None)
            await connections.close()


class _LoopConnections:
    """The connections of one loop."""

    keeper: AsyncGenerator[None, None]

    def __init__(self, loop: asyncio.AbstractEventLoop, idle: float, tls: TLSContexts) -> None:
        self._loop = loop
        self.pool: Pool[_Connection] = Pool(idle, loop.time)
        self._tls = tls
        self._open: set[_Connection] = set()
        self._lookups: dict[tuple[str, int], asyncio.Future[list[AddressInfo]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, address: object, connection: _Connection) -> None:
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
        """Close all of them, and wait until the loop has let go of them."""
        if self._timer is not None:
            self._timer.cancel()
        connections = list(self._open)
        for connection in connections:
            connection.close()
        if connections:
            await asyncio.wait([connection.closed for connection in connections], timeout=_MAX_CLOSING)

    def forget(self, connection: _Connection) -> None:
        """Note that a connection has ended."""
        self._open.discard(connection)
        if connection.address is not None:
            self.pool.discard(connection.address, connection)

    async def connect(self, address: tuple[str, str, str, str], deadline: float) -> _Connection:
        """Open a connection.

        Raises:
            Failure: there is none; nothing was sent.
        """
        target = Target(*address)
        try:
            return await _within(deadline - self._loop.time(), self._connect(target))
        except asyncio.TimeoutError:
            raise connect_timeout() from None
        except OSError as error:
            raise refused(error, *target.next_hop) from None
        except ValueError as error:
            raise Failure(f"{target.host!r} is not an address: {error}", unsent=True) from None

    async def _connect(self, target: Target) -> _Connection:
        loop = self._loop
        host, port = target.next_hop
        sock = await _first_of(loop, ordered(numeric(host, port) or await self._look_up(host, port)))
        connection = _Connection(loop, sock, self)
        ours = True
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if target.proxy:
                await loop.sock_sendall(sock, target.proxy.connect_request(target.host, target.port))
                tunnel = TunnelReader()
                while not tunnel.feed(await _within(CONNECT_TIMEOUT, loop.sock_recv(sock, 4096))):
                    pass
            more: dict[str, Any] = {}
            if target.tls:
                more = {"ssl": self._tls.get(target.ca), "server_hostname": target.host}
                more["ssl_handshake_timeout"] = CONNECT_TIMEOUT
            ours = False  # from here on the loop closes it
            await loop.create_connection(lambda: connection, sock=sock, **more)
        except BaseException as error:
            connection.close()
            connection.ended()  # uvloop says nothing of one whose create_connection() is cancelled
            if ours:
                sock.close()
            if isinstance(error, ConnectionAbortedError) and error.errno is None:
                # asyncio says so when the handshake takes too long
                raise connect_timeout() from None
            if isinstance(error, OSError):
                raise refused(error, target.host, target.port) from None
            raise
        return connection

    async def _look_up(self, host: str, port: int) -> list[AddressInfo]:
        """Look a name up, once for all who ask at the same time."""
        lookup = self._lookups.get((host, port))
        if lookup is None:
            looking_up: Any = self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            lookup = asyncio.ensure_future(looking_up)
            self._lookups[host, port] = lookup

            def ended(lookup: asyncio.Future[list[AddressInfo]]) -> None:
                self._lookups.pop((host, port), None)
                if not lookup.cancelled():
                    lookup.exception()  # perhaps nobody waits for it any more

            lookup.add_done_callback(ended)
        try:
            await asyncio.wait([lookup])
            found = lookup.result()
        except OSError as error:
            raise refused(error, host, port) from None
        if not found:
            raise Failure(f"getaddrinfo ENOTFOUND {host}", unsent=True)
        return found


class _Connection(asyncio.Protocol):
    """One connection, and the exchange of one request for one response on it.

    Attributes:
        heard: a byte of the current response has come.
        lost: the other end has closed or reset it.
        reusable: it may carry another request.
        closed: done when the loop has let go of it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, owner: _LoopConnections) -> None:
        self._loop = loop
        self._sock = sock
        self._owner = owner
        self._poll: Any = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
        self.transport: asyncio.Transport | None = None
        self.reader: ResponseReader | None = None
        self.failure: Failure | None = None
        self.closed: asyncio.Future[None] = loop.create_future()
        self.address: object = None
        self.idle_since = 0.0
        self.idle_timeout: IdleTimeout | None = None
        self.writable = True
        self.reading_paused = False
        self.heard = False
        self.lost = False
        self.reusable = False
        self._waiter: asyncio.Future[None] | None = None

    # What the pool asks

    def silent(self) -> bool:
        """Whether it is open and nothing waits in the system: the loop may not have read an end yet."""
        if self.transport is None or self.lost or self.transport.is_closing():
            return False
        return not (self._poll.poll(0) if self._poll is not None else select.select([self._sock], [], [], 0)[0])

    def close(self) -> None:
        """Close it at once, whatever was to be written."""
        if self.transport is not None:
            self.transport.abort()

    # The exchange

    async def exchange(self, request: Request, head: bytes, deadline: float, largest: int) -> Response:
        """Return the response.

        Raises:
            Failure: there is none.
        """
        assert self.transport is not None
        reader = self.reader = ResponseReader(largest, streaming=request.sink is not None)
        self.heard = self.reusable = False
        timer = self._loop.call_at(deadline, self.fail, Failure("request timeout", timed_out=True))
        sent = True
        try:
            if request.pause is not None:
                self.idle_timeout = IdleTimeout(self, self.transport, request.pause)
            body = request.body
            if type(body) is bytes:
                self.transport.write(head + body)
            else:
                assert not isinstance(body, bytes)
                sent = await send_stream(self, self.transport, head, body)
            while not self.settled:
                await self.wait()
                if reader.streaming and request.sink is not None:
                    await write_stream(self, self.transport, reader, request.sink)
            if self.failure is not None:
                raise self.failure
            if reader.streaming and request.sink is not None:
                await write_stream(self, self.transport, reader, request.sink)
            self.reusable = sent and reader.reusable and not self.lost
            return reader.response()
        finally:
            timer.cancel()
            if self.idle_timeout is not None:
                self.idle_timeout.cancel()
                self.idle_timeout = None
            self.reader = None

    @property
    def settled(self) -> bool:
        """Whether the response is there, or the failure."""
        return self.failure is not None or self.reader is None or self.reader.complete

    async def wait(self) -> None:
        """Wait until something has happened."""
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def wake(self) -> None:
        """Let the task that waits go on."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def fail(self, failure: Failure) -> None:
        """End the exchange without a response."""
        if not self.settled:
            self.failure = failure
            self.wake()

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._owner._open.add(self)

    def data_received(self, data: bytes) -> None:
        reader = self.reader
        if reader is None or self.failure is not None:
            # Nobody has asked: this would be taken for the next answer.
            self.lost = True
            self.close()
            return
        self.heard = True
        if self.idle_timeout is not None:
            self.idle_timeout.moved()
        if reader.complete:  # bytes behind the response, before its task went on
            reader.reusable = False
            return
        try:
            if reader.feed(data):
                self.wake()
        except Failure as failure:
            self.fail(failure)
            return
        if reader.streaming:
            if reader.buffered > _MAX_BUFFERED and not self.reading_paused:
                assert self.transport is not None
                self.reading_paused = True
                self.transport.pause_reading()
            self.wake()

    def eof_received(self) -> bool:
        self.lost = True
        reader = self.reader
        if reader is not None and not self.settled:
            try:
                reader.feed_eof()
            except Failure as failure:
                self.fail(failure)
            else:
                self.wake()
        return False

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True
        self.wake()

    def connection_lost(self, error: Exception | None) -> None:
        if self.reader is not None and not self.settled:
            self.fail(broken(error or ConnectionError()))
        self.ended()

    def ended(self) -> None:
        """Note that nothing more will come of it."""
        self.lost = True
        self._owner.forget(self)
        if not self.closed.done():
            self.closed.set_result(None)


_MAX_CLOSING = 5.0  # seconds to wait for connections that are closed; they take one turn of the loop
_MAX_BUFFERED = 1024 * 1024  # bytes of a streamed body that wait to be written


async def _first_of(loop: asyncio.AbstractEventLoop, found: list[AddressInfo]) -> socket.socket:
    """Return a socket connected to one of the addresses.

    They are tried in turn, the next one when the one before failed or is silent; the first to connect counts.
    """
    if len(found) == 1:
        return await _try(loop, found[0])
    queue = list(reversed(found))
    attempts: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException | None = None
    try:
        while queue or attempts:
            if queue:
                attempts.add(loop.create_task(_try(loop, queue.pop())))
            done, attempts = await asyncio.wait(
                attempts, timeout=ATTEMPT_DELAY if queue else None, return_when=asyncio.FIRST_COMPLETED
            )
            connected = [task.result() for task in done if task.exception() is None]
            for sock in connected[1:]:
                sock.close()
            if connected:
                return connected[0]
            for task in done:
                failure = failure or task.exception()
    finally:
        await _stop(attempts)
    assert failure is not None
    raise failure


async def _stop(attempts: set[asyncio.Task[socket.socket]]) -> None:
    for task in attempts:
        task.cancel()
    if attempts:
        await asyncio.wait(attempts)
    for task in attempts:
        if not task.cancelled() and task.exception() is None:
            task.result().close()


async def _try(loop: asyncio.AbstractEventLoop, info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, where = info
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        await _within(CONNECT_TIMEOUT, loop.sock_connect(sock, where))
        return sock
    except BaseException as error:
        if sock is not None:
            sock.close()
        if isinstance(error, OSError) and not isinstance(error, asyncio.TimeoutError):
            raise refused(error, *where[:2]) from None
        raise


async def _within(seconds: float, work: Awaitable[T]) -> T:
    """Return what `work` returns.

    asyncio.wait_for() of Python 3.10 and 3.11 can lose a result, or a cancellation, that comes at the last moment.

    Raises:
        asyncio.TimeoutError: it took longer, and was cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=max(0.0, seconds))
        if task.done():
            return task.result()
        raise asyncio.TimeoutError
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and task.exception() is None:
                close = getattr(task.result(), "close", None)
                if close is not None:
                    close()
