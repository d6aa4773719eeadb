"""Texts of numbers and dates in the words of a country: those of en-US and zh-CN."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import text
from .date_parsing import _EPOCH
from .dates import Date
from .values import is_nil


def to_locale(value: Any, method: str, locale: str = "en-US", zone: str = "", twelve: bool = True) -> str:
    """Return ``value.toLocaleString(…)``, ``toLocaleDateString``, ``toLocaleTimeString`` of a value."""
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading '{method}')")
    if isinstance(value, Date):
        return _date_text(value, method, locale, zone, twelve)
    if method != "toLocaleString":
        raise TypeError(f"{method} is not a function")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value)
    if isinstance(value, (list, dict)):
        raise NotTranslated("toLocaleString of an array or an object is not translated")
    return text(value)


def number_text(value: Any, min_count: int = 0, max_count: int = 3) -> str:
    """Return a number with commas and a number of decimals."""
    if value != value:
        return "NaN"
    sign = "-" if math.copysign(1, value) < 0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    with localcontext() as context:
        context.prec = 400
        exact = abs(Decimal(repr(value))).quantize(Decimal(1).scaleb(-max(min_count, max_count)), ROUND_HALF_UP)
    whole, _, fraction = f"{exact:,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(min_count, "0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def locale_number(value: Any, min_count: Any, max_count: Any) -> str:
    """Return ``value.toLocaleString(locale, {minimumFractionDigits, maximumFractionDigits})``."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return to_locale(value, "toLocaleString")
    low = 0 if min_count is UNDEFINED else min_count
    return number_text(value, low, max(low, 3) if max_count is UNDEFINED else max_count)


def _date_text(value: Date, method: str, locale: str, zone: str, twelve: bool) -> str:
    at = value.getTime()
    if at != at:
        return "Invalid Date"
    if zone:
        from zoneinfo import ZoneInfo

        moment = _EPOCH + timedelta(milliseconds=at)
        moment += moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        year, month, day = moment.year, moment.month, moment.day
        hour, minute, second = moment.hour, moment.minute, moment.second
    else:
        year, month, day, hour, minute, second, *_ = value._fields()
        month += 1
    is_chinese = locale == "zh-CN"
    days = f"{year}/{month}/{day}" if is_chinese else f"{month}/{day}/{year}"
    clock = f"{hour:02d}:{minute:02d}:{second:02d}"
    if not is_chinese and twelve:
        clock = f"{hour % 12 or 12}:{minute:02d}:{second:02d} {'AM' if hour < 12 else 'PM'}"
    elif not is_chinese and not hour:
        clock = f"24:{minute:02d}:{second:02d}"
    if method == "toLocaleDateString":
        return days
    if method == "toLocaleTimeString":
        return clock
    return f"{days} {clock}" if is_chinese else f"{days}, {clock}"
