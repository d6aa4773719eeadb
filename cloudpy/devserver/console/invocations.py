"""The invocations: a list with filters, and one with its calls, its traceback and what it printed."""

from __future__ import annotations

import json
from typing import Any, Literal, TypedDict

from ..history import ROW, History, Where
from ..invocation import Invocation
from .console import Console
from .route import ConsoleError, Request, Route

_MAX_ROWS = 500
_MAX_CHILDREN = 500
_STATES = {"ok": "kind = 'result'", "failed": "kind NOT IN ('', 'result')", "running": "kind = ''"}


class Filters(TypedDict, total=False):
    """Which invocations; `offset` counts from the oldest one, a negative one from the newest."""

    function: str
    user: str
    state: Literal["ok", "failed", "running"]
    trigger: str
    search: str
    offset: int
    limit: int


class Row(TypedDict):
    """An invocation in a list; `kind` is empty while it runs, and `ms` 0."""

    seq: int
    id: str
    function: str
    openid: str
    trigger: str
    parent: str
    started: float
    ms: float
    kind: str
    summary: str
    calls: int
    failed_calls: int


class Rows(TypedDict):
    """Some invocations, the oldest first; `total` meet the filters, `removed` older ones are gone."""

    total: int
    offset: int
    removed: int
    items: list[Row]


class Call(TypedDict):
    """A call; `at` is in seconds since 1970, `sent` and `received` are bytes, `sdk` is the SDK's error.

    `name` is the API as a stub names it.
    """

    api: str
    outcome: str
    at: float
    ms: float
    attempt: int
    origin: str
    params: Any
    answer: Any
    problems: list[str]
    sdk: str
    sent: int
    received: int
    name: str


class Frame(TypedDict):
    """A line of a traceback; `own` if it is in the function's folder, `code` are numbered lines around it."""

    file: str
    line: int
    name: str
    own: bool
    code: list[list[Any]]


class Details(Row):
    """An invocation with all that is known: `error` if it failed, `result` if not."""

    unionid: str
    appid: str
    event: Any
    result: Any
    error: Any
    frames: list[Frame]
    call_list: list[Call]
    children: list[Row]
    lines: int


def history_of(console: Console) -> History:
    """Return the history; there is one wherever there are functions."""
    assert console.cloud is not None, "the route needs functions"
    return console.cloud.history


def like(text: str) -> str:
    """Return a pattern for LIKE … ESCAPE '!' that finds `text` anywhere."""
    return "%" + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


def page_of(history: History, table: str, columns: str, where: Where, query: Any) -> dict[str, Any]:
    """Return the rows that a query string asks for, the oldest first."""
    limit = min(max(1, query.get("limit", 100)), _MAX_ROWS)
    history.flush(0.5)
    total = history.count(table, where)
    offset = query.get("offset", -limit)
    if offset < 0:
        offset = max(0, total + offset)
    sql = f"SELECT {columns} FROM {table} WHERE {where.sql} ORDER BY seq LIMIT ? OFFSET ?"  # noqa: S608  our own names
    return {"total": total, "offset": offset, "items": history.rows(sql, (*where.values, limit, offset))}


def _list(console: Console, request: Request) -> dict[str, Any]:
    query, where = request.query, Where()
    for field, column in (("function", "function"), ("user", "openid"), ("trigger", "trigger")):
        if query.get(field):
            where = where.also(f"{column} = ?", query[field])
    if "state" in query:
        where = where.also(_STATES[query["state"]])
    if query.get("search"):
        columns = ("id", "function", "openid", "summary", "words")
        found = " OR ".join(f"{name} LIKE ? ESCAPE '!'" for name in columns)
        where = where.also(f"({found})", *[like(query["search"])] * len(columns))
    history = history_of(console)
    return {**page_of(history, "invocations", ROW, where, query), "removed": history.removed}


def _get(console: Console, request: Request) -> dict[str, Any]:
    history, key = history_of(console), request.params["id"]
    history.flush()
    found = history.rows("SELECT * FROM invocations WHERE id = ?", (key,))
    if not found:
        raise ConsoleError(404, "NOT_FOUND", f"there is no invocation {key[:60]!r}; only the last ones are kept")
    row = found[0]
    one = Invocation(row["id"], row["function"], kind=row["kind"], text=row["result"] or "")
    calls = history.rows("SELECT * FROM calls WHERE owner = ? ORDER BY seq", (row["seq"],))
    for call in calls:
        for name in ("params", "answer", "problems"):
            call[name] = json.loads(call[name])
        del call["owner"], call["seq"]
    children = history.rows(
        f"SELECT {ROW} FROM invocations WHERE parent = ? ORDER BY seq LIMIT ?",  # noqa: S608  our own names
        (key, _MAX_CHILDREN),
    )
    value = {name: row[name] for name in ROW.split(", ")}
    return {
        **value,
        "unionid": row["unionid"],
        "appid": row["appid"],
        "event": json.loads(row["event"]),
        "result": json.loads(row["result"]) if row["kind"] == "result" else None,
        "error": one.problem() if one.failed else None,
        "frames": json.loads(row["frames"] or "[]"),
        "call_list": calls,
        "children": children,
        "lines": history.count("lines", Where().also("invocation = ?", key)),
    }


def _callers(console: Console, _: Request) -> list[str]:
    sql = "SELECT DISTINCT openid FROM invocations WHERE openid != '' ORDER BY openid LIMIT 500"
    return [row["openid"] for row in history_of(console).rows(sql)]


ROUTES = (
    Route(
        "GET",
        "/callers",
        _callers,
        "Users on whose behalf functions were invoked.",
        "调用过云函数的用户。",
        result=list[str],
        functions=True,
    ),
    Route(
        "GET",
        "/invocations",
        _list,
        "Invocations, filtered.",
        "调用记录，可筛选。",
        query=Filters,
        result=Rows,
        functions=True,
    ),
    Route(
        "GET",
        "/invocations/{id}",
        _get,
        "One invocation: event, result or error, calls, what it called.",
        "一次调用的详情：event、返回值或错误、云调用、被它调用的云函数。",
        result=Details,
        functions=True,
    ),
)
