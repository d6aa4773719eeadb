"""The options of ``cloudpy compare``, and how its reports are printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .console import echo

_STYLES: dict[str, dict[str, Any]] = {
    "note": {"fg": "yellow"},
    "head": {"fg": "red", "bold": True},
    "place": {"fg": "cyan"},
    "value": {},
    "sum": {"bold": True},
}


@dataclass(frozen=True)
class Options:
    """The options of the command, by their names."""

    events_path: str | None
    suggest: bool
    count: int
    openid: str | None
    unionid: str | None
    function: str | None
    ignore: tuple[str, ...]
    rules_path: str | None
    local_yaml: str | None
    modules: str | None
    handler: str
    timeout: float
    cold: bool
    fuzz: int
    seed: int
    save: str | None
    watch: bool
    as_json: bool
    junit: str | None
    page: str | None


def print_lines(lines: Sequence[tuple[str, str]]) -> None:
    """Print lines of a report, each in the style of its kind."""
    for kind, text in lines:
        echo(text, **_STYLES[kind])
