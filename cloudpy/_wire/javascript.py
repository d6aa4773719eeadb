"""Strings and numbers as JavaScript writes them, where Python differs."""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What trim() removes: Python's strip() removes U+001C–U+001F and U+0085 as well, and keeps U+FEFF.
SPACE = "\t\n\x0b\x0c\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
SPACE += "\u2028\u2029\u202f\u205f\u3000\ufeff"
# Compiled when they are needed, which is seldom.
_INDEX = "0|[1-9][0-9]{0,9}"
_SURROGATES = "[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]"


def trim(text: str) -> str:
    """Return `text` without leading and trailing white space, as JavaScript defines it."""
    return text.strip(SPACE)


def utf8(text: str) -> bytes:
    """Return `text` as UTF-8: surrogate pairs are joined, a lone surrogate becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def escape_surrogates(text: str) -> str:
    r"""Return `text` with surrogate pairs joined, and lone ones as ``\udXXX``, as JSON.stringify writes them."""
    return text if text.isascii() else re.sub(_SURROGATES, _escaped, text)


def _escaped(match: re.Match[str]) -> str:
    if len(match[0]) == 2:
        return match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    return f"\\u{ord(match[0]):04x}"


def ordered(value: Any) -> Any:
    """Return `value` with the keys of objects in JavaScript's order: integers first, ascending."""
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if not isinstance(value, dict):
        return value
    indexes = sorted((key for key in value if re.fullmatch(_INDEX, key) and int(key) < 2**32 - 1), key=int)
    return {key: ordered(value[key]) for key in (*indexes, *value)}


def number(value: float) -> str:
    """Return a float as JSON.stringify writes it: ``1`` for 1.0, ``3e-7`` for 3e-07, ``null`` for NaN."""
    if value != value or value in (float("inf"), float("-inf")):
        return "null"
    if value == 0:
        return "0"
    mantissa, _, exponent = float.__repr__(value).lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # value = 0.digits * 10**point
    point = int(exponent or 0) + len(whole) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1:+d}"


def date_text(value: object) -> str | None:
    """Return a datetime as JSON.stringify writes a Date; None for anything else, or without a time zone."""
    module = sys.modules.get("datetime")  # where there is one, a program has imported it
    if module is None or not isinstance(value, module.datetime) or value.utcoffset() is None:
        return None
    try:
        moment = value.astimezone(module.timezone.utc)
    except OverflowError:  # in the first or the last hours that there are
        return None
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
