"""``cloudpy new``: create functions from templates."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from ..devserver.client import SCRIPT
from ..i18n import translated
from .console import echo
from .function_template import FUNCTIONS, LAUNCH, TEMPLATES, editor_files, files, project_files

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]|[A-Za-z]")
_MAX_PARENTS = 2  # folders above a function's that may have the project's files


@click.command(
    epilog="""\
\b
Examples:
  cloudpy new steps
  cloudpy new cloudfunctions/order --template pay
  cloudpy new --project shop order notify --template subscribe
"""
)
@click.argument("paths", metavar="NAME...", nargs=-1)
@click.option(
    "--template", type=click.Choice(list(TEMPLATES)), default="hello", show_default=True, help="What the function does."
)
@click.option(
    "--project",
    metavar="DIR",
    help=f"Create a project: functions in DIR/{FUNCTIONS} (default: hello), settings in DIR.",
)
@click.option("--sync", is_flag=True, help="Use cloudpy.sync: def main, no await.")
@click.option("--http", is_flag=True, help="The same as --template http.")
@click.option(
    "--client",
    metavar="DIR",
    help="Also write cloudpy-client.js into DIR: wx.cloud of the simulator and of H5 pages, for cloudpy dev.",
)
def new(paths: tuple[str, ...], template: str, project: str | None, sync: bool, http: bool, client: str | None) -> None:
    """Create a cloud function in the folder NAME: code, config.json, requirements.txt, local.yaml, tests, README.

    NAME may be a path; its last part is the function's name. A function that is not in a project also gets .gitignore
    and .vscode/launch.json, for debugging.
    """
    template = "http" if http else template
    if not paths and project is None:
        raise click.UsageError("name the function, as in: cloudpy new hello")
    root = None if project is None else Path(project)
    folders = [Path(path) if root is None else root / FUNCTIONS / path for path in paths or ("hello",)]
    for folder in [*folders, *([root] if root else [])]:
        name = folder.resolve().name
        if folder != root and not _NAME.fullmatch(name):
            raise click.UsageError(
                f"invalid function name {name!r}: up to 60 letters, digits, _ and -, starting with a letter, not ending"
                " in _ or -"
            )
        if folder.is_dir() and any(folder.iterdir()):
            raise click.UsageError(f"{folder} exists and is not empty; choose another name")
    script = None if client is None else _client(client)
    if root is not None:
        names = [folder.name for folder in folders]
        settings = {**project_files(root.resolve().name, names), **editor_files(template, f"{FUNCTIONS}/{names[0]}")}
        _write(root, settings)
    for folder in folders:
        editor = _own_editor_files(folder, template)
        contents = files(folder.resolve().name, template, sync=sync, launch=LAUNCH in editor)
        _write(folder, contents | editor)
    if script is not None:
        _write_client(script)
    run = TEMPLATES[template].run.replace(" . ", f" {folders[0]} ").removesuffix(" .")
    run += "" if str(folders[0]) in run else f" {folders[0]}"
    echo(translated(f"run it:  {run}"), err=True)


def _own_editor_files(folder: Path, template: str) -> dict[str, str]:
    """Return the files for Git and VS Code that no folder above has."""
    parents = list(folder.resolve().parents)[:_MAX_PARENTS]
    return {
        path: text
        for path, text in editor_files(template).items()
        if not any((parent / path).exists() for parent in parents)
    }


def _write(folder: Path, contents: dict[str, str]) -> None:
    try:
        for file, text in contents.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
    except OSError as error:
        name = error.filename or folder
        raise click.ClickException(f"{name} cannot be created: {error.strerror or error}") from None
    created, names = os.path.join(folder, ""), ", ".join(contents)
    echo(translated(f"created {created}: {names}"), err=True)


def _client(folder: str) -> Path:
    """Return the path of the mini program's client in `folder`, where no other file may be."""
    path = Path(folder, SCRIPT.name)
    if path.exists() and path.read_bytes() != SCRIPT.read_bytes():
        raise click.ClickException(f"{path} exists and is another file; delete it, or choose another --client")
    return path


def _write_client(script: Path) -> None:
    try:
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_bytes(SCRIPT.read_bytes())
    except OSError as error:
        name = error.filename or script
        raise click.ClickException(f"{name} cannot be created: {error.strerror or error}") from None
    echo(translated(f"created {script}: see the page on the simulator"), err=True)
