"""Days of moment: how it parses strings, and where it reckons otherwise than dayjs."""

from __future__ import annotations

import math
import re
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ...errors import NotTranslated
from .coercion import number
from .date_parsing import _days, _from_parts
from .dates import Date, date_of, now
from .days import _day_at, _InvalidDate, days_between

INVALID_MOMENT = _InvalidDate("Invalid date")
_ISO_DAY = re.compile(
    r"\s*(\d{4})(?:-(\d\d)(?:-(\d\d))?|(\d\d)(\d\d))?"
    r"(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_OTHER_ISO = re.compile(r"\s*(?:[+-]\d{6}|\d{4}-?(?:W|\d\d\d(?:[T ]|$))|\d{4}-\d\d-\d\d[T ]|/?Date\()", re.ASCII)
_MAIL = re.compile(r"\s*(?:[A-Za-z]{3},?\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{2,4}\s+\d\d:\d\d", re.ASCII)


def moment(value: Any = UNDEFINED, utc: bool = False) -> Any:
    """Return ``moment(value)``, or ``moment.utc(value)``: now for undefined, a number is milliseconds.

    Raises:
        NotTranslated: a string in a form that is rare, or a year that is not one of 1000 to 9999.
    """
    if hasattr(value, "astimezone"):
        return value
    milliseconds = _moment_time(value, utc)
    return INVALID_MOMENT if milliseconds != milliseconds else _day_at(milliseconds, utc)


def _moment_time(value: Any, utc: bool) -> Any:
    if value is UNDEFINED:
        return now()
    if value is None or value == "" or isinstance(value, bool):
        return NAN
    if hasattr(value, "getTime") or isinstance(value, (int, float)):
        return Date(value).getTime()
    if not isinstance(value, str):
        raise NotTranslated(f"moment of a {type(value).__name__} is not translated")
    found = _ISO_DAY.fullmatch(value)
    if found is None or (found[4] and found[6] and ":" in value[:16]) or (found[2] and found[6] and not found[3]):
        if found is not None or _OTHER_ISO.match(value) or _MAIL.match(value):
            raise NotTranslated("a date in this form, as moment parses it, is not translated")
        return date_of(f"{value}+00:00" if utc else value).getTime()
    return _iso_time(found, utc)


def _iso_time(found: re.Match[str], utc: bool) -> Any:
    year, month, day = int(found[1]), int(found[2] or found[4] or 1), int(found[3] or found[5] or 1)
    hour, minute, second = (int(found[at] or 0) for at in (6, 7, 8))
    thousandths = int((found[9] or "0")[:3].ljust(3, "0"))
    is_midnight = hour == 24 and not (minute or second or thousandths)
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month, 1) - _days(year, month - 1, 1):
        return NAN
    if (hour > 23 and not is_midnight) or minute > 59 or second > 59:
        return NAN
    zone = found[10]
    at = _from_parts((year, month - 1, day, hour, minute, second, thousandths), utc or bool(zone))
    if not zone or zone == "Z":
        return at
    minutes = int(zone[1:3]) * 60 + int(zone[3:].lstrip(":") or 0)
    return at - (minutes if zone[0] == "+" else -minutes) * 60_000


def moment_in(value: Any, zone: Any) -> Any:
    """Return ``moment.tz(value, zone)``: the time in a string without an offset is that of the zone."""
    is_local = isinstance(value, str) and not re.search(r"(?:Z|[+-]\d\d(?::?\d\d)?)$", value[10:])
    return moment(value, utc=True).replace(tzinfo=zone) if is_local else moment(value).astimezone(zone)


def whole(value: Any) -> int:
    """Return a count of days, months and the like, as moment takes it.

    Raises:
        NotTranslated: it is no integer: moment rounds it, or makes the date invalid.
    """
    value = number(value)
    if not math.isfinite(value) or value != int(value):
        raise NotTranslated("add and subtract with what is no integer are not translated")
    return int(value)


def moments_between(value: Any, other: Any, unit: str = "millisecond", exact: bool = False) -> Any:
    """Return ``value.diff(other, unit, exact)`` of moment."""
    if isinstance(value, _InvalidDate) or isinstance(other, _InvalidDate):
        return NAN
    return days_between(value, other.astimezone(value.tzinfo), unit, exact)


def json_text(value: Any) -> Any:
    """Return ``value.toISOString()`` of moment: null for an invalid one."""
    return Date(value).toJSON()
