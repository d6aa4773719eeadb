"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from .draft import Unreadable
from .report import causes

_HEAD = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cloudpy migrate</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
td.n, th.n { text-align: right; }
code { background: #f4f4f4; padding: 0 .2em; }
</style>
"""


def report_page(reports: Sequence[dict[str, Any]], unreadable: Sequence[Unreadable] = ()) -> str:
    """Return the whole page; everything that comes from the source is escaped."""
    head = (
        "<tr><th>function<th>imports<th class=n>to do<th class=n>percent<th class=n>translated<th class=n>marked"
        "<th class=n>risks"
    )
    rows = [
        f"<tr><td><a href='#f{number}'>{_text(each['name'])}</a><td>{'yes' if each['imports'] else 'no'}"
        f"<td class=n>{len(each['marks'])}<td class=n>{each['percent']}"
        f"<td class=n>{each['lines']['translated']}<td class=n>{each['lines']['marked']}"
        f"<td class=n>{len(each['risks'])}"
        for number, each in enumerate(reports)
    ]
    parts = [_HEAD, "<h1>cloudpy migrate</h1>", "<table>", head, *rows, "</table>"]
    failed = [(f"{one.name}/{one.file}:{one.line}", one.why) for one in unreadable]
    parts += _table("Not read, and left out", ("place", "why"), failed)
    useful = [
        (one["cause"], str(len(one["places"])), ", ".join(one["functions"]), ", ".join(one["finishes"]))
        for one in causes(reports)
    ]
    parts += _table("What to do, the most useful first", ("why", "places", "in", "finishes"), useful)
    for number, each in enumerate(reports):
        parts += _section(number, each)
    return "\n".join(parts) + "\n</html>\n"


def _section(number: int, each: dict[str, Any]) -> list[str]:
    parts = [f"<h2 id='f{number}'>{_text(each['name'])}: {each['percent']} %</h2>", f"<p>{_text(each['out'])}</p>"]
    for one in causes([each]):
        parts += _table(f"To do: {one['cause']}", ("place", "why"), [(_place(at), at["why"]) for at in one["places"]])
    parts += _table("Look at", ("place", "why"), [(_place(risk), risk["why"]) for risk in each["risks"]])
    calls = [(call["name"], _place(call), call["state"]) for call in each["calls"]]
    parts += _table("SDK calls", ("call", "place", "state"), calls)
    more = [(word, ", ".join(each["permissions"][word])) for word in ("missing", "unused") if each["permissions"][word]]
    more += [
        (f"npm, {word}", ", ".join(each["packages"][word])) for word in ("known", "unknown") if each["packages"][word]
    ]
    parts += _table("Permissions and packages", ("what", "names"), more)
    return parts + _table("config.json", ("finding",), [(each["config"],)] if each["config"] else [])


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    body = ["<tr>" + "".join(f"<td>{_text(cell)}" for cell in row) for row in rows]
    return [
        f"<h3>{_text(title)}</h3>",
        "<table>",
        "<tr>" + "".join(f"<th>{_text(head)}" for head in heads),
        *body,
        "</table>",
    ]


def _place(what: dict[str, Any]) -> str:
    return f"{what['file']}:{what['line']}"


def _text(value: object) -> str:
    return escape(str(value))
