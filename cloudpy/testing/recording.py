"""A recording: each call and its answer as one line of JSON, written as they happen.

::

    {"recording": "cloudpy", "version": 1}
    {"api": "cloudbase.getOpenData", "params": {"cloudidList": ["…"]}, "answer": {"json": {"errcode": 0, …}}}

An answer is one of ``{"json": …}``, ``{"text": …}``, ``{"base64": …, "contentType": …}``, ``{"refused": -604101}``,
``{"gateway": "SYS_ERR", "message": …}`` and ``{"fault": "timeout"}``. Parameters are in camelCase, answers as they
travelled; of a file its name, size and hash are kept. A call of the database is a line like the others: its answer is
written as the call returns it, with the values of documents as Extended JSON.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .._client.redact import private_file
from .._transports import Request, Response, TransportFailure
from .._wire import case, form, jsontext, messages
from .._wire.answer import GATEWAY_JSON
from .._wire.protobuf import DecodeError
from . import database_lines as _database_lines
from .masking import Mask

if TYPE_CHECKING:
    from .session import Core

HEADER = {"recording": "cloudpy", "version": 1}


class Recording:
    """Writes down what is called and answered until ``close()``, or until the block ends."""

    def __init__(self, path: str | os.PathLike[str], core: Core, *, live: bool) -> None:
        self.path = os.path.abspath(os.fspath(path))
        self._core = core
        self._live = live
        self._file = os.fdopen(private_file(self.path, os.O_TRUNC), "w", encoding="utf-8")
        self._write(HEADER)
        if live:
            core.go_live(True)
        self._mask = Mask(core.identities)  # now that it is known who calls
        core.seam.tape = self.take

    def take(self, request: Request, outcome: Response | TransportFailure) -> None:
        """Writes one exchange down, if it is a call of an API: files and what is asked of the storage are left out."""
        headers = {name.lower(): value for name, value in request.headers}
        if headers.get("content-type", "").startswith(form.KIND):
            asked, answer = request_of(request), answer_of(outcome)
        else:
            call = _database_lines.request_of(request)
            if call is None:
                return
            asked, answer = call, _database_lines.answer_of(call["api"], outcome) or answer_of(outcome)
        # A file's bytes are written as they are: what looks like an id in base64 is none.
        masked = answer if "base64" in answer else self._mask.hide(answer)
        self._write({**self._mask.hide(asked), "answer": masked})

    def close(self) -> None:
        """Ends the recording; doing it again does nothing."""
        if self._file.closed:
            return
        self._file.close()
        self._core.seam.tape = None
        if self._live:
            self._core.go_live(False)

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Recording {self.path}>"


def request_of(request: Request) -> dict[str, Any]:
    """What a request of the SDK asks for: ``api``, ``params``, and where they are there ``files``, ``appid``,
    ``version``."""
    headers = {name.lower(): value for name, value in request.headers}
    body = request.body if isinstance(request.body, bytes) else b""
    parts = {part.name: part.value for part in form.decode(body, headers.get("content-type", ""))}
    message = messages.decode("CommApiData", parts["requestData"])
    params: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for pair in (message["openapi_data"] or {"pairs": []})["pairs"]:
        if pair["filename"] or pair["contenttype"]:
            files[case.camel(pair["key"])] = file_of(pair["filename"], pair["value"])
        else:
            params[pair["key"]] = jsontext.parse(pair["value"])
    found: dict[str, Any] = {"api": parts["apiName"].decode(), "params": case.to_camel(params)}
    more = {"files": files, "appid": message["appid"], "version": "v2" if "cgiName" in parts else ""}
    return {**found, **{name: value for name, value in more.items() if value}}


def file_of(name: str, value: bytes) -> dict[str, Any]:
    """What is kept of a file."""
    return {"filename": name, "size": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def answer_of(outcome: Response | TransportFailure) -> dict[str, Any]:
    """What was answered, in the form of a recording."""
    if isinstance(outcome, TransportFailure):
        return {"fault": "timeout" if outcome.timed_out else "refused" if outcome.not_sent else "reset"}
    if outcome.status != 200:
        return {"fault": "http500"}
    if outcome.headers.get("content-type", "") == GATEWAY_JSON:
        error = jsontext.parse(outcome.body)
        return {"gateway": str(error.get("code")), "message": str(error.get("message", ""))}
    try:
        message = messages.decode("CommOpenApiResp", outcome.body)
    except DecodeError:
        return {"fault": "garbage"}
    if message["error_code"]:
        return {"refused": message["error_code"]}
    body, content_type = message["resp_data"], message["content_type"]
    if "json" in content_type or "text/plain" in content_type:
        try:
            return {"json": jsontext.parse(body)}
        except ValueError:
            if "text/plain" in content_type:
                return {"text": body.decode("utf-8", "replace")}
    return {"base64": base64.b64encode(body).decode(), "contentType": content_type}
