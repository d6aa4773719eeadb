"""Events made out of given ones: what a mini program, another user or a failing API might bring about."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .case import Case, varied

# Texts that programs trip over: blanks, quotes, marks that combine, emoji of several parts, halves of a pair.
_TEXTS = (
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
_NUMBERS = (0, -1, 1, 2, 100, 0.5, -0.1, 1e21, 2**31, 2**53 - 1)  # beyond that JavaScript has no whole numbers
_OTHERS: tuple[Any, ...] = (None, True, False, 0, 1, "", "text", [], {}, [None], {"a": 1}, [[]], 3.5)
_CODES = (-1, 40001, 40003, 43101, 44990, 45009, 47001, 48001, 87014, -604101)
_FAULTS = ("reset", "refused", "truncated", "http500", "garbage")  # not timeout: it costs the whole time limit


class Ground(NamedTuple):
    """What variations are made from: the given events, the APIs that may fail, the users that may call."""

    cases: Sequence[Case]
    apis: Sequence[str]
    openids: Sequence[str]


def variations(ground: Ground, number: int, seed: int) -> Iterator[Case]:
    """So many events, the same for the same arguments; each is one of the given ones with one to four changes."""
    for index in range(number):
        source = random.Random(f"{seed}\n{index}")
        raw = copy.deepcopy(dict(source.choice(ground.cases).raw))
        for key in ("name", "function"):
            raw.pop(key, None)
        for _ in range(source.choice((1, 1, 1, 2, 2, 3, 4))):
            _change(raw, ground, source)
        yield varied(f"fuzz-{seed}-{index}", raw)


def _change(raw: dict[str, Any], ground: Ground, source: random.Random) -> None:
    kind = source.random()
    if kind < 0.12:
        _other_user(raw, ground, source)
    elif kind < 0.3 and ground.apis:
        _failing(raw, source.choice(ground.apis), source)
    else:
        _other_event(raw["event"], source)


def _other_user(raw: dict[str, Any], ground: Ground, source: random.Random) -> None:
    openid = source.choice([*ground.openids, "o-stranger", "o-👤"])
    raw["openid"] = openid
    if source.random() < 0.4:
        raw["unionid"] = source.choice(("", "u-other"))


def _failing(raw: dict[str, Any], api: str, source: random.Random) -> None:
    answers = raw.get("answers")
    if isinstance(answers, dict) and api in answers:
        raw["answers"] = {name: answer for name, answer in answers.items() if name != api}
    fault = source.choice(_CODES) if source.random() < 0.6 else source.choice(_FAULTS)
    raw["faults"] = {**raw.get("faults", {}), api: fault}


def _other_event(event: dict[str, Any], source: random.Random) -> None:
    places = list(_places(event))
    if not places or source.random() < 0.06:
        event[source.choice(("extra", "id", "__proto__x", "键"))] = source.choice(_OTHERS)
        return
    holder, key = source.choice(places)
    source.choice(_CHANGES)(holder, key, source)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of something in an event: what holds it, and under which key."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _without(holder: Any, key: Any, source: random.Random) -> None:
    del holder[key]


def _null(holder: Any, key: Any, source: random.Random) -> None:
    holder[key] = None


def _other_type(holder: Any, key: Any, source: random.Random) -> None:
    value = holder[key]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and source.random() < 0.4:
        holder[key] = str(value)
    elif isinstance(value, str) and source.random() < 0.3:
        holder[key] = [value]
    else:
        holder[key] = copy.deepcopy(source.choice(_OTHERS))


def _other_value(holder: Any, key: Any, source: random.Random) -> None:
    value = holder[key]
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, (int, float)):
        holder[key] = source.choice((*_NUMBERS, value + 1, value - 1, -value))
    elif isinstance(value, str):
        holder[key] = source.choice((*_TEXTS, value.upper(), f" {value} ", value * 2, value[:-1]))
    elif isinstance(value, list):
        holder[key] = source.choice(([], value * 2, value[::-1], value[:-1]))
    else:
        holder[key] = copy.deepcopy(source.choice(_OTHERS))


# Other values lead deeper into a program than other types, which it often refuses at its door.
_CHANGES: tuple[Callable[[Any, Any, random.Random], None], ...] = (
    _without,
    _null,
    _other_type,
    _other_value,
    _other_value,
    _other_value,
)
