"""``cloudpy dev --import`` and ``--export-on-exit``: the state goes from one run to the next."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from ..cli.command import cloudpy
from .dev_process import Dev, write

pytestmark = pytest.mark.once()

KEEPS = """\
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

def main(event, context):
    db = cloud.database()
    if event.get("add"):
        db.collection("todos").add(data={"title": event["add"]})
        cloud.uploadFile(cloudPath="a/名.txt", fileContent=event["add"].encode())
    files = cloud.downloadFile(fileID="cloud://local.local/a/名.txt")
    return {"titles": [one["title"] for one in db.collection("todos").get()["data"]],
            "file": files["fileContent"].decode()}
"""


def project(folder: Path) -> Path:
    write(folder / "keeps", index=KEEPS)
    return write(folder, local_yaml="database: {collections: {todos: [{title: seed}]}}\n")


def test_a_state_goes_from_run_to_run(tmp_path: Path) -> None:
    first, second = project(tmp_path / "first"), project(tmp_path / "second")
    exported = tmp_path / "state"
    with Dev(first, "--timeout", "60", "--export-on-exit", exported) as dev:
        assert {"titles": ["seed", "茶"], "file": "茶"} == dev.post("keeps", {"add": "茶"}, x_wx_openid="o-new").json()
        assert 0 == dev.end(signal.SIGINT)
        assert f"state exported to {exported}" in [line.get("text") for line in dev.lines]
    manifest = json.loads((exported / "cloudpy-state.json").read_text())
    assert "o-new" in [user["openid"] for user in manifest["users"]]
    with Dev(second, "--timeout", "60", "--import", exported, "--export-on-exit", exported) as dev:
        assert {"titles": ["seed", "茶"], "file": "茶"} == dev.post("keeps").json()
        assert ["seed", "茶", "水"] == dev.post("keeps", {"add": "水"}).json()["titles"]
    with Dev(first, "--timeout", "60", "--import", exported) as dev:
        assert {"titles": ["seed", "茶", "水"], "file": "水"} == dev.post("keeps").json()


def test_an_import_that_fails_exports_nothing(tmp_path: Path) -> None:
    folder, exported = project(tmp_path / "project"), tmp_path / "state"
    with Dev(folder, "--export-on-exit", exported) as dev:
        dev.post("keeps", {"add": "茶"})
    (exported / "database" / "local" / "todos.jsonl").write_text("{broken\n")
    before = sorted((path, path.read_bytes()) for path in exported.rglob("*") if path.is_file())
    done = cloudpy("dev", folder, "--port", "0", "--import", exported, "--export-on-exit", exported)
    assert 2 == done.returncode
    assert "--import: " in done.stderr and "todos.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    assert before == sorted((path, path.read_bytes()) for path in exported.rglob("*") if path.is_file())


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    folder = project(tmp_path / "project")
    assert 2 == cloudpy("dev", folder, "--port", "0", "--import", tmp_path / "nowhere").returncode
    with Dev(folder, "--export-on-exit", folder) as dev:
        dev.end(signal.SIGTERM)
    assert "is not an exported state" in dev.lines[-2]["text"] + dev.lines[-1]["text"]
    assert (folder / "local.yaml").exists()
