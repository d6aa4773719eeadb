"""Points in time. A Date counts milliseconds since 1970 and shows them in the zone of the machine, or in UTC."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from ..._undefined import NAN
from ...errors import NotTranslated
from .coercion import number
from .date_parsing import _from_parts, date_parse
from .values import RangeError


def now() -> int:
    """Return ``Date.now()``: milliseconds since 1970."""
    return int(time.time() * 1000)


class Date:
    """``new Date()``, or of a number of milliseconds, or of another date; months count from 0."""

    def __init__(self, *value: Any) -> None:
        moment = number(value[0]) if value else time.time() * 1000
        self._time: Any = int(moment) if abs(moment) <= 8.64e15 else NAN
        if not -62135596800000 <= self._time < 253402300800000 and self._time == self._time:
            raise NotTranslated("a date before the year 1, or after the year 9999")

    def _utc(self) -> datetime:
        if self._time != self._time:
            raise RangeError("Invalid time value")
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=self._time)

    def _fields(self, utc: bool = False) -> tuple[int, ...]:
        """Return year, month from 0, day, hour, minute, second, millisecond, day of the week."""
        at = self._utc() if utc else self._utc().astimezone()
        ms, weekday = at.microsecond // 1000, at.isoweekday() % 7
        return (at.year, at.month - 1, at.day, at.hour, at.minute, at.second, ms, weekday)

    def _part(self, place: int, utc: bool = False) -> Any:
        return self._fields(utc)[place] if self._time == self._time else NAN

    def __cloudpy_datetime__(self) -> datetime | float:
        """Return the same point in time as Python has it, in UTC, or NaN; the database stores it."""
        return self._utc() if self._time == self._time else NAN

    def __sub__(self, other: Any) -> Any:
        return self._time - number(other)

    def __rsub__(self, other: Any) -> Any:
        return number(other) - self._time

    def __lt__(self, other: Any) -> bool:
        return bool(self._time < number(other))

    def __le__(self, other: Any) -> bool:
        return bool(self._time <= number(other))

    def __gt__(self, other: Any) -> bool:
        return bool(self._time > number(other))

    def __ge__(self, other: Any) -> bool:
        return bool(self._time >= number(other))

    def getTime(self) -> Any:
        return self._time

    def valueOf(self) -> Any:
        return self._time

    def getFullYear(self) -> Any:
        return self._part(0)

    def getUTCFullYear(self) -> Any:
        return self._part(0, True)

    def getMonth(self) -> Any:
        return self._part(1)

    def getUTCMonth(self) -> Any:
        return self._part(1, True)

    def getDate(self) -> Any:
        return self._part(2)

    def getUTCDate(self) -> Any:
        return self._part(2, True)

    def getHours(self) -> Any:
        return self._part(3)

    def getUTCHours(self) -> Any:
        return self._part(3, True)

    def getMinutes(self) -> Any:
        return self._part(4)

    def getUTCMinutes(self) -> Any:
        return self._part(4, True)

    def getSeconds(self) -> Any:
        return self._part(5)

    def getUTCSeconds(self) -> Any:
        return self._part(5, True)

    def getMilliseconds(self) -> Any:
        return self._part(6)

    def getUTCMilliseconds(self) -> Any:
        return self._part(6, True)

    def getDay(self) -> Any:
        return self._part(7)

    def getUTCDay(self) -> Any:
        return self._part(7, True)

    def getTimezoneOffset(self) -> Any:
        if self._time != self._time:
            return NAN
        ahead = self._utc().astimezone().utcoffset() or timedelta()
        return -ahead // timedelta(minutes=1)

    def toISOString(self) -> str:
        return self._utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def toJSON(self) -> Any:
        return self.toISOString() if self._time == self._time else None

    def toDateString(self) -> str:
        if self._time != self._time:
            return "Invalid Date"
        year, month, day, *_, weekday = self._fields()
        return f"{_WEEKDAYS[weekday]} {_MONTHS[month]} {day:02d} {'-' if year < 0 else ''}{abs(year):04d}"

    def _moved(self, place: int, values: tuple[Any, ...], utc: bool = False) -> Any:
        if self._time != self._time and place:
            return self._time
        parts: list[Any] = list(self._fields(utc)[:7]) if self._time == self._time else [1970, 0, 1, 0, 0, 0, 0]
        parts[place : place + len(values)] = values
        self._time = _from_parts(tuple(parts[:7]), utc)
        return self._time

    def setTime(self, value: Any) -> Any:
        self._time = Date(value)._time
        return self._time

    def setFullYear(self, *values: Any) -> Any:
        return self._moved(0, values)

    def setUTCFullYear(self, *values: Any) -> Any:
        return self._moved(0, values, True)

    def setMonth(self, *values: Any) -> Any:
        return self._moved(1, values)

    def setUTCMonth(self, *values: Any) -> Any:
        return self._moved(1, values, True)

    def setDate(self, *values: Any) -> Any:
        return self._moved(2, values)

    def setUTCDate(self, *values: Any) -> Any:
        return self._moved(2, values, True)

    def setHours(self, *values: Any) -> Any:
        return self._moved(3, values)

    def setUTCHours(self, *values: Any) -> Any:
        return self._moved(3, values, True)

    def setMinutes(self, *values: Any) -> Any:
        return self._moved(4, values)

    def setUTCMinutes(self, *values: Any) -> Any:
        return self._moved(4, values, True)

    def setSeconds(self, *values: Any) -> Any:
        return self._moved(5, values)

    def setUTCSeconds(self, *values: Any) -> Any:
        return self._moved(5, values, True)

    def setMilliseconds(self, *values: Any) -> Any:
        return self._moved(6, values)

    def setUTCMilliseconds(self, *values: Any) -> Any:
        return self._moved(6, values, True)


def date_of(value: Any) -> Date:
    """Return ``new Date(value)`` of any value: a string is parsed."""
    return Date(date_parse(value) if isinstance(value, str) else value)


def date_at(*parts: Any) -> Date:
    """Return ``new Date(year, month, …)``, in local time."""
    return Date(_from_parts(parts, False))


_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date_utc(*parts: Any) -> Any:
    """Return ``Date.UTC(year, month, …)``: milliseconds since 1970."""
    return _from_parts((*parts, 0) if len(parts) == 1 else parts, True)


def set_zone(name: str) -> None:
    """Do ``process.env.TZ = name``: what is local is local in that zone from now on."""
    os.environ["TZ"] = name
    if not hasattr(time, "tzset"):
        raise NotTranslated("process.env.TZ: Windows has one time zone for all programs")
    time.tzset()
