"""The clock and the random numbers of the Python function: those that worker.js gives to the Node function."""

from __future__ import annotations

import datetime
import random
import time
from datetime import date as _date
from datetime import datetime as _datetime
from typing import Any

_time, _gmtime, _localtime = time.time, time.gmtime, time.localtime
_strftime, _monotonic = time.strftime, time.monotonic


class _Clock:
    """The moment that the function believes in: real time until one is set."""

    def __init__(self) -> None:
        self._moment: float | None = None
        self._begun: float | None = None

    def set(self, moment: float | None, standing: bool) -> None:
        self._moment = moment
        self._begun = None if standing else _monotonic()

    def now(self) -> float:
        if self._moment is None:
            return _time()
        return self._moment if self._begun is None else self._moment + _monotonic() - self._begun


clock = _Clock()


class _Seeded(random.Random):
    """As in worker.js: the same step, so that ``random()`` gives what ``Math.random()`` gives there."""

    _state = 0

    def seed(self, a: Any = None, version: int = 2) -> None:
        self._state = a & 0xFFFFFFFF if isinstance(a, int) else hash(a) & 0xFFFFFFFF

    def random(self) -> float:
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return self._state / 4294967296

    def _randbelow(self, n: int) -> int:  # as programs in JavaScript do it: floor(random() * n)
        return int(self.random() * n)

    def getstate(self) -> Any:
        return self._state

    def setstate(self, state: Any) -> None:
        self._state = state


_random = _Seeded(0)


def pin(moment: float | None, seed: int, *, standing: bool) -> None:
    """Sets the moment, and begins the random numbers anew."""
    clock.set(moment, standing)
    _random.seed(seed)


def install() -> None:
    """Puts both under the standard library, before the function's own code imports from it."""
    time.time = clock.now
    time.time_ns = lambda: int(clock.now() * 1_000_000_000)
    time.gmtime = lambda secs=None: _gmtime(clock.now() if secs is None else secs)
    time.localtime = lambda secs=None: _localtime(clock.now() if secs is None else secs)
    time.ctime = lambda secs=None: time.asctime(time.localtime(secs))
    setattr(time, "strftime", lambda form, at=None: _strftime(form, time.localtime() if at is None else at))  # noqa: B010
    _install_dates()
    for name in dir(random):
        if getattr(getattr(random, name), "__self__", None) is random._inst:
            setattr(random, name, getattr(_random, name))
    random._inst = _random


def _install_dates() -> None:
    class _DateType(type):
        def __instancecheck__(cls, value: object) -> bool:  # what C code made is one of the real ones
            return isinstance(value, _date)

    class _DatetimeType(type):
        def __instancecheck__(cls, value: object) -> bool:
            return isinstance(value, _datetime)

    class Date(_date, metaclass=_DateType):
        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(clock.now())

    class Datetime(_datetime, metaclass=_DatetimeType):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return cls.fromtimestamp(clock.now(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.fromtimestamp(clock.now())

        @classmethod
        def utcnow(cls) -> Any:
            return cls.fromtimestamp(clock.now(), datetime.timezone.utc).replace(tzinfo=None)

    for made, name in ((Date, "date"), (Datetime, "datetime")):
        made.__name__ = made.__qualname__ = name
        made.__module__ = "datetime"
        setattr(datetime, name, made)
