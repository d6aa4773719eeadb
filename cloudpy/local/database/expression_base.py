"""The parts of every operator of an expression: scopes, arguments, rules for null."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import DatabaseError
from .values import MISSING, is_integer, is_number, type_name

Scope = dict[str, Any]  # variables by name, ROOT and CURRENT among them
Expression = Callable[[Scope], Any]
Compile = Callable[..., Expression]  # of a value, and the names of variables that it may use
Compiler = Callable[[Any, Compile], Expression]


def nullish(value: Any) -> bool:
    """Whether a value is null or missing."""
    return value is None or value is MISSING


def arguments(name: str, operand: Any, compile_: Compile, low: int, high: int | None) -> list[Expression]:
    """Compile the arguments of an operator: an array of them, or one that stands alone.

    Raises:
        DatabaseError: there are fewer than `low` or more than `high`.
    """
    given = operand if type(operand) is list else [operand]
    if len(given) < low or (high is not None and len(given) > high):
        expected = f"exactly {low}" if low == high else f"at least {low}" if high is None else f"{low} to {high}"
        raise DatabaseError(f"Expression {name} takes {expected} arguments. {len(given)} were passed in.")
    return [compile_(item) for item in given]


def function(name: str, call: Callable[..., Any], low: int = 1, high: int | None = -1) -> Compiler:
    """Return the compiler of an operator that is a plain function of its arguments.

    `high` is `low` by default; None means any number.
    """
    most = low if high == -1 else high

    def compile_operator(operand: Any, compile_: Compile) -> Expression:
        given = arguments(name, operand, compile_, low, most)
        if len(given) == 1:
            [only] = given
            return lambda scope: call(only(scope))
        if len(given) == 2:
            first, second = given
            return lambda scope: call(first(scope), second(scope))
        return lambda scope: call(*[item(scope) for item in given])

    return compile_operator


def of_array(name: str, call: Callable[[list[Any]], Any]) -> Compiler:
    """Return the compiler of an operator whose arguments are handed on as one list."""
    return function(name, lambda *values: call(list(values)), 0, None)


def named(name: str, operand: Any, compile_: Compile, needed: str, optional: str = "") -> dict[str, Expression]:
    """Compile the named arguments of an operator such as ``$dateToString``.

    Raises:
        DatabaseError: not an object, one that is needed is missing, or an unknown one.
    """
    if type(operand) is not dict:
        raise DatabaseError(f"{name} only supports an object as its argument, got {type_name(operand)}")
    known = [*needed.split(), *optional.split()]
    for key in operand:
        if key not in known:
            raise DatabaseError(f"Unrecognized argument to {name}: {key}; expected {', '.join(known)}")
    for key in needed.split():
        if key not in operand:
            raise DatabaseError(f"Missing '{key}' parameter to {name}")
    return {key: compile_(value) for key, value in operand.items()}


def whole(value: Any, what: str) -> int:
    """Return a number as an int.

    Raises:
        DatabaseError: it is not an integer.
    """
    if not is_number(value) or not is_integer(value):
        shown = value if is_number(value) else type_name(value)
        raise DatabaseError(f"{what} must be an integer, found: {shown}")
    return int(value)


def needs_array(value: Any, what: str) -> list[Any]:
    """Return an array.

    Raises:
        DatabaseError: it is something else.
    """
    if type(value) is not list:
        raise DatabaseError(f"{what} must be an array, but is type: {type_name(value)}")
    return value


def check_variable(name: str) -> str:
    """Return the name of a user's variable.

    Raises:
        DatabaseError: it does not begin with a lowercase letter, or has other than letters, digits and ``_``.
    """
    if name == "CURRENT":
        return name
    if not name or not (name[0].islower() or not name[0].isascii()):
        raise DatabaseError(f"'{name}' starts with an invalid character for a user variable name")
    if not all(letter.isalnum() or letter == "_" or not letter.isascii() for letter in name):
        raise DatabaseError(f"'{name}' contains an invalid character for a variable name")
    return name
