"""``cloudpy migrate``: a Python draft of a Node cloud function, and a report of what is left to do."""

from __future__ import annotations

import json
from pathlib import Path

import click

from .console import echo
from .progress import Progress


@click.command(
    epilog="""\
\b
Examples:
  cloudpy migrate cloudfunctions/send --out functions/send
  cloudpy migrate cloudfunctions --out functions --html report.html

\b
Exit codes: 0 all drafts written, with or without marks, 1 a function not read, 2 usage error.
"""
)
@click.argument("node_dir", metavar="NODE_DIR")
@click.option("--out", metavar="DIR", help="Folder to write to. Default: NODE_DIR_py.")
@click.option("--sync", is_flag=True, help="With cloudpy.sync: def main, no await.")
@click.option("--keep-names", is_flag=True, help="Keep camelCase names; snake_case otherwise.")
@click.option("--force", is_flag=True, help="Overwrite existing files.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--html", "html", metavar="FILE", help="Also write the report as a web page.")
def migrate(
    node_dir: str, out: str | None, sync: bool, keep_names: bool, force: bool, as_json: bool, html: str | None
) -> None:
    """Translate the Node cloud function in NODE_DIR, or each one in it, to Python, and say what is left to do.

    What is sure to do the same is translated. What is not stays in its place as a comment, with
    "# TODO(migrate): why", and raises when it is reached.
    """
    from ..migrate import (
        Missing,
        NoFunction,
        Occupied,
        Unreadable,
        draft,
        functions_in,
        report_lines,
        report_page,
        summarize,
        write_all,
    )

    folder = Path(node_dir)
    if not folder.is_dir():
        raise click.UsageError(f"there is no folder {node_dir}")
    target = Path(out) if out is not None else folder.resolve().with_name(f"{folder.resolve().name}_py")
    try:
        sources = functions_in(folder)
        drafts, unreadable = [], []
        with Progress() as progress:
            for number, source in enumerate(sources):
                progress.count(number, len(sources), source.name)
                place = target if source == folder else target / source.name
                try:
                    drafts.append((draft(source, sync=sync, keep_names=keep_names), place))
                except Unreadable as error:
                    unreadable.append(error)
        write_all(drafts, force=force)
        reports = [summarize(made, place) for made, place in drafts]
    except (Missing, NoFunction, Occupied) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or target} cannot be used: {error.strerror or error}") from None
    if html is not None:
        try:
            Path(html).write_text(report_page(reports, unreadable), "utf-8")
        except OSError as error:
            raise click.ClickException(f"{html} cannot be written: {error.strerror or error}") from None
    if as_json:
        failed = [{"name": one.name, "file": one.file, "line": one.line, "why": one.why} for one in unreadable]
        echo(json.dumps({"functions": reports, "unreadable": failed}, ensure_ascii=False, indent=2))
    elif reports:
        echo("\n".join(report_lines(reports)))
    if unreadable:
        rest = f"{len(reports)} of {len(sources)} functions were written" if reports else "nothing was written"
        raise click.ClickException("\n".join([*(f"{one}; it was skipped" for one in unreadable), rest]))
