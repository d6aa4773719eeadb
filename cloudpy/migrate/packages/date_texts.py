"""Packages that write a Date as a string: date-utils, silly-datetime, dateformat."""

from __future__ import annotations

import re

from ..code import Py, call, quoted
from ..diagnostics import Untranslated
from ..jstypes import NIL, TEXTS, js_type
from ..nodes import arguments_of, string_value, text_of
from ..syntax import Node
from .date_format import Piece, formatted
from .date_kinds import DATE_UTILS, literal
from .package import Package

# In the order in which date-utils looks for them -> the token of dayjs
_DATE_UTILS = {
    "YYYY": "YYYY", "YY": "YY", "MMMM": "MMMM", "MMM": "MMM", "MM": "MM", "MI": "mm", "M": "M", "DDDD": "dddd",
    "DDD": "ddd", "DD": "DD", "D": "D", "HH24": "HH", "HH": "hh", "H": "h", "SS": "ss", "PP": "A", "P": "a",
    "LL": "SSS",
}  # fmt: skip
_SILLY = re.compile(r"Y+|M+|D+|H+|h+|m+|s+|a|A")
_SILLY_TOKENS = {"YYYY", "YY", "MM", "M", "DD", "D", "HH", "H", "mm", "m", "ss", "s"}
_MASK = re.compile(r"""d{1,4}|m{1,4}|yy(?:yy)?|([HhMsTt])\1?|[LloSZWN]|"[^"]*"|'[^']*'""")
_MASK_TOKENS = {
    "d": "D", "dd": "DD", "ddd": "ddd", "dddd": "dddd", "m": "M", "mm": "MM", "mmm": "MMM", "mmmm": "MMMM",
    "yy": "YY", "yyyy": "YYYY", "h": "h", "hh": "hh", "H": "H", "HH": "HH", "M": "m", "MM": "mm", "s": "s",
    "ss": "ss", "l": "SSS", "tt": "a", "TT": "A",
}  # fmt: skip
_MASKS = {
    "shortDate": "m/d/yy", "mediumDate": "mmm d, yyyy", "longDate": "mmmm d, yyyy", "shortTime": "h:MM TT",
    "fullDate": "dddd, mmmm d, yyyy", "mediumTime": "h:MM:ss TT", "isoDate": "yyyy-mm-dd", "isoTime": "HH:MM:ss",
    "default": "ddd mmm dd yyyy HH:MM:ss",
}  # fmt: skip


class DateTexts(Package):
    """Write what a Date is written as."""

    sources = frozenset({"date-utils", "silly-datetime", "dateformat"})

    def setting(self, source: str, path: str, args: list[Node]) -> bool:
        return source == "date-utils" and not path and not args

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        if any(each.type == "spread_element" for each in args):
            return None
        if source == "silly-datetime" and path == "format" and 1 <= len(args) <= 2:
            pattern = literal(args[1]) if len(args) == 2 else "YYYY-MM-DD HH:mm:ss"
            return self._shown(self._date(args[0], "js.local_or_now"), _silly_pieces(pattern))
        if source == "dateformat" and path == "" and len(args) <= 2:
            if len(args) == 1 and args[0].type == "string" and not re.search(r"\d", string_value(args[0])):
                return self._shown(Py("datetime.now()"), _mask_pieces(string_value(args[0])))
            if len(args) == 1 and self.type_of(args[0]) & TEXTS:
                raise Untranslated("dateformat with one argument, which may be a date or a mask")
            mask = literal(args[1]) if len(args) == 2 else "default"
            date = self._date(args[0], "js.local_or_fail") if args else Py("datetime.now()")
            return self._shown(date, _mask_pieces(mask))
        return None

    def extension(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write a method that date-utils gives to all Dates; None for any other."""
        type_ = self.type_of(owner)
        if name == "toFormat" and len(args) == 1:
            pattern = self.constant(args[0])
            if pattern is None:
                raise Untranslated("toFormat with a pattern that is not written in the source")
            return self._shown(self._date(owner, "js.local"), _date_utils_pieces(pattern))
        if name not in DATE_UTILS or not type_ or type_ - NIL != js_type("date"):
            return None
        if name in ("add", "remove") and len(args) == 1:
            return call("js.add_to_date", *self.arguments([owner, *args]), *(["sign=-1"] if name == "remove" else []))
        unit = re.fullmatch("(add|remove)(Milliseconds|Seconds|Minutes|Hours|Days|Weeks|Months|Years)", name)
        if unit and len(args) == 1:
            amounts = Py(f'{{"{unit[2].lower()}": {self.expr(args[0])}}}')
            return call("js.add_to_date", self.expr(owner), amounts, *(["sign=-1"] if unit[1] == "remove" else []))
        if name == "clearTime" and not args:
            return call("js.clear_time", self.expr(owner))
        if name == "clone" and not args:
            return call("js.Date", self.expr(owner))
        if name == "toYMD" and not args:
            return self._shown(self._date(owner, "js.local"), _date_utils_pieces("YYYY-MM-DD"))
        return None

    def _date(self, node: Node, helper: str) -> Py:
        is_date = node.type == "new_expression" and text_of(node.child_by_field_name("constructor")) == "Date"
        if is_date and not arguments_of(node):
            return Py("datetime.now()")
        return call(helper, self.expr(node))

    def _shown(self, value: Py, pieces: list[Piece]) -> Py:
        code = formatted(value, pieces, may_be_invalid=False)
        if code is not None:
            return code
        if any("]" in text for _, text in pieces):
            raise Untranslated("a bracket in a pattern of a date")
        return call("js.format_day", value, quoted("".join(token or _literal(text) for token, text in pieces)))


def _literal(text: str) -> str:
    """Return fixed text in a pattern of dayjs."""
    return f"[{text}]" if re.search("[YMDdHhaAmsSZ]", text) else text


def _date_utils_pieces(pattern: str) -> list[Piece]:
    pieces: list[Piece] = [("", pattern)]
    for token, name in _DATE_UTILS.items():
        result: list[Piece] = []
        for known, text in pieces:
            if known:
                result.append((known, text))
                continue
            for at, part in enumerate(text.split(token)):
                result += [*([(name, "")] if at else []), ("", part)]
        pieces = result
    return [piece for piece in pieces if piece != ("", "")]


def _silly_pieces(pattern: str | None) -> list[Piece]:
    found = [each[0] for each in _SILLY.finditer(pattern or "")]
    letters = [each[0] for each in found]
    if pattern is None or not set(found) <= _SILLY_TOKENS or len(letters) != len(set(letters)):
        raise Untranslated("this pattern of silly-datetime")
    return _pieces(_SILLY, pattern, {token: token for token in _SILLY_TOKENS})


def _mask_pieces(mask: str | None) -> list[Piece]:
    mask = _MASKS.get(mask or "", mask)
    if mask is None or mask[:4] in ("UTC:", "GMT:"):
        raise Untranslated("this mask of dateformat")
    return _pieces(_MASK, mask, _MASK_TOKENS)


def _pieces(tokens: re.Pattern[str], pattern: str, names: dict[str, str]) -> list[Piece]:
    pieces: list[Piece] = []
    at = 0
    for found in tokens.finditer(pattern):
        pieces.append(("", pattern[at : found.start()]))
        if found[0][0] in "\"'":
            pieces.append(("", found[0][1:-1]))
        elif found[0] in names:
            pieces.append((names[found[0]], ""))
        else:
            raise Untranslated(f"{found[0]} in a pattern of a date")
        at = found.end()
    return [piece for piece in [*pieces, ("", pattern[at:])] if piece != ("", "")]
