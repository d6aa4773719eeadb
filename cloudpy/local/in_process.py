"""The local WeChat without sockets: transports that pass the SDK's requests to the backend, byte for byte."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from .. import _transports
from .._transports import Request, Response, TransportFailure
from .._transports.streams import CHUNK_SIZE, DownloadStream, UploadStream
from .backend import Backend
from .function_calls import run_in_thread
from .http import router, storage
from .http.message import HttpRequest, HttpResponse
from .signed_urls import ObjectStorageError

URL = "http://local.wechat.invalid"  # cannot exist, so nothing leaves the process by mistake
_GARBAGE = b"\xff\xfe\x00 this is not a response \x00\xff"


class InProcessTransport:
    """The transport of the sync API. Threads may share it.

    Args:
        backend: the local WeChat.
        sleep: called with the seconds of a response's delay; a test can advance its own clock instead.
    """

    def __init__(self, backend: Backend, *, sleep: Callable[[float], object] = time.sleep) -> None:
        self.backend = backend
        self._sleep = sleep

    def send(self, request: Request, timeout: float) -> Response:
        """Return the response to `request`.

        Raises:
            TransportFailure: the response is a fault, or its delay is longer than `timeout`.
        """
        if _for_storage(request):
            return _file(self.backend, request)
        answer = router.handle(self.backend, _http_request(request, timeout))
        if answer.delay >= timeout:
            raise TransportFailure("request timeout", timed_out=True)
        if answer.delay:
            self._sleep(answer.delay)
        return _response(answer, request)

    def __repr__(self) -> str:
        return f"<InProcessTransport to {self.backend!r}>"


class AsyncInProcessTransport:
    """The transport of the async API; `sleep` is as for the blocking one, awaited."""

    def __init__(self, backend: Backend, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self.backend = backend
        self._sleep = sleep

    async def send(self, request: Request, timeout: float) -> Response:
        """Return the response to `request`; raises like the blocking transport."""
        if _for_storage(request):
            return _file(self.backend, request)
        incoming = _http_request(request, timeout)
        if router.may_block(self.backend, incoming):
            answer = await run_in_thread(lambda: router.handle(self.backend, incoming))
        else:
            answer = router.handle(self.backend, incoming)
        if answer.delay >= timeout:
            raise TransportFailure("request timeout", timed_out=True)
        if answer.delay:
            await self._sleep(answer.delay)
        return _response(answer, request)

    def __repr__(self) -> str:
        return f"<AsyncInProcessTransport to {self.backend!r}>"


@contextmanager
def connected(backend: Backend) -> Iterator[None]:
    """Send every call of the SDK in this process to `backend` until the block ends."""
    blocking, asynchronous = InProcessTransport(backend), AsyncInProcessTransport(backend)
    with _transports.override(blocking=blocking, asynchronous=asynchronous):
        yield


def _http_request(request: Request, timeout: float) -> HttpRequest:
    path = request.url.partition("://")[2].partition("/")[2]
    body = request.body if isinstance(request.body, bytes) else b""
    incoming = HttpRequest(request.method, f"/{path}", request.headers, body)
    incoming.timeout = timeout
    return incoming


def _for_storage(request: Request) -> bool:
    return (isinstance(request.body, UploadStream) or request.download is not None) and storage.is_storage_path(
        _http_request(request, 0.0).target
    )


def _file(backend: Backend, request: Request) -> Response:
    """Store a file, or return one."""
    incoming = _http_request(request, 0.0)
    try:
        if isinstance(request.body, UploadStream):
            upload = storage.begin_upload(backend, incoming)
            try:
                while piece := request.body.read():
                    storage.write(upload, piece)
                    request.body.advance(len(piece))
                return _response(storage.finish_upload(upload), request)
            finally:
                upload.discard()
        file, headers = storage.download(backend, incoming)
        named = {name.lower(): value for name, value in headers}
        sink = request.download or DownloadStream(io.BytesIO())
        with file:
            while piece := file.read(CHUNK_SIZE):
                sink.write(piece)
                sink.advance(int(named["content-length"]))
        return Response(200, "OK", named, b"")
    except ObjectStorageError as refused:
        return _response(storage.error_response(backend, refused), request)


def _response(answer: HttpResponse, request: Request) -> Response:
    if answer.fault:
        return _faulty(answer.fault, request)
    headers = {name.lower(): value for name, value in answer.headers}
    return Response(answer.status, "", headers, answer.body)


def _faulty(fault: str, request: Request) -> Response:
    if fault == "refused":
        raise TransportFailure(f"connect ECONNREFUSED {urlsplit(request.url).netloc}", not_sent=True)
    if fault == "reset":
        raise TransportFailure("read ECONNRESET")
    if fault == "timeout":
        raise TransportFailure("request timeout", timed_out=True)
    if fault == "truncated":
        raise TransportFailure("aborted")
    if fault == "http500":
        return Response(500, "Internal Server Error", {"content-type": "text/plain"}, b"")
    return Response(200, "OK", {"content-type": "application/octet-stream"}, _GARBAGE)
