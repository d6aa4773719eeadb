"""An invocation again: as it was, as a command for the shell, as an event of ``cloudpy compare``."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from .._client.redact import HIDDEN


def is_masked(value: Any) -> bool:
    """Whether something in an event was masked, so that it is not the event that was sent."""
    if isinstance(value, dict):
        return any(map(is_masked, value.values()))
    if isinstance(value, list):
        return any(map(is_masked, value))
    return isinstance(value, str) and HIDDEN in value


def identity(row: Mapping[str, Any]) -> dict[str, str]:
    """Return openid, unionid and appid of an invocation, as far as it has them."""
    return {name: row[name] for name in ("openid", "unionid", "appid") if row[name]}


def curl(row: Mapping[str, Any], address: str) -> str:
    """Return the command that invokes a function like this.

    Args:
        row: the invocation, as in the history.
        address: of ``cloudpy dev``, without a path.
    """
    from urllib.parse import quote

    parts = ["curl"]
    for name, value in identity(row).items():
        parts += ["-H", f"x-wx-{name}: {value}"]
    event = json.dumps(json.loads(row["event"]), ensure_ascii=False)
    parts += ["-H", "Content-Type: application/json", "--data-binary", event]
    return " ".join(shlex.quote(part) for part in (*parts, f"{address}/{quote(row['function'])}"))


def compare_event(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the invocation as an event that ``cloudpy compare`` reads."""
    is_timer = row["trigger"] == "timer"
    value: dict[str, Any] = {
        "name": f"{row['function']} {row['id'][:8]}",
        "function": row["function"],
        "event": json.loads(row["event"]),
        "clock": int(row["started"]),
    }
    return {**value, "timer": True} if is_timer else {**value, **identity(row)}
