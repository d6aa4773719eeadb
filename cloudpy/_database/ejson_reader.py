"""Decode documents from Extended JSON, canonical or relaxed."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

from .values import Geometry, RegExp, from_geojson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Document = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_OPTIONS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}


def loads(text: Any, *, geometries: bool = False) -> Any:
    """Return the value of EJSON, canonical or relaxed.

    Args:
        text: the EJSON.
        geometries: convert GeoJSON inside to values of ``db.Geo``, as ``get()`` does.

    Raises:
        ValueError: the text is not JSON.
    """
    if not isinstance(text, str):
        raise ValueError(f"expected a document as JSON, got {type(text).__name__}")
    try:
        value = (_decode_geo if geometries else _decode)(text)
        if geometries and isinstance(value, Geometry):  # the document itself: Node leaves it an object
            return _decode_top(text)
        return value
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def _object(document: Document) -> Any:
    if len(document) <= 2:
        for key in document:
            if key[:1] == "$":
                read = _READ.get(key)
                if read is not None and (len(document) == 1 or key in ("$binary", "$regex")):
                    return _special(read, document, key)
            break
    return document


def _special(read: Callable[[Any, Document], Any], document: Document, key: str) -> Any:
    try:
        return read(document[key], document)
    except (ValueError, TypeError, KeyError, OverflowError, ArithmeticError, re.error):
        return document  # not a known form of EJSON: the object as it is stored


def _object_geo(document: Document) -> Any:
    if "coordinates" in document and "type" in document:
        geometry = from_geojson(document)
        if geometry is not None:
            return geometry
    return _object(document)


def _number_text(kind: Callable[[str], Any]) -> Callable[[Any, Document], Any]:
    def read(value: Any, _: Document) -> Any:
        if not isinstance(value, str):
            raise TypeError
        return kind(value)

    return read


def _float(text: str) -> float:
    return float(text.replace("Infinity", "inf"))


def _decimal(text: str) -> Any:
    from decimal import Decimal  # late: few documents contain one

    return Decimal(text)


def _date(value: Any, _: Document) -> datetime:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, (int, float)):
        return _EPOCH + timedelta(milliseconds=value)
    if value.endswith(("Z", "z")):
        value = f"{value[:-1]}+00:00"
    return _iso(value).astimezone(timezone.utc)


_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d{1,6})\d*)?([+-]\d\d:?\d\d)\Z")


def _iso(text: str) -> datetime:
    match = _ISO.match(text)  # Python 3.10 reads neither one digit after the point nor +0800
    if match is None:
        raise ValueError
    base, fraction, zone = match.groups()
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return datetime.fromisoformat(f"{base}.{(fraction or '0').ljust(6, '0')}{zone}")


def _binary(value: Any, document: Document) -> bytes:
    import base64  # late: the SDK stores no binary values

    if isinstance(value, dict):
        value = value["base64"]
    elif "$type" not in document:
        raise TypeError
    return base64.b64decode(value)


def _regular_expression(value: Any, document: Document) -> Any:
    if isinstance(value, dict):
        pattern, options = value["pattern"], value.get("options", "")
    else:
        pattern, options = value, document.get("$options", "")
    if not isinstance(pattern, str) or not isinstance(options, str):
        raise TypeError
    if set(options) - _OPTIONS.keys():
        return RegExp(pattern, options)
    flags = re.RegexFlag(0)
    for letter in options:
        flags |= _OPTIONS[letter]
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError):  # written for the database's engine, not for Python's
        return RegExp(pattern, options)


def _text(value: Any, _: Document) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _none(_: Any, __: Document) -> None:
    return None


_READ: dict[str, Callable[[Any, Document], Any]] = {
    "$numberInt": _number_text(int),
    "$numberLong": _number_text(int),
    "$numberDouble": _number_text(_float),
    "$numberDecimal": _number_text(_decimal),
    "$date": _date,
    "$oid": _text,
    "$uuid": _text,
    "$symbol": _text,
    "$binary": _binary,
    "$regularExpression": _regular_expression,
    "$regex": _regular_expression,
    "$undefined": _none,
}


def _reject(literal: str) -> Any:
    raise ValueError(f"{literal} is not JSON")


_decode = json.JSONDecoder(strict=False, object_hook=_object, parse_constant=_reject).decode
_decode_geo = json.JSONDecoder(strict=False, object_hook=_object_geo, parse_constant=_reject).decode


def _decode_top(text: str) -> Document:
    """Return a document whose own keys are those of a geometry: its values are converted, it stays an object."""
    raw: Document = json.loads(text, strict=False)
    return {key: _decode_geo(json.dumps(item)) for key, item in raw.items()}
