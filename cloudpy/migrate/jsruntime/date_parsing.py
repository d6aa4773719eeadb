"""Calendar arithmetic, and the strings that ``new Date`` parses: the ISO form first, then V8's legacy parser."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta, timezone
from typing import Any

from .coercion import number

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = 86_400_000
_TURN = 146_097  # days of 400 years, after which the calendar repeats
_EARLY = -49_512_816_000_000  # the year 401


def _clip(milliseconds: Any) -> Any:
    return int(milliseconds) if math.isfinite(milliseconds) and abs(milliseconds) <= 8.64e15 else math.nan


def _days(year: int, month: int, day: int) -> int:
    """Return the days from 1970 to a day of the Gregorian calendar, of any year; `month` is from 0."""
    year, month = year + month // 12, month % 12
    turns, rest = divmod(year - 1, 400)
    return turns * _TURN + date(rest + 1, month + 1, 1).toordinal() - _EPOCH.toordinal() + day - 1


def _offset(milliseconds: int, is_local: bool = False) -> int:
    """Return the milliseconds that the local time zone is ahead of UTC, at a point in time or in local time."""
    base = 0 if milliseconds > 0 else _EARLY  # clocks before 1900 were set by the sun
    for each in (milliseconds, (milliseconds - base) % (_TURN * _DAY) + base):
        try:
            moment = _EPOCH + timedelta(milliseconds=each)
            here = moment.replace(tzinfo=None).astimezone() if is_local else moment.astimezone()
        except (OverflowError, ValueError, OSError):  # a year that datetime does not have
            continue
        return round((here.utcoffset() or timedelta()) / timedelta(milliseconds=1))
    return 0


def _from_parts(parts: tuple[Any, ...], utc: bool) -> Any:
    numbers = [number(part) for part in parts]
    if not all(math.isfinite(each) and abs(each) < 1e15 for each in numbers):
        return math.nan
    year, month, *rest = (int(each) for each in numbers)
    if 0 <= year <= 99 and len(parts) < 7:
        year += 1900
    day, hours, minutes, seconds, ms = (*rest, *(1, 0, 0, 0, 0)[len(rest) :])
    if abs(year) > 400_000 or abs(month) > 5_000_000:
        return math.nan
    at = _days(year, month, 1) + day - 1
    milliseconds = (((at * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms
    return _clip(milliseconds if utc else milliseconds - _offset(milliseconds, True))


_MONTH_WORDS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ZONES = {"utc": 0, "ut": 0, "z": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
          "pst": -8, "pdt": -7}  # fmt: skip
_BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_TOKEN = re.compile(f"([0-9]+)|([{_BLANKS}]+)|([^\0-@{_BLANKS}]+)|(.)", re.DOTALL)
_ISO = re.compile(
    r"([+-]\d{6}|\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d):?(\d\d))?)?",
    re.ASCII | re.IGNORECASE,
)


def date_parse(value: Any) -> Any:
    """Return the milliseconds of ``Date.parse(value)``; NaN for what is no date."""
    result = _ISO.fullmatch(value)
    if result and not result[1].startswith("-000000"):
        year, month, day, hour, minute, second = (int(each) for each in result.groups("0")[:6])
        month, day = month if result[2] else 1, day if result[3] else 1
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return _legacy(value) if result[4] is None else math.nan
        if not _is_time(hour, minute, second, _thousandths(result[7] or "0")):
            return math.nan
        zone = 0 if result[8] or result[4] is None else None
        if result[9]:
            if int(result[10]) > 23 or int(result[11]) > 59:
                return math.nan
            zone = (1 if result[9] == "+" else -1) * (int(result[10]) * 60 + int(result[11]))
        return _at(year, month, day, hour, minute, second, _thousandths(result[7] or "0"), zone)
    if re.match(r"(?:[+-]\d{6}|\d{4})(?:-\d\d(?:-\d\d)?)?T", value, re.ASCII | re.IGNORECASE):
        return math.nan
    return _legacy(value)


def _thousandths(digits: str) -> int:
    return int(digits.ljust(3, "0")[:3])


def _is_time(hour: int, minute: int, second: int, ms: int) -> bool:
    return (hour <= 23 and minute <= 59 and second <= 59) or (hour == 24 and not (minute or second or ms))


def _at(year: int, month: int, day: int, hour: int, minute: int, second: int, ms: int, zone: int | None) -> Any:
    at = _from_parts((year, month - 1, day, hour, minute, second, ms), zone is not None)
    return at if not zone else at - zone * 60_000


def _tokens(value: str) -> list[tuple[str, str]]:
    result: list[tuple[str, str]] = []
    at = 0
    while at < len(value):
        token = _TOKEN.match(value, at)
        assert token is not None, "every character is one of them"
        at = token.end()
        if token[1]:
            result.append(("number", token[1]))
        elif token[2]:
            result.append(("blank", ""))
        elif token[3]:
            result.append(("word", token[3]))
        elif token[4] == "(":
            depth = 1
            while depth and at < len(value):
                depth += {"(": 1, ")": -1}.get(value[at], 0)
                at += 1
            result.append(("unknown", ""))
        else:
            result.append(("sign" if token[4] in ":-+.)" else "unknown", token[4]))
    return [*result, ("end", "")]


def _number(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits[:9] or "0")


class _Legacy:
    """The state of V8's parser for dates that are not in ISO format."""

    def __init__(self, value: str) -> None:
        self.tokens = _tokens(value)
        self.at = 0
        self.day: list[int] = []
        self.time: list[int] = []
        self.month: int | None = None
        self.half: int | None = None
        self.sign: int | None = None
        self.zone_hour: int | None = None
        self.zone_minute: int | None = None
        self.has_number = False
        self.is_iso = False

    def peek(self) -> tuple[str, str]:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    def skip(self, sign: str) -> bool:
        if self.peek() == ("sign", sign):
            self.at += 1
            return True
        return False

    def expects(self, number: int) -> bool:
        limits = {1: 60, 2: 60, 3: 1000}
        return len(self.time) in limits and number < limits[len(self.time)]

    def finish(self, number: int) -> None:
        self.time = [*self.time, number, 0, 0, 0][:4]

    def read(self) -> bool:
        """Read all of it. Return whether it may be a date."""
        self.iso_day()
        while self.peek()[0] != "end":
            kind, text = self.tokens[self.at]
            self.at += 1
            if kind == "number":
                self.has_number = True
                if not self.number(_number(text)):
                    return False
            elif kind == "word":
                if not self.word(text.lower()):
                    return False
            elif kind == "sign" and text in "+-" and (self.is_utc() or self.time):
                self.has_number = True
                if not self.offset(1 if text == "+" else -1):
                    return False
            elif kind == "sign" and text in "+-)" and self.has_number:
                return False
        return True

    def is_utc(self) -> bool:
        return self.zone_hour == 0 and self.zone_minute == 0

    def iso_day(self) -> None:
        """Parse the ISO date at the start of the string, as far as it goes."""
        sign, text = self.peek()[1], self.tokens[min(self.at + 1, len(self.tokens) - 1)][1]
        if sign in ("+", "-") and text.isdecimal() and len(text) == 6 and sign + text != "-000000":
            self.day.append(int(sign + text))
            self.at += 2
            self.has_number = True
            if not self.skip("-"):
                return
        elif self.peek()[0] != "number" or len(self.peek()[1]) != 4:
            return
        for limit in (9999, 12, 31)[len(self.day) :]:
            kind, text = self.peek()
            if kind != "number" or len(text) != (2 if self.day else 4) or not (not self.day or 1 <= int(text) <= limit):
                break
            self.day.append(int(text))
            self.at += 1
            if len(self.day) == 3 or not self.skip("-"):
                break
        self.has_number = True

    def number(self, number: int) -> bool:
        if self.skip(":"):
            if self.skip(":"):
                if self.time:
                    return False
                self.time += [number, 0]
                return True
            if len(self.time) == 4:
                return False
            self.time.append(number)
            self.skip(".")
            return True
        if self.peek() == ("sign", ".") and self.expects(number):
            self.at += 1
            self.time.append(number)
            kind, text = self.peek()
            if kind != "number":
                return False
            self.at += 1
            self.finish(_thousandths(text))
            return True
        self.skip(".")
        if self.zone_hour is not None and self.zone_minute is None and number < 60:
            self.zone_minute = number
            return True
        if self.expects(number):
            self.finish(number)
            kind, text = self.peek()
            return kind in ("end", "blank") or text in ("+", "-") or text.lower() == "z"
        if len(self.day) == 3:
            return False
        self.day.append(number)
        self.skip("-")
        return True

    def word(self, word: str) -> bool:
        if word in ("am", "pm") and self.time:
            self.half = 12 if word == "pm" else 0
        elif word[:3] in _MONTH_WORDS:
            self.month = _MONTH_WORDS.index(word[:3]) + 1
            self.skip("-")
        elif word in _ZONES and self.has_number:
            hours = _ZONES[word]
            self.sign, self.zone_hour, self.zone_minute = (-1 if hours < 0 else 1), abs(hours), 0
        elif self.has_number or self.peek()[0] == "number":
            return False
        return True

    def offset(self, sign: int) -> bool:
        self.sign = sign
        number, length = 0, 0
        if self.peek()[0] == "number":
            number, length = _number(self.peek()[1]), len(self.peek()[1])
            self.at += 1
        if self.peek() == ("sign", ":"):
            self.zone_hour, self.zone_minute = number, None
        elif length in (1, 2):
            self.zone_hour, self.zone_minute = number, 0
        elif length in (3, 4):
            self.zone_hour, self.zone_minute = divmod(number, 100)
        else:
            return False
        return True

    def result(self) -> Any:
        if not self.day:
            return math.nan
        first, second, third = (*self.day, 1, 1)[:3]
        if self.month is not None:
            day, year = (first, second) if 1 <= first <= 31 else (second, first)
            month = self.month
        elif not 1 <= first <= 31:
            year, month, day = first, second, third
        else:
            month, day, year = first, second, third
        if 0 <= year <= 99:
            year += 2000 if year < 50 else 1900
        hour, minute, seconds, ms = (*self.time, 0, 0, 0, 0)[:4]
        if self.half is not None:
            if hour > 12:
                return math.nan
            hour = hour % 12 + self.half
        if not (1 <= month <= 12 and 1 <= day <= 31 and _is_time(hour, minute, seconds, ms)):
            return math.nan
        zone = None if self.sign is None else self.sign * ((self.zone_hour or 0) * 60 + (self.zone_minute or 0))
        return _at(year, month, day, hour, minute, seconds, ms, zone)


def _legacy(value: str) -> Any:
    reading = _Legacy(value)
    return reading.result() if reading.read() else math.nan
