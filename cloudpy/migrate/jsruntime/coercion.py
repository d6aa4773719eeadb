"""Conversions between types as JavaScript does them implicitly; the base of the other modules."""

from __future__ import annotations

import math
import re
from typing import Any

from ..._undefined import NAN, UNDEFINED, Undefined
from ..._wire.javascript import SPACE
from ..._wire.jsontext import text as as_text
from ...errors import NotTranslated


def equal(left: Any, right: Any) -> bool:
    """Return ``left == right``, with the conversions that it makes."""
    plain = (str, int, float)
    if left in (None, UNDEFINED) or right in (None, UNDEFINED):
        return left in (None, UNDEFINED) and right in (None, UNDEFINED)
    if not isinstance(left, plain) and not isinstance(right, plain):
        return left is right
    left, right = _primitive(left), _primitive(right)
    is_text = isinstance(left, str) and isinstance(right, str)
    return bool(left == right if is_text else number(left) == number(right))


def text(value: Any = "") -> str:
    """Return ``String(value)``."""
    if isinstance(value, list):
        return ",".join("" if item in (None, UNDEFINED) else text(item) for item in value)
    if isinstance(value, Exception):  # with error.any
        return f"{_error_name(value)}: {value}" if str(value) else _error_name(value)
    if isinstance(value, bytes):  # with bytes.any
        return value.decode("utf-8", "replace")
    if hasattr(value, "toString") and (hasattr(value, "_js_host") or hasattr(value, "_js_fields")):  # with Host, Object
        return text(value.toString())
    if hasattr(value, "_js_fields"):  # with Object
        return "[object Object]"
    if isinstance(value, dict) and {"toString", "valueOf"} & value.keys():  # with key.toString
        raise NotTranslated("the text of an object with its own toString() is not translated")
    if not isinstance(value, (str, int, float, dict, Undefined, type(None))):
        raise NotTranslated(f"the text of a {type(value).__name__} is not translated")
    return as_text(value)


def message(value: Any) -> str:
    """Return the message of ``new Error(value)``."""
    return "" if value is UNDEFINED else text(value)


def _error_name(error: BaseException) -> str:
    """Return ``error.name``: what the program has set, or that of the nearest error of JavaScript's own."""
    own = {"NameError": "ReferenceError", "LookupError": "TypeError", "AttributeError": "TypeError"}
    own |= {name: name for name in ("TypeError", "RangeError", "SyntaxError")}
    kinds = (own[each.__name__] for each in type(error).__mro__ if each.__name__ in own)
    return text(vars(error).get("name", next(kinds, "Error")))


def _primitive(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, Undefined, type(None))) else text(value)


def _units(value: str) -> str:
    """Return the text with each character beyond U+FFFF as the two units that it is in UTF-16."""
    if value.isascii():
        return value
    return "".join(map(chr, memoryview(value.encode("utf-16-le", "surrogatepass")).cast("H")))


def _string(value: Any, method: str) -> str:
    """Return the string that `method` is called on; raise JavaScript's error for any other value."""
    if isinstance(value, str):
        return value
    if value in (None, UNDEFINED):
        raise TypeError(f"Cannot read properties of {as_text(value)} (reading '{method}')")
    raise TypeError(f"{method} is not a function")


def trim(value: Any) -> str:
    """Return ``value.trim()``."""
    return _string(value, "trim").strip(SPACE)


def number(value: Any = 0) -> Any:
    """Return ``Number(value)``."""
    if isinstance(value, str):
        value = value.strip(SPACE)
        if re.fullmatch("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", value):
            return _exact(int(value, 0))
        form = r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|"
        value = float(value or 0) if re.fullmatch(form, value) else NAN
    if isinstance(value, (int, float, Undefined, type(None))):
        return 0 if value is None else _exact(+value)
    if hasattr(value, "getTime"):  # with Date, INVALID_DAY
        return value.getTime()
    if hasattr(value, "timestamp"):  # a date of the database
        return math.floor(value.timestamp() * 1000 + 0.001)  # a float may be a little less
    raise NotTranslated(f"a {type(value).__name__} as a number is not translated")


def _exact(value: Any) -> Any:
    """Return a number as JavaScript has it: an int for what is whole and exact, except for -0."""
    is_whole = abs(value) <= 2**53 and value == int(value) and str(value) != "-0.0"
    return int(value) if is_whole else value * 1.0


def call(function: Any, *arguments: Any) -> Any:
    """Return ``function(...arguments)``: extra arguments are dropped, missing ones are undefined."""
    if not callable(function):
        raise TypeError(f"{type(function).__name__} is not a function")
    code = getattr(getattr(function, "__wrapped__", function), "__code__", None)
    if code is None:
        return function(*arguments)
    count = code.co_argcount - hasattr(function, "__self__")
    needed = count - len(getattr(function, "__defaults__", None) or ())
    kept = arguments if code.co_flags & 0x04 else arguments[:count]
    return function(*kept, *[UNDEFINED] * (needed - len(arguments)))


def next_of(generator: Any) -> dict[str, Any]:
    """Return ``generator.next()``."""
    for value in generator:
        return {"value": value, "done": False}
    return {"value": UNDEFINED, "done": True}


def iterate(value: Any) -> Any:
    """Return what ``for (… of value)`` and ``...value`` go through."""
    if isinstance(value, (list, str, bytes)) or hasattr(value, "__next__"):
        return value
    if hasattr(value, "_js_host") and hasattr(value, "__iter__"):  # with Host
        return value
    kind = "undefined" if value is UNDEFINED else type(value).__name__
    raise TypeError(f"{kind} is not iterable")
