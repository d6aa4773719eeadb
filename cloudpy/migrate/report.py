"""What is said of drafts: as a dict, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..checks import ConfigFile
from .draft import Draft


def told(draft: Draft, out: Path) -> dict[str, Any]:
    """One draft, written to `out`: calls, permissions, packages, lines, marks, risks, percent.

    ``permissions`` are ``missing`` (called, not in config.json) and ``unused``; ``config`` is what is wrong with the
    config.json itself, or empty.
    """
    called = {_api(call.name) for call in draft.calls if call.name.startswith("openapi.")}
    config = ConfigFile(out.resolve())
    listed = set(config.allowed)
    return {
        "name": draft.name,
        "out": str(out),
        "percent": draft.percent,
        "lines": draft.lines,
        "calls": [
            {"name": call.name, "file": call.file, "line": call.line, "state": call.state} for call in draft.calls
        ],
        "permissions": {
            "missing": sorted(called - listed),
            "unused": sorted(listed - called),
        },
        "packages": draft.packages,
        "marks": [{"file": mark.file, "line": mark.line, "lines": mark.lines, "why": mark.why} for mark in draft.marks],
        "risks": [{"file": risk.file, "line": risk.line, "why": risk.why} for risk in draft.risks],
        "notes": draft.notes,
        "config": config.error or "",
    }


def _api(name: str) -> str:
    return name.removeprefix("openapi.")


def lines(reports: Sequence[dict[str, Any]]) -> list[str]:
    """All of it for a terminal; a table first when there are several."""
    made: list[str] = []
    if len(reports) > 1:
        width = max(len(each["name"]) for each in reports)
        made.append(f"{'function':<{width}}  percent  translated  marked  marks  risks")
        for each in reports:
            count = each["lines"]
            made.append(
                f"{each['name']:<{width}}  {each['percent']:>6.1f}%  {count['translated']:>10}  {count['marked']:>6}"
                f"  {len(each['marks']):>5}  {len(each['risks']):>5}"
            )
        made.append("")
    for each in reports:
        made += _one(each)
    return made


def _one(each: dict[str, Any]) -> list[str]:
    count = each["lines"]
    made = [
        f"{each['name']}: {each['percent']}% translated ({count['translated']} lines, {count['marked']} marked,"
        f" {count['untouched']} comments and blank) -> {each['out']}"
    ]
    states: dict[str, list[str]] = {}
    for call in each["calls"]:
        states.setdefault(f"{call['name']}: {call['state']}", []).append(f"{call['file']}:{call['line']}")
    made += [f"  calls {what} ({', '.join(places)})" for what, places in states.items()]
    for word in ("missing", "unused"):
        if each["permissions"][word]:
            made.append(f"  permissions {word}: {', '.join(each['permissions'][word])}")
    if each["packages"]["unknown"]:
        made.append(f"  npm packages without a known counterpart: {', '.join(each['packages']['unknown'])}")
    made += [f"  {note}" for note in each["notes"]]
    made += [f"  {mark['file']}:{mark['line']}: to do: {mark['why']}" for mark in each["marks"]]
    made += [f"  {risk['file']}:{risk['line']}: look at: {risk['why']}" for risk in each["risks"]]
    return made + ([f"  config.json {each['config']}"] if each["config"] else [])
