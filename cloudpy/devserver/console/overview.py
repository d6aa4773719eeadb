"""The overview: functions and their state, problems, and how many requests there were."""

from __future__ import annotations

from typing import Any, TypedDict

from .console import Console
from .route import Request, Route


class Status(TypedDict):
    """What the frame of every page shows."""

    version: str
    env: str
    gateway: str
    functions: bool
    projects: list[str]
    problems: list[str]


def _status(console: Console, _: Request) -> dict[str, Any]:
    from ..._version import VERSION

    cloud = console.cloud
    return {
        "version": VERSION,
        "env": console.backend.env,
        "gateway": console.gateway,
        "functions": cloud is not None,
        "projects": list(cloud.options.projects) if cloud else [],
        "problems": list(cloud.problems) if cloud else [],
    }


class Access(TypedDict):
    """Whether this page may change something."""

    changes: bool


def _access(_: Console, request: Request) -> dict[str, Any]:
    return {"changes": request.trusted}


class FunctionState(TypedDict):
    """A function in the overview."""

    name: str
    state: str


class Overview(TypedDict):
    """All functions."""

    functions: list[FunctionState]


def _overview(console: Console, _: Request) -> dict[str, Any]:
    functions = console.cloud.functions.values() if console.cloud else ()
    states = [{"name": one.name, "state": "broken" if one.error else one.pool.state} for one in functions]
    return {"functions": states}


ROUTES = (
    Route("GET", "/status", _status, "Version, environment and problems.", "版本、环境和问题。", result=Status),
    Route("GET", "/access", _access, "Whether the token is valid.", "token 是否有效。", result=Access),
    Route("GET", "/overview", _overview, "All functions and their state.", "所有云函数及其状态。", result=Overview),
)
