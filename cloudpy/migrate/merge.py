"""Merge of three texts: the draft as it was written, the draft as it was edited, and the new draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from .conflicts import Conflict, is_conflict
from .diagnostics import MARK

_ALIKE = 0.6  # share of the letters
_MESSAGE = re.compile(r'((?:^|\(|\s)"[^"\s:]+\.[cm]?[jt]s:)\d+: [^"\\]*(?:\\.[^"\\]*)*(?="\)?$)')


def merge(base: str, edited: str, new: str) -> tuple[str, list[Conflict]]:
    """Return `edited` with what changed from `base` to `new`, and where that was not possible.

    Lines that were edited are never lost: where `new` changes the same lines, the edited ones are kept. Without edits
    the result is `new`, without changes in `new` it is `edited`. Numbers of lines of the source, which change with each
    line put before them, are no change of a mark.
    """
    base_lines, edited_lines, new_lines = (text.splitlines(keepends=True) for text in (base, edited, new))
    result: list[str] = []
    conflicts: list[Conflict] = []
    for one, mine, theirs in _regions(base_lines, edited_lines, new_lines):
        if len(one) == len(mine) == len(theirs) and _keys(one) == _keys(mine) == _keys(theirs):
            rows = zip(one, mine, theirs, strict=True)
            result += [edit if edit != first else other for first, edit, other in rows]
        elif mine in (one, theirs):
            result += theirs
        elif _keys(theirs) == _keys(one):
            result += mine
        elif (both := _line_by_line(one, mine, theirs) or _side_by_side(one, mine, theirs)) is not None:
            result += both
        else:
            new_ones = tuple(line.rstrip("\n") for line in theirs)
            why = "your lines are kept; the new draft has others here"
            conflicts.append(Conflict(len(result) + 1, new_ones, why))
            result += mine
    return _ended(result), conflicts


def _keys(lines: Sequence[str]) -> list[str]:
    """Return lines without the numbers in marks, and without what they say in one language or another."""
    return [_key(line) for line in lines]


def _key(line: str) -> str:
    head, mark, _ = line.partition(MARK)
    if mark and not is_conflict(line):
        return head + mark
    return _MESSAGE.sub(r"\1#", line)


def _line_by_line(one: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Return both changes where each side changed other lines of a block, none added or removed; None otherwise."""
    if not len(one) == len(mine) == len(theirs):
        return None
    result = []
    for first, edit, other in zip(one, mine, theirs, strict=True):
        if first not in (edit, other) or not (_is_like(first, edit) and _is_like(first, other)):
            return None
        result.append(other if edit == first else edit)
    return result


def _is_like(one: str, other: str) -> bool:
    """Whether a line is another one with a change in it."""
    return one == other or SequenceMatcher(None, one.strip(), other.strip(), autojunk=False).ratio() >= _ALIKE


def _side_by_side(one: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Return both changes where one side only put lines before or after what the other changed; None otherwise."""
    size, keys = len(one), _keys(one)
    if not size:
        return None
    if _keys(theirs[-size:]) == keys:
        return [*theirs[:-size], *mine]
    if _keys(theirs[:size]) == keys:
        return [*mine, *theirs[size:]]
    if mine[-size:] == one:
        return [*mine[:-size], *theirs]
    if mine[:size] == one:
        return [*theirs, *mine[size:]]
    return None


def _ended(lines: list[str]) -> str:
    """Join the lines: one that was the last of its file may need an end here."""
    for index, line in enumerate(lines[:-1]):
        if line.splitlines()[0] == line:
            lines[index] = f"{line}\n"
    return "".join(lines)


def _regions(
    base: list[str], edited: list[str], new: list[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield parts of the three texts that belong together: those that agree in all three, and what is between."""
    at_base = at_edited = at_new = 0
    for start, in_edited, in_new, size in [*_agreeing(base, edited, new), (len(base), len(edited), len(new), 0)]:
        between = (base[at_base:start], edited[at_edited:in_edited], new[at_new:in_new])
        if any(between):
            yield between
        at_base, at_edited, at_new = start + size, in_edited + size, in_new + size
        if size:
            yield base[start:at_base], edited[in_edited:at_edited], new[in_new:at_new]


def _agreeing(base: list[str], edited: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of lines that all three have, as (start in base, in edited, in new, length)."""
    keys = _keys(base)
    ones = SequenceMatcher(None, keys, _keys(edited), autojunk=False).get_matching_blocks()
    others = SequenceMatcher(None, keys, _keys(new), autojunk=False).get_matching_blocks()
    one = other = 0
    while one < len(ones) and other < len(others):
        mine, theirs = ones[one], others[other]
        start = max(mine.a, theirs.a)
        end = min(mine.a + mine.size, theirs.a + theirs.size)
        if start < end:
            yield start, mine.b + start - mine.a, theirs.b + start - theirs.a, end - start
        if mine.a + mine.size < theirs.a + theirs.size:
            one += 1
        else:
            other += 1
