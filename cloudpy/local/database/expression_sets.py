"""Operators of arrays as sets: order and repetition do not count; results are sorted."""

from __future__ import annotations

from typing import Any

from .errors import DatabaseError
from .expression_base import Compiler, function, nullish
from .ordering import Key, key, truth
from .values import type_name


def _keys(value: Any, name: str) -> dict[Key, Any]:
    if type(value) is not list:
        raise DatabaseError(f"All operands of {name} must be arrays. One argument is of type: {type_name(value)}")
    found: dict[Key, Any] = {}
    for item in value:
        found.setdefault(key(item), item)
    return found


def _sorted(found: dict[Key, Any]) -> list[Any]:
    return [found[item] for item in sorted(found)]


def _difference(one: Any, other: Any) -> Any:
    if nullish(one) or nullish(other):
        return None
    without = _keys(other, "$setDifference")
    # MongoDB keeps the order of the first array here
    return [item for own, item in _keys(one, "$setDifference").items() if own not in without]


def _equals(*values: Any) -> bool:
    first, *rest = [_keys(value, "$setEquals").keys() for value in values]
    return all(first == other for other in rest)


def _intersection(*values: Any) -> Any:
    if any(map(nullish, values)):
        return None
    if not values:
        return []
    first, *rest = [_keys(value, "$setIntersection") for value in values]
    return _sorted({own: item for own, item in first.items() if all(own in other for other in rest)})


def _union(*values: Any) -> Any:
    if any(map(nullish, values)):
        return None
    found: dict[Key, Any] = {}
    for value in values:
        for own, item in _keys(value, "$setUnion").items():
            found.setdefault(own, item)
    return _sorted(found)


def _is_subset(one: Any, other: Any) -> bool:
    return _keys(one, "$setIsSubset").keys() <= _keys(other, "$setIsSubset").keys()


def _elements(name: str, value: Any) -> list[bool]:
    if type(value) is not list:
        raise DatabaseError(f"{name}'s argument must be an array, but is {type_name(value)}")
    return [truth(item) for item in value]


OPERATORS: dict[str, Compiler] = {
    "$allElementsTrue": function("$allElementsTrue", lambda value: all(_elements("$allElementsTrue", value))),
    "$anyElementTrue": function("$anyElementTrue", lambda value: any(_elements("$anyElementTrue", value))),
    "$setDifference": function("$setDifference", _difference, 2),
    "$setEquals": function("$setEquals", _equals, 2, None),
    "$setIntersection": function("$setIntersection", _intersection, 0, None),
    "$setIsSubset": function("$setIsSubset", _is_subset, 2),
    "$setUnion": function("$setUnion", _union, 0, None),
}
