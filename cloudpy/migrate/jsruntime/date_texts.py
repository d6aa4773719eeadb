"""Dates as datetimes, for packages that write their text: date-utils, silly-datetime, dateformat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import number
from .dates import Date, date_of
from .days import _day_at
from .numbers import add, neg
from .values import truthy


def local(value: Any) -> datetime:
    """Return a Date as a datetime in the local zone.

    Raises:
        NotTranslated: the date is invalid, or is no Date.
    """
    if not hasattr(value, "getTime"):
        raise NotTranslated(f"the text of a {type(value).__name__} as a date is not translated")
    result = _day_at(number(value))
    if not isinstance(result, datetime):
        raise NotTranslated("the text of an invalid date is not translated")
    return result


def local_or_now(value: Any = UNDEFINED) -> datetime:
    """Return what silly-datetime takes a value for: the present time, if it is no date."""
    date = value if isinstance(value, Date) else date_of(value)
    return local(date if date.getTime() == date.getTime() else Date())


def local_or_fail(value: Any = UNDEFINED) -> datetime:
    """Return what dateformat takes a value for: the present time for nothing; what is no date fails."""
    date = value if isinstance(value, Date) else date_of(value) if truthy(value) else Date()
    if date.getTime() != date.getTime():
        raise TypeError("Invalid date")
    return local(date)


_ADDED = ("milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years")


def add_to_date(value: Any, amounts: Any, sign: int = 1) -> Any:
    """Return ``date.add(amounts)`` of date-utils: the Date itself, which is changed."""
    for unit in _ADDED:
        amount = amounts.get(unit, UNDEFINED)
        if amount is UNDEFINED:
            continue
        amount = neg(amount) if sign < 0 else amount
        if unit == "milliseconds":
            value.setMilliseconds(add(value.getMilliseconds(), amount))
        elif unit == "seconds":
            value.setSeconds(add(value.getSeconds(), amount))
        elif unit == "minutes":
            value.setMinutes(add(value.getMinutes(), amount))
        elif unit == "hours":
            value.setHours(add(value.getHours(), amount))
        elif unit == "months":
            value.setMonth(add(value.getMonth(), amount))
        elif unit == "years":
            value.setFullYear(add(value.getFullYear(), amount))
        else:
            value.setDate(add(value.getDate(), number(amount) * 7 if unit == "weeks" else amount))
    return value


def clear_time(value: Any) -> Any:
    """Return ``date.clearTime()`` of date-utils: the Date itself, at the beginning of its day."""
    value.setHours(0, 0, 0, 0)
    return value


def date_today(days: int = 0) -> Any:
    """Return ``Date.today()`` of date-utils; `days` later for tomorrow and yesterday."""
    return add_to_date(clear_time(Date()), {"days": days})
