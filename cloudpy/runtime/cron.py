"""Cron expressions of seven fields, as in WeChat's timers (定时触发器): find the next time.

::

    Cron("0 30 8 * * MON-FRI *").next_after(datetime.now(timezone.utc))

Fields: second, minute, hour, day, month, weekday, year, in Beijing time (UTC+8). Each is ``*``, a number, ``a-b``,
``*/n``, ``a/n``, ``a-b/n``, or several with commas; months and weekdays have names, Sunday is 0. If day and weekday
are restricted, either is enough.
(https://developers.weixin.qq.com/miniprogram/dev/wxcloudservice/wxcloud/guide/functions/triggers.html)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ZONE = timezone(timedelta(hours=8), "UTC+8")
FIELDS: tuple[tuple[str, int, int, tuple[str, ...]], ...] = (
    ("second", 0, 59, ()),
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day", 1, 31, ()),
    ("month", 1, 12, ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
    ("weekday", 0, 6, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    ("year", 1970, 2099, ()),
)
_ORDER = ", ".join(name for name, *_ in FIELDS)


class Cron:
    """When a timer fires.

    Args:
        expression: seven fields.

    Raises:
        ValueError: the expression is invalid; the message says how.
    """

    __slots__ = ("_any_day", "_any_weekday", "_sets", "expression")

    def __init__(self, expression: str) -> None:
        problem = cron_error(expression)
        if problem:
            raise ValueError(problem)
        self.expression = expression
        fields = expression.upper().split()
        self._sets = [_values(text, *field[1:]) for text, field in zip(fields, FIELDS, strict=True)]
        self._any_day = len(self._sets[3]) == 31
        self._any_weekday = len(self._sets[5]) == 7

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first time after `moment`, which has a time zone; None if the next one is after 2099."""
        local = moment.astimezone(ZONE).replace(microsecond=0) + timedelta(seconds=1)
        day, earliest = local.date(), local.time()
        last = date(max(self._sets[6]), 12, 31)
        while day <= last:
            if not (day.year in self._sets[6] and day.month in self._sets[4]):
                day = _next_month(day)
                earliest = time()
                continue
            if self._matches_day(day):
                found = self._time_from(earliest)
                if found is not None:
                    return datetime.combine(day, found, ZONE)
            day += timedelta(days=1)
            earliest = time()
        return None

    def _matches_day(self, day: date) -> bool:
        in_days, in_weekdays = day.day in self._sets[3], day.isoweekday() % 7 in self._sets[5]
        if self._any_day or self._any_weekday:
            return in_days and in_weekdays
        return in_days or in_weekdays

    def _time_from(self, earliest: time) -> time | None:
        seconds, minutes, hours = (sorted(values) for values in self._sets[:3])
        for hour in hours:
            if hour < earliest.hour:
                continue
            for minute in minutes:
                if (hour, minute) < (earliest.hour, earliest.minute):
                    continue
                for second in seconds:
                    if (hour, minute, second) >= (earliest.hour, earliest.minute, earliest.second):
                        return time(hour, minute, second)
        return None

    def __repr__(self) -> str:
        return f"Cron({self.expression!r})"


@dataclass(frozen=True)
class Timer:
    """A timer of a function.

    Attributes:
        function: name of the function.
        name: of the trigger.
        cron: when it fires.
    """

    function: str
    name: str
    cron: Cron


def read_timers(function: str, value: Any) -> tuple[list[Timer], list[str]]:
    """Return the timers in the content of a config.json, and what is wrong with those that will not fire."""
    triggers = value.get("triggers") if isinstance(value, dict) else None
    timers: dict[str, Timer] = {}
    problems: list[str] = []
    for index, trigger in enumerate(triggers if isinstance(triggers, list) else ()):
        if not isinstance(trigger, dict) or trigger.get("type") != "timer":
            continue
        name, cron = trigger.get("name"), trigger.get("config")
        problem = cron_error(cron)
        if not isinstance(name, str):
            problems.append(f"triggers[{index}].name must be a string, got {name!r}")
        elif name in timers:
            problems.append(f"triggers[{index}].name is {name!r}, as another one's")
        elif problem or cron is None:
            problems.append(f"triggers[{index}].config {problem}")
        else:
            timers[name] = Timer(function, name, Cron(cron))
    return list(timers.values()), problems


def cron_error(cron: Any) -> str:
    """Return what is wrong with a cron expression of seven fields; empty when it is valid."""
    if not isinstance(cron, str):
        return f"must be a cron expression of seven fields ({_ORDER}), got {cron!r}"
    fields = cron.split()
    if len(fields) != len(FIELDS):
        how = f"; add 0 for the second and * for the year: 0 {cron.strip()} *"
        hint = how if len(fields) == 5 else ""
        return f"must have seven fields ({_ORDER}), has {len(fields)}: {cron!r}{hint}"
    for text, (name, minimum, maximum, words) in zip(fields, FIELDS, strict=True):
        for piece in text.split(","):
            if not _is_valid(piece.upper(), name, minimum, maximum, words):
                return f"has {piece!r} as {name}; expected {minimum} to {maximum}, *, a-b, */n, or several with commas"
    return ""


def _is_valid(piece: str, name: str, minimum: int, maximum: int, words: tuple[str, ...]) -> bool:
    base, slash, step = piece.partition("/")
    if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
        return False
    if base == "*":
        return True
    numbers = [_number(each, minimum, words) for each in base.split("-")]
    if len(numbers) > 2 or any(number is None or not minimum <= number <= maximum for number in numbers):
        return False
    # FRI-SUN: the page does not say whether a range of weekdays may pass Saturday
    return len(numbers) == 1 or (numbers[0] or 0) <= (numbers[1] or 0) or name == "weekday"


def _number(text: str, minimum: int, words: tuple[str, ...]) -> int | None:
    if text in words:
        return words.index(text) + minimum
    return int(text) if text.isascii() and text.isdigit() else None


def _values(text: str, minimum: int, maximum: int, words: tuple[str, ...]) -> frozenset[int]:
    """Return the values of a valid field."""
    values: set[int] = set()
    for piece in text.split(","):
        base, slash, step = piece.partition("/")
        first, dash, final = base.partition("-")
        start = minimum if base == "*" else _number(first, minimum, words)
        assert start is not None
        if dash:
            end = _number(final, minimum, words)
            assert end is not None
        else:
            end = maximum if slash or base == "*" else start
        size = maximum - minimum + 1
        length = (end - start) % size if end < start else end - start  # FRI-SUN goes on at the week's beginning
        values.update(minimum + (start + offset - minimum) % size for offset in range(0, length + 1, int(step or 1)))
    return frozenset(values)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
