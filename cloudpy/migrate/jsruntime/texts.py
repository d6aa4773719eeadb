"""Texts: how values are written, and what the methods of texts do.

JavaScript counts UTF-16 units: a character beyond U+FFFF, such as an emoji, counts two.
"""

from __future__ import annotations

import math
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ..._wire.javascript import SPACE
from ...errors import NotTranslated
from .coercion import _string, _units, call, number, text
from .objects import length
from .values import RangeError


def concat(*values: Any) -> str:
    """Return what a template, or ``'' + …``, makes of values: their texts, joined."""
    return _pairs("".join(text(value) for value in values))


def _pairs(value: str) -> str:
    """Return the text with units that belong together put together again."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _position(value: Any) -> Any:
    """Return a position as an integer or an infinity."""
    value = number(value)
    return 0 if value != value else int(value) if math.isfinite(value) else value


def _clamped(value: Any, size: int, default: float = 0, from_end: bool = False) -> int:
    value = default if value is UNDEFINED else value
    if value is not default:  # with number.position, splice, filled, array_from
        value = number(value)
    position = int(max(-size, min(value, size))) if value == value else 0
    return max(0, position + size if from_end and position < 0 else position)


def trim_start(value: Any) -> str:
    """Return ``value.trimStart()``."""
    return _string(value, "trimStart").lstrip(SPACE)


def trim_end(value: Any) -> str:
    """Return ``value.trimEnd()``."""
    return _string(value, "trimEnd").rstrip(SPACE)


def upper(value: Any) -> str:
    """Return ``value.toUpperCase()``."""
    return _string(value, "toUpperCase").upper()


def lower(value: Any) -> str:
    """Return ``value.toLowerCase()``."""
    return _string(value, "toLowerCase").lower()


def substring(value: Any, start: Any, end: Any = UNDEFINED) -> str:
    """Return ``value.substring(start, end)``."""
    units = _units(_string(value, "substring"))
    one, other = _clamped(start, len(units)), _clamped(end, len(units), math.inf)
    return _pairs(units[min(one, other) : max(one, other)])


def substr(value: Any, start: Any, count: Any = UNDEFINED) -> str:
    """Return ``value.substr(start, count)``."""
    units = _units(_string(value, "substr"))
    first_line = _clamped(start, len(units), from_end=True)
    return _pairs(units[first_line : first_line + _clamped(count, len(units), math.inf)])


def char_at(value: Any, position: Any = 0) -> str:
    """Return ``value.charAt(position)``."""
    units, at = _units(_string(value, "charAt")), _position(position)
    return units[at] if 0 <= at < len(units) else ""


def char_code_at(value: Any, position: Any = 0) -> Any:
    """Return ``value.charCodeAt(position)``."""
    units, at = _units(_string(value, "charCodeAt")), _position(position)
    return ord(units[at]) if 0 <= at < len(units) else NAN


def starts_with(value: Any, part: Any, position: Any = 0) -> bool:
    """Return ``value.startsWith(part, position)``."""
    units = _units(_string(value, "startsWith"))
    return units.startswith(_units(text(part)), _clamped(position, len(units)))


def ends_with(value: Any, part: Any) -> bool:
    """Return ``value.endsWith(part)``."""
    return _string(value, "endsWith").endswith(text(part))


def pad_start(value: Any, size: Any, filler: Any = " ") -> str:
    """Return ``value.padStart(size, filler)``."""
    value = _string(value, "padStart")
    return _padding(value, size, filler) + value


def pad_end(value: Any, size: Any, filler: Any = " ") -> str:
    """Return ``value.padEnd(size, filler)``."""
    value = _string(value, "padEnd")
    return value + _padding(value, size, filler)


def _padding(value: str, size: Any, filler: Any) -> str:
    missing, filler = _position(size) - length(value), " " if filler is UNDEFINED else _units(text(filler))
    if missing <= 0 or not filler:
        return ""
    if missing > 2**29:
        raise RangeError("Invalid string length")
    return _pairs((filler * (missing // len(filler) + 1))[:missing])


def repeat(value: Any, count: Any = 0) -> str:
    """Return ``value.repeat(count)``."""
    value, times = _string(value, "repeat"), _position(count)
    if times < 0 or times * max(len(value), 1) > 2**29:
        raise RangeError(f"Invalid count value: {text(count)}")
    return value * int(times)


def split(value: Any, separator: Any = UNDEFINED, limit: Any = UNDEFINED) -> list[str]:
    """Return ``value.split(separator, limit)`` by a string."""
    value = _string(value, "split")
    if separator is UNDEFINED:
        parts = [value]
    elif text(separator):
        parts = value.split(text(separator))
    else:
        parts = list(_units(value))
    return parts if limit is UNDEFINED else parts[: int(number(limit))]


def replace(value: Any, part: Any, new: Any) -> str:
    """Return ``value.replace(part, new)`` of a string: the first match; `new` is a string or a function."""
    value, part = _string(value, "replace"), text(part)
    at = value.find(part)
    if at < 0:
        return value
    return value[:at] + _substitute(new, part, value, at) + value[at + len(part) :]


def replace_all(value: Any, part: Any, new: Any) -> str:
    """Return ``value.replaceAll(part, new)`` of a string."""
    value, part = _string(value, "replaceAll"), text(part)
    result, start, at = [], 0, value.find(part)
    while at >= 0:
        result += [value[start:at], _substitute(new, part, value, at)]
        start = at + len(part)
        at = value.find(part, start + (not part))
        if not part and start >= len(value):
            break
        if not part and at < 0:
            at = len(value)
    return "".join([*result, value[start:]])


def _substitute(new: Any, part: str, value: str, at: int) -> str:
    if callable(new):
        return text(call(new, part, at, value))
    new = text(new)
    if "$" in new:
        methods = {"$$": "$", "$&": part, "$`": value[:at], "$'": value[at + len(part) :]}
        import re

        new = re.sub(r"\$[$&`']", lambda result: methods[result[0]], new)
    return new


# The order of ASCII in all languages: signs, digits, letters
_COLLATION = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"


def locale_compare(value: Any, other: Any) -> int:
    """Return ``value.localeCompare(other)`` of printable ASCII: by letter, then a before A."""
    one, two = _string(value, "localeCompare"), text(other)
    if one == two:
        return 0
    if not (one.isascii() and one.isprintable() and two.isascii() and two.isprintable()):
        raise NotTranslated("localeCompare of text beyond ASCII: sort by a key of your own, such as pinyin")
    first, second = ([_COLLATION.index(each) for each in part.lower()] for part in (one, two))
    if first != second:
        return -1 if first < second else 1
    return next(-1 if each.islower() else 1 for each, against in zip(one, two, strict=True) if each != against)


def code_point_at(value: Any, position: Any = 0) -> Any:
    """Return ``value.codePointAt(position)``."""
    units, index = _units(_string(value, "codePointAt")), _position(position)
    if not 0 <= index < len(units):
        return UNDEFINED
    pair = _pairs(units[index : index + 2])
    return ord(pair[0])


def from_units(*codes: Any) -> str:
    """Return ``String.fromCharCode(...codes)``."""
    return _pairs("".join(chr(int(each) % 65536 if math.isfinite(each) else 0) for each in map(number, codes)))


def from_points(*codes: Any) -> str:
    """Return ``String.fromCodePoint(...codes)``."""
    for each in map(number, codes):
        if each != each or each != int(each) or not 0 <= each <= 0x10FFFF:
            raise RangeError(f"Invalid code point {text(each)}")
    return _pairs("".join(chr(int(number(each))) for each in codes))


def normalize(value: Any, form: Any = "NFC") -> str:
    """Return ``value.normalize(form)``."""
    import unicodedata

    form = "NFC" if form is UNDEFINED else text(form)
    if form not in ("NFC", "NFD", "NFKC", "NFKD"):
        raise RangeError(f"The normalization form should be one of NFC, NFD, NFKC, NFKD. Got {form}")
    return unicodedata.normalize(form, _string(value, "normalize"))
