"""Expressions of an aggregation, compiled to functions of a scope; and their operators for logic and comparison."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import (
    expression_arrays,
    expression_dates,
    expression_numbers,
    expression_strings,
    expression_types,
)
from .errors import DatabaseError, UnsupportedError
from .expression_base import (
    Compile,
    Compiler,
    Expression,
    Scope,
    arguments,
    check_variable,
    function,
    named,
    nullish,
)
from .ordering import compare, equal, key, truth
from .values import MISSING

# Known to MongoDB: $meta needs $text, the others came after 4.0 or run JavaScript.
UNSUPPORTED = (
    "$accumulator",
    "$binarySize",
    "$bsonSize",
    "$dateAdd",
    "$dateDiff",
    "$dateSubtract",
    "$dateTrunc",
    "$firstN",
    "$function",
    "$getField",
    "$isNumber",
    "$lastN",
    "$maxN",
    "$meta",
    "$minN",
    "$rand",
    "$regexFind",
    "$regexFindAll",
    "$regexMatch",
    "$replaceAll",
    "$replaceOne",
    "$round",
    "$setField",
    "$sortArray",
)


KNOWN = frozenset(("ROOT", "CURRENT"))  # variables that are there without $let


def compile_expression(value: Any, known: frozenset[str] = KNOWN) -> Expression:
    """Return the function of an expression; `known` are the variables that it may use.

    Raises:
        DatabaseError: an unknown operator, or wrong arguments.
        UnsupportedError: an operator that the local database does not know.
    """
    kind = type(value)
    if kind is str:
        if value.startswith("$$"):
            return _variable(value, known)
        return _path(value[1:].split("."), value) if value.startswith("$") else lambda scope: value
    if kind is list:
        items = [compile_expression(item, known) for item in value]
        return lambda scope: [None if (found := item(scope)) is MISSING else found for item in items]
    if kind is not dict:
        return lambda scope: value
    name = next(iter(value), "")
    if name.startswith("$"):
        return _operator(name, value, known)
    fields = [(name, compile_expression(item, known)) for name, item in value.items()]
    for name, _ in fields:
        if name.startswith("$") or "." in name:
            raise DatabaseError(f"FieldPath field names may not contain '.' or begin with '$': {name}")
    return lambda scope: {name: found for name, item in fields if (found := item(scope)) is not MISSING}


def evaluate(expression: Expression, document: Any, variables: Scope | None = None) -> Any:
    """Return the value of an expression for a document; MISSING for a field that is not there."""
    return expression({**(variables or {}), "ROOT": document, "CURRENT": document})


def condition(value: Any, variables: Scope | None = None) -> Callable[[Any], bool]:
    """Return the test of ``$expr``; `variables` are looked up when it runs."""
    outer = {} if variables is None else variables
    expression = compile_expression(value, KNOWN.union(outer))
    return lambda document: truth(expression({**outer, "ROOT": document, "CURRENT": document}))


def _operator(name: str, value: dict[str, Any], known: frozenset[str]) -> Expression:
    if len(value) != 1:
        raise DatabaseError(
            "an object representing an expression must have exactly one field: " + ", ".join(map(str, value))
        )
    compiler = OPERATORS.get(name)
    if compiler is None:
        if name in UNSUPPORTED:
            raise UnsupportedError(f"the expression operator {name}")
        raise DatabaseError(
            f"Unrecognized expression '{name}' (to the local database; database-operators.md lists what it knows)"
        )
    return compiler(value[name], lambda item, *names: compile_expression(item, known.union(names)))


def _path(names: list[str], shown: str) -> Expression:
    if "" in names:
        raise DatabaseError(f"FieldPath {shown!r} must not be empty, or have an empty name")
    if any(name.startswith("$") for name in names):
        raise DatabaseError(f"FieldPath field names may not start with '$': {shown!r}")
    if len(names) == 1:
        [only] = names

        def field(scope: Scope) -> Any:
            current = scope["CURRENT"]
            return current.get(only, MISSING) if type(current) is dict else walk(current, names)

        return field
    return lambda scope: walk(scope["CURRENT"], names)


def walk(value: Any, names: list[str], at: int = 0) -> Any:
    """Return what a field path of an expression finds; of an array, what it finds in each object of it."""
    for position in range(at, len(names)):
        kind = type(value)
        if kind is dict:
            value = value.get(names[position], MISSING)
        elif kind is list:
            found = (walk(item, names, position) for item in value if type(item) is dict)
            return [item for item in found if item is not MISSING]
        else:
            return MISSING
    return value


def _variable(text: str, known: frozenset[str]) -> Expression:
    name, *names = text[2:].split(".")
    if name == "REMOVE":
        return lambda scope: MISSING
    if name in ("DESCEND", "PRUNE", "KEEP", "NOW", "CLUSTER_TIME"):
        raise UnsupportedError(f"the variable $${name}")
    if name not in known:
        raise DatabaseError(f"Use of undefined variable: {name}")
    return lambda scope: walk(scope[name], names) if names else scope[name]


def _literal(operand: Any, compile_: Compile) -> Expression:
    return lambda scope: operand


def _and(operand: Any, compile_: Compile) -> Expression:
    given = arguments("$and", operand, compile_, 0, None)
    return lambda scope: all(truth(item(scope)) for item in given)


def _or(operand: Any, compile_: Compile) -> Expression:
    given = arguments("$or", operand, compile_, 0, None)
    return lambda scope: any(truth(item(scope)) for item in given)


def _cond(operand: Any, compile_: Compile) -> Expression:
    if type(operand) is list:
        test, yes, no = arguments("$cond", operand, compile_, 3, 3)
    else:
        given = named("$cond", operand, compile_, "if then else")
        test, yes, no = given["if"], given["then"], given["else"]
    return lambda scope: yes(scope) if truth(test(scope)) else no(scope)


def _if_null(operand: Any, compile_: Compile) -> Expression:
    first, second = arguments("$ifNull", operand, compile_, 2, 2)

    def value(scope: Scope) -> Any:
        found = first(scope)
        return second(scope) if nullish(found) else found

    return value


def _switch(operand: Any, compile_: Compile) -> Expression:
    if type(operand) is not dict or type(operand.get("branches")) is not list or not operand["branches"]:
        raise DatabaseError("$switch requires an object with 'branches', a nonempty array")
    for name in operand:
        if name not in ("branches", "default"):
            raise DatabaseError(f"$switch found an unknown argument: {name}")
    branches = []
    for branch in operand["branches"]:
        given = named("$switch", branch, compile_, "case then")
        branches.append((given["case"], given["then"]))
    default = compile_(operand["default"]) if "default" in operand else None

    def value(scope: Scope) -> Any:
        for case, then in branches:
            if truth(case(scope)):
                return then(scope)
        if default is None:
            raise DatabaseError("$switch could not find a matching branch for an input, and no default was specified.")
        return default(scope)

    return value


def _let(operand: Any, compile_: Compile) -> Expression:
    if type(operand) is not dict or operand.keys() != {"vars", "in"} or type(operand["vars"]) is not dict:
        raise DatabaseError("$let requires an object with 'vars', an object, and 'in'")
    variables = {check_variable(name): compile_(item) for name, item in operand["vars"].items()}
    inner = compile_(operand["in"], *variables)
    return lambda scope: inner({**scope, **{name: item(scope) for name, item in variables.items()}})


def _quick(name: str) -> Compiler:
    """Return a comparison by the order of all types."""
    calls = {
        "$eq": equal,
        "$ne": lambda one, other: key(one) != key(other),
        "$gt": lambda one, other: key(one) > key(other),
        "$gte": lambda one, other: key(one) >= key(other),
        "$lt": lambda one, other: key(one) < key(other),
        "$lte": lambda one, other: key(one) <= key(other),
        "$cmp": compare,
    }
    return function(name, calls[name], 2)


OPERATORS: dict[str, Compiler] = {
    "$literal": _literal,
    "$and": _and,
    "$or": _or,
    "$not": function("$not", lambda value: not truth(value)),
    "$cond": _cond,
    "$ifNull": _if_null,
    "$switch": _switch,
    "$let": _let,
    **{name: _quick(name) for name in ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$cmp")},
    **expression_numbers.OPERATORS,
    **expression_arrays.OPERATORS,
    **expression_strings.OPERATORS,
    **expression_dates.OPERATORS,
    **expression_types.OPERATORS,
}
