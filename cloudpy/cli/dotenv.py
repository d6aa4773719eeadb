"""The .env files of one function, as the commands that run it take them."""

from __future__ import annotations

import os

import click

from ..runner.env_files import DotenvError, files_of, read_all
from .echo import echo
from .process import is_platforms


class _UnusableError(click.ClickException):
    """A .env file that cannot be used."""

    exit_code = 2


def variables_of(folder: str) -> dict[str, str]:
    """What the .env files say for the function in `folder`, an absolute path: its own, and those of the current folder
    when the function is inside of it. What the platform sets is left out."""
    here = os.path.realpath(os.curdir)
    project = here if os.path.commonpath([here, folder]) == here else None
    try:
        found = read_all(files_of(project, folder), lambda text: echo(f"cloudpy: {text}", err=True))
    except DotenvError as error:
        raise _UnusableError(str(error)) from None
    return {name: value for name, value in found.items() if not is_platforms(name)}
