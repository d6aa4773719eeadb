"""The local WeChat on a socket: aiohttp.web over its doors. Loopback unless told otherwise."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
import time
from collections.abc import Collection
from typing import Any

from aiohttp import web

from ..functions.refusals import KindAlone, Server
from . import front, server_files, storage_door
from .backend import Backend
from .doors import DoorAnswer, DoorRequest, json_answer
from .environment import environment
from .hosts import LOOPBACK, host_name, is_address, is_loopback
from .threads import in_a_thread
from .users import User

_MAX_BODY = 16 * 1024 * 1024  # bytes read at all; the doors have limits of their own, with errors of their own
_GARBAGE = b"\xff\xfe\x00 this is no answer \x00\xff"
_log = logging.getLogger("cloudpy.local.requests")
_http = logging.getLogger("cloudpy.local.http")
_http.addFilter(KindAlone())


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
    ) -> None:
        self.backend = backend
        self.host = host
        self.port = port
        self._keep_alive = keep_alive
        self._hosts = {name.lower() for name in (*LOOPBACK, host, *hosts)}
        self._runner: web.AppRunner | None = None
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
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(
            app, access_log=None, logger=_http, shutdown_timeout=1.0, handler_cancellation=True
        )
        await self._runner.setup()
        assert self._runner.server is not None
        self._runner.server.__class__ = Server
        try:
            site = web.TCPSite(self._runner, self.host, self.port)
            await site.start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._runner:
            await self._runner.cleanup()

    def __enter__(self) -> GatewayServer:
        self._thread = _Thread(self)
        self._thread.run_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._thread.stop()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        started = time.perf_counter()
        if storage_door.handles(request.raw_path) and self._answers_to(host_name(request.headers.get("Host", ""))):
            served, outcome = await server_files.answer(self.backend, request)
            path = request.raw_path.partition("?")[0][:200]
            _log.info("%s %s %s %.0f ms", request.method, path, outcome, (time.perf_counter() - started) * 1000)
            return served
        answer = await self._door_answer(request)
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
        else:
            response = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        if not self._keep_alive:
            response.force_close()
        return response

    async def _door_answer(self, request: web.Request) -> DoorAnswer:
        name = host_name(request.headers.get("Host", ""))
        if not self._answers_to(name):
            return json_answer(
                403,
                {
                    "code": "INVALID_REQUEST_SOURCE",
                    "message": f"the local WeChat does not answer to the Host {name[:100]!r}, only to"
                    f" {', '.join(sorted(self._hosts))}",
                },
                outcome="foreign Host",
            )
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            error = {"code": "EXCEED_MAX_PAYLOAD_SIZE", "message": f"a body of more than {_MAX_BODY} bytes"}
            return json_answer(413, error, outcome="too large")
        asked = DoorRequest(request.method, request.raw_path, list(request.headers.items()), body)
        if front.may_block(self.backend, asked):
            return await in_a_thread(lambda: front.handle(self.backend, asked))
        return front.handle(self.backend, asked)

    def _answers_to(self, name: str) -> bool:
        # A trick of DNS needs a name: an address in figures is safe, where others than this machine may come at all.
        return name in self._hosts or (not is_loopback(self.host) and is_address(name))

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _break(self, request: web.Request, answer: DoorAnswer) -> web.StreamResponse:
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


def _hang_up(request: web.Request, *, reset: bool) -> None:
    transport: Any = request.transport
    if transport is None:
        return
    if reset:
        # Closing at once with nothing lingering makes the system send a reset instead of an orderly end.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
