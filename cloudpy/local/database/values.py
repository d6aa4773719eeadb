"""The values of a document: what BSON has beyond Python's own types, and the names of all types.

``int`` is BSON's int when it fits 32 bits, else long; ``Int64`` is a long of any size; ``float`` is double; ``Decimal``
is Decimal128; ``dict`` and ``list`` are object and array; ``None`` is null. All are treated as immutable once stored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any, Final

from .errors import DatabaseError

MIN_INT32, MAX_INT32 = -(2**31), 2**31 - 1
MIN_INT64, MAX_INT64 = -(2**63), 2**63 - 1


class _Missing:
    """The value of a field that is not there, which is not the same as null."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


class Int64(int):
    """A long, also where the number would fit an int."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Date:
    """An instant in milliseconds since 1970, UTC, in any year."""

    ms: int


@dataclass(frozen=True, slots=True)
class ObjectId:
    """Twelve bytes as 24 lowercase hex digits."""

    hex: str


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression as a value; it is a condition only where a query has it."""

    pattern: str
    options: str = ""


@dataclass(frozen=True, slots=True)
class Binary:
    data: bytes
    subtype: int = 0


@dataclass(frozen=True, slots=True)
class Timestamp:
    seconds: int
    increment: int


@dataclass(frozen=True, slots=True)
class Code:
    """JavaScript as a value; never run."""

    code: str
    scope: Any = None


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str


@dataclass(frozen=True, slots=True)
class MinKey:
    pass


@dataclass(frozen=True, slots=True)
class MaxKey:
    pass


@dataclass(frozen=True, slots=True)
class ServerDate:
    """The instant of the request plus `offset` milliseconds; replaced before anything else looks at it."""

    offset: int


NUMBERS: Final = frozenset((int, float, Int64, Decimal))

_NAMES: Final[dict[type, str]] = {
    float: "double",
    str: "string",
    dict: "object",
    list: "array",
    Binary: "binData",
    ObjectId: "objectId",
    bool: "bool",
    Date: "date",
    ServerDate: "date",
    type(None): "null",
    Regex: "regex",
    Symbol: "symbol",
    Timestamp: "timestamp",
    Int64: "long",
    Decimal: "decimal",
    MinKey: "minKey",
    MaxKey: "maxKey",
    _Missing: "missing",
}
# BSON's numbers of the types, as $type takes them.
TYPE_CODES: Final[dict[int, str]] = {
    1: "double",
    2: "string",
    3: "object",
    4: "array",
    5: "binData",
    6: "undefined",
    7: "objectId",
    8: "bool",
    9: "date",
    10: "null",
    11: "regex",
    12: "dbPointer",
    13: "javascript",
    14: "symbol",
    15: "javascriptWithScope",
    16: "int",
    17: "timestamp",
    18: "long",
    19: "decimal",
    -1: "minKey",
    127: "maxKey",
}
TYPE_NAMES: Final = frozenset((*TYPE_CODES.values(), "number"))
NUMBER_NAMES: Final = frozenset(("int", "long", "double", "decimal"))


def type_name(value: Any) -> str:
    """Return BSON's name of a value's type, such as ``int`` or ``objectId``; ``missing`` for MISSING."""
    kind = type(value)
    if kind is int:
        return "int" if MIN_INT32 <= value <= MAX_INT32 else "long"
    if kind is Code:
        return "javascript" if value.scope is None else "javascriptWithScope"
    return _NAMES[kind]


def is_number(value: Any) -> bool:
    return type(value) in NUMBERS


def is_nan(value: Any) -> bool:
    """Whether a value is one of the two NaN, of double and of decimal."""
    return (type(value) is float and math.isnan(value)) or (type(value) is Decimal and value.is_nan())


def is_integer(value: Any) -> bool:
    """Whether a number has an integer value, whatever its type."""
    if type(value) is float:
        return value.is_integer()
    if type(value) is Decimal:
        return value.is_finite() and value == value.to_integral_value()
    return type(value) in (int, Int64)


def integer(number: int, *operands: Any) -> int:
    """Return an integer result with the type MongoDB would give it: a long when an operand was one or it must be.

    Raises:
        DatabaseError: it does not fit 64 bits.
    """
    if not MIN_INT64 <= number <= MAX_INT64:
        raise DatabaseError(f"the result {number} does not fit a 64-bit integer")
    if MIN_INT32 <= number <= MAX_INT32 and any(type_name(operand) == "long" for operand in operands):
        return Int64(number)
    return int(number)


def resolve(value: Any, now: int) -> Any:
    """Return a value with each server date in it replaced by a date; `now` in milliseconds."""
    kind = type(value)
    if kind is dict:
        return {key: resolve(item, now) for key, item in value.items()}
    if kind is list:
        return [resolve(item, now) for item in value]
    if kind is ServerDate:
        return Date(now + value.offset)
    return value


def identical(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last detail: types of numbers and order of keys count."""
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is dict:
        return len(one) == len(other) and all(
            a == b and identical(one[a], other[b]) for a, b in zip(one, other, strict=True)
        )
    if kind is list:
        return len(one) == len(other) and all(map(identical, one, other))
    if kind is float:
        return (one == other and math.copysign(1, one) == math.copysign(1, other)) or (one != one and other != other)
    if kind is Decimal:
        return str(one) == str(other)
    return bool(one == other)


def copied(value: Any) -> Any:
    """Return a copy of objects and arrays, all the way down; other values are immutable."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value


def check_storable(value: Any) -> None:
    """Reject what cannot be in a document.

    Raises:
        DatabaseError: a key that begins with ``$`` (but for a DBRef's), or has a NUL character.
    """
    if type(value) is dict:
        for name, item in value.items():
            if name.startswith("$") and name not in ("$ref", "$id", "$db"):
                raise DatabaseError(f"The dollar ($) prefixed field '{name}' in '{name}' is not valid for storage.")
            if "\0" in name:
                raise DatabaseError(f"A field name must not have a NUL character: {name!r}")
            check_storable(item)
    elif type(value) is list:
        for item in value:
            check_storable(item)


def add(one: Any, other: Any) -> Any:
    """Return the sum of two numbers with the wider of their types."""
    return _wider(one, other, lambda a, b: a + b)


def multiply(one: Any, other: Any) -> Any:
    """Return the product of two numbers with the wider of their types."""
    return _wider(one, other, lambda a, b: a * b)


def _wider(one: Any, other: Any, calculate: Callable[[Any, Any], Any]) -> Any:
    if type(one) is Decimal or type(other) is Decimal:
        return calculate(*(Decimal(repr(item)) if type(item) is float else Decimal(item) for item in (one, other)))
    if type(one) is float or type(other) is float:
        return calculate(float(one), float(other))
    return integer(calculate(int(one), int(other)), one, other)


# For calculations: Python's own context would round to 28 digits. What is too large becomes infinite, as in MongoDB.
DECIMAL_CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1, traps=[InvalidOperation])
_DECIMAL = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,9})?|inf(?:inity)?|nan)\Z", re.ASCII | re.IGNORECASE
)


def nearest_decimal(text: str) -> Decimal:
    """Return the nearest decimal number.

    Raises:
        ValueError: the text is not a number.
    """
    if not _DECIMAL.match(text):
        raise ValueError(f"not a decimal number: {text[:80]}")
    number = DECIMAL_CONTEXT.create_decimal(text)
    return Decimal("NaN") if number.is_nan() else number


def exact_decimal(text: str) -> Decimal:
    """Return the decimal number that a string represents.

    Raises:
        ValueError: the text is not a number, or has more digits or a larger exponent than a decimal number.
    """
    number = nearest_decimal(text)
    if not number.is_nan() and number != Decimal(text):
        raise ValueError(f"more than a decimal number holds: {text[:80]}")
    return number
