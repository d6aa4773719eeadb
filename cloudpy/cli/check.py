"""``cloudpy check``: lint functions before deploying."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ..i18n import punctuated, translated
from ..runtime import LoadError
from ..runtime.loader import DEFAULT, split
from .completion import complete_functions
from .console import FAILED, echo, echo_parts

if TYPE_CHECKING:
    from ..check import Finding, Report

STYLES: dict[str, dict[str, Any]] = {  # the worst severity first
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "hint": {"fg": "cyan"},
}
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@click.command(
    epilog="""\
\b
Examples:
  cloudpy check cloudfunctions
  cloudpy check functions/steps --fix
  cloudpy check functions/* --json

\b
Exit codes: 0 no errors, 1 errors, 2 usage error, 130 interrupted with Ctrl-C.
"""
)
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, shell_complete=complete_functions)
@click.option(
    "--python",
    type=click.Choice(PYTHONS),
    default=PYTHONS[0],
    show_default=True,
    help="Python version in the cloud.",
)
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="Entry point.")
@click.option("--fix", "fixing", is_flag=True, help="Add missing permissions to config.json.")
@click.option("--json", "as_json", is_flag=True, help="Print the results as one JSON object.")
def check(folders: tuple[str, ...], python: str, handler: str, fixing: bool, as_json: bool) -> None:
    """Lint the cloud functions in DIR... before deploying, without running them.

    A DIR is a function's folder, or a folder of functions. Checks permissions, API names, literal parameters, the
    handler, missing awaits, imports, the Python version, secrets, triggers, requirements and size.
    """
    from ..check import check as check_folder
    from ..check import fix, functions_in

    major, _, minor = python.partition(".")
    version = (int(major), int(minor))
    try:
        split(handler)
        names = list(dict.fromkeys(name for folder in folders for name in functions_in(folder)))
        reports = [check_folder(name, python=version, handler_name=handler) for name in names]
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    added: dict[str, list[str]] = {}
    if fixing:
        for index, report in enumerate(reports):
            try:
                added[report.folder] = fix(report)
            except ValueError:  # an invalid config.json is among the findings
                continue
            except OSError as error:
                path = os.path.join(report.folder, "config.json")
                raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from None
            if added[report.folder]:
                reports[index] = check_folder(report.folder, python=version, handler_name=handler)
    reports = list(_shared_once(reports))
    if as_json:
        echo(json.dumps(_plain(reports, added), ensure_ascii=False, indent=2))
    else:
        _print(reports, added)
    for note in dict.fromkeys(note for report in reports for note in report.notes):
        echo(f"{translated('note')}: {translated(note)}", err=True, fg="yellow")
    sys.exit(FAILED if any(report.count("error") for report in reports) else 0)


def _shared_once(reports: list[Report]) -> Iterator[Report]:
    """Yield the reports; a finding in a file that functions share is in the first one alone."""
    from ..check.shared import PREFIX

    seen: set[tuple[str, Finding]] = set()
    for report in reports:
        kept = []
        for finding in report.findings:
            around = os.path.dirname(os.path.abspath(report.folder)) if finding.file.startswith(PREFIX) else ""
            if not around or (around, finding) not in seen:
                kept.append(finding)
            seen.add((around, finding))
        yield replace(report, findings=tuple(kept))


def _print(reports: list[Report], added: dict[str, list[str]]) -> None:
    for report in reports:
        for finding in report.findings:
            where = os.path.normpath(os.path.join(report.folder, finding.file))
            line = f":{finding.line}" if finding.line else ""
            kind = (f"{translated(finding.severity)}[{finding.code}]", STYLES[finding.severity])
            echo_parts((f"{where}{line}", {"bold": True}), (": ", {}), kind, (f": {translated(finding.text)}", {}))
    for report in reports:
        if added.get(report.folder):
            config, apis = os.path.join(report.folder, "config.json"), ", ".join(added[report.folder])
            echo(translated(f"{config}: added {apis}"))
        places: dict[str, list[str]] = {}
        for call in report.calls:
            places.setdefault(call.api, []).append(f"{call.file}:{call.line}")
        listed = "; ".join(f"{api} ({', '.join(where)})" for api, where in sorted(places.items()))
        folder = report.folder
        echo(translated(f"{folder}: calls {listed}" if listed else f"{folder}: calls no API"))
    counts = ", ".join(
        _counted(sum(report.count(severity) for report in reports), severity)
        for severity in ("error", "warning", "hint")
    )
    found = next((each for each in STYLES if any(report.count(each) for report in reports)), None)
    echo(punctuated(f"{_counted(len(reports), 'function')}: {counts}"), **(STYLES[found] if found else {"fg": "green"}))


def _counted(number: int, noun: str) -> str:
    return translated(f"{number} {noun}{'' if number == 1 else 's'}")


def _plain(reports: list[Report], added: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "functions": [
            {
                "folder": report.folder,
                "calls": [
                    {
                        "api": call.api,
                        "file": call.file,
                        "line": call.line,
                        "client": call.client,
                        "face": call.client,  # deprecated: the old name of "client"
                    }
                    for call in report.calls
                ],
                "findings": [
                    {
                        "file": finding.file,
                        "line": finding.line,
                        "severity": finding.severity,
                        "code": finding.code,
                        "text": finding.text,
                    }
                    for finding in report.findings
                ],
                "added": added.get(report.folder, []),
            }
            for report in reports
        ],
        **{
            f"{severity}s": sum(report.count(severity) for report in reports)
            for severity in ("error", "warning", "hint")
        },
    }
