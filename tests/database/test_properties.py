"""What holds for all values: order, Extended JSON, updates, indexes, projections."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cloudpy.local.database import DatabaseError, Engine, Query, collection, ejson
from cloudpy.local.database.ordering import compare, equal, key
from cloudpy.local.database.projection import compile_projection
from cloudpy.local.database.values import (
    Binary,
    Code,
    Date,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
    copied,
    identical,
)
from tests.database.random_values import collections, documents, paths, queries, values
from tests.once import part

many = settings(max_examples=part(300, 40), deadline=None)
oids = st.binary(min_size=12, max_size=12).map(lambda raw: ObjectId(raw.hex()))
anything = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**31), 2**31 - 1),
        st.integers(2**31, 2**63 - 1),
        st.builds(Int64, st.integers(-(2**31), 2**31 - 1)),
        st.floats(),
        st.text(),
        st.builds(Date, st.integers(-(2**60), 2**60)),
        oids,
        st.builds(Regex, st.text(max_size=5), st.text("imsx", max_size=2)),
        st.builds(Binary, st.binary(max_size=5), st.integers(0, 255)),
        st.builds(Timestamp, st.integers(0, 2**31), st.integers(0, 9)),
        st.builds(Code, st.text(max_size=3)),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
        st.sampled_from([MinKey(), MaxKey(), Decimal("1.10"), Decimal("Infinity"), -0.0]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=3).filter(lambda name: not name.startswith("$")), inner, max_size=3),
    ),
    max_leaves=8,
)


@many
@given(anything)
def test_extended_json_loses_nothing(value: Any) -> None:
    for write in (ejson.canonical, ejson.compact, ejson.readable, lambda value: ejson.readable(value, 2)):
        assert identical(ejson.parse(write(value)), value)
    assert identical(ejson.decode(ejson.encode(value)), value)


@many
@given(anything, anything, anything)
def test_the_order_is_total(one: Any, two: Any, three: Any) -> None:
    assert compare(one, one) == 0
    assert compare(one, two) == -compare(two, one)
    if compare(one, two) <= 0 and compare(two, three) <= 0:
        assert compare(one, three) <= 0
    assert (compare(one, two) == 0) is equal(one, two)
    if equal(one, two):
        assert hash(key(one)) == hash(key(two)), "equal values are one group"


@many
@given(values, paths)
def test_what_was_set_is_found(value: Any, path: str) -> None:
    engine = Engine()
    engine.create("c")
    engine.insert("c", [{"_id": 1}])
    engine.update("c", Query({}), {"$set": {path: value}})
    condition = {path: value} if not isinstance(value, dict) else {path: {"$eq": value}}
    assert engine.count("c", Query(condition)) == 1


@many
@given(collections, st.lists(st.tuples(st.integers(0, 7), documents), max_size=6), queries)
def test_an_index_finds_what_a_scan_finds(
    found: list[Any], replaced: list[tuple[int, Any]], query: dict[str, Any]
) -> None:
    plain, indexed = Engine(), Engine()
    before = collection.MIN_INDEXED, collection.INDEX_AFTER
    for engine in (plain, indexed):
        engine.create("c")
        engine.insert("c", found)
    try:
        # as if the collection was large, and had been asked for these fields before
        collection.MIN_INDEXED, collection.INDEX_AFTER = 0, 1
        for path in ("a", "b", "c", "a.b"):
            indexed.count("c", Query({path: 1}))
        indexed.count("c", Query(query))
    finally:
        collection.MIN_INDEXED, collection.INDEX_AFTER = before
    for identifier, document in replaced:
        for engine in (plain, indexed):
            if identifier % 3:
                engine.replace("c", Query({"_id": identifier}), document)
            else:
                engine.remove("c", Query({"_id": identifier}))
    for condition in (query, {"a": 1}, {"a.b": None}, {"b": {"$in": [None, "x"]}, "_id": {"$in": [3, 1, 2]}}):
        assert [ejson.canonical(item) for item in indexed.find("c", Query(condition))] == [
            ejson.canonical(item) for item in plain.find("c", Query(condition))
        ]


@many
@given(documents, st.lists(paths, min_size=1, max_size=3), st.booleans())
def test_a_projection_only_leaves_out(document: Any, chosen: list[str], include: bool) -> None:
    fields = dict.fromkeys(chosen, int(include))
    try:
        project = compile_projection(fields)
    except DatabaseError:
        assume(False)
        raise
    assert project is not None
    document = {"_id": 1, **document}
    result = project(copied(document))
    assert is_part(result, document)
    assert project(result) == result or "nan" in repr(result), "once more changes nothing"


def is_part(small: Any, whole: Any) -> bool:
    if isinstance(small, dict):
        return isinstance(whole, dict) and all(name in whole and is_part(small[name], whole[name]) for name in small)
    if isinstance(small, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(is_part(item, other) for other in rest) for item in small)
    return identical(small, whole)


@many
@given(collections)
def test_nothing_given_is_changed(found: list[Any]) -> None:
    given_documents = copied(found)
    engine = Engine()
    engine.create("c")
    engine.insert("c", found)
    first = engine.find("c", Query({}))
    shown = [ejson.canonical(item) for item in first]
    for update in ({"$set": {"new": 1}}, {"$unset": {"a": ""}}, {"$set": {"b": [1]}}, {"$push": {"b": 2}}):
        engine.update("c", Query({}), update, multi=True)
    assert identical(found, given_documents)
    assert [ejson.canonical(item) for item in first] == shown, "an answer is not touched by later updates"
