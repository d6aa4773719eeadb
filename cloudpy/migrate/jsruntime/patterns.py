"""Regular expressions: used as JavaScript uses them, on UTF-16 units."""

from __future__ import annotations

import re
from typing import Any

from ..._undefined import UNDEFINED
from .coercion import _string, _units, call, text
from .texts import _pairs


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """Return ``pattern.test(value)``."""
    return pattern.search(_units(text(value))) is not None


def _groups(result: re.Match[str]) -> list[Any]:
    return [UNDEFINED if each is None else _pairs(each) for each in (result[0], *result.groups())]


def match(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return ``value.match(pattern)`` without the flag g: the match and its groups as a list, or null."""
    result = pattern.search(_units(_string(value, "match")))
    return None if result is None else _groups(result)


def match_each(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return ``value.match(pattern)`` with the flag g: the texts that match, or null."""
    return [_pairs(result[0]) for result in pattern.finditer(_units(_string(value, "match")))] or None


def match_all(value: Any, pattern: re.Pattern[str]) -> list[Any]:
    """Return ``value.matchAll(pattern)``: of each match the list of its groups."""
    return [_groups(result) for result in pattern.finditer(_units(_string(value, "matchAll")))]


def search(value: Any, pattern: re.Pattern[str]) -> int:
    """Return ``value.search(pattern)``: where, or -1."""
    result = pattern.search(_units(_string(value, "search")))
    return result.start() if result else -1


def substitute(value: Any, pattern: re.Pattern[str], new: Any, count: int = 0) -> str:
    """Return ``value.replace(pattern, new)``: `count` 1 without the flag g, 0 with it; `new` may be a function."""
    units = _units(_string(value, "replace"))

    def put(result: re.Match[str]) -> str:
        if callable(new):
            return _units(text(call(new, *_groups(result), result.start(), _pairs(units))))
        return _filled(_units(text(new)), result)

    return _pairs(pattern.sub(put, units, count=count))


def _filled(new: str, result: re.Match[str]) -> str:
    groups = result.re.groups

    def put(mark: re.Match[str]) -> str:
        what = mark[0][1:]
        if what in "$&`'":
            methods = {
                "$": "$",
                "&": result[0],
                "`": result.string[: result.start()],
                "'": result.string[result.end() :],
            }
            return methods[what]
        for size in (2, 1):
            number = int(what[:size])
            if len(what) >= size and 1 <= number <= groups:
                return (result[number] or "") + what[size:]
        return mark[0]

    return re.sub(r"\$(?:[$&`']|[0-9]{1,2})", put, new) if "$" in new else new


def split_by(value: Any, pattern: re.Pattern[str]) -> list[Any]:
    """Return ``value.split(pattern)``, the groups between the parts."""
    units = _units(_string(value, "split"))
    if not units:
        return [] if pattern.fullmatch(units) else [units]
    code: list[Any] = []
    start = 0
    for result in pattern.finditer(units):
        if (result.end() == start and result.start() == result.end()) or result.start() >= len(units):
            continue
        code += [_pairs(units[start : result.start()]), *_groups(result)[1:]]
        start = result.end()
    return [*code, _pairs(units[start:])]
