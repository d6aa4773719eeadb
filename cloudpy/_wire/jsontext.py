"""JSON as the Node package writes and reads it.

Writing: no spaces, UTF-8, integers of any size exact, other numbers as JavaScript prints them, NaN and infinities as
null, bytes as a Buffer prints itself, dates with a time zone as toISOString(), what has a toJSON() as that. Reading:
`parse` is the dialect of its json-bigint, which reads the results of
``openapi`` alone and allows control characters in strings; `parse_strictly` is JavaScript's own, for everything else.
Both read integers exactly, and no NaN.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring as _basestring

from .._undefined import UNDEFINED, Undefined
from .javascript import date_text, escape_surrogates, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Characters json-bigint escapes beyond JSON's own: format characters that some JavaScript engines once dropped.
_ESCAPED = "[\x7f-\x9f\xad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]"


class NotJSONError(ValueError):
    """A value has no JSON form; `path` is where it is."""

    def __init__(self, path: str, value: object, reason: str = "") -> None:
        super().__init__(path, value, reason)
        self.path = path
        kind = type(value).__name__
        hint = "give a dict, list, str, int, float, bool or None"
        if hasattr(value, "read") or hasattr(value, "read_bytes"):
            hint = f"give the bytes of the file, as {'read' if hasattr(value, 'read') else 'read_bytes'}() returns them"
        self.reason = reason or f"is a {kind}, which JSON has no form for: {hint}"

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


def quote(text: str) -> str:
    """Return a JSON string literal as json-bigint writes it, which encodes parameters."""
    quoted: str = _basestring(text)
    if quoted.isascii() and "\x7f" not in quoted:
        return quoted
    return re.sub(_ESCAPED, lambda match: f"\\u{ord(match[0]):04x}", quoted)


def quote_plainly(text: str) -> str:
    """Return a JSON string literal as JSON.stringify writes it, which some messages quote."""
    return escape_surrogates(_basestring(text))


def stringify(value: Any, path: str = "$", quote: Callable[[str], str] = quote) -> str:
    """Return `value` as JSON; `path` is its name in errors.

    Raises:
        NotJSONError: a part of it has no JSON form; the error names its path.
    """
    try:
        return _stringify(value, quote)
    except (TypeError, ValueError):
        _explain(value, path)
        raise


def _stringify(value: Any, quote: Callable[[str], str]) -> str:
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is int:
        return str(value)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if kind is list or isinstance(value, (list, tuple)):
        return "[" + ",".join([_stringify(item, quote) for item in value]) + "]"
    if kind is dict or isinstance(value, Mapping):
        items = [
            f"{quote(key if isinstance(key, str) else _key(key))}:{_stringify(item, quote)}"
            for key, item in value.items()
            if item is not UNDEFINED
        ]
        return "{" + ",".join(items) + "}"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return '{"type":"Buffer","data":[' + ",".join(map(str, bytes(value))) + "]}"
    if isinstance(value, str):  # a subclass, such as a member of a str enum
        return quote(str.__str__(value))
    if isinstance(value, int):
        return int.__repr__(value)
    if value is UNDEFINED:  # in a list
        return "null"
    if callable(getattr(type(value), "toJSON", None)):
        return _stringify(value.toJSON(), quote)
    date = date_text(value)
    if date is None:
        raise TypeError
    return quote(date)


def _key(key: Any) -> str:
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise TypeError


def _explain(value: Any, path: str) -> None:
    """Raise the error of the part that has no JSON form; paths are computed only in this case."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                raise NotJSONError(path, key, f"has the key {key!r}; the keys of an object are strings") from None
            if not isinstance(key, str):
                _explain(key, f"{path}: a key")
            _explain(item, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            _explain(item, f"{path}[{index}]")
    elif isinstance(value, int) and value.bit_length() > 13_000:
        raise NotJSONError(path, value, "is an integer of more digits than Python prints (4,300)") from None
    elif callable(getattr(type(value), "toJSON", None)):
        _explain(value.toJSON(), path)
    elif not isinstance(value, (str, int, float, bytes, bytearray, memoryview, type(None), Undefined)) and (
        date_text(value) is None
    ):
        raise NotJSONError(path, value) from None


def text(value: Any) -> str:
    """Return a value as a JavaScript template literal prints it, for messages that must be equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "[object Object]"
    if isinstance(value, (list, tuple)):
        return ",".join("" if item is None or item is UNDEFINED else text(item) for item in value)
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return stringify(value)


def parse(source: str | bytes) -> Any:
    """Return the value of JSON in the dialect of json-bigint.

    Raises:
        ValueError: the text is not JSON, nests too deep, or contains a number beyond the range of a float.
    """
    if isinstance(source, bytes):
        source = source.decode("utf-8", "replace")
    try:
        try:
            value, end = _scan(source, 0)
        except StopIteration:
            value, end = None, -1
        # Else there is white space around the value, or the text is not JSON.
        return value if end == len(source) else _decode(source)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def parse_strictly(source: str | bytes) -> Any:
    """Return the value of JSON as ``JSON.parse`` reads it: any depth, infinity beyond the range of a float.

    Raises:
        ValueError: the text is not JSON.
    """
    if isinstance(source, bytes):
        source = source.decode("utf-8", "replace")
    try:
        return _decode_strictly(source)
    except RecursionError:
        from . import deep_json  # late: hardly any response needs it

        return deep_json.parse(source, _number)


def _number(literal: str) -> int | float:
    try:
        return int(literal)
    except ValueError:  # it has a fraction, or more digits than Python reads
        return float(literal)


def _finite(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"number out of range: {literal[:40]}")
    return value


def _reject(literal: str) -> Any:
    raise ValueError(f"{literal} is not JSON")


_decoder = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_reject)
_decode = _decoder.decode
_scan: Any = _decoder.scan_once  # type: ignore[attr-defined]  # without the search for white space around the value
_decode_strictly = json.JSONDecoder(parse_int=_number, parse_constant=_reject).decode
