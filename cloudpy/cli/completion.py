"""``cloudpy completion``: completion of commands, options and names in the shell."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

from .console import UnusableError

if TYPE_CHECKING:
    from click import Context, Parameter

_VARIABLE = "_CLOUDPY_COMPLETE"  # of click, for the program named cloudpy


@click.command(
    epilog="""\
\b
Examples:
  cloudpy completion bash >> ~/.bashrc
  cloudpy completion zsh >> ~/.zshrc
  cloudpy completion fish > ~/.config/fish/completions/cloudpy.fish
"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes cloudpy's commands, options and names in a shell.

    API names, folders of functions and environments of local.yaml are completed as well: `cloudpy api show sub<TAB>`.
    """
    from . import main

    found = get_completion_class(shell)
    if found is None:
        raise UnusableError(f"this version of click has no completion for {shell}")
    click.echo(found(main, {}, "cloudpy", _VARIABLE).source())  # for a shell, so not escaped


def complete_apis(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the APIs that begin like `incomplete`, in any case, with their summaries."""
    from ..contracts import find

    return [
        CompletionItem(row["name"], help=row["summary"])
        for row in find("")
        if row["name"].lower().startswith(incomplete.lower())
    ]


def complete_functions(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the folders of functions that begin like `incomplete`, and folders that hold some."""
    parent = os.path.dirname(incomplete)
    found: list[str] = []
    for folder in _folders(parent):
        inner = [path for path in _folders(folder) if _is_function(path)]
        if inner or _is_function(folder):
            found += [folder, *inner]
    return _items(found, incomplete)


def complete_envs(context: Context, _: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the environments that the local.yaml files of the folder, and of the functions in it, name."""
    from ..local import LocalDataError, read

    named = [value for value in context.params.values() if isinstance(value, str)]
    folders = [os.curdir, *named, *_folders("")]
    found: dict[str, None] = {}
    for path in (os.path.join(folder, "local.yaml") for folder in folders):
        if os.path.isfile(path):
            try:
                found[read(path).env] = None
            except LocalDataError:  # the command itself reports it
                continue
    return _items(found, incomplete)


def _items(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _folders(parent: str) -> list[str]:
    try:
        with os.scandir(parent or os.curdir) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []
    return [os.path.join(parent, name) for name in names]


def _is_function(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "index.py"))
