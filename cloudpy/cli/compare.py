"""``cloudpy compare``: run two functions, or those of two projects, over the same events and report differences."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from ..runtime.loader import DEFAULT
from .compare_events import Events, propose
from .compare_options import Options, print_lines
from .compare_pair import pair
from .console import FAILED, UnusableError, echo, exit_interrupted, exit_on_signals
from .progress import Progress

if TYPE_CHECKING:
    from ..compare.comparison import Comparison
    from ..compare.function import Function
    from ..compare.report import Report

_CODE = (".py", ".js", ".cjs", ".mjs", ".json")  # files whose changes matter to --watch


@click.command(
    epilog="""\
\b
Examples:
  cloudpy compare node/steps python/steps --suggest
  cloudpy compare node/steps python/steps
  cloudpy compare node python --suggest
  cloudpy compare node/steps python/steps --events events/ --ignore '$.requestId'
  cloudpy compare node/steps python/steps --events events.yaml --fuzz 500 --seed 1 --save failing/

\b
Exit codes: 0 equal, 1 different, 2 usage error, 130 interrupted with Ctrl-C, after
the report on what had been compared.
"""
)
@click.argument("left", metavar="NODE_DIR")
@click.argument("right", metavar="[PY_DIR]", required=False)
@click.option(
    "--events",
    "events_path",
    metavar="FILE|DIR",
    help="YAML, JSON or JSON lines; see docs/en/comparing.md.  [default: events.yaml in a DIR]",
)
@click.option("--suggest", is_flag=True, help="Propose events from the code of NODE_DIR, and write them to --events.")
@click.option(
    "--count", type=click.IntRange(1), default=40, show_default=True, metavar="N", help="Events of --suggest, at most."
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
def compare(left: str, right: str | None, **options: Any) -> None:
    """Run a Node function and its Python port over the same events and report differences.

    Each function has its own process and its own local WeChat, which is reset for every event. Results, errors, cloud
    calls with their files, and side effects are compared. Two Node or two Python functions can be compared as well. If
    a DIR contains both, write node:DIR or python:DIR. If both are folders of functions, those with the same name are
    compared.

    --suggest proposes events from the code: one for each way through it, with documents for its queries, missing keys
    and wrong values. Without PY_DIR they are only written.
    """
    from ..compare import project
    from ..compare.function import UnusableError as Unusable
    from ..compare.rules import PathError
    from ..errors import ConfigError
    from ..local import LocalDataError

    exit_on_signals()
    chosen = Options(**options)
    if chosen.watch and find_spec("watchfiles") is None:
        raise click.UsageError("--watch needs watchfiles: pip install watchfiles rich")
    if right is None and not chosen.suggest:
        raise click.UsageError("PY_DIR is missing; without it only --suggest has something to do")
    try:
        if right is None:
            propose(left, chosen.events_path, chosen.count, chosen.handler)
            return
        if project.is_project(left, chosen.handler) and project.is_project(right, chosen.handler):
            from .compare_project import compare_project

            sys.exit(compare_project(left, right, chosen))
        report = _compare_two(left, right, chosen)
    except (LocalDataError, Unusable, PathError) as error:
        raise UnusableError(str(error)) from None
    except ConfigError as error:
        raise UnusableError(error.errMsg) from None
    except OSError as error:
        raise UnusableError(f"cannot start the local WeChat: {error.strerror or error}") from None
    sys.exit(0 if report.equal else FAILED)


def _compare_two(left: str, right: str, options: Options) -> Report:
    from ..compare import comparator
    from ..compare.function import UnusableError as Unusable

    two = pair(left, right, Events(options), options)
    result: Report | None = None
    try:
        with two.comparator(options) as running:
            while True:
                both = (two.first, two.second)
                saved = {each: _files(each) for each in both} if options.watch else {}
                result = two.report()
                try:
                    with Progress() as progress:
                        count = partial(_count, progress, result, len(two.scenarios) + options.fuzz)
                        comparator.compare_functions(
                            running, result, two.scenarios, fuzz=options.fuzz, seed=options.seed, on_progress=count
                        )
                except Unusable as error:
                    if not options.watch:
                        raise
                    echo(str(error), err=True)
                else:
                    _write(result, options)
                    if not options.watch:
                        return result
                    running.reload(two.scenarios[0])  # while the user edits
                for changed in _wait_for_change(saved):
                    running.discard(changed)
    except KeyboardInterrupt:
        if result is not None and result.events:
            _write(result, options)
        exit_interrupted()


def _write(report: Report, options: Options) -> None:
    """Print the report and write the files of the options."""
    from ..compare import files
    from ..compare.report import as_json, as_text

    try:
        for path, text in ((options.junit, files.as_junit), (options.page, files.as_page)):
            if path:
                with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text(report))
        if options.save:
            files.save_failing(report, options.save)
    except OSError as error:
        raise UnusableError(f"{error.filename} cannot be written: {error.strerror}") from None
    if options.as_json:
        echo(json.dumps(as_json(report)))
    else:
        print_lines(as_text(report))


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


def _count(progress: Progress, report: Report, total: int, _: Comparison) -> None:
    progress.count(len(report.events) + report.fuzzed, total)
