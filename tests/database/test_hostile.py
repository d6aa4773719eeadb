"""Whatever is asked, the answer is a result or a DatabaseError that says what is wrong, and the data stay sound."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from cloudpy.local.database import DatabaseError, Engine, ejson, expressions, perform, pipeline, query, update
from cloudpy.local.database.accumulators import ACCUMULATORS
from cloudpy.local.database.schema import KEYWORDS
from tests.database.random_values import collections
from tests.once import part

INNER = """$each $position $slice $sort $geometry $centerSphere $maxDistance input in as cond if then else branches
case default vars date format timezone onNull onError dateString year month day isoWeekYear path includeArrayIndex
preserveNullAndEmptyArrays from localField foreignField let pipeline newRoot groupBy boundaries buckets output size near
distanceField key type coordinates initialValue to chars useLongestLength inputs defaults""".split()
NAMES = [
    *query.OPERATORS,
    *query.TOP_OPERATORS,
    *update.OPERATORS,
    *expressions.OPERATORS,
    *pipeline.STAGES,
    *ACCUMULATORS,
    *KEYWORDS,
    *INNER,
]
scalars = st.sampled_from(
    [
        *(
            None,
            True,
            False,
            0,
            1,
            -1,
            2,
            1.5,
            1e300,
            "",
            "x",
            "a",
            "a.b",
            "$a",
            "$a.b",
            "$$ROOT",
            "$$x",
            "$",
            "$$",
            "a..b",
        ),
        *(
            "Point",
            "int",
            "UTC",
            "+08:00",
            "%Y",
            "2020-01-02",
            "^x",
            "(",
            "\ud800",
            [],
            {},
            [1, 2],
            [[1, 2], 3],
            ["$a", 2],
        ),
        *({"$date": {"$numberLong": str(2**62)}}, {"$date": 5}, {"$oid": "5f" * 12}, {"$numberLong": str(2**63 - 1)}),
        *({"$numberDouble": "NaN"}, {"$numberDouble": "Infinity"}, {"$numberDecimal": "1E+6144"}, {"$minKey": 1}),
        *({"$numberDecimal": "NaN"}, {"$regularExpression": {"pattern": "^x", "options": "i"}}, {"$binary": "AA=="}),
        *(
            {"$tcb_server_date": {"offset": 5}},
            {"type": "Point", "coordinates": [1, 2]},
            {"$timestamp": {"t": 1, "i": 1}},
        ),
    ]
)
keys = st.one_of(st.sampled_from(NAMES), st.sampled_from(["a", "b", "a.b", "a.0", "_id", "x", "a.$", "$foo"]))
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)
one_operator = st.sampled_from(list(expressions.OPERATORS)).flatmap(
    lambda name: anything.map(lambda operand: {name: operand})
)
queries = st.one_of(
    anything,
    st.dictionaries(st.sampled_from(["a", "b", "a.b", *query.TOP_OPERATORS]), anything, max_size=2),
    st.tuples(st.sampled_from(query.OPERATORS), anything).map(lambda made: {"a": {made[0]: made[1]}}),
    one_operator.map(lambda made: {"$expr": made}),
)
updates = st.one_of(
    anything,
    st.dictionaries(
        st.sampled_from(update.OPERATORS),
        st.dictionaries(st.sampled_from(["a", "b", "a.b", "a.0.b"]), anything),
        max_size=2,
    ),
)
stages = st.lists(
    st.tuples(
        st.sampled_from(list(pipeline.STAGES)),
        st.one_of(anything, st.dictionaries(st.sampled_from(["a", "_id", "b"]), st.one_of(one_operator, anything))),
    ),
    max_size=3,
)


def text(value: Any) -> str:
    return ejson.plain(value)


@settings(max_examples=part(600, 60), deadline=None)
@given(collections, queries, updates, stages, anything, anything)
def test_only_database_errors(
    documents: list[Any], query: Any, change: Any, several: list[Any], order: Any, projection: Any
) -> None:
    engine = Engine()
    engine.create("c")
    engine.insert("c", documents)
    fields = {"collectionName": "c", "query": text(query)}
    staged = [{"stageKey": name, "stageValue": text(value)} for name, value in several]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("getDocument", fields),
        ("getDocument", {"collectionName": "c", "order": text(order)}),
        ("getDocument", {"collectionName": "c", "projection": text(projection)}),
        ("calculateDocument", fields),
        ("aggregateDocuments", {"collectionName": "c", "stages": staged}),
        ("modifyDocument", {"collectionName": "c", "data": text(change), "merge": True, "multi": True}),
        ("modifyDocument", {**fields, "data": text(change), "merge": True, "upsert": True}),
        ("modifyDocument", {**fields, "data": text(projection), "merge": False}),
        ("insertDocument", {"collectionName": "c", "data": [text(order)]}),
        ("removeDocument", {**fields, "multi": False}),
    ]
    for action, given_fields in asked:
        try:
            perform(engine, f"database.{action}", given_fields)
            event(f"{action}: answered")
        except DatabaseError as error:
            assert error.message
            event(f"{action}: rejected")
    for document in engine._collections["c"]:
        assert ejson.decode(ejson.encode(document)) is not None
        assert "_id" in document
