"""The local WeChat on a socket: aiohttp.web in front of its endpoints. Listens on loopback by default."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from ..._transports.aio_connection import in_thread
from ..._transports.streams import CHUNK_SIZE
from ...runtime.errors import RequestRejected
from ...runtime.origin_check import OriginCheck
from ...runtime.sockets import bind_socket, max_connections
from ..backend import Backend
from ..env_vars import environment
from ..function_calls import run_in_thread
from ..signed_urls import ObjectStorageError
from ..storage import Upload
from ..users import User
from . import router, storage
from .connections import Connections, KindAlone
from .messages import HttpRequest, HttpResponse, json_response

_MAX_BODY = 16 * 1024 * 1024  # bytes; the endpoints have lower limits, with errors of their own
_MAX_FIELDS = 20  # of a form, before the file
_MAX_FIELD_BYTES = 8192
# aiohttp's reader raises these for a malformed form; RuntimeWarning where warnings are errors.
_UNREADABLE = (ValueError, LookupError, AssertionError, RuntimeError, RuntimeWarning, HttpProcessingError)

_Progress = Callable[[], None]
_GARBAGE = b"\xff\xfe\x00 this is not a response \x00\xff"
_log = logging.getLogger("cloudpy.local.requests")
_http = logging.getLogger("cloudpy.local.http")
_http.addFilter(KindAlone())
_connection_log = logging.getLogger("cloudpy.local.connections")


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
        self._connections: Connections | None = None
        self._closing = asyncio.Event()
        self._thread: _Thread | None = None

    @property
    def url(self) -> str:
        """Address of the HTTPS API, ``http://127.0.0.1:PORT``, and of the gateway with ``/admin`` appended."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def environment(
        self, *, user: User | str | None = None, function: str = "", source: str = "wx_client", timer: bool = False
    ) -> dict[str, str]:
        """Return the environment of one invocation of a function; see ``env_vars.environment``."""
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
            auto_decompress=False,  # against decompression bombs; files are stored as sent
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
        if storage.is_storage_path(request.raw_path):
            served, outcome = await _serve_file(self.backend, request, partial(self._connections.progress, request))
            path = request.raw_path.partition("?")[0][:200]
            _log.info("%s %s %s %.0f ms", request.method, path, outcome, (time.perf_counter() - started) * 1000)
            return served
        try:
            if request.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise RequestRejected(415, "INVALID_PARAM", "compressed bodies are not supported")
            body = await self._connections.body(request)
        except RequestRejected as error:
            return self._refused(request, error)
        answer = await self._respond(HttpRequest(request.method, request.raw_path, headers, body))
        if answer.delay:
            await self._pause(answer.delay)
        _log.info(
            "%s %s%s %s %.0f ms",
            request.method,
            answer.api or request.raw_path.partition("?")[0][:200],  # raw: line breaks stay escaped
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

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        if router.may_block(self.backend, request):
            return await run_in_thread(lambda: router.handle(self.backend, request))
        return router.handle(self.backend, request)

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
            await self._closing.wait()  # ends when the client leaves
        if answer.fault == "truncated":
            response = web.StreamResponse(headers=answer.headers)
            response.content_length = len(answer.body) + 100
            await response.prepare(request)
            await response.write(answer.body)
            _hang_up(request, reset=False)
            return response
        # A server cannot refuse an accepted connection: "refused" closes it without a response.
        _hang_up(request, reset=answer.fault == "reset")
        return web.Response()

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
        # Without lingering, closing sends a reset instead of an orderly end.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()


async def _serve_file(
    backend: Backend, request: web.BaseRequest, progress: _Progress
) -> tuple[web.StreamResponse, str]:
    """Store a file, or send one; return the response, and its outcome in words.

    Args:
        backend: the local WeChat.
        request: request to the URL of a file.
        progress: called for each chunk that is read or written.
    """
    incoming = HttpRequest(request.method, request.raw_path, list(request.headers.items()), b"")
    try:
        if request.method == "PUT":
            return _complete(await _store(backend, incoming, request, progress))
        if request.method == "POST":
            return _complete(await _store_form(backend, incoming, request, progress))
        if request.method in ("GET", "HEAD"):
            return await _send_file(backend, incoming, request, progress)
        raise ObjectStorageError("MethodNotAllowed", f"expected PUT, POST, GET or HEAD, got {request.method}", 405)
    except ObjectStorageError as error:
        response, outcome = _complete(storage.error_response(backend, error))
        if request.can_read_body and not request.content.at_eof():
            response.force_close()  # the rest of a rejected body is not read
        return response, outcome


async def _store(
    backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: _Progress
) -> HttpResponse:
    upload = storage.begin_upload(backend, incoming)
    try:
        async for piece in request.content.iter_chunked(CHUNK_SIZE):
            progress()
            await in_thread(storage.write, upload, piece)
        return await in_thread(storage.finish_upload, upload)
    finally:  # an aborted upload leaves nothing
        upload.discard()


async def _store_form(
    backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: _Progress
) -> HttpResponse:
    """Store the file of a form: short fields first, then the file, then nothing."""
    try:
        reader = await request.multipart()
        fields: dict[str, str] = {}
        while isinstance(part := await reader.next(), BodyPartReader):
            if part.name == "file":
                return await _store_part(storage.begin_form_upload(backend, incoming, fields), part, reader, progress)
            if len(fields) == _MAX_FIELDS:
                raise ObjectStorageError(
                    "MalformedPOSTRequest", f"at most {_MAX_FIELDS} fields are allowed before the file", 400
                )
            fields[(part.name or "").lower()] = (await _field(part)).decode()
    except _UNREADABLE as error:
        raise ObjectStorageError(
            "MalformedPOSTRequest", f"the form is malformed: {type(error).__name__}", 400
        ) from None
    raise ObjectStorageError("MalformedPOSTRequest", "the form has no field named file", 400)


async def _store_part(
    upload: Upload, part: BodyPartReader, reader: MultipartReader, progress: _Progress
) -> HttpResponse:
    try:
        while not part.at_eof():
            progress()
            await in_thread(storage.write, upload, await part.read_chunk(CHUNK_SIZE))
        if await reader.next() is not None:
            raise _malformed("the file must be the last field of the form")
        return await in_thread(storage.finish_upload, upload, 204)
    finally:
        upload.discard()


async def _field(part: BodyPartReader) -> bytes:
    value = b""
    while not part.at_eof():
        value += await part.read_chunk(_MAX_FIELD_BYTES)
        if len(value) > _MAX_FIELD_BYTES:
            raise ObjectStorageError(
                "MalformedPOSTRequest", f"a field before the file has at most {_MAX_FIELD_BYTES} bytes", 400
            )
    return value


async def _send_file(
    backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: _Progress
) -> tuple[web.StreamResponse, str]:
    file, headers = storage.download(backend, incoming)
    with file:
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        if request.method == "GET":
            while piece := await in_thread(file.read, CHUNK_SIZE):
                await response.write(piece)
                progress()
        await response.write_eof()
    return response, f"{dict(headers)['Content-Length']} bytes"


def _complete(answer: HttpResponse) -> tuple[web.StreamResponse, str]:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body), answer.outcome


def _malformed(message: str) -> ObjectStorageError:
    return ObjectStorageError("MalformedPOSTRequest", message, 400)
