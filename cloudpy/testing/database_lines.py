"""Calls of the database in a recording: the parameters as values, the answer as the call returns it."""

from __future__ import annotations

from typing import Any

from .._transports import Request, Response, TransportFailure
from .._wire import jsontext
from ..local.database_text import PREFIX, action_fields, parameters


def request_of(request: Request) -> dict[str, Any] | None:
    """Return the action and the parameters of a request, or None when it is no call of the database."""
    value = _json(request.body) if isinstance(request.body, bytes) else None
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(action, str) or not action.startswith(PREFIX):
        return None
    return {"api": action, "params": parameters(action_fields(value))}


def answer_of(action: str, outcome: Response | TransportFailure) -> dict[str, Any] | None:
    """Return the answer in the form of a recording, or None when it is a fault."""
    if isinstance(outcome, TransportFailure) or outcome.status != 200:
        return None
    value = _json(outcome.body)
    if not isinstance(value, dict):
        return {"fault": "garbage"}
    if value.get("code"):
        return {"gateway": str(value["code"]), "message": str(value.get("message", ""))}
    return {"json": _result(action.removeprefix(PREFIX), value)}


def _result(action: str, value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    data = data if isinstance(data, dict) else {}
    if action == "getDocument":
        return {"data": [_json(text) for text in data.get("list", ())]}
    if action == "aggregateDocuments":
        return {"list": [_json(text) for text in data.get("list", ())]}
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


def _json(text: Any) -> Any:
    try:
        return jsontext.parse(text)
    except (ValueError, TypeError, AttributeError):
        return None
