"""Regular expressions: used as JavaScript uses them, on UTF-16 units."""

from __future__ import annotations

import re
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import _string, _units, call, number, text
from .texts import _pairs
from .values import Host


def matches(pattern: re.Pattern[str], value: Any) -> bool:
    """Return ``pattern.test(value)``."""
    return pattern.search(_units(text(value))) is not None


# What a string that becomes a pattern may consist of: an escape, a sign, a quantifier, a parenthesis, another character
_PATTERN_PARTS = re.compile(
    r"\\(?P<escape>[^a-zA-Z0-9_])|\\(?P<kind>[dwbDWB])|(?P<sign>[.$^|])|(?P<more>[*+?]\??)|(?P<group>\((?:\?:)?)|(?P<end>\))"
    r"|(?P<plain>[^\\*+?()\[\]{}])",
    re.DOTALL,
)


def pattern_of(source: Any, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Return ``new RegExp(source)`` of a string that is known only now; it raises what is rare in such strings."""
    units = _units("(?:)" if source is UNDEFINED or source == "" else text(source))
    at, depth, before, written = 0, 0, "", ""
    while at < len(units):
        part = _PATTERN_PARTS.match(units, at)
        kind = part.lastgroup if part is not None else None
        if part is None or kind is None or (kind == "more" and before not in ("plain", "escape", "kind", ".")):
            break
        piece = part[0]
        if (kind == "kind" and piece == "\\b") or (
            ignore_case and not piece.isascii() and piece.lower() != piece.upper()
        ):
            kind = "sign" if piece == "\\b" else ""
        depth += {"group": 1, "end": -1}.get(kind, 0)
        if depth < 0:
            break
        written += {"$": "\\Z", ".": "[^\\n\\r\u2028\u2029]"}.get(piece) or (
            re.escape(part[kind]) if kind in ("escape", "plain") else piece
        )
        at, before = part.end(), "." if piece == "." else kind
    if at < len(units) or depth:
        raise NotTranslated(f"the regular expression {text(source)}, made while the program runs, is not translated")
    return re.compile(written, re.ASCII | re.IGNORECASE if ignore_case else re.ASCII)


class _Found(list):  # type: ignore[type-arg]
    """A match: it and its groups, and where it is."""

    def __init__(self, result: re.Match[str]) -> None:
        super().__init__(_groups(result))
        named = {name: UNDEFINED if each is None else _pairs(each) for name, each in result.groupdict().items()}
        self._named = {"index": result.start(), "input": _pairs(result.string), "groups": named or UNDEFINED}


def _groups(result: re.Match[str]) -> list[Any]:
    return [UNDEFINED if each is None else _pairs(each) for each in (result[0], *result.groups())]


def match(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return ``value.match(pattern)`` without the flag g: the match and its groups as a list, or null."""
    result = pattern.search(_units(_string(value, "match")))
    return None if result is None else _Found(result)


def _finds(pattern: re.Pattern[str], units: str) -> Any:
    """Yield one match after the other; after an empty one JavaScript goes on behind its place, and Python at it."""
    at = 0
    while at <= len(units) and (result := pattern.search(units, at)):
        yield result
        at = result.end() + (result.end() == result.start())


def match_each(value: Any, pattern: re.Pattern[str]) -> Any:
    """Return ``value.match(pattern)`` with the flag g: the texts that match, or null."""
    return [_pairs(result[0]) for result in _finds(pattern, _units(_string(value, "match")))] or None


def match_all(value: Any, pattern: re.Pattern[str]) -> list[Any]:
    """Return ``value.matchAll(pattern)``: of each match the list of its groups."""
    return [_Found(result) for result in _finds(pattern, _units(_string(value, "matchAll")))]


def search(value: Any, pattern: re.Pattern[str]) -> int:
    """Return ``value.search(pattern)``: where, or -1."""
    result = pattern.search(_units(_string(value, "search")))
    return result.start() if result else -1


def substitute(value: Any, pattern: re.Pattern[str], new: Any, count: int = 0) -> str:
    """Return ``value.replace(pattern, new)``: `count` 1 without the flag g, 0 with it; `new` may be a function."""
    units = _units(_string(value, "replace"))

    def put(result: re.Match[str]) -> str:
        if callable(new):
            named = _Found(result)._named["groups"]
            more = [result.start(), _pairs(units), *([] if named is UNDEFINED else [named])]
            return _units(text(call(new, *_groups(result), *more)))
        return _filled(_units(text(new)), result)

    pieces, end = [], 0
    for result in _finds(pattern, units):
        pieces += [units[end : result.start()], put(result)]
        end = result.end()
        if count:
            break
    return _pairs("".join(pieces) + units[end:])


def _filled(new: str, result: re.Match[str]) -> str:
    groups = result.re.groups

    def put(mark: re.Match[str]) -> str:
        what = mark[0][1:]
        if what[0] == "<":
            return (result[what[1:-1]] or "") if what[1:-1] in result.re.groupindex else ""
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

    named = "|<[^>]*>" if result.re.groupindex else ""
    return re.sub(rf"\$(?:[$&`']|[0-9]{{1,2}}{named})", put, new) if "$" in new else new


def split_by(value: Any, pattern: re.Pattern[str], limit: Any = UNDEFINED) -> list[Any]:
    """Return ``value.split(pattern, limit)``, the groups between the parts."""
    if limit is not UNDEFINED:
        return split_by(value, pattern)[: int(number(limit)) % 2**32]
    units = _units(_string(value, "split"))
    if not units:
        return [] if pattern.fullmatch(units) else [units]
    code: list[Any] = []
    start = at = 0
    while at < len(units) and (result := pattern.search(units, at)) and result.start() < len(units):
        at = result.end()
        if at == start:
            at += 1
            continue
        code += [_pairs(units[start : result.start()]), *_groups(result)[1:]]
        start = at
    return [*code, _pairs(units[start:])]


class Scanner(Host):
    """A regular expression with the flag g or y: ``exec`` and ``test`` go on where the last match ended.

    Attributes:
        pattern: What it looks for.
        lastIndex: Where, in UTF-16 units.
    """

    def __init__(self, pattern: re.Pattern[str], *, is_sticky: bool = False) -> None:
        self.pattern = pattern
        self._find = pattern.match if is_sticky else pattern.search
        self.lastIndex: Any = 0

    def restarted(self) -> re.Pattern[str]:
        """Return the pattern for a method that looks from the begin on."""
        self.lastIndex = 0
        return self.pattern

    def exec(self, value: Any) -> Any:
        """Return the next match, or null."""
        units, start = _units(text(value)), max(0, int(number(self.lastIndex)))
        result = self._find(units, start) if start <= len(units) else None
        self.lastIndex = 0 if result is None else result.end()
        return None if result is None else _Found(result)

    def test(self, value: Any) -> bool:
        """Return whether there is a next match."""
        return self.exec(value) is not None
