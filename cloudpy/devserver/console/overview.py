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


def _check_token(_: Console, __: Request) -> dict[str, Any]:
    return {}


ROUTES = (
    Route("GET", "/status", _status, "Version, environment and problems.", "版本、环境和问题。", result=Status),
    Route(
        "POST", "/token", _check_token, "Check the token.", "检查 token 是否有效。", changes=True, result=dict[str, Any]
    ),
)
