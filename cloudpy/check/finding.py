"""One thing that is said of a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, where, and what to do about it.

    Attributes:
        file: relative to the function's folder, with ``/``.
        line: from 1; 0 where it is about the file as a whole.
        severity: an ``error`` fails in the cloud or must not go there, a ``warning`` probably does, a ``hint`` may.
        code: one word for the kind of finding; they are listed in docs/checking.md.
        text: one line.
    """

    file: str
    line: int
    severity: Severity
    code: str
    text: str
