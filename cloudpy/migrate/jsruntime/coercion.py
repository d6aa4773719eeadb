"""Conversions between types as JavaScript does them implicitly; the base of the other modules."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .values import is_nil

_BLANK = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"  # noqa: E501


def equal(left: Any, right: Any) -> bool:
    """Return ``left == right``, with the conversions that it makes."""
    plain = (str, int, float)
    if is_nil(left) or is_nil(right):
        return is_nil(left) and is_nil(right)
    if not isinstance(left, plain) and not isinstance(right, plain):
        return left is right
    left, right = _primitive(left), _primitive(right)
    is_text = isinstance(left, str) and isinstance(right, str)
    return bool(left == right if is_text else number(left) == number(right))


def text(value: Any = "") -> str:
    """Return ``String(value)``."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return _number_text(value) if not isinstance(value, bool) else "true" if value else "false"
    if is_nil(value):
        return "null" if value is None else "undefined"
    if isinstance(value, list):
        return ",".join("" if is_nil(item) else text(item) for item in value)
    if isinstance(value, Exception):
        return f"{_error_name(value)}: {value}" if str(value) else _error_name(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "toString") and (hasattr(value, "_js_host") or hasattr(value, "_js_fields")):  # with Host, Object
        return text(value.toString())
    if hasattr(value, "_js_fields"):  # with Object
        return "[object Object]"
    if isinstance(value, dict) and not {"toString", "valueOf"} & value.keys():
        return "[object Object]"
    raise NotTranslated(f"the text of a {type(value).__name__} is not translated")


def message(value: Any) -> str:
    """Return the message of ``new Error(value)``."""
    return "" if value is UNDEFINED else text(value)


def _error_name(error: BaseException) -> str:
    """Return ``error.name``: what the program has set, or that of the nearest error of JavaScript's own."""
    if "name" in error.__dict__:
        return text(error.__dict__["name"])
    python = {"NameError": "ReferenceError", "LookupError": "TypeError", "AttributeError": "TypeError"}
    python |= {name: name for name in ("TypeError", "RangeError", "SyntaxError")}
    return next((python[each.__name__] for each in type(error).__mro__ if each.__name__ in python), "Error")


def _number_text(value: Any) -> str:
    value = _fit(value) or 0  # -0 is written as 0
    if not math.isfinite(value):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return repr(value).replace("e-0", "e-")


def _primitive(value: Any) -> Any:
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
    if isinstance(value, (int, float)):
        return _fit(+value)
    if isinstance(value, str):
        return _parsed(value)
    if is_nil(value):
        return 0 if value is None else math.nan
    if hasattr(value, "getTime"):  # with Date, INVALID_DAY
        return value.getTime()
    if hasattr(value, "timestamp"):  # a date of the database
        return math.floor(value.timestamp() * 1000 + 0.001)  # a float may be a little less
    raise NotTranslated(f"a {type(value).__name__} as a number is not translated")


def _parsed(value: str) -> Any:
    value = value.strip(_BLANK)
    if re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", value):
        return _whole(float(value))
    if re.fullmatch("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", value):
        return _fit(int(value, 0))
    return {"": 0, "Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}.get(value, math.nan)


def _fit(value: Any) -> Any:
    """Round an integer that JavaScript cannot hold exactly to the nearest that it can."""
    return value if abs(value) <= 2**53 else float(value)


def _whole(value: float) -> Any:
    """Return an int for a float that is one, except for -0, NaN and the infinities."""
    return int(value) if abs(value) <= 2**53 and value == int(value) and str(value) != "-0.0" else value


def call(function: Any, *arguments: Any) -> Any:
    """Return ``function(...arguments)``: extra arguments are dropped, missing ones are undefined."""
    if not callable(function):
        raise TypeError(f"{type(function).__name__} is not a function")
    plain = getattr(function, "__func__", function)
    code = getattr(getattr(plain, "__wrapped__", plain), "__code__", None)
    if code is None:
        return function(*arguments)
    count = code.co_argcount - hasattr(function, "__self__")
    needed = count - len(getattr(plain, "__defaults__", None) or ())  # of cloudpy's functions: a draft's have none
    has_rest = code.co_flags & 0x04
    return function(*arguments[: None if has_rest else count], *[UNDEFINED] * (needed - len(arguments)))


def next_of(generator: Any) -> dict[str, Any]:
    """Return ``generator.next()``."""
    for value in generator:
        return {"value": value, "done": False}
    return {"value": UNDEFINED, "done": True}


def iterate(value: Any) -> Any:
    """Return what ``for (… of value)`` and ``...value`` go through."""
    if isinstance(value, (list, str, bytes)) or hasattr(value, "__next__") or hasattr(value, "_entries"):
        return value
    if hasattr(value, "_js_host") and hasattr(value, "__iter__"):
        return value
    raise TypeError(f"{'undefined' if value is UNDEFINED else type(value).__name__} is not iterable")
