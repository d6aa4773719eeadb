"""Values of documents: to EJSON and back, and what is refused. Nothing is sent here."""

from __future__ import annotations

import copy
import enum
import json
import pickle
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._database import ejson, ejson_reader
from cloudpy._database.database_command import command as _
from cloudpy._database.values import Geo, Point, regexp, server_date
from cloudpy.errors import CloudSDKError

EAST = timezone(timedelta(hours=8))
DATE = datetime(2020, 9, 13, 20, 26, 40, 123456, EAST)

milliseconds = st.datetimes(timezones=st.just(timezone.utc)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
patterns = st.builds(
    lambda text, flags: re.compile(re.escape(text), flags),
    st.text(max_size=4),
    st.lists(st.sampled_from([re.I, re.M, re.S, re.X])).map(lambda flags: sum(set(flags), re.RegexFlag(0))),
)
points = st.builds(Point, st.floats(-180, 180), st.floats(-90, 90))
lines = st.lists(points, min_size=2, max_size=4).map(Geo.LineString)
geometries = st.one_of(
    points,
    lines,
    st.lists(points, min_size=1, max_size=3).map(Geo.MultiPoint),
    st.lists(lines, min_size=1, max_size=2).map(Geo.MultiLineString),
    st.lists(points, min_size=2, max_size=3).map(lambda ends: Geo.Polygon([Geo.LineString([*ends, ends[0]])])),
)
decimals = st.decimals(allow_nan=False, places=3)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False).filter(lambda number: not number.is_integer() or abs(number) >= 2**63),
    st.text(),
    milliseconds,
    patterns,
    geometries,
    decimals.filter(lambda number: len(number.as_tuple().digits) <= 34),
)
keys = st.text(max_size=5).filter(lambda key: not key.startswith("$") and key not in ("type", "coordinates"))
documents = st.dictionaries(
    keys,
    st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
        max_leaves=8,
    ),
    max_size=5,
)


@given(documents)
def test_what_is_stored_comes_back(document: dict[str, Any]) -> None:
    text = ejson.dumps(ejson.encode(document, "data"))
    assert document == ejson_reader.loads(text, geometries=True)
    json.loads(text)


@given(documents)
def test_what_came_back_is_stored_the_same(document: dict[str, Any]) -> None:
    text = ejson.dumps(ejson.encode(document, "data"))
    assert text == ejson.dumps(ejson.encode(ejson_reader.loads(text, geometries=True), "data"))
    assert text == ejson.dumps(ejson.encode(ejson_reader.loads(text), "data")), "geometries as objects, too"


class Colour(str, enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


@dataclass
class Todo:
    title: str
    tags: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    ("value", "tree"),
    [
        (True, True),
        (1, {"$numberInt": "1"}),
        (1.0, {"$numberInt": "1"}),
        (-0.0, {"$numberInt": "0"}),
        (2**31, {"$numberLong": "2147483648"}),
        (2**53 + 1, {"$numberLong": "9007199254740993"}),
        (-(2**63), {"$numberLong": "-9223372036854775808"}),
        (2.0**63, {"$numberDouble": "9223372036854776000"}),
        (float("nan"), {"$numberDouble": "NaN"}),
        (DATE, {"$date": {"$numberLong": "1600000000123"}}),
        (datetime(1969, 12, 31, 23, 59, 59, 999999, timezone.utc), {"$date": {"$numberLong": "-1"}}),
        (datetime(1, 1, 1, tzinfo=timezone.utc), {"$date": {"$numberLong": "-62135596800000"}}),
        (Decimal("1.10"), {"$numberDecimal": "1.10"}),
        (Decimal("NaN"), {"$numberDecimal": "NaN"}),
        (Colour.RED, "red"),
        (Level.LOW, {"$numberInt": "1"}),
        (Todo("x"), {"title": "x", "tags": []}),
        (OrderedDict(b=1, a=2), {"b": {"$numberInt": "1"}, "a": {"$numberInt": "2"}}),
        ((1, "x"), [{"$numberInt": "1"}, "x"]),
        ({1: "x"}, {"1": "x"}),
        (server_date(offset=5), {"$tcb_server_date": {"offset": {"$numberInt": "5"}}}),
        (server_date({"offset": 5}), {"$tcb_server_date": {"offset": {"$numberInt": "5"}}}),
        (regexp(regexp="x", options="i"), {"$regularExpression": {"pattern": "x", "options": "i"}}),
        (regexp({"regexp": "x"}), {"$regularExpression": {"pattern": "x", "options": ""}}),
        (re.compile("x", re.I | re.X | re.A), {"$regularExpression": {"pattern": "x", "options": "ix"}}),
    ],
    ids=repr,
)
def test_the_form_of_a_value(value: Any, tree: Any) -> None:
    assert tree == ejson.encode(value, "data")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a":{"$date":{"$numberLong":"999999999999999"}}}', {"a": {"$date": 999999999999999}}),
        ('{"a":{"$date":"yesterday"}}', {"a": {"$date": "yesterday"}}),
        ('{"a":{"$numberInt":5}}', {"a": {"$numberInt": 5}}),
        ('{"a":{"$numberDecimal":"x"}}', {"a": {"$numberDecimal": "x"}}),
        ('{"a":{"$oid":"5f0c","b":1}}', {"a": {"$oid": "5f0c", "b": 1}}),
        ('{"a":{"$minKey":1}}', {"a": {"$minKey": 1}}),
        ('{"a":{"$timestamp":{"t":1,"i":2}}}', {"a": {"$timestamp": {"t": 1, "i": 2}}}),
        ('{"a":{"$regularExpression":{"pattern":"(","options":""}}}', {"a": regexp(regexp="(")}),
        ('{"a":{"$regularExpression":{"pattern":"x","options":"u"}}}', {"a": regexp(regexp="x", options="u")}),
        ('{"a":{"$regex":"x","$options":"i"}}', {"a": re.compile("x", re.IGNORECASE)}),
        ('{"a":{"$symbol":"x"},"b":{"$uuid":"u"},"c":{"$undefined":true}}', {"a": "x", "b": "u", "c": None}),
        ('{"a":{"type":"Point","coordinates":[181,0]}}', {"a": {"type": "Point", "coordinates": [181, 0]}}),
        ('{"a":"\\u0001\t"}', {"a": "\1\t"}),
    ],
)
def test_what_has_no_form_here_stays_as_it_is_stored(text: str, value: Any) -> None:
    assert value == ejson_reader.loads(text, geometries=True)


@pytest.mark.parametrize("text", ["", "{", "NaN", '{"a":Infinity}', "[" * 100_000, 5])
def test_what_is_no_document_is_a_value_error(text: Any) -> None:
    with pytest.raises(ValueError):
        ejson_reader.loads(text)


def test_a_value_that_contains_itself_is_refused() -> None:
    value: dict[str, Any] = {}
    value["a"] = [value]
    with pytest.raises(CloudSDKError, match="circular structure"):
        ejson.encode(value, "data")


def test_an_error_names_the_path_and_shows_no_value() -> None:
    with pytest.raises(CloudSDKError, match=r"^data\.user\.tags\[1\] is bytes") as raised:
        ejson.encode({"user": {"tags": ["secret-1", b"secret-2"]}}, "data")
    assert "secret" not in str(raised.value)
    with pytest.raises(CloudSDKError, match=r"^data\.a is _\.gt\(…\)") as raised:
        ejson.encode({"a": _.gt("secret")}, "data")
    assert "secret" not in str(raised.value)


VALUES = [
    Point(1, 2),
    Geo.LineString([Point(1, 2), Point(3, 4)]),
    Geo.MultiPolygon([Geo.Polygon([Geo.LineString([Point(1, 2), Point(3, 4), Point(1, 2)])])]),
    server_date(offset=3),
    regexp(regexp="x", options="i"),
    _.gt(1).and_(_.lt(5)),
    _.push([1, 2]),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_frozen_and_equal_by_their_parts(value: Any) -> None:
    for twin in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert value == twin
        assert type(value) is type(twin)
    name = next(iter(value._fields))
    for change in (lambda: setattr(value, name, 1), lambda: delattr(value, name), lambda: setattr(value, "new", 1)):
        with pytest.raises(AttributeError, match="is immutable"):
            change()
    assert [other for other in VALUES if other == value] == [value]


def test_geometries_say_what_they_are() -> None:
    line = Geo.LineString([Point(1, 2), Point(3, 4.5)])
    assert "LineString((Point(1, 2), Point(3, 4.5)))" == repr(line)
    assert {"type": "LineString", "coordinates": [[1, 2], [3, 4.5]]} == line.toJSON()
    assert (1, 2) == (line.points[0].longitude, line.points[0].latitude)
    assert 1 == len({Point(1, 2), Point(1.0, 2.0)})
    with pytest.raises(CloudSDKError, match="latitude should be a number ranges from -90 to 90, got nan"):
        Point(0, float("nan"))
