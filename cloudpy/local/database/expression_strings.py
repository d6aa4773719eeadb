"""Operators of strings."""

from __future__ import annotations

from typing import Any

from .calendar import moment
from .errors import DatabaseError
from .expression_base import Compile, Compiler, Expression, Scope, function, named, nullish, of_array, whole
from .values import Date, Int64, is_number, type_name

# What $trim removes by itself: ASCII's white space, NUL and Unicode's spaces, as MongoDB lists them.
_SPACES = "\0 \t\n\v\f\r\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))


def number_text(value: Any) -> str:
    """Return a number as MongoDB writes it in a string: 3 for 3.0."""
    if type(value) is float:
        if value != value:
            return "NaN"
        if value in (float("inf"), float("-inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def date_text(value: Date) -> str:
    """Return a date as ``2020-01-02T03:04:05.678Z``."""
    at = moment(value.ms)
    return f"{at.year:04}-{at.month:02}-{at.day:02}T{at.hour:02}:{at.minute:02}:{at.second:02}.{at.ms:03}Z"


def _coerced(value: Any, name: str) -> str:
    if nullish(value):
        return ""
    kind = type(value)
    if kind is str:
        return str(value)
    if kind in (int, float, Int64) or type_name(value) == "decimal":
        return number_text(value)
    if kind is Date:
        return date_text(value)
    raise DatabaseError(f"{name}: can't convert from BSON type {type_name(value)} to String")


def _string(value: Any, name: str) -> str:
    if type(value) is not str:
        raise DatabaseError(f"{name} requires a string argument, found: {type_name(value)}")
    return value


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _concat(values: list[Any]) -> Any:
    if any(map(nullish, values)):
        return None
    for value in values:
        if type(value) is not str:
            raise DatabaseError(f"$concat only supports strings, not {type_name(value)}")
    return "".join(values)


# MongoDB changes the case of ASCII letters alone.
def _upper(value: Any) -> str:
    return "".join(item.upper() if item.isascii() else item for item in _coerced(value, "$toUpper"))


def _lower(value: Any) -> str:
    return "".join(item.lower() if item.isascii() else item for item in _coerced(value, "$toLower"))


def _strcasecmp(one: Any, other: Any) -> int:
    left, right = _upper(_coerced(one, "$strcasecmp")), _upper(_coerced(other, "$strcasecmp"))
    return (left > right) - (left < right)


def _substr_bytes(name: str) -> Any:
    def value(text: Any, start: Any, count: Any) -> str:
        data = _bytes(_coerced(text, name))
        first, size = _bound(start, name), _bound(count, name)
        if first < 0 or first >= len(data):
            return ""
        end = len(data) if size < 0 else min(len(data), first + size)
        for at in (first, end):
            if at < len(data) and data[at] & 0xC0 == 0x80:
                raise DatabaseError(f"{name}: Invalid range, a range boundary is in the middle of a UTF-8 character.")
        return data[first:end].decode("utf-8", "surrogatepass")

    return value


def _bound(value: Any, name: str) -> int:
    if not is_number(value) or value != value:
        raise DatabaseError(f"{name}: start and length must be numbers, got {type_name(value)}")
    return int(value)


def _substr_cp(text: Any, start: Any, count: Any) -> str:
    found = _coerced(text, "$substrCP")
    first, size = whole(start, "$substrCP: starting index"), whole(count, "$substrCP: length")
    if first < 0 or size < 0:
        raise DatabaseError("$substrCP: the starting index and the length must be non-negative integers.")
    return found[first : first + size]


def _split(text: Any, separator: Any) -> Any:
    if nullish(text) or nullish(separator):
        return None
    if _string(separator, "$split") == "":
        raise DatabaseError("$split requires a non-empty separator")
    return _string(text, "$split").split(separator)


def _index_of(name: str, as_bytes: bool) -> Any:
    def value(text: Any, part: Any, start: Any = 0, end: Any = None) -> Any:
        if nullish(text):
            return None
        found, wanted = _string(text, name), _string(part, name)
        first = whole(start, f"{name}'s start")
        if first < 0 or (end is not None and whole(end, f"{name}'s end") < 0):
            raise DatabaseError(f"{name} requires a nonnegative start and end")
        last = None if end is None else whole(end, f"{name}'s end")
        if as_bytes:
            return _find(_bytes(found), _bytes(wanted), first, last)
        return _find(found, wanted, first, last)

    return value


def _find(text: Any, part: Any, first: int, last: int | None) -> int:
    if first > len(text):
        return -1
    return int(text.find(part, first, len(text) if last is None else last))


def _trim(name: str, left: bool, right: bool) -> Compiler:
    def compile_operator(operand: Any, compile_: Compile) -> Expression:
        given = named(name, operand, compile_, "input", "chars")

        def value(scope: Scope) -> Any:
            text = given["input"](scope)
            chars = given["chars"](scope) if "chars" in given else _SPACES
            if nullish(text) or nullish(chars):
                return None
            text, chars = _string(text, name), _string(chars, name)
            text = text.lstrip(chars) if left else text
            return text.rstrip(chars) if right else text

        return value

    return compile_operator


OPERATORS: dict[str, Compiler] = {
    "$concat": of_array("$concat", _concat),
    "$indexOfBytes": function("$indexOfBytes", _index_of("$indexOfBytes", True), 2, 4),
    "$indexOfCP": function("$indexOfCP", _index_of("$indexOfCP", False), 2, 4),
    "$ltrim": _trim("$ltrim", True, False),
    "$rtrim": _trim("$rtrim", False, True),
    "$split": function("$split", _split, 2),
    "$strLenBytes": function("$strLenBytes", lambda value: len(_bytes(_string(value, "$strLenBytes")))),
    "$strLenCP": function("$strLenCP", lambda value: len(_string(value, "$strLenCP"))),
    "$strcasecmp": function("$strcasecmp", _strcasecmp, 2),
    "$substr": function("$substr", _substr_bytes("$substr"), 3),
    "$substrBytes": function("$substrBytes", _substr_bytes("$substrBytes"), 3),
    "$substrCP": function("$substrCP", _substr_cp, 3),
    "$toLower": function("$toLower", _lower),
    "$toUpper": function("$toUpper", _upper),
    "$trim": _trim("$trim", True, True),
}
