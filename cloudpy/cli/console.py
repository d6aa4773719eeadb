"""The console: output in any encoding, without control characters of users, colours, and signals."""

from __future__ import annotations

import codecs
import json
import os
import signal
import sys
from typing import Any, NoReturn

import click

from ..runtime.printable import printable

FAILED = 1  # exit code: the work was done and has failed, or something was found
INTERRUPTED = 130  # exit code: Ctrl-C ended the command, as a shell reports a program that SIGINT ends
_ERRORS = "cloudpy_escape"


class UnusableError(click.ClickException):
    """Something on the command line cannot be used; the exit code is 2."""

    exit_code = 2


def echo(text: str, *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """Print `text` with control characters escaped.

    Args:
        text: to print.
        err: print to standard error.
        nl: end with a line break.
        style: of ``click.style``; only terminals show it, unless NO_COLOR is set.
    """
    echo_parts((text, style), err=err, nl=nl)


def echo_parts(*parts: tuple[str, dict[str, Any]], err: bool = False, nl: bool = True) -> None:
    """Print a line of parts, each with a style of its own; see `echo`."""
    coloured = not os.environ.get("NO_COLOR")
    shown = ((printable(text), style if coloured else {}) for text, style in parts)
    texts = (click.style(text, **style) if style else text for text, style in shown)
    click.echo("".join(texts), err=err, nl=nl)


def echo_json(text: str) -> None:
    """Print JSON on standard output, in UTF-8 whatever the terminal's encoding is."""
    click.echo(printable(text).encode())


def escape_unencodable() -> None:
    """Let standard output and error write unencodable characters as ``\\uXXXX``, which JSON can read."""  # noqa: D301
    codecs.register_error(_ERRORS, _escape)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # a test's replacement has none
        if reconfigure is not None and getattr(stream, "errors", "") in ("strict", "surrogateescape"):
            reconfigure(errors=_ERRORS)


def confirm(question: str) -> None:
    """Ask a question, and end the command unless the answer is yes."""
    try:
        agreed = click.confirm(printable(question))
    except click.Abort:
        if sys.stdin is not None and sys.stdin.isatty():
            raise  # Ctrl-C
        raise click.ClickException("nothing was changed: there is nobody to ask; pass --yes") from None
    if not agreed:
        raise click.ClickException("nothing was changed")


def exit_interrupted() -> NoReturn:
    """Say that Ctrl-C has ended the command, and exit."""
    echo("\ncloudpy: interrupted", err=True)
    sys.exit(INTERRUPTED)


def exit_on_signals() -> None:
    """Exit on SIGTERM and SIGHUP in an orderly way, so that started processes end too."""

    def handle(number: int, _: object) -> NoReturn:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handle)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
