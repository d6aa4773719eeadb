"""The server of a deployed function: aiohttp.web in front of one adapter and one executor."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from functools import partial

from aiohttp import web

from .access_log import JsonLog, Refusals
from .adapters import InvocationRequest, Request, Response
from .adapters.respond import stack_of
from .connections import BODY_TIME, Connections
from .errors import RequestRejected, TimeLimitError
from .executor import InvocationExecutor
from .sockets import max_connections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .adapters import Adapter
    from .origin_check import OriginCheck

HEALTH = "/_healthz"
_METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
_MAX_HEADER = 32 * 1024  # bytes of one header: a context header with credentials takes several thousand
_MAX_LINE = 8 * 1024
_LINGER = 1.0  # seconds that a silent connection stays open after the signal to end: a request may be on its way
_FILES = 0.75  # share of the process's files that connections may take; the function needs some too
_PATH_LOGGED = 200  # characters


class FunctionServer:
    """Serves one function on a socket until it is told to stop.

    Args:
        concurrency: how many requests are worked on at once; more are answered 429.
        max_body: bytes of a request's body; more are answered 413.
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
        self._forced = False
        self._connections: Connections | None = None

    async def serve(self, sock: socket.socket, stop: asyncio.Event, ready: Callable[[], None]) -> bool:
        """Serves on `sock`, which is bound, until `stop` is set, and then until what was accepted is answered.

        Returns:
            Whether everything has ended; if not, threads are left that only the end of the process ends.
        """
        loop = asyncio.get_running_loop()
        self._log.attach(loop)
        logger = logging.Logger("cloudpy.server")
        logger.addHandler(Refusals(self._log))
        connections = self._connections = Connections(
            self._answer,
            limit=max_connections(_FILES),
            max_body=self._max_body,
            say=lambda text: self._log.line("connections", error=text),
            logger=logger,
            auto_decompress=False,  # what nobody unpacks is no bomb
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_HEADER,
        )
        backlog = sock.dup()  # to find what the system has accepted, when the loop no longer looks
        await connections.listen(sock)
        try:
            ready()
            await stop.wait()
            self._log.line("stopping", pid=os.getpid(), atWork=self._busy)
        finally:
            self._stopping = True
            # What the loop has accepted a moment ago becomes a connection in its next turn, and is lost without a word
            # if the server is closed by then: first no more are accepted, then it is closed.
            loop.remove_reader(sock)
            await asyncio.sleep(0)
            connections.stop_listening()
            with backlog:
                await _accept_all(backlog, connections, loop)
            await self._drain(connections)
            self._log.attach(None)
        return self.executor.close()

    async def _drain(self, connections: Connections) -> None:
        for _ in range(3):  # turns of the loop until one that it has just accepted is a connection
            await asyncio.sleep(0)
        if not await connections.gone(_LINGER):
            connections.end_silent()
            connections.pre_shutdown()  # the others end when their request is answered
            # each invocation has its own time limit; this one only guards against connections that take no answer
            if not await connections.gone(self.adapter.config.timeout + BODY_TIME):
                self._forced = True
                await connections.shutdown(0.1)

    async def _answer(self, received: web.BaseRequest) -> web.StreamResponse:
        path, _, _ = received.raw_path.partition("?")
        if path == HEALTH and received.method in ("GET", "HEAD"):
            healthy = not self._stopping and not self.executor.stuck
            return self._sent(Response(200 if healthy else 503), "")
        started = time.perf_counter()
        request = Request(received.method, received.raw_path, received.headers.items())
        response, error = await self._outcome(received, request)
        problem = ""
        if error is not None:
            problem = error.message if isinstance(error, RequestRejected) else type(error).__name__
        self._log.access(
            request.id,
            request.method,
            path[:_PATH_LOGGED],
            response.status,
            time.perf_counter() - started,
            len(request.body),
            len(response.body),
            problem,
        )
        if error is not None and not isinstance(error, RequestRejected):
            # its author's to read, wherever the function runs; the caller is told in production that there was one
            self._log.line("error", requestId=request.id, stack=stack_of(error))
        return self._sent(response, request.id, close=isinstance(error, RequestRejected) and error.status in (408, 413))

    async def _outcome(self, received: web.BaseRequest, request: Request) -> tuple[Response, BaseException | None]:
        call: InvocationRequest | Response | None = None
        try:
            if request.method not in _METHODS:
                raise RequestRejected(405, "INVALID_METHOD", "this method is not taken")
            if received.version < (1, 0):  # whoever sends no version reads no status either
                raise RequestRejected(400, "BAD_REQUEST", "HTTP/1.0 or HTTP/1.1 is spoken here")
            if self._origin_check is not None:
                self._origin_check.check(request.method, list(received.headers.items()))
            self._check_concurrency()  # before the body: it need not come in at all
            assert self._connections is not None
            request.body = await self._connections.body(received)
            self._check_concurrency()
            self._busy += 1
            try:
                call = self.adapter.parse(request)
                if isinstance(call, Response):
                    return call, None
                result = await self.executor.run(call, partial(self._give_up, received, request.id, call))
                return self.adapter.respond(call, result), None
            finally:
                self._busy -= 1
        except Exception as error:
            return self.adapter.respond_error(request.id, error), error
        except asyncio.CancelledError as error:
            if call is None or self._forced:
                raise
            return self.adapter.respond_error(request.id, error), error  # the handler's own doing
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # the function's own, such as the NotTranslated of a draft
            return self.adapter.respond_error(request.id, error), error

    def _give_up(self, received: web.BaseRequest, request_id: str, call: InvocationRequest) -> None:
        """Answers for a handler that goes on although it was cancelled, and hangs up: its caller waits no longer."""
        transport = received.transport
        if transport is None or transport.is_closing():
            return
        response = self.adapter.respond_error(request_id, TimeLimitError(call.timeout))
        self._log.line("error", requestId=request_id, stack="the function goes on although it was cancelled")
        head = [f"HTTP/1.1 {response.status} Gateway Timeout", "Connection: close"]
        head += [f"{name}: {value}" for name, value in response.headers]
        head += [f"Content-Length: {len(response.body)}", "", ""]
        transport.write("\r\n".join(head).encode() + response.body)
        transport.close()

    def _check_concurrency(self) -> None:
        if self._busy + self.executor.overdue >= self._concurrency:
            raise RequestRejected(429, "TOO_MANY_REQUESTS", "more requests at once than this server takes; try again")

    def _sent(self, response: Response, request_id: str, close: bool = False) -> web.Response:
        headers = [*response.headers, ("Server", "cloudpy")]
        if request_id:
            headers.append(("X-Request-Id", request_id))
        sent = web.Response(status=response.status, headers=headers, body=response.body)
        if self._stopping or close:
            sent.force_close()
        return sent

    def __repr__(self) -> str:
        return f"<FunctionServer of {self.executor.handler!r}, {self._busy} at work>"


async def _accept_all(backlog: socket.socket, connections: Connections, loop: asyncio.AbstractEventLoop) -> None:
    """Takes the connections that wait in the system's queue: their clients believe them accepted."""
    backlog.setblocking(False)
    while True:
        try:
            connection, _ = backlog.accept()
        except ConnectionAbortedError:  # that one has hung up; others may wait behind it
            continue
        except OSError:
            return
        connection.setblocking(False)
        await loop.connect_accepted_socket(connections, connection)
