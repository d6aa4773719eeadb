"""The wire's actions: fields in, data out; limits, codes and texts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from cloudpy.local.database import DatabaseError, Engine, ejson, perform
from cloudpy.local.database.actions import ACTIONS, OLD


def text(value: Any) -> str:
    return ejson.canonical(value)


class Wire:
    def __init__(self, clock: Any = None) -> None:
        self.engine = Engine(clock=clock) if clock else Engine()
        self.notes: list[str] = []
        self("addCollection")

    def __call__(self, action: str, **fields: Any) -> Any:
        for name in ("query", "order", "projection"):
            if name in fields and not isinstance(fields[name], str):
                fields[name] = text(fields[name])
        return perform(self.engine, f"database.{action}", {"collectionName": "c", **fields}, self.notes.append)

    def add(self, *documents: Any) -> list[Any]:
        ids: list[Any] = self("insertDocument", data=[text(document) for document in documents])["data"]["insertedIds"]
        return ids

    def get(self, **fields: Any) -> list[Any]:
        return [ejson.parse(item) for item in self("getDocument", queryType="WHERE", **fields)["data"]["list"]]

    def fails(self, action: str, **fields: Any) -> tuple[str, str]:
        with pytest.raises(DatabaseError) as caught:
            self(action, **fields)
        return caught.value.code, caught.value.message


@pytest.fixture
def wire() -> Wire:
    return Wire()


def test_ids_are_made_or_kept(wire: Wire) -> None:
    made, own, number = wire.add({"a": 1}, {"_id": "x"}, {"a": 1, "_id": 1600000000123})
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert (own, number) == ("x", 1600000000123)
    assert list(wire.get(query={"_id": number})[0]) == ["_id", "a"], "_id comes first"
    assert wire.fails("insertDocument", data=[text({"_id": "y"}), text({"_id": "x"})]) == (
        "DATABASE_REQUEST_FAILED",
        'E11000 duplicate key error collection: c index: _id_ dup key: { _id: "x" }',
    )
    assert wire.get(query={"_id": "y"}) == [], "all or none"


def test_an_object_id_is_answered_as_its_digits(wire: Wire) -> None:
    hexed = "5f" * 12
    assert wire("insertDocument", data=[f'{{"_id":{{"$oid":"{hexed}"}},"o":{{"$oid":"{hexed}"}}}}'])["data"] == {
        "insertedIds": [hexed]
    }
    for query in (f'{{"_id":{{"$oid":"{hexed}"}}}}', f'{{"o":{{"$oid":"{hexed}"}}}}'):
        assert wire.get(query=query) == [{"_id": hexed, "o": hexed}]
    wire.add({"_id": hexed, "n": 1})
    assert wire.get(query={"_id": hexed}) == [{"_id": hexed, "n": 1}], "the text is another id"


@pytest.mark.parametrize(
    ("stored", "answered"),
    [
        ('{"$numberDouble":"NaN"}', '{"$numberDouble":"NaN"}'),
        ('{"$numberDouble":"-Infinity"}', '{"$numberDouble":"-Infinity"}'),
        ('{"$numberDecimal":"1.5"}', '{"$numberDecimal":"1.5"}'),
        ("null", "null"),
        ("true", True),
        ("1.5", 1.5),
    ],
)
def test_an_answer_is_json_whatever_the_id(wire: Wire, stored: str, answered: Any) -> None:
    inserted = wire("insertDocument", data=[f'{{"_id":{stored}}}'])
    assert json.loads(json.dumps(inserted, allow_nan=False))["data"] == {"insertedIds": [answered]}
    assert wire("calculateDocument", query=f'{{"_id":{stored}}}')["data"] == {"total": 1}
    wire("removeDocument", query={}, multi=True)
    json.dumps(
        wire("modifyDocument", query=f'{{"_id":{stored}}}', data='{"a":1}', merge=False, upsert=True), allow_nan=False
    )


def test_server_dates_are_one_instant_per_request() -> None:
    wire = Wire(clock=lambda: 1600000000.1239)
    date = {"$tcb_server_date": {"offset": 0}}
    later = {"$tcb_server_date": {"offset": 31536000000}}
    wire("insertDocument", data=[text({"_id": "a", "d": date, "l": [{"e": later}]})])
    assert wire("getDocument", queryType="WHERE")["data"]["list"] == [
        '{"_id":"a","d":{"$date":{"$numberLong":"1600000000123"}},'
        '"l":[{"e":{"$date":{"$numberLong":"1631536000123"}}}]}'
    ]
    assert len(wire.get(query={"d": {"$lte": date}})) == 1
    wire("modifyDocument", query=text({}), data=text({"$set": {"x.y": later}}), merge=True, multi=True)
    assert wire.get()[0]["x"]["y"].ms == 1631536000123


def test_set_creates_and_replaces(wire: Wire) -> None:
    def put(data: Any) -> Any:
        fields = {"queryType": "DOC", "multi": False, "merge": False, "upsert": True}
        return wire("modifyDocument", query={"_id": "a"}, data=text(data), **fields)["data"]

    assert put({"n": 1, "o": {"p": 1}}) == {"updated": 0, "upsert_id": "a"}
    assert put({"o": {"q": 1}}) == {"updated": 1, "upsert_id": None}
    assert put({"o": {"q": 1}}) == {"updated": 1, "upsert_id": None}, "matched, not changed"
    assert wire.get() == [{"_id": "a", "o": {"q": 1}}]


def test_update_and_remove_one_or_all(wire: Wire) -> None:
    wire.add(*({"_id": number, "n": 1} for number in range(5)))

    def update(query: Any, **more: Any) -> int:
        fields = {"merge": True, "upsert": False, "multi": True, **more}
        updated: int = wire("modifyDocument", query=query, data=text({"$inc": {"n": 1}}), **fields)["data"]["updated"]
        return updated

    assert update({"n": 1}, multi=False) == 1
    assert update({"n": 1}) == 4
    assert update({"n": 9}) == 0
    assert wire("removeDocument", query={"n": 2}, multi=False)["data"] == {"deleted": 1}
    assert wire("removeDocument", query={"n": 2}, multi=True)["data"] == {"deleted": 4}
    wire.add({"_id": "last"})
    assert wire("removeDocument", query="", multi=True)["data"] == {"deleted": 1}
    assert "had no condition" in wire.notes[0]


def test_update_and_return(wire: Wire) -> None:
    wire.add({"_id": "a", "n": 1})
    data = text({"$set": {"n": 1}})
    assert wire("modifyAndReturnDoc", query={"_id": "a"}, data=data)["data"] == {
        "updated": 1,
        "doc": '{"_id":"a","n":1}',
    }
    assert wire("modifyAndReturnDoc", query={"_id": "b"}, data=data)["data"] == {"updated": 0, "doc": None}


def test_limits_are_those_of_the_cloud_and_said(wire: Wire) -> None:
    wire.add(*({"_id": number} for number in range(1001)))
    assert [len(wire.get(limit=limit)) for limit in (None, 0, 7, 1000, 5000)] == [100, 100, 7, 1000, 1000]
    assert [document["_id"] for document in wire.get(limit=2, offset=999)] == [999, 1000]
    assert len(wire.notes) == 4 and "returned 100 documents and there are more" in wire.notes[0]
    wire.notes.clear()
    stages = [{"stageKey": "$match", "stageValue": "{}"}]
    assert len(wire("aggregateDocuments", stages=stages)["data"]["list"]) == 20
    assert "without a limit stage it returns 20" in wire.notes.pop()
    limited = [*stages, {"stageKey": "$limit", "stageValue": "300"}]
    assert len(wire("aggregateDocuments", stages=limited)["data"]["list"]) == 300
    assert wire("calculateDocument")["data"] == {"total": 1001}
    assert wire.notes == []
    wire("removeDocument", query={"_id": {"$gte": 3}}, multi=True)
    wire("modifyDocument", query={}, data=text({"$set": {"text": "x" * 400_000}}), merge=True, multi=True)
    code, message = wire.fails("getDocument", queryType="WHERE")
    assert code == "DATABASE_REQUEST_FAILED" and "more than 1048576 bytes (1 MB)" in message
    assert len(wire.get(limit=2)) == 2
    huge = {"$set": {"list": ["x" * 2_000_000] * 9}}
    code, message = wire.fails("modifyDocument", query={"_id": 1}, data=text(huge), merge=True)
    assert "more than the 16777216 of the cloud" in message


def test_a_missing_collection_is_not_created(wire: Wire) -> None:
    for action in ACTIONS:
        fields: dict[str, Any] = {"collectionName": "none", "data": text({"$set": {"a": 1}}), "stages": []}
        if action == "database.insertDocument":
            fields["data"] = ["{}"]
        if "Transaction" in action or action == "database.addCollection":
            continue
        code, message = wire.fails(action.partition(".")[2], **fields)
        assert code == "DATABASE_COLLECTION_NOT_EXIST", action
        assert message.startswith("[ResourceNotFound] Db or Table not exist."), action
    assert wire.engine.collections() == {"c": 0}
    assert wire.fails("addCollection")[1].startswith("[ResourceExist]")


@pytest.mark.parametrize("old", sorted(OLD))
def test_old_actions_are_answered_with_a_sentence(wire: Wire, old: str) -> None:
    code, message = wire.fails(old.partition(".")[2])
    assert code == "INVALID_PARAM" and "wx-server-sdk 1.x" in message and OLD[old] in message


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("getDocument", {"limit": -1}, "limit must be a non-negative integer, got -1"),
    ("getDocument", {"offset": 1.5}, "offset must be a non-negative integer"),
    ("getDocument", {"query": "{"}, "query is not valid Extended JSON"),
    ("getDocument", {"query": "[1]"}, "a query must be an object, got array"),
    ("getDocument", {"query": '{"a":{"$date":"soon"}}'}, "query: $date must be"),
    ("getDocument", {"query": '{"a":' * 150 + "1" + "}" * 150}, "more than 100 levels"),
    ("getDocument", {"query": {"a": {"$foo": 1}}}, "unknown operator: $foo"),
    ("getDocument", {"query": {"$foo": []}}, "unknown top level operator: $foo"),
    ("getDocument", {"query": {"a": {"$gt": 1, "b": 2}}}, "unknown operator: b"),
    ("getDocument", {"query": {"$text": {"$search": "x"}}}, "does not know the query operator $text"),
    ("getDocument", {"query": {"a": {"$bitsAllSet": 1}}}, "does not know the query operator $bitsAllSet"),
    ("getDocument", {"query": {"a": {"$regex": "("}}}, "Regular expression is invalid"),
    ("getDocument", {"query": {"a": {"$regex": "[[:alpha:]]"}}}, "does not know POSIX classes"),
    ("getDocument", {"query": {"a": {"$regex": "[[:^digit:]]"}}}, "does not know POSIX classes"),
    ("getDocument", {"query": {"a": {"$regex": "[[:<:]]a"}}}, "does not know POSIX classes"),
    ("getDocument", {"query": {"a": {"$regex": "\\x{110000}"}}}, "Regular expression is invalid"),
    ("getDocument", {"query": {"$expr": {"$foo": 1}}}, "Unrecognized expression '$foo'"),
    ("getDocument", {"query": {"$expr": "$$x"}}, "undefined variable: x"),
    ("getDocument", {"query": {"a": {"$in": 1}}}, "$in needs an array"),
    ("getDocument", {"query": {"a": {"$not": 1}}}, "$not needs a regex"),
    ("getDocument", {"query": {"a": {"$mod": [0, 1]}}}, "divisor cannot be 0"),
    ("getDocument", {"query": {"$or": []}}, "must be a nonempty array"),
    ("getDocument", {"query": {"$jsonSchema": {"format": "date"}}}, "does not know the keyword 'format'"),
    ("getDocument", {"order": {"a": 2}}, "sort key ordering must be 1"),
    ("getDocument", {"order": {"a..b": 1}}, "empty name"),
    ("getDocument", {"order": {"$a": 1}}, "may not start with '$': $a"),
    ("getDocument", {"query": '{"a":{"$numberLong":"123456789012345678901234567890"}}'}, "$numberLong must be"),
    ("getDocument", {"query": '{"a":{"$numberLong":"9223372036854780000"}}'}, "$numberLong must be"),
    ("getDocument", {"projection": {"a": 1, "b": 0}}, "cannot have a mix"),
    ("getDocument", {"projection": {"a": 1, "a.b": 1}}, "Path collision"),
    ("getDocument", {"projection": {"a": {"$meta": "textScore"}}}, "does not know $meta in a projection"),
    ("getDocument", {"projection": '{"$tcb_server_date":{"offset":5}}'}, "a projection must be an object, got date"),
    ("getDocument", {"order": '{"a":{"$tcb_server_date":{"offset":5}}}'}, "sort key ordering must be 1"),
    ("getDocument", {"collectionName": ""}, "collectionName must be a nonempty string"),
    ("getDocument", {"transactionId": "x"}, "Transaction does not exist on the server"),
    ("insertDocument", {"data": "x"}, "data must be a list of strings"),
    ("insertDocument", {"data": ["3"]}, "a document must be an object, got int"),
    ("insertDocument", {"data": ['{"$a":1}']}, "not valid for storage"),
    ("insertDocument", {"data": ['{"_id":[1]}']}, "can't use array for _id"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$facet", "stageValue": "{}"}]}, "does not know the stage $facet"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$foo", "stageValue": "{}"}]}, "Unrecognized pipeline stage"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$limit", "stageValue": "0"}]}, "must be a positive"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$sort", "stageValue": "{}"}]}, "at least one sort key"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$sort", "stageValue": '{"$a":1}'}]}, "may not start with '$'"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$addFields", "stageValue": "{}"}]}, "got an empty one"),
    ("aggregateDocuments", {"stages": [{"stageKey": "$match"}]}, "a query must be an object, got null"),
    ("aggregateDocuments", {"stages": "x"}, "stages must be a list"),
    ("runCommand", {}, "unknown action 'database.runCommand'"),
]
BAD += [
    ("modifyDocument", {"query": {}, "merge": True, "data": text(update)}, message)
    for update, message in [
        ({"a": 1}, "Unknown modifier: a"),
        ({"$foo": {"a": 1}}, "Unknown modifier: $foo"),
        ({"$set": {}}, "'$set' is empty"),
        ({"$set": 1}, "Modifiers operate on fields"),
        ({"$set": {"a..b": 1}}, "contains an empty field name"),
        ({"$set": {"$a": 1}}, "not valid for storage"),
        ({"$set": {"a": {"$b": 1}}}, "not valid for storage"),
        ({"$set": {"n.x": 1}}, "Cannot create field 'x' in element"),
        ({"$set": {"l.x": 1}}, "Cannot create field 'x' in element"),
        ({"$set": {"a": 1, "a.b": 1}}, "would create a conflict at 'a'"),
        ({"$set": {"_id": 2}}, "immutable field '_id'"),
        ({"$inc": {"s": 1}}, "has the field 's' of non-numeric type string"),
        ({"$inc": {"n": "x"}}, "Cannot increment with non-numeric argument"),
        ({"$push": {"n": 1}}, "must be an array but is of type int"),
        ({"$push": {"l": {"$foo": 1}}}, "Unrecognized clause in $push: $foo"),
        ({"$push": {"l": {"$each": 1}}}, "must be an array but it was of type: int"),
        ({"$pop": {"l": 2}}, "expects 1 or -1"),
        ({"$pullAll": {"l": 1}}, "requires an array argument"),
        ({"$bit": {"n": {"nand": 1}}}, "only supports 'and', 'or', and 'xor'"),
        ({"$rename": {"n": "n"}}, "must differ"),
        ({"$rename": {"l.0": "x"}}, "cannot be an array element"),
        ({"$set": {"l.$[x]": 1}}, "does not know $[x]"),
        ({"$set": {"l.$": 1}}, "did not find the match needed"),
        ({"$set": {"l.2000000": 1}}, "can't backfill"),
    ]
]


@pytest.mark.parametrize(("action", "fields", "message"), BAD, ids=[message for _, _, message in BAD])
def test_what_is_wrong_is_said(wire: Wire, action: str, fields: dict[str, Any], message: str) -> None:
    wire.add({"_id": 1, "n": 1, "s": "x", "l": [1]})
    code, found = wire.fails(action, **fields)
    assert message in found
    assert code in ("DATABASE_REQUEST_FAILED", "INVALID_PARAM", "DATABASE_TRANSACTION_FAIL")
    assert wire.get() == [{"_id": 1, "n": 1, "s": "x", "l": [1]}]


def test_a_geo_query_says_that_the_cloud_needs_an_index(wire: Wire) -> None:
    near = {"$nearSphere": {"$geometry": {"type": "Point", "coordinates": [1, 2]}}}
    wire.get(query={"$and": [{"place": near}]})
    assert "a geo query of 'c' by 'place': in the cloud it needs an index" in wire.notes.pop()
    stage = {"near": near["$nearSphere"]["$geometry"], "distanceField": "d", "key": "spot", "spherical": True}
    wire("aggregateDocuments", stages=[{"stageKey": "$geoNear", "stageValue": text(stage)}])
    assert "by 'spot'" in wire.notes.pop()
