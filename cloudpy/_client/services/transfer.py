"""``uploadFile`` and ``downloadFile``: get the URL of a file from the gateway, then send or receive its bytes."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from ..._transports import Request, Response
from ..._transports.streams import DownloadStream, UploadStream
from ..._wire import answer
from ..._wire.url import encode_component
from ...errors import SYSTEM_ERROR, CloudSDKError, text_of
from ..config import Config
from .storage import REQUEST_FAIL, StorageError, StorageQuestion, file_url, host_of, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._transports.streams import Writable
    from ..._typed import storage as t
    from ..retry import Steps

_UPLOAD = "uploadFile"
_UPLOAD_PARAMS = ("cloudPath", "fileContent", "onProgress", "header")  # Node's accepts `header` and never uses it
_CONTENT = "bytes, a pathlib.Path, or a file opened with 'rb'"
_DOWNLOAD = "downloadFile"
_DOWNLOAD_PARAMS = ("fileID", "to", "onProgress")
_MAX_AGE = 600  # seconds that the address of a download is valid, as Node asks for


def upload_file(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> Steps[t.Uploaded]:
    """Return the steps of ``uploadFile(params)``."""
    question = StorageQuestion(config, _UPLOAD, params, keywords, _UPLOAD_PARAMS)
    path = question.string("cloudPath")
    with ExitStack() as stack:
        source = _source(question, stack)
        target = yield from question.ask("getUploadMetadata", path=path, method="put")
        request_id = target["requestId"]
        url = file_url(target.get("url"))
        if not url:
            raise _failed(_UPLOAD, SYSTEM_ERROR, "the gateway named no address for the upload", request_id)
        for name in ("fileId", "authorization", "token", "cosFileId"):
            value = target.get(name)
            if not isinstance(value, str) or (name != "fileId" and not (value.isascii() and value.isprintable())):
                raise _failed(_UPLOAD, SYSTEM_ERROR, f"the gateway named no {name} for the upload", request_id)
        authorization = target["authorization"]
        headers = [
            ("Host", host_of(url)),
            ("Signature", authorization),
            ("x-cos-security-token", target["token"]),
            ("x-cos-meta-fileid", target["cosFileId"]),
            ("authorization", authorization),
            ("key", encode_component(path)),
        ]

        def build() -> Request:
            if not source.rewind():
                cause = "the connection broke, and fileContent cannot be read a second time"
                raise _failed(_UPLOAD, REQUEST_FAIL, cause)
            return Request("PUT", url, headers, source, idle_timeout=question.pause)

        def read(response: Response) -> t.Uploaded:
            _check_upload(response, request_id)
            return {"fileID": target["fileId"], "statusCode": response.status, "errMsg": f"{_UPLOAD}:ok"}

        tokens = [url.partition("?")[2], *(value for _, value in headers[1:4])]
        return (yield from question.transfer(build, read, source, tokens))


def download_file(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> Steps[t.Downloaded]:
    """Return the steps of ``downloadFile(params)``."""
    question = StorageQuestion(config, _DOWNLOAD, params, keywords, _DOWNLOAD_PARAMS)
    files = [{"fileid": question.string("fileID"), "max_age": _MAX_AGE}]
    on_progress = question.on_progress()
    with ExitStack() as stack:
        memory = io.BytesIO()
        to = question.params.get("to")
        file = memory if to is None else _target_file(question, to, stack)
        reply = yield from question.ask("batchGetDownloadUrl", file_list=files)
        item = _first_item(reply)
        request_id = reply["requestId"]
        if item.get("code") != "SUCCESS":
            status = status_of(item.get("code")) or SYSTEM_ERROR
            message = item.get("message") or item.get("code") or text_of(status)
            cause = (
                answer.printed(message) if item.get("message") else f"{answer.printed(message)}: {files[0]['fileid']}"
            )
            raise _failed(_DOWNLOAD, status, cause, request_id)
        url = file_url(item.get("tempFileURL"), escaped=False)
        if not url:
            raise _failed(_DOWNLOAD, SYSTEM_ERROR, "the gateway gave no address for the download", request_id)
        sink = DownloadStream(file, on_progress)

        def build() -> Request:
            return Request("GET", url, [("Host", host_of(url))], b"", download=sink, idle_timeout=question.pause)

        def read(response: Response) -> t.Downloaded:
            if response.status != 200:
                error = StorageError(response.body)
                why = f" {error.message}" if error.is_error else ""
                storage_id = response.headers.get("x-cos-request-id") or request_id
                raise _failed(
                    _DOWNLOAD, REQUEST_FAIL, f"the storage answered status {response.status}{why}", storage_id
                )
            result: Any = {} if to is not None else {"fileContent": memory.getvalue()}
            result.update(statusCode=200, errMsg=f"{_DOWNLOAD}:ok")
            return result  # type: ignore[no-any-return]

        return (yield from question.transfer(build, read, sink, [url.partition("?")[2]]))


def _source(question: StorageQuestion, stack: ExitStack) -> UploadStream:
    content = question.params.get("fileContent")
    on_progress = question.on_progress()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return UploadStream(io.BytesIO(content), memoryview(content).nbytes, on_progress)
    if isinstance(content, str):
        raise question.rejected(
            f"fileContent must be {_CONTENT}; a string could be a path or the content: pass pathlib.Path(…), or"
            " text.encode()"
        )
    if isinstance(content, os.PathLike):
        try:
            file = stack.enter_context(open(content, "rb", buffering=0))  # noqa: SIM115  closed by its reader
            return UploadStream(file, os.fstat(file.fileno()).st_size if file.seekable() else None, on_progress)
        except OSError as error:
            raise question.rejected(f"fileContent cannot be read: {error}") from None
    if not callable(getattr(content, "read", None)):
        got = "nothing" if content is None else type(content).__name__
        raise question.rejected(f"fileContent must be {_CONTENT}, got {got}")
    if isinstance(content, io.TextIOBase):
        raise question.rejected("fileContent is a file opened as text: open it with 'rb'")
    return UploadStream(content, _remaining_bytes(content), on_progress)  # type: ignore[arg-type]


def _remaining_bytes(file: Any) -> int | None:
    """Return the bytes from the position of a file to its end; None when unknown."""
    try:
        position: Any = file.tell()
        end: Any = file.seek(0, os.SEEK_END)
        file.seek(position)
    except (AttributeError, OSError, ValueError):
        return None
    return max(0, end - position) if isinstance(end, int) and isinstance(position, int) else None


def _check_upload(response: Response, request_id: str) -> None:
    error = StorageError(response.body)
    if error.is_error:
        code = SYSTEM_ERROR if error.code == "SignatureDoesNotMatch" else REQUEST_FAIL
        raise _failed(_UPLOAD, code, error.message, "|".join(each for each in (request_id, error.ids) if each))
    if not 200 <= response.status < 300:
        raise _failed(_UPLOAD, REQUEST_FAIL, f"the storage answered status {response.status}", request_id)
    if error.problem:
        cause = f"the storage answered something that is not XML: {error.problem}"
        raise _failed(_UPLOAD, REQUEST_FAIL, cause, request_id)


def _first_item(reply: dict[str, Any]) -> dict[str, Any]:
    items = reply.get("download_list")
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}


def _target_file(question: StorageQuestion, to: Any, stack: ExitStack) -> Writable:
    if isinstance(to, (str, os.PathLike)):
        return stack.enter_context(_complete_file(question, os.fspath(to)))
    if callable(getattr(to, "write", None)) and not isinstance(to, io.TextIOBase):
        return to  # type: ignore[no-any-return]
    raise question.rejected(f"to must be a path, or a file opened with 'wb', got a {type(to).__name__}")


@contextmanager
def _complete_file(question: StorageQuestion, path: str | bytes) -> Iterator[Writable]:
    """Open a file that replaces `path` after success, and is removed otherwise."""
    name = os.fsdecode(path)
    part = f"{name}.{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        file = open(part, "xb", buffering=0)  # noqa: SIM115  closed by its reader
    except OSError as error:
        raise question.rejected(f"to={name!r} cannot be written: {error.strerror}") from None
    try:
        with file:
            yield file
        os.replace(part, name)
    except OSError as error:
        raise _failed(_DOWNLOAD, REQUEST_FAIL, f"to={name!r} cannot be written: {error.strerror}") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def _failed(name: str, code: int, cause: str, request_id: str = "") -> CloudSDKError:
    return CloudSDKError(api=name, **answer.failure(name, code, cause, request_id))
