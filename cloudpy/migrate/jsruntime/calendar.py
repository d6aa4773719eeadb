"""The calendar of Dates: days, the zone of the machine, milliseconds since 1970."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .coercion import number

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = 86_400_000
_TURN = 146_097  # days of 400 years, after which the calendar repeats


def _clip(milliseconds: Any) -> Any:
    return int(milliseconds) if math.isfinite(milliseconds) and abs(milliseconds) <= 8.64e15 else math.nan


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970 to a day of the Gregorian calendar, of any year; `month` from 0."""
    year, month = year + month // 12, month % 12
    turns, rest = divmod(year - 1, 400)
    return turns * _TURN + date(rest + 1, month + 1, 1).toordinal() - _EPOCH.toordinal() + day - 1


def _offset(milliseconds: int, is_local: bool = False) -> int:
    """Milliseconds that the zone of the machine is ahead of UTC, at a point in time or at one of its own clock."""
    for each in (milliseconds, milliseconds % (_TURN * _DAY)):
        try:
            moment = _EPOCH + timedelta(milliseconds=each)
            here = moment.replace(tzinfo=None).astimezone() if is_local else moment.astimezone()
        except (OverflowError, ValueError, OSError):  # a year that datetime does not have
            continue
        return round((here.utcoffset() or timedelta()) / timedelta(milliseconds=1))
    return 0


def _from_parts(parts: tuple[Any, ...], utc: bool) -> Any:
    numbers = [number(part) for part in parts]
    if not all(math.isfinite(each) and abs(each) < 1e15 for each in numbers):
        return math.nan
    year, month, *rest = (int(each) for each in numbers)
    if 0 <= year <= 99 and len(parts) < 7:
        year += 1900
    day, hours, minutes, seconds, ms = (*rest, *(1, 0, 0, 0, 0)[len(rest) :])
    if abs(year) > 400_000 or abs(month) > 5_000_000:
        return math.nan
    at = _days(year, month, 1) + day - 1
    milliseconds = (((at * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms
    return _clip(milliseconds if utc else milliseconds - _offset(milliseconds, True))
