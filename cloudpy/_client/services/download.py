"""``downloadFile``: the gateway gives an address, from which the file is fetched."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from ..._error_codes import SYSTEM_ERROR, text_of
from ..._transports import Request, Response
from ..._transports.streams import DownloadStream
from ..._wire import answer
from ...errors import CloudSDKError
from .. import retry
from ..config import Config
from .cos import Refusal
from .storage_call import REQUEST_FAIL, Given, address, host_of, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._transports.streams import Writable
    from ..._typed.storage import Downloaded

_NAME = "downloadFile"
_NAMES = ("fileID", "to", "onProgress")
_MAX_AGE = 600  # seconds that the address lives, as Node asks for


def steps(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> retry.Steps[Downloaded]:
    """The steps of one download; see ``AsyncStorage.downloadFile``."""
    given = Given(config, _NAME, params, keywords, _NAMES)
    asked = [{"fileid": given.text("fileID"), "max_age": _MAX_AGE}]
    told = given.told()
    with ExitStack() as stack:
        memory = io.BytesIO()
        to = given.values.get("to")
        file = memory if to is None else _opened(given, to, stack)
        listed = yield from given.ask("batchGetDownloadUrl", file_list=asked)
        found = _first(listed)
        request_id = listed["requestId"]
        if found.get("code") != "SUCCESS":
            status = status_of(found.get("code")) or SYSTEM_ERROR
            said = found.get("message") or found.get("code") or text_of(status)
            cause = answer.printed(said) if found.get("message") else f"{answer.printed(said)}: {asked[0]['fileid']}"
            raise _failed(status, cause, request_id)
        url = address(found.get("tempFileURL"), plain=True)
        if not url:
            raise _failed(SYSTEM_ERROR, "the gateway gave no address for the download", request_id)
        sink = DownloadStream(file, told)

        def request() -> Request:
            return Request("GET", url, [("Host", host_of(url))], b"", download=sink, idle_timeout=given.pause)

        def read(response: Response) -> Downloaded:
            if response.status != 200:
                refusal = Refusal(response.body)
                why = f" {refusal.words}" if refusal.found else ""
                own = response.headers.get("x-cos-request-id") or request_id
                raise _failed(REQUEST_FAIL, f"the storage answered status {response.status}{why}", own)
            result: Any = {} if to is not None else {"fileContent": memory.getvalue()}
            result.update(statusCode=200, errMsg=f"{_NAME}:ok")
            return result  # type: ignore[no-any-return]

        return (yield from given.exchange(request, read, sink, [url.partition("?")[2]]))


def _first(listed: dict[str, Any]) -> dict[str, Any]:
    items = listed.get("download_list")
    return items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else {}


def _opened(given: Given, to: Any, stack: ExitStack) -> Writable:
    if isinstance(to, (str, os.PathLike)):
        return stack.enter_context(_complete_or_none(given, os.fspath(to)))
    if callable(getattr(to, "write", None)) and not isinstance(to, io.TextIOBase):
        return to  # type: ignore[no-any-return]
    raise given.refused(f"to must be a path, or a file opened with 'wb', got a {type(to).__name__}")


@contextmanager
def _complete_or_none(given: Given, path: str | bytes) -> Iterator[Writable]:
    """A file that takes the place of `path` when everything went well, and is gone otherwise."""
    name = os.fsdecode(path)
    part = f"{name}.{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        file = open(part, "xb", buffering=0)
    except OSError as error:
        raise given.refused(f"to={name!r} cannot be written: {error.strerror}") from None
    try:
        with file:
            yield file
        os.replace(part, name)
    except OSError as error:
        raise _failed(REQUEST_FAIL, f"to={name!r} cannot be written: {error.strerror}") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(part)


def _failed(code: int, cause: str, request_id: str = "") -> CloudSDKError:
    return CloudSDKError(api=_NAME, **answer.failure(_NAME, code, cause, request_id))
