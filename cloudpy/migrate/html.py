"""The report as one HTML page that needs nothing beside it, in the user's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..i18n import current, translated
from ..pages import render
from .draft import Unreadable
from .report import causes, totals
from .report_text import place, state_text, summary_lines

Cell = tuple[str, str]  # text, address
Table = tuple[str, Sequence[str], Sequence[Sequence[Cell]]]  # title, heads, rows


def report_page(reports: Sequence[dict[str, Any]], unreadable: Sequence[Unreadable] = ()) -> str:
    """Return the whole page; all text from the source is escaped. Places are links that VS Code opens."""
    failed = [_row(f"{one.name}/{one.file}:{one.line}", translated(one.why)) for one in unreadable]
    steps = [
        (
            (f"{number}. {translated(one['cause'])}", ""),
            (str(len(one["places"])), ""),
            (", ".join(one["functions"]), ""),
            (", ".join(one["finishes"]), ""),
            (str(one["done"]), ""),
            _link(one["places"][0]),
        )
        for number, one in enumerate(causes(reports), 1)
    ]
    tables: list[Table] = [
        (translated("skipped: cannot be read"), (translated("place"), translated("why")), failed),
        (
            translated("to do, in the order that finishes functions soonest"),
            (
                translated("why"),
                translated("places"),
                translated("in"),
                translated("finishes"),
                translated("then run"),
                translated("first place"),
            ),
            steps,
        ),
    ]
    functions = [
        {
            "name": each["name"],
            "state": state_text(each),
            "class": each["state"].replace(" ", "-"),
            "out": each["out"],
            "numbers": [
                f"{each['percent']}%",
                len(each["marks"]),
                each["filled"],
                each["lines"]["runs"],
                len(each["risks"]),
            ],
            "tables": list(_tables(each)),
        }
        for each in reports
    ]
    return render(
        "migrate.html",
        title="cloudpy migrate",
        lang="zh-CN" if current() == "zh" else "en",
        summary=summary_lines(totals(reports)),
        heads=[
            translated("function"),
            translated("state"),
            translated("can run"),
            translated("to do"),
            translated("by hand"),
            translated("lines"),
            translated("look at"),
        ],
        tables=tables,
        functions=functions,
    )


def _tables(each: dict[str, Any]) -> Iterator[Table]:
    where, why = translated("place"), translated("why")
    for one in causes([each]):
        cause = translated(one["cause"])
        rows = [(_link(at), (f"{at['file']}:{at['line']}", ""), (translated(at["why"]), "")) for at in one["places"]]
        yield translated(f"to do: {cause}"), (where, translated("in Node"), why), rows
    risks = [_row(f"{risk['file']}:{risk['line']}", translated(risk["why"])) for risk in each["risks"]]
    yield translated("look at"), (where, why), risks
    calls = [_row(call["name"], f"{call['file']}:{call['line']}", translated(call["state"])) for call in each["calls"]]
    yield translated("SDK calls"), (translated("call"), where, translated("state")), calls
    more = [
        (translated("permissions that are missing"), each["permissions"]["missing"]),
        (translated("permissions that are not used"), each["permissions"]["unused"]),
        (translated("npm packages with a counterpart"), each["packages"]["known"]),
        (translated("npm packages without a known counterpart"), each["packages"]["unknown"]),
    ]
    named = [_row(what, ", ".join(names)) for what, names in more if names]
    yield translated("permissions and packages"), (translated("what"), translated("names")), named
    yield "config.json", (why,), [_row(translated(each["config"]))] if each["config"] else []


def _row(*cells: str) -> Sequence[Cell]:
    return [(cell, "") for cell in cells]


def _link(at: dict[str, Any]) -> Cell:
    return place(at), f"vscode://file/{Path(at['draft']).resolve().as_posix().lstrip('/')}:{at['draft_line']}"
