"""The edits that a draft needs, as unified diffs: what they touch, and what comes of them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

_HEAD = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_MARK = "# TODO(migrate): "


@dataclass
class Edited:
    """A file after its edits.

    Attributes:
        text: all of it.
        removed: lines of the draft that are gone, from 1.
        added: after which line of the draft a line was put in, and that line.
    """

    text: str
    removed: list[int]
    added: list[tuple[int, str]]


def applied(patch: str, draft: str) -> Edited:
    """The draft with the patch; a line that is not where the patch finds it fails."""
    lines = draft.splitlines()
    made: list[str] = []
    removed: list[int] = []
    added: list[tuple[int, str]] = []
    at = 0  # lines of the draft that are done
    for line in patch.splitlines()[2:]:
        head = _HEAD.match(line)
        if head:
            made += lines[at : int(head[1]) - 1]
            at = int(head[1]) - 1
        elif line.startswith("+"):
            made.append(line[1:])
            added.append((at, line[1:]))
        else:
            assert lines[at] == line[1:], f"line {at + 1} of the draft is another one: make the patch anew"
            if line.startswith("-"):
                removed.append(at + 1)
            else:
                made.append(line[1:])
            at += 1
    return Edited("\n".join([*made, *lines[at:]]) + "\n", removed, added)


def marked_lines(draft: str) -> set[int]:
    """The lines of the marked places: from the mark to the end of what raises there."""
    found: set[int] = set()
    raises = {node.lineno: node.end_lineno or 0 for node in ast.walk(ast.parse(draft)) if isinstance(node, ast.Raise)}
    lines = draft.splitlines()
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith(_MARK):
            end = next(end for begin, end in sorted(raises.items()) if begin > number)
            found |= set(range(number, end + 1))
    return found
