"""Arithmetic of date-fns, on Dates that it never changes: steps, bounds, differences, comparisons."""

from __future__ import annotations

import math
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ...errors import NotTranslated
from .date_parsing import _days
from .dates import Date


def to_date(value: Any = UNDEFINED) -> Date:
    """Return ``toDate(value)`` of date-fns: a new Date, of a Date or of milliseconds.

    Raises:
        NotTranslated: it is something else, which date-fns 2 takes for an invalid date, and later ones parse.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number and value is not UNDEFINED and not isinstance(value, Date):
        raise NotTranslated(f"a {type(value).__name__} as a date of date-fns: its versions differ")
    return Date(NAN if value is UNDEFINED else value)


def _whole_count(value: Any) -> Any:
    if value is UNDEFINED or (isinstance(value, float) and not math.isfinite(value)):
        return NAN
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value):
        raise NotTranslated("an amount of date-fns that is no integer: its versions differ")
    return int(value)


_STEP_OF = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 1, "weeks": 7,
         "months": 1, "quarters": 3, "years": 12}  # fmt: skip


def date_plus(value: Any, amount: Any, unit: str) -> Date:
    """Return a Date some days, months or the like later; the last day of a month that has no such day."""
    result, amount = to_date(value), _whole_count(amount) * _STEP_OF[unit]
    if amount != amount:
        return Date(NAN)
    if unit in ("days", "weeks"):
        if amount:
            result.setDate(result.getDate() + amount)
    elif unit in ("months", "quarters", "years"):
        if amount:
            _add_months(result, amount)
    else:
        result.setTime(result.getTime() + amount)
    return result


def _add_months(date: Date, count: int) -> None:
    day = date.getDate()
    last = Date(date)
    last.setMonth(date.getMonth() + count + 1, 0)
    if day >= last.getDate():
        date.setTime(last.getTime())
    else:
        date.setFullYear(last.getFullYear(), last.getMonth(), day)


def date_minus(value: Any, amount: Any, unit: str) -> Date:
    """Return a Date some days, months or the like earlier."""
    return date_plus(value, -_whole_count(amount), unit)


def date_plus_all(value: Any, duration: Any, sign: int = 1) -> Date:
    """Return ``add(value, duration)``, or ``sub`` with the `sign` -1: months first, then days, then the time."""
    if not isinstance(duration, dict):
        raise NotTranslated("a duration of date-fns that is no object: its versions differ")
    counts = {unit: _whole_count(duration.get(unit) or 0) * sign for unit in _STEP_OF}
    result = date_plus(value, counts["months"] + counts["years"] * 12, "months")
    result = date_plus(result, counts["days"] + counts["weeks"] * 7, "days")
    seconds = counts["seconds"] + (counts["minutes"] + counts["hours"] * 60) * 60
    return date_plus(result, seconds, "seconds")


def date_set(value: Any, part: str, amount: Any) -> Date:
    """Return a Date with another year, month from 0, date, hours, minutes, seconds or milliseconds."""
    result, amount = to_date(value), _whole_count(amount)
    if result.getTime() != result.getTime() or amount != amount:
        return Date(NAN)
    if part == "month":
        result.setMonth(amount, min(result.getDate(), _month_length(result.getFullYear(), amount)))
    elif part == "year":
        result.setFullYear(amount)
    elif part == "date":
        result.setDate(amount)
    elif part == "hours":
        result.setHours(amount)
    elif part == "minutes":
        result.setMinutes(amount)
    elif part == "seconds":
        result.setSeconds(amount)
    else:
        result.setMilliseconds(amount)
    return result


def date_set_all(value: Any, parts: Any) -> Date:
    """Return ``set(value, parts)`` of date-fns."""
    result = to_date(value)
    for part in ("year", "month", "date", "hours", "minutes", "seconds", "milliseconds"):
        amount = parts.get(part)
        if amount is not None and amount is not UNDEFINED:
            result = date_set(result, part, amount)
    return result


def _month_length(year: int, month: int) -> int:
    return _days(year, month + 1, 1) - _days(year, month, 1)


def month_length(value: Any) -> Any:
    """Return ``getDaysInMonth(value)``."""
    date = to_date(value)
    return _month_length(date.getFullYear(), date.getMonth()) if date.getTime() == date.getTime() else NAN


def date_start(value: Any, unit: str, first: int = 0) -> Date:
    """Return the first moment of the unit that a date is in; a week begins on day `first`, Sunday is 0."""
    return _bound_of(value, unit, first, 0)


def date_end(value: Any, unit: str, first: int = 0) -> Date:
    """Return the last millisecond of the unit that a date is in."""
    return _bound_of(value, unit, first, 1)


def _bound_of(value: Any, unit: str, first: int, later: int) -> Date:
    result = to_date(value)
    if result.getTime() != result.getTime():
        return result
    if unit == "year":
        result.setFullYear(result.getFullYear() + later, 0, 1 - later)
    elif unit in ("month", "quarter"):
        month = result.getMonth() - (result.getMonth() % 3 if unit == "quarter" else 0)
        result.setMonth(month + later * (3 if unit == "quarter" else 1), 1 - later)
    elif unit == "week":
        result.setDate(result.getDate() - (result.getDay() - first) % 7 + 6 * later)
    if unit == "hour":
        result.setMinutes(*([59, 59, 999] if later else [0, 0, 0]))
    elif unit == "minute":
        result.setSeconds(*([59, 999] if later else [0, 0]))
    elif unit == "second":
        result.setMilliseconds(999 if later else 0)
    else:
        result.setHours(*([23, 59, 59, 999] if later else [0, 0, 0, 0]))
    return result


def is_after(value: Any, other: Any) -> bool:
    """Return ``isAfter(value, other)``; with an invalid date, false."""
    return bool(to_date(value).getTime() > to_date(other).getTime())


def is_before(value: Any, other: Any) -> bool:
    """Return ``isBefore(value, other)``; with an invalid date, false."""
    return bool(to_date(value).getTime() < to_date(other).getTime())


def is_same_time(value: Any, other: Any) -> bool:
    """Return ``isEqual(value, other)``; with an invalid date, false."""
    return bool(to_date(value).getTime() == to_date(other).getTime())


def is_same_unit(value: Any, other: Any, unit: str, first: int = 0) -> bool:
    """Return ``isSameDay(value, other)``, and the like."""
    return is_same_time(date_start(value, unit, first), date_start(other, unit, first))


def is_valid(value: Any = UNDEFINED) -> bool:
    """Return ``isValid(value)``: whether it is a number or a Date, and a valid one."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return (is_number or isinstance(value, Date)) and Date(value).getTime() == Date(value).getTime()


def is_within(value: Any, interval: Any) -> bool:
    """Return ``isWithinInterval(value, interval)``.

    Raises:
        NotTranslated: the interval ends before it starts, or has an invalid date.
    """
    start, end = _interval_of(interval)
    return bool(start.getTime() <= to_date(value).getTime() <= end.getTime())


def _interval_of(interval: Any) -> tuple[Date, Date]:
    start, end = to_date(interval.get("start", UNDEFINED)), to_date(interval.get("end", UNDEFINED))
    if not start.getTime() <= end.getTime():
        raise NotTranslated("an interval of date-fns that ends before it starts: its versions differ")
    return start, end


def each_day(interval: Any, step: int = 1) -> list[Any]:
    """Return ``eachDayOfInterval(interval)``: the beginning of each day, or of each `step` days."""
    date, end = _interval_of(interval)
    date.setHours(0, 0, 0, 0)
    result = []
    while date.getTime() <= end.getTime():
        result.append(Date(date))
        date.setDate(date.getDate() + step)
        date.setHours(0, 0, 0, 0)
    return result


def date_max(values: Any) -> Date:
    """Return the latest of a list of dates; an invalid one, if one is invalid or the list is empty."""
    return _extreme_date(values, max)


def date_min(values: Any) -> Date:
    """Return the earliest of a list of dates; an invalid one, if one is invalid or the list is empty."""
    return _extreme_date(values, min)


def _extreme_date(values: Any, choose: Any) -> Date:
    if not isinstance(values, list):
        raise NotTranslated("max and min of date-fns of what is no list: its versions differ")
    times = [to_date(each).getTime() for each in values]
    return Date(choose(times) if times and all(each == each for each in times) else NAN)


def compare_dates(value: Any, other: Any) -> Any:
    """Return ``compareAsc(value, other)``: -1, 0 or 1; NaN with an invalid date."""
    apart = to_date(value).getTime() - to_date(other).getTime()
    return apart if apart != apart else (apart > 0) - (apart < 0)


def compare_dates_down(value: Any, other: Any) -> Any:
    """Return ``compareDesc(value, other)``: 1, 0 or -1; NaN with an invalid date."""
    return compare_dates(other, value)


def unix_time(value: Any) -> Any:
    """Return ``getUnixTime(value)``: whole seconds since 1970.

    Raises:
        NotTranslated: it is before 1970, and not on a second.
    """
    time = to_date(value).getTime()
    if time < 0 and time % 1000:
        raise NotTranslated("getUnixTime of a date before 1970: the versions of date-fns differ")
    return time if time != time else time // 1000


def from_unix_time(seconds: Any) -> Date:
    """Return ``fromUnixTime(seconds)``."""
    return Date(_whole_count(seconds) * 1000)


def date_number(value: Any, name: str) -> Any:
    """Return the quarter, the ISO day of the week, or the day of the year of a date."""
    date = to_date(value)
    if date.getTime() != date.getTime():
        return NAN
    year, month, day = date.getFullYear(), date.getMonth(), date.getDate()
    numbers = {
        "quarter": month // 3 + 1,
        "isoDay": date.getDay() or 7,
        "dayOfYear": _days(year, month, day) - _days(year, 0, 1) + 1,
    }
    return numbers[name]


def date_diff(value: Any, other: Any, unit: str) -> Any:
    """Return ``differenceInDays(value, other)``, and the like, in whole units; NaN with an invalid date.

    Args:
        value: the later date.
        other: the earlier date.
        unit: of the result, ``calendarDays`` for one.
    """
    left, right = to_date(value), to_date(other)
    apart = left.getTime() - right.getTime()
    if apart != apart:
        return NAN
    if unit in ("milliseconds", "seconds", "minutes", "hours"):
        return _cut_by(apart, _STEP_OF[unit])
    if unit == "calendarDays":
        return _calendar_day(left) - _calendar_day(right)
    if unit == "calendarMonths":
        return _calendar_month(left) - _calendar_month(right)
    if unit == "calendarYears":
        return left.getFullYear() - right.getFullYear()
    if unit in ("days", "weeks"):
        return _cut_by(_whole_days(left, right), _STEP_OF[unit])
    if unit == "years":
        return _whole_years(left, right)
    return _cut_by(_whole_months(left, right), _STEP_OF[unit])


def _cut_by(count: int, size: int) -> int:
    return count // size if count >= 0 else -(-count // size)


def _calendar_day(date: Date) -> int:
    return _days(date.getFullYear(), date.getMonth(), date.getDate())


def _calendar_month(date: Date) -> int:
    return int(date.getFullYear() * 12 + date.getMonth())


def _sign_of(value: Any) -> int:
    return (value > 0) - (value < 0)


def _whole_days(left: Date, right: Date) -> int:
    sign = _sign_of_clocks(left, right)
    count = abs(_calendar_day(left) - _calendar_day(right))
    left.setDate(left.getDate() - sign * count)
    return sign * (count - (_sign_of_clocks(left, right) == -sign))


def _sign_of_clocks(left: Date, right: Date) -> int:
    one, other = left._fields()[:7], right._fields()[:7]
    return (one > other) - (one < other)


def _whole_months(left: Date, right: Date) -> int:
    sign = _sign_of(left.getTime() - right.getTime())
    count = abs(_calendar_month(left) - _calendar_month(right))
    if count < 1:
        return 0
    is_last_day = left.getDate() == _month_length(left.getFullYear(), left.getMonth())
    if left.getMonth() == 1 and left.getDate() > 27:
        left.setDate(30)
    left.setMonth(left.getMonth() - sign * count)
    is_partial = _sign_of(left.getTime() - right.getTime()) == -sign
    if is_last_day and count == 1 and sign == 1:
        is_partial = False
    return sign * (count - is_partial)


def _whole_years(left: Date, right: Date) -> int:
    sign = _sign_of(left.getTime() - right.getTime())
    count = abs(int(left.getFullYear() - right.getFullYear()))
    left.setFullYear(1584)
    right.setFullYear(1584)
    return sign * (count - (_sign_of(left.getTime() - right.getTime()) == -sign))
