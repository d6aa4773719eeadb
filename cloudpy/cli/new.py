"""``cloudpy new``: create a function from a template."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from ..devserver.client import SCRIPT
from .console import echo

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]|[A-Za-z]")


@click.command(
    epilog="""\
\b
Examples:
  cloudpy new steps
  cloudpy new functions/qrcode --http
"""
)
@click.argument("path", metavar="NAME")
@click.option("--sync", is_flag=True, help="Use cloudpy.sync: def main, no await.")
@click.option("--http", is_flag=True, help="Answer the HTTP access service.")
@click.option(
    "--client",
    metavar="DIR",
    help="Also write cloudpy-client.js into DIR: wx.cloud of the simulator and of H5 pages, for cloudpy dev.",
)
def new(path: str, sync: bool, http: bool, client: str | None) -> None:
    """Create a cloud function in the folder NAME: code, config.json, requirements.txt, local.yaml, tests, README.

    NAME may be a path; its last part is the function's name.
    """
    from .function_template import files

    folder = Path(path)
    name = folder.resolve().name
    if not _NAME.fullmatch(name):
        raise click.UsageError(
            f"invalid function name {name!r}: up to 60 letters, digits, _ and -, starting with a letter, not ending in"
            " _ or -"
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise click.UsageError(f"{path} exists and is not empty; choose another name")
    script = _client(client) if client is not None else None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files(name, sync=sync, http=http).items():
            with open(folder / file, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        if script is not None:
            script.parent.mkdir(parents=True, exist_ok=True)
            script.write_bytes(SCRIPT.read_bytes())
            echo(f"created {script}: see the page on the simulator", err=True)
    except OSError as error:
        raise click.ClickException(f"{error.filename or path} cannot be created: {error.strerror or error}") from None
    names = "index.py, config.json, requirements.txt, local.yaml, test_index.py, README.md"
    echo(f"created {os.path.join(path, '')}: {names}", err=True)
    sample = "cloudpy event http | " if http else ""
    more = " --event -" if http else ""
    echo(f"run it:  {sample}cloudpy run {path}{more}", err=True)


def _client(folder: str) -> Path:
    """Return the path of the mini program's client in `folder`, where no other file may be."""
    path = Path(folder, SCRIPT.name)
    if path.exists() and path.read_bytes() != SCRIPT.read_bytes():
        raise click.ClickException(f"{path} exists and is another file; delete it, or choose another --client")
    return path
