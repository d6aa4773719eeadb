"""A second implementation of queries, sorts and updates: slow, short, and written from MongoDB's rules alone.

It shares no code with the engine but the types of values. Conditions are read from the query each time, comparison
walks both values, paths are lists of names.
"""

from __future__ import annotations

import functools
import math
from typing import Any

from cloudpy.local.database.values import Date, ObjectId

GONE = object()
RANKS = [type(None), (int, float), str, dict, list, ObjectId, bool, Date]


class WrongError(Exception):
    """MongoDB would answer an error."""


def rank(value: Any) -> int:
    if value is GONE:
        return 0
    if isinstance(value, bool):
        return 6
    return next(index for index, kind in enumerate(RANKS) if isinstance(value, kind))


def compare(one: Any, other: Any) -> int:
    if rank(one) != rank(other):
        return -1 if rank(one) < rank(other) else 1
    if one is GONE or one is None:
        return 0
    if isinstance(one, dict):
        pairs, others = list(one.items()), list(other.items())
        for (name, value), (other_name, other_value) in zip(pairs, others):  # noqa: B905
            for left, right in ((rank(value), rank(other_value)), (name, other_name)):
                if left != right:
                    return -1 if left < right else 1  # type: ignore[operator]
            if compare(value, other_value):
                return compare(value, other_value)
        return (len(pairs) > len(others)) - (len(pairs) < len(others))
    if isinstance(one, list):
        for value, other_value in zip(one, other):  # noqa: B905
            if compare(value, other_value):
                return compare(value, other_value)
        return (len(one) > len(other)) - (len(one) < len(other))
    if isinstance(one, Date):
        one, other = one.ms, other.ms
    if isinstance(one, ObjectId):
        one, other = one.hex, other.hex
    if (isinstance(one, float) and math.isnan(one)) or (isinstance(other, float) and math.isnan(other)):
        return (not math.isnan(one)) - (not math.isnan(other))
    return (one > other) - (one < other)


def at(value: Any, names: list[str]) -> list[Any]:
    """Every value at the end of a path."""
    if not names:
        return [value]
    first, rest = names[0], names[1:]
    if isinstance(value, dict):
        return at(value[first], rest) if first in value else [GONE]
    if isinstance(value, list):
        found = [end for item in value if isinstance(item, dict) for end in at(item, names)]
        if first.isdigit() and int(first) < len(value):
            item = value[int(first)]
            if not rest or isinstance(item, (dict, list)):
                found += at(item, rest)
        return found
    return [GONE]


def spread(values: list[Any]) -> list[Any]:
    return values + [item for value in values if isinstance(value, list) for item in value]


def same(item: Any, wanted: Any) -> bool:
    if wanted is None:
        return item is None or item is GONE
    return item is not GONE and compare(item, wanted) == 0


def ordered(item: Any, wanted: Any, signs: tuple[int, ...]) -> bool:
    if wanted is None:
        return 0 in signs and same(item, None)
    if item is GONE or rank(item) != rank(wanted):
        return False
    if rank(item) == 1 and (math.isnan(item) or math.isnan(wanted)):
        return 0 in signs and math.isnan(item) and math.isnan(wanted)
    return compare(item, wanted) in signs


def holds(document: Any, path: list[str], name: str, wanted: Any, spread: Any = spread) -> bool:
    ends = at(document, path)
    if name == "$eq":
        return any(same(item, wanted) for item in spread(ends))
    if name == "$ne":
        return not holds(document, path, "$eq", wanted, spread)
    if name in ("$gt", "$gte", "$lt", "$lte"):
        signs = {"$gt": (1,), "$gte": (0, 1), "$lt": (-1,), "$lte": (-1, 0)}[name]
        return any(ordered(item, wanted, signs) for item in spread(ends))
    if name == "$in":
        return any(same(item, value) for item in spread(ends) for value in wanted)
    if name == "$nin":
        return not holds(document, path, "$in", wanted, spread)
    if name == "$exists":
        return any(item is not GONE for item in ends) is bool(wanted)
    if name == "$size":
        return any(isinstance(item, list) and len(item) == wanted for item in ends)
    if name == "$all":
        return bool(wanted) and all(holds(document, path, "$eq", value, spread) for value in wanted)
    if name == "$elemMatch":
        return any(isinstance(item, list) and any(element(one, wanted) for one in item) for item in ends)
    if name == "$not":
        return not all(holds(document, path, inner, value, spread) for inner, value in wanted.items())
    raise AssertionError(name)


def element(item: Any, wanted: dict[str, Any]) -> bool:
    if any(name.startswith("$") for name in wanted):
        return all(holds({"x": item}, ["x"], name, value, spread=list) for name, value in wanted.items())
    if isinstance(item, list):
        item = {str(index): value for index, value in enumerate(item)}
    return isinstance(item, dict) and matches(item, wanted)


def matches(document: Any, query: dict[str, Any]) -> bool:
    for name, value in query.items():
        if name in ("$and", "$or", "$nor"):
            results = [matches(document, item) for item in value]
            if not (all(results) if name == "$and" else any(results) is (name == "$or")):
                return False
            continue
        operators = isinstance(value, dict) and any(key.startswith("$") for key in value)
        for operator, wanted in (value if operators else {"$eq": value}).items():
            if not holds(document, name.split("."), operator, wanted):
                return False
    return True


def in_order(documents: list[Any], order: dict[str, int]) -> list[Any]:
    def value(document: Any, path: str, way: int) -> Any:
        found: list[Any] = []
        for end in at(document, path.split(".")):
            found += (end or [()]) if isinstance(end, list) else [None if end is GONE else end]
        found = found or [None]
        key = functools.cmp_to_key(below)
        return (min if way > 0 else max)(found, key=key)

    def below(one: Any, other: Any) -> int:  # () stands for an empty list, which is below all
        return compare(one, other) if () not in (one, other) else (one != ()) - (other != ())

    for path, way in reversed(order.items()):
        documents = sorted(
            documents,
            key=functools.cmp_to_key(lambda a, b: below(value(a, path, way), value(b, path, way))),  # noqa: B023
            reverse=way < 0,
        )
    return documents


def updated(document: dict[str, Any], update: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The document after an update whose paths do not meet; fields are touched in the order of their paths."""
    steps = [(path.split("."), name, value) for name, fields in update.items() for path, value in fields.items()]
    for names, name, value in sorted(steps, key=lambda step: step[0]):
        document = changed(document, names, name, value)
    return document


def changed(holder: Any, names: list[str], name: str, value: Any) -> Any:
    first, rest = names[0], names[1:]
    quiet = name in ("$unset", "$pull", "$pop")
    if not isinstance(holder, (dict, list)) or (isinstance(holder, list) and not first.isdigit()):
        if quiet:
            return holder
        raise WrongError
    listed = isinstance(holder, list)
    before = (holder[int(first)] if int(first) < len(holder) else GONE) if listed else holder.get(first, GONE)
    if rest:
        if before is GONE and quiet:
            return holder
        after = changed({} if before is GONE else before, rest, name, value)
    else:
        after = applied(before, name, value)
    if listed:
        copy = list(holder)
        if after is GONE:
            if before is not GONE:
                copy[int(first)] = None
            return copy
        copy += [None] * (int(first) + 1 - len(copy))
        copy[int(first)] = after
        return copy
    result = dict(holder)
    if after is GONE:
        result.pop(first, None)
    else:
        result[first] = after
    return result


def applied(before: Any, name: str, value: Any) -> Any:
    if name == "$set":
        return value
    if name == "$unset":
        return GONE
    if name == "$inc":
        if before is GONE:
            return value
        if rank(before) != 1:
            raise WrongError
        return before + value
    if name in ("$min", "$max"):
        if before is GONE:
            return value
        return value if compare(value, before) == (-1 if name == "$min" else 1) else before
    if before is GONE:
        if name in ("$pull", "$pop"):
            return GONE
        before = []
    if not isinstance(before, list):
        raise WrongError
    if name == "$push":
        return [*before, value]
    if name == "$addToSet":
        return before if any(compare(item, value) == 0 for item in before) else [*before, value]
    if name == "$pop":
        return before[:-1] if value == 1 else before[1:]
    if name == "$pull":
        if isinstance(value, dict):
            if any(key.startswith("$") for key in value):
                return [item for item in before if not element(item, value)]
            return [item for item in before if not (isinstance(item, dict) and matches(item, value))]
        return [item for item in before if not same(item, value)]
    raise AssertionError(name)
