"""The shapes of the queries that ran, and the indexes that the cloud would need for them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

_MAX_SHAPES = 500
_MAX_EXAMPLE = 400  # characters of a query
_EQUAL = frozenset(("$eq", "$in"))
_GEO = frozenset(("$geoWithin", "$geoIntersects", "$near", "$nearSphere"))
_ACTIONS = frozenset(
    (
        "database.getDocument",
        "database.calculateDocument",
        "database.modifyDocument",
        "database.modifyAndReturnDoc",
        "database.removeDocument",
        "database.aggregateDocuments",
    )
)


class Shape(NamedTuple):
    """What a query asks of an index: fields that are equal to a value, the order with 1 or -1, fields of ranges."""

    collection: str
    equal: tuple[str, ...]
    order: tuple[tuple[str, int], ...]
    ranges: tuple[str, ...]
    places: tuple[str, ...]

    def needed_index(self) -> tuple[tuple[str, int | str], ...]:
        """Return the fields of the index: equality, order, ranges, as MongoDB advises; empty if none is needed."""
        if "_id" in self.equal:
            return ()
        fields: dict[str, int | str] = {name: 1 for name in self.equal if name != "_id"}
        for name, way in self.order:
            fields.setdefault(name, way)
        for name in self.ranges:
            fields.setdefault(name, 1)
        for name in self.places:
            fields[name] = "2dsphere"
        found = tuple(fields.items())
        return () if found in ((("_id", 1),), (("_id", -1),)) else found


class Suggestion(NamedTuple):
    """An index of a collection, how many queries it would have served, and the last of them."""

    collection: str
    fields: tuple[tuple[str, int | str], ...]
    queries: int
    example: str


class QueryShapes:
    """Counts the shapes of queries; the oldest are forgotten."""

    def __init__(self) -> None:
        self._found: dict[Shape, tuple[int, str]] = {}
        self._lock = threading.Lock()

    def note(self, action: str, fields: Mapping[str, Any]) -> None:
        """Count an action of the database that succeeded; `fields` are as the package sends them."""
        if action not in _ACTIONS:
            return
        from .database import DatabaseError, ejson

        name = fields.get("collectionName")
        try:
            if action == "database.aggregateDocuments":
                stages = [(stage["stageKey"], ejson.parse(stage["stageValue"])) for stage in fields["stages"]]
                condition, order, text = _of_pipeline(stages)
            else:
                condition = ejson.parse(str(fields.get("query") or "{}"))
                order, text = ejson.parse(str(fields.get("order") or "{}")), ejson.readable(condition)
        except (DatabaseError, KeyError, TypeError):  # such an action fails
            return
        self.add(str(name), condition, order, text)

    def add(self, collection: str, condition: Any, order: Any, example: str) -> None:
        """Count a query."""
        for shape in shapes(collection, condition, order):
            with self._lock:
                count, _ = self._found.pop(shape, (0, ""))
                self._found[shape] = (count + 1, example[:_MAX_EXAMPLE])
                while len(self._found) > _MAX_SHAPES:
                    del self._found[next(iter(self._found))]

    def suggestions(self, collection: str | None = None) -> list[Suggestion]:
        """Return the indexes that would serve the queries, the most used first, none that another one covers."""
        with self._lock:
            found = list(self._found.items())
        several: dict[tuple[str, tuple[tuple[str, int | str], ...]], Suggestion] = {}
        for shape, (count, example) in found:
            fields = shape.needed_index()
            if fields and collection in (None, shape.collection):
                before = several.get((shape.collection, fields))
                count += before.queries if before else 0
                several[shape.collection, fields] = Suggestion(shape.collection, fields, count, example)
        needed: list[Suggestion] = []
        for one in sorted(several.values(), key=lambda each: -len(each.fields)):
            cover = next((at for at, other in enumerate(needed) if _covers(other, one)), None)
            if cover is None:
                needed.append(one)
            else:
                needed[cover] = needed[cover]._replace(queries=needed[cover].queries + one.queries)
        return sorted(needed, key=lambda one: (-one.queries, one.collection, one.fields))

    def clear(self) -> None:
        """Forget all queries."""
        with self._lock:
            self._found.clear()

    def __repr__(self) -> str:
        return f"<QueryShapes: {len(self._found)}>"


def shapes(collection: str, condition: Any, order: Any) -> Iterator[Shape]:
    """Yield the shapes of a query: one for each branch of an ``$or``."""
    ways = tuple((name, -1 if way in (-1, "desc") else 1) for name, way in order.items()) if type(order) is dict else ()
    for branch in _branches(condition if type(condition) is dict else {}):
        equal: dict[str, None] = {}
        ranges: dict[str, None] = {}
        places: dict[str, None] = {}
        for name, value in branch:
            operators = set(value) if type(value) is dict and next(iter(value), "")[:1] == "$" else {"$eq"}
            kind = places if operators & _GEO else equal if operators & _EQUAL else ranges
            kind[name] = None
        rest = [name for name in ranges if name not in equal]
        if equal or ways or rest or places:
            yield Shape(collection, tuple(sorted(equal)), ways, tuple(rest), tuple(places))


def _branches(condition: Mapping[str, Any]) -> Iterator[list[tuple[str, Any]]]:
    own = [(name, value) for name, value in condition.items() if name[:1] != "$"]
    for part in _objects(condition.get("$and")):
        own += [(name, value) for name, value in part.items() if name[:1] != "$"]
    alternatives = list(_objects(condition.get("$or")))
    if not alternatives:
        yield own
    for part in alternatives:
        yield [*own, *((name, value) for name, value in part.items() if name[:1] != "$")]


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return [part for part in value if type(part) is dict] if type(value) is list else []


def _of_pipeline(stages: list[tuple[str, Any]]) -> tuple[Any, Any, str]:
    """Return condition and order of a pipeline: an index serves its first stages alone."""
    condition: Any = {}
    order: Any = {}
    for key, value in stages:
        if key == "$match" and not order:
            condition = value if not condition else {"$and": [condition, value]}
        elif key == "$sort":
            order = value
            break
        elif key == "$geoNear":
            near = value if type(value) is dict else {}
            condition = {**near.get("query", {}), str(near.get("key", "location")): {"$near": 1}}
        else:
            break
    from .database import ejson

    return condition, order, ejson.readable([{key: value} for key, value in stages])


def _covers(one: Suggestion, other: Suggestion) -> bool:
    """Whether the index of `one` serves the queries of `other`: it begins with the same fields."""
    return one.collection == other.collection and one.fields[: len(other.fields)] == other.fields
