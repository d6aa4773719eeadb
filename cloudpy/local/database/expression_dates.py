"""Operators of dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import calendar
from .calendar import Moment, moment
from .errors import DatabaseError, UnsupportedError
from .expression_base import Compile, Compiler, Expression, Scope, named, nullish, whole
from .values import Date, ObjectId, Timestamp, type_name

_PARTS: dict[str, Callable[[Moment], int]] = {
    "$year": lambda at: at.year,
    "$month": lambda at: at.month,
    "$dayOfMonth": lambda at: at.day,
    "$hour": lambda at: at.hour,
    "$minute": lambda at: at.minute,
    "$second": lambda at: at.second,
    "$millisecond": lambda at: at.ms,
    "$dayOfYear": lambda at: at.day_of_year,
    "$dayOfWeek": lambda at: at.weekday % 7 + 1,
    "$week": lambda at: at.week,
    "$isoDayOfWeek": lambda at: at.weekday,
    "$isoWeek": lambda at: at.iso_week[1],
    "$isoWeekYear": lambda at: at.iso_week[0],
}
_FORMATS: dict[str, Callable[[Moment], str]] = {
    "d": lambda at: f"{at.day:02}",
    "G": lambda at: f"{at.iso_week[0]:04}",
    "H": lambda at: f"{at.hour:02}",
    "j": lambda at: f"{at.day_of_year:03}",
    "L": lambda at: f"{at.ms:03}",
    "m": lambda at: f"{at.month:02}",
    "M": lambda at: f"{at.minute:02}",
    "S": lambda at: f"{at.second:02}",
    "w": lambda at: str(at.weekday % 7 + 1),
    "u": lambda at: str(at.weekday),
    "U": lambda at: f"{at.week:02}",
    "V": lambda at: f"{at.iso_week[1]:02}",
    "Y": lambda at: f"{at.year:04}",
    "z": lambda at: f"{'-' if at.offset < 0 else '+'}{abs(at.offset) // 60:02}{abs(at.offset) % 60:02}",
    "Z": lambda at: f"{at.offset:+04}",
    "%": lambda at: "%",
}
DEFAULT_FORMAT = "%Y-%m-%dT%H:%M:%S.%LZ"


def as_ms(value: Any) -> int:
    """Return the instant of a date, an ObjectId or a timestamp.

    Raises:
        DatabaseError: it is something else.
    """
    if type(value) is Date:
        return value.ms
    if type(value) is ObjectId:
        return int(value.hex[:8], 16) * 1000
    if type(value) is Timestamp:
        return value.seconds * 1000
    raise DatabaseError(f"can't convert from BSON type {type_name(value)} to Date")


def _zone(given: dict[str, Expression], scope: Scope, default: str = "UTC") -> str | None:
    if "timezone" not in given:
        return default
    zone = given["timezone"](scope)
    if nullish(zone):
        return None
    if type(zone) is not str:
        raise DatabaseError(f"timezone must evaluate to a string, found {type_name(zone)}")
    return zone


def _part(name: str) -> Compiler:
    read = _PARTS[name]

    def compile_operator(operand: Any, compile_: Compile) -> Expression:
        if type(operand) is list:
            if len(operand) != 1:
                raise DatabaseError(f"{name} accepts exactly one argument in an array, got {len(operand)}")
            [operand] = operand
        if type(operand) is dict and not next(iter(operand), "").startswith("$"):
            given = named(name, operand, compile_, "date", "timezone")
        else:
            given = {"date": compile_(operand)}
        date = given["date"]

        def value(scope: Scope) -> Any:
            found, zone = date(scope), _zone(given, scope)
            return None if nullish(found) or zone is None else read(moment(as_ms(found), zone))

        return value

    return compile_operator


def _date_to_string(operand: Any, compile_: Compile) -> Expression:
    given = named("$dateToString", operand, compile_, "date", "format timezone onNull")

    def value(scope: Scope) -> Any:
        found, zone = given["date"](scope), _zone(given, scope)
        template = given["format"](scope) if "format" in given else DEFAULT_FORMAT
        if nullish(found):
            return given["onNull"](scope) if "onNull" in given else None
        if nullish(template) or zone is None:
            return None
        if type(template) is not str:
            raise DatabaseError(f"$dateToString requires that 'format' be a string, found: {type_name(template)}")
        if "format" not in given and zone != "UTC":
            template = "%Y-%m-%dT%H:%M:%S.%L"
        return formatted(moment(as_ms(found), zone), template)

    return value


def formatted(at: Moment, template: str) -> str:
    """Return a moment in a format of ``$dateToString``."""
    pieces = iter(template)
    result = []
    for piece in pieces:
        if piece != "%":
            result.append(piece)
            continue
        letter = next(pieces, "")
        if letter not in _FORMATS:
            raise DatabaseError(f"Invalid format character '%{letter}' in format string")
        if letter in "YG" and not 0 <= at.year <= 9999:
            raise DatabaseError("$dateToString is only defined on year 0-9999")
        result.append(_FORMATS[letter](at))
    return "".join(result)


def _date_from_string(operand: Any, compile_: Compile) -> Expression:
    given = named("$dateFromString", operand, compile_, "dateString", "format timezone onError onNull")
    if "format" in given:
        raise UnsupportedError("the argument 'format' of $dateFromString")

    def value(scope: Scope) -> Any:
        text, zone = given["dateString"](scope), _zone(given, scope)
        if nullish(text):
            return given["onNull"](scope) if "onNull" in given else None
        if zone is None:
            return None
        ms = calendar.parse_iso(text, zone) if type(text) is str else None
        if ms is not None:
            return Date(ms)
        if "onError" in given:
            return given["onError"](scope)
        if type(text) is not str:
            raise DatabaseError(f"$dateFromString requires that 'dateString' be a string, found: {type_name(text)}")
        raise DatabaseError(
            f"Error parsing date string '{text}'; the local database reads ISO 8601, such as 2020-01-02T03:04:05.678Z"
        )

    return value


_LIMITS = {
    "year": (0, 9999),
    "isoWeekYear": (0, 9999),
}


def _date_from_parts(operand: Any, compile_: Compile) -> Expression:
    iso = type(operand) is dict and "isoWeekYear" in operand
    names = "isoWeek isoDayOfWeek" if iso else "month day"
    given = named(
        "$dateFromParts",
        operand,
        compile_,
        "isoWeekYear" if iso else "year",
        f"{names} hour minute second millisecond timezone",
    )

    def value(scope: Scope) -> Any:
        parts = {}
        for name, item in given.items():
            if name == "timezone":
                continue
            found = item(scope)
            if nullish(found):
                return None
            parts[name] = whole(found, f"'{name}' of $dateFromParts")
            low, high = _LIMITS.get(name, (-32768, 32767))
            if name not in ("second", "millisecond") and not low <= parts[name] <= high:
                raise DatabaseError(f"'{name}' must be in the range {low} to {high}, got {parts[name]}")
        zone = _zone(given, scope)
        if zone is None:
            return None
        if iso:
            fourth = calendar.days_of(parts["isoWeekYear"], 1, 4)
            monday = fourth - (fourth + 3) % 7
            days = monday + (parts.get("isoWeek", 1) - 1) * 7 + parts.get("isoDayOfWeek", 1) - 1
        else:
            days = calendar.days_of(parts["year"], parts.get("month", 1), 1) + parts.get("day", 1) - 1
        seconds = (parts.get("hour", 0) * 60 + parts.get("minute", 0)) * 60 + parts.get("second", 0)
        return Date(calendar.instant(days, seconds * 1000 + parts.get("millisecond", 0), zone))

    return value


def _date_to_parts(operand: Any, compile_: Compile) -> Expression:
    given = named("$dateToParts", operand, compile_, "date", "timezone iso8601")

    def value(scope: Scope) -> Any:
        found, zone = given["date"](scope), _zone(given, scope)
        iso = given["iso8601"](scope) if "iso8601" in given else False
        if nullish(found) or zone is None or nullish(iso):
            return None
        at = moment(as_ms(found), zone)
        time = {"hour": at.hour, "minute": at.minute, "second": at.second, "millisecond": at.ms}
        if iso is True:
            year, week = at.iso_week
            return {"isoWeekYear": year, "isoWeek": week, "isoDayOfWeek": at.weekday, **time}
        return {"year": at.year, "month": at.month, "day": at.day, **time}

    return value


OPERATORS: dict[str, Compiler] = {
    **{name: _part(name) for name in _PARTS},
    "$dateToString": _date_to_string,
    "$dateFromString": _date_from_string,
    "$dateFromParts": _date_from_parts,
    "$dateToParts": _date_to_parts,
}
