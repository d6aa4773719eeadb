"""Invoke a function: events to begin with, events saved as files, and the invocation itself."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from ...local.open_data import TooManyCloudIDsError
from ...local.users import id_problem
from ...runtime import apigw_event, http_event, message_event, timer_event
from .. import saved_events
from .console import Console
from .functions import function_of
from .route import ConsoleError, Request, Route

_MAX_EVENT = 6 * 1024 * 1024  # bytes, the platform's limit


class Call(TypedDict):
    """An event."""

    event: dict[str, Any]


class Invoke(Call, total=False):
    """An event, and on whose behalf; by default as the chosen user."""

    openid: str
    unionid: str
    appid: str


class Invoked(TypedDict):
    """An invocation that has ended; `kind` is ``result``, or what failed."""

    id: str
    kind: str
    ms: float
    result: Any
    error: Any


class Template(TypedDict):
    """An event to begin with."""

    name: str
    event: dict[str, Any]


class Saved(TypedDict):
    """A saved event and its file."""

    name: str
    path: str


def invoke(
    console: Console, name: str, event: dict[str, Any], *, at: float | None = None, **identity: str
) -> dict[str, Any]:
    """Run a function to its end, and return the outcome.

    Args:
        console: whose function it is.
        name: of the function.
        event: as it is sent.
        at: seconds since 1970 at which the function's clock begins; None for the real time.
        identity: openid, unionid and appid of the caller, as far as they are given.

    Raises:
        ConsoleError: the event has too many CloudIDs.
    """
    cloud = console.cloud
    assert cloud is not None, "the route needs functions"
    for key, value in identity.items():
        if problem := id_problem(key, value):
            raise ConsoleError(400, "INVALID_PARAM", problem)
    try:
        one = cloud.invoke(name, event, cloud.user(name, **identity), at=at)
    except TooManyCloudIDsError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
    result = json.loads(one.text) if one.kind == "result" else None
    return {
        "id": one.id,
        "kind": one.kind,
        "ms": one.ms,
        "result": result,
        "error": one.problem() if one.failed else None,
    }


def _invoke(console: Console, request: Request) -> dict[str, Any]:
    function = function_of(console, request)
    if len(request.body) > _MAX_EVENT:
        raise ConsoleError(413, "EXCEED_MAX_PAYLOAD_SIZE", f"the event is larger than {_MAX_EVENT} bytes")
    body = request.json
    return invoke(console, function.name, body.pop("event"), **body)


def _fire(console: Console, request: Request) -> dict[str, Any]:
    function = function_of(console, request)
    timer = request.params["timer"]
    if timer not in function.config.timers:
        known = ", ".join(function.config.timers) or "none, its config.json lists no trigger of type timer"
        raise ConsoleError(404, "NOT_FOUND", f"the function has no timer {timer[:60]!r}; timers: {known}")
    return invoke(console, function.name, timer_event(timer))


def _templates(console: Console, request: Request) -> list[dict[str, Any]]:
    function = function_of(console, request)
    assert console.cloud is not None
    openid = console.cloud.user(function.name).openid
    events = [
        ("client", {}),
        *((f"timer {timer}", timer_event(timer)) for timer in function.config.timers or ("timer",)),
        ("message", message_event("hello", openid=openid)),
        ("message event", message_event(openid=openid, kind="event", Event="user_enter_tempsession", SessionFrom="")),
        ("http", http_event("/", method="GET", query={"page": "1"}, headers={"accept": "application/json"})),
        (
            "http POST",
            http_event("/", method="POST", headers={"content-type": "application/json"}, body='{"a": 1}'),
        ),
        ("apigw", apigw_event("/", query={"page": "1"})),
    ]
    return [{"name": name, "event": event} for name, event in events]


def _saved(console: Console, request: Request) -> list[str]:
    return saved_events.names(function_of(console, request).folder.path)


def _read(console: Console, request: Request) -> Any:
    function = function_of(console, request)
    try:
        return saved_events.read(function.folder.path, request.params["event"])
    except saved_events.SavedEventError as error:
        raise ConsoleError(404, "NOT_FOUND", str(error)) from None


def _save(console: Console, request: Request) -> dict[str, Any]:
    function, name = function_of(console, request), request.params["event"]
    try:
        path = saved_events.write(function.folder.path, name, request.json["event"])
    except saved_events.SavedEventError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
    console.events.publish("function", {"name": function.name})
    return {"name": name, "path": path}


def _remove(console: Console, request: Request) -> dict[str, Any]:
    function = function_of(console, request)
    try:
        saved_events.remove(function.folder.path, request.params["event"])
    except saved_events.SavedEventError as error:
        raise ConsoleError(404, "NOT_FOUND", str(error)) from None
    console.events.publish("function", {"name": function.name})
    return {}


ROUTES = (
    Route(
        "POST",
        "/functions/{name}/invoke",
        _invoke,
        "Invoke a function and wait for its end.",
        "调用云函数，等待返回。",
        changes=True,
        body=Invoke,
        result=Invoked,
        functions=True,
    ),
    Route(
        "POST",
        "/functions/{name}/timers/{timer}",
        _fire,
        "Fire a timer and wait for the end.",
        "手动触发定时触发器，等待返回。",
        changes=True,
        result=Invoked,
        functions=True,
    ),
    Route(
        "GET",
        "/functions/{name}/templates",
        _templates,
        "Events of each kind to begin with.",
        "各类触发器的 event 模板。",
        result=list[Template],
        functions=True,
    ),
    Route(
        "GET",
        "/functions/{name}/events",
        _saved,
        "Names of the events saved in the function's folder.",
        "云函数目录下保存的 event 名称。",
        result=list[str],
        functions=True,
    ),
    Route(
        "GET",
        "/functions/{name}/events/{event}",
        _read,
        "A saved event.",
        "读取保存的 event。",
        functions=True,
    ),
    Route(
        "PUT",
        "/functions/{name}/events/{event}",
        _save,
        "Save an event as events/NAME.json; secrets are masked.",
        "把 event 保存为 events/NAME.json，密钥会被掩码。",
        changes=True,
        body=Call,
        result=Saved,
        functions=True,
    ),
    Route(
        "DELETE",
        "/functions/{name}/events/{event}",
        _remove,
        "Remove a saved event.",
        "删除保存的 event。",
        changes=True,
        result=dict,
        functions=True,
    ),
)
