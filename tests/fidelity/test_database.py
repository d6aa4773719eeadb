"""Every operation of the database through Node and both clients: the same bodies, the same outcomes."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest

from cloudpy import UNDEFINED
from cloudpy._database.aggregate import _OPERATORS
from tests.peer.bench import Bench, Exchange, assert_same_outcome, assert_same_request
from tests.peer.database import Geo, RegExp, _, agg, assert_same_bodies, db, run, serverDate
from tests.peer.tagging import Made

DATE = datetime(2020, 9, 13, 12, 26, 40, 123000, timezone.utc)
SQUARE = Geo.LineString([Geo.Point(0, 0), Geo.Point(3, 2), Geo.Point(2, 3), Geo.Point(0, 0)])
c = db.collection("t")

VALUES = {
    "int": 1,
    "long": 2**40,
    "negative": -(2**31) - 1,
    "double": 1.5,
    "small": 5e-324,
    "large": 1e300,
    "tiny": 1e-7,
    "beyond long": 1e19,
    "integral": 4.0,
    "long of JavaScript": [2.0**53, -(2.0**60), 1767225600000787712.0, 2.0**63 - 1024, -(2.0**63)],
    "minus zero": -0.0,
    "infinity": float("inf"),
    "minus infinity": float("-inf"),
    "not a number": float("nan"),
    "text": '中\u2028\ud800"\\\n\x7f\x00',
    "bool": [True, False, None],
    "undefined": {"a": UNDEFINED, "b": [UNDEFINED]},
    "not there": UNDEFINED,
    "date": DATE,
    "old date": datetime(1900, 1, 1, tzinfo=timezone.utc),
    "regular expression": re.compile("^x", re.I | re.M | re.S),
    "made": RegExp({"regexp": "a", "options": "i"}),
    "server date": serverDate(),
    "server date later": serverDate({"offset": 31_536_000_000}),
    "point": Geo.Point(113.5, 23),
    "line": SQUARE,
    "polygon": Geo.Polygon([SQUARE]),
    "points": Geo.MultiPoint([Geo.Point(1, 2)]),
    "lines": Geo.MultiLineString([SQUARE]),
    "polygons": Geo.MultiPolygon([Geo.Polygon([SQUARE])]),
    "by hand": {"$date": 5, "x": {"$oid": "5f0c0c0c0c0c0c0c0c0c0c0c"}},
    "nested": {"a": {"b": [{}, [], {"c": [1]}]}, "": 1, "$x.y": 2},
}
CHANGES: dict[str, Any] = {
    "values": VALUES,
    "nested": {"a": {"b": 1, "c": _.inc(2), "d": {"e": [1, {"f": 1}]}}},
    "raw": {"a": 1, "$inc": {"q": 1}, "b": _.inc(1), "$set": {"c": 2}},
    "numbers": {"a": _.inc(1), "b": _.mul(1.5), "c": _.max(3), "d": _.min(DATE), "e": _.bit({"and": 5})},
    "set": {"a": _.set({"b": {"c": 1}}), "b": _.set(None), "c": _.set([DATE])},
    "remove": {"a": _.remove(), "b": {"c": _.remove()}, "d": _.rename("e.f")},
    "push": {"a": _.push(1), "b": _.push(1, 2), "c": _.push([1, DATE]), "d": _.push(), "e": _.push({"x": 1})},
    "push with options": {"a": _.push({"each": [1, 2], "slice": 3, "sort": {"x": -1}, "position": 0})},
    "lists": {"a": _.pop(), "b": _.shift(), "c": _.unshift(1, 2), "d": _.unshift([3]), "e": _.pullAll([1, 2])},
    "addToSet": {"a": _.addToSet(3), "b": _.addToSet([3]), "c": _.addToSet({"$each": [3, 4]})},
    "pull": {"a": _.pull(3), "b": _.pull({"x": 1}), "c": _.pull(_.gte(3)), "d": _.pull({"x": _.gt(3)})},
    "undefined": {"a": _.inc(UNDEFINED), "b": _.set(UNDEFINED), "c": _.push(UNDEFINED), "d": _.max(UNDEFINED)},
    "undefined in a list": {"a": _.addToSet(UNDEFINED), "b": _.pull({"x": _.gt(UNDEFINED)}), "c": _.pull(UNDEFINED)},
    "undefined within": {
        "a": _.push({"each": [{"x": UNDEFINED}]}),
        "b": _.set([{"x": UNDEFINED}]),
        "c": _.set({"x": UNDEFINED, "y": [{"z": UNDEFINED}]}),
        "d": _.max([{"x": UNDEFINED}]),
        "e": _.addToSet({"$each": [{"x": UNDEFINED}]}),
        "f": _.unshift({"x": UNDEFINED}),
        "g": _.push([{"x": UNDEFINED}]),
        "h": _.push({"x": UNDEFINED}),
        "i": [{"x": UNDEFINED}],
        "j": _.pullAll([{"x": UNDEFINED}]),
        "k": _.pull({"x": UNDEFINED, "y": 1}),
        "l": _.addToSet({"x": UNDEFINED}),
        "n": _.push({"each": [[{"x": UNDEFINED}], UNDEFINED]}),
    },
    "pull from a list": {"a": _.pull(_.in_([1, DATE])), "b": _.pull([1])},
}
CONDITIONS: dict[str, Any] = {
    "values": {key: value for key, value in VALUES.items() if key != "nested"},
    "nested": {"a": {"b": {"c": 1, "d": [1]}, "$gt": 5}, "e": {"f": _.gt(1), "g": _.or_(_.gt(1), _.lt(0))}},
    "dotted twice": {"a.b": 1, "a": {"b": 2}},
    "comparisons": {name: getattr(_, name)(5) for name in ("eq", "neq", "gt", "gte", "lt", "lte", "size")},
    "of objects": {"a": _.eq({"b": {"c": DATE}}), "d": _.neq([1, {"e": 1}]), "f": _.exists(False)},
    "lists": {"a": _.in_([1, DATE, re.compile("x"), Geo.Point(1, 2)]), "b": _.nin([2]), "c": _.all([3])},
    "lists of conditions": {"a": _.all([_.elemMatch({"x": 1})]), "b": _.in_([_.elemMatch({"x": 1})])},
    "undefined": {"a": _.eq(UNDEFINED), "b": _.gte(UNDEFINED), "c": _.in_([UNDEFINED]), "d": _.exists(UNDEFINED)},
    "undefined within": {
        "a": _.eq([{"x": UNDEFINED}]), "b": _.in_([{"x": UNDEFINED}, [{"x": UNDEFINED}]]), "d": [{"x": UNDEFINED}],
        "c": _.neq({"x": UNDEFINED, "y": [{"z": UNDEFINED}]}), "e": _.all([{"x": UNDEFINED}]),
        "f": _.elemMatch({"x": UNDEFINED, "y": [{"z": UNDEFINED}]}), "g": _.not_(_.eq([{"x": UNDEFINED}])),
        "h": _.gt([{"x": UNDEFINED}]).and_(_.lt([{"x": UNDEFINED}])), "i": _.or_(_.eq({"x": UNDEFINED}), _.eq(1)),
        "j": {"$in": [{"x": UNDEFINED}]},
    },
    "undefined in a logic": {"a": _.gt(UNDEFINED).and_(_.lt(5)), "b": _.not_(_.eq(UNDEFINED))},
    "undefined in objects": _.or_([{"a": _.eq(UNDEFINED)}, {"b": _.neq(UNDEFINED), "c": UNDEFINED}]),
    "mod": {"a": _.mod(4, 1), "b": _.mod([4, 1])},
    "elemMatch": {"a": _.elemMatch({"x": _.gt(1), "y": 2, "z": {"q": 1}}), "b": _.elemMatch(_.gt(1))},
    "and": {"a": _.gt(1).and_(_.lt(5)), "b": _.and_(_.gt(1), _.lt(5)), "c": _.and_([_.gt(1), _.lt(5)])},
    "chained": {"a": _.gt(1).lt(5), "b": _.eq(1).neq(2), "c": _.gte(1).lte(2), "d": _.in_([1]).nin([2])},
    "or": {"a": _.gt(1).and_(_.lt(5)).or_(_.eq(9))},
    "not": {"a": _.not_(_.gt(1)), "b": _.not_(re.compile("x", re.I)), "c": _.not_(_.not_(_.gt(1)))},
    "nor": {"a": _.nor(_.eq(1), _.eq(2)), "b": _.nor([_.exists(True)])},
    "dates joined": {"a": _.or_(_.gt(DATE), re.compile("x"))},
    "on top": _.or_([{"a": 1, "b": {"c": 2}}, _.and_({"x": _.gt(1)}, {"y": 2})]),
    "on top, chained": _.and_([{"a": 1}]).or_({"b": 2}, {"c": 3}),
    "on top, nor": _.nor({"a": 1}, {"b": _.exists(True)}),
    "on top, nothing": _.or_([]),
    "expr": _.expr(agg.gt(["$a", "$b"])),
    "schema": _.jsonSchema({"required": ["z"], "properties": {"z": {"bsonType": "int", "minimum": 3}}}),
    "text": {"$text": _.text({"search": "x", "language": "en", "caseSensitive": True})},
    "raw": {"$or": [{"a": 1}, {"a": {"b": 2}}], "a": {"$gt": 1, "x": 2}, "b": {"$in": [1, DATE]}},
    "near": {"l": _.geoNear({"geometry": Geo.Point(1, 2), "maxDistance": 5, "minDistance": 1.5})},
    "near here": {"l": _.geoNear({"geometry": Geo.Point(1, 2)})},
    "within": {"l": _.geoWithin({"geometry": Geo.Polygon([SQUARE])})},
    "within a circle": {"l": _.geoWithin({"centerSphere": [Geo.Point(1, 2), 0.5]})},
    "within another circle": {"l": _.geoWithin({"centerSphere": [[1, 2], 1]})},
    "touching": {"l": _.geoIntersects({"geometry": Geo.MultiPoint([Geo.Point(1, 2)])})},
    "nothing": {},
    "by the user": {"_openid": "{openid}"},
}  # fmt: skip
STAGES: dict[str, Any] = {
    "match": c.aggregate().match({"a": {"b": _.gt(1)}, "d": DATE}),
    "match on top": c.aggregate().match(_.or_([{"a": 1}, {"b": 2}])),
    "match an expression": c.aggregate().match(_.expr(agg.eq(["$a", 1.5]))),
    "group": c.aggregate().group({"_id": None, "n": agg.sum(1), "l": agg.push("$x")}),
    "numbers": c.aggregate().limit(5).skip(2).sample({"size": 3}),
    "names": c.aggregate().count("n").unwind("$t").sortByCount("$a"),
    "expressions": c.aggregate().sortByCount(agg.size("$a")).unwind({"path": "$a", "preserveNullAndEmptyArrays": True}),
    "sort": c.aggregate().sort({"b": -1, "a": 1}),
    "project": c.aggregate().project({"a": 1, "b": {"c": agg.cond({"if": True, "then": 1.5, "else": DATE})}}),
    "addFields": c.aggregate().addFields({"x": agg.and_(["$a", {"$literal": 1}]), "y": agg.not_(["$b"])}),
    "buckets": c.aggregate().bucket({"groupBy": "$a", "boundaries": [0, 5], "default": "x"}).bucketAuto({"buckets": 2}),
    "replaceRoot": c.aggregate().replaceRoot({"newRoot": agg.mergeObjects(["$a", "$b"])}),
    "lookup": c.aggregate().lookup({"from": "x", "localField": "a", "foreignField": "b", "as": "r"}),
    "lookup with a pipeline": c.aggregate().lookup({
        "from": "x",
        "let": {"a": "$a"},
        "pipeline": agg.pipeline().match(_.expr(agg.eq(["$a", "$$a"]))).sort({"a": 1}).limit(3).done(),
        "as": "r",
    }),
    "geoNear": c.aggregate().geoNear({
        "distanceField": "d", "near": Geo.Point(1, 2), "query": {"a": _.gt(1)}, "spherical": True, "maxDistance": 1.5,
    }),
    "nothing": c.aggregate(),
}  # fmt: skip
CALLS: dict[str, Made] = {
    "get": c.get(),
    "get of a choice": c.where({"a": 1}).orderBy("a", "desc").orderBy("b.c", "asc").skip(3).limit(7).get(),
    "get sorted again": c.orderBy("a", "asc").orderBy("b", "asc").orderBy("a", "desc").get(),
    "get of a second condition": c.where({"a": 1}).where({"b": 2}).get(),
    "get of 0": c.limit(0).skip(0).get(),
    "get of too many": c.limit(5000).get(),
    "get of less than nothing": c.limit(-1).skip(-1).get(),
    "get of fields": c.field({"a": True, "b": False, "c": 1, "d": 0, "e": 5, "f": -1, "g": 1.5, "h": None}).get(),
    "get of parts": c.field({"a": _.project.slice([1, 2]), "b": _.project.elemMatch({"x": 1})}).get(),
    "get of a document": c.doc("a").get(),
    "get of a number": c.doc(5).field({"a": True}).get(),
    "get of a fraction": c.doc(1.5).get(),
    "get of an empty id": c.doc("").get(),
    "count": c.count(),
    "count of a choice": c.where({"a": 1}).count(),
    "add": c.add({"data": VALUES}),
    "add with an id": c.add({"data": {"_id": "x"}}),
    "add an empty one": c.add({"data": {}}),
    "add many": c.add({"data": [{"a": 1}, {}, {"b": DATE}]}),
    "add none": c.add({"data": []}),
    "set": c.doc("a").set({"data": VALUES}),
    "set a number": c.doc(5).set({"data": {"a": {"b": {}}}}),
    "update": c.doc("a").update({"data": {"a": 1}}),
    "update a choice": c.where({"a": 1}).update({"data": {"a": 1}}),
    "update one": c.where({"a": 1}).update({"data": {"a": 1}, "multi": False}),
    "update many": c.where({"a": 1}).update({"data": {"a": 1}, "multi": True}),
    "update all": c.update({"data": {"a": 1}}),
    "remove": c.doc("a").remove(),
    "remove a choice": c.where({"a": 1}).remove(),
    "remove one": c.where({"a": 1}).remove({"multi": False}),
    "remove all": c.remove(),
    "create": db.createCollection("x"),
    **{f"where {name}": c.where(condition).get() for name, condition in CONDITIONS.items()},
    **{f"change {name}": c.doc("a").update({"data": changes}) for name, changes in CHANGES.items()},
    **{f"aggregate {name}": stages.end() for name, stages in STAGES.items()},
}  # fmt: skip


def ask(
    bench: Bench, call: Made, *options: Any, init: dict[str, Any] | None = None, answers: Any = None
) -> list[Exchange]:
    with bench.variables():
        return run(bench, bench.instances(init), call, options, answers)


@pytest.mark.parametrize("name", CALLS)
def test_every_operation(bench: Bench, name: str) -> None:
    exchanges = ask(bench, CALLS[name])
    if name == "where near here":  # a difference: see test_differences_database.py
        assert_same_outcome(exchanges)
        return
    assert_same_bodies(exchanges)
    assert_same_outcome(exchanges)
    assert not exchanges[0].outcome.failed
    assert_same_request(exchanges)


def test_every_operator_of_aggregation(bench: Bench) -> None:
    assert 92 == len(_OPERATORS)
    call = c.aggregate().project({name: getattr(agg, name)(["$a", 1]) for name in sorted(_OPERATORS)}).end()
    exchanges = ask(bench, call)
    assert_same_bodies(exchanges)
    assert not exchanges[0].outcome.failed
