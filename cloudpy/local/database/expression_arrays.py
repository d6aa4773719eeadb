"""Operators of arrays, of arrays as sets, and of objects."""

from __future__ import annotations

from typing import Any

from .accumulators import Merge
from .errors import DatabaseError
from .expression_base import (
    Compile,
    Compiler,
    Expression,
    Scope,
    check_variable,
    function,
    named,
    needs_array,
    nullish,
    of_array,
    whole,
)
from .ordering import Key, equal, key, truth
from .values import MISSING, type_name

MAX_RANGE = 1_000_000  # elements of one $range: more would not fit a document


def _array_elem_at(items: Any, index: Any) -> Any:
    if nullish(items) or nullish(index):
        return None
    needs_array(items, "$arrayElemAt's first argument")
    at = whole(index, "$arrayElemAt's second argument")
    return items[at] if -len(items) <= at < len(items) else MISSING


def _array_to_object(items: Any) -> Any:
    if nullish(items):
        return None
    result = {}
    for item in needs_array(items, "$arrayToObject's argument"):
        if type(item) is dict and item.keys() == {"k", "v"}:
            name, value = item["k"], item["v"]
        elif type(item) is list and len(item) == 2:
            name, value = item
        else:
            raise DatabaseError("$arrayToObject requires objects with keys 'k' and 'v', or arrays of two")
        if type(name) is not str:
            raise DatabaseError(f"$arrayToObject requires keys of type string, found {type_name(name)}")
        result[name] = value
    return result


def _object_to_array(value: Any) -> Any:
    if nullish(value):
        return None
    if type(value) is not dict:
        raise DatabaseError(f"$objectToArray requires a document input, found: {type_name(value)}")
    return [{"k": name, "v": item} for name, item in value.items()]


def _concat_arrays(values: list[Any]) -> Any:
    if any(map(nullish, values)):
        return None
    return [item for value in values for item in needs_array(value, "$concatArrays's argument")]


def _filter(operand: Any, compile_: Compile) -> Expression:
    given = _over("$filter", operand, compile_, "cond")
    items, test, name = given
    return lambda scope: _each(
        "$filter", items(scope), lambda found: [item for item in found if truth(test({**scope, name: item}))]
    )


def _map(operand: Any, compile_: Compile) -> Expression:
    items, make, name = _over("$map", operand, compile_, "in")

    def value(scope: Scope) -> Any:
        def mapped(found: list[Any]) -> list[Any]:
            results = [make({**scope, name: item}) for item in found]
            return [None if result is MISSING else result for result in results]

        return _each("$map", items(scope), mapped)

    return value


def _over(name: str, operand: Any, compile_: Compile, inner: str) -> tuple[Expression, Expression, str]:
    if type(operand) is dict:
        operand = dict(operand)
        variable = operand.pop("as", "this")
        if type(variable) is not str:
            raise DatabaseError(f"'as' of {name} must be a string")
    else:
        variable = "this"
    check_variable(variable)
    given = named(name, operand, lambda value: compile_(value, variable), f"input {inner}")
    return compile_(operand["input"]), given[inner], variable


def _each(name: str, items: Any, call: Any) -> Any:
    return None if nullish(items) else call(needs_array(items, f"input to {name}"))


def _reduce(operand: Any, compile_: Compile) -> Expression:
    given = named("$reduce", operand, lambda value: compile_(value, "this", "value"), "input initialValue in")

    def value(scope: Scope) -> Any:
        items = given["input"](scope)
        if nullish(items):
            return None
        result = given["initialValue"](scope)
        for item in needs_array(items, "input to $reduce"):
            result = given["in"]({**scope, "this": item, "value": result})
        return result

    return value


def _in(value: Any, items: Any) -> bool:
    if type(items) is not list:
        raise DatabaseError(f"$in requires an array as a second argument, found: {type_name(items)}")
    return any(equal(value, item) for item in items)


def _index_of_array(items: Any, value: Any, start: Any = 0, end: Any = None) -> Any:
    if nullish(items):
        return None
    needs_array(items, "$indexOfArray's first argument")
    first = whole(start, "$indexOfArray's start")
    last = len(items) if end is None else whole(end, "$indexOfArray's end")
    if first < 0 or last < 0:
        raise DatabaseError("$indexOfArray requires a nonnegative start and end")
    return next((at for at in range(first, min(last, len(items))) if equal(items[at], value)), -1)


def _range(start: Any, end: Any, step: Any = 1) -> list[int]:
    numbers = [whole(value, "$range's argument") for value in (start, end, step)]
    if numbers[2] == 0:
        raise DatabaseError("$range requires a non-zero step value")
    found = range(*numbers)
    if len(found) > MAX_RANGE:
        raise DatabaseError(f"$range would give {len(found)} elements, more than {MAX_RANGE}")
    return list(found)


def _reverse_array(items: Any) -> Any:
    return None if nullish(items) else needs_array(items, "$reverseArray's argument")[::-1]


def _size(items: Any) -> int:
    if type(items) is not list:
        raise DatabaseError(f"The argument to $size must be an array, but was of type: {type_name(items)}")
    return len(items)


def _slice(items: Any, first: Any, count: Any = MISSING, *more: Any) -> Any:
    if nullish(items) or nullish(first) or count is None:
        return None
    needs_array(items, "First argument to $slice")
    at = whole(first, "Second argument to $slice")
    if count is MISSING:
        return items[:at] if at >= 0 else items[at:]
    size = whole(count, "Third argument to $slice")
    if size <= 0:
        raise DatabaseError(f"Third argument to $slice must be positive: {size}")
    start = at if at >= 0 else max(0, len(items) + at)
    return items[start : start + size]


def _zip(operand: Any, compile_: Compile) -> Expression:
    if type(operand) is not dict:
        raise DatabaseError(f"$zip only supports an object as an argument, found {type_name(operand)}")
    longest = operand.get("useLongestLength", False)
    if type(longest) is not bool:
        raise DatabaseError("useLongestLength of $zip must be a bool")
    given = named("$zip", operand, compile_, "inputs", "useLongestLength defaults")
    if "defaults" in given and not longest:
        raise DatabaseError("cannot specify defaults unless useLongestLength is true")

    def value(scope: Scope) -> Any:
        inputs = given["inputs"](scope)
        if nullish(inputs) or any(map(nullish, needs_array(inputs, "inputs of $zip"))):
            return None
        arrays = [needs_array(item, "each input of $zip") for item in inputs]
        defaults = given["defaults"](scope) if "defaults" in given else [None] * len(arrays)
        if type(defaults) is not list or len(defaults) != len(arrays):
            raise DatabaseError("defaults and inputs of $zip must have the same length")
        lengths = [len(item) for item in arrays]
        count = (max if longest else min)(lengths, default=0)
        return [
            [item[at] if at < len(item) else spare for item, spare in zip(arrays, defaults, strict=True)]
            for at in range(count)
        ]

    return value


def _merge_objects(values: list[Any]) -> Any:
    merged = Merge()
    for value in values[0] if len(values) == 1 and type(values[0]) is list else values:
        merged.add(value)
    return merged.result()


# Arrays as sets: order and repetition do not count, results are sorted.


def _set_keys(value: Any, name: str) -> dict[Key, Any]:
    if type(value) is not list:
        raise DatabaseError(f"All operands of {name} must be arrays. One argument is of type: {type_name(value)}")
    found: dict[Key, Any] = {}
    for item in value:
        found.setdefault(key(item), item)
    return found


def _sorted_set(found: dict[Key, Any]) -> list[Any]:
    return [found[item] for item in sorted(found)]


def _set_difference(one: Any, other: Any) -> Any:
    if nullish(one) or nullish(other):
        return None
    without = _set_keys(other, "$setDifference")
    # MongoDB keeps the order of the first array here
    return [item for own, item in _set_keys(one, "$setDifference").items() if own not in without]


def _set_equals(*values: Any) -> bool:
    first, *rest = [_set_keys(value, "$setEquals").keys() for value in values]
    return all(first == other for other in rest)


def _set_intersection(*values: Any) -> Any:
    if any(map(nullish, values)):
        return None
    if not values:
        return []
    first, *rest = [_set_keys(value, "$setIntersection") for value in values]
    return _sorted_set({own: item for own, item in first.items() if all(own in other for other in rest)})


def _set_union(*values: Any) -> Any:
    if any(map(nullish, values)):
        return None
    found: dict[Key, Any] = {}
    for value in values:
        for own, item in _set_keys(value, "$setUnion").items():
            found.setdefault(own, item)
    return _sorted_set(found)


def _set_is_subset(one: Any, other: Any) -> bool:
    return _set_keys(one, "$setIsSubset").keys() <= _set_keys(other, "$setIsSubset").keys()


def _truths(name: str, value: Any) -> list[bool]:
    if type(value) is not list:
        raise DatabaseError(f"{name}'s argument must be an array, but is {type_name(value)}")
    return [truth(item) for item in value]


OPERATORS: dict[str, Compiler] = {
    "$arrayElemAt": function("$arrayElemAt", _array_elem_at, 2),
    "$arrayToObject": function("$arrayToObject", _array_to_object),
    "$concatArrays": of_array("$concatArrays", _concat_arrays),
    "$filter": _filter,
    "$in": function("$in", _in, 2),
    "$indexOfArray": function("$indexOfArray", _index_of_array, 2, 4),
    "$isArray": function("$isArray", lambda value: type(value) is list),
    "$map": _map,
    "$mergeObjects": of_array("$mergeObjects", _merge_objects),
    "$objectToArray": function("$objectToArray", _object_to_array),
    "$range": function("$range", _range, 2, 3),
    "$reduce": _reduce,
    "$reverseArray": function("$reverseArray", _reverse_array),
    "$size": function("$size", _size),
    "$slice": function("$slice", _slice, 2, 3),
    "$zip": _zip,
    "$allElementsTrue": function("$allElementsTrue", lambda value: all(_truths("$allElementsTrue", value))),
    "$anyElementTrue": function("$anyElementTrue", lambda value: any(_truths("$anyElementTrue", value))),
    "$setDifference": function("$setDifference", _set_difference, 2),
    "$setEquals": function("$setEquals", _set_equals, 2, None),
    "$setIntersection": function("$setIntersection", _set_intersection, 0, None),
    "$setIsSubset": function("$setIsSubset", _set_is_subset, 2),
    "$setUnion": function("$setUnion", _set_union, 0, None),
}
