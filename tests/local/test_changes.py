"""What a local WeChat reports when it changes, and what a reload keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cloudpy.devserver.wechat import adopt
from cloudpy.local import Backend, User
from cloudpy.local.answers import parse_responses
from cloudpy.local.calls import File
from cloudpy.local.database import Query
from cloudpy.local.storage import Entry
from cloudpy.local.users import Users

from .wire_client import Client, Clock


@pytest.fixture
def backend(tmp_path: Path) -> Backend:
    return Backend(storage=tmp_path / "files", clock=Clock())


def watch(backend: Backend) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    backend.changes.subscribe(lambda kind, value: found.append((kind, value)))
    return found


def test_each_store_reports_its_changes(backend: Backend) -> None:
    found = watch(backend)
    backend.users.add("o-1")
    backend.users.add("o-1")  # nothing new
    backend.storage.put("a/b.txt", b"x")
    backend.storage.delete("a/b.txt")
    engine = backend.documents.engine()
    engine.create("todos")
    engine.insert("todos", [{"_id": "1"}, {"_id": 2}])
    engine.update("todos", Query({}), {"$set": {"done": True}}, multi=True)
    engine.update("todos", Query({}), {"$set": {"done": True}}, multi=True)  # changes nothing
    engine.drop("todos")
    media = backend.media.add(File("a.png", "image/png", b"x"))
    backend.media.remove(media)
    token, _ = backend.tokens.access_token("wx1")
    backend.tokens.expire(token)
    documents = {"env": "local", "collection": "todos", "change": "documents", "ids": ['"1"', "2"], "count": 2}
    assert found == [
        ("users", {"openid": "o-1"}),
        ("storage", {"env": "local", "path": "a/b.txt", "change": "stored"}),
        ("storage", {"env": "local", "path": "a/b.txt", "change": "deleted"}),
        ("database", {"env": "local", "collection": "todos", "change": "created", "ids": [], "count": 0}),
        ("database", documents),
        ("database", documents),
        ("database", {"env": "local", "collection": "todos", "change": "dropped", "ids": [], "count": 0}),
        ("media", {"mediaId": media}),
        ("media", {"mediaId": media}),
        ("tokens", {}),
        ("tokens", {}),
    ]
    assert backend.tokens.check_access_token(token) == 42001
    assert token not in repr(backend.tokens.access_tokens())


def test_a_transaction_reports_its_commit(backend: Backend) -> None:
    engine = backend.documents.engine()
    engine.create("a")
    engine.create("b")
    found = watch(backend)
    transaction = engine.begin()
    engine.insert("a", [{"_id": 1}], transaction)
    engine.insert("b", [{"_id": 2}], transaction)
    assert found == []
    engine.commit(transaction)
    assert sorted((value["collection"], value["ids"]) for _, value in found) == [("a", ["1"]), ("b", ["2"])]


def test_a_subscriber_can_leave(backend: Backend) -> None:
    found: list[str] = []
    leave = backend.changes.subscribe(lambda kind, value: found.append(kind))
    backend.users.add("o-1")
    leave()
    backend.users.add("o-2")
    assert found == ["users"]
    assert not backend.changes.watched


def test_the_storage_lists_a_folder(backend: Backend) -> None:
    assert backend.storage.entries() == []
    for path in ("b.txt", "a/x%2.png", "a/c/d", "z"):
        backend.storage.put(path, b"12345")
    top = backend.storage.entries()
    assert top is not None
    assert [(one.name, one.is_folder, one.size) for one in top] == [
        ("a", True, 0),
        ("b.txt", False, 5),
        ("z", False, 5),
    ]
    assert [one.name for one in backend.storage.entries("a") or ()] == ["c", "x%2.png"]
    (backend.storage.folder / "local" / "out").symlink_to("/")
    assert backend.storage.entries("out") is None
    assert backend.storage.entries("../local") is None
    assert backend.storage.entries("b.txt") is None
    assert Entry("out", True) not in (backend.storage.entries() or ())


def test_the_chosen_user_calls_when_none_is_named() -> None:
    users = Users("wx1")
    users.declare(User("o-alice"))
    users.edit(User("o-bob", client_ip="10.0.0.1"))
    assert users.default.openid == "o-alice"
    users.choose("o-bob")
    assert users.default == User("o-bob", "", "wx1", "10.0.0.1")
    with pytest.raises(KeyError):
        users.choose("o-eve")
    assert users.remove("o-bob")
    assert not users.remove("o-bob")
    assert users.default.openid == "o-alice"
    with pytest.raises(ValueError, match=r"in local\.yaml"):
        users.remove("o-alice")


def test_a_reload_keeps_users_and_responses_that_were_set(tmp_path: Path) -> None:
    old = Backend(storage=tmp_path)
    old.users.declare(User("o-alice"))
    old.users.declare(User("o-gone"))
    old.users.add("o-seen")
    old.users.edit(User("o-alice", "u-edited"))
    old.users.choose("o-seen")
    old.overrides.set("a.b", {"fault": "reset"}, parse_responses("a.b", {"fault": "reset"}, "local.yaml"))
    new = Backend(storage=tmp_path)
    new.users.declare(User("o-alice"))
    new.users.declare(User("o-new"))
    adopt(new, old)
    assert [(user.openid, user.unionid) for user in new.users] == [
        ("o-alice", "u-edited"),
        ("o-new", ""),
        ("o-seen", ""),
    ]
    assert new.users.default.openid == "o-seen"
    assert new.overrides.apis() == ["a.b"]


def test_an_override_replaces_the_responses_of_local_yaml(backend: Backend) -> None:
    backend.allow("all")
    client = Client(backend)
    for canned in parse_responses("security.msgSecCheck", {"reply": {"traceId": "file"}}, "local.yaml"):
        backend.responses.add("security.msgSecCheck", canned)
    set_value = [{"when": {"content": "bad"}, "error": {"errCode": 87014}}, {"reply": {"traceId": "set"}, "times": 1}]
    backend.overrides.set(
        "security.msgSecCheck", set_value, parse_responses("security.msgSecCheck", set_value, "local.yaml")
    )
    assert client.call("security.msgSecCheck", {"content": "bad"})["json"]["errcode"] == 87014
    assert client.call("security.msgSecCheck", {"content": "good"})["json"]["trace_id"] == "set"
    third = client.call("security.msgSecCheck", {"content": "good"})
    assert third["json"]["trace_id"] not in ("set", "file"), "the generated sample"
    backend.overrides.clear("security.msgSecCheck")
    assert client.call("security.msgSecCheck", {"content": "bad"})["json"]["trace_id"] == "file"
    assert backend.overrides.apis() == []
