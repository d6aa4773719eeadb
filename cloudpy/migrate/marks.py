"""What was not translated, and why."""

from __future__ import annotations

from dataclasses import dataclass


class Untranslated(Exception):
    """This piece of the source has no Python that is sure to do the same; the message says why."""


POWER_RISK = "the last digit of a power that is no whole number may be another"


@dataclass(frozen=True)
class Mark:
    """A place that waits for a person.

    Attributes:
        file: of the Node function, relative to it.
        line: where the piece begins, from 1; `lines` is how many it has.
        why: one line.
    """

    file: str
    line: int
    lines: int
    why: str


@dataclass(frozen=True)
class Risk:
    """A place that was translated and that does the same only under a condition, which `why` says."""

    file: str
    line: int
    why: str
