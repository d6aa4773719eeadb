"""``uploadFile``: the gateway says where a file may go and by which proof, then it is sent there."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import ExitStack

from ..._error_codes import SYSTEM_ERROR
from ..._transports import Request, Response
from ..._transports.streams import UploadStream
from ..._wire import answer, uri
from ...errors import CloudSDKError
from .. import retry
from ..config import Config
from .cos import Refusal
from .storage_call import REQUEST_FAIL, Given, address, host_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._typed.storage import Uploaded

_NAME = "uploadFile"
# `header` is a parameter that Node's takes and never uses.
_NAMES = ("cloudPath", "fileContent", "onProgress", "header")
_WANTED = "bytes, a pathlib.Path, or a file opened with 'rb'"


def steps(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> retry.Steps[Uploaded]:
    """The steps of one upload; see ``AsyncStorage.uploadFile``."""
    given = Given(config, _NAME, params, keywords, _NAMES)
    path = given.text("cloudPath")
    with ExitStack() as stack:
        source = _source(given, stack)
        target = yield from given.ask("getUploadMetadata", path=path, method="put")
        url = address(target.get("url"))
        if not url:
            raise _failed(SYSTEM_ERROR, "the gateway named no address for the upload", target["requestId"])
        for name in ("fileId", "authorization", "token", "cosFileId"):
            value = target.get(name)
            if not isinstance(value, str) or (name != "fileId" and not (value.isascii() and value.isprintable())):
                raise _failed(SYSTEM_ERROR, f"the gateway named no {name} for the upload", target["requestId"])
        proof = target["authorization"]
        headers = [
            ("Host", host_of(url)),
            ("Signature", proof),
            ("x-cos-security-token", target["token"]),
            ("x-cos-meta-fileid", target["cosFileId"]),
            ("authorization", proof),
            ("key", uri.component(path)),
        ]

        def request() -> Request:
            if not source.rewind():
                raise _failed(REQUEST_FAIL, "the connection broke off, and fileContent cannot be read a second time")
            return Request("PUT", url, headers, source, idle_timeout=given.pause)

        def read(response: Response) -> Uploaded:
            _check(response, target["requestId"])
            return {"fileID": target["fileId"], "statusCode": response.status, "errMsg": f"{_NAME}:ok"}

        proofs = [url.partition("?")[2], *(value for _, value in headers[1:4])]
        return (yield from given.exchange(request, read, source, proofs))


def _source(given: Given, stack: ExitStack) -> UploadStream:
    content = given.values.get("fileContent")
    told = given.told()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return UploadStream(io.BytesIO(content), memoryview(content).nbytes, told)
    if isinstance(content, str):
        raise given.refused(
            f"fileContent must be {_WANTED}; a text could be a path or the content: give pathlib.Path(…), or"
            " text.encode()"
        )
    if isinstance(content, os.PathLike):
        try:
            file = stack.enter_context(open(content, "rb", buffering=0))
            return UploadStream(file, os.fstat(file.fileno()).st_size if file.seekable() else None, told)
        except OSError as error:
            raise given.refused(f"fileContent cannot be read: {error}") from None
    if not callable(getattr(content, "read", None)):
        got = "nothing" if content is None else type(content).__name__
        raise given.refused(f"fileContent must be {_WANTED}, got {got}")
    if isinstance(content, io.TextIOBase):
        raise given.refused("fileContent is a file opened as text: open it with 'rb'")
    return UploadStream(content, _length(content), told)  # type: ignore[arg-type]


def _length(file: Any) -> int | None:
    """The bytes from where a file stands to its end, where that can be told."""
    try:
        position: int = file.tell()
        end: int = file.seek(0, os.SEEK_END)
        file.seek(position)
    except (AttributeError, OSError, ValueError):
        return None
    return max(0, end - position) if isinstance(end, int) and isinstance(position, int) else None


def _check(response: Response, request_id: str) -> None:
    refusal = Refusal(response.body)
    if refusal.found:
        code = SYSTEM_ERROR if refusal.code == "SignatureDoesNotMatch" else REQUEST_FAIL
        raise _failed(code, refusal.words, "|".join(one for one in (request_id, refusal.ids) if one))
    if not 200 <= response.status < 300:
        raise _failed(REQUEST_FAIL, f"the storage answered status {response.status}", request_id)
    if refusal.problem:
        raise _failed(REQUEST_FAIL, f"the storage answered something that is no XML: {refusal.problem}", request_id)


def _failed(code: int, cause: str, request_id: str = "") -> CloudSDKError:
    return CloudSDKError(api=_NAME, **answer.failure(_NAME, code, cause, request_id))
