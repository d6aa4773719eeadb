"""What the functions print, and what cloudpy says about them."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from ..history import Where
from .console import Console
from .invocations import history_of, like, page_of
from .route import Request, Route


class Filters(TypedDict, total=False):
    """Which lines; `offset` counts from the oldest one, a negative one from the newest."""

    function: str
    level: Literal["error", "warning", "info", "debug", "print"]
    invocation: str
    search: str
    offset: int
    limit: int


class Line(TypedDict):
    """A line; `function` is empty for what cloudpy says."""

    seq: int
    at: float
    function: str
    invocation: str
    level: str
    text: str


class Lines(TypedDict):
    """Some lines, the oldest first; `total` meet the filters."""

    total: int
    offset: int
    items: list[Line]


def _list(console: Console, request: Request) -> dict[str, Any]:
    query, where = request.query, Where()
    for name in ("function", "level", "invocation"):
        if query.get(name):
            where = where.also(f"{name} = ?", query[name])
    if query.get("search"):
        where = where.also("text LIKE ? ESCAPE '!'", like(query["search"]))
    return page_of(history_of(console), "lines", "seq, at, function, invocation, level, text", where, query)


def _clear(console: Console, _: Request) -> dict[str, Any]:
    history_of(console).clear_lines()
    return {}


ROUTES = (
    Route("GET", "/logs", _list, "Lines of output.", "日志。", query=Filters, result=Lines, functions=True),
    Route("DELETE", "/logs", _clear, "Remove all lines.", "清空日志。", changes=True, result=dict, functions=True),
)
