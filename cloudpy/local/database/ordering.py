"""MongoDB's order of values: one total order across types, and what equality means in it."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from .values import (
    MISSING,
    Binary,
    Code,
    Date,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Symbol,
    Timestamp,
)

NULL, NUMBER, STRING, OBJECT, ARRAY = 3, 4, 5, 6, 7


class _NaN:
    """Below every number, equal to itself."""

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return self is not other

    def __gt__(self, other: Any) -> bool:
        return False

    def __le__(self, other: Any) -> bool:
        return True

    def __ge__(self, other: Any) -> bool:
        return self is other

    def __eq__(self, other: Any) -> bool:
        return self is other

    def __hash__(self) -> int:
        return 1


_NAN: Final = _NaN()
MISSING_KEY: Final = (1,)
EMPTY_ARRAY_SORT_KEY: Final = (2,)
NULL_KEY: Final = (NULL,)

Key = tuple[Any, ...]


def _number(value: Any) -> Key:
    return (NUMBER, value) if value == value else (NUMBER, _NAN)


def _object(value: dict[str, Any]) -> Key:
    # Fields are compared by type, then name, then value.
    keys = [(name, key(item)) for name, item in value.items()]
    return (OBJECT, tuple((item[0], name, item) for name, item in keys))


_KEYS: Final[dict[type, Callable[[Any], Key]]] = {
    MinKey: lambda value: (0,),
    type(MISSING): lambda value: MISSING_KEY,
    type(None): lambda value: NULL_KEY,
    int: lambda value: (NUMBER, value),
    Int64: lambda value: (NUMBER, int(value)),
    float: _number,
    Decimal: lambda value: (NUMBER, _NAN) if value.is_nan() else (NUMBER, value),
    str: lambda value: (STRING, value),
    Symbol: lambda value: (STRING, value.name),
    dict: _object,
    list: lambda value: (ARRAY, tuple([key(item) for item in value])),
    Binary: lambda value: (8, len(value.data), value.subtype, value.data),
    ObjectId: lambda value: (9, value.hex),
    bool: lambda value: (10, value),
    Date: lambda value: (11, value.ms),
    Timestamp: lambda value: (12, value.seconds, value.increment),
    Regex: lambda value: (13, value.pattern, value.options),
    Code: lambda value: (14, value.code) if value.scope is None else (15, value.code, key(value.scope)),
    MaxKey: lambda value: (16,),
}


def key(value: Any) -> Key:
    """Return a key that sorts and compares as MongoDB does; equal keys are equal values (1 and 1.0 are).

    The first item of a key is the rank of the value's type. Keys can be hashed.
    """
    return _KEYS[type(value)](value)


def compare(one: Any, other: Any) -> int:
    """Return -1, 0 or 1."""
    left, right = key(one), key(other)
    return -1 if left < right else int(left != right)


def equal(one: Any, other: Any) -> bool:
    """Whether two values are equal to a query: 1 and 1.0 are, objects with keys in another order are not."""
    return key(one) == key(other)


def truth(value: Any) -> bool:
    """Whether an expression counts a value as true: all but false, null, missing and numbers equal to 0."""
    if value is None or value is MISSING or value is False:
        return False
    if type(value) in (int, float, Int64, Decimal):
        return bool(value != 0) or (type(value) is float and math.isnan(value))
    return True
