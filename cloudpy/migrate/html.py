"""The report as one HTML page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..pages import render
from .draft import Unreadable
from .report import causes

Table = tuple[str, Sequence[str], Sequence[Sequence[str]]]  # title, heads, rows


def report_page(reports: Sequence[dict[str, Any]], unreadable: Sequence[Unreadable] = ()) -> str:
    """Return the whole page; all text from the source is escaped."""
    failed = [(f"{one.name}/{one.file}:{one.line}", one.why) for one in unreadable]
    useful = [
        (one["cause"], str(len(one["places"])), ", ".join(one["functions"]), ", ".join(one["finishes"]))
        for one in causes(reports)
    ]
    tables: list[Table] = [
        ("Skipped: cannot be read", ("place", "why"), failed),
        ("What to do, the most useful first", ("why", "places", "in", "finishes"), useful),
    ]
    functions = [
        {
            "name": each["name"],
            "imports": each["imports"],
            "percent": each["percent"],
            "out": each["out"],
            "numbers": [
                len(each["marks"]),
                each["percent"],
                each["lines"]["translated"],
                each["lines"]["marked"],
                len(each["risks"]),
            ],
            "tables": list(_tables(each)),
        }
        for each in reports
    ]
    return render("migrate.html", title="cloudpy migrate", tables=tables, functions=functions)


def _tables(each: dict[str, Any]) -> Iterator[Table]:
    for one in causes([each]):
        yield f"To do: {one['cause']}", ("place", "why"), [(_place(at), at["why"]) for at in one["places"]]
    yield "Look at", ("place", "why"), [(_place(risk), risk["why"]) for risk in each["risks"]]
    calls = [(call["name"], _place(call), call["state"]) for call in each["calls"]]
    yield "SDK calls", ("call", "place", "state"), calls
    more = [(word, ", ".join(each["permissions"][word])) for word in ("missing", "unused") if each["permissions"][word]]
    more += [
        (f"npm, {word}", ", ".join(each["packages"][word])) for word in ("known", "unknown") if each["packages"][word]
    ]
    yield "Permissions and packages", ("what", "names"), more
    yield "config.json", ("finding",), [(each["config"],)] if each["config"] else []


def _place(what: dict[str, Any]) -> str:
    return f"{what['file']}:{what['line']}"
