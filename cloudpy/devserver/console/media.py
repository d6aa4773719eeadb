"""Media that functions have uploaded."""

from __future__ import annotations

import math
from typing import Any, TypedDict

from ...local.calls import File
from .console import Console
from .route import ConsoleError, FileResponse, Request, Route


class ShownMedium(TypedDict):
    """An uploaded file: when it was uploaded and expires, in seconds since 1970; `ends` is null for never."""

    mediaId: str
    name: str
    type: str
    size: int
    created: float
    ends: float | None


class MediaList(TypedDict):
    """All files that have not expired, the newest first."""

    media: list[ShownMedium]


class MediaQuery(TypedDict, total=False):
    """Whether to download the file instead of showing it."""

    download: bool


class NewMedia(TypedDict):
    """Name and type of a file."""

    name: str
    type: str


class MediaId(TypedDict):
    """The id of a file."""

    mediaId: str


def _list(console: Console, _: Request) -> dict[str, Any]:
    found = [
        {
            "mediaId": one.media_id,
            "name": one.file.filename,
            "type": one.file.content_type,
            "size": len(one.file.value),
            "created": one.created,
            "ends": one.ends if math.isfinite(one.ends) else None,
        }
        for one in console.backend.media
    ]
    return {"media": found[::-1]}


def _file(console: Console, request: Request) -> FileResponse:
    file = console.backend.media.find(request.params["media"])
    if file is None:
        raise _missing()
    name = (file.filename or "file") if request.query.get("download") else ""
    return FileResponse(data=file.value, content_type=file.content_type, name=name)


def _upload(console: Console, request: Request) -> dict[str, Any]:
    name, kind = request.query["name"][-200:], request.query["type"] or "application/octet-stream"
    return {"mediaId": console.backend.media.add(File(name, kind, request.body))}


def _remove(console: Console, request: Request) -> None:
    if not console.backend.media.remove(request.params["media"]):
        raise _missing()


def _missing() -> ConsoleError:
    return ConsoleError(404, "NOT_FOUND", "there is no such file: it has expired")


ROUTES = (
    Route("GET", "/media", _list, "Uploaded media.", "已上传的素材。", result=MediaList),
    Route(
        "GET",
        "/media/{media}",
        _file,
        "The content of an uploaded file.",
        "素材内容。",
        query=MediaQuery,
        result=FileResponse,
    ),
    Route(
        "POST",
        "/media",
        _upload,
        "Upload temporary media.",
        "上传临时素材。",
        changes=True,
        query=NewMedia,
        body=bytes,
        result=MediaId,
        large=True,
    ),
    Route("DELETE", "/media/{media}", _remove, "Let media expire now.", "让素材立即过期。", changes=True, result=None),
)
