"""The overview: functions and their state, problems, and how many invocations there were."""

from __future__ import annotations

import statistics
import time
from typing import Any, TypedDict

from ..._client import redact
from ..._version import VERSION
from ..history import ROW
from .console import Console
from .functions import FunctionRow, rows
from .invocations import Row, history_of
from .route import Request, Route

_MINUTES = 60
_LATEST = 8  # invocations
_SAMPLE = 1000  # invocations of which the median is taken


class Status(TypedDict):
    """What the frame of every page shows."""

    version: str
    env: str
    gateway: str
    functions: bool
    projects: list[str]
    problems: list[str]


class Access(TypedDict):
    """Whether this page may change something."""

    changes: bool


class Minute(TypedDict):
    """The invocations that began in a minute; `at` is its begin in seconds since 1970."""

    at: float
    ok: int
    failed: int


class Overview(TypedDict):
    """Functions, problems, the last hour minute by minute, the latest invocations; `median` in milliseconds."""

    functions: list[FunctionRow]
    problems: list[str]
    minutes: list[Minute]
    median: float | None
    latest: list[Row]


def _status(console: Console, _: Request) -> dict[str, Any]:
    cloud = console.cloud
    return {
        "version": VERSION,
        "env": console.backend.env,
        "gateway": console.gateway,
        "functions": cloud is not None,
        "projects": list(cloud.options.projects) if cloud else [],
        "problems": _problems(console),
    }


def _access(_: Console, request: Request) -> dict[str, Any]:
    return {"changes": request.trusted}


def _problems(console: Console) -> list[str]:
    return [redact.text(problem) for problem in console.cloud.problems] if console.cloud else []


def _overview(console: Console, _: Request) -> dict[str, Any]:
    minutes: list[dict[str, Any]] = []
    median, latest = None, []
    if console.cloud is not None:
        history = history_of(console)
        history.flush(0.5)
        this = int(time.time() // 60)
        counted = {
            row["minute"]: row
            for row in history.rows(
                "SELECT CAST(started / 60 AS INTEGER) AS minute, sum(kind = 'result') AS ok,"
                " sum(kind NOT IN ('', 'result')) AS failed FROM invocations WHERE started >= ? GROUP BY minute",
                ((this - _MINUTES + 1) * 60,),
            )
        }
        for minute in range(this - _MINUTES + 1, this + 1):
            row = counted.get(minute, {"ok": 0, "failed": 0})
            minutes.append({"at": minute * 60.0, "ok": row["ok"], "failed": row["failed"]})
        ended = history.rows("SELECT ms FROM invocations WHERE kind != '' ORDER BY seq DESC LIMIT ?", (_SAMPLE,))
        median = statistics.median(row["ms"] for row in ended) if ended else None
        latest = history.rows(f"SELECT {ROW} FROM invocations ORDER BY seq DESC LIMIT {_LATEST}")  # noqa: S608
    return {
        "functions": rows(console),
        "problems": _problems(console),
        "minutes": minutes,
        "median": median,
        "latest": latest,
    }


ROUTES = (
    Route("GET", "/status", _status, "Version, environment and problems.", "版本、环境和问题。", result=Status),
    Route("GET", "/access", _access, "Whether the token is valid.", "token 是否有效。", result=Access),
    Route(
        "GET",
        "/overview",
        _overview,
        "Functions, problems, the last hour and the latest invocations.",
        "云函数、问题、近一小时的调用次数和最近的调用。",
        result=Overview,
    ),
)
