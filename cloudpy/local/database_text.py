"""Database calls in readable form: the parameters as values, and the call as the program wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._wire import jsontext

PREFIX = "database."
# Fields of every request, whatever its action.
_COMMON = frozenset(
    (
        "action",
        "envName",
        "wxCloudApiToken",
        "wxCloudbaseAccesstoken",
        "tcb_sessionToken",
        "sessionToken",
        "crossAuthorizationToken",
        "eventId",
        "access_token",
        "sdkVersion",
        "dataVersion",
    )
)
_EXTENDED_JSON = ("query", "data", "order", "projection", "stages")


def action_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request that belong to its action."""
    return {name: value for name, value in fields.items() if name not in _COMMON}


def action_params(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an action with Extended JSON read into values: plain numbers, dates as ISO strings."""
    params = dict(fields)
    for name in _EXTENDED_JSON:
        value = fields.get(name)
        if name == "stages" and isinstance(value, list):
            params[name] = [_stage(stage) for stage in value]
        elif isinstance(value, list):
            params[name] = [_plain(item) for item in value]
        elif value is not None:
            params[name] = _plain(value)
    return params


def _stage(stage: Any) -> Any:
    if isinstance(stage, Mapping) and isinstance(stage.get("stageKey"), str):
        return {stage["stageKey"]: _plain(stage.get("stageValue"))}
    return stage


def _plain(text: Any) -> Any:
    from .database import ejson

    if not isinstance(text, str) or not text:
        return text
    try:
        return jsontext.parse(ejson.relaxed(ejson.parse(text)))
    except Exception:  # the response says what is wrong with it
        return text


def call_text(action: str, params: Mapping[str, Any]) -> str:
    """Return a call as the program wrote it, without values: ``database.collection("todos").where({…}).get()``."""
    kind = action.removeprefix(PREFIX)
    name = params.get("collectionName")
    if not isinstance(name, str) or not name.isprintable():
        return f"database.{_CALLS.get(kind, kind)}" if kind.isprintable() else "database"
    if kind == "addCollection":
        return f'database.createCollection("{name[:60]}")'
    text = f'database.collection("{name[:60]}")'
    query = params.get("query")
    if params.get("queryType") == "DOC" and isinstance(query, Mapping):
        text += ".doc(…)"
    elif query:
        text += ".where({…})"
    if params.get("order"):
        text += ".orderBy(…)"
    if params.get("offset"):
        text += f".skip({params['offset']})"
    if params.get("limit") not in (None, 100):
        text += f".limit({params['limit']})"
    if params.get("projection"):
        text += ".field({…})"
    if kind == "modifyDocument" and params.get("merge") is False:
        return text + ".set({…})"
    if kind == "aggregateDocuments":
        stages = [next(iter(stage), "") for stage in params.get("stages", ()) if isinstance(stage, Mapping)]
        return text + ".aggregate()" + "".join(f".{str(stage).lstrip('$')[:20]}(…)" for stage in stages[:10]) + ".end()"
    return f"{text}.{_CALLS.get(kind, kind)}"[:300]


_CALLS = {
    "insertDocument": "add({…})",
    "getDocument": "get()",
    "calculateDocument": "count()",
    "modifyDocument": "update({…})",
    "modifyAndReturnDoc": "updateAndReturn({…})",
    "removeDocument": "remove()",
    "startTransaction": "startTransaction()",
    "commitTransaction": "commit()",
    "abortTransaction": "rollback()",
}
