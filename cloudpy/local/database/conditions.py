"""Conditions on one value: the operators of a query."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from .errors import DatabaseError
from .ordering import key
from .paths import Test
from .pcre import compile_regex
from .values import (
    MISSING,
    NUMBER_NAMES,
    NUMBERS,
    TYPE_CODES,
    TYPE_NAMES,
    MaxKey,
    MinKey,
    Regex,
    is_integer,
    is_nan,
    is_number,
    type_name,
)


def equality(value: Any) -> Test:
    """Return the test for equality; null equals a missing field too."""
    kind = type(value)
    if value is None:
        return lambda item: item is None or item is MISSING
    if kind is str:
        return lambda item: type(item) is str and item == value
    if kind in NUMBERS and not is_nan(value):
        return lambda item: type(item) in NUMBERS and item == value
    if kind is bool:
        return lambda item: item is value
    wanted = key(value)
    if kind is dict:
        return lambda item: type(item) is dict and len(item) == len(value) and key(item) == wanted
    if kind in NUMBERS:
        return is_nan
    return lambda item: type(item) is kind and key(item) == wanted


def _ordered(value: Any, accepts: Callable[[Any, Any], bool], or_equal: bool) -> Test:
    kind = type(value)
    if kind is Regex:
        raise DatabaseError("Can't have RegEx as arg to predicate over field")
    if value is None:
        return equality(None) if or_equal else lambda item: False
    if is_nan(value):
        return is_nan if or_equal else lambda item: False
    if kind in NUMBERS:
        return _NUMBER_TESTS[accepts](value)
    if kind is str:
        return lambda item: type(item) is str and accepts(item, value)
    wanted = key(value)
    if kind is MinKey or kind is MaxKey:  # of any type
        return lambda item: item is not MISSING and accepts(key(item), wanted)
    rank = wanted[0]

    def test(item: Any) -> bool:
        other = key(item)
        return bool(other[0] == rank) and accepts(other, wanted)

    return test


# Written out: these run once for each document that is read. A NaN does not equal itself.
_NUMBER_TESTS: dict[Callable[[Any, Any], bool], Callable[[Any], Test]] = {
    operator.gt: lambda value: lambda item: type(item) in NUMBERS and item == item and item > value,
    operator.ge: lambda value: lambda item: type(item) in NUMBERS and item == item and item >= value,
    operator.lt: lambda value: lambda item: type(item) in NUMBERS and item == item and item < value,
    operator.le: lambda value: lambda item: type(item) in NUMBERS and item == item and item <= value,
}


def greater(value: Any) -> Test:
    return _ordered(value, operator.gt, False)


def greater_or_equal(value: Any) -> Test:
    return _ordered(value, operator.ge, True)


def less(value: Any) -> Test:
    return _ordered(value, operator.lt, False)


def less_or_equal(value: Any) -> Test:
    return _ordered(value, operator.le, True)


def one_of(values: Any, name: str) -> Test:
    """Return the test of ``$in``: equality with one of the values, or a match of one of the regular expressions."""
    if type(values) is not list:
        raise DatabaseError(f"{name} needs an array, got {type_name(values)}")
    patterns = [regex(value) for value in values if type(value) is Regex]
    for value in values:
        if type(value) is dict and next(iter(value), "").startswith("$"):
            raise DatabaseError(f"cannot nest $ under {name}")
    wanted = {key(value) for value in values if type(value) is not Regex}
    null = any(value is None for value in values)

    def test(item: Any) -> bool:
        if item is MISSING:
            return null
        return key(item) in wanted or any(pattern(item) for pattern in patterns)

    return test


def modulo(value: Any) -> Test:
    """Return the test of ``$mod``."""
    if type(value) is not list or len(value) != 2 or not all(map(is_number, value)):
        raise DatabaseError("malformed mod: $mod needs an array of two numbers, the divisor and the remainder")
    if any(is_nan(item) or (type(item) is float and math.isinf(item)) for item in value):
        raise DatabaseError("malformed mod: the divisor and the remainder must be finite")
    divisor, remainder = (int(item) for item in value)
    if divisor == 0:
        raise DatabaseError("divisor cannot be 0")

    def test(item: Any) -> bool:
        if type(item) not in NUMBERS or is_nan(item) or not -math.inf < item < math.inf:
            return False
        whole = int(item)  # towards zero, and so is the remainder
        return whole - divisor * (abs(whole) // abs(divisor)) * (1 if (whole < 0) == (divisor < 0) else -1) == remainder

    return test


def type_is(value: Any) -> Test:
    """Return the test of ``$type``: names or BSON's numbers of types."""
    wanted: set[str] = set()
    for item in value if type(value) is list else [value]:
        if is_number(item) and is_integer(item) and int(item) in TYPE_CODES:
            wanted.add(TYPE_CODES[int(item)])
        elif type(item) is str and item in TYPE_NAMES:
            wanted |= NUMBER_NAMES if item == "number" else {item}
        else:
            raise DatabaseError(f"unknown type name or number for $type: {item!r}")
    if not wanted:
        raise DatabaseError("$type must match at least one type")
    return lambda item: item is not MISSING and type_name(item) in wanted


def size(value: Any) -> Test:
    """Return the test of ``$size``."""
    if not is_number(value) or not is_integer(value) or value < 0:
        raise DatabaseError("$size must be a non-negative integer")
    wanted = int(value)
    return lambda item: type(item) is list and len(item) == wanted


def regex(value: Regex) -> Test:
    """Return the test of a regular expression: a string that it matches, or the same expression stored."""
    search = compile_regex(value.pattern, value.options).search
    return lambda item: (search(item) is not None) if type(item) is str else item == value and type(item) is Regex
