"""One connection to a client: requests in, responses out, and when it is closed.

A connection is either **working**, while its request is handled, or **waiting**: for a request, for the body of one,
or for the client to read the response.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .adapters import Response
from .connections import Connections
from .http1 import BadRequest, ReceivedRequest, RequestReader, has_body, response_head

HEAD_TIMEOUT = 30.0  # seconds until a request is there, to the end of its headers
BODY_TIMEOUT = 30.0  # seconds that a body may take
KEEP_ALIVE = 75.0  # seconds: longer than the proxies in front keep a connection, so that they close it first
LINGER = 2.0  # seconds in which a client may still send what is not read, so that it gets to read the response
_SMALL_BODY = 64 * 1024  # bytes: copying them costs less than a second write
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_BAD_REQUEST = "Bad Request: this is not HTTP/1.1\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Handler(Protocol):
        """What a connection needs of the server that it belongs to."""

        def head_received(self, request: ReceivedRequest) -> None:
            """Look at a request before its body is read; it may be rejected."""

        def request_received(self, connection: Connection, request: ReceivedRequest) -> None:
            """Answer a request, now or later, with ``connection.respond``."""

        def bad_request(self, reason: str) -> None:
            """Note that a client sent bytes that are not a request."""


class Connection(asyncio.Protocol):
    """One connection.

    Attributes:
        request: the one that is being handled, if any.
        on_lost: called when the client has gone while a response is sent in pieces.
        since: since when it has been waiting, in the loop's time.
        timeout: seconds that it may wait.
    """

    __slots__ = (
        "_advancing",
        "_closing",
        "_drained",
        "_handler",
        "_lingering",
        "_peer_closed",
        "_pending",
        "_reader",
        "_reading_paused",
        "_registry",
        "_transport",
        "_writing_paused",
        "on_lost",
        "request",
        "since",
        "timeout",
        "unsent",
    )

    def __init__(self, handler: Handler, registry: Connections, max_body: int) -> None:
        self._handler = handler
        self._registry = registry
        self._reader = RequestReader(max_body, self._head_received)
        self._transport: asyncio.Transport | None = None
        self._advancing = False
        self._closing = False
        self._lingering = False
        self._peer_closed = False
        self._pending: ReceivedRequest | bool = False  # whose rest is waited for; True for a head
        self._reading_paused = False
        self._writing_paused = False
        self._drained: asyncio.Future[None] | None = None
        self.on_lost: Callable[[], object] | None = None
        self.request: ReceivedRequest | None = None
        self.since = 0.0
        self.timeout = 0.0
        self.unsent = 0  # bytes that the client had not read when they were last counted

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if self._registry.add(self):
            self._registry.wait(self, HEAD_TIMEOUT)
        else:
            self._closing = True
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._registry.remove(self)
        self._reject_unread("the caller hung up before the body was over")
        self._reader.close()
        self._closing = True
        self._transport = None
        if self.on_lost is not None:
            self.on_lost()

    def eof_received(self) -> bool:
        self._peer_closed = True
        if self.on_lost is not None:  # who leaves a stream closes its side, and nobody else does
            return False
        self._reject_unread("the caller hung up before the body was over")
        # A client may close its side of the connection and read on.
        return not self._closing and (self.request is not None or bool(self._reader.complete))

    def data_received(self, data: bytes) -> None:
        if self._closing:  # what comes now is not read
            return
        try:
            self._reader.feed(data)
        except BadRequest as error:
            self._bad_request(error.reason)
        if self.request is not None:
            self._pause_reading()
        else:
            self._advance()

    def pause_writing(self) -> None:
        self._writing_paused = True

    def resume_writing(self) -> None:
        self._writing_paused = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._advance()

    # What the server calls

    def respond(self, request: ReceivedRequest, response: Response, headers: str = "", *, close: bool = False) -> None:
        """Send the response to a request.

        Args:
            request: the one that is being handled; there is nothing to do for any other.
            response: what to send.
            headers: further ones, each ending in CRLF.
            close: whether the connection ends with it.

        Raises:
            ValueError: a header of the response has a line break in it.
        """
        transport = self._transport
        if request is not self.request or transport is None:  # it has been answered, or nobody is there to be answered
            return
        close = close or not request.keep_alive or self._peer_closed
        if close:
            headers += "Connection: close\r\n"
        head = response_head(response, headers)
        self.request = None
        body = response.body if has_body(response, request.method) else b""
        if len(body) <= _SMALL_BODY:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)
        self._registry.wait(self, KEEP_ALIVE)
        if close:
            self._close(lingering=not request.complete or not self._reader.closed)
        elif not self._advancing:
            self._advance()

    def start_stream(
        self, request: ReceivedRequest, response: Response, headers: str, on_lost: Callable[[], object]
    ) -> None:
        """Send the head of a response whose body follows in pieces; see `send_piece` and `end_stream`.

        Args:
            request: the one that is answered.
            response: its status and headers count.
            headers: further ones, each ending in CRLF.
            on_lost: called when the client has gone.

        Raises:
            ConnectionError: the client has gone.
            ValueError: a header of the response has a line break in it.
        """
        transport = self._transport
        if request is not self.request or transport is None:
            raise ConnectionError("the client has gone")
        if request.takes_chunks:
            headers += "Transfer-Encoding: chunked\r\n"
        else:  # the end of the connection is the end of the body
            request.keep_alive = False
        if not request.keep_alive:
            headers += "Connection: close\r\n"
        transport.write(response_head(response, headers, with_length=False))
        self.on_lost = on_lost

    async def send_piece(self, request: ReceivedRequest, piece: bytes) -> None:
        """Send a piece that is not empty; return when the client has read enough for the next one.

        Raises:
            ConnectionError: the client has gone.
        """
        if request is not self.request or self._transport is None:
            raise ConnectionError("the client has gone")
        self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if request.takes_chunks else piece)
        if self._writing_paused:
            self._drained = asyncio.get_running_loop().create_future()
            await self._drained

    def end_stream(self, request: ReceivedRequest) -> None:
        """End a response that was sent in pieces."""
        self.on_lost = None
        if request is not self.request or self._transport is None:
            return
        if request.takes_chunks:
            self._transport.write(b"0\r\n\r\n")
        self.request = None
        self._registry.wait(self, KEEP_ALIVE)
        if not request.keep_alive or self._peer_closed:
            self._close(lingering=not request.complete or not self._reader.closed)
        else:
            self._advance()

    def close_if_idle(self) -> None:
        """Close the connection if it waits for a request."""
        reader = self._reader
        if self.request is None and not reader.complete and not reader.in_head and reader.current is None:
            self._close(lingering=False)

    def abort(self) -> None:
        """Close the connection at once, whatever is left to be sent."""
        self._closing = True
        if self._transport is not None:
            self._transport.abort()

    def expire(self) -> None:
        """End the waiting, which has taken too long: with a response if a body is missing."""
        current = self._reader.current
        if current is None or self._closing:
            self.abort()
        else:
            current.reject(408, "BAD_REQUEST", f"the body took longer than {BODY_TIMEOUT:g} seconds")
            self._answer_unread(current)

    def write_buffer_size(self) -> int:
        """Return how many bytes the client has not read."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def __repr__(self) -> str:  # no request: tokens are among what it holds
        state = "closed" if self._transport is None else "waiting" if self.request is None else "working"
        return f"<Connection, {state}>"

    # The rest

    def _head_received(self, request: ReceivedRequest) -> None:
        if request.rejection is None:
            self._handler.head_received(request)

    def _advance(self) -> None:
        """Handle the next request, if it is there and the client reads the responses."""
        reader = self._reader
        self._advancing = True
        try:
            while self.request is None and reader.complete and not self._writing_paused and not self._closing:
                self._handle(reader.complete.popleft())
        finally:
            self._advancing = False
        if self.request is None and not self._closing and not reader.complete:
            if self._reading_paused and self._transport is not None:
                self._reading_paused = False
                self._transport.resume_reading()
            if reader.in_head or reader.current is not None:
                self._wait_for_rest()

    def _handle(self, request: ReceivedRequest) -> None:
        self.request = request
        self._pending = False
        self._registry.work(self)
        self._handler.request_received(self, request)

    def _wait_for_rest(self) -> None:
        """Begin to wait for the rest of a head or of a body, or answer a request that is rejected before its end."""
        request = self._reader.current
        if request is not None and request.rejection is not None:
            self._answer_unread(request)
        elif request is None and self._pending is False:
            self._pending = True
            self._registry.wait(self, HEAD_TIMEOUT)
        elif request is not None and request is not self._pending:
            self._pending = request
            self._registry.wait(self, BODY_TIMEOUT)
            if request.expects_continue and not request.size and self._transport is not None:
                self._transport.write(_CONTINUE)

    def _answer_unread(self, request: ReceivedRequest) -> None:
        """Answer a request whose body has not been read to its end: the connection cannot be used for another one."""
        request.keep_alive = False
        self._reader.close()
        self._reader.current = None
        self._handle(request)

    def _reject_unread(self, message: str) -> None:
        request = self._reader.current
        if request is not None and not self._closing and self.request is None:
            request.reject(400, "BAD_REQUEST", message)
            self._answer_unread(request)

    def _bad_request(self, reason: str) -> None:
        self._handler.bad_request(reason)
        if self.request is None and not self._reader.complete and self._transport is not None:
            body = _BAD_REQUEST.encode()
            head = f"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
            self._transport.write(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n".encode() + body)
            self._close(lingering=True)
        elif self.request is not None:
            self.request.keep_alive = False  # the responses that are due are sent, and the connection ends
        if self._reader.complete:
            self._reader.complete[-1].keep_alive = False

    def _pause_reading(self) -> None:
        if not self._reading_paused and self._transport is not None and not self._closing:
            self._reading_paused = True
            self._transport.pause_reading()

    def _close(self, *, lingering: bool) -> None:
        """Close the connection when everything is sent.

        Args:
            lingering: whether the client may still be sending. If its bytes met a closed connection, the system would
                tell it so before it has read the response.
        """
        self._closing = True
        self._reader.close()
        transport = self._transport
        if transport is None:
            return
        if lingering and not self._peer_closed and transport.can_write_eof():
            if self._reading_paused:
                self._reading_paused = False
                transport.resume_reading()
            transport.write_eof()
            self._registry.wait(self, LINGER)
        else:
            transport.close()
