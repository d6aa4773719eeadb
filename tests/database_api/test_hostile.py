"""Odd and hostile values in every place that takes one: an error of ours, or a request, and no other exception."""

from __future__ import annotations

import datetime
import json
from collections import UserDict
from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cloudpy.sync
from cloudpy.errors import CloudSDKError


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("must not be asked")

    __str__ = __repr__


def endless() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["a"] = value
    return value


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


END_OF_TIME = datetime.datetime.max.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-12)))
ODD: list[Any] = [
    None, True, 0, -1, 10**5000, -(10**5000), 1.5, float("nan"), float("inf"),
    "", "x" * 10_000, "\ud800", "$a", "a.b", "__proto__",
    b"x", [], [[]], {}, {"$gt": 1}, {"": 1}, {None: 1}, {5: 1},
    {"a": {"$or": 5}}, {"$or": 5}, {"$or": [5]}, {"$and": {}},
    endless(), deep(500), deep(150), Unprintable(), {"a": Unprintable()}, object, len, iter([]), {1}, 1j,
    datetime.datetime.min, datetime.date.min, END_OF_TIME, UserDict(a=1), MappingProxyType({"a": 1}),
    {"_id": {"_id": 1}}, ["a", "desc"],
    {"data": {}}, {"data": None}, {"data": [None]}, {"data": endless()}, {"multi": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def db() -> Any:
    return cloudpy.sync.Cloud().createNewInstance(
        env="e", config=None, secretId="i", secretKey="k", serviceUrl="http://127.0.0.1:1"
    ).database()  # fmt: skip


def places(db: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    _, agg, todos = db.command, db.command.aggregate, db.collection("t")
    yield from {
        "collection": db.collection,
        "createCollection": db.createCollection,
        "where": todos.where,
        "a condition": lambda odd: todos.where({"a": odd}).get(),
        "orderBy": lambda odd: todos.orderBy(odd, "asc"),
        "direction": lambda odd: todos.orderBy("a", odd),
        "limit": lambda odd: todos.limit(odd).get(),
        "skip": lambda odd: todos.skip(odd).get(),
        "field": lambda odd: todos.field(odd).get(),
        "a field": lambda odd: todos.field({"a": odd}).get(),
        "doc": lambda odd: todos.doc(odd).get(),
        "doc.set": lambda odd: todos.doc(odd).set(data={"a": 1}),
        "doc.field": lambda odd: todos.doc("a").field(odd).get(),
        "add": todos.add,
        "data": lambda odd: todos.add(data=odd),
        "a value": lambda odd: todos.add(data={"a": odd}),
        "set": lambda odd: todos.doc("a").set(data=odd),
        "update": lambda odd: todos.doc("a").update(odd),
        "changes": lambda odd: todos.doc("a").update(data=odd),
        "update many": lambda odd: todos.where({}).update(data={"a": odd}, multi=odd),
        "remove": lambda odd: todos.where({}).remove(odd),
        "match": lambda odd: todos.aggregate().match(odd).end(),
        "expr": lambda odd: todos.where(_.expr(odd)).get(),
        "pipeline": lambda odd: todos.aggregate().lookup({"pipeline": odd}).end(),
        "serverDate": lambda odd: todos.add(data={"a": db.serverDate(offset=odd)}),
        "RegExp": lambda odd: todos.add(data={"a": db.RegExp(regexp=odd, options=odd)}),
        "Point": lambda odd: db.Geo.Point(odd, odd),
        "LineString": db.Geo.LineString,
        "Polygon": db.Geo.Polygon,
        "MultiPolygon": db.Geo.MultiPolygon,
        "runTransaction": db.runTransaction,
        "times": lambda odd: db.runTransaction(lambda transaction: None, odd),
    }.items()
    conditions = (
        "eq neq gt in_ nin all elemMatch exists size mod geoNear geoWithin geoIntersects and_ or_ nor not_ text"
    )
    for name in conditions.split():
        yield f"_.{name}", lambda odd, name=name: todos.where({"a": getattr(_, name)(odd), "b": 1}).get()
    for name in "set inc push pull pullAll unshift addToSet rename bit max".split():
        yield f"_.{name}", lambda odd, name=name: todos.doc("a").update(data={"a": getattr(_, name)(odd)})
    for (
        name
    ) in "addFields bucket count geoNear group limit project replaceRoot sample skip sort sortByCount unwind".split():
        yield name, lambda odd, name=name: getattr(todos.aggregate(), name)(odd).end()
    for name in ("sum", "cond", "and_"):
        yield f"agg.{name}", lambda odd, name=name: todos.aggregate().project({"a": getattr(agg, name)(odd)}).end()


def test_every_odd_value_in_every_place(db: Any) -> None:
    failed = []
    for name, place in places(db):
        for index, odd in enumerate(ODD):
            try:
                place(odd)
            except CloudSDKError as error:
                assert "must not be asked" not in str(error)
                json.dumps(error.toJSON())
                assert len(str(error)) < 1000
            except Exception as error:
                failed.append((name, index, type(error).__name__, str(error)[:80]))
    assert [] == failed


NESTED: dict[str, Any] = {
    "and_": lambda db, inner: db.command.and_([inner, {"b": 1}]),
    "nor": lambda db, inner: db.command.nor([inner]),
    "dict": lambda db, inner: {"$and": [inner]},
    "or_ in a dict": lambda db, inner: {"$and": [db.command.or_([inner])]},
    "elemMatch": lambda db, inner: {"a": db.command.elemMatch(inner)},
    "field": lambda db, inner: {"a": inner},
}


@pytest.mark.parametrize("name", NESTED)
def test_a_condition_that_nests_too_deep_is_refused_in_words(db: Any, name: str) -> None:
    todos, _ = db.collection("t"), db.command
    condition: Any = {"a": _.gt(1)}
    for _level in range(2000):
        condition = NESTED[name](db, condition)
    for call in (
        lambda: todos.where(condition).get(),
        lambda: todos.aggregate().match(condition).end(),
        lambda: todos.doc("a").update(data={"a": _.pull(condition)}),
    ):
        with pytest.raises(CloudSDKError, match=r"nests too deep|cannot stand at a"):
            call()


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text("a$.", max_size=3), st.integers(0, 3)), inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(anything)
def test_any_value_is_sent_or_refused(db: Any, value: Any) -> None:
    for call in (
        lambda: db.collection("t").where(value).get(),
        lambda: db.collection("t").add(data={"a": value}),
        lambda: db.collection("t").doc("a").update(data={"a": value, "$set": value}),
        lambda: db.collection("t").aggregate().group(value).end(),
    ):
        with pytest.raises(CloudSDKError):  # nothing listens where it is sent
            call()
