"""``getTempFileURL`` and ``deleteFile``: one question to the gateway for a list of files."""

from __future__ import annotations

from collections.abc import Mapping

from ..._error_codes import text_of
from ..._wire import answer
from .. import retry
from ..config import Config
from .storage_call import Given, shown, status_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..._typed.storage import Deleted, TempFileURLsGiven


def temp_urls(
    config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]
) -> retry.Steps[TempFileURLsGiven]:
    """The steps of ``getTempFileURL``; see ``AsyncStorage.getTempFileURL``."""
    given = Given(config, "getTempFileURL", params, keywords, ("fileList",))
    asked = [_asked(given, index, item) for index, item in enumerate(given.items("fileList"))]
    listed = yield from given.ask("batchGetDownloadUrl", file_list=asked)
    files = []
    for item in _items(given, listed, "download_list"):
        file = _file(item)
        if "maxAge" in item:
            file["maxAge"] = item["maxAge"]
        if file["status"]:
            file["tempFileURL"] = ""
        elif "tempFileURL" in item:
            file["tempFileURL"] = item["tempFileURL"]
        files.append(file)
    return {"fileList": files, "errMsg": "getTempFileURL:ok"}  # type: ignore[typeddict-item]


def delete(config: Config | None, params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> retry.Steps[Deleted]:
    """The steps of ``deleteFile``; see ``AsyncStorage.deleteFile``."""
    given = Given(config, "deleteFile", params, keywords, ("fileList",))
    asked = given.items("fileList")
    for index, item in enumerate(asked):
        if not isinstance(item, str) or not item:
            raise given.refused(f"fileList[{index}] must be a fileID, a string that is not empty, got {shown(item)}")
    listed = yield from given.ask("batchDeleteFile", fileid_list=asked)
    files = [_file(item) for item in _items(given, listed, "delete_list")]
    return {"fileList": files, "errMsg": "deleteFile:ok"}  # type: ignore[typeddict-item]


def _asked(given: Given, index: int, item: Any) -> dict[str, Any]:
    if isinstance(item, str):
        return {"fileid": item}
    if not isinstance(item, Mapping) or "fileID" not in item or "maxAge" not in item:
        raise given.refused(f"fileList[{index}] must be a fileID, or a dict with fileID and maxAge (seconds)")
    age = item["maxAge"]
    if age is not None and (isinstance(age, bool) or not isinstance(age, (int, float)) or not 0 < age < 2**53):
        raise given.refused(f"fileList[{index}]: maxAge must be a number of seconds above 0, got {shown(age)}")
    asked = {"fileid": item["fileID"], "max_age": age}
    return {**asked, "url_type": item["urlType"]} if "urlType" in item else asked


def _items(given: Given, listed: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The files that the gateway lists; what JavaScript takes for nothing is none, as in Node."""
    items = listed.get(key)
    if not answer.truthy(items):
        return []
    if not isinstance(items, list):
        raise given.not_understood(f"{key} must be a list, got {answer.printed(items)[:200]}")
    for item in items:
        if answer.truthy(item) and not isinstance(item, dict):
            raise given.not_understood(f"{key} must hold objects, got {answer.printed(item)[:200]}")
    return [item for item in items if isinstance(item, dict)]


def _file(item: dict[str, Any]) -> dict[str, Any]:
    status = status_of(item.get("code"))
    file = {"fileID": item["fileID"]} if "fileID" in item else {}
    return {**file, "status": status, "errMsg": text_of(status) if status else "ok"}
