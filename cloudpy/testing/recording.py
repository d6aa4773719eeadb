"""Recordings: each call and its answer as one line of JSON, written as they happen.

::

    {"recording": "cloudpy", "version": 1}
    {"api": "cloudbase.getOpenData", "params": {"cloudidList": ["…"]}, "answer": {"json": {"errcode": 0, …}}}

An answer is one of ``{"json": …}``, ``{"text": …}``, ``{"base64": …, "contentType": …}``, ``{"refused": -604101}``,
``{"gateway": "SYS_ERR", "message": …}`` and ``{"fault": "timeout"}``. Parameters are in camelCase, answers as on the
wire; a file is recorded as its name, size and hash. The answer to a database call is recorded as the call returns it,
with the values of documents as Extended JSON.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from .._client import redact
from .._client.redact import private_file
from .._transports import Request, Response, TransportFailure
from .._wire import case, form, form_reader, jsontext, messages
from .._wire.answer import GATEWAY_JSON
from .._wire.protobuf import DecodeError
from ..local.database_text import PREFIX, action_fields, action_params
from .session import Session

HEADER = {"recording": "cloudpy", "version": 1}
_PERSONAL = {"openid": "openid", "openids": "openid", "openidlist": "openid", "touser": "openid"}
_PERSONAL |= {"fromusername": "openid", "unionid": "unionid", "unionids": "unionid"}
_OPENID = re.compile(r"\bo[A-Za-z0-9_-]{27}\b")  # the form of WeChat's own
_NOT_LETTERS = re.compile("[^a-z]")


class Recording:
    """Records calls and their answers until ``close()``, or until the block ends."""

    def __init__(self, path: str | os.PathLike[str], session: Session, *, live: bool) -> None:
        self.path = os.path.abspath(os.fspath(path))
        self._session = session
        self._live = live
        self._file = os.fdopen(private_file(self.path, os.O_TRUNC), "w", encoding="utf-8")
        self._write(HEADER)
        if live:
            session.set_live(True)
        self._mask = Mask(session.identities)  # after set_live(), which decides who the caller is
        session.tap.recorder = self._record

    def _record(self, request: Request, outcome: Response | TransportFailure) -> None:
        """Write one exchange, if it calls an API; transfers of files are not recorded."""
        headers = {name.lower(): value for name, value in request.headers}
        if headers.get("content-type", "").startswith(form.KIND):
            call, answer = _call(request), _answer(outcome)
        else:
            database_call = _database_call(request)
            if database_call is None:
                return
            call, answer = database_call, _database_answer(database_call["api"], outcome) or _answer(outcome)
        # Not the bytes of a file: base64 may look like an id.
        masked = answer if "base64" in answer else self._mask.mask(answer)
        self._write({**self._mask.mask(call), "answer": masked})

    def close(self) -> None:
        """End the recording; a second call does nothing."""
        if self._file.closed:
            return
        self._file.close()
        self._session.tap.recorder = None
        if self._live:
            self._session.set_live(False)

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


def _call(request: Request) -> dict[str, Any]:
    """Return the ``api`` and ``params`` of a request, and ``files``, ``appid`` and ``version`` if it has them."""
    headers = {name.lower(): value for name, value in request.headers}
    body = request.body if isinstance(request.body, bytes) else b""
    parts = {part.name: part.value for part in form_reader.decode(body, headers.get("content-type", ""))}
    message = messages.decode("CommApiData", parts["requestData"])
    params: dict[str, Any] = {}
    files: dict[str, Any] = {}
    for pair in (message["openapi_data"] or {"pairs": []})["pairs"]:
        if pair["filename"] or pair["contenttype"]:
            files[case.camel(pair["key"])] = file_of(pair["filename"], pair["value"])
        else:
            params[pair["key"]] = jsontext.parse(pair["value"])
    optional = {"files": files, "appid": message["appid"], "version": "v2" if "cgiName" in parts else ""}
    return {
        "api": parts["apiName"].decode(),
        "params": case.to_camel(params),
        **{name: value for name, value in optional.items() if value},
    }


def file_of(name: str, value: bytes) -> dict[str, Any]:
    """Return what a recording has of a file."""
    return {"filename": name, "size": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def _answer(outcome: Response | TransportFailure) -> dict[str, Any]:
    """Return an answer in the form of a recording."""
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


def _database_call(request: Request) -> dict[str, Any] | None:
    """Return the action and the parameters of a request, or None when it does not call the database."""
    value = _parsed(request.body) if isinstance(request.body, bytes) else None
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(action, str) or not action.startswith(PREFIX):
        return None
    return {"api": action, "params": action_params(action_fields(value))}


def _database_answer(action: str, outcome: Response | TransportFailure) -> dict[str, Any] | None:
    """Return an answer of the database in the form of a recording, or None when it is a fault."""
    if isinstance(outcome, TransportFailure) or outcome.status != 200:
        return None
    value = _parsed(outcome.body)
    if not isinstance(value, dict):
        return {"fault": "garbage"}
    if value.get("code"):
        return {"gateway": str(value["code"]), "message": str(value.get("message", ""))}
    return {"json": _database_result(action.removeprefix(PREFIX), value)}


def _database_result(action: str, value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    if action == "getDocument":
        return {"data": [_parsed(text) for text in data.get("list", ())]}
    if action == "aggregateDocuments":
        return {"list": [_parsed(text) for text in data.get("list", ())]}
    if action == "insertDocument":
        return {"_ids": data.get("insertedIds", [])}
    if action == "calculateDocument":
        return {"total": data.get("total")}
    if action == "modifyDocument":
        upserted = data.get("upsert_id")
        created = {"_id": upserted} if upserted is not None else {}
        return {**created, "stats": {"updated": data.get("updated"), "created": int(upserted is not None)}}
    if action == "removeDocument":
        return {"stats": {"removed": data.get("deleted")}}
    return {name: item for name, item in value.items() if name != "requestId"}


def _parsed(text: Any) -> Any:
    try:
        return jsontext.parse(text)
    except (ValueError, TypeError, AttributeError):
        return None


class Mask:
    """Replaces people's ids with ``openid-1`` (the default user), ``openid-2``, …, and secrets with ``***``.

    Args:
        identities: returns the known ids, each with its kind (``openid``, ``unionid``); the default user's come first.
    """

    def __init__(self, identities: Callable[[], Mapping[str, str]]) -> None:
        self._identities = identities
        self._labels: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        for identity, kind in identities().items():
            if kind not in self._counts:
                self._label(identity, kind)

    def mask(self, value: Any) -> Any:
        """Return `value` without ids and secrets."""
        return self._masked(redact.value(value), "")

    def _masked(self, value: Any, key: str) -> Any:
        """Return `value` with labels in place of ids; `key` is the key that holds it."""
        if isinstance(value, Mapping):
            return {self._masked(name, ""): self._masked(item, str(name)) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._masked(item, key) for item in value]
        if not isinstance(value, str) or value in ("", redact.HIDDEN):
            return value
        name = _NOT_LETTERS.sub("", key.lower())
        if name in _PERSONAL:
            return self._label(value, _PERSONAL[name])
        return self._masked_text(value)

    def unmask(self, value: Any) -> Any:
        """Return `value` with the ids in place of the labels given here; ``***`` stays."""
        ids = {label: identity for identity, label in self._labels.items()}
        if not ids:
            return value
        pattern = re.compile("|".join(re.escape(label) + r"(?!\d)" for label in sorted(ids, key=len, reverse=True)))
        return _walk(value, lambda text: pattern.sub(lambda match: ids[match[0]], text))

    def learn(self, value: Any) -> None:
        """Reserve the labels in a recorded value, so that no other id gets them."""
        for kind, number in re.findall(r"\b(openid|unionid)-(\d+)\b", json.dumps(value)):
            self._counts[kind] = max(self._counts.get(kind, 0), int(number))

    def _masked_text(self, text: str) -> str:
        for identity, kind in sorted(self._identities().items(), key=lambda item: -len(item[0])):
            if identity in text:
                text = text.replace(identity, self._label(identity, kind))
        return _OPENID.sub(lambda match: self._label(match[0], "openid"), text)

    def _label(self, identity: str, kind: str) -> str:
        if re.fullmatch(rf"{kind}-\d+", identity):  # masked already
            return identity
        label = self._labels.get(identity)
        if label is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            label = self._labels[identity] = f"{kind}-{self._counts[kind]}"
        return label


def _walk(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {_walk(name, change): _walk(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, change) for item in value]
    return change(value) if isinstance(value, str) else value
