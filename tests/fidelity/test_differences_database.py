"""The database's listed differences: what Node does, and what we do instead."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

import cloudpy.sync
from cloudpy import CloudSDKError
from cloudpy._database.query import encode_condition, encode_update
from tests.fidelity.differences import shows
from tests.fidelity.test_database import ask, c
from tests.fidelity.test_database_transactions import CONFLICT, actions
from tests.peer.answers import JSON_ERROR
from tests.peer.bench import CREDENTIALS, Bench, Exchange
from tests.peer.database import Geo, RegExp, _, db, serverDate
from tests.peer.recorder import Answer
from tests.peer.tagging import JavaScript, Made

DATE = datetime(2020, 9, 13, tzinfo=timezone.utc)
SERVER_DATE = {"$tcb_server_date": {"offset": {"$numberInt": "0"}}}
ONE, TWO, THREE, FOUR = ({"$numberInt": str(n)} for n in (1, 2, 3, 4))


def sent(exchange: Exchange, key: str = "query") -> Any:
    """The tree in a request's text."""
    value = json.loads(exchange.request.body)[key]
    if key == "stages":
        return [json.loads(stage["stageValue"]) for stage in value]
    return [json.loads(item) for item in value] if isinstance(value, list) else json.loads(value)


def both(bench: Bench, call: Made, key: str = "query", **more: Any) -> tuple[Any, Any]:
    """What Node sends, and what both of ours send."""
    node, *ours = ask(bench, call, **more)
    first, second = (sent(exchange, key) for exchange in ours)
    assert first == second
    return sent(node, key), first


def where(condition: Any) -> Made:
    return c.where(condition).get()


def change(data: Any) -> Made:
    return c.doc("a").update({"data": data})


@shows("two or in one condition")
def test_two_or(bench: Bench) -> None:
    condition = {"a": _.or_(_.eq(1), _.eq(2)), "b": _.or_(_.eq(3), _.eq(4))}
    node, ours = both(bench, where(condition))
    first, second = [{"a": {"$eq": ONE}}, {"a": {"$eq": TWO}}], [{"b": {"$eq": THREE}}, {"b": {"$eq": FOUR}}]
    assert {"$or": first + second} == node, "true when either is"
    assert {"$or": first, "$and": [{"$or": second}]} == ours


@shows("not of values and objects")
@pytest.mark.parametrize(
    ("condition", "node", "ours"),
    [
        ({"a": _.not_(5)}, {"a": {}}, {"a": {"$not": {"$eq": {"$numberInt": "5"}}}}),
        ({"a": _.not_({"b": 1})}, {"a": {}}, {"a": {"$not": {"$eq": {"b": ONE}}}}),
        (
            {"a": _.not_(_.and_(_.gt(1), _.lt(2)))},
            {"a": {}},
            {"$nor": [{"$and": [{"a": {"$gt": ONE}}, {"a": {"$lt": TWO}}]}]},
        ),
        ({"a": _.not_(_.gt(1).lt(2))}, {"a": {}}, {"$nor": [{"$and": [{"a": {"$gt": ONE}}, {"a": {"$lt": TWO}}]}]}),
        (
            {"a": _.not_(RegExp({"regexp": "x"}))},
            {"a": {}},
            {"a": {"$not": {"$regularExpression": {"pattern": "x", "options": ""}}}},
        ),
        (_.not_({"a": 1}), {"[object Object]": {}}, {"$nor": [{"a": ONE}]}),
    ],
    ids=str,
)
def test_not(bench: Bench, condition: Any, node: Any, ours: Any) -> None:
    assert (node, ours) == both(bench, where(condition))


@shows("dates and geometries inside commands")
@pytest.mark.parametrize(
    ("call", "key", "ours"),
    [
        (change({"a": _.set(serverDate())}), "data", {"$set": {"a": SERVER_DATE}}),
        (change({"a": _.max(serverDate())}), "data", {"$max": {"a": SERVER_DATE}}),
        (change({"a": _.push({"each": [serverDate()]})}), "data", {"$push": {"a": {"$each": [SERVER_DATE]}}}),
        (where({"a": [serverDate()]}), "query", {"a": [SERVER_DATE]}),
        (where({"a": {"$gt": serverDate()}}), "query", {"a": {"$gt": SERVER_DATE}}),
        (where({"a": _.or_(serverDate(), _.gt(1))}), "query", {"$or": [{"a": SERVER_DATE}, {"a": {"$gt": ONE}}]}),
        (c.aggregate().addFields({"a": serverDate()}).end(), "stages", [{"a": SERVER_DATE}]),
        (
            change({"a": _.set(Geo.Point(1, 2))}),
            "data",
            {"$set": {"a": {"type": "Point", "coordinates": [ONE, TWO]}}},
        ),
    ],
    ids=str,
)
def test_dates_and_geometries(bench: Bench, call: Made, key: str, ours: Any) -> None:
    node, found = both(bench, call, key)
    assert ours == found
    assert node != ours


@shows("error codes of the database")
@pytest.mark.parametrize(
    ("call", "name", "action"),
    [
        (c.aggregate().end(), "collection.aggregate", "aggregateDocuments"),
        (db.createCollection("x"), "createCollection", "addCollection"),
        (db.startTransaction(), "startTransaction", "startTransaction"),
        (db.runTransaction(JavaScript("() => 5", lambda _: 5), 0), "transaction.commit", "commitTransaction"),
    ],
    ids=["aggregate", "createCollection", "startTransaction", "runTransaction"],
)
def test_codes(bench: Bench, call: Made, name: str, action: str) -> None:
    answer = {"code": "DATABASE_COLLECTION_NOT_EXIST", "message": "m"}
    node, *ours = ask(bench, call, answers={action: answer})
    assert node.outcome.errCode != -502005
    for our in ours:
        assert f"{name}:fail -502005 database collection not exists. m" == our.outcome.errMsg
        assert -502005 == our.outcome.errCode


@shows("operations outside the transaction")
@pytest.mark.parametrize(
    ("source", "call"),
    [
        ("t.collection('c').where({a: 1}).update({data: {a: 1}})", lambda c: c.where({"a": 1}).update(data={"a": 1})),
        ("t.collection('c').where({a: 1}).remove()", lambda c: c.where({"a": 1}).remove()),
        ("t.collection('c').count()", lambda c: c.count()),
        ("t.collection('c').aggregate().end()", lambda c: c.aggregate().end()),
    ],
    ids=["update", "remove", "count", "aggregate"],
)
def test_outside_the_transaction(bench: Bench, source: str, call: Callable[[Any], Any]) -> None:
    function = JavaScript(f"t => {source}", lambda transaction: call(transaction.collection("c")))
    node, *ours = ask(bench, db.runTransaction(function))
    assert "transactionId" not in json.loads(node.requests[1].body), "Node runs it outside without a word"
    for our in ours:
        assert ["startTransaction", "abortTransaction"] == actions(our)
        assert "it would run outside the transaction" in our.outcome.errMsg


@shows("conflicts inside a transaction")
def test_conflicts_inside(bench: Bench) -> None:
    function = JavaScript(
        "t => t.collection('c').doc('a').update({data: {a: 1}})",
        lambda transaction: transaction.collection("c").doc("a").update(data={"a": 1}),
    )
    updated = {"data": {"updated": 1}}
    node, *ours = ask(bench, db.runTransaction(function), answers={"modifyDocument": [CONFLICT, updated]})
    assert node.outcome.failed
    assert ["startTransaction", "modifyDocument", "abortTransaction"] == actions(node), "it is not retried"
    for our in ours:
        assert not our.outcome.failed
        once = ["startTransaction", "modifyDocument"]
        assert [*once, "abortTransaction", *once, "commitTransaction"] == actions(our)


@shows("created documents in a transaction")
def test_created(bench: Bench) -> None:
    function = JavaScript(
        "t => t.collection('c').doc('a').set({data: {a: 1}})",
        lambda transaction: transaction.collection("c").doc("a").set(data={"a": 1}),
    )
    answers = {"modifyDocument": {"data": {"updated": 0, "upsert_id": "a"}}}
    node, *ours = ask(bench, db.runTransaction(function), answers=answers)
    assert {"updated": 0, "created": 0} == node.outcome.result["stats"]
    for our in ours:
        assert {"updated": 0, "created": 1} == our.outcome.result["stats"]


@shows("commands inside commands")
@pytest.mark.parametrize(
    ("call", "key", "ours"),
    [
        (where({"a": _.elemMatch(_.gt(1).lt(4))}), "query", {"a": {"$elemMatch": {"$gt": ONE, "$lt": FOUR}}}),
        (
            where({"a": _.elemMatch({"x": _.or_(_.eq(1), _.eq(2))})}),
            "query",
            {"a": {"$elemMatch": {"$or": [{"x": {"$eq": ONE}}, {"x": {"$eq": TWO}}]}}},
        ),
        (where({"a": _.elemMatch({"x": _.all([1, 2])})}), "query", {"a": {"$elemMatch": {"x": {"$all": [ONE, TWO]}}}}),
        (
            where({"$or": [{"a": _.gt(1)}, {"b": {"c": _.lt(2)}}]}),
            "query",
            {"$or": [{"a": {"$gt": ONE}}, {"b.c": {"$lt": TWO}}]},
        ),
        (where({"a": {"$elemMatch": {"x": _.gt(1)}}}), "query", {"a": {"$elemMatch": {"x": {"$gt": ONE}}}}),
        (change({"a": _.pull(_.gte(1).lt(3))}), "data", {"$pull": {"a": {"$gte": ONE, "$lt": THREE}}}),
        (
            change({"a": _.pull(_.or_({"x": 1}, {"y": 2}))}),
            "data",
            {"$pull": {"a": {"$or": [{"x": ONE}, {"y": TWO}]}}},
        ),
        (
            c.field({"a": _.project.elemMatch({"x": _.gt(1)})}).get(),
            "projection",
            {"a": {"$elemMatch": {"x": {"$gt": ONE}}}},
        ),
    ],
    ids=str,
)
def test_commands_inside_commands(bench: Bench, call: Made, key: str, ours: Any) -> None:
    node, found = both(bench, call, key)
    assert ours == found
    assert node != ours


@shows("empty objects in conditions and changes")
def test_empty_objects(bench: Bench) -> None:
    assert ({}, {"a": {}}) == both(bench, where({"a": {}}))
    assert ({}, {"a.b": {}}) == both(bench, where({"a": {"b": {}}}))
    assert ({"$set": {"n": ONE}}, {"$set": {"n": ONE, "e": {}}}) == both(bench, change({"e": {}, "n": 1}), "data")


EMPTY_OBJECTS: list[Any] = [
    {"a": {}, "n": 1},
    {"a": {"b": {}}},
    {"a": {"b": {}, "n": 1}, "c": [{}]},
    {"a": {"b": {"c": {}}}},
]


@pytest.mark.parametrize("value", EMPTY_OBJECTS, ids=str)
def test_empty_objects_of_migrated_functions(bench: Bench, value: Any) -> None:
    node, _ = both(bench, where(value))
    assert encode_condition(value, drops_empty=True) == node
    node, _ = both(bench, change(value), "data")
    assert encode_update(value, drops_empty=True) == node


class Level(enum.Enum):
    LOW = 1


@dataclasses.dataclass
class Todo:
    title: str
    due: datetime


class Awaitable:
    def __await__(self) -> Any:
        return iter(())


# What cannot be stored: (a value, what the error says of it).
UNFIT: list[tuple[Any, str]] = [
    (b"\0", "base64"),
    (bytearray(b"x"), "uploadFile"),
    ({1, 2}, "sorted(value)"),
    (frozenset({1}), "sorted(value)"),
    (len, "was a call meant?"),
    (Awaitable(), "write await"),
    (datetime(2020, 1, 1), "astimezone()"),
    (DATE.date(), "isoformat()"),
    (2**63, "64 bits"),
    (-(2**63) - 1, "64 bits"),
    (object(), "which cannot be stored"),
    (Todo, "which cannot be stored"),
    (1j, "which cannot be stored"),
    (re.compile(b"x"), "pattern of bytes"),
    (range(3), "list(value)"),
    (uuid.UUID(int=1), "str(value)"),
    (timedelta(1), "total_seconds()"),
    ({}.values(), "list(value)"),
    (Level.LOW, "value.value"),
    ({1.5: 1}, "keys of an object"),
]


@shows("values that cannot be stored")
@pytest.mark.parametrize(("value", "says"), UNFIT, ids=lambda each: repr(each)[:30].partition(" at 0x")[0])
def test_values_that_cannot_be_stored(value: Any, says: str) -> None:
    todos = cloud().database().collection("todos")
    for call in (
        lambda: todos.add(data={"a": [value]}),
        lambda: todos.doc("a").set(data={"a": [value]}),
        lambda: todos.doc("a").update(data={"a": [value]}),
        lambda: todos.where({"a": [value]}),
    ):
        with pytest.raises(CloudSDKError, match=re.escape(says)) as raised:
            call()
        assert ".a[0]" in raised.value.errMsg or "a[0]" in raised.value.errMsg


def cloud() -> Any:
    return cloudpy.sync.Cloud().createNewInstance(config=None, env="e", serviceUrl="http://127.0.0.1:1", **CREDENTIALS)


def test_bytes_and_what_node_makes_of_them(bench: Bench) -> None:
    node, *ours = ask(bench, c.add({"data": {"a": b"\1\2"}}))
    assert [{"a": {"type": "Buffer", "data": []}}] == sent(node, "data"), "the bytes are lost"
    assert all(our.outcome.failed and not our.requests for our in ours)


@shows("commands as values")
def test_commands_as_values(bench: Bench) -> None:
    stored = c.add({"data": {"a": _.gt(1)}}), c.add({"data": {"a": [_.inc(1)]}})
    for call in (*stored, change({"a": _.gt(1)}), change({"a": [_.inc(1)]})):
        node, *ours = ask(bench, call)
        assert not node.outcome.failed, "Node stores what the command is made of"
        for our in ours:
            assert [] == our.requests
            assert "_." in our.outcome.errMsg


@shows("numbers and ids of documents")
def test_values_that_come_back(bench: Bench) -> None:
    text = (
        '{"long":{"$numberLong":"9007199254740993"},"id":{"$oid":"5f0c0c0c0c0c0c0c0c0c0c0c"},'
        '"decimal":{"$numberDecimal":"1.10"},"bytes":{"$binary":{"base64":"AQI=","subType":"00"}},'
        '"pattern":{"$regularExpression":{"pattern":"^x","options":"i"}}}'
    )
    _node, *ours = ask(bench, c.get(), answers={"getDocument": {"data": {"list": [text]}}})
    for our in ours:
        assert our.outcome.result["data"] == [
            {
                "long": 2**53 + 1,
                "id": "5f0c0c0c0c0c0c0c0c0c0c0c",
                "decimal": Decimal("1.10"),
                "bytes": b"\1\2",
                "pattern": re.compile("^x", re.IGNORECASE),
            }
        ]


@shows("invalid points")
def test_points_that_are_none(bench: Bench) -> None:
    text = '{"a":{"type":"Point","coordinates":[181,0]}}'
    node, *ours = ask(bench, c.get(), answers={"getDocument": {"data": {"list": [text]}}})
    assert "collection.get:fail longitude should be a number ranges from -180 to 180" == node.outcome.errMsg
    for our in ours:
        assert [json.loads(text)] == our.outcome.result["data"]


@shows("add without data")
@pytest.mark.parametrize("options", [[], [{}], [{"title": "x"}], [{"data": "x"}], [{"data": None}], [{"data": [1]}]])
def test_add_without_data(bench: Bench, options: list[Any]) -> None:
    node, *ours = ask(bench, c.add(*options), answers={"insertDocument": {"data": {"insertedIds": ["x"]}}})
    assert node.outcome.failed == (not options), "Node sends null, or what is no object"
    for our in ours:
        assert [] == our.requests
        assert "data" in our.outcome.errMsg


@shows("unknown options of the database")
def test_unknown_options(bench: Bench) -> None:
    node, *ours = ask(bench, c.where({"a": 1}).remove({"mutli": False}))
    assert json.loads(node.request.body)["multi"] is True, "all that match"
    for our in ours:
        assert [] == our.requests
        assert "collection.remove:fail unknown option 'mutli'; did you mean 'multi'?" == our.outcome.errMsg
    _node, *ours = ask(bench, c.get(), {"enw": "x"})
    for our in ours:
        assert "database:fail unknown option 'enw'; did you mean 'env'?" == our.outcome.errMsg


@shows("what count, update and remove ignore")
def test_passed_over(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for call in (c.limit(3).count(), c.orderBy("a", "asc").update({"data": {"a": 1}}), c.skip(3).remove()):
        caplog.clear()
        node, *ours = ask(bench, call)
        for our in ours:
            assert json.loads(node.request.body) == json.loads(our.request.body)
        assert 2 == len([record for record in caplog.records if "ignores" in record.message])


@shows("geoNear changes its argument")
def test_geo_near_leaves_its_argument() -> None:
    database = cloud().database()
    options = {"near": database.Geo.Point(1, 2), "distanceField": "d", "query": {"a": database.command.gt(1)}}
    before = dict(options)
    pipeline = database.collection("t").aggregate()
    assert pipeline.geoNear(options)._stages == pipeline.geoNear(options)._stages
    assert before == options


@shows("mutable pipelines")
def test_pipelines_do_not_change() -> None:
    aggregate = cloud().database().collection("t").aggregate()
    matched = aggregate.match({"a": 1})
    matched.limit(3)
    assert () == aggregate._stages
    assert [("$match", '{"a":{"$numberInt":"1"}}')] == list(matched._stages)


@shows("env of the database")
def test_env_of_the_database(bench: Bench) -> None:
    options = {"env": {"database": "d", "default": "x"}, **CREDENTIALS}
    node, *ours = ask(bench, c.get(), init=options)
    assert {"database": "d", "default": "x"} == json.loads(node.request.body)["envName"]
    assert ["d", "d"] == [json.loads(our.request.body)["envName"] for our in ours]
    _node, *ours = ask(bench, c.get(), init={"env": {"default": "x"}, **CREDENTIALS})
    assert ["x", "x"] == [json.loads(our.request.body)["envName"] for our in ours]


@shows("errors of builders")
def test_errors_of_builders(bench: Bench) -> None:
    node, *ours = ask(bench, c.limit("x"))
    assert {} == node.outcome.json
    for our in ours:
        assert {"errCode": -1, "errMsg": "limitmust be integer, got 'x'"} == our.outcome.json


@shows("invalid responses of the database")
@pytest.mark.parametrize("body", [b"err", b"", b"{}", b"[1]", b'{"data":{}}', b'{"data":{"list":[5]}}'], ids=str)
def test_answers_that_are_not_understood(bench: Bench, body: bytes) -> None:
    answer = Answer(body, JSON_ERROR)
    calls = {
        "collection.get": (c.get(), "getDocument"),
        "collection.count": (c.count(), "calculateDocument"),
        "document.set": (c.doc("a").set({"data": {"a": 1}}), "modifyDocument"),
        "collection.aggregate": (c.aggregate().end(), "aggregateDocuments"),
        "startTransaction": (db.startTransaction(), "startTransaction"),
    }
    for name, (call, action) in calls.items():
        _node, *ours = ask(bench, call, answers={action: answer})
        for our in ours:
            assert -501001 == our.outcome.errCode
            assert our.outcome.errMsg.startswith(f"{name}:fail -501001 resource system error. the answer ")


@shows("nested values of a field")
def test_values_joined_at_a_field(bench: Bench) -> None:
    node, ours = both(bench, where({"a": _.or_(1, 2)}))
    assert ({"$or": [ONE, TWO]}, {"$or": [{"a": ONE}, {"a": TWO}]}) == (node, ours)
    theirs, *others = ask(bench, where({"a": _.or_([{"b": 1}, {"c": 2}])}))
    assert {"$or": [{"b": ONE}, {"c": TWO}]} == sent(theirs), "the field is lost"
    for our in others:
        assert [] == our.requests
        assert "'a.…'" in our.outcome.errMsg


@shows("missing distances")
def test_distances(bench: Bench) -> None:
    condition = {"l": _.or_(_.geoNear({"geometry": Geo.Point(1, 2)}), _.eq(1))}
    node, ours = both(bench, where(condition))
    assert {"$geometry", "$maxDistance", "$minDistance"} == set(node["$or"][0]["l"]["$nearSphere"]), "null, null"
    assert {"$geometry"} == set(ours["$or"][0]["l"]["$nearSphere"])


@shows("text search by a string")
def test_text_searches(bench: Bench) -> None:
    assert ({"$text": {}}, {"$text": {"$search": "x"}}) == both(bench, where({"$text": _.text("x")}))


@shows("invalid fields")
def test_fields_that_are_none(bench: Bench) -> None:
    node, *ours = ask(bench, c.field({"a": "x"}).get())
    assert {} == sent(node, "projection"), "all fields"
    node, *more = ask(bench, c.field("a").get())
    assert {} == sent(node, "projection")
    for our in (*ours, *more):
        assert [] == our.requests
        assert "field" in our.outcome.errMsg


@shows("reasons of a rollback")
def test_reasons(bench: Bench) -> None:
    function = JavaScript("t => t.rollback('because')", lambda transaction: transaction.rollback("because"))
    node, *ours = ask(bench, db.runTransaction(function))
    assert "because" == node.outcome.message, "what is thrown is a text"
    for our in ours:
        assert "runTransaction:fail the transaction was rolled back: 'because'" == our.outcome.errMsg


@shows("aggregation names that exist only in the declarations")
def test_names_in_the_declarations(bench: Bench) -> None:
    with bench.variables():
        instance = bench.instances()["node"]
        node = bench.peer.walk(instance, "database", [], "collection", ["t"], "aggregate", [], "facet", [{}])
    assert "this._aggregate[stage] is not a function" == node["error"]["message"]
    database = cloud().database()
    with pytest.raises(AttributeError, match="missing in the service's SDK"):
        database.collection("t").aggregate().facet({})
    with pytest.raises(AttributeError, match=re.escape("write {'$toInt': …}")):
        database.command.aggregate.toInt("$a")
