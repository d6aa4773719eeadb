"""``wechat.database``: documents before and after, conditions, files, conflicts, and what a failing test shows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.runtime import LoadError
from cloudpy.testing import ANY, ExpectationError, LocalWeChat, StubError, UnexpectedCallError

FINISH = """
import cloudpy as cloud

cloud.init(env="prod-1")


async def main(event, context):
    db = cloud.database()
    _ = db.command
    await db.collection("todos").doc(event["id"]).update(data={"done": True, "at": db.serverDate(), "n": _.inc(1)})
    await db.collection("log").add(data={"id": event["id"], "tags": ["done"]})
    return (await db.collection("todos").where({"done": True}).count())["total"]
"""
MOVE = """
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    db = cloud.database()

    def move(transaction):
        counters = transaction.collection("counters")
        n = counters.doc("a").get()["data"]["n"]
        counters.doc("a").update(data={"n": n + 1})
        return n + 1

    return db.runTransaction(move, event.get("times", 3))
"""


@pytest.fixture
def finish(tmp_path: Path) -> str:
    return folder(tmp_path / "finish", FINISH)


@pytest.fixture
def move(tmp_path: Path) -> str:
    return folder(tmp_path / "move", MOVE)


def folder(path: Path, source: str) -> str:
    path.mkdir()
    (path / "index.py").write_text(source, "utf-8")
    (path / "config.json").write_text("{}")
    return str(path)


def test_documents_before_and_after(wechat: LocalWeChat, finish: str) -> None:
    wechat.database["todos"].add({"_id": "a", "title": "tea", "n": 1}, {"_id": "b", "title": "milk"})
    wechat.database.create("log")
    assert 1 == wechat.invoke(finish, {"id": "a"})
    assert wechat.database["todos"].one({"_id": "a"}) == {
        "_id": "a",
        "title": "tea",
        "n": 2,
        "done": True,
        "at": wechat.clock.now,
    }
    assert "milk" == wechat.database["todos"]["b"]["title"]
    assert wechat.database["log"] == [{"_id": ANY, "id": "a", "tags": ["done"]}]
    assert ["a", "b"] == wechat.database["todos"].ids()
    assert "a" in wechat.database["todos"] and "c" not in wechat.database["todos"]
    assert ["log", "todos"] == list(wechat.database)
    assert "todos" in wechat.database and 2 == len(wechat.database["todos"])


def test_each_test_has_a_database_of_its_own(wechat: LocalWeChat) -> None:
    assert [] == list(wechat.database)
    assert "<Database: no collections>" == repr(wechat.database)


def test_server_dates_are_the_kits(wechat: LocalWeChat, finish: str) -> None:
    wechat.database.load({"todos": [{"_id": "a"}], "log": []})
    wechat.invoke(finish, {"id": "a"})
    first = wechat.database["todos"]["a"]["at"]
    wechat.clock.advance(minutes=6)
    wechat.invoke(finish, {"id": "a"})
    assert timedelta(minutes=6) == wechat.database["todos"]["a"]["at"] - first


def test_conditions_are_those_of_where(wechat: LocalWeChat) -> None:
    cloud = cloudpy.sync.Cloud().createNewInstance(env="e", config=None)
    db = cloud.database()
    _ = db.command
    todos = wechat.database["todos"]
    due = datetime(2026, 1, 1, tzinfo=timezone.utc)
    todos.add({"_id": 1, "n": 1, "due": due, "at": db.Geo.Point(1, 2)}, {"_id": 2, "n": 5, "o": {"p": 1}})
    assert [1] == [todo["_id"] for todo in todos.find({"n": _.lt(5)})]
    assert [2] == [todo["_id"] for todo in todos.find({"o": {"p": 1}})]
    assert todos.one({"due": _.gte(due)})["at"] == db.Geo.Point(1, 2)
    todos.clear()
    assert [] == todos.find()


def test_documents_that_are_missing_are_shown(wechat: LocalWeChat) -> None:
    todos = wechat.database["todos"]
    todos.add({"_id": "a"}, {"_id": "b"})
    with pytest.raises(
        AssertionError, match=r"0 documents in 'todos' match \{'_id': 'c'\}, expected one; there are \{'_id': 'a'\}"
    ):
        todos.one({"_id": "c"})
    with pytest.raises(AssertionError, match="2 documents in 'todos', expected one"):
        todos.one()
    with pytest.raises(KeyError, match="no document 'c' in 'todos'"):
        todos["c"]


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        ([{"_id": "a", "n": 2, "o": {"p": [1, 2]}}, {"_id": "b"}], ["  'a'.n: 2 expected, 1 found"]),
        ([{"_id": "a", "n": 1, "o": {"p": [1, 3]}}, {"_id": "b"}], ["  'a'.o.p[1]: 3 expected, 2 found"]),
        ([{"_id": "a", "n": 1, "o": ANY, "q": 5}, {"_id": "b"}], ["  'a'.q: 5 expected, missing"]),
        ([{"_id": "b"}], ["+ {'_id': 'a', 'n': 1, 'o': {'p': [1, 2]}}: not expected"]),
        ([{"_id": ANY, "n": True, "o": ANY}, {"_id": "b"}], ["  'a'.n: True expected, 1 found"]),
        ([{"_id": "b"}, {"_id": "a", "n": 1, "o": ANY}, {"_id": "c"}], ["- {'_id': 'c'}: missing"]),
        ([{"n": 2, "o": ANY}, {"_id": "b"}], ["  'a'.n: 2 expected, 1 found"]),
        ([{"n": 1, "o": ANY}, {}], []),
    ],
    ids=str,
)
def test_what_differs_is_shown(wechat: LocalWeChat, expected: list[Any], lines: list[str]) -> None:
    todos = wechat.database["todos"]
    todos.add({"_id": "a", "n": 1, "o": {"p": [1, 2]}}, {"_id": "b"})
    assert (not lines) == (todos == expected)
    if not lines:
        todos.assert_equal(expected)
        return
    with pytest.raises(AssertionError) as raised:
        todos.assert_equal(expected)
    assert ["the documents of 'todos' differ:", *lines] == str(raised.value).splitlines()


def test_pytest_shows_what_differs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_todos(wechat):
            wechat.database["todos"].add({"_id": "a", "n": 1})
            assert wechat.database["todos"] == [{"_id": "a", "n": 2}, {"_id": "b"}]
        """
    )
    found = pytester.runpytest("-p", "no:cacheprovider")
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        ["*the documents of 'todos' differ:", "*  'a'.n: 2 expected, 1 found", "*- {'_id': 'b'}: missing"]
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("todos.jsonl", '{"_id": "a", "at": {"$date": "2020-01-01T00:00:00Z"}}\n{"_id": "b"}\n'),
        ("todos.json", '[{"_id": "a", "at": {"$date": "2020-01-01T00:00:00Z"}}, {"_id": "b"}]'),
        ("todos.yaml", "- {_id: a, at: {$date: '2020-01-01T00:00:00Z'}}\n- _id: b\n"),
    ],
)
def test_files(wechat: LocalWeChat, tmp_path: Path, name: str, content: str) -> None:
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    (fixtures / name).write_text(content, "utf-8")
    for source in (fixtures, str(fixtures / name), {"todos": fixtures / name}):
        wechat.database.load(source)
        assert wechat.database["todos"] == [{"_id": "a", "at": datetime(2020, 1, 1, tzinfo=timezone.utc)}, {"_id": "b"}]
        wechat.database["todos"].clear()


@pytest.mark.parametrize(
    ("arrange", "says"),
    [
        (lambda database, path: database.load(path / "nothing.json"), "nothing.json"),
        (lambda database, path: database.load({"a": [{"_id": 1}, {"_id": 1}]}), "E11000"),
        (lambda database, path: database.load({"a": 5}), "'a' must be a list of documents or a file's path, got int"),
        (lambda database, path: database.load({"a": {"_id": 1}}), "got dict"),
        (lambda database, path: database["a"].add({"x": b"bytes"}), "documents[0].x is bytes"),
        (lambda database, path: database["a"].add(5), "must be a dict, got int"),
        (lambda database, path: database["a"].find(), "no collection 'a'; the database has no collections"),
        (lambda database, path: database.load({"todos": []}) or database["todo"].find(), "did you mean 'todos'?"),
        (lambda database, path: database.create("a", "a"), "exists already"),
        (lambda database, path: database.load(path), "has no files that end in"),
    ],
)
def test_what_cannot_be_arranged_says_why(wechat: LocalWeChat, tmp_path: Path, arrange: Any, says: str) -> None:
    with pytest.raises((StubError, LoadError)) as raised:
        arrange(wechat.database, tmp_path)
    assert says in str(raised.value)


def test_a_conflict_is_retried(wechat: LocalWeChat, move: str) -> None:
    wechat.database["counters"].add({"_id": "a", "n": 1})
    wechat.database.conflict(2)
    assert 2 == wechat.invoke(move)
    assert wechat.database["counters"] == [{"_id": "a", "n": 2}]
    assert 3 == len(wechat.calls("database.startTransaction"))


def test_a_conflict_that_stays(wechat: LocalWeChat, move: str) -> None:
    wechat.database["counters"].add({"_id": "a", "n": 1})
    wechat.database.conflict()
    with pytest.raises(cloudpy.TransactionConflictError, match="TransactionConflict"):
        wechat.invoke(move, {"times": 0})
    assert wechat.database["counters"] == [{"_id": "a", "n": 1}]


def test_a_write_outside_meets_an_open_transaction(wechat: LocalWeChat) -> None:
    wechat.database["counters"].add({"_id": "a", "n": 1})
    database = cloudpy.sync.createNewInstance(env="e", config=None).database()
    counter = database.collection("counters").doc("a")
    transaction = database.startTransaction()
    transaction.collection("counters").doc("a").update(data={"n": 2})
    with pytest.raises(cloudpy.TransactionConflictError, match="TransactionBusy"):
        counter.update(data={"n": 3})
    transaction.commit()
    counter.update(data={"n": 3})

    def write_inside_and_outside(transaction: Any) -> None:
        transaction.collection("counters").doc("a").update(data={"n": 4})
        counter.update(data={"n": 5})

    with pytest.raises(cloudpy.TransactionConflictError, match="TransactionBusy"):
        database.runTransaction(write_inside_and_outside)
    assert wechat.database["counters"] == [{"_id": "a", "n": 3}]
    assert 2 == len(wechat.calls("database.startTransaction")), "it is no conflict that another run could avoid"


def test_a_conflict_that_is_not_met_fails_the_test() -> None:
    with pytest.raises(ExpectationError, match=r"database\.commitTransaction"):
        with LocalWeChat() as wechat:
            wechat.database.conflict()


def test_stubs_of_the_database(wechat: LocalWeChat, move: str) -> None:
    wechat.database["counters"].add({"_id": "a", "n": 1})
    wechat.stub("database.getDocument").error("DATABASE_PERMISSION_DENIED", "no")
    with pytest.raises(cloudpy.CloudSDKError, match="-502003 database permission denied"):
        wechat.invoke(move)
    with pytest.raises(StubError, match=r"did you mean 'database\.getDocument'\?"):
        wechat.stub("database.getDocuments")


def test_replies_are_written_as_the_call_returns_them(wechat: LocalWeChat) -> None:
    db = cloudpy.sync.createNewInstance(env="e", config=None).database()
    todo = {
        "_id": "a",
        "user_name": "Alice",
        "at": datetime(2026, 1, 1, tzinfo=timezone.utc),
        "where": db.Geo.Point(1, 2),
    }
    wechat.stub("database.getDocument", when={"query": {"_id": "a"}}).reply(data=todo)
    wechat.stub("database.getDocument", when={"query": {"user_name": "Bob"}}).reply({"data": [todo, todo]})
    wechat.stub("database.calculateDocument").reply({"total": 7})
    wechat.stub("database.insertDocument").reply({"_id": "new"})
    wechat.stub("database.modifyDocument").reply({"stats": {"updated": 3}})
    wechat.stub("database.removeDocument").reply({"stats": {"removed": 4}})
    wechat.stub("database.aggregateDocuments").reply(lambda params: {"list": [{"n": len(params["stages"])}]})
    todos = db.collection("todos")
    assert todo == todos.doc("a").get()["data"]
    assert [todo, todo] == todos.where({"user_name": "Bob"}).get()["data"]
    assert 7 == todos.count()["total"]
    assert "new" == todos.add(data={"a": 1})["_id"]
    assert 3 == todos.where({}).update(data={"a": 1})["stats"]["updated"]
    assert 4 == todos.where({}).remove()["stats"]["removed"]
    assert [{"n": 2}] == todos.aggregate().skip(1).limit(1).end()["list"]


def test_a_reply_that_no_document_can_be_says_why() -> None:
    with pytest.raises(StubError, match=r"data\.x is bytes"):
        with LocalWeChat() as wechat:
            wechat.stub("database.getDocument").reply(data={"x": b""})


def test_faults_of_the_database(wechat: LocalWeChat, move: str) -> None:
    wechat.database["counters"].add({"_id": "a", "n": 1})
    wechat.stub("database.modifyDocument").fault("reset")
    with pytest.raises(cloudpy.TransportError, match=r"document.update:fail -501001"):
        wechat.invoke(move)


def test_calls_of_the_database(wechat: LocalWeChat, finish: str) -> None:
    wechat.database.load({"todos": [{"_id": "a"}], "log": []})
    wechat.invoke(finish, {"id": "a"}, openid="o-alice")
    (count,) = wechat.calls("database.calculateDocument")
    assert {"done": True} == count.params["query"]
    assert "todos" == count.params["collectionName"]
    assert "ok" == count.outcome


def test_a_missing_collection_is_the_clouds_error(wechat: LocalWeChat, finish: str) -> None:
    with pytest.raises(cloudpy.CollectionNotFoundError, match="-502005 database collection not exists"):
        wechat.invoke(finish, {"id": "a"})


def test_over_the_gateway_it_is_the_same(finish: str) -> None:
    with LocalWeChat(transport="http") as wechat:
        wechat.database.load({"todos": [{"_id": "a"}], "log": []})
        assert 1 == wechat.invoke(finish, {"id": "a"})
        assert wechat.database["todos"].one()["done"] is True


def test_local_yaml_fills_the_database_of_each_test(tmp_path: Path, finish: str) -> None:
    local = tmp_path / "local.yaml"
    local.write_text("database:\n  folder: kept\n  collections:\n    todos: [{_id: a}]\n    log: []\n", "utf-8")
    for _ in range(2):
        with LocalWeChat(str(local)) as wechat:
            assert wechat.database["todos"] == [{"_id": "a"}]
            wechat.invoke(finish, {"id": "a"})
            assert wechat.database["todos"].one()["done"] is True
    assert not (tmp_path / "kept").exists(), "tests keep nothing"


def test_environments_are_kept_apart_where_one_is_named(finish: str) -> None:
    with LocalWeChat(env="prod-1") as wechat:
        wechat.database.load({"todos": [{"_id": "a"}], "log": []})
        assert 1 == wechat.invoke(finish, {"id": "a"})


def test_record_and_replay(tmp_path: Path, finish: str, move: str) -> None:
    path = tmp_path / "calls.jsonl"
    with LocalWeChat() as wechat:
        wechat.database.load({"todos": [{"_id": "a"}], "log": [], "counters": [{"_id": "a", "n": 1}]})
        with wechat.record(path):
            wechat.invoke(finish, {"id": "a"})
            wechat.database.conflict()
            wechat.invoke(move)
    recorded = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert "database.modifyDocument" == recorded[1]["api"]
    with LocalWeChat() as wechat:
        wechat.replay(path)
        assert 1 == wechat.invoke(finish, {"id": "a"})
        assert 2 == wechat.invoke(move)
        assert [] == list(wechat.database), "answers come from the file"
    with pytest.raises(UnexpectedCallError, match=r"database\.modifyDocument"):
        with LocalWeChat() as wechat:
            wechat.replay(path)
            wechat.invoke(finish, {"id": "b"})
