"""Regular expressions: used as JavaScript uses them, on UTF-16 units."""

from __future__ import annotations

import re
from typing import Any

from .coercion import _string, _units, call, text
from .texts import _pairs
from .values import UNDEFINED


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """``pattern.test(value)``."""
    return pattern.search(_units(text(value))) is not None


def _groups(found: re.Match[str]) -> list[Any]:
    return [UNDEFINED if each is None else _pairs(each) for each in (found[0], *found.groups())]


def match(value: Any, pattern: re.Pattern[str]) -> Any:
    """``value.match(pattern)`` without the flag g: the match and its groups as a list, or null."""
    found = pattern.search(_units(_string(value, "match")))
    return None if found is None else _groups(found)


def match_each(value: Any, pattern: re.Pattern[str]) -> Any:
    """``value.match(pattern)`` with the flag g: the texts that match, or null."""
    return [_pairs(found[0]) for found in pattern.finditer(_units(_string(value, "match")))] or None


def match_all(value: Any, pattern: re.Pattern[str]) -> list[Any]:
    """``value.matchAll(pattern)``: of each match the list of its groups."""
    return [_groups(found) for found in pattern.finditer(_units(_string(value, "matchAll")))]


def search(value: Any, pattern: re.Pattern[str]) -> int:
    """``value.search(pattern)``: where, or -1."""
    found = pattern.search(_units(_string(value, "search")))
    return found.start() if found else -1


def substitute(value: Any, pattern: re.Pattern[str], new: Any, count: int = 0) -> str:
    """``value.replace(pattern, new)``: `count` 1 without the flag g, 0 with it; `new` is a text or a function."""
    units = _units(_string(value, "replace"))

    def put(found: re.Match[str]) -> str:
        if callable(new):
            return _units(text(call(new, *_groups(found), found.start(), _pairs(units))))
        return _filled(_units(text(new)), found)

    return _pairs(pattern.sub(put, units, count=count))


def _filled(new: str, found: re.Match[str]) -> str:
    groups = found.re.groups

    def put(mark: re.Match[str]) -> str:
        what = mark[0][1:]
        if what in "$&`'":
            ways = {"$": "$", "&": found[0], "`": found.string[: found.start()], "'": found.string[found.end() :]}
            return ways[what]
        for size in (2, 1):
            number = int(what[:size])
            if len(what) >= size and 1 <= number <= groups:
                return (found[number] or "") + what[size:]
        return mark[0]

    return re.sub(r"\$(?:[$&`']|[0-9]{1,2})", put, new) if "$" in new else new


def split_by(value: Any, pattern: re.Pattern[str]) -> list[Any]:
    """``value.split(pattern)``, the groups between the parts."""
    units = _units(_string(value, "split"))
    if not units:
        return [] if pattern.fullmatch(units) else [units]
    made: list[Any] = []
    begin = 0
    for found in pattern.finditer(units):
        if (found.end() == begin and found.start() == found.end()) or found.start() >= len(units):
            continue
        made += [_pairs(units[begin : found.start()]), *_groups(found)[1:]]
        begin = found.end()
    return [*made, _pairs(units[begin:])]
