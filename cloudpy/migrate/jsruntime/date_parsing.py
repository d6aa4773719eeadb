"""Calendar arithmetic, and the strings that ``new Date`` parses."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from ..._undefined import NAN
from ...errors import NotTranslated
from .coercion import number

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TURN = 146_097  # days of 400 years, after which the calendar repeats


def _days(year: int, month: int, day: int) -> int:
    """Return the days from 1970 to a day of the Gregorian calendar, of any year; `month` is from 0."""
    year, month = year + month // 12, month % 12
    turns, rest = divmod(year - 1, 400)
    return turns * _TURN + date(rest + 1, month + 1, 1).toordinal() - _EPOCH.toordinal() + day - 1


def _from_parts(parts: tuple[Any, ...], utc: bool) -> Any:
    """Return the milliseconds since 1970 of a year, a month from 0, and as many of day, hour, … as there are."""
    numbers = [number(part) for part in parts]
    if not all(map(math.isfinite, numbers)):
        return NAN
    year, month, day, hour, minute, second, ms = [*map(int, numbers), *(0, 1, 0, 0, 0, 0)[len(parts) - 1 :]]
    if 0 <= year <= 99 and len(parts) < 7:
        year += 1900
    try:
        at = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=timezone.utc if utc else None)
        at += timedelta(day - 1, second, 0, ms, minute, hour)
        return round(at.timestamp() * 1000)
    except (OverflowError, ValueError):
        raise NotTranslated("a date before the year 1, or after the year 9999") from None


_DATE = re.compile(
    r"([1-9]\d{3})(?:([-/])(\d\d?)(?:\2(\d\d?)"
    r"(?:([T ])(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)


def date_parse(value: Any) -> Any:
    """Return the milliseconds of ``Date.parse(value)``: NaN without digits, or if there is no such time."""
    if hasattr(value, "getTime"):  # with Date
        return value.getTime() - value.getTime() % 1000  # its text has no milliseconds
    if not re.search("[0-9]", value):
        return NAN
    found = _DATE.fullmatch(value)
    is_iso = re.match(r"\d{4}(-\d\d)*(T\d\d:.*)?$", value)
    try:
        if not found or (found[5] == "T" and not is_iso):
            raise ValueError
        year, month, day = (int(each or 1) for each in found.group(1, 3, 4))
        hour, minute, second = (int(each or 0) for each in found.group(6, 7, 8))
        if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 24 and max(minute, second) < 60):
            return NAN
        at = datetime(year, month, 1, hour, minute, second) + timedelta(day - 1)
        zone = found[10] or ("Z" if is_iso and not found[5] else "")  # without a time it is in UTC
        at = at.replace(tzinfo=datetime.strptime(zone, "%z").tzinfo) if zone else at
        return round(at.timestamp()) * 1000 + int((found[9] or "").ljust(3, "0")[:3])
    except (OverflowError, ValueError):
        raise NotTranslated(f"{value!r} as a date: write it as 2024-05-01 12:30:00") from None
