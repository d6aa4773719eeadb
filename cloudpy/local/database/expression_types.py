"""Conversions between types: ``$convert`` and ``$toInt`` and the like, and ``$type``."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .calendar import parse_iso
from .errors import DatabaseError
from .expression_base import Compile, Compiler, Expression, Scope, function, named, nullish
from .expression_dates import as_ms
from .expression_strings import date_text, number_text
from .values import (
    MAX_INT32,
    MAX_INT64,
    MIN_INT32,
    MIN_INT64,
    NUMBER_NAMES,
    TYPE_CODES,
    Date,
    Int64,
    ObjectId,
    is_integer,
    is_number,
    nearest_decimal,
    type_name,
)

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}\Z")
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}\Z")


class _ConversionError(DatabaseError):
    """A value that cannot be converted: what onError is for."""


def _unsupported(value: Any, target: str) -> _ConversionError:
    return _ConversionError(f"Unsupported conversion from {type_name(value)} to {target} in $convert")


def _parse(text: str, target: str, call: Callable[[str], Any]) -> Any:
    try:
        if text == text.strip() and "_" not in text:
            return call(text)
    except ValueError:
        pass
    raise _ConversionError(f"Failed to parse number '{text}' in $convert with no onError value (to {target})")


def _whole(value: Any, target: str, low: int, high: int) -> int:
    kind = type(value)
    number: int
    if kind is bool:
        return int(value)
    if kind is Date and target == "long":
        return int(value.ms)
    if kind is str:
        number = _parse(value, target, lambda text: int(text) if _INTEGER.match(text) else int("x"))
    elif is_number(value):
        if value != value or value in (float("inf"), float("-inf")):
            raise _ConversionError(f"Attempt to convert {number_text(value)} value to integer type in $convert")
        number = int(value)
    else:
        raise _unsupported(value, target)
    if not low <= number <= high:
        raise _ConversionError(f"Conversion would overflow target type {target} in $convert: {number_text(value)}")
    return number


def to_int(value: Any) -> int:
    return int(_whole(value, "int", MIN_INT32, MAX_INT32))


def to_long(value: Any) -> int:
    return Int64(_whole(value, "long", MIN_INT64, MAX_INT64))


def to_double(value: Any) -> float:
    kind = type(value)
    if kind is str:
        return float(_parse(value, "double", float))
    if kind is bool or is_number(value):
        return float(value)
    if kind is Date:
        return float(value.ms)
    raise _unsupported(value, "double")


def to_decimal(value: Any) -> Decimal:
    kind = type(value)
    if kind is str:
        number: Decimal = _parse(value, "decimal", nearest_decimal)
        return number
    if kind is float:
        return Decimal(repr(value))
    if kind is bool or is_number(value):
        return Decimal(value)
    if kind is Date:
        return Decimal(value.ms)
    raise _unsupported(value, "decimal")


def to_bool(value: Any) -> bool:
    return bool(value) if type(value) is bool else value != 0 if is_number(value) else True


def to_date(value: Any) -> Date:
    name = type_name(value)
    if name == "date":
        return Date(value.ms)
    if name == "objectId" or name == "timestamp":
        return Date(as_ms(value))
    if name == "string":
        ms = parse_iso(value)
        if ms is None:
            raise _ConversionError(f"Error parsing date string '{value}' in $convert; expected ISO 8601")
        return Date(ms)
    if name in NUMBER_NAMES and name != "int":
        return Date(_whole(value, "date", MIN_INT64, MAX_INT64))
    raise _unsupported(value, "date")


def to_string(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if is_number(value):
        return number_text(value)
    if kind is ObjectId:
        return str(value.hex)
    if kind is Date:
        return date_text(value)
    raise _unsupported(value, "string")


def to_object_id(value: Any) -> ObjectId:
    if type(value) is ObjectId:
        return value
    if type(value) is not str:
        raise _unsupported(value, "objectId")
    if not _OBJECT_ID.match(value):
        raise _ConversionError(f"Failed to parse objectId '{value}' in $convert: expected 24 hex digits")
    return ObjectId(value.lower())


_TARGETS: dict[str, Callable[[Any], Any]] = {
    "int": to_int,
    "long": to_long,
    "double": to_double,
    "decimal": to_decimal,
    "bool": to_bool,
    "date": to_date,
    "string": to_string,
    "objectId": to_object_id,
}


def _convert(operand: Any, compile_: Compile) -> Expression:
    given = named("$convert", operand, compile_, "input to", "onError onNull")

    def value(scope: Scope) -> Any:
        target = given["to"](scope)
        found = given["input"](scope)
        if nullish(found):
            return given["onNull"](scope) if "onNull" in given else None
        if nullish(target):
            return None
        name = TYPE_CODES.get(int(target)) if is_number(target) and is_integer(target) else target
        convert = _TARGETS.get(name) if type(name) is str else None
        if convert is None:
            raise DatabaseError(f"Unknown type name or number in 'to' of $convert: {target}")
        try:
            return convert(found)
        except _ConversionError:
            if "onError" in given:
                return given["onError"](scope)
            raise

    return value


def _shorthand(name: str, convert: Callable[[Any], Any]) -> Compiler:
    return function(name, lambda value: None if nullish(value) else convert(value))


OPERATORS: dict[str, Compiler] = {
    "$convert": _convert,
    "$type": function("$type", type_name),
    "$toInt": _shorthand("$toInt", to_int),
    "$toLong": _shorthand("$toLong", to_long),
    "$toDouble": _shorthand("$toDouble", to_double),
    "$toDecimal": _shorthand("$toDecimal", to_decimal),
    "$toBool": _shorthand("$toBool", to_bool),
    "$toDate": _shorthand("$toDate", to_date),
    "$toString": _shorthand("$toString", to_string),
    "$toObjectId": _shorthand("$toObjectId", to_object_id),
}
