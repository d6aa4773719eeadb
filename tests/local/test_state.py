"""The state of a local WeChat as a folder: export and import give the same, and no half of one is left behind."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.local import Backend, File, User, state
from cloudpy.local.answers import parse_responses
from cloudpy.local.database import DatabaseError, Query, ejson
from cloudpy.local.open_data import OpenData
from cloudpy.local.pay import Order
from cloudpy.local.state import StateError
from cloudpy.local.storage import PathError

from ..database import random_values
from ..once import part

texts = st.text(max_size=12)
names = st.one_of(
    st.sampled_from(["todos", "Todos", "a/b", "..", ".", "%2E", "名字", "con", "x" * 200, "a b", "~0000", "\ud800"]),
    st.text(st.characters(blacklist_characters="$\0"), min_size=1, max_size=20),
)
paths = st.one_of(
    st.sampled_from(
        ["a", "a/b.txt", "A", "%41", "%252F", "名/字 .png", ".hidden", "con", "cloudpy-state.json", "a%2Fb"]
    ),
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3).map("/".join),
)
plain = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts, inner, max_size=2)),
    max_leaves=4,
)
ids = st.text("abcdefghij-_", min_size=1, max_size=10)
seconds = st.floats(0, 4e9, allow_nan=False)


@pytest.fixture(autouse=True, scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The parent of the storages' folders, which are removed with all that tests leave."""
    Folder.path = str(tmp_path_factory.mktemp("storages"))


class Folder:
    path = ""


@st.composite
def backends(draw: st.DrawFn) -> Backend:
    backend = Backend(
        env=draw(st.sampled_from(["local", "prod-1a2b", "a.b", "名"])),
        any_env=True,
        storage=tempfile.mkdtemp(dir=Folder.path),
    )
    for env in draw(st.sets(st.sampled_from([backend.env, "other", "x/y"]), max_size=2)):
        engine = backend.documents.engine(env)
        for name, documents in draw(st.dictionaries(names, random_values.collections, max_size=3)).items():
            try:
                engine.create(name)
            except DatabaseError:
                continue
            engine.insert(name, documents)
        for path, content in draw(st.dictionaries(paths, st.binary(max_size=20), max_size=4)).items():
            try:
                backend.storage.put(path, content, env)
            except PathError:
                continue
    for openid in draw(st.lists(ids, max_size=3)):
        backend.users.edit(User(openid, draw(texts), draw(ids)))
    backend.users.choose(draw(st.sampled_from(["", *(user.openid for user in backend.users)])))
    entries = st.builds(OpenData, ids, plain, st.one_of(st.none(), seconds))
    backend.open_data.restore(draw(st.dictionaries(ids, entries, max_size=2)))
    for code in draw(st.lists(st.integers(40000, 40010), max_size=2)):
        value = {"error": {"errCode": code}, "times": 3}
        backend.overrides.set("wxacode.get", value, parse_responses("wxacode.get", value, "local.yaml"))
    numbers = draw(st.lists(ids, max_size=2, unique=True))
    refunds = st.dictionaries(ids, st.fixed_dictionaries({"refund_fee": st.integers(1, 9)}), max_size=1)
    backend.pay.restore(
        Order(
            {"sub_mch_id": "m", "out_trade_no": number, "total_fee": draw(st.integers(1, 99)), "attach": draw(texts)},
            *(draw(ids), draw(ids), draw(seconds), draw(st.sampled_from(["NOTPAY", "SUCCESS", "CLOSED"]))),
            refunds=draw(refunds),
        )
        for number in numbers
    )
    for content in draw(st.lists(st.binary(max_size=10), max_size=2)):
        backend.media.add(File(draw(texts), "image/png", content), life=draw(st.sampled_from([float("inf"), 1e6])))
    return backend


def shown(backend: Backend) -> dict[str, Any]:
    """All of a state, to compare."""
    documents = {}
    for env in backend.documents.envs():
        engine = backend.documents.engine(env)
        for name in engine.collections():
            documents[env, name] = [ejson.canonical(one) for one in engine.find(name, Query({}))]
    return {
        "users": {user.openid: user for user in backend.users},
        "chosen": backend.users.chosen,
        "open data": backend.open_data.created(),
        "responses": {api: backend.overrides.value(api) for api in backend.overrides.apis()},
        "orders": backend.pay.orders(),
        "media": list(backend.media),
        "documents": documents,
        "files": backend.storage.snapshot(),
    }


def nothing(env: str) -> dict[str, Any]:
    return shown(Backend(env=env, any_env=True))


@settings(max_examples=part(40, 10), deadline=None)
@given(backends(), backends())
def test_import_gives_what_was_exported(source: Backend, target: Backend) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = os.path.join(parent, "导出", "state")
        before = shown(source)
        state.export(source, folder)
        assert before == shown(source)
        read = state.read(folder)
        assert state.counts(source) == read.counts()
        target.env = target.documents._env = target.storage._env = source.env
        state.apply(target, read)
        assert before == shown(target)
        state.export(target, folder)  # replaces the first
        assert [".", ".."] != os.listdir(os.path.dirname(folder)) == ["state"]
        assert read.counts() == state.read(folder).counts()
        state.reset(target)
        assert nothing(source.env) == shown(target)


def filled() -> Backend:
    backend = Backend(storage=tempfile.mkdtemp(dir=Folder.path))
    backend.documents.engine().create("todos")
    backend.documents.engine().insert("todos", [{"_id": "1", "n": 1}])
    backend.storage.put("a/b.txt", b"content")
    return backend


def test_a_state_can_be_read_and_edited_by_people(tmp_path: Path) -> None:
    state.export(filled(), tmp_path / "s")
    assert '{"_id":"1","n":{"$numberInt":"1"}}\n' == (tmp_path / "s" / "database" / "local" / "todos.jsonl").read_text()
    assert b"content" == (tmp_path / "s" / "storage" / "local" / "a" / "b.txt").read_bytes()
    (tmp_path / "s" / "database" / "local" / "todos.jsonl").write_text(
        '{"_id": "2", "at": {"$date": "2026-01-02T00:00:00Z"}}'
    )
    backend = filled()
    state.apply(backend, state.read(tmp_path / "s"))
    assert ["2"] == [one["_id"] for one in backend.documents.engine().find("todos", Query({}))]


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    backend = filled()
    backend.tokens.access_token("wx1", stable=True)
    state.export(backend, tmp_path / "s")
    content = "".join(path.read_text() for path in (tmp_path / "s").rglob("*") if path.is_file())
    assert backend.secret_key not in content
    assert backend.secret_id not in content
    assert backend.tokens.access_token("wx1", stable=True)[0] not in content
    assert 0o700 == (tmp_path / "s").stat().st_mode & 0o777


@pytest.mark.parametrize("step", ["write", "first rename", "second rename"])
def test_an_interrupted_export(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "s"
    state.export(filled(), folder)
    backend = filled()
    backend.documents.engine().insert("todos", [{"_id": "2"}])
    real, count = os.rename, 0

    def rename(source: Any, target: Any) -> None:
        nonlocal count
        count += 1
        if count == ("first rename", "second rename").index(step) + 1:
            raise KeyboardInterrupt
        real(source, target)

    def interrupt(_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if step == "write":
            patched.setattr(os, "fsync", interrupt)
        else:
            patched.setattr(os, "rename", rename)
        with pytest.raises(KeyboardInterrupt):
            state.export(backend, folder)
    assert not list(tmp_path.glob(".s.partial-*"))
    assert 1 == state.read(folder).counts()["documents"], "the earlier one is still there"
    state.export(backend, folder)
    assert 2 == state.read(folder).counts()["documents"]
    assert ["s"] == os.listdir(tmp_path)


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(StateError, match="is not an exported state: choose a new or an empty folder"):
        state.export(filled(), tmp_path / "mine")
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="is not an exported state"):
        state.export(filled(), tmp_path / "file")
    with pytest.raises(StateError, match="cannot be written"):
        state.export(filled(), tmp_path / "file" / "below")
    assert "years of work" == (tmp_path / "mine" / "thesis.txt").read_text()


def test_what_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="there is no folder"):
        state.read(tmp_path / "nowhere")
    with pytest.raises(StateError, match="it has no cloudpy-state"):
        state.read(tmp_path)
    manifest = tmp_path / "s" / state.MANIFEST
    state.export(filled(), tmp_path / "s")
    value = json.loads(manifest.read_text())
    changes: list[tuple[dict[str, Any], str]] = [
        ({"format": "x"}, "is another file"),
        ({"version": 2}, "has version 2; this cloudpy reads 1"),
        ({"users": [{"openid": "o"}]}, "is invalid: KeyError: 'unionid'"),
        ({"database": {"local": {"todos": "../../secret"}}}, "names a file outside of the folder"),
        ({"database": {"local": {"todos": "nowhere.jsonl"}}}, "nowhere.jsonl"),
        ({"storage": {"local": ["a/b.txt", "c.txt"]}}, "the file 'c.txt' of the storage is missing"),
        ({"storage": {"local": ["../../../etc/passwd"]}}, "is missing"),
        ({"responses": {"wxacode.get": {"error": {"errCode": 1}, "reply": {}}}}, "a response is either reply or error"),
    ]
    for change, words in changes:
        manifest.write_text(json.dumps({**value, **change}))
        backend = filled()
        with pytest.raises(StateError) as caught:
            state.apply(backend, state.read(tmp_path / "s"))
        assert words in str(caught.value)
        assert shown(filled()) == shown(backend), "nothing was changed"
