"""Accumulators of ``$group``: each is given one value per document, and returns one at the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from .errors import DatabaseError
from .ordering import Key, key
from .values import MAX_INT64, MIN_INT64, MISSING, Int64, integer, is_number, type_name


class Accumulator(Protocol):
    def add(self, value: Any) -> None: ...

    def result(self) -> Any: ...


class Sum:
    """The sum of the numbers among the values; doubles are added without rounding in between."""

    __slots__ = ("_decimal", "_floats", "_long", "_whole")

    def __init__(self) -> None:
        self._whole = 0
        self._long = False
        self._floats: list[float] | None = None
        self._decimal: Decimal | None = None

    def add(self, value: Any) -> None:
        kind = type(value)
        if kind is int:
            self._whole += value
        elif kind is float:
            if self._floats is None:
                self._floats = []
            self._floats.append(value)
            if len(self._floats) > 4096:
                self._floats = _partials(self._floats)
        elif kind is Int64:
            self._whole += value
            self._long = True
        elif kind is Decimal:
            self._decimal = (self._decimal or Decimal(0)) + value

    def add_all(self, values: list[Any]) -> None:
        """Add many values; what C can sum, it sums."""
        kinds = set(map(type, values))
        if Decimal in kinds or Int64 in kinds:
            for value in values:
                self.add(value)
            return
        if int in kinds:
            self._whole += sum(values if len(kinds) == 1 else [value for value in values if type(value) is int])
        if float in kinds:
            found = values if len(kinds) == 1 else [value for value in values if type(value) is float]
            self._floats = (self._floats or []) + found

    def result(self) -> Any:
        if self._decimal is not None:
            return self._decimal + self._whole + (Decimal(repr(_fsum(self._floats))) if self._floats else 0)
        if self._floats is not None:
            return _fsum([*self._floats, float(self._whole)])
        if not MIN_INT64 <= self._whole <= MAX_INT64:
            return float(self._whole)
        return integer(self._whole, Int64(0)) if self._long else integer(self._whole)


def _fsum(values: list[float] | None) -> float:
    try:
        return math.fsum(values or ())
    except (OverflowError, ValueError):  # beyond a double, or inf and -inf: plain addition says which
        return float(sum(values or ()))


def _partials(values: list[float]) -> list[float]:
    """Return few doubles with the same exact sum (Shewchuk)."""
    partials: list[float] = []
    for value in values:
        if not math.isfinite(value):
            return [_fsum(values)]
        kept = 0
        for other in partials:
            if abs(value) < abs(other):
                value, other = other, value
            high = value + other
            low = other - (high - value)
            if low:
                partials[kept] = low
                kept += 1
            value = high
        partials[kept:] = [value]
    return partials


def total(numbers: list[Any]) -> Any:
    """Return the sum of numbers as ``$add`` and ``$sum`` give it."""
    accumulator = Sum()
    for number in numbers:
        accumulator.add(number)
    return accumulator.result()


def feed(accumulator: Accumulator, values: list[Any]) -> None:
    """Add values in their order."""
    if type(accumulator) is Sum:
        accumulator.add_all(values)
        return
    add = accumulator.add
    for value in values:
        add(value)


class Average:
    __slots__ = ("_count", "_sum")

    def __init__(self) -> None:
        self._sum, self._count = Sum(), 0

    def add(self, value: Any) -> None:
        if is_number(value):
            self._sum.add(value)
            self._count += 1

    def result(self) -> Any:
        if not self._count:
            return None
        found = self._sum.result()
        return found / self._count if type(found) is Decimal else float(found) / self._count


class First:
    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value: Any = _UNSET

    def add(self, value: Any) -> None:
        if self._value is _UNSET:
            self._value = value

    def result(self) -> Any:
        return None if self._value is _UNSET or self._value is MISSING else self._value


_UNSET = object()


class Last:
    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value: Any = MISSING

    def add(self, value: Any) -> None:
        self._value = value

    def result(self) -> Any:
        return None if self._value is MISSING else self._value


class Extreme:
    """The least or the greatest of the values that are not null."""

    __slots__ = ("_greatest", "_key", "_value")

    def __init__(self, greatest: bool) -> None:
        self._greatest = greatest
        self._key: Key | None = None
        self._value: Any = None

    def add(self, value: Any) -> None:
        if value is None or value is MISSING:
            return
        own = key(value)
        if self._key is None or (own > self._key if self._greatest else own < self._key):
            self._key, self._value = own, value

    def result(self) -> Any:
        return self._value


class Push:
    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: list[Any] = []

    def add(self, value: Any) -> None:
        if value is not MISSING:
            self._values.append(value)

    def result(self) -> Any:
        return self._values


class AddToSet:
    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[Key, Any] = {}

    def add(self, value: Any) -> None:
        if value is not MISSING:
            self._values.setdefault(key(value), value)

    def result(self) -> Any:
        return list(self._values.values())


class Deviation:
    """The standard deviation of the numbers, by Welford's method."""

    __slots__ = ("_count", "_mean", "_sample", "_squares")

    def __init__(self, sample: bool) -> None:
        self._sample = sample
        self._count, self._mean, self._squares = 0, 0.0, 0.0

    def add(self, value: Any) -> None:
        if is_number(value):
            self._count += 1
            delta = float(value) - self._mean
            self._mean += delta / self._count
            self._squares += delta * (float(value) - self._mean)

    def result(self) -> Any:
        count = self._count - self._sample
        return math.sqrt(self._squares / count) if count > 0 else None


class Merge:
    __slots__ = ("_value",)

    def __init__(self) -> None:
        self._value: dict[str, Any] = {}

    def add(self, value: Any) -> None:
        if value is None or value is MISSING:
            return
        if type(value) is not dict:
            raise DatabaseError(f"$mergeObjects requires object inputs, but input is of type {type_name(value)}")
        self._value = {**self._value, **value}

    def result(self) -> Any:
        return self._value


# Those that are operators of an expression as well.
NUMERIC: dict[str, Callable[[], Accumulator]] = {
    "$sum": Sum,
    "$avg": Average,
    "$min": lambda: Extreme(greatest=False),
    "$max": lambda: Extreme(greatest=True),
    "$stdDevPop": lambda: Deviation(sample=False),
    "$stdDevSamp": lambda: Deviation(sample=True),
}
ACCUMULATORS: dict[str, Callable[[], Accumulator]] = {
    **NUMERIC,
    "$first": First,
    "$last": Last,
    "$push": Push,
    "$addToSet": AddToSet,
    "$mergeObjects": Merge,
}
