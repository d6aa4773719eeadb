"""Recordings of a session: start, stop, list, replay."""

from __future__ import annotations

import os
from typing import Any, TypedDict

from .. import recordings, replay
from ..recorder import EventRecorder
from .console import Console
from .functions import find_function
from .invoke import invoke
from .route import ConsoleError, FileResponse, Request, Route

_MAX_SHOWN = 1000  # invocations


class Name(TypedDict):
    """The name of a recording: letters, digits, spaces, _, - and dots."""

    name: str


class Recording(TypedDict):
    """A recording and how many invocations are in it; `modified` is in seconds since 1970."""

    name: str
    count: int
    size: int
    modified: float


class RecordingList(TypedDict):
    """All recordings of the project; `current` is the one that is being made, or empty."""

    folder: str
    current: str
    items: list[Recording]


class Recorded(TypedDict):
    """A recorded invocation."""

    function: str
    event: Any
    openid: str
    unionid: str
    timer: bool


class Contents(TypedDict):
    """The first invocations of a recording."""

    total: int
    items: list[Recorded]


class Outcome(TypedDict):
    """How one invocation ended: `kind` is ``result``, what failed, or ``skipped``; `problem` says why."""

    function: str
    id: str
    kind: str
    problem: str


def _project(console: Console) -> str:
    assert console.cloud is not None, "the route needs functions"
    return console.cloud.options.projects[0]


def _path(console: Console, name: str, *, exists: bool = True) -> str:
    try:
        path = recordings.path_of(_project(console), name)
    except recordings.RecordingError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None
    if exists and not os.path.isfile(path):
        raise ConsoleError(404, "NOT_FOUND", f"there is no recording {name[:60]!r}")
    return path


def _read(path: str) -> list[recordings.Entry]:
    try:
        return list(recordings.read(path))
    except recordings.RecordingError as error:
        raise ConsoleError(409, "UNREADABLE", str(error)) from None


def _current(console: Console) -> str:
    recorder = console.cloud.recording if console.cloud else None
    return os.path.basename(recorder.path).removesuffix(".jsonl") if recorder else ""


def _list(console: Console, _: Request) -> dict[str, Any]:
    project = _project(console)
    items = []
    for name in recordings.names(project):
        path = recordings.path_of(project, name)
        try:
            status = os.stat(path)
            with open(path, "rb") as file:
                count = sum(1 for line in file if line.strip())
        except OSError:  # just deleted
            continue
        items.append({"name": name, "count": count, "size": status.st_size, "modified": status.st_mtime})
    return {"folder": recordings.folder_of(project), "current": _current(console), "items": items}


def _start(console: Console, request: Request) -> dict[str, Any]:
    name = request.json["name"]
    path = _path(console, name, exists=False)
    assert console.cloud is not None
    if console.cloud.recording is not None:
        raise ConsoleError(409, "RECORDING", f"{_current(console)!r} is being recorded: stop that first")
    if os.path.exists(path):
        raise ConsoleError(409, "EXISTS", f"there is a recording {name!r} already: choose another name")
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        console.cloud.recording = EventRecorder(path)
    except OSError as error:
        raise ConsoleError(500, "SYS_ERR", f"{path} cannot be written: {error.strerror or error}") from None
    console.events.publish("recordings", {"current": name})
    return _list(console, request)


def _stop(console: Console, request: Request) -> dict[str, Any]:
    assert console.cloud is not None
    recorder, console.cloud.recording = console.cloud.recording, None
    if recorder is None:
        raise ConsoleError(409, "NOT_RECORDING", "nothing is being recorded")
    recorder.close()
    console.events.publish("recordings", {"current": ""})
    return _list(console, request)


def _show(console: Console, request: Request) -> dict[str, Any]:
    entries = _read(_path(console, request.params["name"]))
    return {"total": len(entries), "items": [entry._asdict() for entry in entries[:_MAX_SHOWN]]}


def _file(console: Console, request: Request) -> FileResponse:
    name = request.params["name"]
    return FileResponse(_path(console, name), "application/x-ndjson", f"{name}.jsonl")


def _replay(console: Console, request: Request) -> list[dict[str, Any]]:
    name = request.params["name"]
    if name == _current(console):
        raise ConsoleError(409, "RECORDING", "this recording is being made: stop it first")
    return [_again(console, entry) for entry in _read(_path(console, name))]


def _again(console: Console, entry: recordings.Entry) -> dict[str, Any]:
    outcome = {"function": entry.function, "id": "", "kind": "skipped", "problem": ""}
    if replay.is_masked(entry.event):
        return {**outcome, "problem": "the event had a secret, which is masked in the recording"}
    try:
        find_function(console, entry.function)
        identity = {key: text for key, text in (("openid", entry.openid), ("unionid", entry.unionid)) if text}
        done = invoke(console, entry.function, entry.event, at=None, **identity)
    except ConsoleError as error:
        return {**outcome, "problem": error.message}
    problem = done["error"]["errMsg"] if done["error"] else ""
    return {**outcome, "id": done["id"], "kind": done["kind"], "problem": problem}


def _remove(console: Console, request: Request) -> None:
    name = request.params["name"]
    if name == _current(console):
        raise ConsoleError(409, "RECORDING", "this recording is being made: stop it first")
    recordings.remove(_path(console, name))
    console.events.publish("recordings", {"current": _current(console)})


ROUTES = (
    Route("GET", "/recordings", _list, "All recordings.", "所有录制。", result=RecordingList, functions=True),
    Route(
        "POST",
        "/recordings",
        _start,
        "Start a recording of every invocation; secrets are masked.",
        "开始录制每次调用，密钥会被掩码。",
        changes=True,
        body=Name,
        result=RecordingList,
        functions=True,
    ),
    Route(
        "POST",
        "/recordings/stop",
        _stop,
        "Stop the recording.",
        "停止录制。",
        changes=True,
        result=RecordingList,
        functions=True,
    ),
    Route("GET", "/recordings/{name}", _show, "What was recorded.", "录制的内容。", result=Contents, functions=True),
    Route(
        "GET",
        "/recordings/{name}/file",
        _file,
        "The recording as a file.",
        "下载录制文件。",
        result=FileResponse,
        functions=True,
    ),
    Route(
        "POST",
        "/recordings/{name}/replay",
        _replay,
        "Invoke everything again, one after another.",
        "依次重新调用。",
        changes=True,
        result=list[Outcome],
        functions=True,
    ),
    Route(
        "DELETE",
        "/recordings/{name}",
        _remove,
        "Remove a recording.",
        "删除录制。",
        changes=True,
        result=None,
        functions=True,
    ),
)
