"""The functions: settings, timers, variables, permissions."""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypedDict

from ..._client import redact
from ...local.config_file import ConfigFile
from ..registry import Function
from ..saved_events import names as saved_events
from ..used_apis import used_apis
from .console import Console
from .invocations import history_of
from .route import ConsoleError, Request, Route

_NEXT = 3  # times of a timer


class FunctionRow(TypedDict):
    """A function in a list; the numbers are of the invocations that are kept."""

    name: str
    state: str
    error: str
    timers: int
    invocations: int
    failed: int
    last: float | None
    ms: float | None


class TimerRow(TypedDict):
    """A timer, with its next times in seconds since 1970."""

    function: str
    name: str
    cron: str
    next: list[float]
    problem: str


class Variable(TypedDict):
    """A variable of a .env file; the value of a secret is ``***``."""

    name: str
    value: str
    secret: bool


class Permissions(TypedDict):
    """``permissions.openapi``: the APIs in config.json, and those that are called but not there."""

    file: str
    exists: bool
    error: str
    allowed: list[str]
    missing: list[str]


class FunctionDetails(FunctionRow):
    """A function with all that is known."""

    path: str
    project: str
    handler: str
    timeout: float
    instances: int
    pids: list[int]
    config: Any
    timer_list: list[TimerRow]
    variables: list[Variable]
    permissions: Permissions
    events: list[str]
    user: str


class Apis(TypedDict):
    """Names of APIs, such as ``subscribeMessage.send``."""

    apis: list[str]


def function_of(console: Console, request: Request) -> Function:
    """Return the function that the path names.

    Raises:
        ConsoleError: no function has this name.
    """
    return find_function(console, request.params["name"])


def find_function(console: Console, name: str) -> Function:
    """Return a function by its name; raises like `function_of`."""
    assert console.cloud is not None, "the route needs functions"
    function = console.cloud.functions.get(name)
    if function is None:
        known = ", ".join(console.cloud.functions) or "none"
        raise ConsoleError(404, "NOT_FOUND", f"there is no function {name[:60]!r}; functions: {known}")
    return function


def rows(console: Console) -> list[dict[str, Any]]:
    """Return all functions for a list."""
    if console.cloud is None:
        return []
    counted = history_of(console).rows(
        "SELECT function, count(*) AS invocations, sum(kind NOT IN ('', 'result')) AS failed, max(started) AS last,"
        " avg(CASE WHEN kind != '' THEN ms END) AS ms FROM invocations GROUP BY function"
    )
    numbers = {row.pop("function"): row for row in counted}
    nothing = {"invocations": 0, "failed": 0, "last": None, "ms": None}
    functions = console.cloud.functions.values()
    return [{**_row(function), **numbers.get(function.name, nothing)} for function in functions]


def timer_rows(function: Function) -> list[dict[str, Any]]:
    """Return the timers of a function, those with a problem last."""
    found = []
    now = datetime.now(timezone.utc)
    for timer in function.config.schedule:
        moments: list[float] = []
        moment = now
        while len(moments) < _NEXT and (following := timer.cron.next_after(moment)) is not None:
            moment = following
            moments.append(moment.timestamp())
        problem = "" if moments else f"{timer.cron.expression!r} never comes: it has no date that is yet to come"
        row = {"name": timer.name, "cron": timer.cron.expression, "next": moments, "problem": problem}
        found.append({"function": function.name, **row})
    known = {row["name"] for row in found}
    for name in function.config.timers:
        if name not in known:
            problem = "; ".join(function.config.unscheduled) or "it has no valid time"
            found.append({"function": function.name, "name": name, "cron": "", "next": [], "problem": problem})
    return found


def _row(function: Function) -> dict[str, Any]:
    return {
        "name": function.name,
        "state": "broken" if function.error else function.pool.state,
        "error": redact.text(function.error),
        "timers": len(function.config.timers),
    }


def _list(console: Console, _: Request) -> list[dict[str, Any]]:
    return rows(console)


def _get(console: Console, request: Request) -> dict[str, Any]:
    function = function_of(console, request)
    assert console.cloud is not None
    row = next(row for row in rows(console) if row["name"] == function.name)
    config = ConfigFile(Path(function.folder.path))
    options = console.cloud.options
    variables = [
        {
            "name": name,
            "value": redact.HIDDEN if redact.secret_name(name) else redact.text(value),
            "secret": redact.secret_name(name),
        }
        for name, value in sorted(function.variables.items())
    ]
    return {
        **row,
        "path": function.folder.path,
        "project": function.folder.project,
        "handler": options.handler,
        "timeout": function.limit,
        "instances": options.instances,
        "pids": function.pool.pids(),
        "config": redact.value(config.value),
        "timer_list": timer_rows(function),
        "variables": variables,
        "permissions": _permissions(console, function, config),
        "events": saved_events(function.folder.path),
        "user": console.cloud.user(function.name).openid,
    }


def _permissions(console: Console, function: Function, config: ConfigFile) -> dict[str, Any]:
    refused = history_of(console).rows(
        "SELECT DISTINCT api FROM calls JOIN invocations ON owner = invocations.seq WHERE function = ?"
        " AND outcome LIKE 'refused -604101%' ORDER BY api",
        (function.name,),
    )
    # The SDK itself refuses most calls that are not allowed, so that they are not in the history.
    catalog = console.backend.catalog
    known = set(catalog.names())
    used = {api for api in used_apis(function.files()) if api in known and catalog.refusal(api) is None}
    return {
        "file": os.fspath(config.path),
        "exists": config.exists,
        "error": config.error,
        "allowed": sorted(config.allowed),
        "missing": sorted((used | {row["api"] for row in refused}) - config.allowed.keys()),
    }


def _allow(console: Console, request: Request) -> dict[str, Any]:
    function = function_of(console, request)
    apis = request.json["apis"]
    wrong = [api for api in apis if not api.isascii() or not api.replace(".", "").isalnum() or "." not in api]
    if wrong:
        raise ConsoleError(400, "INVALID_PARAM", f"{wrong[0][:80]!r} is not the name of an API")
    config = ConfigFile(Path(function.folder.path))
    try:
        added = config.allow(apis)
    except (OSError, ValueError) as error:
        text = getattr(error, "strerror", None) or str(error)
        raise ConsoleError(409, "CONFIG_INVALID", f"{config.path} cannot be changed: {text}") from None
    assert console.cloud is not None
    console.cloud.poll()  # counts at once
    console.events.publish("function", {"name": function.name})
    return {"apis": added}


class TimerState(TypedDict):
    """All timers, and whether they fire by themselves."""

    firing: bool
    now: float
    timers: list[TimerRow]


class Switch(TypedDict):
    """Whether timers fire by themselves."""

    firing: bool


def _timers(console: Console, _: Request) -> dict[str, Any]:
    assert console.cloud is not None
    timers = [row for function in console.cloud.functions.values() for row in timer_rows(function)]
    return {"firing": console.cloud.timers.firing, "now": time.time(), "timers": timers}


def _switch(console: Console, request: Request) -> dict[str, Any]:
    assert console.cloud is not None
    firing = request.json["firing"]
    console.cloud.timers.switch(firing)
    console.events.publish("timers", {"firing": firing})
    return {"firing": firing}


ROUTES = (
    Route("GET", "/functions", _list, "All functions.", "所有云函数。", result=list[FunctionRow], functions=True),
    Route(
        "GET",
        "/functions/{name}",
        _get,
        "One function: settings, timers, variables, permissions.",
        "一个云函数的详情：配置、定时触发器、环境变量、权限。",
        result=FunctionDetails,
        functions=True,
    ),
    Route(
        "POST",
        "/functions/{name}/permissions",
        _allow,
        "Add APIs to permissions.openapi in config.json, and return those that were added.",
        "把接口加入 config.json 的 permissions.openapi，返回新加入的接口。",
        changes=True,
        body=Apis,
        result=Apis,
        functions=True,
    ),
    Route(
        "GET",
        "/timers",
        _timers,
        "All timers and their next times.",
        "所有定时触发器及下次触发时间。",
        result=TimerState,
        functions=True,
    ),
    Route(
        "PUT",
        "/timers",
        _switch,
        "Let timers fire by themselves, or not.",
        "打开或关闭定时触发。",
        changes=True,
        body=Switch,
        result=Switch,
        functions=True,
    ),
)
