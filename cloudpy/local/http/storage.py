"""The storage's doors: what the gateway is asked about files, and their bytes going in and out. No sockets."""

from __future__ import annotations

import errno
import mimetypes
import os
from collections.abc import Mapping
from typing import IO, Any

from ..._error_codes import _GATEWAY_CODES
from ..._wire.url import encode_component
from ..backend import Backend
from ..calls import CallRecord
from ..responses import ApiResponse
from ..storage import LARGEST, Upload
from ..storage_grants import DEFAULT_AGE, PATH, ObjectStorageError
from ..storage_paths import PathError
from ..users import Caller
from .messages import HttpRequest, HttpResponse, json_response, parse_json

ACTIONS = {
    "storage.getUploadMetadata": "uploadFile",
    "storage.batchGetDownloadUrl": "getTempFileURL",
    "storage.batchDeleteFile": "deleteFile",
}
_MOST = 50  # files of one question
_GONE = "STORAGE_FILE_NONEXIST"


class ParameterError(ValueError):
    """The parameters of a question are wrong."""


def handles(target: str) -> bool:
    """Whether an address is one of the files' own."""
    return target.startswith(PATH)


def answer(
    backend: Backend, action: str, values: Mapping[str, str], env: str, base: str, caller: Caller | None = None
) -> HttpResponse:
    """Answers one question.

    Args:
        values: the fields of the request; what is no text as JSON.
        env: whose files are meant.
        base: the address that the caller reached us by: ``http://127.0.0.1:1234``.
        caller: who asks, where the request says so.

    Raises:
        ParameterError: a field is wrong.
    """
    api = ACTIONS[action]
    params = _params(api, values)
    canned = backend.canned(api, params, caller)
    given = (canned.give(params) if canned else None) or ApiResponse(origin="")
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
    code = given.gateway_code or next((name for name, it in _GATEWAY_CODES.items() if it == given.errcode), "")
    if code:
        found = json_response(200, _error(backend, code, given.message))
    elif given.origin and not given.fault:
        raise ParameterError(
            f"{api} has a reply in local.yaml, or a stub: of files, only errors and faults can be said"
        )
    else:
        if api == "uploadFile":
            # Clients before wx-server-sdk 4 upload a form, and say nothing about the method.
            found = _upload(backend, params, env, base, "PUT" if "method" in values else "POST")
        else:
            asked = _addresses if api == "getTempFileURL" else _delete
            found = asked(backend, params, env, base)
    told = ApiResponse(gateway_code=code, message=given.message, fault=given.fault, origin=given.origin or "storage")
    call.outcome, call.answered_from = told.outcome, told.origin
    backend.calls.add(call)
    if backend.observe:
        backend.observe(call, told)
    return HttpResponse(
        found.status,
        found.headers,
        found.body,
        delay=given.delay,
        fault=given.fault,
        api=api,
        user=caller.user.openid if caller and caller.user else "",
        outcome=found.outcome or told.outcome,
    )


def begin_upload(backend: Backend, request: HttpRequest) -> Upload:
    """A file that a PUT may write.

    Raises:
        RefusedError: it may not.
    """
    env, path = backend.signed_urls.check_upload(request.target, request.headers)
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) > LARGEST:
        raise ObjectStorageError("EntityTooLarge", f"a file has {LARGEST} bytes at most", 400)
    return _begin(backend, env, path)


def begin_form_upload(backend: Backend, request: HttpRequest, fields: Mapping[str, str]) -> Upload:
    """Return a file that the POST of a form may write; `fields` are those before the file, names in lower case.

    Raises:
        RefusedError: it may not.
    """
    return _begin(backend, *backend.signed_urls.check_form(request.target, fields))


def write(upload: Upload, data: bytes) -> None:
    """Writes the next bytes of a file.

    Raises:
        RefusedError: they cannot be written, or are too many.
    """
    try:
        upload.write(data)
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno == errno.EFBIG:
            raise ObjectStorageError("EntityTooLarge", why, 400) from None
        raise ObjectStorageError("InternalError", f"the file cannot be written: {why}", 500) from None


def finish_upload(upload: Upload, status: int = 200) -> HttpResponse:
    """Makes it a file of the storage, and answers with `status`.

    Raises:
        RefusedError: something is in its way.
    """
    try:
        upload.commit()
    except PathError as error:
        raise ObjectStorageError("InvalidURI", str(error), 400) from None
    return HttpResponse(status, [], b"", api="upload", outcome=f"{upload.size} bytes")


def download(backend: Backend, request: HttpRequest) -> tuple[IO[bytes], list[tuple[str, str]]]:
    """A file, opened, and the headers that go before its bytes.

    Raises:
        RefusedError: the address is not, or no longer, good for it.
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
        # A page that somebody uploaded is to do nothing here.
        ("Content-Disposition", f"attachment; filename*=UTF-8''{encode_component(name)}"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def refusal(backend: Backend, refused: ObjectStorageError) -> HttpResponse:
    """The XML of the object storage for it."""
    ids = backend.random_bytes(8).hex()
    text = (
        "<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n"
        f"<Code>{refused.code}</Code>\n<Message>{_escaped(refused.message)}</Message>\n"
        f"<RequestId>{ids}</RequestId>\n<TraceId>{ids}</TraceId>\n</Error>\n"
    )
    headers = [("Content-Type", "application/xml"), ("x-cos-request-id", ids)]
    return HttpResponse(refused.status, headers, text.encode(), api="file", outcome=f"{refused.code} {refused.message}")


def _begin(backend: Backend, env: str, path: str) -> Upload:
    try:
        return backend.storage.begin(path, env)
    except PathError as error:
        raise ObjectStorageError("InvalidURI", str(error), 400) from None


def _params(api: str, values: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as the program gave them."""
    if api == "uploadFile":
        if values.get("method") not in ("put", None):
            raise ParameterError("method must be put, or left out for the POST of a form")
        return {"cloudPath": values.get("path", "")}
    key = "file_list" if api == "getTempFileURL" else "fileid_list"
    try:
        listed = parse_json(values.get(key, ""))
    except ValueError:
        listed = None
    if not isinstance(listed, list):
        raise ParameterError(f"{key} must be a list")
    if len(listed) > _MOST:
        raise ParameterError(f"{key} has {len(listed)} files, {_MOST} at most are taken")
    return {"fileList": [_wanted(key, item) for item in listed]}


def _wanted(key: str, item: Any) -> Any:
    if key == "fileid_list" and isinstance(item, str):
        return item
    if key == "file_list" and isinstance(item, dict) and isinstance(item.get("fileid"), str):
        age = item.get("max_age")
        if age is None:
            return item["fileid"]
        if isinstance(age, (int, float)) and not isinstance(age, bool) and 0 < age < 2**40:
            return {"fileID": item["fileid"], "maxAge": age}
        raise ParameterError("max_age must be a number of seconds above 0")
    raise ParameterError(f"{key} has something that is no file")


def _upload(backend: Backend, params: dict[str, Any], env: str, base: str, method: str) -> HttpResponse:
    path = params["cloudPath"]
    try:
        backend.storage.begin(path, env).discard()
    except PathError as error:
        return json_response(200, _error(backend, "STORAGE_REQUEST_FAIL", str(error)), outcome=str(error))
    grant = backend.signed_urls.upload(env, path, backend.storage.file_id(path, env), base, method)
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": grant})


def _addresses(backend: Backend, params: dict[str, Any], env: str, base: str) -> HttpResponse:
    listed = []
    for item in params["fileList"]:
        file_id, age = (item, DEFAULT_AGE) if isinstance(item, str) else (item["fileID"], item["maxAge"])
        found = _found(backend, file_id, env)
        url = backend.signed_urls.download(*found, age, base) if found else ""
        code = "SUCCESS" if found else _GONE
        listed.append({"code": code, "fileID": file_id, "maxAge": age, "tempFileURL": url, "download_url": url})
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": {"download_list": listed}})


def _delete(backend: Backend, params: dict[str, Any], env: str, _: str) -> HttpResponse:
    listed = []
    for file_id in params["fileList"]:
        found = _found(backend, file_id, env)
        gone = found is not None and backend.storage.delete(found[1], found[0])
        listed.append({"code": "SUCCESS" if gone else _GONE, "fileID": file_id})
    return json_response(200, {"requestId": backend.random_bytes(8).hex(), "data": {"delete_list": listed}})


def _found(backend: Backend, file_id: str, env: str) -> tuple[str, str] | None:
    """Environment and path of a file that is there, and that a caller for `env` may ask for."""
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
