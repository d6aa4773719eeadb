"""Numbers as texts with a number of digits, and 32 bits as ``Math`` takes them."""

from __future__ import annotations

import math
import struct
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from ..._undefined import UNDEFINED
from .coercion import _exact, number, text
from .numbers import _int32, is_number
from .values import RangeError


def to_precision(value: Any, digits: Any = UNDEFINED) -> str:
    """Return ``value.toPrecision(digits)``."""
    if digits is UNDEFINED:
        return text(_checked(value, "toPrecision"))
    count = _digits(value, digits, "toPrecision")
    if not math.isfinite(value):
        return text(value)
    if not 1 <= count <= 100:
        raise RangeError("toPrecision() argument must be between 1 and 100")
    written, exponent = _significant(value, count)
    sign = "-" if value < 0 else ""
    if not -6 <= exponent < count:
        return sign + _scientific(written, exponent)
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{written}"
    whole, fraction = written[: exponent + 1], written[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def to_exponential(value: Any, digits: Any = UNDEFINED) -> str:
    """Return ``value.toExponential(digits)``."""
    count = _digits(value, 0 if digits is UNDEFINED else digits, "toExponential")
    if not math.isfinite(value):
        return text(value)
    if not 0 <= count <= 100:
        raise RangeError("toExponential() argument must be between 0 and 100")
    if digits is UNDEFINED:
        count = len(repr(abs(float(value))).partition("e")[0].replace(".", "").strip("0").lstrip("0") or "0") - 1
    written, exponent = _significant(value, count + 1)
    return ("-" if value < 0 else "") + _scientific(written, exponent)


def _checked(value: Any, method: str) -> Any:
    if not is_number(value):
        raise TypeError(f"{method} is not a function")
    return value


def _digits(value: Any, digits: Any, method: str) -> int:
    _checked(value, method)
    digits = number(digits)
    return 0 if digits != digits else int(max(-1, min(digits, 1000)))


def _significant(value: Any, count: int) -> tuple[str, int]:
    """Return `count` digits of a number, and the power of ten of the first."""
    if value == 0:
        return "0" * count, 0
    exact = Decimal(abs(value)).normalize(Context(prec=count, rounding=ROUND_HALF_UP))
    return "".join(map(str, exact.as_tuple().digits)).ljust(count, "0"), exact.adjusted()


def _scientific(digits: str, exponent: int) -> str:
    more = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{more}e{'+' if exponent >= 0 else '-'}{abs(exponent)}"


def leading_zeros(value: Any) -> int:
    """Return ``Math.clz32(value)``."""
    return 32 - (_int32(value) % 2**32).bit_length()


def product_32(left: Any, right: Any) -> int:
    """Return ``Math.imul(left, right)``."""
    return _int32(_int32(left) * _int32(right))


def single(value: Any) -> Any:
    """Return ``Math.fround(value)``."""
    value = number(value)
    try:
        return _exact(struct.unpack("f", struct.pack("f", value))[0]) if math.isfinite(value) else value
    except OverflowError:
        return math.copysign(math.inf, value)
