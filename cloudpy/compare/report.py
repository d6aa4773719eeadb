"""The report of a comparison, as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ..i18n import punctuated, translated
from ..runtime.printable import printable
from .comparison import Comparison
from .diff import MISSING, Difference
from .function import Function, UnusableError, labels

_MAX_WIDTH = 120  # characters of a value
_MAX_SHOWN = 12  # differences of one event


@dataclass
class Report:
    """The results of a whole comparison.

    Attributes:
        left: the first function.
        right: the second function.
        events: comparisons of the events from files.
        fuzzed: how many variations of them were compared.
        seed: of the variations.
        failing: variations that differ, one for each way of differing, minimized.
        repeated: by the name of one in `failing`, the names of those that differ in the same way.
        notes: to read first.
        skipped: the names of events that were not compared, because a function that they call cannot be loaded.
    """

    left: Function
    right: Function
    events: list[Comparison] = field(default_factory=list)
    fuzzed: int = 0
    seed: int = 0
    failing: list[Comparison] = field(default_factory=list)
    repeated: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def skip(self, name: str, error: UnusableError) -> None:
        """Note an event that cannot be compared, and each reason once."""
        self.skipped.append(name)
        if str(error) not in self.notes:
            self.notes.append(str(error))

    def note_refusals(self, one: Comparison) -> None:
        """Note the APIs that both sides were refused: the functions are compared without them."""
        for api in sorted(one.left.refused & one.right.refused):
            note = f"{api}: both are refused (-604101), config.json does not list it"
            if note not in self.notes:
                self.notes.append(note)

    @property
    def equal(self) -> bool:
        """Whether both did the same with every event."""
        return not self.failing and not self.skipped and all(one.equal for one in self.events)

    @property
    def different(self) -> list[Comparison]:
        """The comparisons with differences."""
        return [*(one for one in self.events if not one.equal), *self.failing]

    def labels(self) -> tuple[str, str]:
        """Return the names of both sides."""
        return labels(self.left, self.right)


def as_text(report: Report) -> list[tuple[str, str]]:
    """Return lines for a terminal, each with its kind: ``note``, ``head``, ``place``, ``value`` or ``sum``."""
    lines: list[tuple[str, str]] = [("note", translated(f"note: {note}")) for note in report.notes]
    return [*lines, *different_as_text(report), ("sum", summary(report))]


def different_as_text(report: Report, before: str = "") -> list[tuple[str, str]]:
    """Return the lines about what differs; the name of each event has `before` in front of it."""
    lines: list[tuple[str, str]] = []
    left, right = report.labels()
    for one in report.different:
        name, times = f"{before}{one.scenario.name}{_caller(one)}", _times(one, left, right)
        count = len(one.differences)
        text = translated(
            f"{name} differs: 1 difference ({times})"
            if count == 1
            else f"{name} differs: {count} differences ({times})"
        )
        lines.append(("head", text))
        for difference in one.differences[:_MAX_SHOWN]:
            lines += _lines(difference, left, right)
        if len(one.differences) > _MAX_SHOWN:
            number = len(one.differences) - _MAX_SHOWN
            lines.append(("value", f"  {translated(f'and {number} more differences')}"))
        for label, run in ((left, one.left), (right, one.right)):
            if run.outcome.logged:
                lines.append(("value", f"  {translated(f'{label} logged {run.outcome.logged}')}"))
        if one in report.failing:
            raw = printable(json.dumps(dict(one.scenario.raw), ensure_ascii=True))
            lines.append(("value", f"  {translated(f'event: {raw}')}"))
            others = report.repeated.get(one.scenario.name, ())
            if others:
                names, number = ", ".join(others[:5]), len(others) - 5
                also = translated(f"also: {names} and {number} more" if number > 0 else f"also: {names}")
                lines.append(("value", f"  {also}"))
    return lines


def summary(report: Report) -> str:
    """Return one line: how many events, how many differ, how long both took."""
    left, right = report.labels()
    first, second = (
        sum(one.outcome.seconds for one in side)
        for side in ([one.left for one in report.events], [one.right for one in report.events])
    )
    return punctuated(f"{equality(report)}. {left} {_duration(first)}, {right} {_duration(second)}.")


def equality(report: Report) -> str:
    """Return how many events there are, and how many differ."""
    differ = sum(not one.equal for one in report.events)
    count = len(report.events)
    equal = _differ(differ)
    parts = [translated(f"1 event: {equal}" if count == 1 else f"{count} events: {equal}")]
    if report.skipped:
        number = len(report.skipped)
        parts.append(translated(f"{number} not compared"))
    if report.fuzzed:
        failing = len(report.failing) + sum(map(len, report.repeated.values()))
        fuzzed, seed, number, equal = report.fuzzed, report.seed, len(report.failing), _differ(failing)
        ways = translated(" in 1 way" if number == 1 else f" in {number} ways") if failing else ""
        parts.append(translated(f"{fuzzed} fuzzed (seed {seed}): {equal}") + ways)
    return "; ".join(parts)


def as_json(report: Report) -> dict[str, Any]:
    """Return ``{"equal", "left", "right", "events", "notes", "fuzz"}`` in JSON types."""
    names = report.labels()
    sides = {
        side: {"folder": function.folder, "language": function.language, "label": label}
        for side, function, label in zip(("left", "right"), (report.left, report.right), names, strict=True)
    }
    value: dict[str, Any] = {
        "equal": report.equal,
        **sides,
        "events": [_json(one) for one in report.events],
        "notes": report.notes,
        "skipped": report.skipped,
    }
    if report.fuzzed:
        failing = [
            {**_json(one), "case": dict(one.scenario.raw), "inTheSameWay": report.repeated.get(one.scenario.name, [])}
            for one in report.failing
        ]
        value["fuzz"] = {"events": report.fuzzed, "seed": report.seed, "failing": failing}
    return value


def difference_text(one: Comparison, names: tuple[str, str]) -> str:
    """Return the differences of one event as plain text, for JUnit."""
    return "\n".join(text for difference in one.differences for _, text in _lines(difference, *names))


def shown_values(difference: Difference) -> tuple[str, str]:
    """Return both values of a difference as text, shortened to the part that differs."""
    left, right = difference.left, difference.right
    begin = 0
    if isinstance(left, str) and isinstance(right, str) and max(len(left), len(right)) > _MAX_WIDTH:
        same = next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
        begin = max(0, (min(len(left), len(right)) if same is None else same) - 20)
    return _value(left, begin), _value(right, begin)


def _lines(difference: Difference, left: str, right: str) -> list[tuple[str, str]]:
    width = max(len(left), len(right))
    note = f"  ({translated(difference.note)})" if difference.note else ""
    first, second = shown_values(difference)
    return [
        ("place", f"  {printable(difference.place)}{note}"),
        ("value", f"    {left:<{width}}  {first}"),
        ("value", f"    {right:<{width}}  {second}"),
    ]


def _value(value: Any, begin: int = 0) -> str:
    if value is MISSING:
        return translated("(missing)")
    if isinstance(value, bytes):
        return f"{len(value)} bytes {value[:16].hex(' ')}{' …' if len(value) > 16 else ''}"
    if isinstance(value, str):
        cut = value[begin : begin + _MAX_WIDTH]
        text = json.dumps(cut, ensure_ascii=False)
        before, after = "…" if begin else "", "…" if begin + _MAX_WIDTH < len(value) else ""
        size = f" ({len(value)} characters)" if before or after else ""
        return printable(f"{before}{text}{after}{size}")
    text = json.dumps(_plain(value), ensure_ascii=False)
    return printable(text if len(text) <= _MAX_WIDTH else f"{text[:_MAX_WIDTH]}…")


def _plain(value: Any) -> Any:
    """Return `value` in JSON types; bytes become their length and hash."""
    if isinstance(value, bytes):
        return {"bytes": len(value), "sha256": sha256(value).hexdigest()}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _json(one: Comparison) -> dict[str, Any]:
    return {
        "name": one.scenario.name,
        "equal": one.equal,
        "left": _plain(one.left.outcome.as_json()),
        "right": _plain(one.right.outcome.as_json()),
        "calls": [len(one.left.calls), len(one.right.calls)],
        "differences": [_difference(difference) for difference in one.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    """Return a difference as a dict; the key of a missing value is omitted."""
    values = {"path": difference.place, "left": difference.left, "right": difference.right, "note": difference.note}
    return {key: _plain(value) for key, value in values.items() if value is not MISSING and (key != "note" or value)}


def _caller(one: Comparison) -> str:
    openid = one.scenario.raw.get("openid")
    return f" (by {printable(str(openid))})" if openid else ""


def _times(one: Comparison, left: str, right: str) -> str:
    return f"{left} {_duration(one.left.outcome.seconds)}, {right} {_duration(one.right.outcome.seconds)}"


def _differ(count: int) -> str:
    return translated("all equal" if not count else "1 differs" if count == 1 else f"{count} differ")


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
