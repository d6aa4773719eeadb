"""Findings: what a check reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, its place, and how to fix it.

    Attributes:
        file: relative to the function's folder, with ``/``.
        line: from 1; 0 for the file as a whole.
        severity: an ``error`` fails in the cloud or must not be uploaded, a ``warning`` probably fails, a ``hint`` may.
        code: the rule, one word; docs/en/checking.md lists them.
        text: one line.
    """

    file: str
    line: int
    severity: Severity
    code: str
    text: str
