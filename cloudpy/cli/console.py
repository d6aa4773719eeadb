"""The console: output in any encoding, without control characters of users, and signals."""

from __future__ import annotations

import codecs
import json
import signal
import sys
from typing import Any, NoReturn

import click

from ..runtime.printable import printable

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
        style: of ``click.style``; only terminals show it.
    """
    click.echo(click.style(printable(text), **style), err=err, nl=nl)


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
