"""Conditions, changes and pipelines as they are encoded, and the names that are wrong. Nothing is sent here."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._database import query
from cloudpy._database.aggregate import _OPERATORS
from cloudpy._database.base import public_names
from cloudpy._database.database_command import command as _
from cloudpy._database.values import Geo
from cloudpy.errors import CloudSDKError

agg = _.aggregate
NODE = (
    "eq neq gt gte lt lte in nin all elemMatch exists size mod geoNear geoWithin geoIntersects and nor or not set"
    " remove inc mul push pull pullAll pop shift unshift addToSet rename bit max min expr jsonSchema text aggregate"
    " project"
).split()


def test_the_commands_are_those_of_node() -> None:
    assert sorted(f"{name}_" if name in ("in", "and", "or", "not") else name for name in NODE) == public_names(type(_))
    assert 92 == len(_OPERATORS)
    assert set(dir(agg)) > _OPERATORS


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: getattr(_, "in"), "'in' is a Python keyword: use _.in_"),
        (lambda: getattr(_, "and"), "use _.and_"),
        (lambda: _.incr(1), "db.command has no 'incr'; did you mean 'inc'?"),
        (lambda: _.ne(1), "did you mean"),
        (lambda: _.gt(1).exists(True), "use _.and_(_.gt(…), _.exists(…))"),
        (lambda: _.gt(1).lessThan(5), "has no 'lessThan'"),
        (lambda: getattr(_.gt(1), "or"), "use or_"),
        (lambda: _.gt(1).nor(_.lt(5)), "use _.nor(…) around it"),
        (lambda: _.inc(1).inc(2), "a change of a field has no methods"),
        (lambda: getattr(agg, "not"), "use not_"),
        (lambda: agg.toInt("$a"), "write {'$toInt': …}"),
        (lambda: agg.toString("$a"), "write {'$toString': …}"),
        (lambda: agg.summ(1), "did you mean 'sum'?"),
        (lambda: agg.pipeline().facet({}), "the stage 'facet' is missing"),
        (lambda: agg.pipeline().macth({}), "did you mean 'match'?"),
        (lambda: _.project.slic(1), "did you mean 'slice'?"),
        (lambda: Geo().point(1, 2), "did you mean 'Point'?"),
    ],
)
def test_a_wrong_name_says_which_was_meant(wrong: Any, says: str) -> None:
    with pytest.raises(AttributeError, match=re.escape(says)):
        wrong()


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: query.encode_condition({"a": _.inc(1)}), "a is _.inc(…), which is a change for update()"),
        (lambda: query.encode_condition({"a": [_.gt(1)]}), "a[0] is _.gt(…)"),
        (lambda: query.encode_condition({"a": _.eq({"b": _.gt(1)})}), "a.b is _.gt(…)"),
        (lambda: query.encode_condition({"a": _.elemMatch(_.or_(_.gt(1), _.lt(0)))}), "_.or_(…) cannot stand at a"),
        (lambda: query.encode_condition({"a": _.elemMatch(_.gt(1).gt(2))}), "_.and_(…) cannot stand at a"),
        (lambda: query.encode_condition({"a": _.not_(_.gt(1), _.lt(2))}), "_.not_ takes one condition, got 2"),
        (lambda: query.encode_condition({"a": datetime(2020, 1, 1)}), "a is a datetime without a time zone"),
        (lambda: query.encode_condition({1.5: 1}), "keys of an object"),
        (lambda: query.encode_condition(_.and_({"a": 1}, 5)), "查询参数必须为对象"),
        (lambda: query.encode_update({"a": _.gt(1)}), "a is _.gt(…), which is a condition for where()"),
        (lambda: query.encode_update({"a": _.set({"b": _.inc(1)})}), "a.b is _.inc(…)"),
        (lambda: query.encode_update({"$set": 5, "a": 1}), "$set must be an object"),
        (lambda: _.geoNear({"geometry": 5}), '"geometry" must be of type Point. Received type number'),
        (lambda: _.geoNear(), '"geometry" must be of type Point. Received type undefined'),
        (lambda: _.geoNear(geometry=Geo.Point(1, 2), maxDistanse=5), "did you mean 'maxDistance'?"),
        (lambda: _.push(1, each=[1]), "not both"),
        (lambda: agg.pipeline().geoNear({"near": [1, 2]}), "near must be a db.Geo.Point"),
        (lambda: agg.pipeline().match(5), "查询参数必须为对象"),
        (lambda: agg.pipeline().addFields({"a": b""}), "addFields.a is bytes"),
        (lambda: agg.pipeline().addFields({"a": _.gt(1)}), "addFields.a is _.gt(…)"),
    ],
)
def test_what_cannot_be_encoded_says_why(build: Any, says: str) -> None:
    with pytest.raises(CloudSDKError, match=re.escape(says)) as raised:
        build()
    assert -1 == raised.value.errCode


def test_keywords_are_options() -> None:
    assert _.push({"each": [1], "slice": 2}) == _.push(each=[1], slice=2)
    point = Geo.Point(1, 2)
    assert _.geoNear({"geometry": point, "maxDistance": 5}) == _.geoNear(geometry=point, maxDistance=5)
    lookup = {"from": "x", "localField": "a", "foreignField": "b", "as": "r"}
    by_keywords = agg.pipeline().lookup(from_="x", localField="a", foreignField="b", as_="r")
    assert agg.pipeline().lookup(lookup).done() == by_keywords.done()


def test_a_pipeline_is_taken_as_it_is() -> None:
    inner = agg.pipeline().match({"a": 1})
    assert agg.pipeline().lookup({"pipeline": inner}).done() == agg.pipeline().lookup({"pipeline": inner.done()}).done()


def test_nothing_that_is_given_is_changed() -> None:
    conditions = [_.lt(5)]
    _.gt(1).and_(conditions)
    assert [_.lt(5)] == conditions
    condition = {"a": {"b": 1}, "$or": [{"c": _.gt(1)}]}
    query.encode_condition(condition)
    query.encode_update({"a": {"b": 1}})
    assert {"a": {"b": 1}, "$or": [{"c": _.gt(1)}]} == condition


def test_commands_can_be_used_again_at_other_fields() -> None:
    one = _.gt(1).lt(5)
    first, second = query.encode_condition({"a": one}), query.encode_condition({"b": one})
    assert {"$and": [{"a": {"$gt": {"$numberInt": "1"}}}, {"a": {"$lt": {"$numberInt": "5"}}}]} == first
    assert second == query.encode_condition({"b": _.and_(_.gt(1), _.lt(5))})


def test_a_command_shows_how_it_was_made() -> None:
    assert "_.and_(_.gt(1), _.or_(_.eq('x'), _.exists(False)))" == repr(_.gt(1).and_(_.eq("x").or_(_.exists(False))))
    assert "_.inc(1)" == repr(_.inc(1))


_names = st.text("abc", min_size=1, max_size=2)


@given(st.recursive(st.integers(0, 9), lambda inner: st.dictionaries(_names, inner, max_size=3), max_leaves=6))
def test_no_part_of_a_condition_gets_lost(value: Any) -> None:
    # Put together again from its dotted keys, the condition is what it was.
    tree = query.encode_condition({"x": value})
    again: dict[str, Any] = {}
    for path, item in tree.items():
        *outer, last = path.split(".")
        target = again
        for key in outer:
            target = target.setdefault(key, {})
        target[last] = item
    assert again == _numbers({"x": value})


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    return {"$numberInt": str(value)}


def test_dates_keep_their_zone_out_of_the_way() -> None:
    assert query.encode_condition({"a": datetime(2020, 1, 1, tzinfo=timezone.utc)}) == {
        "a": {"$date": {"$numberLong": "1577836800000"}}
    }
