"""What the functions and methods of date packages give.

``dayjs`` and ``moment`` are days of these packages, in Python a datetime with a zone; ``invalid`` stands beside them
where the day may be invalid, in Python an ``_InvalidDate`` of js.py, and ``zoned`` stands for
a day of dayjs that was moved to a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..jstypes import NOTHING, NUMBERS, TEXTS, JsType, js_type
from ..nodes import arguments_of, field, string_value, strip, text_of
from ..syntax import Node

Of = Callable[[Node], JsType]
Result = JsType | Callable[[Node, Of], JsType]

INVALID = js_type("invalid")
# What is said of a day beside its package
STATES = js_type("invalid")
_SURE = NUMBERS - {"num"}
# Any digits in it are a date: what is too much goes on to the next month
_SURE_TEXT = re.compile(r"[1-9]\d{3}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
# Where dayjs goes on and moment does not
_SURE_ISO = re.compile(
    r"[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])(?:[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?"
)


def is_sure_text(node: Node, word: str) -> bool:
    """Whether a literal is a date for a package."""
    known = _SURE_TEXT if word == "dayjs" else _SURE_ISO
    return node.type == "string" and known.fullmatch(string_value(node)) is not None


def made(word: str) -> Callable[[Node, Of], JsType]:
    """Return the type of ``dayjs(…)``, and the like."""

    def of_call(call: Node, of: Of) -> JsType:
        args = arguments_of(call)
        if not args:
            return js_type(word)
        type_ = of(args[0])
        is_day = bool(type_) and type_ <= _days(word) | STATES
        is_sure = is_day or (bool(type_) and type_ <= js_type("lit nat int")) or is_sure_text(args[0], word)
        state = type_ & STATES if is_day else INVALID if not is_sure or len(args) > 1 else NOTHING
        return type_ if is_day else js_type(word) | state

    return of_call


def made_in_zone(call: Node, of: Of) -> JsType:
    """Return the type of ``dayjs.tz(…)``."""
    args = arguments_of(call)
    is_utc = bool(args) and literal(args[-1]) in UTC
    return js_type("dayjs" if is_utc else "zoned") | (made("dayjs")(call, of) & STATES)


def _owner(call: Node, of: Of) -> JsType:
    return of(field(strip(field(call, "function")), "object"))


def _is_number(call: Node, of: Of) -> bool:
    """Whether the first argument is missing, or surely a number that is finite."""
    args = arguments_of(call)
    return not args or (bool(of(args[0])) and of(args[0]) <= _SURE)


def _moved(word: str) -> Callable[[Node, Of], JsType]:
    def of_call(call: Node, of: Of) -> JsType:
        result = _kept(word)(call, of)
        return result if _is_number(call, of) else result | INVALID

    return of_call


def _kept(word: str) -> Callable[[Node, Of], JsType]:
    return lambda call, of: _owner(call, of) & (_days(word) | STATES)


def _days(word: str) -> JsType:
    return js_type("dayjs zoned") if word == "dayjs" else js_type(word)


def zoned(call: Node, of: Of) -> JsType:
    """Return the type of a day of dayjs that is moved to a zone."""
    args = arguments_of(call)
    is_utc = bool(args) and (literal(args[-1]) in UTC or text_of(args[-1]) == "0")
    return js_type("dayjs" if is_utc else "zoned") | (_owner(call, of) & STATES)


def unzoned(call: Node, of: Of) -> JsType:
    """Return the type of a day of dayjs that is moved to UTC, or to the local zone."""
    return js_type("dayjs") | (_owner(call, of) & STATES)


def _part(word: str) -> Callable[[Node, Of], JsType]:
    """Return the type of ``day.year()``, a number, and of ``day.year(2020)``, a day."""

    def of_call(call: Node, of: Of) -> JsType:
        if arguments_of(call):
            return _moved(word)(call, of)
        return js_type("num") if _owner(call, of) & INVALID else js_type("lit")

    return of_call


def _count(call: Node, of: Of) -> JsType:
    args = arguments_of(call)
    is_sure = not _owner(call, of) & INVALID and (not args or of(args[0]) <= js_type("dayjs moment"))
    return js_type("int") if is_sure and len(args) < 3 else js_type("num")


def _formatted(call: Node, of: Of) -> JsType:
    return js_type("ascii") if all(of(each) <= js_type("ascii") for each in arguments_of(call)) else js_type("str")


# Methods that date-utils gives to all Dates: those that give the Date itself, which they change, and a few more
DATE_UTILS: dict[str, JsType] = {
    **{
        f"{verb}{unit}": js_type("date")
        for verb in ("add", "remove")
        for unit in ("", "Milliseconds", "Seconds", "Minutes", "Hours", "Days", "Weeks", "Months", "Years")
    },
    **dict.fromkeys(["clearTime", "clone"], js_type("date")),
    **dict.fromkeys(["toFormat", "toYMD"], js_type("str")),
}
UTC = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Universal", "Zulu"}
PARTS = ("year", "month", "date", "day", "hour", "minute", "second", "millisecond")


def day_methods(word: str) -> dict[str, Result]:
    """Return the methods that dayjs and moment have in common."""
    return {
        **dict.fromkeys(["add", "subtract"], _moved(word)),
        "set": lambda call, of: _kept(word)(call, of) | INVALID,
        **dict.fromkeys(["startOf", "endOf", "clone", "local", "utc", "tz"], _kept(word)),
        **dict.fromkeys([*PARTS, "hours", "minutes", "seconds", "milliseconds"], _part(word)),
        "utcOffset": lambda call, of: _kept(word)(call, of) if arguments_of(call) else js_type("num"),
        **dict.fromkeys(["quarter", "isoWeekday", "isoWeek", "dayOfYear", "weekday", "daysInMonth"], js_type("num")),
        **dict.fromkeys(["isBefore", "isAfter", "isSame", "isSameOrBefore", "isSameOrAfter"], js_type("bool")),
        **dict.fromkeys(["isBetween", "isValid"], js_type("bool")),
        **dict.fromkeys(["diff", "unix", "valueOf"], _count),
        "format": _formatted,
        "toDate": js_type("date"),
        "toISOString": js_type("ascii"),
        "toJSON": js_type("ascii null"),
    }


def dayjs_methods() -> dict[str, Result]:
    """Return the methods of dayjs."""
    methods = day_methods("dayjs")
    return methods | {
        **dict.fromkeys(["utc", "local"], unzoned),
        "tz": zoned,
        "utcOffset": lambda call, of: zoned(call, of) if arguments_of(call) else js_type("num"),
    }


def literal(node: Node | None) -> str | None:
    """Return the text of a string in the source; None for anything else."""
    if node is None:
        return None
    node = strip(node)
    if node.type == "template_string" and not any(each.type == "template_substitution" for each in node.named_children):
        return text_of(node)[1:-1] if "\\" not in text_of(node) else None
    return string_value(node) if node.type == "string" else None


def is_text(type_: JsType) -> bool:
    """Whether a value is surely a string."""
    return bool(type_) and type_ <= TEXTS
