"""Texts: how values are written, and what the methods of texts do.

JavaScript counts UTF-16 units: a character beyond U+FFFF, such as an emoji, counts two.
"""

from __future__ import annotations

import math
from typing import Any

from .lists import call
from .marks import NotTranslated
from .numbers import number
from .objects import get
from .values import UNDEFINED, RangeError, is_nil

_BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # noqa: E501


def text(value: Any = "") -> str:
    """``String(value)``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if is_nil(value):
        return "null" if value is None else "undefined"
    if isinstance(value, list):
        return ",".join("" if is_nil(item) else text(item) for item in value)
    if isinstance(value, dict) and not {"toString", "valueOf"} & value.keys():
        return "[object Object]"
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Exception):
        return _error_text(value)
    raise NotTranslated(f"the text of a {type(value).__name__} is not translated")


def _error_text(error: Exception) -> str:
    name = type(error).__name__
    name = name if name in ("TypeError", "RangeError", "SyntaxError") else "Error"
    return f"{name}: {error}" if str(error) else name


def _number_text(value: Any) -> str:
    if isinstance(value, int) and abs(value) <= 2**53:
        return str(value)
    value = float(value)
    if value != value or value in (math.inf, -math.inf):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    more = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{more}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _primitive(value: Any, hint: str = "") -> Any:
    if hint == "number" and (hasattr(value, "getTime") or hasattr(value, "timestamp")):
        return number(value)
    return value if is_nil(value) or isinstance(value, (str, int, float)) else text(value)


def concat(*values: Any) -> str:
    """What a template, or ``'' + …``, makes of values: their texts, joined."""
    return _pairs("".join(text(value) for value in values))


def length(value: Any) -> Any:
    """``value.length``."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(_encoded(value)) // 2
    if isinstance(value, (list, bytes)):
        return len(value)
    return get(value, "length")


def _encoded(value: str) -> bytes:
    return value.encode("utf-16-le", "surrogatepass")


def _units(value: str) -> str:
    """The text with each character beyond U+FFFF as the two units that it is in UTF-16."""
    if value.isascii() or max(value) < "\U00010000":
        return value
    data = _encoded(value)
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


def _pairs(value: str) -> str:
    """The text with units that belong together put together again."""
    if value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value):
        return value
    return _encoded(value).decode("utf-16-le", "surrogatepass")


def _string(value: Any, method: str) -> str:
    """The text that a method is called on, or the error that JavaScript has for what is none."""
    if isinstance(value, str):
        return value
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading '{method}')")
    raise TypeError(f"{method} is not a function")


def _position(value: Any, default: float = 0) -> Any:
    """A whole number, or an infinity, out of what stands where a position is wanted."""
    if value is UNDEFINED:
        return default
    value = number(value)
    return 0 if value != value else int(value) if math.isfinite(value) else value


def _clamped(value: Any, size: int, default: float = 0, from_end: bool = False) -> int:
    position = _position(value, default)
    if from_end and position < 0:
        position += size
    return int(max(0, min(position, size)))


def trim(value: Any) -> str:
    """``value.trim()``."""
    return _string(value, "trim").strip(_BLANK)


def trim_start(value: Any) -> str:
    """``value.trimStart()``."""
    return _string(value, "trimStart").lstrip(_BLANK)


def trim_end(value: Any) -> str:
    """``value.trimEnd()``."""
    return _string(value, "trimEnd").rstrip(_BLANK)


def upper(value: Any) -> str:
    """``value.toUpperCase()``."""
    return _string(value, "toUpperCase").upper()


def lower(value: Any) -> str:
    """``value.toLowerCase()``."""
    return _string(value, "toLowerCase").lower()


def substring(value: Any, start: Any, end: Any = UNDEFINED) -> str:
    """``value.substring(start, end)``."""
    units = _units(_string(value, "substring"))
    one, other = _clamped(start, len(units)), _clamped(end, len(units), math.inf)
    return _pairs(units[min(one, other) : max(one, other)])


def substr(value: Any, start: Any, count: Any = UNDEFINED) -> str:
    """``value.substr(start, count)``."""
    units = _units(_string(value, "substr"))
    begin = _clamped(start, len(units), from_end=True)
    return _pairs(units[begin : begin + _clamped(count, len(units), math.inf)])


def char_at(value: Any, position: Any = 0) -> str:
    """``value.charAt(position)``."""
    units, at = _units(_string(value, "charAt")), _position(position)
    return units[at] if 0 <= at < len(units) else ""


def char_code_at(value: Any, position: Any = 0) -> Any:
    """``value.charCodeAt(position)``."""
    units, at = _units(_string(value, "charCodeAt")), _position(position)
    return ord(units[at]) if 0 <= at < len(units) else math.nan


def starts_with(value: Any, part: Any, position: Any = 0) -> bool:
    """``value.startsWith(part, position)``."""
    units = _units(_string(value, "startsWith"))
    return units.startswith(_units(text(part)), _clamped(position, len(units)))


def ends_with(value: Any, part: Any) -> bool:
    """``value.endsWith(part)``."""
    return _string(value, "endsWith").endswith(text(part))


def pad_start(value: Any, size: Any, filler: Any = " ") -> str:
    """``value.padStart(size, filler)``."""
    value = _string(value, "padStart")
    return _padding(value, size, filler) + value


def pad_end(value: Any, size: Any, filler: Any = " ") -> str:
    """``value.padEnd(size, filler)``."""
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
    """``value.repeat(count)``."""
    value, times = _string(value, "repeat"), _position(count)
    if times < 0 or times * max(len(value), 1) > 2**29:
        raise RangeError(f"Invalid count value: {text(count)}")
    return value * int(times)


def split(value: Any, separator: Any = UNDEFINED, limit: Any = UNDEFINED) -> list[str]:
    """``value.split(separator, limit)`` by a text."""
    value = _string(value, "split")
    if separator is UNDEFINED:
        parts = [value]
    elif text(separator):
        parts = value.split(text(separator))
    else:
        parts = list(_units(value))
    return parts if limit is UNDEFINED else parts[: int(number(limit))]


def replace(value: Any, part: Any, new: Any) -> str:
    """``value.replace(part, new)`` of a text: the first one; `new` is a text, or a function of the match."""
    value, part = _string(value, "replace"), text(part)
    at = value.find(part)
    if at < 0:
        return value
    return value[:at] + _substitute(new, part, value, at) + value[at + len(part) :]


def replace_all(value: Any, part: Any, new: Any) -> str:
    """``value.replaceAll(part, new)`` of a text."""
    value, part = _string(value, "replaceAll"), text(part)
    made, begin, at = [], 0, value.find(part)
    while at >= 0:
        made += [value[begin:at], _substitute(new, part, value, at)]
        begin = at + len(part)
        at = value.find(part, begin + (not part))
        if not part and begin >= len(value):
            break
        if not part and at < 0:
            at = len(value)
    return "".join([*made, value[begin:]])


def _substitute(new: Any, part: str, value: str, at: int) -> str:
    if callable(new):
        return text(call(new, part, at, value))
    new = text(new)
    if "$" in new:
        ways = {"$$": "$", "$&": part, "$`": value[:at], "$'": value[at + len(part) :]}
        import re

        new = re.sub(r"\$[$&`']", lambda found: ways[found[0]], new)
    return new
