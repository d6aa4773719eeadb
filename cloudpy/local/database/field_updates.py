"""Update operators of one field: ``$set``, ``$unset``, ``$inc``, ``$mul``, ``$min``, ``$max``, ``$bit``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .errors import DatabaseError
from .ordering import key
from .values import MISSING, Int64, copied, integer, is_number, type_name

Change = Callable[[Any, Any, str], Any]


def check_storable(value: Any) -> None:
    """Reject what cannot be in a document.

    Raises:
        DatabaseError: a key that begins with ``$`` (but for a DBRef's), or has a NUL character.
    """
    if type(value) is dict:
        for name, item in value.items():
            if name.startswith("$") and name not in ("$ref", "$id", "$db"):
                raise DatabaseError(f"The dollar ($) prefixed field '{name}' in '{name}' is not valid for storage.")
            if "\0" in name:
                raise DatabaseError(f"A field name must not have a NUL character: {name!r}")
            check_storable(item)
    elif type(value) is list:
        for item in value:
            check_storable(item)


def _set(operand: Any, path: str) -> Change:
    check_storable(operand)
    return lambda before, identifier, path: copied(operand)


def _unset(operand: Any, path: str) -> Change:
    return lambda before, identifier, path: MISSING


def _arithmetic(name: str, verb: str, calculate: Callable[[Any, Any], Any]) -> Callable[[Any, str], Change]:
    def compile_operator(operand: Any, path: str) -> Change:
        if not is_number(operand):
            raise DatabaseError(f"Cannot {verb} with non-numeric argument: {{{path}: {operand!r}}}")

        def change(before: Any, identifier: Any, path: str) -> Any:
            if before is MISSING:
                # $mul of what is not there is a zero of the operand's type
                return operand if name == "$inc" else calculate(operand, 0)
            if not is_number(before):
                last = path.rpartition(".")[2]
                raise DatabaseError(
                    f"Cannot apply {name} to a value of non-numeric type. {{_id: {identifier!r}}} has the field"
                    f" '{last}' of non-numeric type {type_name(before)}"
                )
            return calculate(before, operand)

        return change

    return compile_operator


def add(one: Any, other: Any) -> Any:
    """Return the sum of two numbers with the wider of their types."""
    return _wider(one, other, lambda a, b: a + b)


def multiply(one: Any, other: Any) -> Any:
    """Return the product of two numbers with the wider of their types."""
    return _wider(one, other, lambda a, b: a * b)


def _wider(one: Any, other: Any, calculate: Callable[[Any, Any], Any]) -> Any:
    if type(one) is Decimal or type(other) is Decimal:
        return calculate(*(Decimal(repr(item)) if type(item) is float else Decimal(item) for item in (one, other)))
    if type(one) is float or type(other) is float:
        return calculate(float(one), float(other))
    return integer(calculate(int(one), int(other)), one, other)


def _extreme(better: Callable[[Any, Any], bool]) -> Callable[[Any, str], Change]:
    def compile_operator(operand: Any, path: str) -> Change:
        check_storable(operand)

        def change(before: Any, identifier: Any, path: str) -> Any:
            return copied(operand) if before is MISSING or better(key(operand), key(before)) else before

        return change

    return compile_operator


def _bit(operand: Any, path: str) -> Change:
    if type(operand) is not dict or not operand:
        raise DatabaseError(f"The $bit modifier needs an object such as {{and: 5}}, got {type_name(operand)}")
    for name, number in operand.items():
        if name not in ("and", "or", "xor"):
            raise DatabaseError(f"The $bit modifier only supports 'and', 'or', and 'xor', not '{name}'")
        if type(number) not in (int, Int64):
            raise DatabaseError(f"The $bit modifier field must be an Integer(32/64 bit), not {type_name(number)}")

    def change(before: Any, identifier: Any, path: str) -> Any:
        value = 0 if before is MISSING else before
        if type(value) not in (int, Int64):
            raise DatabaseError(
                f"Cannot apply $bit to a value of non-integral type. {{_id: {identifier!r}}} has the field"
                f" {path} of non-integer type {type_name(before)}"
            )
        for name, number in operand.items():
            result = value & number if name == "and" else value | number if name == "or" else value ^ number
            value = integer(int(result), value, number)
        return value

    return change


OPERATORS: dict[str, Callable[[Any, str], Change]] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _arithmetic("$inc", "increment", add),
    "$mul": _arithmetic("$mul", "multiply", multiply),
    "$min": _extreme(lambda new, old: new < old),
    "$max": _extreme(lambda new, old: new > old),
    "$bit": _bit,
}
