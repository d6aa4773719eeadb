"""The server of a deployed function: connections in front of an adapter and an executor."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from functools import partial

from .access_log import JsonLog
from .adapters import InvocationRequest, Response
from .adapters.respond import stack_of
from .adapters.stream import StreamingResponse
from .connection import BODY_TIMEOUT, Connection
from .connections import Connections
from .errors import RequestRejected, TimeLimitError
from .executor import InvocationExecutor
from .http1 import ReceivedRequest
from .sockets import max_connections
from .tagged_output import end_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .adapters import Adapter
    from .origin_check import OriginCheck

HEALTH_PATH = "/_healthz"
_FAVICON_PATH = "/favicon.ico"
_LINGER = 1.0  # seconds that an idle connection stays open after the signal to end: a request may be on its way
_FILE_SHARE = 0.75  # of the process's files that connections may take; the function needs some too
_MAX_LOGGED_PATH = 200  # characters
_BACKLOG = 1024  # connections that the system accepts before the server does
_ACCEPTED_AT_ONCE = 8  # more would be open before the first of them is counted


class FunctionServer:
    """Serves one function on a socket until it is stopped.

    Args:
        concurrency: requests in progress at once; further ones are answered 429.
        max_body: bytes of a request's body; larger ones are answered 413.
        origin_check: which requests are answered; by default all of them.
    """

    def __init__(
        self,
        adapter: Adapter,
        executor: InvocationExecutor,
        log: JsonLog,
        *,
        concurrency: int,
        max_body: int,
        origin_check: OriginCheck | None = None,
    ) -> None:
        self.adapter = adapter
        self.executor = executor
        self._log = log
        self._concurrency = concurrency
        self._max_body = max_body
        self._origin_check = origin_check
        self._busy = 0
        self._stopping = False
        self._connections: Connections | None = None

    async def serve(self, sock: socket.socket, stop: asyncio.Event, ready: Callable[[], None]) -> bool:
        """Serve on `sock`, which is bound, until `stop` is set, and then until all accepted requests are answered.

        Returns:
            Whether everything has ended; if not, threads are left that only the end of the process ends.
        """
        loop = asyncio.get_running_loop()
        self._log.attach(loop)
        connections = self._connections = Connections(
            limit=max_connections(_FILE_SHARE),
            log=lambda text: self._log.line("connections", error=text),
        )
        factory = partial(Connection, self, connections, self._max_body)
        loop.set_exception_handler(self._loop_error)
        backlog = sock.dup()  # to accept what the system has accepted when the loop no longer does
        listening = await loop.create_server(factory, sock=sock, backlog=_ACCEPTED_AT_ONCE)
        sock.listen(_BACKLOG)
        try:
            ready()
            await stop.wait()
            self._log.line("stopping", pid=os.getpid(), atWork=self._busy)
        finally:
            self._stopping = True
            # What the loop has just accepted becomes a connection in its next turn, and would be lost if the server
            # were closed by then: first no more are accepted, then it is closed.
            loop.remove_reader(sock)
            await asyncio.sleep(0)
            listening.close()
            with backlog:
                await _accept_all(backlog, factory, loop)
            await self._drain(connections)
            self._log.attach(None)
        return self.executor.close()

    async def _drain(self, connections: Connections) -> None:
        for _ in range(3):  # turns of the loop until one that it has just accepted is a connection
            await asyncio.sleep(0)
        if not await connections.gone(_LINGER):
            connections.close_idle()
            # Each invocation has its time limit; this one only guards against clients that do not read.
            if not await connections.gone(self.adapter.config.timeout + BODY_TIMEOUT):
                connections.abort()
                await connections.gone(0.1)
        connections.close()

    # What a connection calls

    def head_received(self, request: ReceivedRequest) -> None:
        """Reject a request before its body is read, where the headers say enough."""
        try:
            if self._origin_check is not None and not _is_health_check(request):
                pairs = [(name, value) for name, values in request.headers.items() for value in values]
                self._origin_check.check(request.method, pairs)
            self._check_concurrency(request)
        except RequestRejected as error:
            request.reject(error.status, error.code, error.message)

    def request_received(self, connection: Connection, request: ReceivedRequest) -> None:
        """Answer a request: run the handler, or reject it."""
        if request.rejection is None and _is_health_check(request):
            healthy = not self._stopping and not self.executor.stuck
            connection.respond(request, Response(200 if healthy else 503), "Server: cloudpy\r\n", close=self._stopping)
            return
        exchange = _Exchange(self, connection, request)
        if request.rejection is not None:
            exchange.fail(request.rejection)
            return
        if request.target == _FAVICON_PATH and request.method == "GET" and not self.adapter.config.production:
            exchange.respond(Response(404))  # browsers request it automatically: not an invocation
            return
        try:
            self._check_concurrency(request)  # others may have come while the body was read
            invocation = self.adapter.parse(request)
        except Exception as error:
            exchange.fail(error)
            return
        if isinstance(invocation, Response):
            exchange.respond(invocation)
            return
        self._busy += 1
        self.executor.start(
            invocation, partial(self._ended, exchange, invocation), partial(exchange.give_up, invocation)
        )

    def bad_request(self, reason: str) -> None:
        """Log that a client sent something that is not HTTP; nothing of it is quoted, for it may hold tokens."""
        self._log.line("refused", error=reason)

    # The rest

    def _ended(
        self, exchange: _Exchange, invocation: InvocationRequest, result: Any, error: BaseException | None
    ) -> None:
        self._busy -= 1
        end_output(invocation.request_id)
        if error is None:
            try:
                response = self.adapter.respond(invocation, result)
            except Exception as raised:
                error = raised
            else:
                if type(response) is Response:
                    exchange.respond(response)
                else:
                    assert isinstance(response, StreamingResponse)
                    self._busy += 1
                    self.executor.start_task(self._stream(exchange, invocation, response))
                return
        exchange.fail(error)

    async def _stream(self, exchange: _Exchange, invocation: InvocationRequest, response: StreamingResponse) -> None:
        try:
            await exchange.stream(invocation, response)
        finally:
            self._busy -= 1
            self.executor.end_task()

    def finish(
        self,
        connection: Connection,
        request: ReceivedRequest,
        response: Response,
        error: BaseException | None,
        seconds: float,
    ) -> None:
        """Log a request and send the response."""
        try:
            connection.respond(request, response, self.headers(request), close=self._stopping)
        finally:
            self.log_request(request, response.status, len(response.body), error, seconds)

    @staticmethod
    def headers(request: ReceivedRequest) -> str:
        """Return the headers that the server adds to each response."""
        return f"Server: cloudpy\r\nDate: {http_date()}\r\nX-Request-Id: {request.id}\r\n"

    def log_request(
        self, request: ReceivedRequest, status: int, sent: int, error: BaseException | None, seconds: float
    ) -> None:
        """Write the line of a request, and what went wrong with it.

        Args:
            request: the one that was answered.
            status: of the response.
            sent: bytes of the response's body.
            error: what the handler raised, if anything.
            seconds: from the request's end to the response's.
        """
        problem = ""
        if error is not None:
            problem = error.message if isinstance(error, RequestRejected) else type(error).__name__
        path = request.target.partition("?")[0][:_MAX_LOGGED_PATH]
        self._log.access(request.id, request.method, path, status, seconds, request.size, sent, problem)
        if error is not None and not isinstance(error, RequestRejected):
            # its author's to read, wherever the function runs; in production the caller only learns that it failed
            self._log.line("error", requestId=request.id, stack=stack_of(error))

    def log_error(self, request_id: str, text: str) -> None:
        """Write a line about an invocation."""
        self._log.line("error", requestId=request_id, stack=text)

    def _check_concurrency(self, request: ReceivedRequest) -> None:
        if self._busy + self.executor.overdue >= self._concurrency and not _is_health_check(request):
            raise RequestRejected(429, "TOO_MANY_REQUESTS", "too many requests at once; try again later")

    def _loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "socket.accept()" in context.get("message", ""):  # asyncio logs a traceback for each attempt
            assert self._connections is not None
            self._connections.log_full("the process can open no more files (ulimit -n): new connections wait")
        else:
            loop.default_exception_handler(context)

    def __repr__(self) -> str:
        return f"<FunctionServer of {self.executor.handler!r}, {self._busy} requests in progress>"


class _Exchange:
    """One request and its response; only the first response is sent."""

    __slots__ = ("_answered", "_connection", "_request", "_server", "_started")

    def __init__(self, server: FunctionServer, connection: Connection, request: ReceivedRequest) -> None:
        self._server = server
        self._connection = connection
        self._request = request
        self._started = time.monotonic()
        self._answered = False

    def respond(self, response: Response, error: BaseException | None = None) -> None:
        """Send a response, unless there was one."""
        if self._answered:
            return
        self._answered = True
        seconds = time.monotonic() - self._started
        self._server.finish(self._connection, self._request, response, error, seconds)

    def fail(self, error: BaseException) -> None:
        """Send the response for an error."""
        if not self._answered:
            self.respond(self._server.adapter.respond_error(self._request.id, error), error)

    async def stream(self, invocation: InvocationRequest, response: StreamingResponse) -> None:
        """Send a response in pieces; cut it short when the handler fails, and end the handler when the client goes."""
        from .streaming import encoded_pieces

        if self._answered:
            return
        if self._request.method == "HEAD":
            self.respond(Response(response.status, response.headers))
            return
        self._answered = True
        server, connection, request = self._server, self._connection, self._request
        sent, error = 0, None
        task = asyncio.current_task()
        assert task is not None
        pieces = encoded_pieces(invocation, response, self._started)
        try:
            connection.start_stream(request, response, server.headers(request), task.cancel)
            async for piece in pieces:
                if piece:
                    sent += len(piece)
                    await connection.send_piece(request, piece)
            connection.end_stream(request)
        except (asyncio.CancelledError, ConnectionError):
            pass  # the client has gone
        except Exception as raised:
            error = raised
            connection.abort()
        finally:
            await pieces.aclose()
            server.log_request(request, response.status, sent, error, time.monotonic() - self._started)

    def give_up(self, invocation: InvocationRequest) -> None:
        """Answer for a handler that goes on although it was cancelled: its caller waits no longer."""
        self._server.log_error(self._request.id, "the function goes on although it was cancelled")
        self.fail(TimeLimitError(invocation.timeout))


_date = (0, "")


def http_date() -> str:
    """Return the time as the header Date has it."""
    global _date
    now = int(time.time())
    if _date[0] != now:
        weekday, month = time.gmtime(now).tm_wday, time.gmtime(now).tm_mon
        # strftime would use the language of the user
        day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[weekday]
        name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[month - 1]
        _date = (now, time.strftime(f"{day}, %d {name} %Y %H:%M:%S GMT", time.gmtime(now)))
    return _date[1]


def _is_health_check(request: ReceivedRequest) -> bool:
    return (
        request.target.startswith(HEALTH_PATH)
        and request.method in ("GET", "HEAD")
        and (request.target.partition("?")[0] == HEALTH_PATH)
    )


async def _accept_all(
    backlog: socket.socket, factory: Callable[[], Connection], loop: asyncio.AbstractEventLoop
) -> None:
    """Accept the connections that wait in the system's queue: their clients believe them accepted."""
    backlog.setblocking(False)
    while True:
        try:
            connection, _ = backlog.accept()
        except ConnectionAbortedError:  # that one has hung up; others may wait behind it
            continue
        except OSError:
            return
        connection.setblocking(False)
        await loop.connect_accepted_socket(factory, connection)
