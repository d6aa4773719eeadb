"""The gateway's database actions: permission, records, canned answers and faults around the document database."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from .._wire import jsontext
from .backend import Backend
from .calls import CallRecord
from .database_text import PREFIX as PREFIX
from .database_text import action_fields, parameters, readable
from .http.messages import JSON, HttpResponse, json_response
from .located_yaml import LocalDataError
from .responses import ApiResponse
from .users import Caller

_ENDS = ("DATABASE_TRANSACTION_CONFLICT", "DATABASE_TRANSACTION_FAIL")
_log = logging.getLogger("cloudpy.local")


def handle(
    backend: Backend, fields: Mapping[str, Any], env: str, caller: Caller | None, recorded: Mapping[str, str]
) -> HttpResponse:
    """Answer one action of the database.

    Args:
        fields: the JSON object that came in.
        env: whose documents are meant.
        caller: who asks, where the request says so.
        recorded: what the record keeps of the common fields.
    """
    answer, call = perform(backend, fields, env, caller, recorded)
    shown: dict[str, Any] = {
        "delay": answer.delay,
        "fault": answer.fault,
        "api": readable(call.api, call.params),
        "user": caller.user.openid if caller and caller.user else "",
        "outcome": answer.outcome,
    }
    request_id = backend.random_bytes(8).hex()
    if answer.gateway_code:
        return json_response(
            200, {"code": answer.gateway_code, "message": answer.message, "requestId": request_id}, **shown
        )
    body = _json({**(answer.value or {}), "requestId": request_id})
    return HttpResponse(200, [("Content-Type", JSON)], body, **shown)


def _json(value: Any) -> bytes:
    # A thousand documents in one answer: the encoder that is written in C.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can only escape
        return json.dumps(value, separators=(",", ":")).encode()


def perform(
    backend: Backend, fields: Mapping[str, Any], env: str, caller: Caller | None, recorded: Mapping[str, str]
) -> tuple[ApiResponse, CallRecord]:
    """Answer one action, and keep a record of it; without HTTP.

    The answer's `value` is what stands beside ``requestId``: ``{"data": …}``, ``{"transactionId": …}`` or nothing.
    """
    action = str(fields.get("action", ""))
    own = action_fields(fields)
    params = parameters(own)
    call = CallRecord(action, params, own, {}, caller, "", "", "gateway", recorded, backend.clock())
    canned = backend.canned(action, params, caller)
    given = canned.give(params) if canned else None
    if given is None or not given.origin:
        answer = _answer(backend, action, own, env)
        if given is not None and given.delay:
            answer = ApiResponse(
                value=answer.value,
                gateway_code=answer.gateway_code,
                message=answer.message,
                origin=answer.origin,
                delay=given.delay,
            )
    else:
        answer = _canned(action, given)
        if answer.gateway_code in _ENDS:
            _end_transaction(backend, own.get("transactionId"), env)
    call.outcome, call.answered_from = answer.outcome, answer.origin
    backend.calls.add(call)
    if backend.observe:
        backend.observe(call, answer)
    return answer, call


def _answer(backend: Backend, action: str, fields: Mapping[str, Any], env: str) -> ApiResponse:
    from .database import DatabaseError, StoreError, perform

    try:
        value = perform(backend.documents.engine(env), action, fields, backend.documents.note)
    except DatabaseError as error:
        return ApiResponse(gateway_code=error.code, message=error.message, origin="database")
    except (StoreError, LocalDataError) as error:
        _log.error("%s: %s", action, error)
        return ApiResponse(gateway_code="SYS_ERR", message=str(error), origin="database")
    return ApiResponse(value=value, origin="database")


def _end_transaction(backend: Backend, transaction: Any, env: str) -> None:
    """End a transaction as the error ends it that a canned answer gives; a retry would meet its locks otherwise."""
    from .database import DatabaseError, StoreError

    if isinstance(transaction, str):
        with suppress(DatabaseError, StoreError):
            backend.documents.engine(env).abort(transaction)


def _canned(action: str, given: ApiResponse) -> ApiResponse:
    """Return a canned answer in the form of the wire; a reply is written as the package returns it."""
    if given.fault or given.gateway_code:
        return given
    if given.error_code or given.errcode:
        from .._error_codes import _GATEWAY_CODES

        code = given.errcode or given.error_code
        name = next((name for name, number in _GATEWAY_CODES.items() if number == code), "SYS_ERR")
        return ApiResponse(gateway_code=name, message=given.message, delay=given.delay, origin=given.origin)
    if given.value is None:
        message = f"the canned answer of {action} is a file or plain text: give a reply or an error"
        return ApiResponse(gateway_code="INVALID_PARAM", message=message, origin=given.origin)
    return ApiResponse(value=_reply(action, given.value), delay=given.delay, origin=given.origin)


def _reply(action: str, value: Mapping[str, Any]) -> dict[str, Any]:
    def texts(documents: Any) -> list[str]:
        several = documents if isinstance(documents, list) else [] if documents is None else [documents]
        return [jsontext.stringify(_extended(document), "reply") for document in several]

    stats = value.get("stats", {})
    stats = stats if isinstance(stats, Mapping) else {}
    if action == "database.getDocument":
        return {"data": {"list": texts(value.get("data", []))}}
    if action == "database.aggregateDocuments":
        return {"data": {"list": texts(value.get("list", []))}}
    if action == "database.insertDocument":
        return {"data": {"insertedIds": value.get("_ids", [value.get("_id")])}}
    if action == "database.calculateDocument":
        return {"data": {"total": value.get("total", 0)}}
    if action == "database.modifyDocument":
        created = value.get("_id", "created") if stats.get("created") else None
        return {"data": {"updated": stats.get("updated", 0), "upsert_id": created}}
    if action == "database.removeDocument":
        return {"data": {"deleted": stats.get("removed", 0)}}
    return {name: item for name, item in value.items() if name not in ("errCode", "errMsg", "requestId")}


def _extended(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _extended(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_extended(item) for item in value]
    if isinstance(value, datetime):
        return {"$date": {"$numberLong": str(round(value.timestamp() * 1000))}}
    return value
