"""``cloudpy migrate``: Python drafts of Node cloud functions, and a report of what is left to do."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..i18n import translated
from .console import echo, exit_interrupted, exit_on_signals
from .progress import Progress

if TYPE_CHECKING:
    from ..migrate import DraftCache, Migration, Update

_MAX_LINES = 3  # of a new draft that is not taken


@click.command(
    epilog="""\
\b
Examples:
  cloudpy migrate cloudfunctions/send --out functions/send
  cloudpy migrate cloudfunctions --out functions --html report.html
  cloudpy migrate cloudfunctions --out functions --update
  cloudpy migrate cloudfunctions --out functions --watch

\b
Exit codes: 0 all drafts written, with or without marks, 1 a function not read, 2 usage error.
"""
)
@click.argument("node_dir", metavar="NODE_DIR")
@click.option("--out", metavar="DIR", help="Folder to write to. Default: NODE_DIR_py.")
@click.option("--sync", is_flag=True, help="With cloudpy.sync: def main, no await.")
@click.option("--keep-names", is_flag=True, help="Keep camelCase names; snake_case otherwise.")
@click.option("--update", "updating", is_flag=True, help="Write over earlier drafts, and keep what was edited in them.")
@click.option("--watch", is_flag=True, help="Like --update, again whenever a Node file or a draft is saved.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@click.option("-v", "--verbose", is_flag=True, help="Show all of each function, not only what to do first.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--html", "html", metavar="FILE", help="Also write the report as a web page.")
def migrate(
    node_dir: str,
    out: str | None,
    sync: bool,
    keep_names: bool,
    updating: bool,
    watch: bool,
    force: bool,
    verbose: bool,
    as_json: bool,
    html: str | None,
) -> None:
    """Translate the Node cloud function in NODE_DIR, or each one in it, to Python, and say what is left to do.

    What is sure to do the same is translated. What is not stays in its place as a comment, with
    "# TODO(migrate): why", and raises when it is reached.
    """
    from ..migrate import DraftCache, Missing, NoFunction, Occupied, draft_language, update, write_output

    folder = Path(node_dir)
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {node_dir}")
    if force and (updating or watch):
        raise click.UsageError("--force writes over edits, --update and --watch keep them: give one of them")
    if watch and as_json:
        raise click.UsageError("--watch prints a report after each change, --json one report: give one of them")
    if watch and find_spec("watchfiles") is None:
        raise click.UsageError("--watch needs watchfiles: pip install watchfiles rich")
    target = Path(out) if out is not None else folder.resolve().with_name(f"{folder.resolve().name}_py")
    changes: Update | None = None
    try:
        language = draft_language(target) if updating or watch else ""  # comments stay in that of the first drafts
        cache, options = DraftCache(), {"sync": sync, "keep_names": keep_names}
        made = _made(folder, target, cache, language, options)
        if updating or watch:
            changes = update(made.output, complete=not made.unreadable)
        elif made.drafts:
            write_output(made.output, force=force)
        _report(made, changes, as_json=as_json, html=html, verbose=verbose)
        if watch:
            _watch(folder, target, made, cache, options, html)
    except (Missing, NoFunction, Occupied) as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        exit_interrupted()
    except OSError as error:
        raise click.ClickException(f"{error.filename or target} cannot be used: {error.strerror or error}") from None
    if made.unreadable:
        written, number = len(made.drafts), len(made.drafts) + len(made.unreadable)
        rest = f"{written} of {number} functions were written" if written else "nothing was written"
        raise click.ClickException("\n".join([*_unreadable(made), translated(rest)]))


def _made(folder: Path, target: Path, cache: DraftCache, language: str, options: dict[str, bool]) -> Migration:
    from ..migrate import make

    with Progress() as progress:
        return make(folder, target, cache=cache, language=language, on_function=progress.count, **options)


def _report(made: Migration, changes: Update | None, *, as_json: bool, html: str | None, verbose: bool) -> None:
    from ..migrate import report_lines, report_page, totals

    reports = made.reports()
    if html is not None:
        try:
            Path(html).write_text(report_page(reports, made.unreadable), "utf-8")
        except OSError as error:
            raise click.ClickException(f"{html} cannot be written: {error.strerror or error}") from None
    if as_json:
        failed = [{"name": one.name, "file": one.file, "line": one.line, "why": one.why} for one in made.unreadable]
        report: dict[str, Any] = {"totals": totals(reports), "functions": reports, "unreadable": failed}
        if changes is not None:
            report["update"] = {
                "written": changes.written,
                "merged": changes.merged,
                "removed": changes.removed,
                "kept": [{"file": one.file, "line": one.line, "why": one.why} for one in changes.conflicts],
            }
        echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    if changes is not None:
        _print_changes(changes, made.output.target)
    if reports:
        echo("\n".join(report_lines(reports, verbose=verbose)))
    steps = made.output.target / "README.md"
    if changes is None and len(reports) > 1 and steps.is_file():
        echo(translated(f"the next steps are in {steps}"))


def _print_changes(changes: Update, target: Path) -> None:
    written, merged, removed = len(changes.written), len(changes.merged), len(changes.removed)
    if written or merged or removed:
        echo(translated(f"{written} files written, {merged} merged with your edits, {removed} removed"))
    for name in changes.merged:
        path = target / name
        echo(f"  {translated(f'merged: {path}')}")
    for one in changes.conflicts:
        place = f"{target / one.file}:{one.line}" if one.line else f"{target / one.file}"
        echo(f"  {place}: {translated(one.why)}")
        for line in one.new[:_MAX_LINES] if one.line else ():
            echo(f"    + {line}")
        more = len(one.new) - _MAX_LINES
        if one.line and more > 0:
            echo(f"    {translated(f'and {more} more')}")
        if one.copy:
            copy = target / one.copy
            echo(f"    {translated(f'its new draft is {copy}; take over what you need, then remove that file')}")
    if changes.conflicts:
        folder = target / ".cloudpy" / "migrate"
        echo(translated(f"the new drafts are in {folder}"))


def _unreadable(made: Migration) -> list[str]:
    return [
        f"{one.name}/{one.file}:{one.line}: {translated(one.why)}; {translated('it was skipped')}"
        for one in made.unreadable
    ]


def _watch(
    folder: Path, target: Path, made: Migration, cache: DraftCache, options: dict[str, bool], html: str | None
) -> None:
    """Update drafts and report whenever a file is saved, until Ctrl-C."""
    from ..devserver.reloader import wait_for_changes
    from ..migrate import NoFunction, draft_language, source_files, update

    exit_on_signals()
    sources, drafts = source_files(folder), _times(made.files())
    while True:
        echo(translated("watching; Ctrl-C ends"), err=True)
        while (sources, drafts) == (now := (source_files(folder), _times(made.files()))):
            files = [*map(Path, sources), *made.files()]
            wait_for_changes(sorted({str(path.parent) for path in files if path.parent.is_dir()}))
        changes: Update | None = None
        if now[0] != sources:
            try:
                made = _made(folder, target, cache, draft_language(target), options)
                changes = update(made.output, complete=not made.unreadable)
            except (NoFunction, OSError) as error:
                echo(str(error), err=True)
        sources, drafts = now[0], _times(made.files())
        echo("")
        for line in _unreadable(made):
            echo(line, err=True)
        _report(made, changes, as_json=False, html=html, verbose=False)


def _times(paths: list[Path]) -> dict[str, int]:
    times = {}
    for path in paths:
        try:
            times[str(path)] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
    return times
