"""Fuzzing: variations of scenarios, and the minimization of those that fail."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .comparison import Comparison
from .scenario import Scenario, from_mapping

MAX_COMPARISONS = 80  # to minimize one scenario
_FIXED_KEYS = ("event", "trigger", "timer", "name")
# Strings that often break programs: spaces, quotes, combining marks, emoji of several parts, lone surrogates.
_STRINGS = (
    "",
    " ",
    "0",
    "null",
    "a'b\"c\\d",
    "<b>&amp;</b>",
    "小程序",
    "e\u0301é",
    "👨\u200d👩\u200d👧",
    "𠮷野家",
    "\ud83d",
    "\udc00x",
    "\u2028\u0000\u001f",
    "../../etc",
    "2026-02-30",
    "x" * 300,
    "长" * 20_000,
)
_NUMBERS = (0, -1, 1, 2, 100, 0.5, -0.1, 1e21, 2**31, 2**53 - 1)  # beyond that JavaScript has no exact integers
_OTHER_VALUES: tuple[Any, ...] = (None, True, False, 0, 1, "", "text", [], {}, [None], {"a": 1}, [[]], 3.5)
_ERR_CODES = (-1, 40001, 40003, 43101, 44990, 45009, 47001, 48001, 87014, -604101)
_GATEWAY_CODES = ("SYS_ERR", "EXCEED_REQUEST_LIMIT")  # the only errors that storage and database have
_FAULTS = ("reset", "refused", "truncated", "http500", "garbage")  # without timeout, which takes the whole time limit


class FuzzContext(NamedTuple):
    """The input of fuzzing.

    Attributes:
        scenarios: to vary.
        apis: that may fail.
        openids: of users that may call.
    """

    scenarios: Sequence[Scenario]
    apis: Sequence[str]
    openids: Sequence[str]


def variations(context: FuzzContext, count: int, seed: int) -> Iterator[Scenario]:
    """Yield `count` scenarios, each with one to four changes; equal arguments give equal scenarios."""
    for index in range(count):
        source = random.Random(f"{seed}\n{index}")
        raw = copy.deepcopy(dict(source.choice(context.scenarios).raw))
        for key in ("name", "function"):
            raw.pop(key, None)
        for _ in range(source.choice((1, 1, 1, 2, 2, 3, 4))):
            _change(raw, context, source)
        yield from_mapping(f"fuzz-{seed}-{index}", raw)


def _change(raw: dict[str, Any], context: FuzzContext, source: random.Random) -> None:
    draw = source.random()
    if draw < 0.12:
        _change_user(raw, context, source)
    elif draw < 0.3 and context.apis:
        _add_fault(raw, source.choice(context.apis), source)
    else:
        _change_event(raw["event"], source)


def _change_user(raw: dict[str, Any], context: FuzzContext, source: random.Random) -> None:
    openid = source.choice([*context.openids, "o-stranger", "o-👤"])
    raw["openid"] = openid
    if source.random() < 0.4:
        raw["unionid"] = source.choice(("", "u-other"))


def _add_fault(raw: dict[str, Any], api: str, source: random.Random) -> None:
    answers = raw.get("answers")
    if isinstance(answers, dict) and api in answers:
        raw["answers"] = {name: answer for name, answer in answers.items() if name != api}
    codes: Sequence[int | str] = _ERR_CODES if _is_openapi(api) else _GATEWAY_CODES
    fault = source.choice(codes) if source.random() < 0.6 else source.choice(_FAULTS)
    raw["faults"] = {**raw.get("faults", {}), api: fault}


def _is_openapi(api: str) -> bool:
    return "." in api and not api.startswith("database.")


def _change_event(event: dict[str, Any], source: random.Random) -> None:
    slots = list(_slots(event))
    if not slots or source.random() < 0.06:
        event[source.choice(("extra", "id", "__proto__x", "键"))] = source.choice(_OTHER_VALUES)
        return
    container, key = source.choice(slots)
    source.choice(_CHANGES)(container, key, source)


def _slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every value in an event as its container and its key."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _slots(value[key])


def _remove(container: Any, key: Any, _: random.Random) -> None:
    del container[key]


def _set_null(container: Any, key: Any, _: random.Random) -> None:
    container[key] = None


def _change_type(container: Any, key: Any, source: random.Random) -> None:
    value = container[key]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and source.random() < 0.4:
        container[key] = str(value)
    elif isinstance(value, str) and source.random() < 0.3:
        container[key] = [value]
    else:
        container[key] = copy.deepcopy(source.choice(_OTHER_VALUES))


def _change_value(container: Any, key: Any, source: random.Random) -> None:
    value = container[key]
    if isinstance(value, bool):
        container[key] = not value
    elif isinstance(value, (int, float)):
        container[key] = source.choice((*_NUMBERS, value + 1, value - 1, -value))
    elif isinstance(value, str):
        container[key] = source.choice((*_STRINGS, value.upper(), f" {value} ", value * 2, value[:-1]))
    elif isinstance(value, list):
        container[key] = source.choice(([], value * 2, value[::-1], value[:-1]))
    else:
        container[key] = copy.deepcopy(source.choice(_OTHER_VALUES))


# Another value gets further into a program than another type, which programs often reject at once.
_CHANGES: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _remove,
    _set_null,
    _change_type,
    _change_value,
    _change_value,
    _change_value,
)


def minimize(
    failing: Comparison, compare: Callable[[Scenario], Comparison], max_comparisons: int = MAX_COMPARISONS
) -> Comparison:
    """Return the smallest comparison found that differs where `failing` differs.

    Args:
        failing: a comparison with differences.
        compare: compares a scenario.
        max_comparisons: how often to call it.
    """
    best, signature = failing, failure_signature(failing)
    raw = dict(failing.scenario.raw)
    progress = True
    while progress:
        progress = False
        for candidate in _smaller(raw):
            if not max_comparisons:
                return best
            max_comparisons -= 1
            comparison = compare(from_mapping(failing.scenario.name, candidate))
            if failure_signature(comparison) & signature:
                best, raw, progress = comparison, candidate, True
                break
    return best


def failure_signature(comparison: Comparison) -> frozenset[str]:
    """Return how both differ: the places, without indices, and how each side ended."""
    kinds = f"{comparison.left.outcome.kind}/{comparison.right.outcome.kind}"
    signature = set()
    for difference in comparison.differences:
        path = difference.path
        if path[0] == "$state":
            path = path[:2]  # below that there are ids, which differ in each event
        steps = ("*" if isinstance(step, int) else step for step in path)
        signature.add(f"{kinds} {'.'.join(steps)}")
    return frozenset(signature)


def _smaller(raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for key in raw:
        if key not in _FIXED_KEYS:
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
