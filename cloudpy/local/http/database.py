"""The gateway's database actions: records, canned responses and faults around the document database."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from ..._wire import jsontext
from ..backend import Backend
from ..calls import CallRecord
from ..database_text import PREFIX as PREFIX
from ..database_text import action_fields, action_params, call_text
from ..located_yaml import LocalDataError
from ..responses import ApiResponse
from ..users import Caller
from .message import JSON, HttpResponse, json_response

_ENDING_CODES = ("DATABASE_TRANSACTION_CONFLICT", "DATABASE_TRANSACTION_FAIL")
_log = logging.getLogger("cloudpy.local")


def handle(
    backend: Backend, fields: Mapping[str, Any], env: str, caller: Caller | None, recorded: Mapping[str, str]
) -> HttpResponse:
    """Respond to one action of the database.

    Args:
        backend: the local WeChat.
        fields: JSON object of the request.
        env: environment of the documents.
        caller: caller, if the request names one.
        recorded: common fields for the record.
    """
    answer, call = perform(backend, fields, env, caller, recorded)
    log_fields: dict[str, Any] = {
        "delay": answer.delay,
        "fault": answer.fault,
        "api": call_text(call.api, call.params),
        "user": caller.user.openid if caller and caller.user else "",
        "outcome": answer.outcome,
    }
    request_id = backend.random_bytes(8).hex()
    if answer.gateway_code:
        return json_response(
            200, {"code": answer.gateway_code, "message": answer.message, "requestId": request_id}, **log_fields
        )
    body = _json({**(answer.value or {}), "requestId": request_id})
    return HttpResponse(200, [("Content-Type", JSON)], body, **log_fields)


def _json(value: Any) -> bytes:
    # There may be a thousand documents: use the encoder written in C.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:  # an unpaired surrogate, which JSON can only escape
        return json.dumps(value, separators=(",", ":")).encode()


def perform(
    backend: Backend, fields: Mapping[str, Any], env: str, caller: Caller | None, recorded: Mapping[str, str]
) -> tuple[ApiResponse, CallRecord]:
    """Perform one action and record it; without HTTP.

    The response's `value` has the keys beside ``requestId``: ``{"data": …}``, ``{"transactionId": …}`` or none.
    """
    action = str(fields.get("action", ""))
    own = action_fields(fields)
    params = action_params(own)
    call = CallRecord(action, params, own, {}, caller, "", "", "gateway", recorded, backend.clock())
    canned = backend.find_canned(action, params, caller)
    canned_response = canned.use(params) if canned else None
    if canned_response is None or not canned_response.origin:
        answer = _answer(backend, action, own, env)
        if not answer.gateway_code:
            backend.query_shapes.note(action, own)
        if canned_response is not None and canned_response.delay:
            answer = ApiResponse(
                value=answer.value,
                gateway_code=answer.gateway_code,
                message=answer.message,
                origin=answer.origin,
                delay=canned_response.delay,
            )
    else:
        answer = _canned(action, canned_response)
        if answer.gateway_code in _ENDING_CODES:
            _end_transaction(backend, own.get("transactionId"), env)
    call.outcome, call.answered_from = answer.outcome, answer.origin
    backend.calls.add(call)
    if backend.observe:
        backend.observe(call, answer)
    return answer, call


def _answer(backend: Backend, action: str, fields: Mapping[str, Any], env: str) -> ApiResponse:
    from ..database import DatabaseError, StoreError, perform

    try:
        value = perform(backend.documents.engine(env), action, fields, backend.documents.warn_once)
    except DatabaseError as error:
        return ApiResponse(gateway_code=error.code, message=error.message, origin="database")
    except (StoreError, LocalDataError) as error:
        _log.error("%s: %s", action, error)
        return ApiResponse(gateway_code="SYS_ERR", message=str(error), origin="database")
    return ApiResponse(value=value, origin="database")


def _end_transaction(backend: Backend, transaction: Any, env: str) -> None:
    """End a transaction, as the error of a canned response does; otherwise a retry would meet its locks."""
    from ..database import DatabaseError, StoreError

    if isinstance(transaction, str):
        with suppress(DatabaseError, StoreError):
            backend.documents.engine(env).abort(transaction)


def _canned(action: str, canned_response: ApiResponse) -> ApiResponse:
    """Return a canned response in wire format; its reply is written as the package returns it."""
    if canned_response.fault or canned_response.gateway_code:
        return canned_response
    if canned_response.error_code or canned_response.errcode:
        from ...errors import _GATEWAY_CODES

        code = canned_response.errcode or canned_response.error_code
        name = next((name for name, number in _GATEWAY_CODES.items() if number == code), "SYS_ERR")
        return ApiResponse(
            gateway_code=name,
            message=canned_response.message,
            delay=canned_response.delay,
            origin=canned_response.origin,
        )
    if canned_response.value is None:
        message = f"the canned response of {action} is a file or plain text: use a reply or an error"
        return ApiResponse(gateway_code="INVALID_PARAM", message=message, origin=canned_response.origin)
    return ApiResponse(
        value=_reply(action, canned_response.value), delay=canned_response.delay, origin=canned_response.origin
    )


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
