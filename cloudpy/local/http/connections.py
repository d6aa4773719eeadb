"""The connections of a server: how many there may be, how long one may be silent, what is logged about them.

Shared by ``dev`` and the gateway. A connection is either **working**, while its request is handled, or
**waiting**: for a request, for the body of one, for its client to read the answer. When there are too many, the one
that has waited longest is closed, so that clients that do nothing keep nobody else out.

Nothing that a client sent is logged: aiohttp quotes the line that it could not read, tokens included.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from ...runtime.errors import RequestRejected

HEAD_TIME = 30.0  # seconds until the first request of a connection is there, to the end of its headers
BODY_TIME = 30.0  # seconds that a body may take to come in
KEEP_ALIVE = 75.0  # seconds of silence: longer than the proxies in front keep a connection, so that they end it first
MAX_UNSENT = 128 * 1024 * 1024  # bytes of answers that clients do not read
BACKLOG = 1024  # connections that the system accepts before we do
_ACCEPTED_AT_ONCE = 8  # more would be open before the first of them is counted
_SWEEP = 1.0  # seconds between two looks for connections that have waited too long
_LOG_PAUSE = 60.0  # seconds between two lines about too many connections
_NO_HTTP = "Bad Request: this is not HTTP/1.1\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Connections(web.Server):
    """Accepts connections, and closes those that wait too long or are too many.

    Args:
        handler: answers a request; calls `body()` or `received()` when it has all of it.
        limit: connections at once.
        max_body: bytes of a request's body; see `body()`.
        say: is called with a sentence for the log.
        options: those of aiohttp's ``RequestHandler``.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        limit: int,
        max_body: int,
        say: Callable[[str], None],
        **options: Any,
    ) -> None:
        options = {"access_log": None, "keepalive_timeout": KEEP_ALIVE, "lingering_time": 2.0, **options}
        super().__init__(self._handled, request_factory=self._request, **options)
        self._answer = handler
        self._limit = limit
        self._max_body = max_body
        self._say = say
        self._working: set[web.RequestHandler] = set()
        # since when, how long it may, and the bytes that its client had not read by then; the longest first
        self._waiting: OrderedDict[web.RequestHandler, tuple[float, float, int]] = OrderedDict()
        self._clock = asyncio.get_running_loop().time
        self._sweeper: asyncio.TimerHandle | None = None
        self._listening: asyncio.AbstractServer | None = None
        self._handler: Any = None  # of errors in the loop; and the one before it
        self._handler_before: Any = None
        self._changed: asyncio.Future[None] | None = None
        self._closed = 0  # connections, since the last line about them
        self._next_line = 0.0

    async def listen(self, sock: socket.socket) -> None:
        """Accept connections on `sock`, which is bound."""
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self, sock=sock, backlog=_ACCEPTED_AT_ONCE)
        sock.listen(BACKLOG)
        self._handler_before = before = loop.get_exception_handler()

        def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            if "socket.accept()" in context.get("message", ""):  # asyncio logs a traceback for each attempt
                self._log_full("the process can open no more files (ulimit -n): new connections wait")
            elif before is not None:
                before(loop, context)
            else:
                loop.default_exception_handler(context)

        loop.set_exception_handler(handle)
        self._handler = handle

    def stop_listening(self) -> None:
        """Accept no more connections."""
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        loop = asyncio.get_running_loop()
        if loop.get_exception_handler() is self._handler:
            loop.set_exception_handler(self._handler_before)

    async def close(self, timeout: float) -> None:
        """Close all connections, those that are working after `timeout` seconds at the latest."""
        self.stop_listening()
        await asyncio.sleep(0)  # what was accepted a moment ago becomes a connection
        self.end_silent()
        self.pre_shutdown()
        await self.shutdown(timeout)
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None

    def end_silent(self) -> None:
        """Close the connections that wait for a request."""
        for handler in self.connections:
            if isinstance(handler, _Handler):
                handler.end_if_silent()

    async def gone(self, seconds: float) -> bool:
        """Whether all connections have ended, `seconds` from now at the latest."""
        deadline = time.monotonic() + seconds
        while self.connections:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._changed = asyncio.get_running_loop().create_future()
            await asyncio.wait({self._changed}, timeout=min(left, 0.25))
        return True

    async def body(self, request: web.BaseRequest) -> bytes:
        """Return the body of a request; from then on its connection is working.

        Raises:
            RequestRejected: it is too large, too slow, cut off, or not framed as HTTP/1.1 has it.
        """
        if (request.content_length or 0) > self._max_body:
            raise self._too_large()
        coding = request.headers.get("Transfer-Encoding", "chunked")
        if coding.strip().lower() != "chunked":
            raise RequestRejected(501, "BAD_REQUEST", "of transfer encodings chunked alone is taken")
        try:
            if request.content.is_eof():  # it came with the headers, as small ones do
                body = request.content.read_nowait()
                if len(body) > self._max_body:
                    raise self._too_large()
            else:
                if request.headers.get("Expect", "").lower() == "100-continue" and request.transport is not None:
                    request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = await asyncio.wait_for(request.read(), BODY_TIME)
        except web.HTTPRequestEntityTooLarge:
            raise self._too_large() from None
        except asyncio.TimeoutError:
            raise RequestRejected(408, "BAD_REQUEST", f"the body took longer than {BODY_TIME:g} seconds") from None
        except web.RequestPayloadError:
            raise RequestRejected(400, "BAD_REQUEST", "the body is not what its headers say") from None
        except ConnectionError:  # nobody is there to be answered; the log says what became of it
            raise RequestRejected(400, "BAD_REQUEST", "the caller hung up before the body was over") from None
        self.received(request)
        return body

    def received(self, request: web.BaseRequest) -> None:
        """Note that a request is complete: its connection is working until it is answered."""
        if self._waiting.pop(request.protocol, None) is not None:
            self._working.add(request.protocol)

    def progress(self, request: web.BaseRequest) -> None:
        """Note that a part of a body was read, or of an answer was sent."""
        if request.protocol in self._waiting:
            self._wait(request.protocol, BODY_TIME)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._waiting) + len(self._working) >= self._limit:
            if not self._waiting:
                self._closed += 1
                self._log_full(f"all {self._limit} connections are working: new ones are answered 503")
                transport.write(_FULL)
                asyncio.get_running_loop().call_soon(handler.force_close)
                return
            self._end_oldest()
        self._wait(handler, HEAD_TIME)
        if self._sweeper is None:
            self._sweeper = asyncio.get_running_loop().call_later(_SWEEP, self._sweep)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        super().connection_lost(handler, exc)
        self._working.discard(handler)
        self._waiting.pop(handler, None)
        # one whose task still runs is taken off aiohttp's list by a callback of its own
        asyncio.get_running_loop().call_soon(self._look)

    def __call__(self) -> web.RequestHandler:
        handler = super().__call__()
        handler.__class__ = _Handler  # there is no other way to say of which class they are to be
        return handler

    async def _handled(self, request: web.BaseRequest) -> web.StreamResponse:
        handler = request.protocol
        try:
            return await self._answer(request)
        finally:
            if handler in self._working or handler in self._waiting:  # else it has gone
                self._working.discard(handler)
                self._wait(handler, KEEP_ALIVE)

    def _request(self, *arguments: Any) -> web.BaseRequest:
        message, payload, handler, writer, task = arguments
        if handler in self._waiting:
            self._wait(handler, BODY_TIME + 2 * _SWEEP)  # body() says first that it is too slow
        return web.BaseRequest(
            message, payload, handler, writer, task, asyncio.get_running_loop(), client_max_size=self._max_body
        )

    def _wait(self, handler: web.RequestHandler, seconds: float, unsent: int = 0) -> None:
        self._waiting[handler] = (self._clock(), seconds, unsent)
        self._waiting.move_to_end(handler)

    def _end_oldest(self) -> None:
        self._end(next(iter(self._waiting)))
        self._closed += 1
        self._log_full(
            f"{self._limit} connections are open, as many as there may be: those that wait longest are closed"
        )

    def _end(self, handler: web.RequestHandler) -> None:
        self._waiting.pop(handler, None)
        # in the next turn of the loop: aiohttp fails where a connection ends before its task has begun
        asyncio.get_running_loop().call_soon(self._abort, handler)

    def _abort(self, handler: web.RequestHandler) -> None:
        transport = self._connections.get(handler)
        handler.force_close()
        if transport is not None:
            transport.abort()  # an answer that nobody reads would keep it open

    def _sweep(self) -> None:
        """Close connections that have been idle too long, or whose responses exceed the memory limit."""
        self._sweeper = None
        now, unsent = self._clock(), 0
        for handler, (since, seconds, before) in list(self._waiting.items()):
            transport = self._connections.get(handler)
            left = transport.get_write_buffer_size() if transport is not None else 0
            unsent += left
            if now - since > seconds:
                if left and left != before:  # its client reads, slowly
                    self._wait(handler, seconds, left)
                else:
                    self._end(handler)
        while unsent > MAX_UNSENT:
            oldest = next((h for h in self._waiting if self._connections[h].get_write_buffer_size()), None)
            if oldest is None:
                break
            unsent -= self._connections[oldest].get_write_buffer_size()
            self._end(oldest)
        self._log_closed()
        if self._waiting or self._working:
            self._sweeper = asyncio.get_running_loop().call_later(_SWEEP, self._sweep)

    def _log_full(self, text: str) -> None:
        """JsonX too many, once; the rest of a minute is one number."""
        if self._clock() >= self._next_line:
            self._next_line = self._clock() + _LOG_PAUSE
            self._closed = 0
            self._say(text)

    def _log_closed(self) -> None:
        if self._closed and self._clock() >= self._next_line:
            self._say(f"{self._closed} more connections were closed, since there were too many")
            self._next_line = self._clock() + _LOG_PAUSE
            self._closed = 0

    def _too_large(self) -> RequestRejected:
        return RequestRejected(
            413, "EXCEED_MAX_PAYLOAD_SIZE", f"a body of more than {self._max_body} bytes is not taken"
        )

    def _look(self) -> None:
        if self._changed and not self._changed.done():
            self._changed.set_result(None)


class _Handler(web.RequestHandler):  # type: ignore[misc, unused-ignore]  # aiohttp means it to be final
    """One connection, whose error answers quote nothing."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to what could not be read, or handled."""
        return super().handle_error(request, status, exc, message if status == 500 else _NO_HTTP)

    def end_if_silent(self) -> None:
        """End the connection if it waits for a request.

        aiohttp's own ``close()`` leaves it open for as long as a connection is kept.
        """
        if self._waiter is not None and not self._waiter.done():
            self.force_close()


class KindAlone(logging.Filter):
    """Of the logger of a server: of errors in reading a request only their kind is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the text of such an error away."""
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None and kind.__module__.startswith("aiohttp."):
            record.msg, record.args = "a request was refused: %s", (kind.__name__,)
            record.exc_info = record.exc_text = None
        return True
