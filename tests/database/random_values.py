"""Random documents, queries and updates over few names and few values, so that much of it meets."""

from __future__ import annotations

from hypothesis import strategies as st

from cloudpy.local.database.values import Date, ObjectId

NAMES = ("a", "b", "c")
numbers = st.sampled_from([0, 1, 2, -1, 5, 1.0, 1.5, -0.5, float("nan"), float("inf"), 2**40])
scalars = st.one_of(
    numbers,
    st.sampled_from(["", "x", "y", "xy", "1", "é", "中"]),
    st.none(),
    st.booleans(),
    st.builds(Date, st.sampled_from([0, 1, -5, 10**12])),
    st.sampled_from([ObjectId("0" * 24), ObjectId("a" * 24)]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=6,
)
documents = st.dictionaries(st.sampled_from(NAMES), values, max_size=3)
collections = st.lists(documents, min_size=1, max_size=8).map(
    lambda found: [{"_id": index, **document} for index, document in enumerate(found)]
)
paths = st.sampled_from(["a", "b", "c", "a.b", "a.a", "b.a", "a.0", "a.1", "a.0.b", "a.b.c", "b.0", "c.a"])

_simple = st.one_of(
    st.tuples(st.sampled_from(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"]), values),
    st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(scalars, max_size=3)),
    st.tuples(st.just("$exists"), st.booleans()),
    st.tuples(st.just("$size"), st.integers(0, 3)),
    st.tuples(st.just("$all"), st.lists(scalars, max_size=2)),
)
_operators = st.lists(_simple, min_size=1, max_size=2).map(dict)
_element = st.one_of(_operators, st.dictionaries(st.sampled_from(NAMES), st.one_of(scalars, _operators), max_size=2))
conditions = st.one_of(
    values,
    _operators,
    _operators.map(lambda inner: {"$not": inner}),
    _element.map(lambda inner: {"$elemMatch": inner}),
)
fields = st.dictionaries(paths, conditions, max_size=2)
queries = st.recursive(
    fields,
    lambda inner: st.tuples(
        st.sampled_from(["$and", "$or", "$nor"]), st.lists(inner, min_size=1, max_size=2), fields
    ).map(lambda made: {made[0]: made[1], **made[2]}),
    max_leaves=4,
)
orders = st.dictionaries(paths, st.sampled_from([1, -1]), min_size=1, max_size=3)
_pulled = st.dictionaries(paths, conditions, min_size=1, max_size=2)
updates = st.lists(
    st.one_of(
        st.tuples(st.just("$set"), paths, values),
        st.tuples(st.just("$unset"), paths, st.just("")),
        st.tuples(st.just("$inc"), paths, st.sampled_from([1, -2, 0.5])),
        st.tuples(st.sampled_from(["$min", "$max"]), paths, scalars),
        st.tuples(st.just("$push"), paths, scalars),
        st.tuples(st.just("$addToSet"), paths, st.one_of(scalars, st.lists(values, max_size=2))),
        st.tuples(st.just("$pop"), paths, st.sampled_from([1, -1])),
        st.tuples(st.just("$pull"), paths, st.one_of(scalars, _operators, _pulled)),
    ),
    min_size=1,
    max_size=3,
)
