"""The local WeChat without sockets: transports for the SDK that hand each request to the backend, the same bytes."""

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
from .http import router, storage
from .http.messages import HttpRequest, HttpResponse
from .storage_grants import ObjectStorageError
from .threads import in_a_thread

URL = "http://local.wechat.invalid"  # no such address can exist: nothing leaves the process by mistake
_GARBAGE = b"\xff\xfe\x00 this is no answer \x00\xff"


class InProcessTransport:
    """Blocking: what the sync face sends through. Safe to share between threads.

    Args:
        sleep: lets the seconds of an answer's delay pass; a test with a clock of its own can give another.
    """

    def __init__(self, backend: Backend, *, sleep: Callable[[float], object] = time.sleep) -> None:
        self.backend = backend
        self._sleep = sleep

    def send(self, request: Request, timeout: float) -> Response:
        """The answer to `request`.

        Raises:
            TransportFailure: the answer is a fault, or its delay is longer than `timeout` (nobody waits for that).
        """
        if _for_storage(request):
            return _file(self.backend, request)
        answer = router.handle(self.backend, _incoming(request, timeout))
        if answer.delay >= timeout:
            raise TransportFailure("request timeout", timed_out=True)
        if answer.delay:
            self._sleep(answer.delay)
        return _response(answer, request)

    def __repr__(self) -> str:
        return f"<InProcessTransport to {self.backend!r}>"


class AsyncInProcessTransport:
    """Awaited: what the async face sends through; `sleep` as of the blocking one, awaited."""

    def __init__(self, backend: Backend, *, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self.backend = backend
        self._sleep = sleep

    async def send(self, request: Request, timeout: float) -> Response:
        """As of the blocking one."""
        if _for_storage(request):
            return _file(self.backend, request)
        asked = _incoming(request, timeout)
        if router.may_block(self.backend, asked):
            answer = await in_a_thread(lambda: router.handle(self.backend, asked))
        else:
            answer = router.handle(self.backend, asked)
        if answer.delay >= timeout:
            raise TransportFailure("request timeout", timed_out=True)
        if answer.delay:
            await self._sleep(answer.delay)
        return _response(answer, request)

    def __repr__(self) -> str:
        return f"<AsyncInProcessTransport to {self.backend!r}>"


@contextmanager
def connected(backend: Backend) -> Iterator[None]:
    """Every call of the SDK in this process goes to `backend` until the block ends."""
    blocking, asynchronous = InProcessTransport(backend), AsyncInProcessTransport(backend)
    with _transports.override(blocking=blocking, asynchronous=asynchronous):
        yield


def _incoming(request: Request, timeout: float) -> HttpRequest:
    path = request.url.partition("://")[2].partition("/")[2]
    body = request.body if isinstance(request.body, bytes) else b""
    made = HttpRequest(request.method, f"/{path}", request.headers, body)
    made.timeout = timeout
    return made


def _for_storage(request: Request) -> bool:
    return (isinstance(request.body, UploadStream) or request.download is not None) and storage.handles(
        _incoming(request, 0.0).target
    )


def _file(backend: Backend, request: Request) -> Response:
    """Stores a file, or gives one out."""
    incoming = _incoming(request, 0.0)
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
        return _response(storage.refusal(backend, refused), request)


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
