"""Transfers of files on the socket of the local WeChat: bodies of any size, in chunks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from ..._transports.aio_connection import in_thread
from ..._transports.streams import CHUNK_SIZE
from ...runtime.errors import RequestRejected
from ...runtime.origin_check import OriginCheck
from ..backend import Backend
from ..signed_urls import ObjectStorageError, split_target
from ..storage import Upload
from . import storage
from .connections import Connections, KindAlone
from .message import HttpRequest, HttpResponse, json_response

_MAX_FIELDS = 20  # of a form, before the file
_MAX_FIELD_BYTES = 8192
# aiohttp's reader raises these for a malformed form; RuntimeWarning where warnings are errors.
_UNREADABLE = (ValueError, LookupError, AssertionError, RuntimeError, RuntimeWarning, HttpProcessingError)
_log = logging.getLogger("cloudpy.local.requests")
_http = logging.getLogger("cloudpy.local.http")
_http.addFilter(KindAlone())

_Progress = Callable[[], None]


class FileServer(Connections):
    """Serves requests for files, one on each connection.

    Args:
        backend: returns the local WeChat.
        origin_check: decides which requests are answered.
        limit: connections at once.
        max_body: bytes of a body that is read as a whole.
        log: called with a sentence about too many connections.
    """

    def __init__(
        self,
        backend: Callable[[], Backend],
        origin_check: OriginCheck,
        *,
        limit: int,
        max_body: int,
        log: Callable[[str], None],
    ) -> None:
        super().__init__(
            self._serve,
            limit=limit,
            max_body=max_body,
            say=log,
            logger=_http,
            handler_cancellation=True,
            auto_decompress=False,  # a file is stored as it comes
        )
        self._backend = backend
        self._origin_check = origin_check

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        path = request.raw_path.partition("?")[0][:200]
        try:
            self._origin_check.check(request.method, list(request.headers.items()))
        except RequestRejected as error:
            _log.info("%s %s %s %s", request.method, path, error.status, error.message)
            response, _ = _complete(json_response(error.status, {"code": error.code, "message": error.message}))
        else:
            response, outcome = await _serve_file(self._backend(), request, lambda: self.progress(request))
            _log.info("%s %s %s %.0f ms", request.method, path, outcome, (time.perf_counter() - started) * 1000)
        response.force_close()  # the gateway reads the next request, which may not be for a file
        return response


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
    path, total = split_target(incoming.target)[1], request.content_length or 0
    try:
        async for piece in request.content.iter_chunked(CHUNK_SIZE):
            progress()
            await in_thread(storage.write, upload, piece)
            backend.on_transfer(path, upload.size, total)
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
        response.force_close()
        await response.prepare(request)
        if request.method == "GET":
            path, total, done = split_target(incoming.target)[1], int(dict(headers)["Content-Length"]), 0
            while piece := await in_thread(file.read, CHUNK_SIZE):
                await response.write(piece)
                progress()
                done += len(piece)
                backend.on_transfer(path, done, total)
        await response.write_eof()
    return response, f"{dict(headers)['Content-Length']} bytes"


def _complete(answer: HttpResponse) -> tuple[web.StreamResponse, str]:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body), answer.outcome


def _malformed(message: str) -> ObjectStorageError:
    return ObjectStorageError("MalformedPOSTRequest", message, 400)
