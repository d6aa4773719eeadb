"""``cloudpy package``: build the deployment package."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split
from .completion import complete_functions
from .console import echo
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

\b
Exit codes: 0 built, 1 not built, 2 usage error.
"""
)
@click.argument("folder", metavar="DIR", shell_complete=complete_functions)
@click.option("--target", type=click.Choice(["scf", "http", "cloudrun"]), required=True, help="Where it runs.")
@click.option("--python", default="3.10", show_default=True, metavar="X.Y", help="The platform's Python.")
@click.option("--out", metavar="FILE|DIR", help="A .zip or a folder.  [default: dist/NAME-TARGET.zip]")
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="Entry point.")
@protocol_option(
    "http", "access", "event", "apigw", help="Protocol of the server in http and cloudrun packages; see cloudpy serve."
)
@click.option("--no-check", is_flag=True, help="Build even if cloudpy check finds errors.")
def package(
    folder: str, target: str, python: str, out: str | None, handler: str, protocol: str, no_check: bool
) -> None:
    """Build the deployment package of the function in DIR: code, libraries, entry point, bytecode.

    Installs requirements.txt as wheels for the platform's Python on Linux (glibc 2.17), adds the SDK without the
    developer tools, and measures size and cold start. The same input gives the same bytes.
    """
    from ..check import check
    from ..package import PackageError, build

    try:
        path = FunctionDir(folder).folder
        split(handler)
        if not no_check:
            major, _, minor = python.partition(".")
            if not (major.isdigit() and minor.isdigit()):
                raise click.UsageError(f"--python must be X.Y, such as 3.10; got {python!r}")
            report = check(path, python=(int(major), int(minor)), handler_name=handler, packaged=True)
            errors = [each for each in report.findings if each.severity == "error"]
            for each in errors:
                echo(f"{os.path.join(folder, each.file)}:{each.line}: error[{each.code}]: {each.text}", err=True)
            for note in report.notes:
                echo(f"note: {note}", err=True)
            if errors:
                raise click.ClickException("package not built: fix these errors, or pass --no-check")
        default = f"dist/{os.path.basename(path)}-{target}" + ("" if target == "cloudrun" else ".zip")
        with Progress() as progress:
            built = build(
                path,
                target=target,
                python=python,
                out=out or default,
                handler=handler,
                protocol=protocol,
                on_step=progress.step,
            )
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    except PackageError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or out or folder}: {error.strerror or error}") from None
    _print(built)
    sys.exit(0)


def _print(built: Package) -> None:
    from ..check.folder import size_text

    packed = f", {size_text(built.packed)} packed" if built.packed else ""
    compiled = f", {size_text(built.bytecode)} of it bytecode" if built.bytecode else ""
    echo(f"{built.out}: {size_text(built.size)}{packed}{compiled}")
    for name, size in built.parts[:MAX_PARTS]:
        echo(f"  {size_text(size):>9}  {name}")
    rest = built.parts[MAX_PARTS:]
    if rest:
        echo(f"  {size_text(sum(size for _, size in rest)):>9}  {len(rest)} more")
    if built.libraries:
        echo(f"libraries: {', '.join(built.libraries)}")
    for line in (*built.notes, *built.steps):
        echo(line)
