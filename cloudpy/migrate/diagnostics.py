"""What was not translated and why, and what holds only under a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

MARK = "# TODO(migrate): "  # before the reason, in a draft
DATE_TEXT = "the text of a Date depends on the machine's time zone"
POWER_RISK = "the last digit of a power may differ unless it is an integer"


class Untranslated(Exception):
    """This piece of the source has no Python that is sure to do the same; the message says why.

    Attributes:
        cause: Why the piece is marked that this one depends on; the same as the message if there is no such piece.
    """

    def __init__(self, why: str, cause: str = "") -> None:
        super().__init__(why)
        self.cause = cause or why


def untranslated(why: str) -> NoReturn:
    """Raise `Untranslated` where an expression is expected."""
    raise Untranslated(why)


@dataclass(frozen=True)
class Unavailable:
    """Why a variable, or an export, has no value in Python.

    Attributes:
        line: Of the marked piece that it depends on.
        cause: Why that piece is marked.
        verb: What that piece does with it: ``made`` or ``changed``.
    """

    line: int
    cause: str
    verb: str = "made"

    def error(self, name: str, file: str = "") -> Untranslated:
        """Return what to raise where it is used."""
        place = f"line {self.line}{f' of {file}' if file else ''}"
        return Untranslated(f"{name} is {self.verb} in {place}, which is not translated", self.cause)


@dataclass(frozen=True)
class Todo:
    """A place left to a person.

    Attributes:
        file: Of the Node function, relative to its folder.
        line: Where the piece begins, from 1; `lines` is how many it has.
        why: One line.
        cause: Why the piece is marked that this one depends on; the same as `why` if there is no such piece.
    """

    file: str
    line: int
    lines: int
    why: str
    cause: str = ""


@dataclass(frozen=True)
class Caveat:
    """A place whose translation does the same only under a condition, which `why` says."""

    file: str
    line: int
    why: str
