"""Stages of an aggregation that group documents: group, bucket, bucketAuto, sortByCount."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from .accumulators import ACCUMULATORS, Accumulator, feed
from .errors import DatabaseError, UnsupportedError
from .ordering import key
from .stages import Context, Document, Documents, Stage, whole_number
from .values import MISSING

Field = tuple[str, Callable[[], Accumulator], Callable[[Document], Any]]


def _fields(specification: dict[str, Any], context: Context) -> list[Field]:
    found: list[Field] = []
    for name, value in specification.items():
        if "." in name or name.startswith("$"):
            raise DatabaseError(f"The field name '{name}' cannot contain '.' or begin with '$'")
        if type(value) is not dict or len(value) != 1:
            raise DatabaseError(f"The field '{name}' must specify one accumulator, such as {{$sum: 1}}")
        [(operator, operand)] = value.items()
        if operator not in ACCUMULATORS:
            raise DatabaseError(f"unknown group operator '{operator}'; expected {', '.join(ACCUMULATORS)}")
        if type(operand) is list and operator not in ("$push", "$addToSet", "$first", "$last"):
            if len(operand) != 1:
                raise DatabaseError(f"The {operator} accumulator is a unary operator")
            [operand] = operand
        found.append((name, ACCUMULATORS[operator], context.expression(operand)))
    return found


def _gather(documents: Documents, of: Callable[[Document], Any], fields: list[Field]) -> Iterator[Document]:
    groups: dict[Any, list[Document]] = {}
    values: dict[Any, Any] = {}
    for document in documents:
        value = of(document)
        if value is MISSING:
            value = None
        own = value if type(value) is str else key(value)  # a string is its own key: no tuple is equal to it
        members = groups.get(own)
        if members is None:
            groups[own] = [document]
            values[own] = value
        else:
            members.append(document)
    for own, members in groups.items():
        result = {"_id": values[own]}
        for name, make, expression in fields:
            accumulator = make()
            feed(accumulator, [expression(document) for document in members])
            result[name] = accumulator.result()
        yield result


def group(value: Any, context: Context) -> Stage:
    """Gather documents by a value, with accumulators."""
    if type(value) is not dict or "_id" not in value:
        raise DatabaseError("a group specification must be an object and include an _id")
    of = context.expression(value["_id"])
    fields = _fields({name: item for name, item in value.items() if name != "_id"}, context)
    return lambda documents: _gather(documents, of, fields)


def sort_by_count(value: Any, context: Context) -> Stage:
    """Count documents by a value, the most frequent first."""
    if not (type(value) is str and value.startswith("$")) and not (
        type(value) is dict and next(iter(value), "").startswith("$")
    ):
        raise DatabaseError("the sortByCount field must be a path such as '$tags' or an expression in an object")
    of = context.expression(value)
    fields = _fields({"count": {"$sum": 1}}, context)
    return lambda documents: sorted(_gather(documents, of, fields), key=lambda found: -found["count"])


def bucket(value: Any, context: Context) -> Stage:
    """Gather documents by the boundaries that a value lies between."""
    known = ("groupBy", "boundaries", "default", "output")
    if type(value) is not dict or "groupBy" not in value or "boundaries" not in value or value.keys() - set(known):
        raise DatabaseError(f"$bucket requires 'groupBy' and 'boundaries', and takes {', '.join(known)}")
    boundaries = value["boundaries"]
    if type(boundaries) is not list or len(boundaries) < 2:
        raise DatabaseError("the $bucket 'boundaries' field must be an array of at least 2 values")
    keys = [key(item) for item in boundaries]
    if len({item[0] for item in keys}) > 1:
        raise DatabaseError("all values in the 'boundaries' option to $bucket must have the same type")
    if any(one >= other for one, other in pairwise(keys)):
        raise DatabaseError("the 'boundaries' option to $bucket must be an array of values in ascending order")
    if "default" in value and keys[0] <= key(value["default"]) < keys[-1]:
        raise DatabaseError("the $bucket 'default' field must be less than the lowest boundary or from the highest on")
    by = context.expression(value["groupBy"])
    fields = _fields(value.get("output", {"count": {"$sum": 1}}), context)

    def of(document: Document) -> Any:
        own = key(by(document))
        for lower, upper, boundary in zip(keys, keys[1:], boundaries, strict=False):
            if lower <= own < upper:
                return boundary
        if "default" not in value:
            raise DatabaseError("$bucket: a value is outside of all boundaries, and no default was specified")
        return value["default"]

    return lambda documents: sorted(_gather(documents, of, fields), key=lambda found: key(found["_id"]))


def bucket_auto(value: Any, context: Context) -> Stage:
    """Gather documents into buckets of about the same size."""
    if type(value) is not dict or "groupBy" not in value or "buckets" not in value:
        raise DatabaseError("$bucketAuto requires 'groupBy' and 'buckets'")
    for name in value:
        if name == "granularity":
            raise UnsupportedError("granularity of $bucketAuto")
        if name not in ("groupBy", "buckets", "output"):
            raise DatabaseError(f"unrecognized option to $bucketAuto: {name}")
    buckets = whole_number(value["buckets"], "buckets of $bucketAuto", 1)
    by = context.expression(value["groupBy"])
    fields = _fields(value.get("output", {"count": {"$sum": 1}}), context)

    def stage(documents: Documents) -> Iterator[Document]:
        found = [(None if (own := by(document)) is MISSING else own, document) for document in documents]
        found.sort(key=lambda item: key(item[0]))
        size = max(1, int(len(found) / buckets + 0.5))
        at = made = 0
        while at < len(found):
            made += 1
            end = len(found) if made == buckets else min(len(found), at + size)
            while end < len(found) and key(found[end][0]) == key(found[end - 1][0]):
                end += 1
            limits = {"min": found[at][0], "max": found[end if end < len(found) else end - 1][0]}
            members = [document for _, document in found[at:end]]
            [result] = _gather(members, lambda document: None, fields)
            yield {**result, "_id": limits}
            at = end

    return stage
