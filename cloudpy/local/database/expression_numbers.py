"""Operators of numbers, and the accumulators where they stand as an expression."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, DecimalException, InvalidOperation
from typing import Any

from .accumulators import NUMERIC, total
from .errors import DatabaseError
from .expression_base import Compile, Compiler, Expression, Scope, arguments, function, nullish, of_array
from .values import MIN_INT64, Date, Int64, integer, is_number, multiply, type_name


def _numeric(name: str, value: Any) -> None:
    if not is_number(value):
        raise DatabaseError(f"{name} only supports numeric types, not {type_name(value)}")


def unary(name: str, call: Callable[[Any], Any]) -> Compiler:
    """Return the compiler of a function of one number; of null it is null."""

    def value(number: Any) -> Any:
        if nullish(number):
            return None
        _numeric(name, number)
        try:
            return call(number)
        except (OverflowError, DecimalException) as error:
            if isinstance(error, OverflowError):
                return math.inf
            raise DatabaseError(f"{name} of {number}: {error}") from None

    return function(name, value)


def decimal(value: Any) -> Decimal:
    """Return a number as a Decimal128 would hold it."""
    return value if type(value) is Decimal else Decimal(repr(value)) if type(value) is float else Decimal(int(value))


def _has_decimal(*values: Any) -> bool:
    return any(type(value) is Decimal for value in values)


def _add(values: list[Any]) -> Any:
    if any(map(nullish, values)):
        return None
    dates = [value for value in values if type(value) is Date]
    numbers = [value for value in values if type(value) is not Date]
    for number in numbers:
        if not is_number(number):
            raise DatabaseError(f"$add only supports numeric or date types, not {type_name(number)}")
    if len(dates) > 1:
        raise DatabaseError("only one date allowed in an $add expression")
    if dates:
        return _date(dates[0].ms + total(numbers))
    return total(numbers)


def _date(ms: Any) -> Date:
    if ms != ms or abs(ms) > -MIN_INT64:
        raise DatabaseError("date overflow")
    return Date(int(ms))


def _subtract(one: Any, other: Any) -> Any:
    if nullish(one) or nullish(other):
        return None
    if type(one) is Date:
        if type(other) is Date:
            return Int64(one.ms - other.ms)
        if is_number(other):
            return _date(one.ms - other)
    if not is_number(one) or not is_number(other):
        raise DatabaseError(f"cant $subtract a {type_name(other)} from a {type_name(one)}")
    if _has_decimal(one, other):
        return decimal(one) - decimal(other)
    if type(one) is float or type(other) is float:
        return float(one) - float(other)
    return _whole(int(one) - int(other), one, other)


def _whole(number: int, *operands: Any) -> Any:
    """Return an integer result; beyond 64 bits, a double."""
    return integer(number, *operands) if MIN_INT64 <= number < -MIN_INT64 else float(number)


def _multiply(values: list[Any]) -> Any:
    if any(map(nullish, values)):
        return None
    result: Any = 1
    for value in values:
        _numeric("$multiply", value)
        try:
            result = multiply(result, value)
        except DatabaseError:
            result = float(result) * float(value)
    return result


def _pair(name: str, one: Any, other: Any) -> bool:
    """Return whether both numbers are there; raise for anything but numbers."""
    if nullish(one) or nullish(other):
        return False
    if not is_number(one) or not is_number(other):
        raise DatabaseError(f"{name} only supports numeric types, not {type_name(one)} and {type_name(other)}")
    return True


def _divide(one: Any, other: Any) -> Any:
    if not _pair("$divide", one, other):
        return None
    if other == 0:
        raise DatabaseError("can't $divide by zero")
    return decimal(one) / decimal(other) if _has_decimal(one, other) else float(one) / float(other)


def _mod(one: Any, other: Any) -> Any:
    if not _pair("$mod", one, other):
        return None
    if other == 0:
        raise DatabaseError("can't $mod by zero")
    if _has_decimal(one, other):
        return decimal(one) % decimal(other)
    if type(one) is float or type(other) is float:
        return math.fmod(one, other) if math.isfinite(one) else math.nan
    remainder = abs(int(one)) % abs(int(other))
    return integer(remainder if one >= 0 else -remainder, one, other)


def _pow(base: Any, exponent: Any) -> Any:
    if not _pair("$pow", base, exponent):
        return None
    if base == 0 and exponent < 0:
        raise DatabaseError("$pow cannot take a base of 0 and a negative exponent")
    if _has_decimal(base, exponent):
        return decimal(base) ** decimal(exponent)
    if (type(base) is not float and type(exponent) is not float and 0 <= exponent <= 64) or base in (0, 1, -1):  # noqa: SIM102
        if type(base) is not float and type(exponent) is not float:
            return _whole(int(base) ** abs(int(exponent)), base, exponent)
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return math.inf if base > 0 or math.fmod(exponent, 2) == 0 else -math.inf
    except ValueError:
        return math.nan
    return result


def _rounded(call: Callable[[float], int], decimal_mode: str) -> Callable[[Any], Any]:
    def value(number: Any) -> Any:
        if type(number) is float:
            return math.copysign(float(call(number)), number) if math.isfinite(number) else number
        if type(number) is Decimal:
            return number.to_integral_value(decimal_mode) if number.is_finite() else number
        return number

    return value


def _abs(number: Any) -> Any:
    return abs(number) if type(number) in (float, Decimal) else integer(abs(int(number)), number)


def _positive(name: str, call: Callable[[float], float], decimal_call: Callable[[Decimal], Decimal]) -> Compiler:
    def value(number: Any) -> Any:
        if number != number:
            return number
        if number <= 0:
            raise DatabaseError(f"{name}'s argument must be a positive number, but is {number}")
        return decimal_call(number) if type(number) is Decimal else call(number)

    return unary(name, value)


def _sqrt(number: Any) -> Any:
    if number < 0:
        raise DatabaseError("$sqrt's argument must be greater than or equal to 0")
    return number.sqrt() if type(number) is Decimal else math.sqrt(number)


def _log(number: Any, base: Any) -> Any:
    if not _pair("$log", number, base):
        return None
    if number <= 0:
        raise DatabaseError(f"$log's argument must be a positive number, but is {number}")
    if base <= 0 or base == 1:
        raise DatabaseError(f"$log's base must be a positive number not equal to 1, but is {base}")
    if _has_decimal(number, base):
        return decimal(number).ln() / decimal(base).ln()
    return math.log(number) / math.log(base)


def _accumulated(name: str) -> Compiler:
    """Return the operator of an accumulator: over its arguments, or over the elements of a single array."""
    make = NUMERIC[name]

    def compile_operator(operand: Any, compile_: Compile) -> Expression:
        given = arguments(name, operand, compile_, 1, None)

        def value(scope: Scope) -> Any:
            values = [item(scope) for item in given]
            if len(values) == 1 and type(values[0]) is list:
                values = values[0]
            accumulator = make()
            for item in values:
                accumulator.add(item)
            return accumulator.result()

        return value

    return compile_operator


def _exp(number: Any) -> Any:
    try:
        return number.exp() if type(number) is Decimal else math.exp(number)
    except InvalidOperation as error:
        raise DatabaseError(f"$exp: {error}") from None


OPERATORS: dict[str, Compiler] = {
    "$abs": unary("$abs", _abs),
    "$add": of_array("$add", _add),
    "$ceil": unary("$ceil", _rounded(math.ceil, "ROUND_CEILING")),
    "$divide": function("$divide", _divide, 2),
    "$exp": unary("$exp", _exp),
    "$floor": unary("$floor", _rounded(math.floor, "ROUND_FLOOR")),
    "$ln": _positive("$ln", math.log, Decimal.ln),
    "$log": function("$log", _log, 2),
    "$log10": _positive("$log10", math.log10, Decimal.log10),
    "$mod": function("$mod", _mod, 2),
    "$multiply": of_array("$multiply", _multiply),
    "$pow": function("$pow", _pow, 2),
    "$sqrt": unary("$sqrt", _sqrt),
    "$subtract": function("$subtract", _subtract, 2),
    "$trunc": unary("$trunc", _rounded(math.trunc, "ROUND_DOWN")),
    **{name: _accumulated(name) for name in NUMERIC},
}
