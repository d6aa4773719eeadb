"""The state of the local WeChat: how much there is, export, import, reset."""

from __future__ import annotations

import os
import re
import shutil
from typing import Any, TypedDict

from ...local import state
from .console import Console
from .route import ConsoleError, Request, Route

FOLDER = (".cloudpy", "exports")
_NAME = re.compile(r"[\w][\w .-]{0,59}")  # Chinese as well; no separators


class Name(TypedDict):
    """The name of an export: letters, digits, spaces, _, - and dots."""

    name: str


class Counts(TypedDict):
    """How many of each there are."""

    users: int
    collections: int
    documents: int
    files: int
    responses: int
    orders: int
    media: int


class Export(TypedDict):
    """An exported state and its folder; `modified` is in seconds since 1970."""

    name: str
    path: str
    modified: float


class StateShown(TypedDict):
    """The state, and the exports of the project."""

    counts: Counts
    folder: str
    exports: list[Export]


def _folder(console: Console) -> str:
    project = console.cloud.options.projects[0] if console.cloud else os.getcwd()
    return os.path.join(project, *FOLDER)


def _path(console: Console, name: str, *, exists: bool = True) -> str:
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        problem = f"{name[:60]!r} is not a name: use up to 60 letters, digits, spaces, _, - and dots"
        raise ConsoleError(400, "INVALID_PARAM", problem)
    path = os.path.join(_folder(console), name)
    if exists and not os.path.isfile(os.path.join(path, state.MANIFEST)):
        raise ConsoleError(404, "NOT_FOUND", f"there is no export {name[:60]!r}")
    return path


def _show(console: Console, _: Request) -> dict[str, Any]:
    folder = _folder(console)
    try:
        names = sorted(name for name in os.listdir(folder) if _NAME.fullmatch(name))
    except OSError:
        names = []
    exports = []
    for name in names:
        path = os.path.join(folder, name)
        try:
            modified = os.stat(os.path.join(path, state.MANIFEST)).st_mtime
        except OSError:  # no export, or just deleted
            continue
        exports.append({"name": name, "path": path, "modified": modified})
    try:
        return {"counts": state.counts(console.backend), "folder": folder, "exports": exports}
    except Exception as error:
        raise ConsoleError(500, "SYS_ERR", f"the database cannot be read: {error}") from None


def _export(console: Console, request: Request) -> dict[str, Any]:
    path = _path(console, request.json["name"], exists=False)
    try:
        state.export(console.backend, path)
    except state.StateError as error:
        raise ConsoleError(409, "CANNOT_WRITE", str(error)) from None
    return _changed(console, request)


def _import(console: Console, request: Request) -> dict[str, Any]:
    path = _path(console, request.params["name"])
    try:
        state.apply(console.backend, state.read(path))
    except state.StateError as error:
        raise ConsoleError(409, "CANNOT_IMPORT", str(error)) from None
    return _changed(console, request)


def _remove(console: Console, request: Request) -> dict[str, Any]:
    try:
        shutil.rmtree(_path(console, request.params["name"]))
    except OSError as error:
        raise ConsoleError(500, "SYS_ERR", f"cannot be removed: {error.strerror or error}") from None
    return _changed(console, request)


def _reset(console: Console, request: Request) -> dict[str, Any]:
    try:
        state.reset(console.backend)
    except state.StateError as error:
        raise ConsoleError(409, "CANNOT_WRITE", str(error)) from None
    return _changed(console, request)


def _changed(console: Console, request: Request) -> dict[str, Any]:
    console.events.publish("exports", {})
    return _show(console, request)


ROUTES = (
    Route("GET", "/state", _show, "How much there is, and the exports.", "当前状态和已导出的状态。", result=StateShown),
    Route(
        "POST",
        "/state/exports",
        _export,
        "Export the whole state as a folder; an export of this name is replaced.",
        "把全部状态导出为文件夹，同名导出会被替换。",
        changes=True,
        body=Name,
        result=StateShown,
    ),
    Route(
        "POST",
        "/state/exports/{name}/import",
        _import,
        "Replace the whole state with an export.",
        "用导出的状态替换当前全部状态。",
        changes=True,
        result=StateShown,
    ),
    Route(
        "DELETE", "/state/exports/{name}", _remove, "Remove an export.", "删除导出。", changes=True, result=StateShown
    ),
    Route(
        "POST",
        "/state/reset",
        _reset,
        "Return to what the local.yaml files say.",
        "恢复为 local.yaml 里的内容。",
        changes=True,
        result=StateShown,
    ),
)
