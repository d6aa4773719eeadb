"""What was not translated, and why."""

from __future__ import annotations

from dataclasses import dataclass


class Untranslated(Exception):
    """This piece of the source has no Python that is sure to do the same; the message says why.

    Attributes:
        cause: why the piece is marked that this one hangs on; the same as the message where it hangs on none.
    """

    def __init__(self, why: str, cause: str = "") -> None:
        super().__init__(why)
        self.cause = cause or why


@dataclass(frozen=True)
class Undone:
    """Why a variable, or an export, has no value in Python.

    Attributes:
        line: of the marked piece that it hangs on; `cause` says why that is marked.
        verb: what that piece does with it: ``made`` or ``changed``.
    """

    line: int
    cause: str
    verb: str = "made"

    def error(self, name: str, file: str = "") -> Untranslated:
        """Return what to raise where it is used."""
        place = f"line {self.line}{f' of {file}' if file else ''}"
        return Untranslated(f"{name} is {self.verb} in {place}, which is not translated", self.cause)


DATE_TEXT = "the text of a Date is in the words of the machine's own language and zone"
POWER_RISK = "the last digit of a power that is no whole number may be another"


@dataclass(frozen=True)
class Mark:
    """A place that waits for a person.

    Attributes:
        file: of the Node function, relative to it.
        line: where the piece begins, from 1; `lines` is how many it has.
        why: one line.
        cause: why the piece is marked that this one hangs on; the same as `why` where it hangs on none.
    """

    file: str
    line: int
    lines: int
    why: str
    cause: str = ""


@dataclass(frozen=True)
class Risk:
    """A place that was translated and that does the same only under a condition, which `why` says."""

    file: str
    line: int
    why: str
