"""JSON as the Node package writes and reads it (the dialect of its json-bigint, not of Python's json).

Writing: no spaces, UTF-8, integers of any size exact, other numbers as JavaScript prints them, NaN and infinities as
null, bytes as a Buffer prints itself. Reading: integers exact, control characters allowed in texts, no NaN.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from json.encoder import encode_basestring as _basestring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Characters json-bigint escapes beyond JSON's own: format characters that some JavaScript engines once dropped.
_ESCAPED = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0604\u070f\u17b4\u17b5\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff]"
)
_EXPONENT = re.compile(r"e([+-])0*(\d+)$")


class NotJSONError(ValueError):
    """A value that JSON has no form for; `path` leads to it."""

    def __init__(self, path: str, value: object, reason: str = "") -> None:
        super().__init__(path, value, reason)
        self.path = path
        kind = type(value).__name__
        self.reason = (
            reason or f"is a {kind}, which JSON has no form for: give a dict, list, str, int, float, bool or None"
        )

    def __str__(self) -> str:
        return f"{self.path} {self.reason}"


def stringify(value: Any, path: str = "$") -> str:
    """The JSON text of `value`.

    Raises:
        NotJSONError: naming the path of what has no JSON form.
    """
    kind = type(value)
    if kind is str:
        return quote(value)
    if kind is int:
        return _integer(value, path)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if kind is list or isinstance(value, (list, tuple)):
        return "[" + ",".join([stringify(item, f"{path}[{i}]") for i, item in enumerate(value)]) + "]"
    if kind is dict or isinstance(value, Mapping):
        return (
            "{"
            + ",".join([f"{quote(_key(key, path))}:{stringify(item, f'{path}.{key}')}" for key, item in value.items()])
            + "}"
        )
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return '{"type":"Buffer","data":[' + ",".join(map(str, bytes(value))) + "]}"
    if isinstance(value, str):  # a subclass, such as a member of a str enum
        return quote(str.__str__(value))
    if isinstance(value, int):
        return _integer(int(value), path)
    raise NotJSONError(path, value)


def quote(text: str) -> str:
    """A JSON string literal."""
    quoted: str = _basestring(text)
    if quoted.isascii() and "\x7f" not in quoted:
        return quoted
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def number(value: float) -> str:
    """A float as JavaScript prints it: ``1.0`` is ``1``, ``3e-07`` is ``3e-7``; null when it is not finite."""
    if value != value or value in (float("inf"), float("-inf")):
        return "null"
    if abs(value) < 1e16 and value.is_integer():
        return str(int(value))
    text = float.__repr__(value)
    if 1e16 <= abs(value) < 1e21:
        # Python changes to exponents at 1e16, JavaScript at 1e21; neither prints more digits than tell it apart
        digits, _, exponent = text.partition("e+")
        whole, _, fraction = digits.partition(".")
        return whole + fraction.ljust(int(exponent), "0")
    if 1e-6 <= abs(value) < 1e21:
        if "e" not in text:
            return text
        # Python changes to exponents at 1e-4, JavaScript at 1e-6
        digits, _, exponent = text.lstrip("-").partition("e-")
        sign = "-" if value < 0 else ""
        return f"{sign}0.{'0' * (int(exponent) - 1)}{digits.replace('.', '')}"
    return _EXPONENT.sub(lambda match: f"e{match[1]}{match[2]}", text)


def text(value: Any) -> str:
    """A value as a JavaScript template prints it, for messages that must read the same."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "[object Object]"
    if isinstance(value, (list, tuple)):
        return ",".join("" if item is None else text(item) for item in value)
    return stringify(value)


def parse(source: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: it is no JSON, nests too deep, or has a number that no float holds.
    """
    if isinstance(source, bytes):
        source = source.decode("utf-8", "replace")
    try:
        return _decode(source)
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def _integer(value: int, path: str) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print integers of more than 4,300 digits
        raise NotJSONError(path, value, "has too many digits") from None


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise NotJSONError(path, key, f"has the key {key!r}; the keys of an object are texts")


def _finite(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"number out of range: {literal[:40]}")
    return value


def _refuse(literal: str) -> Any:
    raise ValueError(f"{literal} is no JSON")


_decode = json.JSONDecoder(strict=False, parse_float=_finite, parse_constant=_refuse).decode
