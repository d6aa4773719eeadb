"""Days and times of dayjs and moment, as datetimes with a zone: the local one, UTC or a named one."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ...errors import NotTranslated
from .coercion import number
from .date_parsing import _EPOCH, _from_parts
from .dates import Date, date_of, now
from .numbers import round_half_up
from .values import RangeError


class _InvalidDate:
    """An invalid date: its parts are NaN, no comparison with it holds, and its text says what it is."""

    def __init__(self, words: str) -> None:
        self._words = words

    def __getattr__(self, name: str) -> Any:
        if name in ("year", "month", "day", "hour", "minute", "second", "microsecond"):
            return NAN
        raise NotTranslated(f"{name} of an invalid date is not translated")

    def _itself(self, *_: Any, **__: Any) -> _InvalidDate:
        return self

    replace = astimezone = date = __add__ = __radd__ = __sub__ = __rsub__ = _itself

    def _differs(self, _: Any) -> bool:
        return False

    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = _differs
    __hash__ = None  # type: ignore[assignment]

    def isoweekday(self) -> Any:
        return NAN

    getTime = timestamp = weekday = isoweekday

    def __format__(self, _: str) -> str:
        return self._words

    strftime = __format__

    def isoformat(self, **_: Any) -> str:
        return self._words

    def toJSON(self) -> None:
        return None


_BLANKS = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
INVALID_DAY = _InvalidDate("Invalid Date")
_YEARS = (-30_610_224_000_000, 253_402_300_799_999)  # from 1000 to 9999
_DAY_TEXT = re.compile(
    rf"(\d{{4}})[-/]?(\d{{1,2}})?[-/]?(\d{{0,2}})[Tt{_BLANKS}]*(\d{{1,2}})?:?(\d{{1,2}})?:?(\d{{1,2}})?[.:]?(\d+)?",
    re.ASCII,
)


def day(value: Any = UNDEFINED, utc: bool = False) -> Any:
    """Return ``dayjs(value)``, or ``dayjs.utc(value)``: now for undefined, a number is milliseconds.

    Raises:
        NotTranslated: the year is not one of 1000 to 9999.
    """
    if hasattr(value, "astimezone"):
        return value
    return _day_at(_day_time(value, utc), utc)


def _day_time(value: Any, utc: bool) -> Any:
    if value is UNDEFINED:
        return now()
    if value is None:
        return NAN
    parts = _DAY_TEXT.fullmatch(value) if isinstance(value, str) and value[-1:] not in ("z", "Z") else None
    if parts is None:
        return date_of(value).getTime()
    year, month, day, hour, minute, second, rest = parts.groups()
    numbers = (int(month) - 1 if month else 0, int(day or 1), *(int(each or 0) for each in (hour, minute, second)))
    return _from_parts((int(year), *numbers, int((rest or "0")[:3])), utc)


def _day_at(milliseconds: Any, utc: bool = False) -> Any:
    if milliseconds != milliseconds:
        return INVALID_DAY
    if not _YEARS[0] <= milliseconds <= _YEARS[1]:
        raise NotTranslated("a date before the year 1000, or after the year 9999")
    result = _EPOCH + timedelta(milliseconds=milliseconds)
    return result if utc else result.astimezone()


def day_in(value: Any, zone: Any) -> Any:
    """Return ``dayjs.tz(value, zone)``: the time in a string is that of the zone."""
    if not isinstance(value, str):
        return day(value).astimezone(zone)
    result = day(value, utc=True)
    if isinstance(result, _InvalidDate):
        raise RangeError("Invalid time value")
    return result.replace(tzinfo=zone)


def milliseconds(value: Any) -> Any:
    """Return ``value.valueOf()``: milliseconds since 1970."""
    return number(value)


def iso_text(value: Any) -> str:
    """Return ``value.toISOString()``."""
    return Date(value).toISOString()


def _moved_to(value: datetime, milliseconds: Any) -> Any:
    """Return the day at that time on the clock of the zone of `value`, given as if it were UTC."""
    result = _day_at(milliseconds, True)
    return result if isinstance(result, _InvalidDate) else result.replace(tzinfo=value.tzinfo)


def _clock(value: datetime) -> list[int]:
    """Return year, month from 0, day, hour, minute, second, millisecond."""
    return [
        value.year, value.month - 1, value.day, value.hour, value.minute, value.second, value.microsecond // 1000,
    ]  # fmt: skip


_CLOCK = ("year", "month", "date", "hour", "minute", "second", "millisecond")
_STEPS = {"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


def number_of_day(value: Any, name: str) -> Any:
    """Return ``value.quarter()``, ``isoWeek``, ``isoWeekday`` or ``dayOfYear``."""
    if isinstance(value, _InvalidDate):
        return 7 if name == "isoWeekday" else NAN
    numbers = {
        "isoWeekday": value.isoweekday(),
        "isoWeek": value.isocalendar()[1],
        "dayOfYear": value.timetuple().tm_yday,
    }
    return numbers.get(name, (value.month + 2) // 3)


def days_in_month(value: Any) -> Any:
    """Return ``value.daysInMonth()``."""
    return end_of(value, "month").day


def add_months(value: Any, count: int) -> Any:
    """Return the day `count` months later; the last day of that month, if it has no such day."""
    if isinstance(value, _InvalidDate):
        return value
    parts = _clock(value)
    first = _from_parts((parts[0], parts[1] + count, 1), True)
    last = _from_parts((parts[0], parts[1] + count + 1, 0), True)
    if first != first or last != last:
        return INVALID_DAY
    return _moved_to(value, min(first + (parts[2] - 1) * _STEPS["day"], last) + _rest_of_day(parts))


def _rest_of_day(parts: list[int]) -> int:
    return ((parts[3] * 60 + parts[4]) * 60 + parts[5]) * 1000 + parts[6]


def add_time(value: Any, amount: Any, unit: str) -> Any:
    """Return ``value.add(amount, unit)`` for any number: days are rounded, months and years are cut."""
    amount = number(amount)
    if isinstance(value, _InvalidDate) or not math.isfinite(amount):
        return INVALID_DAY
    if unit == "year":
        return add_months(value, (int(value.year + amount) - value.year) * 12)
    if unit in _MONTHS_OF:
        month = value.month - 1
        return add_months(value, int(month + amount * _MONTHS_OF[unit]) - month)
    if unit in ("day", "week"):
        return value + timedelta(days=round_half_up(amount * (7 if unit == "week" else 1)))
    whole = number(value)
    return value + timedelta(milliseconds=int(whole + amount * _STEPS[unit]) - whole)


def set_time(value: Any, unit: str, amount: Any) -> Any:
    """Return ``value.set(unit, amount)``; too much of it goes on to the next month, day, hour."""
    amount = number(amount)
    if isinstance(value, _InvalidDate) or not math.isfinite(amount):
        return INVALID_DAY
    parts = _clock(value)
    if unit in ("month", "year"):
        return add_months(value, int(amount) - parts[1] if unit == "month" else (int(amount) - parts[0]) * 12)
    if unit == "day":
        amount, unit = parts[2] + amount - value.isoweekday() % 7, "date"
    parts[_CLOCK.index(unit)] = int(amount)
    return _moved_to(value, _from_parts(tuple(parts), True))


def start_of(value: Any, unit: str, first: int = 0) -> Any:
    """Return ``value.startOf(unit)``; weeks begin on day `first`, Sunday is 0."""
    if isinstance(value, _InvalidDate):
        return value
    if unit in ("week", "isoweek"):
        value -= timedelta(days=(value.isoweekday() - (1 if unit == "isoweek" else first)) % 7)
    if unit == "quarter":
        value = value.replace(day=1, month=(value.month - 1) // 3 * 3 + 1)
    parts = _clock(value)
    kept = {"week": 3, "isoweek": 3, "day": 3, "quarter": 2}.get(unit) or _CLOCK.index(unit) + 1
    parts = [*parts[:kept], *[0, 0, 1, 0, 0, 0, 0][kept:]]
    return _moved_to(value, _from_parts(tuple(parts), True))


def end_of(value: Any, unit: str, first: int = 0) -> Any:
    """Return ``value.endOf(unit)``: its last millisecond."""
    start = start_of(value, unit, first)
    if unit in _MONTHS_OF:
        return add_months(start, _MONTHS_OF[unit]) - timedelta(milliseconds=1)
    length = {"date": "day", "isoweek": "week"}.get(unit, unit)
    return start + timedelta(milliseconds=_STEPS[length] - 1)


def is_same(value: Any, other: Any, unit: str, first: int = 0) -> bool:
    """Return ``value.isSame(other, unit)``."""
    return bool(start_of(value, unit, first) <= other <= end_of(value, unit, first))


def is_between(value: Any, one: Any, other: Any, unit: str = "millisecond", ends: str = "()", first: int = 0) -> bool:
    """Return ``value.isBetween(one, other, unit, ends)``."""
    start, end = start_of(value, unit, first), end_of(value, unit, first)

    def is_inside(low: Any, high: Any) -> bool:
        after = low < start if ends[0] == "(" else not end < low
        return after and (end < high if ends[1] == ")" else not high < start)

    def is_outside(low: Any, high: Any) -> bool:
        before = end < low if ends[0] == "(" else not low < start
        return before and (high < start if ends[1] == ")" else not end < high)

    return is_inside(one, other) or is_outside(one, other)


def days_between(value: Any, other: Any, unit: str = "millisecond", exact: bool = False) -> Any:
    """Return ``value.diff(other, unit, exact)``: whole units, or a fraction too."""
    if isinstance(value, _InvalidDate) or isinstance(other, _InvalidDate):
        return 0 if unit in _MONTHS_OF else NAN
    if (value.tzinfo is timezone.utc) != (other.tzinfo is timezone.utc):
        value, other = value.astimezone(), other.astimezone()
    if unit in _MONTHS_OF:
        result = _months_between(value, other) / _MONTHS_OF[unit]
    else:
        apart = value - other
        if unit in ("day", "week"):  # by the clocks, as two zones may show them
            apart = value.replace(tzinfo=None) - other.replace(tzinfo=None)
        result = apart // timedelta(milliseconds=1) / _STEPS[unit]
    return number(result if exact else math.trunc(result)) if result != int(result) or not exact else int(result)


def _months_between(value: Any, other: Any) -> Any:
    if value.day < other.day:
        return -_months_between(other, value)
    whole = (other.year - value.year) * 12 + other.month - value.month
    anchor = add_months(value, whole)
    step = -1 if other < anchor else 1
    beyond = add_months(value, whole + step)
    return -(whole + (other - anchor) / (beyond - anchor) * step) or 0


_DAY_TOKENS = re.compile(
    r"\[([^\]]+)]|Y{1,4}|M{1,4}|D{1,2}|d{1,4}|H{1,2}|h{1,2}|a|A|m{1,2}|s{1,2}|Z{1,2}|SSS", re.ASCII
)


def format_day(value: Any, pattern: Any = UNDEFINED, chinese: bool = False) -> str:
    """Return ``value.format(pattern)`` of dayjs, in English or Chinese."""
    if isinstance(value, _InvalidDate):
        return value.strftime("")
    if pattern is UNDEFINED or not pattern:
        pattern = "YYYY-MM-DDTHH:mm:ss[Z]" if value.tzinfo is timezone.utc else "YYYY-MM-DDTHH:mm:ssZ"
    return _DAY_TOKENS.sub(lambda found: found[1] or _day_part(value, found[0], chinese), pattern)


def _day_part(value: Any, token: str, chinese: bool) -> str:
    weekday = value.isoweekday() % 7
    offset = f"{value:%z}"
    simple = {
        "YYYY": f"{value.year:04d}", "YY": f"{value.year % 100:02d}", "M": value.month, "MM": f"{value.month:02d}",
        "D": value.day, "DD": f"{value.day:02d}", "d": weekday, "H": value.hour, "HH": f"{value.hour:02d}",
        "h": value.hour % 12 or 12, "hh": f"{value.hour % 12 or 12:02d}", "m": value.minute,
        "mm": f"{value.minute:02d}", "s": value.second, "ss": f"{value.second:02d}",
        "SSS": f"{value.microsecond // 1000:03d}", "Z": f"{offset[:3]}:{offset[3:5]}",
    }  # fmt: skip
    if token in simple:
        return str(simple[token])
    if token in ("a", "A"):
        noon = "am" if value.hour < 12 else "pm"
        return _chinese_noon(value) if chinese else noon.upper() if token.isupper() else noon
    if token[0] == "d":
        name = "日一二三四五六"[weekday] if chinese else f"{value:%A}"
        return {"dd": name[:2], "ddd": f"周{name}" if chinese else name[:3]}.get(
            token, f"星期{name}" if chinese else name
        )
    if token in ("MMM", "MMMM"):
        months = {"MMM": f"{value.month}月", "MMMM": f"{_CHINESE_MONTHS[value.month - 1]}月"}
        names = months if chinese else {"MMM": f"{value:%b}", "MMMM": f"{value:%B}"}
        return names[token]
    return offset  # what dayjs makes of ZZ, and of what it has no meaning for


_CHINESE_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def _chinese_noon(value: Any) -> str:
    clock = value.hour * 100 + value.minute
    words = ((600, "凌晨"), (900, "早上"), (1100, "上午"), (1300, "中午"), (1800, "下午"), (2400, "晚上"))
    return next(word for end, word in words if clock < end)
