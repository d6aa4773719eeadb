"""The files' own addresses on the socket: bytes go through piece by piece, none of them all at once."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from ..._transports.aio_connection import in_thread
from ..._transports.streams import CHUNK_SIZE
from ..backend import Backend
from ..storage import Upload
from ..storage_grants import ObjectStorageError
from . import storage
from .messages import HttpRequest, HttpResponse

_MAX_FIELDS = 20  # before the file of a form
_MAX_FIELD_BYTES = 8192
# What aiohttp's reader raises for a malformed form; RuntimeWarning where warnings are errors.
_UNREADABLE = (ValueError, LookupError, AssertionError, RuntimeError, RuntimeWarning, HttpProcessingError)

Progress = Callable[[], None]


async def answer(backend: Backend, request: web.BaseRequest, progress: Progress) -> tuple[web.StreamResponse, str]:
    """Store a file, or send one. Return the response, and the outcome in words.

    Args:
        progress: called for each piece that is read or written.
    """
    incoming = HttpRequest(request.method, request.raw_path, list(request.headers.items()), b"")
    try:
        if request.method == "PUT":
            return _whole(await _store(backend, incoming, request, progress))
        if request.method == "POST":
            return _whole(await _store_form(backend, incoming, request, progress))
        if request.method in ("GET", "HEAD"):
            return await _give(backend, incoming, request, progress)
        raise ObjectStorageError("MethodNotAllowed", f"PUT, POST, GET and HEAD are taken, got {request.method}", 405)
    except ObjectStorageError as refused:
        response, outcome = _whole(storage.refusal(backend, refused))
        if request.can_read_body and not request.content.at_eof():
            response.force_close()  # nobody waits for the rest of what is refused
        return response, outcome


async def _store(backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: Progress) -> HttpResponse:
    upload = storage.begin_upload(backend, incoming)
    try:
        async for piece in request.content.iter_chunked(CHUNK_SIZE):
            progress()
            await in_thread(storage.write, upload, piece)
        return await in_thread(storage.finish_upload, upload)
    finally:  # whoever breaks off, leaves nothing
        upload.discard()


async def _store_form(
    backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: Progress
) -> HttpResponse:
    """Stores the file of a form: short fields first, then the file, then nothing."""
    try:
        reader = await request.multipart()
        fields: dict[str, str] = {}
        while isinstance(part := await reader.next(), BodyPartReader):
            if part.name == "file":
                return await _store_part(storage.begin_form_upload(backend, incoming, fields), part, reader, progress)
            if len(fields) == _MAX_FIELDS:
                raise ObjectStorageError(
                    "MalformedPOSTRequest", f"{_MAX_FIELDS} fields at most go before the file", 400
                )
            fields[(part.name or "").lower()] = (await _field(part)).decode()
    except _UNREADABLE as error:
        raise ObjectStorageError(
            "MalformedPOSTRequest", f"the form cannot be read: {type(error).__name__}", 400
        ) from None
    raise ObjectStorageError("MalformedPOSTRequest", "the form has no field named file", 400)


async def _store_part(
    upload: Upload, part: BodyPartReader, reader: MultipartReader, progress: Progress
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
                "MalformedPOSTRequest", f"a field before the file has {_MAX_FIELD_BYTES} bytes at most", 400
            )
    return value


async def _give(
    backend: Backend, incoming: HttpRequest, request: web.BaseRequest, progress: Progress
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


def _whole(answer: HttpResponse) -> tuple[web.StreamResponse, str]:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body), answer.outcome


def _malformed(message: str) -> ObjectStorageError:
    return ObjectStorageError("MalformedPOSTRequest", message, 400)
