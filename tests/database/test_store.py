"""Documents on disk: kept over the end of a process, however it ends; one process at a time."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cloudpy.local.database import DatabaseError, Engine, Query, StoreError

WRITER = Path(__file__).parent / "writer.py"
# The whole campaign of the issue: CLOUDPY_DATABASE_KILLS=20 CLOUDPY_DATABASE_WRITES=10000
KILLS = int(os.environ.get("CLOUDPY_DATABASE_KILLS", "2"))
WRITES = int(os.environ.get("CLOUDPY_DATABASE_WRITES", "1500"))


@pytest.mark.once
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    chance = random.Random(20)
    acknowledged = 0
    for _ in range(KILLS):
        stop = chance.randrange(WRITES // 10, WRITES)
        writer = subprocess.Popen(
            [sys.executable, str(WRITER), str(tmp_path), str(WRITES)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        for count, line in enumerate(writer.stdout):
            acknowledged = int(line) + 1
            if count == stop:
                writer.kill()
                break
        for line in writer.stdout.read().split("\n")[:-1]:  # what it still said before the signal came
            acknowledged = int(line) + 1
        writer.stdout.close()
        assert writer.wait() == -9
        engine = Engine(tmp_path)
        documents = engine.find("c", Query({}))
        assert [document["_id"] for document in documents] == list(range(len(documents)))
        assert acknowledged <= len(documents) <= acknowledged + 1, "one more may be written and not yet said"
        assert all(len(document["text"]) == document["_id"] % 500 for document in documents)
        assert engine.find("sums", Query({})) == [{"_id": "sum", "n": len(documents)}], "no half of a transaction"
        engine.close()


def test_a_second_process_gets_a_clear_error(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.create("c")
    tried = subprocess.run(
        [sys.executable, "-c", f"from cloudpy.local.database import Engine; Engine({str(tmp_path)!r})"],
        capture_output=True,
        text=True,
    )
    assert f"is open in another process (process {os.getpid()}): end that one, or use another folder" in tried.stderr
    engine.insert("c", [{"_id": 1}])  # and the first one is not disturbed
    engine.close()
    again = Engine(tmp_path)
    assert again.collections() == {"c": 1}
    again.close()


def test_another_process_can_read_what_is_committed(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.create("c")
    engine.insert("c", [{"_id": 1}])
    reader = Engine(tmp_path, read_only=True)
    engine.insert("c", [{"_id": 2}])
    assert reader.find("c", Query({})) == [{"_id": 1}], "as it was when it was opened"
    for write in (
        lambda: reader.insert("c", [{"_id": 3}]),
        lambda: reader.create("d"),
        lambda: reader.drop("c"),
        lambda: reader.remove("c", Query({})),
    ):
        with pytest.raises(DatabaseError, match="was opened for reading"):
            write()
    assert reader.collections() == {"c": 1}
    reader.close()
    assert engine.collections() == {"c": 2}
    engine.close()


def test_the_same_process_cannot_open_it_twice(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    with pytest.raises(StoreError, match="is open in another process"):
        Engine(tmp_path)
    engine.close()


def test_another_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "documents.sqlite"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(StoreError, match="is not a database of cloudpy, or is damaged"):
        Engine(tmp_path)
    assert path.read_bytes() == b"something else" * 100


def test_another_version_is_not_read(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "documents.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="another version of cloudpy"):
        Engine(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used for the database"):
        Engine(tmp_path / "file" / "folder")


def test_a_write_that_the_disk_refuses_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(tmp_path)
    engine.create("c")
    engine.insert("c", [{"_id": 1, "n": 1}])
    assert engine._store is not None
    engine._store._connection.execute("PRAGMA max_page_count = 10")
    with pytest.raises(DatabaseError, match="cannot write its file"):
        engine.insert("c", [{"_id": 2, "text": "x" * 1_000_000}])
    assert engine.collections() == {"c": 1}
    engine.close()
    again = Engine(tmp_path)
    assert again.find("c", Query({})) == [{"_id": 1, "n": 1}]
    again.close()


def test_order_collections_and_odd_values_come_back(tmp_path: Path) -> None:
    documents: list[dict[str, Any]] = [
        {"_id": "b", "lone": "\ud800", "nan": float("nan"), "minus": -0.0},
        {"_id": 1, "emoji": "😀", "zero": "a\0b"},
        {"_id": {"k": 1}, "": {"": []}},
    ]
    engine = Engine(tmp_path)
    engine.create("空")
    engine.create("empty")
    engine.create("gone")
    engine.insert("空", documents)
    engine.insert("gone", [{"_id": 1}])
    engine.drop("gone")
    engine.update("空", Query({"_id": "b"}), {"$set": {"x": 1}})
    engine.close()
    again = Engine(tmp_path)
    assert again.collections() == {"empty": 0, "空": 3}
    found = again.find("空", Query({}))
    assert repr(found) == repr([{**documents[0], "x": 1}, *documents[1:]])
    again.insert("空", [{"_id": "last"}])
    assert [document["_id"] for document in again.find("空", Query({}))] == ["b", 1, {"k": 1}, "last"]
    again.close()
