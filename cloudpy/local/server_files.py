"""The files' own addresses on the socket: bytes go through piece by piece, none of them all at once."""

from __future__ import annotations

from aiohttp import web

from .._transports._aio_flow import in_thread
from .._transports.flow import PIECE
from . import storage_door
from .backend import Backend
from .doors import DoorAnswer, DoorRequest
from .storage_grants import RefusedError


async def answer(backend: Backend, request: web.Request) -> tuple[web.StreamResponse, str]:
    """Stores a file, or gives one out; the answer, and what came of it in words."""
    incoming = DoorRequest(request.method, request.raw_path, list(request.headers.items()), b"")
    try:
        if request.method == "PUT":
            return _whole(await _store(backend, incoming, request))
        if request.method in ("GET", "HEAD"):
            return await _give(backend, incoming, request)
        raise RefusedError("MethodNotAllowed", f"PUT, GET and HEAD are taken, got {request.method}", 405)
    except RefusedError as refused:
        response, outcome = _whole(storage_door.refusal(backend, refused))
        if request.can_read_body and not request.content.at_eof():
            response.force_close()  # nobody waits for the rest of what is refused
        return response, outcome


async def _store(backend: Backend, incoming: DoorRequest, request: web.Request) -> DoorAnswer:
    upload = storage_door.begin_upload(backend, incoming)
    try:
        async for piece in request.content.iter_chunked(PIECE):
            try:
                await in_thread(upload.write, piece)
            except OSError as error:
                raise RefusedError("EntityTooLarge", error.strerror or str(error), 400) from None
        return await in_thread(storage_door.finish_upload, upload)
    finally:  # whoever breaks off, leaves nothing
        upload.discard()


async def _give(backend: Backend, incoming: DoorRequest, request: web.Request) -> tuple[web.StreamResponse, str]:
    file, headers = storage_door.download(backend, incoming)
    with file:
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        if request.method == "GET":
            while piece := await in_thread(file.read, PIECE):
                await response.write(piece)
        await response.write_eof()
    return response, f"{dict(headers)['Content-Length']} bytes"


def _whole(answer: DoorAnswer) -> tuple[web.StreamResponse, str]:
    return web.Response(status=answer.status, headers=answer.headers, body=answer.body), answer.outcome
