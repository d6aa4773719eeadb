"""Fake clock and seeded random numbers for the Python function, equal to those of worker.js for the Node function."""

from __future__ import annotations

import datetime
import math
import random
import string
import time
from datetime import date as _date
from datetime import datetime as _datetime
from typing import Any

_time, _gmtime, _localtime = time.time, time.gmtime, time.localtime
_strftime, _monotonic = time.strftime, time.monotonic


class _Clock:
    """The function's clock; shows real time until it is set."""

    def __init__(self) -> None:
        self._time: float | None = None
        self._started: float | None = None

    def set(self, seconds: float, *, frozen: bool) -> None:
        self._time = seconds
        self._started = None if frozen else _monotonic()

    def now(self) -> float:
        if self._time is None:
            return _time()
        return self._time if self._started is None else self._time + _monotonic() - self._started


clock = _Clock()


# Of the bases in which programs write a random number, to have some random characters
_DIGITS = [(string.digits + string.ascii_lowercase)[:base] for base in (10, 16, 32, 36)]


class _Seeded(random.Random):
    """A generator with the formula of worker.js, so that ``random()`` returns what ``Math.random()`` returns there."""

    _state = 0

    def seed(self, a: Any = None, version: int = 2) -> None:  # noqa: ARG002  the signature of random.Random
        self._state = a & 0xFFFFFFFF if isinstance(a, int) else hash(a) & 0xFFFFFFFF

    def random(self) -> float:
        self._state = (self._state * 1664525 + 1013904223) & 0xFFFFFFFF
        return self._state / 4294967296

    def _randbelow(self, n: int) -> int:  # as JavaScript programs do: Math.floor(Math.random() * n)
        return int(self.random() * n)

    def choices(self, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1) -> list[Any]:
        if weights is not None or cum_weights is not None or population not in _DIGITS:
            return super().choices(population, weights, cum_weights=cum_weights, k=k)
        # as Math.random().toString(36).slice(2) gives the digits of one number: fewer, where it has no more
        return [population[digit] for digit in _digits_of(self.random(), len(population))[:k]]

    def getstate(self) -> Any:
        return self._state

    def setstate(self, state: Any) -> None:
        self._state = state


def _digits_of(fraction: float, base: int) -> list[int]:
    """Return the digits after the point that V8 writes of a number between 0 and 1."""
    if base == 10:
        return [int(digit) for digit in repr(fraction).partition(".")[2] if digit.isdecimal()]
    digits: list[int] = []
    delta = math.ulp(fraction) / 2
    while fraction >= delta:
        fraction, delta = fraction * base, delta * base
        digits.append(int(fraction))
        fraction -= digits[-1]
        if (fraction > 0.5 or (fraction == 0.5 and digits[-1] % 2)) and fraction + delta > 1:
            while digits and digits[-1] == base - 1:
                digits.pop()
            if digits:
                digits[-1] += 1
            break
    return digits or [0]


_random = _Seeded(0)


def freeze(seconds: float, seed: int, *, frozen: bool) -> None:
    """Set the clock and restart the random numbers.

    Args:
        seconds: since 1970.
        seed: of the random numbers.
        frozen: False to let the clock run from there.
    """
    clock.set(seconds, frozen=frozen)
    _random.seed(seed)


def install(*, random_numbers: bool = True) -> None:
    """Patch the standard library. Call it before the function's code imports from it.

    Args:
        random_numbers: replace the generator of random numbers as well.
    """
    time.time = clock.now
    time.time_ns = lambda: int(clock.now() * 1_000_000_000)
    time.gmtime = lambda secs=None: _gmtime(clock.now() if secs is None else secs)
    time.localtime = lambda secs=None: _localtime(clock.now() if secs is None else secs)
    time.ctime = lambda secs=None: time.asctime(time.localtime(secs))
    setattr(time, "strftime", lambda form, at=None: _strftime(form, time.localtime() if at is None else at))  # noqa: B010
    _install_dates()
    if not random_numbers:
        return
    for name in dir(random):
        if getattr(getattr(random, name), "__self__", None) is random._inst:  # noqa: SLF001
            setattr(random, name, getattr(_random, name))
    random._inst = _random  # noqa: SLF001  Python has no public name for it


def seed_system_random(folder: str) -> None:
    """Give ``os.urandom`` and ``uuid.uuid4`` numbers of the seed where code in `folder` calls them itself.

    Packages, and Python's own modules, keep the system's: they must not use up those of the program.
    """
    import os
    import sys
    import uuid

    real_bytes, real_uuid = os.urandom, uuid.uuid4

    def is_own() -> bool:
        path = os.path.realpath(sys._getframe(2).f_code.co_filename)  # noqa: SLF001  as worker.js reads the stack
        return path.startswith(folder + os.sep) and "site-packages" not in path

    def urandom(size: int) -> bytes:
        return _bytes(size) if is_own() else real_bytes(size)

    def uuid4() -> uuid.UUID:
        return uuid.UUID(bytes=_bytes(16), version=4) if is_own() else real_uuid()

    os.urandom, uuid.uuid4 = urandom, uuid4


def _bytes(size: int) -> bytes:
    return bytes(int(_random.random() * 256) for _ in range(size))


def _install_dates() -> None:
    class _DateType(type):
        def __instancecheck__(cls, value: object) -> bool:  # C code creates instances of the real classes
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

    for fake, name in ((Date, "date"), (Datetime, "datetime")):
        fake.__name__ = fake.__qualname__ = name
        fake.__module__ = "datetime"
        setattr(datetime, name, fake)
