"""Conditions, changes, documents and pipelines nobody thought of, through Node and both clients.

The same ones every time. For the full run of 2,000 of each, or other ones:
`CLOUDPY_FIDELITY_EXAMPLES=2000 pytest tests/fidelity/test_database_random.py`.

What is drawn keeps clear of the listed differences; `tests/fidelity/test_differences_database.py` shows those.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpy._database import ejson
from tests.fidelity.test_database import c
from tests.once import part
from tests.peer.bench import Bench, assert_same_outcome
from tests.peer.database import Geo, RegExp, _, agg, assert_same_bodies, run, serverDate
from tests.peer.tagging import Made

ASKED_FOR = os.environ.get("CLOUDPY_FIDELITY_EXAMPLES")
EXAMPLES = int(ASKED_FOR or part(60, 10))
thorough = settings(
    max_examples=EXAMPLES,
    derandomize=ASKED_FOR is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# JavaScript moves keys that are whole numbers up front, and knows __proto__: listed differences of all parameters.
_names = st.text("abz_é中.$-", min_size=1, max_size=4).filter(lambda name: not name.startswith("$"))
names = st.one_of(st.sampled_from(["a", "b", "a.b", "c.0.d", "_id2"]), _names)
texts = st.text(st.one_of(st.sampled_from('\x00\x1f\x7f\u2028"\\/中😀'), st.characters()), max_size=6)
numbers = st.one_of(
    st.integers(-5, 5),
    st.integers(-(2**31) - 2, 2**31 + 2),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(width=64),
)
dates = st.integers(-(2**44), 2**45).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
patterns = st.builds(
    lambda text, flags: re.compile(re.escape(text) or "x", flags),
    st.text("abc中", max_size=3),
    st.sampled_from([re.I, re.I | re.M, re.S, re.NOFLAG if hasattr(re, "NOFLAG") else re.RegexFlag(0)]),
)
points = st.builds(lambda x, y: Geo.Point(x, y), st.integers(-180, 180), st.floats(-90, 90))
geometries = st.one_of(
    points,
    st.lists(points, min_size=2, max_size=3).map(lambda made: Geo.LineString(made)),
    st.lists(points, min_size=1, max_size=3).map(lambda made: Geo.MultiPoint(made)),
    st.lists(points, min_size=2, max_size=3).map(lambda made: Geo.Polygon([Geo.LineString([*made, made[0]])])),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts, dates, patterns)
# In lists and operands of an update Node loses these: a listed difference.
special = st.one_of(
    geometries,
    st.integers(0, 2**40).map(lambda offset: serverDate({"offset": offset})),
    texts.filter(bool).map(lambda text: RegExp({"regexp": text, "options": "i"})),
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
        max_leaves=6,
    )


values = nested(st.one_of(scalars, special))
plain = nested(scalars)
documents = st.dictionaries(names, values, min_size=1, max_size=4)

# Conditions


def _nonempty(value: Any) -> bool:
    """Without empty objects, which vanish in Node."""
    if isinstance(value, dict):
        return bool(value) and all(map(_nonempty, value.values()))
    return not isinstance(value, list) or all(map(_nonempty, value))


def commands(names: str, operand: st.SearchStrategy[Any], owner: Made = _) -> st.SearchStrategy[Any]:
    """One of these commands with an operand."""
    return st.builds(lambda name, value: getattr(owner, name)(value), st.sampled_from(names.split()), operand)


operands = values.filter(_nonempty)
EACH = "eq neq gt gte lt lte"
comparisons = st.one_of(
    commands(EACH, operands),
    commands("in_ nin all", st.lists(operands, max_size=3)),
    commands("size", st.integers(0, 5)),
    commands("exists", st.booleans()),
    commands("mod", st.lists(st.integers(1, 9), min_size=2, max_size=2)),
    commands("geoNear", st.builds(lambda at, d: {"geometry": at, "maxDistance": d, "minDistance": 0}, points, numbers)),
    commands("geoIntersects", st.builds(lambda geometry: {"geometry": geometry}, geometries)),
    commands("elemMatch", st.dictionaries(names, plain.filter(_nonempty), min_size=1, max_size=3)),
)


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    methods = st.sampled_from(["and_", "or_"])
    on_one = st.builds(lambda one, name, more: getattr(one, name)(*more), inner, methods, st.lists(inner, max_size=2))
    return st.one_of(on_one, commands("and_ or_ nor", st.lists(inner, max_size=3)))


logic = st.recursive(comparisons, _joined, max_leaves=4)
chained = st.builds(lambda one, name, n: getattr(one, name)(n), comparisons, st.sampled_from(EACH.split()), operands)
negated = commands("not_", st.one_of(comparisons, patterns))
# Of several or in one condition Node makes one list: a listed difference. So one field at most has logic.
fields = st.dictionaries(names, st.one_of(scalars, special, comparisons, st.lists(scalars, max_size=3)), max_size=3)
objects = st.recursive(
    fields,
    lambda inner: st.dictionaries(names, st.one_of(scalars, comparisons, inner.filter(bool)), max_size=3),
    max_leaves=3,
).filter(_nonempty)
conditions = st.one_of(
    objects,
    st.builds(lambda rest, name, one: {**rest, name: one}, fields, names, st.one_of(logic, chained, negated)),
    commands("and_ or_ nor", st.lists(objects, max_size=3)),
)

# Changes

# Inside of pull Node loses dates of the server and geometries: a listed difference.
simple = st.one_of(commands(EACH, plain), commands("in_", st.lists(plain, max_size=3)))
some = st.lists(st.one_of(scalars, special), max_size=3)
options = st.builds(lambda items, n: {"each": items, "slice": n, "position": 0}, st.lists(plain), st.integers(-3, 3))
changes = st.one_of(
    commands("set max min", plain),
    commands("inc mul", numbers),
    st.sampled_from(["remove", "pop", "shift"]).map(lambda name: getattr(_, name)()),
    commands("push unshift", some),
    commands("push", options),
    commands("addToSet pull", values),
    commands("pullAll", st.lists(values, max_size=3)),
    commands("pull", simple),
    commands("pull", st.dictionaries(names, simple, min_size=1, max_size=2)),
    commands("rename", names),
    commands("bit", st.integers(0, 9).map(lambda n: {"and": n})),
)
updates = st.dictionaries(
    names,
    st.recursive(
        st.one_of(scalars, special, changes, st.lists(values, max_size=2)),
        lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3),
        max_leaves=4,
    ),
    min_size=1,
    max_size=4,
)

# Pipelines

OPERATORS = "add sum eq gt cond ifNull concat and_ not_ in_ literal map year size mergeObjects neq"
expressions = st.recursive(
    st.one_of(plain, st.sampled_from(["$a", "$$b.c"])),
    lambda inner: commands(OPERATORS, st.one_of(inner, st.lists(inner, max_size=2)), agg),
    max_leaves=4,
)
_specs = st.dictionaries(names, expressions, min_size=1, max_size=3)
stages = st.one_of(
    st.tuples(st.sampled_from(["addFields", "project", "group", "bucket", "replaceRoot"]), _specs),
    st.tuples(st.sampled_from(["limit", "skip"]), st.integers(0, 100)),
    st.tuples(st.sampled_from(["count", "unwind", "sortByCount"]), texts),
    st.tuples(st.just("sort"), st.dictionaries(names, st.sampled_from([1, -1]), min_size=1, max_size=3)),
    st.tuples(st.just("match"), conditions),
)
pipelines = st.lists(stages, max_size=4)


def _chain(start: Made, pipeline: list[tuple[str, Any]]) -> Made:
    for name, value in pipeline:
        start = getattr(start, name)(value)
    return start


def test_random_conditions(bench: Bench) -> None:
    _compare(bench, conditions, lambda condition: c.where(condition).get())


def test_random_changes(bench: Bench) -> None:
    _compare(bench, updates, lambda data: c.doc("a").update({"data": data}))


def test_random_documents(bench: Bench) -> None:
    _compare(bench, documents, lambda data: c.add({"data": data}))
    _compare(bench, documents, lambda data: c.doc("a").set({"data": data}))


def test_random_pipelines(bench: Bench) -> None:
    _compare(bench, pipelines, lambda pipeline: _chain(c.aggregate(), pipeline).end())
    lookup = lambda pipeline: {"from": "x", "pipeline": _chain(agg.pipeline(), pipeline).done(), "as": "r"}  # noqa: E731
    _compare(bench, pipelines, lambda pipeline: c.aggregate().lookup(lookup(pipeline)).end())


# What Node loses (longs, ids, decimals, expressions) is a listed difference.
stored_scalars = st.one_of(st.none(), st.booleans(), numbers.filter(lambda n: abs(n) < 2**53), texts, dates)
points_stored = st.tuples(st.integers(-180, 180), st.integers(-90, 90)).map(list)
stored_geometries = st.one_of(
    points_stored.map(lambda at: {"type": "Point", "coordinates": at}),
    st.lists(points_stored, min_size=2, max_size=3).map(lambda at: {"type": "LineString", "coordinates": at}),
    st.lists(points_stored, min_size=2, max_size=3).map(lambda at: {"type": "Polygon", "coordinates": [[*at, at[0]]]}),
    st.lists(points_stored, min_size=1, max_size=3).map(lambda at: {"type": "MultiPoint", "coordinates": at}),
    st.just({"type": "Other", "coordinates": [1, 2]}),
)
stored = st.dictionaries(names, nested(st.one_of(stored_scalars, stored_geometries)), max_size=4)


def test_random_documents_that_come_back(bench: Bench) -> None:
    def answers(found: dict[str, Any]) -> dict[str, Any]:
        canonical = ejson.dumps(ejson.encode(found, "the document"))
        data = {"data": {"list": [canonical, canonical]}}
        return {"getDocument": data, "aggregateDocuments": data}

    for call in (c.get(), c.doc("a").get(), c.aggregate().end()):
        _compare(bench, stored, lambda found, call=call: call, answers)


def _compare(bench: Bench, drawn: st.SearchStrategy[Any], call: Any, answers: Any = lambda value: None) -> None:
    calls = 0
    with bench.variables():
        instances = bench.instances()

        @thorough
        @given(value=drawn)
        def one(value: Any) -> None:
            nonlocal calls
            calls += 1
            exchanges = run(bench, instances, call(value), answers=answers(value))
            assert not exchanges[0].outcome.failed, exchanges[0].outcome
            assert_same_bodies(exchanges)
            assert_same_outcome(exchanges)

        one()
    assert calls >= EXAMPLES
