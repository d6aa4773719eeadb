"""Numbers as JavaScript reckons and writes them."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ..._wire.javascript import SPACE
from ..._wire.jsontext import text as as_text
from .coercion import _exact, _primitive, number, text
from .values import RangeError

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def add(left: Any, *others: Any) -> Any:
    """Return ``left + other``, and what is added to that: texts are joined, all else is added as numbers."""
    for other in others:
        left, right = _primitive(left), _primitive(other)
        is_text = isinstance(left, str) or isinstance(right, str)
        left = text(left) + text(right) if is_text else _exact(number(left) + number(right))
    return left


def sub(left: Any, right: Any) -> Any:
    """Return ``left - right``."""
    return _exact(number(left) - number(right))


def mul(left: Any, right: Any) -> Any:
    """Return ``left * right``."""
    left, right = number(left), number(right)
    return _exact(left * right or float(left) * right)  # 0 may be -0


def div(left: Any, right: Any) -> Any:
    """Return ``left / right``; by 0 it is an infinity or NaN."""
    left, right = float(number(left)), number(right)
    return _exact(left / right if right != 0 else left * math.copysign(math.inf, right))


def rem(left: Any, right: Any) -> Any:
    """Return ``left % right``: it has the sign of `left`."""
    left, right = number(left), number(right)
    return NAN if right == 0 or abs(left) == math.inf else _exact(math.fmod(left, right))


def power(left: Any, right: Any) -> Any:
    """Return ``left ** right``."""
    left, right = number(left), number(right)
    if right != right or (abs(left) == 1 and abs(right) == math.inf):
        return NAN
    try:
        return _exact(math.pow(left, right))
    except OverflowError:
        return -math.inf if left < 0 and right % 2 == 1 else math.inf
    except ValueError:  # 0 to a negative power, or a root of a negative number
        if left != 0:
            return NAN
        return -math.inf if str(left) == "-0.0" and right % 2 == 1 else math.inf


def neg(value: Any) -> Any:
    """Return ``-value``, which is -0 for 0."""
    return _exact(-float(number(value)))


def _int32(value: Any) -> int:
    value = number(value)
    return (int(value) + 2**31) % 2**32 - 2**31 if math.isfinite(value) else 0


def bit_and(left: Any, right: Any) -> int:
    """Return ``left & right``, of 32 bits."""
    return _int32(left) & _int32(right)


def bit_or(left: Any, right: Any) -> int:
    """Return ``left | right``, of 32 bits."""
    return _int32(left) | _int32(right)


def bit_xor(left: Any, right: Any) -> int:
    """Return ``left ^ right``, of 32 bits."""
    return _int32(left) ^ _int32(right)


def bit_not(value: Any) -> int:
    """Return ``~value``, of 32 bits."""
    return ~_int32(value)


def shift_left(left: Any, right: Any) -> int:
    """Return ``left << right``, of 32 bits."""
    return _int32(_int32(left) << (_int32(right) & 31))


def shift_right(left: Any, right: Any) -> int:
    """Return ``left >> right``, of 32 bits."""
    return _int32(left) >> (_int32(right) & 31)


def shift_right_unsigned(left: Any, right: Any) -> int:
    """Return ``left >>> right``, of 32 bits."""
    return (_int32(left) % 2**32) >> (_int32(right) & 31)


def _ordered(left: Any, right: Any) -> tuple[Any, Any]:
    """Return what is compared: two texts by their units of UTF-16, all else as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.encode("utf-16-be", "surrogatepass"), right.encode("utf-16-be", "surrogatepass")
    return number(left), number(right)


def less(left: Any, right: Any) -> bool:
    """Return ``left < right``."""
    one, other = _ordered(left, right)
    return bool(one < other)


def less_equal(left: Any, right: Any) -> bool:
    """Return ``left <= right``."""
    one, other = _ordered(left, right)
    return bool(one <= other)


def greater(left: Any, right: Any) -> bool:
    """Return ``left > right``."""
    one, other = _ordered(left, right)
    return bool(one > other)


def greater_equal(left: Any, right: Any) -> bool:
    """Return ``left >= right``."""
    one, other = _ordered(left, right)
    return bool(one >= other)


def parse_int(value: Any, base: Any = UNDEFINED) -> Any:
    """Return ``parseInt(value, base)``: as many digits as there are, or NaN."""
    if base is not UNDEFINED and base != 10:  # with number.position
        return _in_base(text(value).strip(SPACE), _int32(base))
    form = r"[+-]?(?:0[xX][0-9a-fA-F]+|(?!0[xX])[0-9]+)" if base is UNDEFINED else "[+-]?[0-9]+"
    found = re.match(form, text(value).strip(SPACE))
    if not found:
        return NAN
    result = int(found[0], 16 if "x" in found[0].lower() else 10)
    return -0.0 if found[0][0] == "-" and not result else _exact(result)


def _in_base(written: str, radix: int) -> Any:
    sign = -1 if written[:1] == "-" else 1
    written = written[1:] if written[:1] in ("+", "-") else written
    if radix in (0, 16) and written[:2].lower() == "0x":
        written, radix = written[2:], 16
    radix = radix or 10
    if not 2 <= radix <= 36:
        return NAN
    digits = ""
    for each in written:
        if each.lower() not in _DIGITS[:radix]:
            break
        digits += each
    if not digits:
        return NAN
    result = int(digits, radix)
    return -0.0 if sign < 0 and not result else _exact(sign * result)


def parse_float(value: Any) -> Any:
    """Return ``parseFloat(value)``: the number that a string begins with, or NaN."""
    form = r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    result = re.match(form, text(value).strip(SPACE))
    return number(result[0]) if result else NAN


def is_nan(value: Any) -> bool:
    """Return ``isNaN(value)``."""
    value = number(value)
    return bool(value != value)


def is_finite(value: Any) -> bool:
    """Return ``isFinite(value)``."""
    return math.isfinite(number(value))


def is_number(value: Any) -> bool:
    """Return ``typeof value === 'number'``."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite_number(value: Any) -> bool:
    """Return ``Number.isFinite(value)``."""
    return is_number(value) and math.isfinite(value)


def is_nan_number(value: Any) -> bool:
    """Return ``Number.isNaN(value)``."""
    return isinstance(value, float) and value != value


def is_safe_integer(value: Any) -> bool:
    """Return ``Number.isSafeInteger(value)``."""
    return is_integer(value) and abs(value) < 2**53


def is_integer(value: Any) -> bool:
    """Return ``Number.isInteger(value)``."""
    return is_number(value) and math.isfinite(value) and value == int(value)


def floor(value: Any) -> Any:
    """Return ``Math.floor(value)``."""
    return _rounded(math.floor, value)


def ceil(value: Any) -> Any:
    """Return ``Math.ceil(value)``."""
    return _rounded(math.ceil, value)


def trunc(value: Any) -> Any:
    """Return ``Math.trunc(value)``."""
    return _rounded(math.trunc, value)


def round_half_up(value: Any) -> Any:
    """Return ``Math.round(value)``: a half goes up."""
    return _rounded(lambda exact: math.floor(exact) + (exact % 1 >= 0.5), value)


def _rounded(kind: Any, value: Any) -> Any:
    value = number(value)
    if not math.isfinite(value) or value == 0:
        return value
    return _exact(kind(value) or (-0.0 if value < 0 else 0))


def to_fixed(value: Any, digits: Any = 0) -> str:
    """Return ``value.toFixed(digits)``."""
    if not is_number(value):
        raise TypeError("toFixed is not a function")
    if digits != 0:  # with number.position
        digits = number(digits)
        digits = 0 if digits != digits else int(max(-1, min(digits, 101)))
        if not 0 <= digits <= 100:
            raise RangeError("toFixed() digits argument must be between 0 and 100")
    if not abs(value) < 1e21:
        return as_text(value)
    step = Decimal(1).scaleb(-int(digits))
    return format(Decimal(value or 0).quantize(step, ROUND_HALF_UP, Context(prec=200)), "f")


def to_base(value: Any, base: int) -> str:
    """Return ``value.toString(base)`` of a number."""
    value = number(value)
    if base == 10 or not math.isfinite(value):
        return text(value)
    whole, fraction = int(abs(value)), abs(value) - int(abs(value))
    digits = "" if whole else "0"
    while whole:
        whole, digit = divmod(whole, base)
        digits = _DIGITS[digit] + digits
    sign = "-" if value < 0 else ""
    return sign + digits if not fraction else sign + _fraction(digits, fraction, abs(float(value)), base)


def _fraction(digits: str, fraction: float, value: float, base: int) -> str:
    # as many digits as distinguish the number from the adjacent ones, the last one rounded
    delta = max(0.5 * (math.nextafter(value, math.inf) - value), math.nextafter(0.0, 1.0))
    places: list[int] = []
    while fraction >= delta:
        fraction, delta = fraction * base, delta * base
        digit = int(fraction)
        places.append(digit)
        fraction -= digit
        if (fraction > 0.5 or (fraction == 0.5 and digit & 1)) and fraction + delta > 1:
            while places and places[-1] + 1 == base:
                places.pop()
            if not places:
                return _DIGITS[int(digits, base) + 1] if len(digits) == 1 else to_base(int(digits, base) + 1, base)
            places[-1] += 1
            break
    return digits + "." + "".join(_DIGITS[digit] for digit in places)


def sign(value: Any) -> Any:
    """Return ``Math.sign(value)``."""
    value = number(value)
    return value if value != value or value == 0 else (1 if value > 0 else -1)


def largest(*values: Any) -> Any:
    """Return ``Math.max(...values)``."""
    return _extreme(max, -math.inf, values)


def smallest(*values: Any) -> Any:
    """Return ``Math.min(...values)``."""
    return _extreme(min, math.inf, values)


def _extreme(kind: Any, empty: Any, values: tuple[Any, ...]) -> Any:
    numbers = [number(value) for value in values]
    if any(value != value for value in numbers):
        return NAN
    # -0 is below 0
    return kind(numbers, key=lambda value: (value, math.copysign(1, value)), default=empty)


def absolute(value: Any) -> Any:
    """Return ``Math.abs(value)``."""
    result = abs(number(value))
    return result if result != 0 else 0
