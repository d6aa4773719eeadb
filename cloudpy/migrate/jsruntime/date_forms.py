"""What date-fns reads and writes: ISO strings, and patterns as Unicode has them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from ..._undefined import NAN
from ...errors import NotTranslated
from .date_parsing import _days, _from_parts
from .date_steps import _month_length, to_date
from .dates import Date
from .days import _CHINESE_MONTHS, _day_at
from .values import RangeError

_ISO_SPLIT = re.compile("[T ]")
_ISO_ZONE = re.compile(r"[Z+-][^\n\r\u2028\u2029]*\Z")
_ISO_YEAR = re.compile(r"(\d{4}|[+-]\d{6})|(\d{2}|[+-]\d{4})\Z", re.ASCII)
_ISO_REST = re.compile(r"-?(?:(\d{3})|(\d{2})(?:-?(\d{2}))?|W(\d{2})(?:-?(\d))?|)", re.ASCII)
_ISO_TIME = re.compile(
    r"(\d{2}(?:[.,]\d*)?)(?::?(\d{2}(?:[.,]\d*)?))?(?::?(\d{2}(?:[.,]\d*)?))?",
    re.ASCII,
)
_ISO_OFFSET = re.compile(r"([+-])(\d{2})(?::?(\d{2}))?", re.ASCII)


def parse_iso(value: Any) -> Date:
    """Return ``parseISO(value)``: a time without an offset is local; an invalid Date for what is no ISO string.

    Raises:
        NotTranslated: it is no string.
    """
    if not isinstance(value, str):
        raise NotTranslated(f"parseISO of a {type(value).__name__}: the versions of date-fns differ")
    parts = _ISO_SPLIT.split(value)
    if len(parts) > 2 or ":" in parts[0]:
        return Date(NAN)
    day, clock = parts[0], parts[1] if len(parts) == 2 else ""
    if "z" in day.lower():
        day = re.split("[Zz ]", value)[0]
        clock = value[len(day) :]
    days = _iso_days(day)
    zone = _ISO_ZONE.search(clock)
    time = _iso_clock(clock.replace(zone[0], "", 1) if zone else clock)
    if days != days or time != time:
        return Date(NAN)
    at = days * 86_400_000 + time
    if zone is None:
        return Date(_from_parts(Date(at)._fields(True)[:7], False) if at == at else NAN)
    return Date(days * 86_400_000 + time + _iso_offset(zone[0]))


def _iso_days(text: str) -> Any:
    """Return the days from 1970 to a day in a string; NaN for none."""
    found = _ISO_YEAR.match(text)
    rest = _ISO_REST.fullmatch(text[found.end() :]) if found else None
    if found is None or rest is None:
        return NAN
    year = int(found[1]) if found[1] else int(found[2]) * 100
    if rest[4]:
        week, weekday = int(rest[4]), int(rest[5] or 1) - 1
        fourth = _days(year, 0, 4)
        return fourth + (week - 1) * 7 + weekday - (fourth + 3) % 7 if 1 <= week <= 53 and 0 <= weekday <= 6 else NAN
    of_year, month, day = int(rest[1] or 1), int(rest[2] or 1) - 1, int(rest[3] or 1)
    length = _days(year + 1, 0, 1) - _days(year, 0, 1)
    if not (0 <= month <= 11 and 1 <= day <= _month_length(year, month) and 1 <= of_year <= length):
        return NAN
    return _days(year, month, max(of_year, day))


def _iso_clock(text: str) -> Any:
    if not text:
        return 0
    found = _ISO_TIME.fullmatch(text)
    if found is None:
        return NAN
    hours, minutes, seconds = (float((each or "0").replace(",", ".")) for each in found.groups())
    is_time = hours < 25 and minutes < 60 and seconds < 60 and (hours != 24 or minutes == seconds == 0)
    return hours * 3_600_000 + minutes * 60_000 + seconds * 1000 if is_time else NAN


def _iso_offset(text: str) -> Any:
    found = _ISO_OFFSET.fullmatch(text)
    if found is None:
        return 0
    minutes = int(found[3] or 0)
    offset = int(found[2]) * 3_600_000 + minutes * 60_000
    return NAN if minutes > 59 else -offset if found[1] == "+" else offset


def datetime_of(value: Any) -> datetime:
    """Return a date of date-fns as a datetime in the local zone.

    Raises:
        RangeError: the date is invalid.
        NotTranslated: the year is not one of 1000 to 9999.
    """
    time = to_date(value).getTime()
    if time != time:
        raise RangeError("Invalid time value")
    result: datetime = _day_at(time)
    return result


_LONG_TOKENS = re.compile(r"P+p+|P+|p+|''|'(?:''|[^'])+(?:'|\Z)|.")
_UNICODE_TOKENS = re.compile(r"[yYQqMLwIdDecihHKkms]o|([A-Za-z0-9_])\1*|''|'(?:''|[^'])+(?:'|\Z)|.")
_LONG_DATES = {"P": "MM/dd/yyyy", "PP": "MMM d, y", "PPP": "MMMM do, y", "PPPP": "EEEE, MMMM do, y"}
_CHINESE_DATES = {"P": "yy-MM-dd", "PP": "yyyy-MM-dd", "PPP": "y'年'M'月'd'日'", "PPPP": "y'年'M'月'd'日' EEEE"}


def date_tokens(pattern: Any, chinese: bool = False) -> list[tuple[str, str]]:
    """Return the pieces of a pattern of date-fns: a token and an empty string, or an empty token and a string.

    Raises:
        RangeError: date-fns refuses the pattern.
        NotTranslated: something of it is not translated.
    """
    if not isinstance(pattern, str) or not pattern or re.search("[\n\r\u2028\u2029]", pattern):
        raise NotTranslated("a pattern of date-fns that is empty, no string, or has a line break")
    whole = "".join(_long_pattern(found[0], chinese) for found in _LONG_TOKENS.finditer(pattern))
    result = []
    for found in _UNICODE_TOKENS.finditer(whole):
        text = found[0]
        if text == "''":
            result.append(("", "'"))
        elif text[0] == "'":
            body = text[1:-1] if text.endswith("'") and len(text) > 1 else text[1:]
            result.append(("", body.replace("''", "'")))
        elif not re.match("[A-Za-z]", text):
            result.append(("", text))
        elif text[0] not in "GyYRuQqMLwIdDEecihHabBhKkmsSXxOztT":
            raise RangeError(f"Format string contains an unescaped latin alphabet character `{text[0]}`")
        elif text in ("D", "DD", "YY", "YYYY"):
            raise RangeError(f"Use `{text.replace('D', 'd').replace('Y', 'y')}` instead of `{text}`")
        elif text[0] in "GYRuwIDecbBOzqL" or text in ("yo", "Qo"):
            raise NotTranslated(f"{text} in a pattern of date-fns")
        else:
            result.append((text, ""))
    return result


def _long_pattern(text: str, chinese: bool) -> str:
    if text[0] not in "Pp":
        return text
    day, clock = text.rstrip("p"), text[len(text.rstrip("p")) :]
    if len(clock) > 2:
        raise NotTranslated(f"{text} in a pattern of date-fns")
    written = (_CHINESE_DATES if chinese else _LONG_DATES).get(day or "P") or _LONG_DATES["PPPP"]
    if len(day) > 4 and chinese:
        written = _CHINESE_DATES["PPPP"]
    time = ("a " if chinese else "") + ("h:mm:ss" if len(clock) == 2 else "h:mm") + ("" if chinese else " a")
    if not day:
        return time
    between = " " if chinese else ", " if len(day) < 3 else " 'at' "
    return written + between + time if clock else written


def format_date(value: Any, pattern: Any, chinese: bool = False) -> str:
    """Return ``format(value, pattern)`` of date-fns, in English or Chinese.

    Raises:
        RangeError: the date is invalid, or date-fns refuses the pattern.
        NotTranslated: something of the pattern is not translated; the year is not one of 1000 to 9999.
    """
    day = datetime_of(value)
    return "".join(
        _unicode_part(day, token, chinese) if token else text for token, text in date_tokens(pattern, chinese)
    )


def _unicode_part(day: datetime, token: str, chinese: bool) -> str:
    letter, size = token[0], len(token)
    numbers = {
        "y": day.year % 100 if size == 2 else day.year, "d": day.day, "H": day.hour, "h": day.hour % 12 or 12,
        "k": day.hour or 24, "K": day.hour % 12, "m": day.minute, "s": day.second, "M": day.month,
        "i": day.isoweekday(), "Q": (day.month + 2) // 3,
    }  # fmt: skip
    if token[1:] == "o":
        return _ordinal(numbers[letter], letter, chinese)
    if letter in "MiQ" and size > 2:
        return (_month_word if letter == "M" else _weekday_word if letter == "i" else _quarter_word)(day, size, chinese)
    if letter in numbers:
        return f"{numbers[letter]:0{size}d}"
    if letter == "E":
        return _weekday_word(day, size, chinese)
    if letter == "a":
        return _half_of_day(day.hour >= 12, size, chinese)
    if letter == "S":
        return f"{math.floor(day.microsecond // 1000 * 10.0 ** (size - 3)):0{size}d}"
    if letter in "tT":
        time = to_date(Date(day)).getTime()
        if time < 0:
            raise NotTranslated("t or T in a pattern, for a date before 1970")
        return f"{time if letter == 'T' else time // 1000:0{size}d}"
    return _offset_text(Date(day).getTimezoneOffset(), letter, size)


def _ordinal(number: int, letter: str, chinese: bool) -> str:
    if chinese:
        unit = {"d": "日", "h": "时", "H": "时", "k": "时", "K": "时", "m": "分", "s": "秒"}.get(letter)
        return f"{number}{unit}" if unit else f"第 {number}"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if not 10 < number % 100 <= 20 else 0, "th")
    return f"{number}{ending}"


def _month_word(day: datetime, size: int, chinese: bool) -> str:
    name = _CHINESE_MONTHS[day.month - 1]
    if size == 5:
        return name if chinese else "JFMAMJJASOND"[day.month - 1]
    if size == 3:
        return f"{day.month}月" if chinese else f"{day:%b}"
    return f"{name}月" if chinese else f"{day:%B}"


def _weekday_word(day: datetime, size: int, chinese: bool) -> str:
    name = "一二三四五六日"[day.weekday()] if chinese else f"{day:%A}"
    if size in (5, 6):
        return name[: size - 4]
    if size <= 3:
        return f"周{name}" if chinese else name[:3]
    return f"星期{name}" if chinese else name


def _quarter_word(day: datetime, size: int, chinese: bool) -> str:
    number = (day.month + 2) // 3
    if size == 5:
        return str(number)
    if chinese:
        return f"第{_CHINESE_MONTHS[number - 1]}季{'' if size == 3 else '度'}"
    return f"Q{number}" if size == 3 else f"{_ordinal(number, 'Q', False)} quarter"


def _half_of_day(is_late: bool, size: int, chinese: bool) -> str:
    if chinese:
        return "上下"[is_late] + ("" if size == 5 else "午")
    letter = "ap"[is_late]
    return {1: f"{letter}m".upper(), 2: f"{letter}m".upper(), 3: f"{letter}m", 5: letter}.get(size, f"{letter}.m.")


def _offset_text(offset: int, letter: str, size: int) -> str:
    """Return the offset of a zone for X and x; `offset` is in minutes, negative to the east."""
    if offset == 0 and letter == "X":
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    sign = "-" if offset > 0 else "+"
    if size == 1:
        return f"{sign}{hours:02d}{f'{minutes:02d}' if minutes else ''}"
    return f"{sign}{hours:02d}{'' if size in (2, 4) else ':'}{minutes:02d}"
