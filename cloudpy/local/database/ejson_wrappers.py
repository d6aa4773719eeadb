"""The wrappers of Extended JSON, such as ``{"$date": …}``, read into values."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import decimal128
from .calendar import parse_iso
from .errors import INVALID_PARAM, DatabaseError
from .values import (
    MAX_INT32,
    MAX_INT64,
    MIN_INT32,
    MIN_INT64,
    Binary,
    Code,
    Date,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    ServerDate,
    Symbol,
    Timestamp,
)

MAX_OFFSET_MS = 2**53  # of a server date
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}\Z")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")


class EjsonError(DatabaseError):
    """A text that is no Extended JSON."""

    code = INVALID_PARAM


def _wrong(found: dict[str, Any], expected: str) -> EjsonError:
    key = next(iter(found))
    return EjsonError(f"{key} must be {expected}, got {str(found)[:80]}")


def _alone(found: dict[str, Any]) -> Any:
    if len(found) != 1:
        raise _wrong(found, "the only key of its object")
    return next(iter(found.values()))


def _number(low: int, high: int, make: Callable[[int], int]) -> Callable[[dict[str, Any]], int]:
    def read(found: dict[str, Any]) -> int:
        text = _alone(found)
        if isinstance(text, str) and _INTEGER.match(text) and len(text) < 40 and low <= int(text) <= high:
            return make(int(text))
        if type(text) in (int, Int64) and low <= text <= high:
            return make(text)
        if (
            type(text) is str
            and low == MIN_INT64
            and _INTEGER.match(text)
            and len(text) < 40
            and abs(float(text)) == 2**63
        ):
            # JavaScript prints 2**63 - 1 as 9223372036854776000: its nearest long is meant
            return make(max(low, min(high, int(text))))
        raise _wrong(found, f"a string of an integer from {low} to {high}")

    return read


def _long(number: int) -> int:
    return Int64(number) if MIN_INT32 <= number <= MAX_INT32 else number


def _double(found: dict[str, Any]) -> float:
    text = _alone(found)
    if isinstance(text, (str, float, int)) and not isinstance(text, bool):
        try:
            if not isinstance(text, str) or not ("_" in text or text != text.strip()):
                return float(text)
        except ValueError:
            pass
    raise _wrong(found, "a string of a number, NaN, Infinity or -Infinity")


def _decimal(found: dict[str, Any]) -> Decimal:
    text = _alone(found)
    try:
        if isinstance(text, str):
            return decimal128.exact(text)
    except ValueError:
        pass
    raise _wrong(found, "a string of a decimal number, with 34 digits at most and an exponent from -6176 to 6111")


def _date(found: dict[str, Any]) -> Date:
    value = _alone(found)
    if (type(value) in (int, Int64) or (type(value) is float and value.is_integer())) and abs(value) <= MAX_INT64:
        return Date(int(value))
    if isinstance(value, str):
        ms = parse_iso(value)
        if ms is not None:
            return Date(ms)
    raise _wrong(found, "milliseconds since 1970 or a string such as 2020-01-02T03:04:05.678Z")


def _oid(found: dict[str, Any]) -> ObjectId:
    text = _alone(found)
    if isinstance(text, str) and _OBJECT_ID.match(text):
        return ObjectId(text.lower())
    raise _wrong(found, "a string of 24 hex digits")


def _regex(found: dict[str, Any]) -> Regex:
    body = _alone(found)
    if isinstance(body, dict) and isinstance(body.get("pattern"), str) and isinstance(body.get("options", ""), str):
        return Regex(body["pattern"], body.get("options", ""))
    raise _wrong(found, 'an object such as {"pattern": "^a", "options": "i"}')


def _binary(found: dict[str, Any]) -> Any:
    body = found["$binary"]
    if isinstance(body, str) and isinstance(found.get("$type"), str):  # the older form
        body = {"base64": body, "subType": found["$type"]}
    if isinstance(body, dict):
        try:
            return Binary(base64.b64decode(body["base64"], validate=True), int(body.get("subType", "0"), 16))
        except (KeyError, TypeError, ValueError, binascii.Error):
            pass
    raise _wrong(found, 'an object such as {"base64": "AAEC", "subType": "00"}')


def _uuid(found: dict[str, Any]) -> Binary:
    try:
        return Binary(uuid.UUID(_alone(found)).bytes, 4)
    except (ValueError, AttributeError, TypeError):
        raise _wrong(found, "a string of a UUID") from None


def _timestamp(found: dict[str, Any]) -> Timestamp:
    body = _alone(found)
    if isinstance(body, dict) and all(type(body.get(key)) in (int, Int64) for key in ("t", "i")):
        return Timestamp(body["t"], body["i"])
    raise _wrong(found, 'an object such as {"t": 1, "i": 1}')


def _code(found: dict[str, Any]) -> Code:
    if isinstance(found["$code"], str) and found.keys() <= {"$code", "$scope"}:
        return Code(found["$code"], found.get("$scope"))
    raise _wrong(found, "a string of JavaScript")


def _symbol(found: dict[str, Any]) -> Symbol:
    name = _alone(found)
    if isinstance(name, str):
        return Symbol(name)
    raise _wrong(found, "a string")


def _server_date(found: dict[str, Any]) -> ServerDate:
    body = _alone(found)
    offset = body.get("offset", 0) if isinstance(body, dict) else None
    if isinstance(offset, (int, float)) and not isinstance(offset, bool) and abs(offset) <= MAX_OFFSET_MS:
        return ServerDate(int(offset))
    raise _wrong(found, 'an object such as {"offset": 0}, in milliseconds')


# By the first key of the object.
READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "$numberInt": _number(MIN_INT32, MAX_INT32, int),
    "$numberLong": _number(MIN_INT64, MAX_INT64, _long),
    "$numberDouble": _double,
    "$numberDecimal": _decimal,
    "$date": _date,
    "$oid": _oid,
    "$regularExpression": _regex,
    "$binary": _binary,
    "$uuid": _uuid,
    "$timestamp": _timestamp,
    "$code": _code,
    "$symbol": _symbol,
    "$undefined": lambda found: None,
    "$minKey": lambda found: MinKey(),
    "$maxKey": lambda found: MaxKey(),
    "$tcb_server_date": _server_date,
}
