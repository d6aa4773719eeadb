"""Two folders of functions: which are compared, and the summary of all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from ..i18n import translated
from .function import UnusableError, find_function, parse_folder
from .report import Report, as_json, different_as_text, equality

Line = tuple[str, str]


@dataclass(frozen=True)
class Compared:
    """One function of a project.

    Attributes:
        name: of its folder.
        report: of its comparison, or None.
        problem: why it was not compared, or empty.
    """

    name: str
    report: Report | None = None
    problem: str = ""

    @property
    def equal(self) -> bool:
        """Whether both did the same with every event."""
        return self.report is not None and self.report.equal

    def line(self, width: int) -> Line:
        """Return its line in the summary, and the kind of it."""
        if self.report is None:
            return "note", f"{self.name:<{width}}  {translated(self.problem.splitlines()[0])}"
        kind = "value" if self.equal else "head"
        return kind, f"{self.name:<{width}}  {equality(self.report)}"


def is_project(folder: str, handler: str) -> bool:
    """Whether a folder is no function, and has functions in it."""
    path, language = parse_folder(folder)
    if language is not None or not os.path.isdir(path) or _is_function(path, handler):
        return False
    return bool(names(path, handler))


def names(folder: str, handler: str) -> list[str]:
    """Return the names of the functions in a folder."""
    found = [each.name for each in os.scandir(folder) if each.is_dir() and not each.name.startswith((".", "_"))]
    return sorted(name for name in found if _is_function(os.path.join(folder, name), handler))


def as_text(functions: list[Compared]) -> list[Line]:
    """Return lines for a terminal: one for each function, then what differs, then the sum."""
    width = max((len(each.name) for each in functions), default=0)
    lines = [each.line(width) for each in functions]
    for each in functions:
        if each.report is not None:
            lines += [("note", f"{each.name}: {translated(note)}") for note in each.report.notes]
            lines += different_as_text(each.report, f"{each.name}: ")
    return [*lines, ("sum", _sum(functions))]


def no_port(folder: str) -> str:
    """Return why a function is not compared that the second folder does not have."""
    return f"has no port: there is no {folder}"


def as_object(functions: list[Compared]) -> dict[str, Any]:
    """Return ``{"equal", "functions"}`` in JSON types; each function has a report or a ``problem``."""
    found = []
    for each in functions:
        report = {"problem": each.problem} if each.report is None else as_json(each.report)
        found.append({"name": each.name, **report})
    return {"equal": all(each.equal for each in functions), "functions": found}


def _sum(functions: list[Compared]) -> str:
    count, equal = len(functions), sum(each.equal for each in functions)
    differ = sum(each.report is not None and not each.equal for each in functions)
    rest = count - equal - differ
    if count == 1:
        return translated(f"1 function: {equal} equal, {differ} different, {rest} not compared")
    return translated(f"{count} functions: {equal} equal, {differ} different, {rest} not compared")


def _is_function(folder: str, handler: str) -> bool:
    for language in ("node", "python"):
        try:
            find_function(folder, handler, language)
        except UnusableError:
            continue
        return True
    return False
