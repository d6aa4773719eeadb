"""The files of the local WeChat, as folders."""

from __future__ import annotations

import mimetypes
import os
from typing import Any, TypedDict

from ...local.signed_urls import DEFAULT_AGE
from ...local.storage import PathError
from .console import Console
from .route import ConsoleError, FileResponse, Request, Route
from .uploads import PIECE, OpenUpload

_MAX_ENTRIES = 2000  # in one answer
_MAX_TEXT = 256 * 1024  # bytes that are shown
_MAX_AGE = 30 * 24 * 3600  # seconds of a temporary URL


class FolderQuery(TypedDict, total=False):
    """A folder, or words that the path of a file must have."""

    folder: str
    search: str


class FileQuery(TypedDict):
    """A file."""

    path: str


class DownloadQuery(FileQuery, total=False):
    """A file, and whether to download it instead of showing it."""

    download: bool


class PieceQuery(TypedDict):
    """Where the piece starts in the file, in bytes."""

    offset: int


class StorageEntry(TypedDict):
    """A file or folder; `modified` is in seconds since 1970."""

    name: str
    path: str
    isFolder: bool
    size: int
    modified: float
    fileID: str


class Listing(TypedDict):
    """What is in a folder. `more` says that not everything is listed."""

    folder: str
    env: str
    entries: list[StorageEntry]
    more: bool


class TextPreview(TypedDict):
    """The start of a file, and whether there is more; `text` is null for one that is binary."""

    text: str | None
    more: bool


class NewUpload(TypedDict):
    """A file to upload; without `replace` a file with this path is not replaced."""

    path: str
    replace: bool


class BegunUpload(TypedDict):
    """The id of an upload, and the most bytes of a piece."""

    upload: str
    piece: int


class UploadState(TypedDict):
    """How many bytes have arrived."""

    size: int


class StoredFile(UploadState):
    """A file that is stored."""

    fileID: str


class Several(TypedDict):
    """Paths of files and of folders; a folder stands for all files in it."""

    files: list[str]
    folders: list[str]


class Deleted(TypedDict):
    """How many files were deleted."""

    deleted: int


class UrlRequest(TypedDict):
    """A file, and how many seconds its URL is valid."""

    path: str
    maxAge: int


class TemporaryUrl(TypedDict):
    """A URL that anyone on this machine can read until it expires."""

    url: str
    maxAge: int


def _list(console: Console, request: Request) -> dict[str, Any]:
    storage = console.backend.storage
    folder, words = request.query.get("folder", "").strip("/"), request.query.get("search", "").lower()
    prefix = f"{folder}/" if folder else ""
    if words:
        paths = [path for path in storage.paths() if path.startswith(prefix) and words in path[len(prefix) :].lower()]
        found = [_entry(console, path, path[len(prefix) :]) for path in paths[:_MAX_ENTRIES]]
        return {"folder": folder, "env": console.backend.env, "entries": found, "more": len(paths) > len(found)}
    entries = storage.entries(folder)
    if entries is None:
        raise ConsoleError(404, "NOT_FOUND", f"there is no folder {folder!r}: it ended with its last file")
    listed: list[dict[str, Any]] = [
        {
            "name": one.name,
            "path": prefix + one.name,
            "isFolder": one.is_folder,
            "size": one.size,
            "modified": one.modified,
            "fileID": "" if one.is_folder else storage.file_id(prefix + one.name),
        }
        for one in entries[:_MAX_ENTRIES]
    ]
    return {"folder": folder, "env": console.backend.env, "entries": listed, "more": len(entries) > _MAX_ENTRIES}


def _entry(console: Console, path: str, name: str) -> dict[str, Any]:
    storage = console.backend.storage
    file, status = storage.open(path), None
    if file:
        with file:
            status = os.fstat(file.fileno())
    size, modified = (status.st_size, status.st_mtime) if status else (0, 0.0)  # just deleted
    file_id = storage.file_id(path)
    return {"name": name, "path": path, "isFolder": False, "size": size, "modified": modified, "fileID": file_id}


def _file(console: Console, request: Request) -> FileResponse:
    path = request.query["path"]
    place = console.backend.storage.locate(path)
    if place is None:
        raise _missing(path)
    name = path.rsplit("/", 1)[-1]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return FileResponse(str(place), kind, name if request.query.get("download") else "")


def _text(console: Console, request: Request) -> dict[str, Any]:
    file = console.backend.storage.open(request.query["path"])
    if file is None:
        raise _missing(request.query["path"])
    with file:
        content = file.read(_MAX_TEXT)
        more = os.fstat(file.fileno()).st_size > len(content)
    for cut in range(4 if more else 1):  # the last character may be cut off
        try:
            text = content[: len(content) - cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        if not any(ord(char) < 32 and char not in "\t\r\n\f\x1b" for char in text):
            return {"text": text, "more": more}
    return {"text": None, "more": more}


def _begin(console: Console, request: Request) -> dict[str, Any]:
    path, storage = request.json["path"], console.backend.storage
    if not request.json["replace"] and storage.locate(path) is not None:
        raise ConsoleError(409, "EXISTS", f"there is a file {path!r} already")
    try:
        upload = storage.begin(path)
    except PathError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
    try:
        return {"upload": console.uploads.add(upload, path), "piece": PIECE}
    except OverflowError:
        upload.discard()
        raise ConsoleError(429, "TOO_MANY_REQUESTS", "too many uploads at once: wait for some of them") from None


def _piece(console: Console, request: Request) -> dict[str, Any]:
    found, offset = _upload(console, request), request.query["offset"]
    with found.lock:
        if offset != found.upload.size:
            problem = f"the next piece starts at byte {found.upload.size}, got one that starts at {offset}"
            raise ConsoleError(409, "WRONG_OFFSET", problem)
        if len(request.body) > PIECE:
            raise ConsoleError(413, "EXCEED_MAX_PAYLOAD_SIZE", f"a piece has at most {PIECE} bytes")
        try:
            found.upload.write(request.body)
        except (OSError, ValueError) as error:
            console.uploads.take(request.params["upload"])
            found.upload.discard()
            reason = getattr(error, "strerror", None) or error
            raise ConsoleError(507, "SYS_ERR", f"the file cannot be written: {reason}") from None
        return {"size": found.upload.size}


def _finish(console: Console, request: Request) -> dict[str, Any]:
    found = _upload(console, request)
    with found.lock:
        console.uploads.take(request.params["upload"])
        try:
            found.upload.commit()
        except PathError as error:
            raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
        finally:
            found.upload.discard()
        return {"fileID": console.backend.storage.file_id(found.path), "size": found.upload.size}


def _cancel(console: Console, request: Request) -> None:
    found = _upload(console, request)
    with found.lock:
        console.uploads.take(request.params["upload"])
        found.upload.discard()


def _upload(console: Console, request: Request) -> OpenUpload:
    found = console.uploads.find(request.params["upload"])
    if found is None:
        raise ConsoleError(404, "NOT_FOUND", "there is no such upload: it has ended, or was abandoned for an hour")
    return found


def _delete(console: Console, request: Request) -> dict[str, Any]:
    storage, value = console.backend.storage, request.json
    prefixes = tuple(f"{folder.strip('/')}/" for folder in value["folders"] if folder.strip("/"))
    below = [path for path in storage.paths() if prefixes and path.startswith(prefixes)]
    deleted = sum(storage.delete(path) for path in dict.fromkeys([*value["files"], *below]))
    return {"deleted": deleted}


def _url(console: Console, request: Request) -> dict[str, Any]:
    path, age = request.json["path"], request.json["maxAge"] or DEFAULT_AGE
    if not 0 < age <= _MAX_AGE:
        raise ConsoleError(400, "INVALID_PARAM", f"maxAge must be seconds from 1 to {_MAX_AGE}, is {age}")
    backend = console.backend
    if backend.storage.locate(path) is None:
        raise _missing(path)
    return {"url": backend.signed_urls.download(backend.env, path, age, console.gateway), "maxAge": age}


def _missing(path: str) -> ConsoleError:
    return ConsoleError(404, "NOT_FOUND", f"there is no file {path[:200]!r}: it was deleted meanwhile")


ROUTES = (
    Route("GET", "/storage", _list, "Files in a folder.", "文件夹中的文件。", query=FolderQuery, result=Listing),
    Route(
        "GET",
        "/storage/file",
        _file,
        "The content of a file.",
        "文件内容。",
        query=DownloadQuery,
        result=FileResponse,
    ),
    Route(
        "GET",
        "/storage/text",
        _text,
        "The start of a file, as text.",
        "文本文件的开头。",
        query=FileQuery,
        result=TextPreview,
    ),
    Route(
        "POST",
        "/storage/uploads",
        _begin,
        "Begin an upload.",
        "开始上传。",
        changes=True,
        body=NewUpload,
        result=BegunUpload,
    ),
    Route(
        "PUT",
        "/storage/uploads/{upload}",
        _piece,
        "Send the next piece of a file.",
        "上传下一段内容。",
        changes=True,
        query=PieceQuery,
        body=bytes,
        result=UploadState,
        large=True,
    ),
    Route(
        "POST",
        "/storage/uploads/{upload}",
        _finish,
        "Finish an upload: the file appears.",
        "完成上传，文件可见。",
        changes=True,
        result=StoredFile,
    ),
    Route("DELETE", "/storage/uploads/{upload}", _cancel, "Cancel an upload.", "取消上传。", changes=True, result=None),
    Route(
        "POST", "/storage/delete", _delete, "Delete files.", "删除文件。", changes=True, body=Several, result=Deleted
    ),
    Route(
        "POST",
        "/storage/url",
        _url,
        "Make a temporary URL.",
        "生成临时链接。",
        changes=True,
        body=UrlRequest,
        result=TemporaryUrl,
    ),
)
