"""The indexes that queries would need in the cloud."""

from __future__ import annotations

from typing import Any

import pytest

from cloudpy.local.query_shapes import QueryShapes


def suggested(*queries: tuple[Any, Any]) -> list[tuple[Any, int]]:
    shapes = QueryShapes()
    for condition, order in queries:
        shapes.add("c", condition, order, "")
    return [(dict(one.fields), one.queries) for one in shapes.suggestions()]


@pytest.mark.parametrize(
    ("condition", "order", "index"),
    [
        ({}, {}, None),
        ({"_id": "1"}, {}, None),
        ({"_id": "1", "a": 2}, {}, None),
        ({}, {"_id": -1}, None),
        ({"a": 1}, {}, {"a": 1}),
        ({"b": {"$in": [1]}, "a": {"$eq": 1}}, {}, {"a": 1, "b": 1}),
        ({"a": {"$gt": 1}, "b": 1}, {"c": -1, "b": 1}, {"b": 1, "c": -1, "a": 1}),
        ({"$and": [{"a": 1}, {"b": {"$lt": 2}}]}, {}, {"a": 1, "b": 1}),
        ({"at": {"$near": {}}, "kind": 1}, {}, {"kind": 1, "at": "2dsphere"}),
        ({"a": {"b": 1}}, {}, {"a": 1}),
    ],
)
def test_equality_comes_first_then_order_then_ranges(condition: Any, order: Any, index: Any) -> None:
    assert suggested((condition, order)) == ([] if index is None else [(index, 1)])


def test_each_branch_of_an_or_needs_its_own() -> None:
    assert suggested(({"$or": [{"a": 1}, {"b": 2}], "c": 3}, {})) == [({"a": 1, "c": 1}, 1), ({"b": 1, "c": 1}, 1)]


def test_an_index_serves_the_queries_of_its_first_fields() -> None:
    assert suggested(({"a": 1}, {}), ({"a": 1}, {"t": -1}), ({"a": 2}, {})) == [({"a": 1, "t": -1}, 3)]


def test_actions_are_read_as_the_package_sends_them() -> None:
    shapes = QueryShapes()
    stages = [
        {"stageKey": "$match", "stageValue": '{"city": "x"}'},
        {"stageKey": "$sort", "stageValue": '{"n": {"$numberInt": "-1"}}'},
        {"stageKey": "$match", "stageValue": '{"late": 1}'},
    ]
    shapes.note("database.aggregateDocuments", {"collectionName": "c", "stages": stages})
    shapes.note("database.getDocument", {"collectionName": "d", "query": '{"a": {"$numberInt": "1"}}'})
    shapes.note("database.getDocument", {"collectionName": "d", "query": "nonsense"})
    shapes.note("database.insertDocument", {"collectionName": "d", "data": []})
    assert [(one.collection, dict(one.fields)) for one in shapes.suggestions()] == [
        ("c", {"city": 1, "n": -1}),
        ("d", {"a": 1}),
    ]
    assert [one.collection for one in shapes.suggestions("d")] == ["d"]
    shapes.clear()
    assert shapes.suggestions() == []
