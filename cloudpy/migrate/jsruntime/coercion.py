"""Conversions between types as JavaScript does them implicitly; the base of the other modules."""

from __future__ import annotations

import math
import re
from typing import Any

from ..._undefined import UNDEFINED
from .values import NotTranslated, is_nil

_BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # noqa: E501
_SAFE = 2**53
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def equal(left: Any, right: Any) -> bool:
    """Return ``left == right``, with the conversions that it makes."""
    if is_nil(left) or is_nil(right):
        return is_nil(left) and is_nil(right)
    plain = (str, int, float)
    if isinstance(left, plain) and isinstance(right, plain):
        if isinstance(left, str) and isinstance(right, str):
            return left == right
        return bool(number(left) == number(right))
    if isinstance(left, plain):
        return equal(left, _primitive(right))
    if isinstance(right, plain):
        return equal(_primitive(left), right)
    return left is right


def text(value: Any = "") -> str:
    """Return ``String(value)``."""
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
    if hasattr(value, "_js_host") and hasattr(value, "toString"):
        return text(value.toString())
    if hasattr(value, "_js_fields"):
        return text(value.toString()) if hasattr(value, "toString") else "[object Object]"
    raise NotTranslated(f"the text of a {type(value).__name__} is not translated")


def message(value: Any) -> str:
    """Return the message of ``new Error(value)``."""
    return "" if value is UNDEFINED else text(value)


def _error_name(error: BaseException) -> str:
    """Return ``error.name``: what the program has set, or that of the nearest error of JavaScript's own."""
    if "name" in error.__dict__:
        return text(error.__dict__["name"])
    names = [each.__name__ for each in type(error).__mro__]
    return next((name for name in names if name in ("TypeError", "RangeError", "SyntaxError")), "Error")


def _error_text(error: Exception) -> str:
    name = _error_name(error)
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


def _encoded(value: str) -> bytes:
    return value.encode("utf-16-le", "surrogatepass")


def _units(value: str) -> str:
    """Return the text with each character beyond U+FFFF as the two units that it is in UTF-16."""
    if value.isascii() or max(value) < "\U00010000":
        return value
    data = _encoded(value)
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


def _string(value: Any, method: str) -> str:
    """Return the string that `method` is called on; raise JavaScript's error for any other value."""
    if isinstance(value, str):
        return value
    if is_nil(value):
        raise TypeError(f"Cannot read properties of {text(value)} (reading '{method}')")
    raise TypeError(f"{method} is not a function")


def trim(value: Any) -> str:
    """Return ``value.trim()``."""
    return _string(value, "trim").strip(_BLANK)


def number(value: Any = 0) -> Any:
    """Return ``Number(value)``."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, float)):
        return _fit(value)
    if value is None:
        return 0
    if value is UNDEFINED:
        return math.nan
    if isinstance(value, str):
        return _parsed(trim(value))
    if hasattr(value, "getTime"):
        return value.getTime()
    if hasattr(value, "timestamp"):  # a date of the database
        return _whole(round(value.timestamp() * 1000))
    return _parsed(trim(_primitive(value)))


def _parsed(value: str) -> Any:
    if not value:
        return 0
    base = {"0x": 16, "0o": 8, "0b": 2}.get(value[:2].lower())
    if base:
        return (
            _fit(int(value[2:], base))
            if re.fullmatch("[0-9a-zA-Z]+", value[2:]) and _is_in(value[2:], base)
            else math.nan
        )
    if re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", value):
        return _whole(float(value))
    return {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}.get(value, math.nan)


def _is_in(digits: str, base: int) -> bool:
    return all(digit in _DIGITS[:base] for digit in digits.lower())


def _fit(value: Any) -> Any:
    """Round an integer that JavaScript cannot hold exactly to the nearest that it can."""
    if isinstance(value, int) and not -_SAFE <= value <= _SAFE:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return value


def _whole(value: float) -> Any:
    """Return an int for a float that is one, except for -0, NaN and the infinities."""
    if value == 0:
        return value if math.copysign(1, value) < 0 else 0
    return int(value) if abs(value) <= _SAFE and value == int(value) else value


def call(function: Any, *arguments: Any) -> Any:
    """Return ``function(...arguments)``: extra arguments are dropped, missing ones are undefined."""
    if not callable(function):
        raise TypeError(f"{type(function).__name__} is not a function")
    plain = getattr(function, "__func__", function)
    code = getattr(getattr(plain, "__wrapped__", plain), "__code__", None)
    if code is None or code.co_flags & 0x04:  # *rest
        return function(*arguments, *_missing(code, arguments))
    count = code.co_argcount - hasattr(function, "__self__")
    needed = count - len(getattr(plain, "__defaults__", None) or ())  # of cloudpy's functions: a draft's have none
    return function(*(*arguments, *([UNDEFINED] * (needed - len(arguments))))[:count])


def _missing(code: Any, arguments: tuple[Any, ...]) -> list[Any]:
    return [UNDEFINED] * (code.co_argcount - len(arguments)) if code is not None else []


def iterate(value: Any) -> Any:
    """Return what ``for (… of value)`` and ``...value`` go through."""
    if isinstance(value, (list, str, bytes)) or hasattr(value, "__next__") or hasattr(value, "_entries"):
        return value
    if hasattr(value, "_js_host") and hasattr(value, "__iter__"):
        return value
    raise TypeError(f"{'undefined' if value is UNDEFINED else type(value).__name__} is not iterable")
