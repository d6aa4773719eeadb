"""Update operators, each compiled to a function from one value of a field to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conditions import equality, regex
from .errors import DatabaseError
from .ordering import NULL_KEY, key, sort_key
from .paths import Test
from .query import TOP_OPERATORS, compile_element, is_operators
from .values import (
    MISSING,
    Int64,
    Regex,
    add,
    check_storable,
    copied,
    integer,
    is_integer,
    is_number,
    multiply,
    type_name,
)

# From the value of a field (or MISSING), the _id and the path, to the next value; MISSING removes the field.
Change = Callable[[Any, Any, str], Any]
Compiler = Callable[[Any, str], Change]  # from the operand and its path

_MODIFIERS = ("$each", "$position", "$sort", "$slice")


def _array(value: Any, identifier: Any, path: str) -> list[Any]:
    if value is MISSING:
        return []
    if type(value) is not list:
        raise DatabaseError(
            f"The field '{path}' must be an array but is of type {type_name(value)} in document {{_id: {identifier!r}}}"
        )
    return value


def _whole(value: Any, name: str) -> int:
    if not is_number(value) or not is_integer(value):
        raise DatabaseError(f"The value for {name} must be an integer value but was given type: {type_name(value)}")
    return int(value)


def _push(operand: Any, path: str) -> Change:
    check_each = type(operand) is dict and any(name.startswith("$") for name in operand)
    modifiers = operand if check_each and "$ref" not in operand else {"$each": [operand]}
    for name in modifiers:
        if name not in _MODIFIERS:
            raise DatabaseError(f"Unrecognized clause in $push: {name}; expected {', '.join(_MODIFIERS)}")
    each = modifiers.get("$each")
    if type(each) is not list:
        raise DatabaseError(f"The argument to $each in $push must be an array but it was of type: {type_name(each)}")
    check_storable(each)
    position = _whole(modifiers["$position"], "$position") if "$position" in modifiers else None
    size = _whole(modifiers["$slice"], "$slice") if "$slice" in modifiers else None
    order = _sorter(modifiers["$sort"]) if "$sort" in modifiers else None

    def change(before: Any, identifier: Any, path: str) -> Any:
        items = list(_array(before, identifier, path))
        at = len(items) if position is None else position
        items[at:at] = copied(each)
        if order:
            items = order(items)
        if size is not None:
            items = items[:size] if size >= 0 else items[size:]
        return items

    return change


def _sorter(order: Any) -> Callable[[list[Any]], list[Any]]:
    if is_number(order) and order in (1, -1):
        down = order == -1
        return lambda items: sorted(items, key=key, reverse=down)
    if type(order) is not dict or not order or not all(is_number(way) and way in (1, -1) for way in order.values()):
        raise DatabaseError("The $sort in $push must be 1, -1, or an object of fields with 1 or -1")
    keys = [(sort_key(path, way == -1), way == -1) for path, way in order.items()]

    def sort(items: list[Any]) -> list[Any]:
        for make, down in reversed(keys):
            items = sorted(items, key=lambda item: make(item) if type(item) is dict else NULL_KEY, reverse=down)
        return items

    return sort


def _add_to_set(operand: Any, path: str) -> Change:
    values = [operand]
    if type(operand) is dict and next(iter(operand), "") == "$each":
        if len(operand) != 1:
            raise DatabaseError("$addToSet takes $each alone")
        values = operand["$each"]
        if type(values) is not list:
            raise DatabaseError(
                f"The argument to $each in $addToSet must be an array but it was of type {type_name(values)}"
            )
    check_storable(values)

    def change(before: Any, identifier: Any, path: str) -> Any:
        items = list(_array(before, identifier, path))
        seen = {key(item) for item in items}
        for value in values:
            if key(value) not in seen:
                seen.add(key(value))
                items.append(copied(value))
        return items

    return change


def _pop(operand: Any, path: str) -> Change:
    if not is_number(operand) or operand not in (1, -1):
        raise DatabaseError(f"$pop expects 1 or -1, found: {operand!r}")

    def change(before: Any, identifier: Any, path: str) -> Any:
        if before is MISSING:
            return MISSING
        items = _array(before, identifier, path)
        return items[1:] if operand == -1 else items[:-1]

    return change


def _pull(operand: Any, path: str) -> Change:
    test: Test
    if type(operand) is Regex:
        test = regex(operand)
    elif is_operators(operand) and next(iter(operand)) not in TOP_OPERATORS:
        test = compile_element(operand, "$pull")
    elif type(operand) is dict:
        query = compile_element(operand, "$pull") if operand else (lambda item: item == {})

        def test(item: Any) -> bool:
            return type(item) is dict and query(item)

    else:
        test = equality(operand)
    return _without(test, "$pull")


def _pull_all(operand: Any, path: str) -> Change:
    if type(operand) is not list:
        raise DatabaseError(f"$pullAll requires an array argument but was given a {type_name(operand)}")
    wanted = {key(value) for value in operand}
    return _without(lambda item: key(item) in wanted, "$pullAll")


def _without(test: Test, name: str) -> Change:
    def change(before: Any, identifier: Any, path: str) -> Any:
        if before is MISSING:
            return MISSING
        if type(before) is not list:
            raise DatabaseError(f"Cannot apply {name} to a non-array value: '{path}' is {type_name(before)}")
        return [item for item in before if not test(item)]

    return change


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


OPERATORS: dict[str, Compiler] = {
    "$set": _set,
    "$unset": _unset,
    "$inc": _arithmetic("$inc", "increment", add),
    "$mul": _arithmetic("$mul", "multiply", multiply),
    "$min": _extreme(lambda new, old: new < old),
    "$max": _extreme(lambda new, old: new > old),
    "$bit": _bit,
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pop": _pop,
    "$pull": _pull,
    "$pullAll": _pull_all,
}
