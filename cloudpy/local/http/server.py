"""The local WeChat on a socket: aiohttp.web over its doors. Loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
import time
from collections.abc import Collection
from functools import partial
from typing import Any

from aiohttp import web

from ...runtime.errors import RequestRejected
from ...runtime.origin_check import OriginCheck
from ...runtime.sockets import bind_socket, max_connections
from ..backend import Backend
from ..env_vars import environment
from ..threads import in_a_thread
from ..users import User
from . import file_bodies, router, storage
from .connections import Connections, KindAlone
from .messages import HttpRequest, HttpResponse, json_response

_MAX_BODY = 16 * 1024 * 1024  # bytes read at all; the doors have limits of their own, with errors of their own
_GARBAGE = b"\xff\xfe\x00 this is no answer \x00\xff"
_log = logging.getLogger("cloudpy.local.requests")
_http = logging.getLogger("cloudpy.local.http")
_http.addFilter(KindAlone())
_connection_log = logging.getLogger("cloudpy.local.connections")


class GatewayServer:
    """A running local WeChat: with ``with`` in a thread of its own, with ``async with`` in the running loop.

    ::

        with GatewayServer(backend) as server:
            subprocess.run(["node", "index.js"], env={**os.environ, **server.environment()})

    Args:
        host: the address to listen on.
        port: 0 for any free one.
        hosts: further names by which clients may call it (their ``Host``); its own address and the names of this
            machine's loopback are always taken, others are refused so that no web page can reach it by a trick of DNS.
        file_share: how many of the process's files its connections may take, from 0 to 1.
        keep_alive: lets clients use a connection again; without it each call has one of its own, as in Node.

    Raises:
        OSError: by entering it, when the address cannot be listened on.
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
        self._connections: Connections | None = None
        self._closing = asyncio.Event()
        self._thread: _Thread | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``: the HTTPS API's address, and the gateway's with ``/admin`` behind it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def environment(
        self, *, user: User | str | None = None, function: str = "", source: str = "wx_client", timer: bool = False
    ) -> dict[str, str]:
        """The environment of one invocation of a function; see ``environment.environment``."""
        return environment(self.backend, self.url, user=user, function=function, source=source, timer=timer)

    async def __aenter__(self) -> GatewayServer:
        self._closing = asyncio.Event()
        self._connections = Connections(
            self._answer,
            limit=max_connections(self._file_share),
            max_body=_MAX_BODY,
            say=_connection_log.warning,
            logger=_http,
            handler_cancellation=True,
            auto_decompress=False,  # what nobody unpacks is no bomb, and a file is stored as it comes
        )
        sock = bind_socket(self.host, self.port)
        try:
            await self._connections.listen(sock)
        except BaseException:
            sock.close()
            raise
        self.port = sock.getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._connections:
            await self._connections.close(timeout=1.0)

    def __enter__(self) -> GatewayServer:
        self._thread = _Thread(self)
        self._thread.run_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.stop()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        assert self._connections is not None
        headers = list(request.headers.items())
        try:
            self._origin_check.check(request.method, headers)
        except RequestRejected as error:
            return self._refused(request, error)
        if storage.handles(request.raw_path):
            served, outcome = await file_bodies.answer(
                self.backend, request, partial(self._connections.progress, request)
            )
            path = request.raw_path.partition("?")[0][:200]
            _log.info("%s %s %s %.0f ms", request.method, path, outcome, (time.perf_counter() - started) * 1000)
            return served
        try:
            if request.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise RequestRejected(415, "INVALID_PARAM", "a compressed body is not taken: send it as it is")
            body = await self._connections.body(request)
        except RequestRejected as error:
            return self._refused(request, error)
        answer = await self._door_answer(HttpRequest(request.method, request.raw_path, headers, body))
        if answer.delay:
            await self._pause(answer.delay)
        _log.info(
            "%s %s%s %s %.0f ms",
            request.method,
            answer.api or request.raw_path.partition("?")[0][:200],  # raw: a line break in it stays escaped
            f" by {answer.user}" if answer.user else "",
            answer.outcome or answer.status,
            (time.perf_counter() - started) * 1000,
        )
        response: web.StreamResponse
        if answer.fault:
            response = await self._break(request, answer)
        elif answer.pieces:
            response = await _send_pieces(request, answer)
        else:
            response = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        if not self._keep_alive:
            response.force_close()
        return response

    async def _door_answer(self, asked: HttpRequest) -> HttpResponse:
        if router.may_block(self.backend, asked):
            return await in_a_thread(lambda: router.handle(self.backend, asked))
        return router.handle(self.backend, asked)

    @staticmethod
    def _refused(request: web.BaseRequest, error: RequestRejected) -> web.Response:
        path = request.raw_path.partition("?")[0][:200]
        _log.info("%s %s %s %s", request.method, path, error.status, error.message)
        answer = json_response(error.status, {"code": error.code, "message": error.message})
        response = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        response.force_close()  # the rest of the body is not read
        return response

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _break(self, request: web.BaseRequest, answer: HttpResponse) -> web.StreamResponse:
        if answer.fault == "http500":
            return web.Response(status=500, text="")
        if answer.fault == "garbage":
            return web.Response(body=_GARBAGE, content_type="application/octet-stream")
        if answer.fault == "timeout":
            await self._closing.wait()  # a client that gives up ends this by leaving
        if answer.fault == "truncated":
            response = web.StreamResponse(headers=answer.headers)
            response.content_length = len(answer.body) + 100
            await response.prepare(request)
            await response.write(answer.body)
            _hang_up(request, reset=False)
            return response
        # A server cannot refuse a connection that it has taken: "refused" hangs up without a word.
        _hang_up(request, reset=answer.fault == "reset")
        return web.Response()

    def __repr__(self) -> str:
        return f"<GatewayServer {self.url}>"


class _Thread:
    """A loop in a thread of its own, in which one server runs until it is stopped."""

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


async def _send_pieces(request: web.BaseRequest, answer: HttpResponse) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    await response.prepare(request)
    for piece in answer.pieces:
        await response.write(piece)
        await asyncio.sleep(0)  # so that each travels alone
    await response.write_eof()
    return response


def _hang_up(request: web.BaseRequest, *, reset: bool) -> None:
    transport: Any = request.transport
    if transport is None:
        return
    if reset:
        # Closing at once with nothing lingering makes the system send a reset instead of an orderly end.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
