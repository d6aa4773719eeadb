"""Functions with a database: documents left behind, the calls, and ids by their position."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from cloudpy.local.data import LocalData, read

from .harness import case, pair, places

TODOS = Path(__file__).parents[2] / "examples" / "todo_list"
COUNTED = ['$calls[3].params.data["$inc"].n', "$state.documents.local.counters.done.n"]
ADDED = ["$calls[0].params.data[0].done", '$state.documents.local.todos["004"].done']
EVENTS: list[dict[str, Any]] = [
    {},
    {"action": "add", "id": "004", "title": "写周报", "tags": ["工作", "急"]},
    {"action": "add", "id": "001", "title": "again"},
    {"action": "finish", "id": "001"},
    {"action": "finish", "id": "003"},
    {"action": "finish", "id": "nothing"},
    {"action": "stats"},
]
NOTES_NODE = """
const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
exports.main = async ({ texts, at }) => {
  const db = cloud.database()
  const ids = []
  for (const text of texts) {
    ids.push((await db.collection('notes').add({ data: { text, n: 1.5, at: db.serverDate() } }))._id)
  }
  const data = { n: db.command.inc(1), at: new Date(at) }
  await db.collection('notes').where({ n: db.command.gt(1) }).update({ data })
  const { list } = await db.collection('notes').aggregate().sample({ size: 1 }).end()
  return { ids, list }
}
"""
NOTES_PYTHON = """
from datetime import datetime, timezone

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    db = cloud.database()
    _ = db.command
    notes = db.collection("notes")
    ids = [(await notes.add(data={"text": text, "n": 1.5, "at": db.serverDate()}))["_id"] for text in event["texts"]]
    at = datetime.fromtimestamp(event["at"] / 1000, timezone.utc)
    await notes.where({"n": _.gt(1)}).update(data={"n": _.inc(1), "at": at})
    found = await notes.aggregate().sample({"size": 1}).end()
    return {"ids": ids, "list": found["list"]}
"""


def folders(tmp_path: Path, node: str, python: str) -> tuple[Path, Path]:
    made = []
    for name, file, source in (("node", "index.js", node), ("python", "index.py", python)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / file).write_text(source, "utf-8")
        (folder / "config.json").write_text('{"permissions": {"openapi": []}}')
        made.append(folder)
    return made[0], made[1]


@pytest.fixture
def todos(tmp_path: Path) -> tuple[Path, Path, LocalData]:
    node, python = folders(tmp_path, (TODOS / "index.js").read_text("utf-8"), (TODOS / "index.py").read_text("utf-8"))
    shutil.copy(TODOS / "local.yaml", tmp_path)
    return node, python, read(tmp_path / "local.yaml")


@pytest.mark.once()
def test_the_port_equals_the_function(todos: tuple[Path, Path, LocalData]) -> None:
    node, python, local = todos
    with pair(node, python, base=local) as running:
        for number, event in enumerate(EVENTS):
            found = running.compare(case(event, f"event {number}", openid="o-alice"))
            assert [] == found.differences, event
            assert found.left.side_effects["documents"]["local"]["counters"]["done"]["n"] == (2 if number == 3 else 1)
    assert not list(python.parent.glob("kept*")), "nothing is kept"


@pytest.mark.once()
@pytest.mark.parametrize(
    ("right", "wrong", "event", "where"),
    [
        ("agg.sum(1)", "agg.sum(1)", 0, []),
        ('{"n": _.inc(1)}', '{"n": _.inc(2)}', 3, COUNTED),
        ('"done": False}', '"done": None}', 1, ADDED),
        ('.orderBy("_id", "asc")', "", 0, ["$calls[1].params.order._id"]),
    ],
    ids=["nothing", "counts twice", "another value", "another order"],
)  # fmt: skip
def test_mistakes_are_found(
    todos: tuple[Path, Path, LocalData], right: str, wrong: str, event: int, where: list[str]
) -> None:
    node, python, local = todos
    source = (python / "index.py").read_text("utf-8")
    (python / "index.py").write_text(source.replace(right, wrong), "utf-8")
    with pair(node, python, base=local) as running:
        found = running.compare(case(EVENTS[event], openid="o-alice"))
    assert where == places(found)


@pytest.mark.once()
def test_ids_dates_and_samples_are_the_same_on_both_sides(tmp_path: Path) -> None:
    node, python = folders(tmp_path, NOTES_NODE, NOTES_PYTHON)
    (tmp_path / "local.yaml").write_text("database: {folder: kept, collections: {notes: []}}\n")
    event = {"texts": ["a", "b", "c"], "at": 1600000000123}
    with pair(node, python, base=read(tmp_path / "local.yaml")) as running:
        first, second = (running.compare(case(event, name)) for name in ("one", "two"))
    assert [] == first.differences == second.differences
    assert first.left.outcome.value["ids"] != second.left.outcome.value["ids"]
    notes = first.left.side_effects["documents"]["local"]["notes"]
    assert [2.5, 2.5, 2.5] == [note["n"] for note in notes.values()]
    assert list(notes) == first.right.outcome.value["ids"]
    assert not (tmp_path / "kept").exists()


REFUSED_NODE = """
const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
exports.main = async (event) => {
  const notes = cloud.database().collection('notes')
  try { await notes.add({ data: event.note }) } catch (error) { return (await notes.count()).total }
  return 'added'
}
"""
REFUSED_PYTHON = """
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    notes = cloud.database().collection("notes")
    try:
        await notes.add(data=event.get("note"))
    except cloud.CloudSDKError:
        return (await notes.count())["total"]
    return "added"
"""


@pytest.mark.once()
def test_a_call_that_only_one_sdk_sends_and_the_service_refuses_does_not_count(tmp_path: Path) -> None:
    node, python = folders(tmp_path, REFUSED_NODE, REFUSED_PYTHON)
    local = tmp_path / "local.yaml"
    local.write_text("database:\n  collections:\n    notes: []\n")
    with pair(node, python, base=read(local)) as running:
        assert [] == places(running.compare(case({})))
        assert [] == places(running.compare(case({"note": {"text": "a"}})))


ROLLED_BACK_NODE = """
const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
exports.main = async () => {
  const transaction = await cloud.database().startTransaction()
  await transaction.rollback()
  await transaction.rollback()
}
"""
ROLLED_BACK_PYTHON = """
import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


async def main(event, context):
    transaction = await cloud.database().startTransaction()
    await transaction.rollback()
    await transaction.rollback()
"""


@pytest.mark.once()
def test_a_failure_of_a_transaction_without_a_code_in_node_is_the_same(tmp_path: Path) -> None:
    node, python = folders(tmp_path, ROLLED_BACK_NODE, ROLLED_BACK_PYTHON)
    with pair(node, python) as running:
        compared = running.compare(case({}))
        assert ("raised", "error") == (compared.left.outcome.kind, compared.right.outcome.kind)
        assert [] == places(compared)
