"""Dates as Python has them, made of what programs keep dates as."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from ..._undefined import NAN
from ...errors import NotTranslated


class _NoDate:
    """An invalid date: no comparison with it holds, its parts are NaN, and it has no text."""

    year = month = day = hour = minute = second = microsecond = NAN
    __lt__ = __gt__ = __le__ = __ge__ = lambda self, _: False
    astimezone = replace = __add__ = __sub__ = __rsub__ = lambda self, *_, **__: self
    timestamp = isoweekday = toJSON = __floordiv__ = __cloudpy_datetime__ = lambda self, *_: NAN

    def __str__(self) -> str:
        return "Invalid Date"

    def isoformat(self, *_: Any, **__: Any) -> str:
        raise ValueError("Invalid time value")

    strftime = isoformat


_DATE_TEXT = re.compile(
    r"(?a)\A([1-9]\d{3})([-/])(\d\d?)\2(\d\d?)(?:(?: |(?<=-\d\d-\d\d)T(?=\d\d:))"
    r"(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{3})\d*)?)?(Z|[+-]\d\d:[0-5]\d)?)?\Z",
)


def to_datetime(value: Any) -> Any:
    """Return ``new Date(value)`` in UTC, of a year from 1000 to 9999; raise for texts in less common forms."""
    if hasattr(value, "__cloudpy_datetime__"):  # with Date
        value = value.__cloudpy_datetime__()
    try:
        if isinstance(value, datetime):
            return value.astimezone(timezone.utc)
        value = 0 if value is None else value
        if isinstance(value, (int, float)) and value >= -30_610_224_000_000:  # the year 1000
            return datetime.fromtimestamp(int(value) / 1000, timezone.utc)
        if not re.search("[0-9]", str(value)):
            return _NoDate()
        [(year, sign, month, day, hour, minute, second, ms, zone)] = _DATE_TEXT.findall(value)
        if sign == "-" and len(value) == 10:
            zone = "Z"  # JavaScript takes a day in this form for one of UTC
        text = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute:0>2}:{second:0>2}.{ms:0>3}"
        return datetime.fromisoformat(text + zone.replace("Z", "+00:00")).astimezone(timezone.utc)
    except (ValueError, TypeError, OverflowError, OSError):
        raise NotTranslated(f"{value!r} as a date: write it as 2024-05-01 12:30:00") from None
