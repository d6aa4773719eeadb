"""The calendar of dates in milliseconds, in any year: civil days, ISO weeks, time zones, ISO texts."""

from __future__ import annotations

import functools
import re
from datetime import datetime, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .errors import DatabaseError

DAY_MS = 86_400_000
_ISO = re.compile(
    r"([+-]?\d{4,6})-(\d\d?)-(\d\d?)"
    r"(?:[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d)(?::?(\d\d))?\Z", re.ASCII)


class Moment(NamedTuple):
    """An instant as read on a clock of some zone; `offset` is that zone's, in minutes."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    ms: int
    days: int  # since 1970-01-01
    offset: int

    @property
    def weekday(self) -> int:
        """1 on Monday, 7 on Sunday."""
        return (self.days + 3) % 7 + 1

    @property
    def day_of_year(self) -> int:
        return self.days - days_of(self.year, 1, 1) + 1

    @property
    def iso_week(self) -> tuple[int, int]:
        """ISO year and week."""
        thursday = self.days + 4 - self.weekday
        year = civil(thursday)[0]
        return year, (thursday - days_of(year, 1, 1)) // 7 + 1

    @property
    def week(self) -> int:
        """Weeks begin on Sunday; the days before the year's first Sunday are in week 0."""
        return (self.day_of_year + 6 - self.weekday % 7) // 7


def days_of(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 of a civil date; months and days beyond their range carry over."""
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    era, year_of_era = divmod(shifted, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468


def civil(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a number of days since 1970-01-01."""
    era, day_of_era = divmod(days + 719468, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def moment(ms: int, zone: str = "UTC") -> Moment:
    """Return how a clock of a zone shows an instant."""
    offset = offset_at(ms, zone)
    days, rest = divmod(ms + offset * 60_000, DAY_MS)
    seconds, millisecond = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return Moment(*civil(days), hour, minute, second, millisecond, days, offset)


def instant(days: int, ms_of_day: int, zone: str = "UTC") -> int:
    """Return the instant at which a clock of a zone shows a day and time."""
    local = days * DAY_MS + ms_of_day
    first = local - offset_at(local, zone) * 60_000
    return local - offset_at(first, zone) * 60_000


def offset_at(ms: int, zone: str) -> int:
    """Return how many minutes a zone is ahead of UTC at an instant."""
    if zone in ("UTC", "GMT", "Z"):
        return 0
    found = _zone(zone)
    if isinstance(found, int):
        return found
    cycle = 146097 * DAY_MS  # the calendar, and what zones make of it, repeats after 400 years
    seconds = (ms if -62_000_000_000_000 < ms < 250_000_000_000_000 else ms % cycle) / 1000
    delta = datetime.fromtimestamp(seconds, timezone.utc).astimezone(found).utcoffset()
    return 0 if delta is None else int(delta.total_seconds() // 60)


@functools.lru_cache(256)
def _zone(name: str) -> tzinfo | int:
    match = _OFFSET.match(name)
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return -minutes if match[1] == "-" else minutes
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise DatabaseError(
            f'unrecognized time zone identifier: "{name}"; expected a name such as Asia/Shanghai (needs the system\'s'
            " time zone data, or `pip install tzdata`) or an offset such as +08:00"
        ) from None


def parse_iso(text: str, zone: str = "UTC") -> int | None:
    """Return the instant of an ISO 8601 string, or None. `zone` is the default time zone."""
    match = _ISO.match(text.strip())
    if not match:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    hour, minute, second = (int(match[n] or 0) for n in (4, 5, 6))
    if not (1 <= month <= 12 and 1 <= day <= month_length(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    ms = int((match[7] or "0")[:3].ljust(3, "0"))
    own = match[8] or zone
    return instant(days_of(year, month, day), ((hour * 60 + minute) * 60 + second) * 1000 + ms, own)


def month_length(year: int, month: int) -> int:
    return days_of(year, month + 1, 1) - days_of(year, month, 1)


def to_iso(ms: int) -> str | None:
    """Return the ISO text of an instant in UTC, or None for a year that has no four digits."""
    at = moment(ms)
    if not 0 <= at.year <= 9999:
        return None
    text = f"{at.year:04}-{at.month:02}-{at.day:02}T{at.hour:02}:{at.minute:02}:{at.second:02}"
    return f"{text}.{at.ms:03}Z" if at.ms else f"{text}Z"
