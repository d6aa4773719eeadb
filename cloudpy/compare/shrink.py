"""A failing event made small: as much is taken out of it as can be, while it still fails in the same way."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .case import Case, varied
from .judge import Comparison

BUDGET = 80  # comparisons that one event is worth
_FIXED = ("event", "trigger", "timer", "name")


def shrunk(failing: Comparison, compare: Callable[[Case], Comparison], budget: int = BUDGET) -> Comparison:
    """The smallest comparison found that differs where `failing` differs, after `budget` tries at the most."""
    best, wanted = failing, ways(failing)
    raw = dict(failing.case.raw)
    progress = True
    while progress:
        progress = False
        for candidate in _smaller(raw):
            if not budget:
                return best
            budget -= 1
            found = compare(varied(failing.case.name, candidate))
            if ways(found) & wanted:
                best, raw, progress = found, candidate, True
                break
    return best


def ways(comparison: Comparison) -> frozenset[str]:
    """In which ways both differ: the places, whatever their index, and how each side ended."""
    kinds = f"{comparison.left.outcome.kind}/{comparison.right.outcome.kind}"
    found = set()
    for one in comparison.differences:
        path = one.path[:2] if one.path[0] == "$state" else one.path  # below that there are ids, of each event its own
        steps = ("*" if isinstance(step, int) else step for step in path)
        found.add(f"{kinds} {'.'.join(steps)}")
    return frozenset(found)


def _smaller(raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in raw:
        if key not in _FIXED:
            yield {name: value for name, value in raw.items() if name != key}
    faults = raw.get("faults", {})
    if len(faults) > 1:
        for api in faults:
            yield {**raw, "faults": {name: value for name, value in faults.items() if name != api}}
    for event in _smaller_values(raw["event"]):
        yield {**raw, "event": event}


def _smaller_values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
        for key, item in value.items():
            for smaller in _smaller_values(item):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        if len(value) > 3:
            yield copy.copy(value[: len(value) // 2])
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
        for index, item in enumerate(value):
            for smaller in _smaller_values(item):
                yield [*value[:index], smaller, *value[index + 1 :]]
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
