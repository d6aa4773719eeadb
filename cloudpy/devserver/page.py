"""The page of the local cloud: its functions, their last invocations, problems. It loads nothing from other hosts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..pages import render
from .invocation import Invocation

if TYPE_CHECKING:
    from .cloud import LocalCloud
    from .registry import Function

MAX_INVOCATIONS = 10  # shown for each function


def policy(nonce: str) -> str:
    """Return the page's Content-Security-Policy: its own script and style, its own server, no frame around it."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(cloud: LocalCloud, nonce: str) -> str:
    """Return the page as HTML; `nonce` is that of its policy."""
    return render(
        "dev.html",
        title="cloudpy dev",
        nonce=nonce,
        env=cloud.backend.env,
        gateway=cloud.gateway,
        problems=cloud.problems,
        functions=[_function(cloud, function) for function in cloud.functions.values()],
        projects=", ".join(cloud.options.projects),
    )


def _function(cloud: LocalCloud, function: Function) -> dict[str, Any]:
    error = function.error
    return {
        "name": function.name,
        "error": error,
        "state": "broken" if error else function.pool.state,
        "folder": function.folder.path,
        "limit": f"{function.limit:g}",
        "timers": list(function.config.timers),
        "caller": cloud.user(function.name).openid,
        "invocations": [_invocation(one) for one in cloud.history.of(function.name)[:MAX_INVOCATIONS]],
    }


def _invocation(one: Invocation) -> dict[str, Any]:
    running = not one.kind
    stack = one.problem().get("stack") if one.failed and not running else None
    return {
        "time": time.strftime("%H:%M:%S", time.localtime(one.started)),
        "caller": one.openid or one.trigger,
        "duration": "" if running else f"{one.ms:.0f} ms",
        "failed": one.failed and not running,
        "outcome": "running" if running else one.short(),
        "calls": [] if running else [f"{call.api} {call.outcome} {call.ms:.0f} ms" for call in one.calls],
        "stack": None if stack is None else str(stack),
    }
