"""``cloudpy package``: what is uploaded."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split
from .console import echo
from .serve import protocol_option

if TYPE_CHECKING:
    from ..package import Package

_SHOWN = 8  # parts


@click.command(
    epilog="""\
\b
Examples:
  cloudpy package functions/steps --target scf
  cloudpy package functions/steps --target http --python 3.11 --out build/steps.zip
  cloudpy package functions/steps --target cloudrun --out build/steps

\b
Exit codes: 0 it is made, 1 it cannot be made, 2 the command was not understood.
"""
)
@click.argument("folder", metavar="DIR")
@click.option(
    "--target", type=click.Choice(["scf", "http", "cloudrun"]), required=True, help="Where it will run.  目标"
)
@click.option("--python", default="3.10", show_default=True, metavar="X.Y", help="The platform's Python.")
@click.option("--out", metavar="FILE|DIR", help="A .zip, or a folder.  [default: dist/NAME-TARGET.zip]")
@click.option("--handler", default=DEFAULT, show_default=True, metavar="FILE.FUNCTION", help="What is called.")
@protocol_option(
    "http", "access", "event", "apigw", help="Protocol of the server in http and cloudrun packages; see cloudpy serve."
)
@click.option("--no-check", is_flag=True, help="Make it although cloudpy check finds errors.")
def package(
    folder: str, target: str, python: str, out: str | None, handler: str, protocol: str, no_check: bool
) -> None:
    """Make what is uploaded of the function in DIR: code, libraries for the platform, entry, bytecode.

    The libraries of requirements.txt come as wheels for that Python on Linux (glibc 2.17). Of cloudpy goes in what a
    function imports. The same input gives the same bytes.
    """
    from ..check import check
    from ..package import PackageError, build

    try:
        place = FunctionDir(folder).folder
        split(handler)
        if not no_check:
            major, _, minor = python.partition(".")
            if not (major.isdigit() and minor.isdigit()):
                raise click.UsageError(f"--python is written X.Y, as in 3.10; got {python!r}")
            report = check(place, python=(int(major), int(minor)), handler_name=handler, packaged=True)
            errors = [each for each in report.findings if each.severity == "error"]
            for each in errors:
                echo(f"{os.path.join(folder, each.file)}:{each.line}: error[{each.code}]: {each.text}", err=True)
            if errors:
                raise click.ClickException("package not built: fix these errors, or pass --no-check")
        default = f"dist/{os.path.basename(place)}-{target}" + ("" if target == "cloudrun" else ".zip")
        made = build(place, target=target, python=python, out=out or default, handler=handler, protocol=protocol)
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    except PackageError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or out or folder}: {error.strerror or error}") from None
    _tell(made)
    sys.exit(0)


def _tell(made: Package) -> None:
    from ..check.folder import size_text

    packed = f", {size_text(made.packed)} packed" if made.packed else ""
    echo(f"{made.out}: {size_text(made.size)}{packed}")
    for name, size in made.parts[:_SHOWN]:
        echo(f"  {size_text(size):>9}  {name}")
    rest = made.parts[_SHOWN:]
    if rest:
        echo(f"  {size_text(sum(size for _, size in rest)):>9}  {len(rest)} more")
    if made.libraries:
        echo(f"libraries: {', '.join(made.libraries)}")
    for line in (*made.notes, *made.steps):
        echo(line)
