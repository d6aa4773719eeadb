"""``cloudpy package``: build the deployment package."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from ..i18n import translated
from ..runner.discovery import find_functions
from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split
from .completion import complete_functions
from .console import echo, echo_json
from .progress import Progress
from .serve import protocol_option

if TYPE_CHECKING:
    from ..package import Package

MAX_PARTS = 8  # in the output


@click.command(
    epilog="""\
\b
Examples:
  cloudpy package functions/steps --target scf
  cloudpy package functions/steps --target http --python 3.11 --out build/steps.zip
  cloudpy package functions/steps --target cloudrun --out build/steps
  cloudpy package --all . --target scf

\b
Exit codes: 0 built, 1 not built, 2 usage error.
"""
)
@click.argument("folder", metavar="DIR", shell_complete=complete_functions)
@click.option("--target", type=click.Choice(["scf", "http", "cloudrun"]), required=True, help="Where it runs.")
@click.option(
    "--all", "everything", is_flag=True, help="DIR is a project: build all functions and list them in cloudbaserc.json."
)
@click.option("--python", default="3.10", show_default=True, metavar="X.Y", help="The platform's Python.")
@click.option("--out", metavar="FILE|DIR", help="A .zip or a folder.  [default: dist/NAME-TARGET.zip]")
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="Entry point.")
@protocol_option(
    "http", "access", "event", "apigw", help="Protocol of the server in http and cloudrun packages; see cloudpy serve."
)
@click.option("--no-check", is_flag=True, help="Build even if cloudpy check finds errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the packages as one JSON object.")
def package(
    folder: str,
    target: str,
    everything: bool,
    python: str,
    out: str | None,
    handler: str,
    protocol: str,
    no_check: bool,
    as_json: bool,
) -> None:
    """Build the deployment package of the function in DIR: code, libraries, entry point, bytecode.

    Installs requirements.txt as wheels for the platform's Python on Linux (glibc 2.17), adds the SDK without the
    developer tools, and measures size and cold start. The same input gives the same bytes.
    """
    from ..package import PackageError, build, build_all

    if everything and (out or target == "cloudrun"):
        raise click.UsageError("--all is for --target scf or http, and builds into functionRoot of cloudbaserc.json")
    try:
        folders = _functions(folder) if everything else [FunctionDir(folder).folder]
        split(handler)
        if not no_check:
            _check(folders, python, handler)
        name = os.path.basename(folders[0])
        default = f"dist/{name}-{target}" + ("" if target == "cloudrun" else ".zip")
        with Progress() as progress:
            options: dict[str, Any] = {
                "target": target,
                "python": python,
                "handler": handler,
                "protocol": protocol,
                "on_step": progress.step,
            }
            if everything:
                built = list(build_all(folder, folders, **options))
            else:
                built = [build(folders[0], out=out or default, **options)]
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    except PackageError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or out or folder}: {error.strerror or error}") from None
    if as_json:
        packages = [_plain(os.path.basename(path), each) for path, each in zip(folders, built, strict=True)]
        echo_json(json.dumps({"packages": packages}, ensure_ascii=False, indent=2))
    else:
        for each in built:
            _print(each, with_steps=not everything)
        if everything:
            echo(translated("next: set envId in cloudbaserc.json, then: tcb fn deploy --all"))
    sys.exit(0)


def _functions(project: str) -> list[str]:
    """Return the folders of all functions under a project."""
    path = FunctionDir(project).folder
    found, _ = find_functions([path], DEFAULT)
    if not found:
        raise LoadError(f"no function in {project}: expected folders with an index.py")
    return [each.path for each in found.values()]


def _check(folders: list[str], python: str, handler: str) -> None:
    """Print the errors of the functions, and end the command if there are any."""
    from ..check import check

    major, _, minor = python.partition(".")
    if not (major.isdigit() and minor.isdigit()):
        raise click.UsageError(f"--python must be X.Y, such as 3.10; got {python!r}")
    errors = 0
    for folder in folders:
        report = check(folder, python=(int(major), int(minor)), handler_name=handler, packaged=True)
        for each in report.findings:
            if each.severity == "error":
                errors += 1
                where = f"{os.path.relpath(os.path.join(folder, each.file))}:{each.line}"
                echo(f"{where}: {translated('error')}[{each.code}]: {translated(each.text)}", err=True)
        for note in report.notes:
            echo(f"{translated('note')}: {translated(note)}", err=True)
    if errors:
        raise click.ClickException("package not built: fix these errors, or pass --no-check")


def _plain(name: str, built: Package) -> dict[str, Any]:
    return {
        "name": name,
        "out": str(built.out),
        "size": built.size,
        "packed": built.packed,
        "bytecode": built.bytecode,
        "parts": dict(built.parts),
        "libraries": list(built.libraries),
        "notes": list(built.notes),
        "steps": list(built.steps),
    }


def _print(built: Package, *, with_steps: bool) -> None:
    from ..check.folder import size_text

    packed = f", {size_text(built.packed)} packed" if built.packed else ""
    compiled = f", {size_text(built.bytecode)} of it bytecode" if built.bytecode else ""
    echo(f"{built.out}: {size_text(built.size)}{translated(packed)}{translated(compiled)}")
    for name, size in built.parts[:MAX_PARTS]:
        echo(f"  {size_text(size):>9}  {name}")
    rest = built.parts[MAX_PARTS:]
    if rest:
        number = len(rest)
        echo(f"  {size_text(sum(size for _, size in rest)):>9}  {translated(f'{number} more')}")
    if built.libraries:
        names = ", ".join(built.libraries)
        echo(translated(f"libraries: {names}"))
    for line in (*built.notes, *(built.steps if with_steps else ())):
        echo(translated(line))
