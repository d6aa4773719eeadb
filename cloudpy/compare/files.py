"""The report as files: JUnit XML, an HTML page, and the variations that differ."""

from __future__ import annotations

import html
import json
import os
import re

from ..i18n import translated
from ..pages import render
from ..runtime.printable import printable
from .comparison import Comparison
from .report import Report, difference_text, shown_values, summary

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 has no form for


def as_junit(report: Report) -> str:
    """Return the report as JUnit XML: a case for each event, and one for each way in which variations differ."""
    names = report.labels()
    comparisons = [*report.events, *report.failing]
    failures = len(report.different)
    seconds = sum(_seconds(one) for one in comparisons)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="cloudpy compare" tests="{len(comparisons)}" failures="{failures}" errors="0"'
        f' time="{seconds:.3f}">',
    ]
    for one in comparisons:
        head = f'  <testcase classname="{_xml(report.right.title)}" name="{_xml(one.scenario.name)}"'
        head += f' time="{_seconds(one):.3f}"'
        if one.equal:
            lines.append(f"{head}/>")
            continue
        first = one.differences[0].place
        lines += [
            f"{head}>",
            f'    <failure message="{_xml(first)} differs">{_xml(difference_text(one, names))}</failure>',
            "  </testcase>",
        ]
    return "\n".join([*lines, "</testsuite>", ""])


def as_page(report: Report) -> str:
    """Return the report as one page of HTML that needs nothing beside it."""
    return render(
        "compare.html",
        title=f"{report.left.title} and {report.right.title}",
        equal=report.equal,
        summary=summary(report),
        notes=[printable(note) for note in report.notes],
        labels=report.labels(),
        comparisons=[
            {
                "name": one.scenario.name,
                "event": json.dumps(dict(one.scenario.raw)) if one in report.failing else "",
                "differences": [
                    (printable(difference.place), translated(difference.note), *shown_values(difference))
                    for difference in one.differences
                ],
            }
            for one in report.different
        ],
    )


def save_failing(report: Report, folder: str) -> list[str]:
    """Write each failing variation to a file, which ``--events`` can read; return the paths.

    Raises:
        OSError: a file cannot be written.
    """
    os.makedirs(folder, exist_ok=True)
    paths = []
    for one in report.failing:
        path = os.path.join(folder, f"{one.scenario.name}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"name": one.scenario.name, **one.scenario.raw}, file, indent=2)  # ASCII keeps lone surrogates
            file.write("\n")
        paths.append(path)
    return paths


def _seconds(one: Comparison) -> float:
    return max(one.left.outcome.seconds, one.right.outcome.seconds)


def _xml(text: str) -> str:
    return html.escape(_NO_XML.sub("\ufffd", text))
