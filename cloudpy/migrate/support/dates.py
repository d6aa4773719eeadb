"""Points in time. A Date counts milliseconds since 1970 and shows them in the zone of the machine, or in UTC."""

from __future__ import annotations

import math
import re
import time
from datetime import datetime, timedelta, timezone
from typing import Any

from .marks import NotTranslated
from .numbers import number
from .texts import _primitive
from .values import RangeError

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def now() -> int:
    """``Date.now()``: milliseconds since 1970."""
    return int(time.time() * 1000)


class Date:
    """``new Date(…)``: nothing is now, a number milliseconds, a text is read, parts are local with months from 0."""

    def __init__(self, *parts: Any) -> None:
        if not parts:
            self._time: Any = now()
        elif len(parts) > 1:
            self._time = _from_parts(parts, False)
        elif isinstance(parts[0], Date):
            self._time = parts[0]._time
        else:
            value = _primitive(parts[0])
            self._time = date_parse(value) if isinstance(value, str) else _clip(number(value))

    def _parts(self, utc: bool = False) -> datetime:
        moment = _EPOCH + timedelta(milliseconds=self._time)
        return moment if utc else moment.astimezone()

    def _part(self, name: str, utc: bool = False) -> Any:
        return getattr(self._parts(utc), name) if self._time == self._time else math.nan

    def getTime(self) -> Any:
        return self._time

    def valueOf(self) -> Any:
        return self._time

    def getFullYear(self) -> Any:
        return self._part("year")

    def getMonth(self) -> Any:
        return self._part("month") - 1

    def getDate(self) -> Any:
        return self._part("day")

    def getDay(self) -> Any:
        return self._parts().isoweekday() % 7 if self._time == self._time else math.nan

    def getHours(self) -> Any:
        return self._part("hour")

    def getMinutes(self) -> Any:
        return self._part("minute")

    def getSeconds(self) -> Any:
        return self._part("second")

    def getMilliseconds(self) -> Any:
        return self._time % 1000

    def getUTCFullYear(self) -> Any:
        return self._part("year", True)

    def getUTCMonth(self) -> Any:
        return self._part("month", True) - 1

    def getUTCDate(self) -> Any:
        return self._part("day", True)

    def getUTCDay(self) -> Any:
        return self._parts(True).isoweekday() % 7 if self._time == self._time else math.nan

    def getUTCHours(self) -> Any:
        return self._part("hour", True)

    def getUTCMinutes(self) -> Any:
        return self._part("minute", True)

    def getUTCSeconds(self) -> Any:
        return self._part("second", True)

    def getUTCMilliseconds(self) -> Any:
        return self._time % 1000

    def getTimezoneOffset(self) -> Any:
        offset = self._parts().utcoffset() or timedelta()
        return -int(offset.total_seconds() // 60)

    def toISOString(self) -> str:
        if self._time != self._time:
            raise RangeError("Invalid time value")
        return self._parts(True).strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{self._time % 1000:03d}Z"

    def toJSON(self) -> Any:
        return self.toISOString() if self._time == self._time else None

    def _moved(self, name: str, values: tuple[Any, ...], utc: bool = False) -> Any:
        if self._time != self._time:
            raise NotTranslated("setting a part of an invalid Date is not translated")
        moment = self._parts(utc)
        parts = [
            moment.year,
            moment.month - 1,
            moment.day,
            moment.hour,
            moment.minute,
            moment.second,
            self._time % 1000,
        ]
        begin = ["year", "month", "day", "hour", "minute", "second", "ms"].index(name)
        parts[begin : begin + len(values)] = values
        self._time = _from_parts(tuple(parts), utc)
        return self._time

    def setTime(self, value: Any) -> Any:
        self._time = _clip(number(value))
        return self._time

    def setFullYear(self, *values: Any) -> Any:
        return self._moved("year", values)

    def setMonth(self, *values: Any) -> Any:
        return self._moved("month", values)

    def setDate(self, *values: Any) -> Any:
        return self._moved("day", values)

    def setHours(self, *values: Any) -> Any:
        return self._moved("hour", values)

    def setMinutes(self, *values: Any) -> Any:
        return self._moved("minute", values)

    def setSeconds(self, *values: Any) -> Any:
        return self._moved("second", values)

    def setMilliseconds(self, *values: Any) -> Any:
        return self._moved("ms", values)

    def setUTCHours(self, *values: Any) -> Any:
        return self._moved("hour", values, True)

    def setUTCDate(self, *values: Any) -> Any:
        return self._moved("day", values, True)


def _clip(milliseconds: Any) -> Any:
    if not math.isfinite(milliseconds) or abs(milliseconds) > 8.64e15:
        return math.nan
    if not -62135596800000 <= milliseconds < 253402300800000:
        raise NotTranslated("a Date before the year 1 or after 9999 is not translated")
    return int(milliseconds)


def _from_parts(parts: tuple[Any, ...], utc: bool) -> Any:
    numbers = [number(part) for part in parts]
    if not all(math.isfinite(each) for each in numbers):
        return math.nan
    year, month, *rest = (int(each) for each in numbers)
    if 0 <= year <= 99 and len(parts) < 7:
        year += 1900
    year, month = year + month // 12, month % 12
    if not 1 <= year <= 9999:
        raise NotTranslated("a Date before the year 1 or after 9999 is not translated")
    day, hours, minutes, seconds, ms = (*rest, *(1, 0, 0, 0, 0)[len(rest) :])
    moment = datetime(year, month + 1, 1) + timedelta(
        days=day - 1, hours=hours, minutes=minutes, seconds=seconds, milliseconds=ms
    )
    moment = moment.replace(tzinfo=timezone.utc) if utc else moment.astimezone()
    return round((moment - _EPOCH) / timedelta(milliseconds=1))


def date_utc(*parts: Any) -> Any:
    """``Date.UTC(year, month, …)``: milliseconds since 1970."""
    return _from_parts((*parts, 0) if len(parts) == 1 else parts, True)


def date_parse(value: str) -> Any:
    """``Date.parse(value)`` of the ISO form, and of ``YYYY/MM/DD`` and ``YYYY-MM-DD hh:mm:ss``, which are local."""
    iso = r"(\d{4})-(\d\d)(?:-(\d\d))?(?:T(\d\d):(\d\d)(?::(\d\d)(?:[.](\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?"
    found = re.fullmatch(iso, value, re.ASCII)
    local = re.fullmatch(r"(\d{4})[/-](\d\d?)[/-](\d\d?)(?: (\d\d?):(\d\d)(?::(\d\d))?)?", value, re.ASCII)
    if not found and not local:
        if re.search(r"\d", value):
            raise NotTranslated("a Date from a text of this form is not translated")
        return math.nan
    parts = [int(each) for each in (found or local).groups("0")[:6]]  # type: ignore[union-attr]
    year, month, day, hour, minute, second = parts
    day = day or (1 if found else 0)
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour <= 24 and minute <= 59 and second <= 59 and year):
        return math.nan
    if hour == 24 and (minute or second or not found):
        return math.nan
    ms = int((found[7] or "0").ljust(3, "0")[:3]) if found else 0
    zone = (found[8] or ("" if found[4] else "Z")) if found else ""
    at = _from_parts((year, month - 1, day, hour, minute, second, ms), bool(zone))
    if len(zone) > 1:
        offset = int(zone[1:3]) * 60 + int(zone[4:6])
        at -= (offset if zone[0] == "+" else -offset) * 60_000
    return at
