"""The engine against a second implementation, over random documents, queries, sorts and updates."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import event, given, settings

from cloudpy.local.database import DatabaseError, Engine, Query, ejson
from tests.database import naive
from tests.database.random_values import collections, orders, queries, updates
from tests.once import part

# A longer campaign: CLOUDPY_DATABASE_EXAMPLES=10000
MANY = int(os.environ.get("CLOUDPY_DATABASE_EXAMPLES", "0"))


def engine_with(documents: list[Any]) -> Engine:
    engine = Engine()
    engine.create("c")
    engine.insert("c", documents)
    return engine


def texts(documents: list[Any]) -> list[str]:
    return [ejson.canonical(document) for document in documents]


@settings(max_examples=MANY or part(500, 50), deadline=None)
@given(collections, queries)
def test_queries(documents: list[Any], query: dict[str, Any]) -> None:
    found = engine_with(documents).find("c", Query(query))
    event("some" if found else "none")
    assert texts(found) == texts([document for document in documents if naive.matches(document, query)])


@settings(max_examples=MANY or part(200, 30), deadline=None)
@given(collections, orders)
def test_sorts(documents: list[Any], order: dict[str, int]) -> None:
    engine = engine_with(documents)
    expected = texts(naive.in_order(documents, order))
    assert texts(engine.find("c", Query({}), order=order)) == expected
    assert texts(engine.find("c", Query({}), order=order, limit=3)) == expected[:3], "the bounded sort"


@settings(max_examples=MANY or part(400, 40), deadline=None)
@given(collections, updates)
def test_updates(documents: list[Any], steps: list[tuple[str, str, Any]]) -> None:
    update: dict[str, dict[str, Any]] = {}
    for name, path, value in steps:
        if any(
            path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.")
            for fields in update.values()
            for other in fields
        ):
            continue  # paths that meet are an error: test_update_errors
        update.setdefault(name, {})[path] = value
    for document in documents:
        engine = engine_with([document])
        try:
            expected: Any = naive.updated(document, update)
        except naive.WrongError:
            expected = "error"
        try:
            engine.update("c", Query({}), update)
            [found] = engine.find("c", Query({}))
        except DatabaseError:
            found = "error"
            assert texts(engine.find("c", Query({}))) == texts([document]), "an update that fails changes nothing"
        event("error" if expected == "error" else "changed")
        assert ejson.canonical(found) == ejson.canonical(expected)
