"""The storage endpoints: the gateway's actions on files, uploads and downloads. No sockets."""

from __future__ import annotations

import errno
import mimetypes
import os
from collections.abc import Mapping
from typing import IO, Any

from ..._wire.url import encode_component
from ...errors import _GATEWAY_CODES
from ..backend import Backend
from ..calls import CallRecord
from ..responses import ApiResponse
from ..signed_urls import DEFAULT_AGE, PATH, ObjectStorageError
from ..storage import MAX_FILE_BYTES, PathError, Upload
from ..users import Caller
from .message import HttpRequest, HttpResponse, json_response, parse_json

ACTIONS = {
    "storage.getUploadMetadata": "uploadFile",
    "storage.batchGetDownloadUrl": "getTempFileURL",
    "storage.batchDeleteFile": "deleteFile",
}
MAX_FILES = 50  # of one request
_GONE = "STORAGE_FILE_NONEXIST"


class ParameterError(ValueError):
    """The parameters of an action are invalid."""


def is_storage_path(target: str) -> bool:
    """Whether a target is the URL of a file."""
    return target.startswith(PATH)


def handle(
    backend: Backend, action: str, values: Mapping[str, str], env: str, base: str, caller: Caller | None = None
) -> HttpResponse:
    """Respond to one action.

    Args:
        backend: the local WeChat.
        action: key of `ACTIONS`.
        values: fields of the request; values that are not strings as JSON.
        env: environment of the files.
        base: address that the client used: ``http://127.0.0.1:1234``.
        caller: caller, if the request names one.

    Raises:
        ParameterError: a field is invalid.
    """
    api = ACTIONS[action]
    params = _params(api, values)
    canned = backend.find_canned(api, params, caller)
    canned_response = (canned.use(params) if canned else None) or ApiResponse(origin="")
    call = CallRecord(
        api=api,
        params=params,
        wire=params,
        files={},
        caller=caller,
        appid="",
        version="",
        endpoint="gateway",
        fields={"action": action, "envName": env},
        at=backend.clock(),
    )
    code = canned_response.gateway_code or next(
        (name for name, it in _GATEWAY_CODES.items() if it == canned_response.errcode), ""
    )
    if code:
        response = json_response(200, _error(backend, code, canned_response.message))
    elif canned_response.origin and not canned_response.fault:
        raise ParameterError(f"{api} has a canned reply: for files, only errors and faults are possible")
    else:
        if api == "uploadFile":
            # Clients before wx-server-sdk 4 upload a form, and do not name the method.
            response = _upload(backend, params, env, base, "PUT" if "method" in values else "POST")
        else:
            perform = _temp_urls if api == "getTempFileURL" else _delete
            response = perform(backend, params, env, base)
    outcome = ApiResponse(
        b"" if code or canned_response.fault else response.body,
        gateway_code=code,
        message=canned_response.message,
        fault=canned_response.fault,
        origin=canned_response.origin or "storage",
    )
    call.outcome, call.answered_from = outcome.outcome, outcome.origin
    backend.calls.add(call)
    if backend.observe:
        backend.observe(call, outcome)
    return HttpResponse(
        response.status,
        response.headers,
        response.body,
        delay=canned_response.delay,
        fault=canned_response.fault,
        api=api,
        user=caller.user.openid if caller and caller.user else "",
        outcome=response.outcome or outcome.outcome,
    )


def begin_upload(backend: Backend, request: HttpRequest) -> Upload:
    """Begin the upload of a PUT.

    Raises:
        ObjectStorageError: the authorization is invalid.
    """
    env, path = backend.signed_urls.check_upload(request.target, request.headers)
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) > MAX_FILE_BYTES:
        raise ObjectStorageError("EntityTooLarge", f"a file has at most {MAX_FILE_BYTES} bytes", 400)
    return _begin(backend, env, path)


def begin_form_upload(backend: Backend, request: HttpRequest, fields: Mapping[str, str]) -> Upload:
    """Begin the upload of a form; `fields` are those before the file, with names in lower case.

    Raises:
        ObjectStorageError: the authorization is invalid.
    """
    return _begin(backend, *backend.signed_urls.check_form(request.target, fields))


def write(upload: Upload, data: bytes) -> None:
    """Write the next bytes of a file.

    Raises:
        ObjectStorageError: the disk refuses, or the file is too large.
    """
    try:
        upload.write(data)
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.EFBIG:
            raise ObjectStorageError("EntityTooLarge", why, 400) from None
        raise ObjectStorageError("InternalError", f"the file cannot be written: {why}", 500) from None


def finish_upload(upload: Upload, status: int = 200) -> HttpResponse:
    """Commit an upload, and respond with `status`.

    Raises:
        ObjectStorageError: a folder or link is in the way.
    """
    try:
        upload.commit()
    except PathError as error:
        raise ObjectStorageError("InvalidURI", str(error), 400) from None
    return HttpResponse(status, [], b"", api="upload", outcome=f"{upload.size} bytes")


def download(backend: Backend, request: HttpRequest) -> tuple[IO[bytes], list[tuple[str, str]]]:
    """Return a file, opened, and the headers of its response.

    Raises:
        ObjectStorageError: the URL is invalid or expired, or the file is missing.
    """
    env, path = backend.signed_urls.check_download(request.target)
    file = backend.storage.open(path, env)
    if file is None:
        raise ObjectStorageError("NoSuchKey", "The specified key does not exist.", 404)
    name = path.rsplit("/", 1)[-1]
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return file, [
        ("Content-Type", kind),
        ("Content-Length", str(os.fstat(file.fileno()).st_size)),
        # An uploaded page must not run here.
        ("Content-Disposition", f"attachment; filename*=UTF-8''{encode_component(name)}"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def error_response(backend: Backend, error: ObjectStorageError) -> HttpResponse:
    """Return the object storage's XML for an error."""
    ids = backend.random_bytes(8).hex()
    text = (
        "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n"
        f"<Code>{error.code}</Code>\n<Message>{_escaped(error.message)}</Message>\n"
        f"<RequestId>{ids}</RequestId>\n<TraceId>{ids}</TraceId>\n</Error>\n"
    )
    headers = [("Content-Type", "application/xml"), ("x-cos-request-id", ids)]
    return HttpResponse(error.status, headers, text.encode(), api="file", outcome=f"{error.code} {error.message}")


def _begin(backend: Backend, env: str, path: str) -> Upload:
    try:
        return backend.storage.begin(path, env)
    except PathError as error:
        raise ObjectStorageError("InvalidURI", str(error), 400) from None


def _params(api: str, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the parameters as the program passed them."""
    if api == "uploadFile":
        if values.get("method") not in ("put", None):
            raise ParameterError("method must be put, or missing for a form upload")
        return {"cloudPath": values.get("path", "")}
    key = "file_list" if api == "getTempFileURL" else "fileid_list"
    try:
        files = parse_json(values.get(key, ""))
    except ValueError:
        files = None
    if not isinstance(files, list):
        raise ParameterError(f"{key} must be a list")
    if len(files) > MAX_FILES:
        raise ParameterError(f"{key} has {len(files)} files, at most {MAX_FILES} are allowed")
    return {"fileList": [_file_param(key, item) for item in files]}


def _file_param(key: str, item: Any) -> Any:
    if key == "fileid_list" and isinstance(item, str):
        return item
    if key == "file_list" and isinstance(item, dict) and isinstance(item.get("fileid"), str):
        age = item.get("max_age")
        if age is None:
            return item["fileid"]
        if isinstance(age, (int, float)) and not isinstance(age, bool) and 0 < age < 2**40:
            return {"fileID": item["fileid"], "maxAge": age}
        raise ParameterError("max_age must be a positive number of seconds")
    raise ParameterError(f"{key} has an item that is not a file")


def _upload(backend: Backend, params: dict[str, Any], env: str, base: str, method: str) -> HttpResponse:
    path = params["cloudPath"]
    try:
        backend.storage.begin(path, env).discard()
    except PathError as error:
        return json_response(200, _error(backend, "STORAGE_REQUEST_FAIL", str(error)), outcome=str(error))
    grant = backend.signed_urls.upload(env, path, backend.storage.file_id(path, env), base, method)
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": grant})


def _temp_urls(backend: Backend, params: dict[str, Any], env: str, base: str) -> HttpResponse:
    listed = []
    for item in params["fileList"]:
        file_id, age = (item, DEFAULT_AGE) if isinstance(item, str) else (item["fileID"], item["maxAge"])
        found = _existing(backend, file_id, env)
        url = backend.signed_urls.download(*found, age, base) if found else ""
        code = "SUCCESS" if found else _GONE
        listed.append({"code": code, "fileID": file_id, "maxAge": age, "tempFileURL": url, "download_url": url})
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": {"download_list": listed}})


def _delete(backend: Backend, params: dict[str, Any], env: str, _: str) -> HttpResponse:
    listed = []
    for file_id in params["fileList"]:
        found = _existing(backend, file_id, env)
        gone = found is not None and backend.storage.delete(found[1], found[0])
        listed.append({"code": "SUCCESS" if gone else _GONE, "fileID": file_id})
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": {"delete_list": listed}})


def _existing(backend: Backend, file_id: str, env: str) -> tuple[str, str] | None:
    """Return environment and path of an existing file that callers for `env` may access, else None."""
    place = backend.storage.find(file_id)
    if place is None or place[0] != env:
        return None
    file = backend.storage.open(place[1], place[0])
    if file is None:
        return None
    file.close()
    return place


def _error(backend: Backend, code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message, "requestId": backend.random_bytes(8).hex()}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
