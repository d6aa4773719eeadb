"""Paths into what is compared: how they are written, and the patterns that name several of them.

``$.list[0].name`` is in the result, ``$error`` in the error, ``$calls[1].params`` in the second cloud call, ``$state``
in what is left behind. In a pattern ``[*]`` stands for any place in a list, ``.*`` for any key, ``..name`` for the key
at any depth. A pattern covers what is below it, too.
"""

from __future__ import annotations

import json
import re
from functools import cache

Path = tuple["str | int", ...]
ROOTS = ("$", "$error", "$calls", "$state", "$outcome")
_KEY = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*")
_STEP = re.compile(
    r"""\.\.(?P<deep>[\w\u0080-\U0010ffff-]+) | \.(?P<key>[\w\u0080-\U0010ffff-]+|\*)
      | \[(?P<index>\d+|\*)\] | \[(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]""",
    re.VERBOSE,
)


class PathError(ValueError):
    """A pattern that cannot be read; says why."""


class Pattern:
    """One pattern, as ``$.list[*].time``.

    Raises:
        PathError: it cannot be read.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        root = re.match(r"\$[a-z]*", text)
        if root is None or root[0] not in ROOTS:
            raise PathError(f"{text!r} must begin with one of {', '.join(ROOTS)}, as in $.list[*].time")
        parts, position = [re.escape(json.dumps(root[0]))], root.end()
        while position < len(text):
            step = _STEP.match(text, position)
            if step is None:
                raise PathError(
                    f"{text!r} cannot be read from {text[position:][:20]!r} on: write .key, [0], [*] or ..key"
                )
            parts.append(_step(step))
            position = step.end()
        # each step of a path is written as JSON and ends with a line break, which no JSON text holds
        self._regex = re.compile("\n".join(parts).replace("\n(?:", "(?:") + r"\n")

    def covers(self, path: Path) -> bool:
        """Whether it names `path`, or something that `path` is in."""
        return self._regex.match(_text(path)) is not None

    def names(self, path: Path) -> bool:
        """Whether it names `path` itself."""
        return self._regex.fullmatch(_text(path)) is not None

    def __repr__(self) -> str:
        return f"<Pattern {self.text}>"


def spell(path: Path) -> str:
    """A path as people read it, and as a pattern reads it again: ``$.list[0]["odd key"]``."""
    out = str(path[0])
    for step in path[1:]:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            out += f".{step}" if _KEY.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
    return out


def _step(step: re.Match[str]) -> str:
    if step["deep"] is not None:
        return "(?:\n[^\n]+)*" + "\n" + re.escape(json.dumps(step["deep"]))
    if step["index"] is not None:
        return r"\d+" if step["index"] == "*" else step["index"]
    if step["key"] == "*":
        return r'"[^\n]*"'
    if step["key"] is not None:
        return re.escape(json.dumps(step["key"]))
    quoted = step["quoted"]
    if quoted[0] == "'":
        quoted = json.dumps(quoted[1:-1].replace("\\'", "'"))
    try:
        return re.escape(json.dumps(json.loads(quoted)))
    except ValueError:
        raise PathError(f"{quoted} is no text in quotes") from None


@cache
def _written(step: str | int) -> str:
    return json.dumps(step)


def _text(path: Path) -> str:
    return "".join(f"{_written(step)}\n" for step in path)
