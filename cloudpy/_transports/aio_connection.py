"""One connection over asyncio: a protocol that exchanges one request for one response at a time."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable, Generator
from contextvars import Context
from typing import Any, TypeVar

from .failure import TransportFailure, connection_failure
from .http1 import ResponseReader, encode_chunk, read_plain
from .message import Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .streams import DownloadStream, UploadStream

    class Owner(Protocol):
        """Keeps track of the connections of one loop.

        Attributes:
            buffer: what the loop reads into; a connection empties it before another one is read.
        """

        buffer: memoryview

        def opened(self, connection: Connection) -> None: ...
        def closed(self, connection: Connection) -> None: ...


T = TypeVar("T")
_NO_DEADLINE = float("inf")
_MAX_BUFFERED = 1024 * 1024  # bytes of a streamed body that wait to be written


class Connection(asyncio.BufferedProtocol):
    """One connection.

    Attributes:
        response_started: a byte of the current response has arrived.
        lost: the other end has closed or reset the connection.
        reusable: the connection can carry another request.
        closed: done when the loop has closed the socket.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, sock: socket.socket, owner: Owner) -> None:
        self._loop = loop
        self._sock = sock
        self._owner = owner
        self._poll: Any = None
        if hasattr(select, "poll"):
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
        self._transport: asyncio.Transport | None = None
        self._request: Request | None = None  # the one in progress
        self._reader: ResponseReader | None = None  # from the first byte of a response that is not plain
        self._response: Response | None = None  # a plain one, complete
        self._max_body = 0
        self._failure: TransportFailure | None = None
        self._waiter: _Event | None = None
        self._idle_timeout: _IdleTimeout | None = None
        self._deadline = _NO_DEADLINE
        self._timer: asyncio.TimerHandle | None = None
        self._writable = True
        self._reading_paused = False
        self.address: object = None
        self.closed: asyncio.Future[None] = loop.create_future()
        self.idle_since = 0.0
        self.lost = False
        self.response_started = False
        self.reusable = False

    # Called by the pool

    def is_usable(self) -> bool:
        """Whether it is open and has nothing to read; the loop may not have read an end that the kernel knows of."""
        if self._transport is None or self.lost or self._transport.is_closing():
            return False
        return not (self._poll.poll(0) if self._poll is not None else select.select([self._sock], [], [], 0)[0])

    def close(self) -> None:
        """Close it at once; unsent bytes are dropped."""
        if self._transport is not None:
            self._transport.abort()

    # The exchange

    async def exchange(self, request: Request, head: bytes, deadline: float, max_body: int) -> Response:
        """Return the response.

        Raises:
            TransportFailure: there is no response.
        """
        transport = self._transport
        assert transport is not None
        self._request, self._max_body = request, max_body
        self.response_started = self.reusable = False
        self._deadline = deadline
        if self._timer is None or self._timer.when() > deadline:
            self._set_timer()
        sent = True
        try:
            if request.idle_timeout is not None:
                self._idle_timeout = _IdleTimeout(self._loop, transport, request.idle_timeout, self._time_out)
            body = request.body
            if type(body) is bytes:
                transport.write(head + body)
            else:
                assert not isinstance(body, bytes)
                sent = await self._send_stream(transport, head, body)
            while not self._is_settled():
                await self._wait()
                if request.download is not None:
                    await self._write_stream(transport, request.download)
            if self._failure is not None:
                raise self._failure
            if self._response is not None:
                self.reusable = not self.lost
                return self._response
            if request.download is not None:
                await self._write_stream(transport, request.download)
            reader = self._reader
            assert reader is not None
            self.reusable = sent and reader.reusable and not self.lost
            return reader.response()
        finally:
            self._request = self._reader = self._response = self._waiter = None
            self._deadline = _NO_DEADLINE
            if self._idle_timeout is not None:
                self._idle_timeout.cancel()
                self._idle_timeout = None

    async def _send_stream(self, transport: asyncio.Transport, head: bytes, body: UploadStream) -> bool:
        """Send a body while it is read; return False when the response, or the end, arrived first.

        Raises:
            TransportFailure: the file cannot be read.
        """
        while not self._is_settled():
            chunk = await in_thread(body.read)
            if self._is_settled():
                break
            data = chunk if body.length is not None else encode_chunk(chunk)
            transport.write(head + data if head else data)
            head = b""
            while not self._writable and not self._is_settled():
                await self._wait()
            if not self._writable:
                break
            if self._idle_timeout is not None:
                self._idle_timeout.reset()
            body.advance(len(chunk))
            if not chunk or body.sent == body.length:
                return True
        return False

    async def _write_stream(self, transport: asyncio.Transport, download: DownloadStream) -> None:
        """Write the part of the body that has arrived.

        Raises:
            TransportFailure: the file cannot be written.
        """
        reader = self._reader
        while reader is not None and reader.streaming and (body := reader.take()):
            await in_thread(download.write, body)
            download.advance(reader.length)
            if self._idle_timeout is not None:
                self._idle_timeout.reset()
            if self._reading_paused and not transport.is_closing():
                self._reading_paused = False
                transport.resume_reading()

    def _is_settled(self) -> bool:
        """Whether the response is complete, or has failed."""
        if self._failure is not None or self._response is not None or self._request is None:
            return True
        return self._reader is not None and self._reader.complete

    def _wait(self) -> _Event:
        """Return the next event of the loop, to be awaited."""
        self._waiter = event = _Event(self._loop)
        return event

    def _wake(self) -> None:
        """Continue the task that waits; it runs before this returns."""
        if self._waiter is not None:
            self._waiter.set()

    def _fail(self, failure: TransportFailure) -> None:
        if not self._is_settled():
            self._failure = failure
            self._wake()

    def _time_out(self) -> None:
        self._fail(TransportFailure("request timeout", timed_out=True))

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._check_deadline)

    def _check_deadline(self) -> None:
        # One timer outlives many requests: most end long before their deadlines.
        self._timer = None
        if self._deadline is _NO_DEADLINE:
            return
        if self._loop.time() < self._deadline:
            self._set_timer()
        else:
            self._time_out()

    # Called by the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._owner.opened(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._owner.buffer

    def buffer_updated(self, nbytes: int) -> None:
        data = self._owner.buffer[:nbytes]
        request, reader = self._request, self._reader
        if request is None or self._failure is not None or self._response is not None:
            # Bytes that no request asked for: they would be taken for the next response.
            self.lost = True
            self.close()
            return
        if self._idle_timeout is not None:
            self._idle_timeout.reset()
        if reader is None:
            self.response_started = True
            # The task of a request that was sent whole continues before this returns.
            if request.download is None and type(request.body) is bytes:
                self._response = read_plain(bytes(data), self._max_body)
                if self._response is not None:
                    self._wake()
                    return
            reader = self._start_reader(request)
        if reader.complete:  # bytes after the response, before its task continued
            reader.reusable = False
            return
        try:
            complete = reader.feed(data)
        except TransportFailure as failure:
            self._fail(failure)
            return
        if reader.streaming and reader.buffered > _MAX_BUFFERED and not self._reading_paused:
            assert self._transport is not None
            self._reading_paused = True
            self._transport.pause_reading()
        if complete or reader.streaming:
            self._wake()

    def _start_reader(self, request: Request) -> ResponseReader:
        self._reader = ResponseReader(self._max_body, streaming=request.download is not None)
        return self._reader

    def eof_received(self) -> bool:
        self.lost = True
        request = self._request
        if request is not None and not self._is_settled():
            try:
                (self._reader or self._start_reader(request)).feed_eof()
            except TransportFailure as failure:
                self._fail(failure)
            else:
                self._wake()
        return False

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if not self._is_settled():
            self._fail(connection_failure(error or ConnectionError()))
        self.ended()

    def ended(self) -> None:
        """Note that the socket is closed."""
        self.lost = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._owner.closed(self)
        if not self.closed.done():
            self.closed.set_result(None)


class _Event:
    """A future-like object (see asyncio.isfuture) that continues its task at once, not in the loop's next iteration.

    Only callbacks of the loop may set it: no task is running then.
    """

    __slots__ = ("_asyncio_future_blocking", "_callback", "_cancelled", "_context", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._asyncio_future_blocking = False
        self._callback: Callable[[_Event], object] | None = None
        self._cancelled = False

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def __await__(self) -> Generator[_Event, None, None]:
        self._asyncio_future_blocking = True
        yield self

    def add_done_callback(self, callback: Callable[[_Event], object], *, context: Context) -> None:
        self._callback = callback
        self._context = context

    def set(self) -> None:
        callback, self._callback = self._callback, None
        if callback is None:
            return
        try:
            self._context.run(callback, self)
        except (SystemExit, KeyboardInterrupt) as error:  # they end the loop, which uvloop lets callbacks alone do
            self._loop.call_soon(_reraise, error)

    def result(self) -> None:
        if self._cancelled:
            raise asyncio.CancelledError

    def cancel(self, msg: object = None) -> bool:
        callback, self._callback = self._callback, None
        if callback is None:
            return False
        self._cancelled = True
        self._loop.call_soon(callback, self, context=self._context)
        return True


def _reraise(error: BaseException) -> None:
    raise error


class _IdleTimeout:
    """Call `on_timeout` when no byte was sent or received for some seconds."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        seconds: float,
        on_timeout: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._transport = transport
        self._seconds = seconds
        self._on_timeout = on_timeout
        self._unsent = 0  # bytes in the write buffer
        self.reset()
        self._timer = loop.call_later(seconds, self._check)

    def reset(self) -> None:
        """Note that a byte was sent or received."""
        self._last = self._loop.time()

    def cancel(self) -> None:
        """Stop watching."""
        self._timer.cancel()

    def _check(self) -> None:
        unsent = self._transport.get_write_buffer_size()
        if unsent < self._unsent:
            self.reset()
        self._unsent = unsent
        seconds_left = self._last + self._seconds - self._loop.time()
        if seconds_left <= 0:
            self._on_timeout()
        else:
            self._timer = self._loop.call_later(seconds_left, self._check)


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a thread; when cancelled, wait until it has returned.

    Otherwise its file would be closed while the thread uses it, and the descriptor might belong to another file.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise
