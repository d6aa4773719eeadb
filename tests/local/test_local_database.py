"""The local WeChat's database around the engine: the SDK in process, records, stubs, faults, data from the start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import cloudpy.sync as sync
from cloudpy.cli.db import db
from cloudpy.devserver import wechat
from cloudpy.local import (
    URL,
    Backend,
    CannedResponse,
    GatewayServer,
    LocalDataError,
    connected,
    environment,
    error_response,
    load,
    reply_response,
)
from cloudpy.local.database import Query
from cloudpy.local.responses import ApiResponse


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    backend = Backend(env="test-env", clock=lambda: 1_790_000_000.5, callers_clock=time.time)
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    with connected(backend):
        yield backend


@pytest.fixture
def cloud(backend: Backend) -> Any:
    return sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)


def documents(backend: Backend, name: str) -> list[Any]:
    return backend.documents.engine().find(name, Query({}))


def test_one_record_per_call_that_reads_as_the_program_wrote_it(backend: Backend, cloud: Any) -> None:
    database = cloud.database()
    _, agg = database.command, database.command.aggregate
    database.createCollection("todos")
    todos = database.collection("todos")
    todos.add({"data": {"_id": "a", "secret": "s3cret", "n": 1}})
    todos.where({"n": _.gt(0)}).orderBy("n", "desc").skip(0).limit(5).get()
    todos.where({"n": 1}).update(data={"n": _.inc(1)})
    todos.doc("a").set(data={"n": 1})
    todos.aggregate().match({"n": 1}).group({"_id": None, "t": agg.sum("$n")}).end()
    todos.where({"n": 5}).count()
    todos.doc("a").remove()
    transaction = database.startTransaction()
    transaction.rollback()
    assert [call.text for call in backend.calls] == [
        'database.createCollection("todos")',
        'database.collection("todos").add({…})',
        'database.collection("todos").where({…}).orderBy(…).limit(5).get()',
        'database.collection("todos").where({…}).update({…})',
        'database.collection("todos").doc(…).set({…})',
        'database.collection("todos").aggregate().match(…).group(…).end()',
        'database.collection("todos").where({…}).count()',
        'database.collection("todos").doc(…).remove()',
        "database.startTransaction()",
        "database.rollback()",
    ]
    assert "s3cret" not in repr([call.text for call in backend.calls])
    [asked] = backend.calls.of("database.getDocument")
    assert asked.params["query"] == {"n": {"$gt": 0}} and asked.params["order"] == {"n": -1}
    assert (asked.outcome, asked.answered_from) == ("ok", "database")
    assert "token" not in repr(asked.wire).lower()


def test_stubs_by_parameter_errors_and_faults(backend: Backend, cloud: Any) -> None:
    todos = cloud.database().collection("todos")
    given = reply_response({"data": [{"_id": "x", "n": 1}]})
    backend.responses.add("database.getDocument", CannedResponse(given, when={"collectionName": "todos"}))
    assert todos.where({"n": 1}).get()["data"] == [{"_id": "x", "n": 1}]
    backend.responses.clear()
    for canned, code in (
        (error_response("DATABASE_REQUEST_FAILED", "no"), -502001),
        (error_response(-502003), -502003),
        (ApiResponse(fault="reset"), -501001),
        (ApiResponse(fault="http500"), -501001),
        (error_response("EXCEED_REQUEST_LIMIT"), -501003),
    ):
        backend.responses.add("database.calculateDocument", CannedResponse(canned, times=1))
        with pytest.raises(sync.CloudSDKError) as caught:
            todos.count()
        assert caught.value.errCode == code
        backend.responses.clear()
    backend.responses.add("database.modifyDocument", CannedResponse(reply_response({"stats": {"updated": 3}})))
    assert todos.where({"n": 1}).update(data={"n": 2})["stats"] == {"updated": 3}


def test_a_forced_conflict_is_retried(backend: Backend, cloud: Any) -> None:
    database = cloud.database()
    database.createCollection("counters")
    database.collection("counters").add({"data": {"_id": "a", "n": 0}})
    conflict = error_response(
        "DATABASE_TRANSACTION_CONFLICT", "[ResourceUnavailable.TransactionConflict] Transaction is conflict"
    )
    backend.responses.add("database.commitTransaction", CannedResponse(conflict, times=2))

    def work(transaction: Any) -> None:
        n = transaction.collection("counters").doc("a").get()["data"]["n"]
        transaction.collection("counters").doc("a").update(data={"n": n + 1})

    database.runTransaction(work, 2)
    assert documents(backend, "counters") == [{"_id": "a", "n": 1}]
    assert [call.outcome[:7] for call in backend.calls.of("database.commitTransaction")] == ["gateway", "gateway", "ok"]
    backend.responses.add("database.commitTransaction", CannedResponse(conflict))
    with pytest.raises(sync.CloudSDKError, match="Transaction is conflict"):
        database.runTransaction(work, 1)
    assert documents(backend, "counters") == [{"_id": "a", "n": 1}]


def test_each_environment_has_documents_of_its_own(backend: Backend) -> None:
    backend.any_env = True
    for env in ("one", "two"):
        database = sync.Cloud().init(env=env, config=None).database()
        database.createCollection("todos")
        database.collection("todos").add({"data": {"env": env}})
    assert [document["env"] for document in backend.documents.engine("two").find("todos", Query({}))] == ["two"]


def write(folder: Path, text: str, **files: str) -> Path:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content, "utf-8")
    path = folder / "local.yaml"
    path.write_text(text, "utf-8")
    return path


def test_collections_come_from_local_yaml_when_they_are_not_there(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
database:
  folder: data
  collections:
    inline:
      - {_id: a, n: 1, when: 2026-01-02T03:04:05Z, day: 2026-01-02, id: {$oid: 5f5f5f5f5f5f5f5f5f5f5f5f}}
      - {_id: b, half: 0.5, list: [1, null, 是]}
    lines: lines.jsonl
    array: array.json
    yaml: more.yaml
    empty: []
""",
        lines__jsonl='\ufeff{"_id":"1","d":{"$date":"2018-08-31T17:30:00.882Z"}}\n\n{"_id":"2","n":{"$numberLong":"5"}}\n',
        array__json=' [{"_id": 1}, {"_id": 2}]',
        more__yaml="- _id: x\n- _id: y\n  d: {$date: 5}\n",
    )
    backend = load(path)
    engine = backend.documents.engine()
    assert engine.collections() == {"array": 2, "empty": 0, "inline": 2, "lines": 2, "yaml": 2}
    shown = documents(backend, "inline")[0]
    assert (shown["when"].ms, shown["day"].ms, shown["id"].hex) == (1767323045000, 1767312000000, "5f" * 12)
    assert documents(backend, "lines")[0]["d"].ms == 1535736600882
    engine.insert("inline", [{"_id": "c"}])
    engine.drop("empty")
    backend.documents.close()
    assert (tmp_path / "data" / "local" / "documents.sqlite").exists()
    again = load(path)
    assert len(documents(again, "inline")) == 3, "a collection that is there is left as it is"
    assert "empty" in again.documents.engine().collections()
    again.documents.close()


def test_database_may_be_the_folder_alone(tmp_path: Path) -> None:
    backend = load(write(tmp_path, "database: ./here\n"))
    assert backend.documents.folder == str(tmp_path / "here")
    assert load(write(tmp_path, "env: local\n")).documents.folder is None, "in memory"


@pytest.mark.parametrize(
    ("text", "file", "told"),
    [
        ("database: 3", "", "must be a folder, or a mapping with folder and collections, is"),
        (
            "database:\n  collections: {a: nowhere.json}",
            "",
            "2: database.collections.a: no file 'nowhere.json'",
        ),
        ("database:\n  collections: {a: 3}", "", "must be the path of a file or a list of documents"),
        ("database:\n  collections: {a: [3]}", "", "2: database.collections.a[0]: must be a mapping"),
        (
            "database:\n  collections: {a: a.json}",
            '{"_id": 1}\n{"_id": ',
            "a.json:2: the document is not valid Extended",
        ),
        ("database:\n  collections: {a: a.json}", '{"_id": 1}\n3', "a.json:2: expected an object"),
        ("database:\n  collections: {a: a.json}", "[1]", "a.json: [0] must be an object"),
    ],
)
def test_what_is_wrong_with_it_is_told(tmp_path: Path, text: str, file: str, told: str) -> None:
    with pytest.raises(LocalDataError) as caught:
        load(write(tmp_path, text, a__json=file)).documents.engine()
    assert told in str(caught.value)


def test_dev_keeps_documents_over_a_restart_and_a_new_local_yaml(tmp_path: Path) -> None:
    write(tmp_path, "database: {collections: {first: [{_id: 1}]}}")
    made = wechat.create([], [str(tmp_path)])
    assert made.backend.documents.folder == str(tmp_path / ".cloudpy" / "database")
    made.backend.documents.engine().insert("first", [{"_id": 2}])
    write(tmp_path, "database: {collections: {first: [{_id: 1}], second: [{_id: 1}]}}")
    new = wechat.create([], [str(tmp_path)])
    wechat.adopt(new.backend, made.backend)
    assert new.backend.documents.engine().collections() == {"first": 2, "second": 1}
    write(tmp_path, "database: elsewhere")
    moved = wechat.create([], [str(tmp_path)])
    wechat.adopt(moved.backend, new.backend)
    assert moved.backend.documents.engine().collections() == {}
    moved.backend.documents.close()
    again = wechat.create([], [str(tmp_path)], database=str(tmp_path / ".cloudpy" / "database"))
    assert again.backend.documents.engine().collections() == {"first": 2, "second": 1}
    again.backend.documents.close()


def test_dev_reports_a_collection_that_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path, "database: {collections: {bad: bad.json}}", bad__json="{")
    made = wechat.create([], [str(tmp_path)])
    assert "bad.json:1: the document is not valid Extended JSON" in made.problems[0]


class Commands:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, code: int = 0, **more: Any) -> str:
        found = CliRunner().invoke(db, ["--database", str(self.folder / "data"), *arguments], **more)
        assert found.exit_code == code, found.output
        return found.output


def test_the_command_db(tmp_path: Path) -> None:
    run = Commands(tmp_path)
    lines = [f'{{"_id":"{number}","n":{number},"d":{{"$date":"2018-08-31T17:30:00.882Z"}}}}' for number in range(30)]
    (tmp_path / "in.json").write_text("\n".join(lines), "utf-8")
    assert "30 documents imported" in run("import", "todos", str(tmp_path / "in.json"))
    assert run("list").split() == ["30", "todos"]
    assert run("show", "todos", "--where", '{"n": {"$gte": 28}}').splitlines() == lines[28:]
    assert "20 of 30" in run("show", "todos")
    assert run("export", "todos").splitlines() == lines
    run("export", "todos", str(tmp_path / "out.json"))
    assert (tmp_path / "out.json").read_text("utf-8").splitlines() == lines
    assert "E11000 duplicate key" in run("import", "todos", str(tmp_path / "in.json"), code=1)
    assert "unknown operator: $foo" in run("show", "todos", "--where", '{"n": {"$foo": 1}}', code=1)
    assert "Table not exist" in run("show", "none", code=1)
    assert "nothing was changed" in run("drop", "todos", input="n\n", code=1)
    run("drop", "todos", "--yes")
    run("import", "a", str(tmp_path / "in.json"))
    run("import", "b", str(tmp_path / "in.json"))
    assert "2 collections deleted" in run("reset", "--yes")
    assert "no collections" in run("list")


@pytest.mark.parametrize(
    ("form", "name", "start"),
    [
        ((), "out.csv", "\ufeff_id,text,d\r\n"),
        (("--format", "csv"), "data.csv", "\ufeff_id,text,d\r\n"),
        (("--format", "array"), "out.json", "[\n{"),
        ((), "out.json", '{"_id":'),
    ],
)
def test_each_format_is_imported_again(tmp_path: Path, form: tuple[str, ...], name: str, start: str) -> None:
    run = Commands(tmp_path)
    lines = ['{"_id":"1","text":"12, \\"是\\"","d":{"$date":"2018-08-31T17:30:00.882Z"}}', '{"_id":2,"text":"12"}']
    (tmp_path / "in.json").write_text("\n".join(lines), "utf-8")
    run("import", "todos", str(tmp_path / "in.json"))
    run("export", "todos", str(tmp_path / name), *form)
    assert (tmp_path / name).read_bytes().decode().startswith(start)
    run("import", "again", str(tmp_path / name))
    assert run("export", "again").splitlines() == lines


def test_half_a_surrogate_pair_survives_export_and_import(tmp_path: Path) -> None:
    run = Commands(tmp_path)
    line = '{"_id":"a","\\ud83d":["\\ude00x","😀"]}'
    (tmp_path / "in.json").write_text(line, "utf-8")
    run("import", "todos", str(tmp_path / "in.json"))
    run("export", "todos", str(tmp_path / "out.json"))
    assert (tmp_path / "out.json").read_text("utf-8").splitlines() == [line]
    assert run("export", "todos").splitlines() == [line]
    run("import", "again", str(tmp_path / "out.json"))
    assert run("export", "again").splitlines() == [line]


@pytest.mark.once
def test_a_second_process_is_told_who_has_the_documents(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cloudpy", "gateway", "--database", "data", "--json"]
    gateway = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert gateway.stdout is not None
        json.loads(gateway.stdout.readline())
        second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert second.returncode == 2
        assert f"is open in another process (process {gateway.pid}): end that one" in second.stderr
        (tmp_path / "in.json").write_text("{}", "utf-8")
        assert f"process {gateway.pid}" in Commands(tmp_path)("import", "todos", str(tmp_path / "in.json"), code=1)
        assert "no collections" in Commands(tmp_path)("list"), "looking is possible all the time"
    finally:
        gateway.send_signal(signal.SIGTERM)
        gateway.wait()
        gateway.stdout.close()  # type: ignore[union-attr]
    assert "no collections" in Commands(tmp_path)("list")
    assert os.path.isdir(tmp_path / "data")


@pytest.mark.once
def test_counters_of_several_processes_add_up(tmp_path: Path) -> None:
    # The whole campaign: CLOUDPY_DATABASE_PROCESSES=8 CLOUDPY_DATABASE_TRANSACTIONS=1000
    processes = int(os.environ.get("CLOUDPY_DATABASE_PROCESSES", "3"))
    each = int(os.environ.get("CLOUDPY_DATABASE_TRANSACTIONS", "15"))
    backend = Backend(database=tmp_path)
    engine = backend.documents.engine()
    engine.create("counters")
    engine.insert("counters", [{"_id": number, "n": 0} for number in range(10)])
    engine.create("many")
    engine.insert("many", [{"n": number} for number in range(10_001)])  # large: answered in threads
    with GatewayServer(backend) as server:
        command = [sys.executable, str(Path(__file__).with_name("counter_process.py"))]
        environ = {**os.environ, **server.environment()}
        running = [subprocess.Popen([*command, str(seed), str(each)], env=environ) for seed in range(processes)]
        assert [process.wait() for process in running] == [0] * processes
    assert sum(document["n"] for document in documents(backend, "counters")) == processes * each * 2
    backend.documents.close()
    again = Backend(database=tmp_path)
    assert sum(document["n"] for document in documents(again, "counters")) == processes * each * 2
    again.documents.close()
