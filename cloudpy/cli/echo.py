"""What a command prints: the texts of users in it are shown, and never obeyed by the terminal."""

from __future__ import annotations

from typing import Any

import click

from ..runtime.printable import printable


def echo(text: str, *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """Print `text`, on standard error if `err`; `style` is that of ``click.style``, and shown by terminals alone."""
    click.echo(click.style(printable(text), **style), err=err, nl=nl)


def echo_json(text: str) -> None:
    """Print a JSON text on standard output, in UTF-8 whatever the terminal's encoding is."""
    click.echo(printable(text).encode())
