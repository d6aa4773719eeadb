"""What a comparison lets pass: ``compare.yaml``, and ``--ignore``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path as FilePath
from typing import Any, Literal

from ..local import LocalDataError, located_yaml, schema
from .paths import Path, PathError, Pattern

NAME = "compare.yaml"
_SCHEMA = FilePath(__file__).with_name("compare.schema.json")


@dataclass(frozen=True)
class Rules:
    """The rules of a comparison; by default everything counts.

    Attributes:
        ignore: paths that are not looked at.
        unordered: lists whose order does not count.
        tolerances: how far numbers at a path may be apart.
        times: paths of moments that may be `time_tolerance` seconds apart: seconds or milliseconds since 1970, or texts
            in ISO 8601.
        unordered_calls: cloud calls may come in any order.
        errors: ``message``: what a program raises by itself counts with its words; ``kind``: that it raises, alone.
        slowdown: the right side may take so many times as long as the left one, but with its first event; None for any.
        clock: ``standing`` at the event's moment, or ``moving`` from there.
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
        """Whether what is at `path` is not looked at."""
        return any(pattern.covers(path) for pattern in self.ignore)

    def is_unordered(self, path: Path) -> bool:
        """Whether the order of the list at `path` does not count."""
        return any(pattern.names(path) for pattern in self.unordered)

    def tolerance(self, path: Path) -> float:
        """How far two numbers at `path` may be apart."""
        return max((most for pattern, most in self.tolerances if pattern.covers(path)), default=0.0)

    def same_time(self, path: Path, left: Any, right: Any) -> bool:
        """Whether `path` is that of a moment, and both are near enough."""
        if not any(pattern.covers(path) for pattern in self.times):
            return False
        first, second = _moment(left), _moment(right)
        return first is not None and second is not None and abs(first - second) <= self.time_tolerance

    def ignoring(self, texts: Iterable[str]) -> Rules:
        """These rules, and paths more that are not looked at.

        Raises:
            PathError: one of them cannot be read.
        """
        return replace(self, ignore=(*self.ignore, *map(Pattern, texts)))


def read(path: str) -> Rules:
    """The rules in a compare.yaml.

    Raises:
        LocalDataError: it cannot be used, naming file, line and key.
    """
    document = located_yaml.read(path)
    schema.check_by(document, _SCHEMA)
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
        tolerance = {root: tolerance for root in ("$", "$error", "$calls", "$state")}
    for text, most in tolerance.items():
        if isinstance(most, bool) or not isinstance(most, (int, float)) or most < 0:
            raise document.error(("tolerance", text), f"must be a number of 0 or more, is {located_yaml.kind(most)}")
    return Rules(
        ignore=patterns("ignore"),
        unordered=patterns("unordered"),
        tolerances=tuple((pattern(text, ("tolerance", text)), float(most)) for text, most in tolerance.items()),
        times=patterns("times"),
        time_tolerance=float(content.get("time_tolerance", Rules.time_tolerance)),
        unordered_calls=content.get("unordered_calls", False),
        errors=content.get("errors", Rules.errors),
        slowdown=content.get("slowdown"),
        clock=content.get("clock", Rules.clock),
    )


def _moment(value: Any) -> float | None:
    """Seconds since 1970, or None when that is no moment."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value / 1000 if abs(value) > 1e11 else float(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.endswith(("Z", "z")):
        text = f"{text[:-1]}+00:00"
    head, dot, tail = text.partition(".")
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    if dot and digits:  # Python 3.10 takes three digits or six
        text = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


__all__ = ["NAME", "LocalDataError", "Rules", "read"]
