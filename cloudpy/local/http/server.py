"""The local WeChat on a socket. It listens on loopback by default."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Collection

from ...runtime.adapters import Response
from ...runtime.errors import RequestRejected
from ...runtime.http1 import MAX_TARGET, ReceivedRequest
from ...runtime.origin_check import OriginCheck
from ...runtime.sockets import bind_socket, max_connections
from ..backend import Backend
from ..env_vars import environment
from ..function_calls import run_in_thread
from ..users import User
from . import router, storage
from .listener import Listener, LocalConnection
from .message import HttpRequest, HttpResponse, json_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .file_server import FileServer

_MAX_BODY = 16 * 1024 * 1024  # bytes read at all; the endpoints have smaller limits, with errors of their own
_GARBAGE = b"\xff\xfe\x00 this is not a response \x00\xff"
_log = logging.getLogger("cloudpy.local.requests")
_http = logging.getLogger("cloudpy.local.http")
_connection_log = logging.getLogger("cloudpy.local.connections")


class _GatewayConnection(LocalConnection):
    """A connection that hands requests for files over to the `FileServer`, since their bodies can have any size."""

    _first_bytes = b""  # of a request whose first line is incomplete

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        if self.request is None and reader.current is None and not reader.in_head and not reader.complete:
            data, self._first_bytes = self._first_bytes + data, b""
            line, end, _ = data.partition(b"\n")
            if not end and len(line) <= MAX_TARGET:
                self._first_bytes = data
                return
            target = line.split(b" ")[1:2]
            if target and storage.is_storage_path(target[0].decode("latin-1")) and not self._closing:
                self._hand_over(data)
                return
        super().data_received(data)

    def _hand_over(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        self._registry.remove(self)
        self._closing = True
        self._transport = None
        server: GatewayServer = self._handler  # type: ignore[assignment]
        protocol = server.file_server()()
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        protocol.data_received(data)


class GatewayServer:
    """A running local WeChat: ``with`` runs it in its own thread, ``async with`` in the running loop.

    ::

        with GatewayServer(backend) as server:
            subprocess.run(["node", "index.js"], env={**os.environ, **server.environment()})

    Args:
        backend: the local WeChat.
        host: address to listen on.
        port: port to listen on, 0 for any free one.
        hosts: further names that clients may use in ``Host``. Its own address and the names of loopback are always
            accepted; others are rejected, so that no web page can reach it by DNS rebinding.
        file_share: share of the process's file descriptors for connections, from 0 to 1.
        keep_alive: whether clients may reuse connections; without it each call has its own, as in Node.

    Raises:
        OSError: on entering, when the address is not available.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        hosts: Collection[str] = (),
        keep_alive: bool = True,
        file_share: float = 0.75,
    ) -> None:
        self.backend = backend
        self.host = host
        self.port = port
        self._keep_alive = keep_alive
        self._file_share = file_share
        self._origin_check = OriginCheck(host, hosts)
        self._listener: Listener | None = None
        self._files: FileServer | None = None
        self._closing = asyncio.Event()
        self._thread: _Thread | None = None

    @property
    def url(self) -> str:
        """Address of the HTTPS API, ``http://127.0.0.1:PORT``, and of the gateway with ``/admin`` appended."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def environment(
        self, *, user: User | str | None = None, function: str = "", source: str = "wx_client", timer: bool = False
    ) -> dict[str, str]:
        """Return the environment of one invocation of a function; see ``env_vars.environment``."""
        return environment(self.backend, self.url, user=user, function=function, source=source, timer=timer)

    async def __aenter__(self) -> GatewayServer:
        self._closing = asyncio.Event()
        self._files = None
        limit = max_connections(self._file_share)
        log = _connection_log.warning
        self._listener = Listener(self, limit=limit, max_body=_MAX_BODY, log=log, factory=_GatewayConnection)
        sock = bind_socket(self.host, self.port)
        try:
            await self._listener.listen(sock)
        except BaseException:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._files is not None:
            await self._files.close(timeout=1.0)
        if self._listener is not None:  # it is falsy without connections
            await self._listener.shut_down(timeout=1.0)

    def __enter__(self) -> GatewayServer:
        self._thread = _Thread(self)
        self._thread.run_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.stop()

    def file_server(self) -> FileServer:
        """Return what serves requests for files; it is created for the first one, since it imports aiohttp."""
        if self._files is None:
            from .file_server import FileServer

            limit = max_connections(self._file_share)
            self._files = FileServer(
                lambda: self.backend, self._origin_check, limit=limit, max_body=_MAX_BODY, log=_connection_log.warning
            )
        return self._files

    # What a connection calls

    def head_received(self, request: ReceivedRequest) -> None:
        """Reject a request before its body is read, if its headers say enough."""
        try:
            self._origin_check.check(request.method, _pairs(request))
            if request.headers.get("content-encoding", ["identity"])[0].lower() != "identity":
                raise RequestRejected(415, "INVALID_PARAM", "compressed bodies are not supported")
        except RequestRejected as error:
            request.reject(error.status, error.code, error.message)

    def request_received(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        """Answer a request."""
        if storage.is_storage_path(request.target):  # sent before the response to the one before was there
            request.reject(400, "BAD_REQUEST", "requests for files cannot be pipelined")
        if request.rejection is not None:
            error = request.rejection
            path = request.target.partition("?")[0][:200]
            _log.info("%s %s %s %s", request.method, path, error.status, error.message)
            answer = json_response(error.status, {"code": error.code, "message": error.message})
            connection.respond(request, Response(answer.status, answer.headers, answer.body), close=True)
            return
        connection.start(request, self._answer(connection, request), cancel=True)

    def bad_request(self, reason: str) -> None:
        """Log that a client sent something that is not HTTP, without quoting it."""
        _http.error("a request was rejected: %s", reason)

    async def _answer(self, connection: LocalConnection, received: ReceivedRequest) -> None:
        started = time.perf_counter()
        request = HttpRequest(received.method, received.target, _pairs(received), received.body)
        if router.may_block(self.backend, request):
            answer = await run_in_thread(lambda: router.handle(self.backend, request))
        else:
            answer = router.handle(self.backend, request)
        if answer.delay:
            await self._pause(answer.delay)
        _log.info(
            "%s %s%s %s %.0f ms",
            received.method,
            answer.api or received.target.partition("?")[0][:200],
            f" by {answer.user}" if answer.user else "",
            answer.outcome or answer.status,
            (time.perf_counter() - started) * 1000,
        )
        if answer.fault:
            await self._break(connection, received, answer)
        elif answer.pieces:
            await connection.send_pieces(Response(answer.status, answer.headers), answer.pieces)
        else:
            response = Response(answer.status, answer.headers, answer.body)
            connection.respond(received, response, close=not self._keep_alive)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _break(self, connection: LocalConnection, request: ReceivedRequest, answer: HttpResponse) -> None:
        if answer.fault == "http500":
            connection.respond(request, Response(500), close=not self._keep_alive)
        elif answer.fault == "garbage":
            garbage = Response(200, [("Content-Type", "application/octet-stream")], _GARBAGE)
            connection.respond(request, garbage, close=not self._keep_alive)
        elif answer.fault == "truncated":
            connection.truncate(Response(200, answer.headers, answer.body))
        else:
            if answer.fault == "timeout":
                await self._closing.wait()  # a client that gives up cancels this
            # A server cannot refuse a connection that it has accepted: "refused" closes it.
            connection.hang_up(reset=answer.fault == "reset")

    def __repr__(self) -> str:
        return f"<GatewayServer {self.url}>"


class _Thread:
    """A thread with a loop that runs one server until it is stopped."""

    def __init__(self, server: GatewayServer) -> None:
        self._server = server
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="local WeChat", daemon=True)

    def run_until_ready(self) -> None:
        self._thread.start()
        self._ready.wait()
        if self._error:
            self._thread.join()
            raise self._error

    def stop(self) -> None:
        if self._loop and self._stop:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with self._server:
                self._ready.set()
                await self._stop.wait()
        except BaseException as error:
            self._error = error
        finally:
            self._ready.set()


def _pairs(request: ReceivedRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, values in request.headers.items() for value in values]
