"""Rules of a comparison, ``compare.yaml`` and ``--ignore``, and the paths they are about.

``$.list[0].name`` is in the result, ``$error`` in the error, ``$calls[1].params`` in the second cloud call, ``$state``
in the side effects. In a pattern ``[*]`` matches any index, ``.*`` any key, and ``..name`` the key at any depth. A
pattern also covers everything below what it matches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Literal

from ..local import located_yaml, schema

NAME = "compare.yaml"
_SCHEMA = FilePath(__file__).with_name("compare.schema.json")
Path = tuple["str | int", ...]
ROOTS = ("$", "$error", "$calls", "$state", "$outcome")
_KEY = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff-]*")
_STEP = re.compile(
    r"""\.\.(?P<deep>[\w\u0080-\U0010ffff-]+) | \.(?P<key>[\w\u0080-\U0010ffff-]+|\*)
      | \[(?P<index>\d+|\*)\] | \[(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]""",
    re.VERBOSE,
)


class PathError(ValueError):
    """An invalid pattern; says why."""


class Pattern:
    """One pattern, such as ``$.list[*].time``.

    Raises:
        PathError: it is invalid.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        root = re.match(r"\$[a-z]*", text)
        if root is None or root[0] not in ROOTS:
            raise PathError(f"{text!r} must begin with one of {', '.join(ROOTS)}, such as $.list[*].time")
        parts, position = [re.escape(json.dumps(root[0]))], root.end()
        while position < len(text):
            step = _STEP.match(text, position)
            if step is None:
                raise PathError(f"{text!r} is invalid from {text[position:][:20]!r}: write .key, [0], [*] or ..key")
            parts.append(_regex(step))
            position = step.end()
        # Each step of a path is written as JSON and ends with a line break, which JSON on one line never contains.
        self._regex = re.compile("\n".join(parts).replace("\n(?:", "(?:") + r"\n")

    def covers(self, path: Path) -> bool:
        """Whether it matches `path` or something that contains it."""
        return self._regex.match(_text(path)) is not None

    def matches(self, path: Path) -> bool:
        """Whether it matches `path` itself."""
        return self._regex.fullmatch(_text(path)) is not None

    def __repr__(self) -> str:
        return f"<Pattern {self.text}>"


def spell(path: Path) -> str:
    """Return a path as text, which is also a pattern: ``$.list[0]["odd key"]``."""
    out = str(path[0])
    for step in path[1:]:
        if isinstance(step, int):
            out += f"[{step}]"
        else:
            out += f".{step}" if _KEY.fullmatch(step) else f"[{json.dumps(step, ensure_ascii=False)}]"
    return out


def _regex(step: re.Match[str]) -> str:
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
        raise PathError(f"{quoted} is not a valid quoted string") from None


@cache
def _json(step: str | int) -> str:
    return json.dumps(step)


def _text(path: Path) -> str:
    return "".join(f"{_json(step)}\n" for step in path)


@dataclass(frozen=True)
class Rules:
    """The rules of a comparison; by default every difference counts.

    Attributes:
        ignore: paths that are not compared.
        unordered: lists whose order does not matter.
        tolerances: paths of numbers, and by how much they may differ.
        times: paths of times that may differ by `time_tolerance`: seconds or milliseconds since 1970, or ISO 8601.
        time_tolerance: in seconds.
        unordered_calls: cloud calls may come in any order.
        errors: ``message``: errors raised by the program must have equal messages; ``kind``: messages may differ.
        slowdown: how many times as long as the left side the right one may take; None for no limit. The first event of
            a process does not count.
        clock: ``standing``, frozen at the event's time, or ``moving`` from there.
    """

    ignore: tuple[Pattern, ...] = ()
    unordered: tuple[Pattern, ...] = ()
    tolerances: tuple[tuple[Pattern, float], ...] = ()
    times: tuple[Pattern, ...] = ()
    time_tolerance: float = 5.0
    unordered_calls: bool = False
    errors: Literal["message", "kind"] = "message"
    slowdown: float | None = None
    clock: Literal["standing", "moving"] = "standing"

    def ignores(self, path: Path) -> bool:
        """Whether `path` is not compared."""
        return any(pattern.covers(path) for pattern in self.ignore)

    def is_unordered(self, path: Path) -> bool:
        """Whether the order of the list at `path` does not matter."""
        return any(pattern.matches(path) for pattern in self.unordered)

    def tolerance(self, path: Path) -> float:
        """Return by how much two numbers at `path` may differ."""
        return max((limit for pattern, limit in self.tolerances if pattern.covers(path)), default=0.0)

    def is_same_time(self, path: Path, left: Any, right: Any) -> bool:
        """Whether `path` is that of a time, and both times are within the tolerance."""
        if not any(pattern.covers(path) for pattern in self.times):
            return False
        first, second = _timestamp(left), _timestamp(right)
        return first is not None and second is not None and abs(first - second) <= self.time_tolerance

    def ignoring(self, texts: Iterable[str]) -> Rules:
        """Return these rules with more paths that are not compared.

        Raises:
            PathError: one of them is invalid.
        """
        return replace(self, ignore=(*self.ignore, *map(Pattern, texts)))


def read(path: str) -> Rules:
    """Read the rules in a compare.yaml.

    Raises:
        LocalDataError: it is invalid; names file, line and key.
    """
    document = located_yaml.read(path)
    schema.check_schema(document, _SCHEMA)
    content = document.value

    def pattern(text: str, where: located_yaml.Path) -> Pattern:
        try:
            return Pattern(text)
        except PathError as error:
            raise document.error(where, str(error)) from None

    def patterns(key: str) -> tuple[Pattern, ...]:
        return tuple(pattern(text, (key, index)) for index, text in enumerate(content.get(key, ())))

    tolerance = content.get("tolerance", {})
    if not isinstance(tolerance, dict):
        tolerance = dict.fromkeys(("$", "$error", "$calls", "$state"), tolerance)
    for text, limit in tolerance.items():
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or limit < 0:
            raise document.error(
                ("tolerance", text), f"must be a number of 0 or more, not {located_yaml.kind_of(limit)}"
            )
    return Rules(
        ignore=patterns("ignore"),
        unordered=patterns("unordered"),
        tolerances=tuple((pattern(text, ("tolerance", text)), float(limit)) for text, limit in tolerance.items()),
        times=patterns("times"),
        time_tolerance=float(content.get("time_tolerance", Rules.time_tolerance)),
        unordered_calls=content.get("unordered_calls", False),
        errors=content.get("errors", Rules.errors),
        slowdown=content.get("slowdown"),
        clock=content.get("clock", Rules.clock),
    )


def _timestamp(value: Any) -> float | None:
    """Return seconds since 1970, or None if `value` is not a time."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value / 1000 if abs(value) > 1e11 else float(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.endswith(("Z", "z")):
        text = f"{text[:-1]}+00:00"
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    if dot and digits:  # Python 3.10 parses three digits or six
        text = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
