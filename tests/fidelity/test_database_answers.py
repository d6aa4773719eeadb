"""What the database answers, through Node and both clients: documents, errors, refusals, options."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fidelity.test_database import ask, c
from tests.peer.answers import JSON_ERROR
from tests.peer.bench import CREDENTIALS, ENV, Bench, Exchange, assert_same_outcome
from tests.peer.database import Geo, RegExp, _, agg, db
from tests.peer.recorder import Answer
from tests.peer.tagging import CURRENT_ENV, Made

DOCUMENTS = [
    '{"a":{"$numberInt":"1"},"b":{"$numberLong":"1099511627776"},"c":{"$numberDouble":"1.5"},"d":2,"e":2.5}',
    '{"a":{"$numberDouble":"1.0"},"b":{"$numberDouble":"-0.0"},"c":{"$numberDouble":"1e300"}}',
    '{"a":{"$date":{"$numberLong":"1600000000123"}},"b":{"$date":1600000000123},"c":{"$date":"2020-09-13T12:26:40.123Z"}}',
    '{"a":{"$date":{"$numberLong":"-2208988800000"}},"b":{"$date":"2020-09-13T20:26:40.1+08:00"}}',
    '{"a":null,"b":true,"c":"x","d":[],"e":{},"f":[{"g":[1,{"h":null}]}],"":1}',
    '{"a":{"$undefined":true},"b":{"$tcb_server_date":{"offset":5}},"c":{"$unknown":1,"d":2}}',
    '{"a":{"type":"Point","coordinates":[113.5,23]},"b":[{"type":"Point","coordinates":[1,2,3],"more":1}]}',
    '{"a":{"type":"LineString","coordinates":[[1,2],[3,4]]},"b":{"type":"MultiPoint","coordinates":[[1,2]]}}',
    '{"a":{"type":"Polygon","coordinates":[[[0,0],[3,2],[2,3],[0,0]]]}}',
    '{"a":{"type":"Polygon","coordinates":[[[0,0],[3,2],[2,3]]]},"b":{"type":"Point","coordinates":"x"}}',
    '{"a":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]},"b":{"type":"Other","coordinates":[1,2]}}',
    '{"a":{"type":"MultiPolygon","coordinates":[[[[0,0],[3,2],[2,3],[0,0]]]]}}',
    '{"type":"Point","coordinates":[1,2],"in":{"type":"Point","coordinates":[1,2]}}',
    '{"a":{"type":{"$numberInt":"1"},"coordinates":[1]},"b":{"type":"Point"}}',
    '{"\\u4e2d":"\\ud83d\\ude00\\u2028","a.b":1,"$c":2}',
]
CODES = (
    "DATABASE_REQUEST_FAILED DATABASE_INVALID_OPERRATOR DATABASE_PERMISSION_DENIED DATABASE_COLLECTION_EXCEED_LIMIT"
    " DATABASE_COLLECTION_NOT_EXIST INVALID_PARAM EXCEED_REQUEST_LIMIT INVALIID_ENV DATABASE_TRANSACTION_CONFLICT"
    " DATABASE_TRANSACTION_FAIL DATABASE_DUPLICATE_WRITE DATABASE_TIMEOUT INVALID_ENV SIGN_PARAM_INVALID SYS_ERR Odd"
).split()
OPERATIONS: dict[str, tuple[Made, str]] = {
    "collection.get": (c.where({"a": 1}).get(), "getDocument"),
    "collection.count": (c.count(), "calculateDocument"),
    "collection.add": (c.add({"data": {"a": 1}}), "insertDocument"),
    "collection.update": (c.where({"a": 1}).update({"data": {"a": 1}}), "modifyDocument"),
    "collection.remove": (c.where({"a": 1}).remove(), "removeDocument"),
    "document.get": (c.doc("a").get(), "getDocument"),
    "document.set": (c.doc("a").set({"data": {"a": 1}}), "modifyDocument"),
    "document.update": (c.doc("a").update({"data": {"a": 1}}), "modifyDocument"),
    "document.remove": (c.doc("a").remove(), "removeDocument"),
}
# The same text, as an error with an errCode in Node: compared whole.
REFUSED: dict[str, Made] = {
    "set nothing": c.doc("a").set(),
    "set without data": c.doc("a").set({}),
    "set a list": c.doc("a").set({"data": []}),
    "set null": c.doc("a").set({"data": None}),
    "set an empty object": c.doc("a").set({"data": {}}),
    "set an id": c.doc("a").set({"data": {"_id": 1}}),
    "set without an id": c.doc("").set({"data": {"a": 1}}),
    "set the id 0": c.doc(0).set({"data": {"a": 1}}),
    "set a change": c.doc("a").set({"data": {"a": [{"b": _.inc(1)}]}}),
    "update nothing": c.doc("a").update(),
    "update without data": c.doc("a").update({}),
    "update a text": c.doc("a").update({"data": "x"}),
    "update an id": c.doc("a").update({"data": {"_id": 1, "a": 1}}),
    "update a choice without data": c.where({"a": 1}).update({}),
    "update a choice by a text": c.where({"a": 1}).update({"data": "x"}),
    "update a choice by nothing": c.where({"a": 1}).update({"data": {}}),
    "update the ids of a choice": c.where({"a": 1}).update({"data": {"_id": 1}}),
    "fields of null": c.doc("a").field(None),
    "fields in a text": c.doc("a").field("x"),
}
# Thrown by Node's builders without an errCode; ours have one, and the same text first.
BUILT: dict[str, Made] = {
    "no collection": db.collection(None),
    "a collection without a name": db.collection(""),
    "a document of a list": c.doc([]),
    "a document of null": c.doc(None),
    "a document of true": c.doc(True),
    "a condition that is a text": c.where("x"),
    "a condition that is null": c.where(None),
    "a condition that is a list": c.where([]),
    "a condition without a field": c.where(_.gt(1)),
    "conditions without a field": c.where(_.or_(_.gt(1), _.lt(2))),
    "a limit that is a text": c.limit("5"),
    "a limit that is a fraction": c.limit(1.5),
    "a limit that is true": c.limit(True),
    "an offset that is null": c.skip(None),
    "an order that is none": c.orderBy("a", "ASC"),
    "a regular expression of nothing": RegExp({}),
    "a circle that is none": c.where({"a": _.geoWithin({"centerSphere": [1, 2]})}),
    "a circle outside": c.where({"a": _.geoWithin({"centerSphere": [[200, 2], 1]})}),
    "a point of texts": Geo.Point("1", "2"),
    "a point too far east": Geo.Point(181, 0),
    "a point too far north": Geo.Point(0, 91),
    "a line of a text": Geo.LineString("x"),
    "a line of one point": Geo.LineString([Geo.Point(1, 2)]),
    "a line of numbers": Geo.LineString([1, 2]),
    "an area of a number": Geo.Polygon(5),
    "an area of nothing": Geo.Polygon([]),
    "an open area": Geo.Polygon([Geo.LineString([Geo.Point(1, 2), Geo.Point(3, 4)])]),
    "no points": Geo.MultiPoint([]),
    "no lines": Geo.MultiLineString([]),
    "no areas": Geo.MultiPolygon([]),
    "near no point": c.where({"a": _.gt(1).geoNear({"geometry": 5})}),
    "near by a text": c.where({"a": _.gt(1).geoNear({"geometry": Geo.Point(1, 2), "maxDistance": "x"})}),
    "touching nothing": c.where({"a": _.gt(1).geoIntersects({"geometry": {}})}),
    "a pipeline that is sent": agg.pipeline().end(),
}  # fmt: skip


@pytest.mark.parametrize("text", DOCUMENTS)
@pytest.mark.parametrize("call", [c.get(), c.doc("a").get()], ids=["get", "doc.get"])
def test_documents_come_back_the_same(bench: Bench, call: Made, text: str) -> None:
    exchanges = ask(bench, call, answers={"getDocument": {"data": {"list": [text]}}})
    assert not exchanges[0].outcome.failed
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("text", [text for text in DOCUMENTS if "undefined" not in text])
def test_documents_of_an_aggregation_come_back_the_same(bench: Bench, text: str) -> None:
    exchanges = ask(bench, c.aggregate().end(), answers={"aggregateDocuments": {"data": {"list": [text, text]}}})
    assert not exchanges[0].outcome.failed
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_error_of_every_operation(bench: Bench, name: str, code: str) -> None:
    call, action = OPERATIONS[name]
    exchanges = ask(bench, call, answers={action: {"code": code, "message": "中 [ResourceNotFound] m"}})
    assert exchanges[0].outcome.failed
    assert exchanges[0].outcome.errMsg.startswith(f"{name}:fail -50")
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("name", OPERATIONS)
def test_http_errors_and_broken_connections(bench: Bench, name: str) -> None:
    call, action = OPERATIONS[name]
    for answer in (Answer(b"{}", JSON_ERROR, 404, "Not Found"), Answer(b"{}", JSON_ERROR, 503, "Service Unavailable")):
        exchanges = ask(bench, call, answers={action: answer})
        node, *ours = [_without_seq_id(exchange) for exchange in exchanges]
        assert node.startswith(f"{name}:fail -501001 resource system error. {answer.status} ")
        assert [node, node] == ours
    exchanges = ask(bench, call, answers={action: Answer(ending="close")})
    assert exchanges[0].outcome.errMsg == f"{name}:fail -501001 resource system error. socket hang up"
    assert_same_outcome(exchanges)


def _without_seq_id(exchange: Exchange) -> str:
    return str(exchange.outcome.errMsg).partition("seqId=")[0]


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_operations_refuse(bench: Bench, name: str) -> None:
    exchanges = ask(bench, REFUSED[name])
    assert [[], [], []] == [exchange.requests for exchange in exchanges]
    assert exchanges[0].outcome.failed
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("name", BUILT)
def test_what_the_builders_refuse(bench: Bench, name: str) -> None:
    node, *ours = ask(bench, BUILT[name])
    assert node.outcome.failed
    for our in ours:
        assert our.outcome.failed
        assert our.outcome.errMsg.startswith(node.outcome.message)
        assert our.outcome.errCode == -1


@pytest.mark.parametrize("own", [{}, {"throwOnNotFound": False}, {"throwOnNotFound": True}], ids=str)
@pytest.mark.parametrize("init", [{}, {"throwOnNotFound": False}, {"throwOnNotFound": True}], ids=str)
@pytest.mark.parametrize("id", ["a", 5])
def test_a_document_that_is_not_there(bench: Bench, own: dict[str, Any], init: dict[str, Any], id: Any) -> None:
    options = {"env": ENV, **CREDENTIALS, **init}
    exchanges = ask(bench, c.doc(id).get(), own, init=options, answers={"getDocument": {"data": {"list": []}}})
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("own", [{}, {"env": "other"}, {"env": CURRENT_ENV}, {"env": ""}], ids=str)
def test_the_environment(bench: Bench, own: dict[str, Any]) -> None:
    exchanges = ask(bench, c.get(), own)
    node, *ours = [
        (json.loads(each.request.body)["envName"], each.request.query.partition("&seq")[0]) for each in exchanges
    ]
    assert [node, node] == ours


def test_created_or_updated(bench: Bench) -> None:
    for answer in ({"updated": 0, "upsert_id": "a"}, {"updated": 1, "upsert_id": None}, {"updated": 1}, {"updated": 0}):
        exchanges = ask(bench, c.doc("a").set({"data": {"a": 1}}), answers={"modifyDocument": {"data": answer}})
        assert_same_outcome(exchanges)


@pytest.mark.parametrize("ids", [["x"], [5], ["x", "y"]])
def test_the_ids_of_what_was_added(bench: Bench, ids: list[Any]) -> None:
    for data in ({"a": 1}, [{"a": 1}]):
        exchanges = ask(bench, c.add({"data": data}), answers={"insertDocument": {"data": {"insertedIds": ids}}})
        assert_same_outcome(exchanges)
