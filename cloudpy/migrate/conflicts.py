"""Marks where a draft was edited and its Node source changed in the same lines: they stay until they are removed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ..i18n import translated
from ..i18n.catalog import Catalog
from .diagnostics import MARK

CHANGED = "this changed in Node after you edited it; your lines are kept, and the new draft has:"
GONE = "Node no longer has what these lines came from; yours are kept"
_NEW = "# +"


@dataclass(frozen=True)
class Conflict:
    """Lines that were edited and that the new draft has in another way; the edited ones are kept.

    Attributes:
        line: of the merged text, from 1, where the kept lines begin.
        new: the lines of the new draft in their place.
        why: one sentence.
    """

    line: int
    new: tuple[str, ...]
    why: str

    @property
    def is_marked(self) -> bool:
        """Whether the text has a mark there."""
        return self.why in (CHANGED, GONE)


def marked(text: str, conflicts: Sequence[Conflict]) -> str | None:
    """Return Python code with a mark before the lines of each conflict; None where one would be inside of a string."""
    lines = text.splitlines()
    for each in sorted(conflicts, key=lambda each: -each.line):
        start = each.line - 1
        end = _end(lines, start) if start < len(lines) and is_conflict(lines[start]) else start
        new = [*each.new]
        while new and not new[-1].strip():
            new.pop()
        first = next((line for line in (*lines[end:][:1], *new) if line.strip()), "")
        indent = first[: len(first) - len(first.lstrip())]
        mark = [f"{indent}{MARK}{translated(CHANGED if new else GONE)}"]
        lines[start:end] = [*mark, *(f"{indent}{_NEW} {line.removeprefix(indent)}".rstrip() for line in new)]
    result = "".join(f"{line}\n" for line in lines)
    try:
        return result if ast.dump(ast.parse(result)) == ast.dump(ast.parse(text)) else None
    except (SyntaxError, ValueError):
        return None


def found(text: str) -> Iterator[Conflict]:
    """Yield the conflicts that are marked in `text`."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if is_conflict(line):
            new = lines[index + 1 : _end(lines, index)]
            shown = tuple(each.lstrip().removeprefix(_NEW).removeprefix(" ") for each in new)
            yield Conflict(index + 1, shown, CHANGED if new else GONE)


def is_conflict(line: str) -> bool:
    """Whether a line begins such a mark."""
    return MARK in line and line.strip().removeprefix(MARK) in _messages()


@cache
def _messages() -> frozenset[str]:
    """Return the texts of the marks in both languages: a draft keeps the language that it was first written in."""
    return frozenset(text for each in (CHANGED, GONE) for text in (each, Catalog.load().exact(each)) if text)


def _end(lines: Sequence[str], start: int) -> int:
    end = start + 1
    while end < len(lines) and lines[end].lstrip().startswith(_NEW):
        end += 1
    return end
