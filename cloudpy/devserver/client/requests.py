"""The requests below ``/_client/``: what ``wx.cloud`` offers a mini program, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..._wire import form_reader
from ...errors import CloudSDKError, from_gateway
from ...local.backend import Backend
from ...local.http import storage
from ...local.storage import PathError
from ...local.users import Caller, User
from ...runtime.adapters.body import read_json
from ..invocation import Invocation
from . import query_chain

PATH = "/_client/"
MAX_BODY = 100 * 1024 * 1024  # bytes of an upload
_INVALID = -501007
_MAX_FIELDS = 20

Result = dict[str, Any]


class ClientError(Exception):
    """The call fails; the mini program gets ``errCode`` and ``errMsg``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def parse_call(body: bytes) -> tuple[str, dict[str, Any]]:
    """Return name and event of ``wx.cloud.callFunction({name, data})``.

    Raises:
        ClientError: they are missing or invalid.
    """
    value = _object(body)
    name, data = value.get("name"), value.get("data")
    if not isinstance(name, str) or not name:
        raise ClientError(_INVALID, "cloud.callFunction:fail name must be the name of a function")
    if data is not None and not isinstance(data, dict):
        raise ClientError(_INVALID, "cloud.callFunction:fail data must be an object")
    return name, data or {}


def call_result(invocation: Invocation) -> Result:
    """Return the result of ``wx.cloud.callFunction``.

    Raises:
        ClientError: the function failed.
    """
    if invocation.failed:
        problem = invocation.problem()
        message = f"cloud.callFunction:fail Error: errCode: {problem['errCode']} | errMsg: {problem['errMsg']}"
        raise ClientError(int(problem["errCode"]), message)
    result = json.loads(invocation.text)
    return {"result": result, "requestID": invocation.id, "errMsg": "cloud.callFunction:ok"}


def answer(name: str, body: bytes, content_type: str, backend: Backend, user: User, base: str) -> Result:
    """Answer any call but callFunction. Blocks.

    Args:
        name: what is called: a key of `CALLS`.
        body: of the request.
        content_type: of the body.
        backend: the local WeChat.
        user: who calls.
        base: address of the gateway, which serves files.

    Raises:
        ClientError: the call fails.
    """
    caller = Caller(user)
    if name == "uploadFile":
        return _upload(body, content_type, backend, caller, base)
    try:
        return CALLS[name](_object(body), backend, caller, base)
    except CloudSDKError as error:
        raise ClientError(error.errCode, error.errMsg) from None


def _database(value: Mapping[str, Any], backend: Backend, caller: Caller, _: str) -> Result:
    return query_chain.run(backend, caller, value.get("chain"))


def _files(
    action: str, key: str, wire: Callable[[Any], Any], value: Mapping[str, Any], backend: Backend, caller: Caller,
    base: str,
) -> Result:  # fmt: skip
    api = storage.ACTIONS[action]
    listed = value.get("fileList")
    fields = {key: json.dumps([wire(item) for item in listed] if isinstance(listed, list) else None)}
    data = _stored(action, fields, backend, caller, base)["data"]
    entries = data.get("download_list", data.get("delete_list"))
    found = []
    for entry in entries:
        ok = entry["code"] == "SUCCESS"
        one = {"fileID": entry["fileID"], "status": 0 if ok else 1, "errMsg": "ok" if ok else entry["code"]}
        if api == "getTempFileURL":
            one.update(tempFileURL=entry["tempFileURL"], maxAge=entry["maxAge"])
        found.append(one)
    return {"fileList": found, "errMsg": f"cloud.{api}:ok"}


def _upload(body: bytes, content_type: str, backend: Backend, caller: Caller, base: str) -> Result:
    try:
        parts = {part.name: part for part in form_reader.decode(body, content_type, _MAX_FIELDS)}
    except form_reader.FormError as error:
        raise ClientError(_INVALID, f"cloud.uploadFile:fail {error}") from None
    if "file" not in parts or "cloudPath" not in parts:
        raise ClientError(_INVALID, "cloud.uploadFile:fail the form needs the fields cloudPath and file")
    path = parts["cloudPath"].value.decode("utf-8", "replace")
    _stored("storage.getUploadMetadata", {"path": path}, backend, caller, base)
    try:
        file_id = backend.storage.put(path, parts["file"].value)
    except (PathError, OSError) as error:
        raise ClientError(-503003, f"cloud.uploadFile:fail {error}") from None
    return {"fileID": file_id, "statusCode": 204, "errMsg": "cloud.uploadFile:ok"}


def _stored(action: str, fields: Mapping[str, str], backend: Backend, caller: Caller, base: str) -> dict[str, Any]:
    """Perform an action of the storage, with the canned errors of local.yaml."""
    api = storage.ACTIONS[action]
    try:
        response = storage.handle(backend, action, fields, backend.env, base, caller)
    except storage.ParameterError as error:
        raise ClientError(_INVALID, f"cloud.{api}:fail {error}") from None
    if response.fault:
        raise ClientError(-1, f"cloud.{api}:fail the connection was lost (fault {response.fault} of local.yaml)")
    value: dict[str, Any] = json.loads(response.body)
    if value.get("code"):
        raise ClientError(from_gateway(value["code"]), f"cloud.{api}:fail {value['code']} {value.get('message', '')}")
    return value


def _temp_file(item: Any) -> Any:
    if isinstance(item, str):
        return {"fileid": item}
    if isinstance(item, dict):
        return {"fileid": item.get("fileID"), "max_age": item.get("maxAge")}
    return item


CALLS: dict[str, Callable[[Mapping[str, Any], Backend, Caller, str], Result]] = {
    "database": _database,
    "getTempFileURL": partial(_files, "storage.batchGetDownloadUrl", "file_list", _temp_file),
    "deleteFile": partial(_files, "storage.batchDeleteFile", "fileid_list", lambda item: item),
}
NAMES = ("callFunction", "uploadFile", *CALLS)


def _object(body: bytes) -> dict[str, Any]:
    value = read_json(body) if body.strip() else {}
    if not isinstance(value, dict):
        raise ClientError(_INVALID, "the body must be a JSON object")
    return value
