"""Extended JSON, both ways: canonical and relaxed are read; canonical or compact is written.

Compact is relaxed text that loses no type: ``1`` is an int, ``1.0`` a double, what JSON has no form for is wrapped.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .calendar import to_iso
from .ejson_wrappers import READERS, EjsonError
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

MAX_DEPTH = 100  # levels of a document, as in MongoDB


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
            read = READERS.get(key)
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
    """What every form writes alike: the types that JSON does not have."""
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
