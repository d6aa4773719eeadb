"""Extended JSON, both ways: canonical and relaxed are read; canonical or compact is written.

Compact is relaxed text that loses no type: ``1`` is an int, ``1.0`` a double, what JSON has no form for is wrapped.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .calendar import parse_iso, to_iso
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
    exact_decimal,
)

MAX_DEPTH = 100  # levels of a document, as in MongoDB
MAX_OFFSET_MS = 2**53  # of a server date
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}\Z")
UNPAIRED_SURROGATE = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")


class EjsonError(DatabaseError):
    """A string that is not Extended JSON."""

    code = INVALID_PARAM


def parse(text: str | bytes, what: str = "the value") -> Any:
    """Read canonical or relaxed Extended JSON; `what` names it in errors.

    Raises:
        EjsonError: not JSON, a wrapper such as ``$date`` with a wrong content, a number beyond 64 bits, or too deep.
    """
    try:
        value = _decode(text.decode("utf-8", "surrogatepass") if isinstance(text, bytes) else text)
    except EjsonError as error:
        raise EjsonError(f"{what}: {error.message}") from None
    except (ValueError, RecursionError) as error:
        raise EjsonError(f"{what} is not valid Extended JSON: {error}") from None
    if _depth(value) > MAX_DEPTH:
        raise EjsonError(f"{what} has more than {MAX_DEPTH} levels of nesting")
    return value


def plain(value: Any) -> str:
    """Write plain JSON of values that JSON has a form for."""
    return _encode(value)


def decode(body: bytes) -> Any:
    """Read what `encode` wrote, without the checks of `parse`."""
    text = body.decode("utf-8", "surrogatepass")
    return _decode_wrapped(text) if '"$' in text else _decode_plain(text)


def encode(value: Any) -> bytes:
    """Write compact text as bytes."""
    return _encode(_compact(value)).encode("utf-8", "surrogatepass")


def answer(value: Any) -> str:
    """Write compact text for an answer: an ObjectId is its hex digits, as the cloud answers it."""
    return _encode(_answered(value))


def canonical(value: Any) -> str:
    """Write canonical Extended JSON, as the Node package writes it."""
    return _encode(_canonical(value))


def compact(value: Any) -> str:
    """Write the shortest Extended JSON that keeps every type."""
    return _encode(_compact(value))


def readable(value: Any, indent: int | None = None) -> str:
    """Write Extended JSON for people that keeps every type: as `compact`, with dates as ISO strings."""
    plain = _readable(value)
    text = json.dumps(plain, ensure_ascii=False, indent=indent) if indent else _encode(plain)
    # UTF-8 has no form for an unpaired surrogate; JSON has an escape.
    return UNPAIRED_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def relaxed(value: Any) -> str:
    """Write relaxed Extended JSON for people: dates as ISO texts, numbers bare."""
    return _encode(_relaxed(value))


def _integer(text: str) -> int:
    number = int(text) if len(text) < 40 else 2**64
    if not MIN_INT64 <= number <= MAX_INT64:
        return float(text)  # type: ignore[return-value]  # JSON's numbers have no limit; BSON reads these as double
    return number


def _object(found: dict[str, Any]) -> Any:
    if len(found) <= 3:
        for key in found:
            read = _READERS.get(key)
            if read is not None:
                return read(found)
            break
    return found


_decode = json.JSONDecoder(object_hook=_object, parse_int=_integer).decode
_decode_wrapped = json.JSONDecoder(object_hook=_object).decode
_decode_plain = json.JSONDecoder().decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def _depth(value: Any) -> int:
    level, deepest = [value], 0
    while level:
        deepest += 1
        if deepest > MAX_DEPTH + 1:
            break
        level = [
            item
            for outer in level
            if type(outer) is dict or type(outer) is list
            for item in (outer.values() if type(outer) is dict else outer)
            if type(item) is dict or type(item) is list
        ]
    return deepest


def _wrapped(value: Any, inner: Callable[[Any], Any]) -> Any:
    """Return a value of a type that JSON does not have, wrapped; all forms write these alike."""
    kind = type(value)
    if kind is Date:
        return {"$date": {"$numberLong": str(value.ms)}}
    if kind is ObjectId:
        return {"$oid": value.hex}
    if kind is Decimal:
        return {"$numberDecimal": str(value)}
    if kind is Regex:
        return {"$regularExpression": {"pattern": value.pattern, "options": value.options}}
    if kind is Binary:
        return {"$binary": {"base64": base64.b64encode(value.data).decode(), "subType": f"{value.subtype:02x}"}}
    if kind is Timestamp:
        return {"$timestamp": {"t": value.seconds, "i": value.increment}}
    if kind is Code:
        return {"$code": value.code} if value.scope is None else {"$code": value.code, "$scope": inner(value.scope)}
    if kind is Symbol:
        return {"$symbol": value.name}
    if kind is ServerDate:
        return {"$tcb_server_date": {"offset": value.offset}}
    if kind is MinKey or kind is MaxKey:
        return {"$minKey" if kind is MinKey else "$maxKey": 1}
    raise TypeError(f"{kind.__name__} is not a value of a document")


def _double_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _canonical(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        return {key: _canonical(item) for key, item in value.items()}
    if kind is list:
        return [_canonical(item) for item in value]
    if kind is int and MIN_INT32 <= value <= MAX_INT32:
        return {"$numberInt": str(value)}
    if kind is int or kind is Int64:
        return {"$numberLong": str(int(value))}
    if kind is float:
        return {"$numberDouble": _double_text(value)}
    return _wrapped(value, _canonical)


def _compact(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is dict:
        return {key: _compact(item) for key, item in value.items()}
    if kind is list:
        return [_compact(item) for item in value]
    if kind is float:
        return value if math.isfinite(value) else {"$numberDouble": _double_text(value)}
    if kind is Int64:
        return {"$numberLong": str(int(value))}
    return _wrapped(value, _compact)


def _answered(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _answered(item) for key, item in value.items()}
    if kind is list:
        return [_answered(item) for item in value]
    if kind is str or kind is int:
        return value
    return value.hex if kind is ObjectId else _compact(value)


def _relaxed(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _relaxed(item) for key, item in value.items()}
    if kind is list:
        return [_relaxed(item) for item in value]
    if kind is Int64:
        return int(value)
    if kind is Date:
        iso = to_iso(value.ms)
        return {"$date": iso} if iso else _wrapped(value, _relaxed)
    return _compact(value)


def _readable(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _readable(item) for key, item in value.items()}
    if kind is list:
        return [_readable(item) for item in value]
    return _relaxed(value) if kind is Date else _compact(value)


# Readers of the wrappers, such as {"$date": …}.
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
            return exact_decimal(text)
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
_READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
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
