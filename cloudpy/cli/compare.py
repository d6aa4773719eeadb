"""``cloudpy compare``: run two functions over the same events and report differences."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from ..runner.discovery import project_file
from ..runner.process import base_environment
from ..runtime.loader import DEFAULT
from .console import FAILED, UnusableError, echo, exit_interrupted, exit_on_signals
from .progress import Progress

if TYPE_CHECKING:
    from ..compare.comparison import Comparison
    from ..compare.function import Function
    from ..compare.report import Report
    from ..compare.rules import Rules
    from ..compare.scenario import Scenario

_CODE = (".py", ".js", ".cjs", ".mjs", ".json")  # files whose changes matter to --watch
_STYLES: dict[str, dict[str, Any]] = {
    "note": {"fg": "yellow"},
    "head": {"fg": "red", "bold": True},
    "place": {"fg": "cyan"},
    "value": {},
    "sum": {"bold": True},
}


@click.command(
    epilog="""\
\b
Examples:
  cloudpy compare node/steps python/steps --events events.yaml
  cloudpy compare node/steps python/steps --events events/ --ignore '$.requestId'
  cloudpy compare node/steps python/steps --events events.yaml --fuzz 500 --seed 1 --save failing/

\b
Exit codes: 0 equal, 1 different, 2 usage error, 130 interrupted with Ctrl-C, after
the report on what had been compared.
"""
)
@click.argument("left", metavar="NODE_DIR")
@click.argument("right", metavar="PY_DIR")
@click.option(
    "--events",
    "events_path",
    required=True,
    metavar="FILE|DIR",
    help="YAML, JSON or JSON lines; see docs/en/comparing.md.",
)
@click.option("--openid", metavar="ID", help="Default caller of events.")
@click.option("--unionid", metavar="ID", help="Default unionid of the caller.")
@click.option("--function", metavar="NAME", help="Use only the events of this function in a recording.")
@click.option(
    "--ignore", multiple=True, metavar="PATH", help="Do not compare this path, such as '$.list[*].time'. Repeatable."
)
@click.option(
    "--rules",
    "rules_path",
    metavar="FILE",
    help="Rules file of tolerated differences.  [default: compare.yaml beside the events or in a DIR]",
)
@click.option(
    "--local",
    "local_yaml",
    metavar="FILE",
    help="Data of the local WeChat.  [default: local.yaml in a DIR, and that of the project]",
)
@click.option("--node-modules", "modules", metavar="DIR", help="More npm packages for the Node function.")
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="Entry point of both.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit of an event.",
)
@click.option("--cold", is_flag=True, help="Start new processes for every event.")
@click.option("--fuzz", type=click.IntRange(0), default=0, metavar="N", help="Also run N variations of the events.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of --fuzz and of random numbers."
)
@click.option("--save", metavar="DIR", help="Write variations that differ to this folder, one per file.")
@click.option("--watch", is_flag=True, help="Run again when a file of a function is saved.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--junit", metavar="FILE", help="Write a JUnit XML report.")
@click.option("--html", "page", metavar="FILE", help="Write an HTML report.")
def compare(
    left: str,
    right: str,
    events_path: str,
    openid: str | None,
    unionid: str | None,
    function: str | None,
    ignore: tuple[str, ...],
    rules_path: str | None,
    local_yaml: str | None,
    modules: str | None,
    handler: str,
    timeout: float,
    cold: bool,
    fuzz: int,
    seed: int,
    save: str | None,
    watch: bool,
    as_json: bool,
    junit: str | None,
    page: str | None,
) -> None:
    """Run a Node function and its Python port over the same events and report differences.

    Each function has its own process and its own local WeChat, which is reset for every event. Results, errors, cloud
    calls with their files, and side effects are compared. Two Node or two Python functions can be compared as well. If
    a DIR contains both, write node:DIR or python:DIR.
    """
    from ..compare import function as functions
    from ..compare import report
    from ..compare.rules import PathError
    from ..errors import ConfigError
    from ..local import LocalDataError
    from ..local.data import read_both

    exit_on_signals()
    result: Report | None = None
    if watch and find_spec("watchfiles") is None:
        raise click.UsageError("--watch needs watchfiles: pip install watchfiles rich")
    try:
        both = [
            functions.find_function(folder, handler, language)
            for folder, language in map(functions.parse_folder, (left, right))
        ]
        first, second = both
        if any(each.language == "node" for each in both):
            functions.node_program()
        scenarios = _scenarios(events_path, second, first, function, openid, unionid)
        rules = _rules(rules_path, events_path, both).ignoring(ignore)
        local, project = local_yaml, None
        if not local:
            local = second.sibling("local.yaml") or first.sibling("local.yaml")
            project = project_file(second.folder, "local.yaml")
        base = read_both(local, project, has_config=True)
        from ..compare import comparator  # here: it imports a server, which invalid files do not need

        note = comparator.permission_difference(first, second)
        with comparator.Comparator(
            first,
            second,
            rules,
            environment=base_environment(),
            base=base,
            modules=functions.node_modules(modules) if modules else None,
            timeout=timeout,
            cold=cold,
            seed=seed,
        ) as running:
            while True:
                saved = {each: _files(each) for each in both} if watch else {}
                result = report.Report(first, second, notes=[note] if note else [])
                try:
                    with Progress() as progress:
                        count = partial(_count, progress, result, len(scenarios) + fuzz)
                        comparator.compare_functions(
                            running, result, scenarios, fuzz=fuzz, seed=seed, on_progress=count
                        )
                except functions.UnusableError as error:
                    if not watch:
                        raise
                    echo(str(error), err=True)
                else:
                    _write(result, junit, page, save, as_json=as_json)
                    if not watch:
                        break
                    running.reload(scenarios[0])  # while the user edits
                for changed in _wait_for_change(saved):
                    running.discard(changed)
    except (LocalDataError, functions.UnusableError, PathError) as error:
        raise UnusableError(str(error)) from None
    except ConfigError as error:
        raise UnusableError(error.errMsg) from None
    except KeyboardInterrupt:
        if result is not None and result.events:
            _write(result, junit, page, save, as_json=as_json)
        exit_interrupted()
    except OSError as error:
        raise UnusableError(f"cannot start the local WeChat: {error.strerror or error}") from None
    sys.exit(0 if result.equal else FAILED)


def _scenarios(
    path: str, right: Function, left: Function, function: str | None, openid: str | None, unionid: str | None
) -> list[Scenario]:
    from ..compare import scenario

    scenarios = [_with_caller(each, openid, unionid) for each in scenario.read(path)]
    return scenario.select(scenarios, (right.title, left.title), function, path)


def _write(report: Report, junit: str | None, page: str | None, save: str | None, *, as_json: bool) -> None:
    """Print the report and write the files of the options."""
    from ..compare import files
    from ..compare.report import as_json as to_json

    try:
        for path, text in ((junit, files.as_junit), (page, files.as_page)):
            if path:
                with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text(report))
        if save:
            files.save_failing(report, save)
    except OSError as error:
        raise UnusableError(f"{error.filename} cannot be written: {error.strerror}") from None
    if as_json:
        echo(json.dumps(to_json(report)))
    else:
        _print(report)


def _wait_for_change(saved: Mapping[Function, object]) -> list[Function]:
    """Wait until the files of a function are not those in `saved`, and return the functions that have changed."""
    from ..devserver.reloader import wait_for_changes
    from ..runner.discovery import code_folders

    while True:
        changed = [function for function, files in saved.items() if _files(function) != files]
        if changed:
            return changed
        wait_for_changes([folder for function in saved for folder in code_folders(function.folder)])


def _files(function: Function) -> object:
    """Return what changes when a file of a function is saved."""
    from ..runner.discovery import code_folders

    entries = [entry for folder in code_folders(function.folder) for entry in os.scandir(folder)]
    statuses = ((entry.path, entry.stat()) for entry in entries if entry.name.endswith(_CODE) and entry.is_file())
    return sorted((path, status.st_mtime_ns, status.st_size) for path, status in statuses)


def _with_caller(scenario: Scenario, openid: str | None, unionid: str | None) -> Scenario:
    """Return the scenario with the caller of the command line, unless it names one."""
    if openid == "":
        raise click.UsageError("--openid must not be empty; omit it for the first user of local.yaml")
    options = {"openid": openid, "unionid": unionid}
    missing = {key: value for key, value in options.items() if value is not None and scenario.raw.get(key) is None}
    return replace(scenario, raw={**scenario.raw, **missing}) if missing and not scenario.timer else scenario


def _rules(path: str | None, events: str, both: Sequence[Function]) -> Rules:
    from ..compare import rules

    if path is None:
        folders = [events if os.path.isdir(events) else os.path.dirname(events), both[1].folder, both[0].folder]
        candidates = [os.path.join(folder, rules.NAME) for folder in folders]
        path = next((each for each in candidates if os.path.lexists(each)), None)
    return rules.read(path) if path else rules.Rules()


def _count(progress: Progress, report: Report, total: int, _: Comparison) -> None:
    progress.count(len(report.events) + report.fuzzed, total)


def _print(report: Report) -> None:
    from ..compare.report import as_text

    for kind, text in as_text(report):
        echo(text, **_STYLES[kind])
