"""The report as files: JUnit's XML for CI, and a page to look at."""

from __future__ import annotations

import html
import json
import re

from ..runtime.printable import printable
from .judge import Comparison
from .report import Report, both, explained, summary

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no form for
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-bottom: 1px solid #8885; }
td { font-family: ui-monospace, monospace; font-size: 13px; overflow-wrap: anywhere; white-space: pre-wrap; }
.note { color: #a60; } .equal { color: #283; } .differs { color: #c33; }
"""


def as_junit(report: Report) -> str:
    """The report in JUnit's XML: a case for each event, and one for each way in which those that were made differ."""
    names = report.labels()
    comparisons = [*report.events, *report.failing]
    failures = len(report.shown)
    seconds = sum(_seconds(one) for one in comparisons)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="cloudpy compare" tests="{len(comparisons)}" failures="{failures}" errors="0"'
        f' time="{seconds:.3f}">',
    ]
    for one in comparisons:
        head = f'  <testcase classname="{_xml(report.right.title)}" name="{_xml(one.case.name)}"'
        head += f' time="{_seconds(one):.3f}"'
        if one.equal:
            lines.append(f"{head}/>")
            continue
        first = one.differences[0].place
        lines += [
            f"{head}>",
            f'    <failure message="{_xml(first)} differs">{_xml(explained(one, names))}</failure>',
            "  </testcase>",
        ]
    return "\n".join([*lines, "</testsuite>", ""])


def as_page(report: Report) -> str:
    """The report as one page of HTML that needs nothing beside it."""
    left, right = map(html.escape, report.labels())
    title = f"{html.escape(report.left.title)} and {html.escape(report.right.title)}"
    verdict = "equal" if report.equal else "differs"
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>',
        f"<h1>{title}</h1>",
        f'<p class="{verdict}">{html.escape(summary(report))}</p>',
        *(f'<p class="note">{html.escape(printable(note))}</p>' for note in report.notes),
    ]
    for one in report.shown:
        parts.append(f"<h2>{html.escape(one.case.name)}</h2>")
        if one in report.failing:
            parts.append(f"<pre>{html.escape(json.dumps(dict(one.case.raw)))}</pre>")
        parts.append(f"<table><tr><th>where<th>{left}<th>{right}</tr>")
        for difference in one.differences:
            note = f'\n<span class="note">{html.escape(difference.note)}</span>' if difference.note else ""
            first, second = map(html.escape, both(difference))
            parts.append(f"<tr><td>{html.escape(printable(difference.place))}{note}<td>{first}<td>{second}</tr>")
        parts.append("</table>")
    return "\n".join([*parts, "</html>", ""])


def _seconds(one: Comparison) -> float:
    return max(one.left.outcome.seconds, one.right.outcome.seconds)


def _xml(text: str) -> str:
    return html.escape(_NO_XML.sub("\ufffd", text))
