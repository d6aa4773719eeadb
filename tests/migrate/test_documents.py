"""A function that uses the database: the draft is marked nowhere, reads like Python, and does what Node does."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloudpy.compare.comparator import Comparator
from cloudpy.local import data as local
from cloudpy.migrate import draft, write
from tests.compare.harness import case, pair
from tests.migrate.both import Snippet, module, translate

SOURCES = Path(__file__).parent / "sources"
EVENTS: list[dict[str, Any]] = [
    {"way": "add", "title": "new", "at": "2024-03-05T10:00:00Z", "n": 2},
    {"way": "add", "title": "t", "at": 0, "n": 1.5, "tags": ["q"]},
    {"way": "find", "n": 0},
    {"way": "find", "n": 8},
    {"way": "page"},
    {"way": "or", "title": "AL"},
    {"way": "update", "title": "b"},
    {"way": "update", "title": "none"},
    {"way": "group"},
    {"way": "late"},
    {"way": "nothing"},
    {"way": "nothing", "none": "b"},
    {"way": "gone"},
    {"way": "then"},
    {"way": "move"},
    {"way": "remove", "n": 4},
    {"way": "whole"},
    {"way": "set", "title": "x"},
    {"way": "set"},
    {"way": "dates"},
    {"way": "none"},
    {"way": "none", "none": None},
    {"way": "both", "title": "b"},
    {"way": "both", "title": "nobody's"},
    {"way": "steps"},
    {"way": "steps", "n": 2, "page": 2},
    {"way": "steps", "n": 0, "page": 3},
    {"way": "own", "title": "t"},
    {"way": "back", "why": "too little"},
    {"way": "back", "why": {"code": 7}},
    {"way": "kept", "title": "b", "n": 9},
    {"way": "kept", "n": 9},
    {"way": "kept", "title": {"$bad": 1}, "n": 9},
    {"way": "handed", "n": 5},
    {"way": "names"},
    {"way": "stages"},
    {"way": "stages", "n": 3},
    {"way": "outside"},
    {"way": "batches"},
    {"way": "counted", "title": "b", "n": 6},
    {"way": "counted", "title": "nobody's", "n": 6},
    {"way": "counted"},
    {"way": "fewer"},
    {"way": "lost"},
    {"way": "wrong", "title": "x"},
    {"way": "wrong", "title": None},
    {"way": "thrown"},
    {"way": "removed"},
    {"way": "undated", "title": "no date"},
    {"way": "undated", "title": "2024-02-01"},
    {"way": "empty"},
    {"way": "empty", "options": {}},
    {"way": "empty", "options": {"a": {}, "b": 1}},
    {},
]
HEAD = "const cloud = require('wx-server-sdk'); cloud.init(); const db = cloud.database(); const _ = db.command; "
LINES = {
    "await db.collection('t').doc(event.a).get(); return '/t?id=' + event.a": 'return "/t?id=" + str(event["a"])',
    "const r = await cloud.downloadFile({ fileID: event.a }); return r.fileContent.toString('utf8')": (
        'return r["fileContent"].decode(errors="replace")'
    ),
    "const r = await cloud.openapi.wxacode.getUnlimited({ scene: 'a' }); return r.buffer.toString('base64')": (
        'return base64.b64encode(r["buffer"]).decode()'
    ),
    "const { fileID } = await cloud.uploadFile({ cloudPath: 'a' }); return `<${fileID}>`": 'return f"<{file_id}>"',
    "let q = db.collection('t'); if (event.n) q = q.where({ n: event.n }); return await q.get()": (
        'q = q.where({"n": event["n"]})'
    ),
    "const [a, b] = await Promise.all([db.collection('t').get(), db.collection('u').get()]); return b.data.length": (
        'return len(b["data"])'
    ),
    "const r = await db.collection('t').add({ data: { a: 1 } }); if (!r) return 1": "if not r:",
    "const { data } = await db.collection('t').get(); if (data && data.length > 0) return 1": "if len(data) > 0:",
    "const r = await db.collection('t').get(); console.log(`rows ${r.data}: ` + event.a)": '" + str(event["a"]))',
    "await db.collection('t').where({ n: _.gt(1) }).get()": 'await db.collection("t").where({"n": _.gt(1)}).get()',
    "const r = await db.collection('t').get(); return r.data.length": 'return len(r["data"])',
    "const { data: rows } = await db.collection('t').get(); return rows.map(r => r.n)": 'rows = found["data"]',
    "return await db.collection('t').where(_.or([{ a: 1 }, { a: _.in([2, 3]) }])).count()": (
        '_.or_([{"a": 1}, {"a": _.in_([2, 3])}])'
    ),
    "await db.collection('t').doc(event.id).update({ data: { n: _.inc(1), at: db.serverDate() } })": (
        '.update({"data": {"n": _.inc(1), "at": db.serverDate()}})'
    ),
    "const $ = db.command.aggregate; await db.collection('t').aggregate().group({ _id: null, n: $.sum('$n') }).end()": (
        '.group({"_id": None, "n": agg.sum("$n")})'
    ),
    "const p = new db.Geo.Point(113, 23); await db.collection('t').add({ data: { p } })": "p = db.Geo.Point(113, 23)",
    "const r = await db.collection('t').where({ a: 1 }).update({ data: { n: 1 } }); return `${r.stats.updated}`": (
        "return f\"{r['stats']['updated']}\""
    ),
    "const p = db.collection('t').get(); const ps = []; ps.push(p); return (await Promise.all(ps)).map(r => r.data)": (
        '[r["data"] for r in '
    ),
    "const ps = []; for (const n of [0, 9]) ps.push(db.collection('t').skip(n).get()); return (await Promise.all(ps))"
    ".reduce((all, next) => ({ data: all.data.concat(next.data) }))": (
        'functools.reduce(lambda all_, next_: {"data": all_["data"] + next_["data"]}, await asyncio.gather(*ps))'
    ),
    "db.collection('t').add({ data: { a: 1 } }); return 1": '    await db.collection("t").add({"data": {"a": 1}})',
    "try { db.collection('t').add({ data: { a: 1 } }) } catch (err) { return 0 }": (
        'js.background(db.collection("t").add({"data": {"a": 1}}))'
    ),
    "return await new Promise(resolve => { resolve(1); db.collection('t').add({ data: { a: 1 } }) })": (
        'js.background(db.collection("t").add({"data": {"a": 1}}))'
    ),
    "await cloud.deleteFile({ fileList: [event.id], success: res => { console.log(res) } })": (
        'await cloud.deleteFile({"fileList": [event["id"]]})'
    ),
    "await cloud.callFunction({ name: 'f', data: { at: new Date(event.at), all: event.list } })": (
        '"all": event["list"]}})'
    ),
    "let q = null; if (event.n) q = db.collection('t'); q = q.limit(5); return await q.get()": "q = q.limit(5)",
    "const t = await db.startTransaction(); await t.collection('t').doc('x').get(); await t.commit()": (
        "await t.commit()"
    ),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparator]:
    if shutil.which("node") is None:
        pytest.skip("there is no node here")
    port = tmp_path_factory.mktemp("drafts") / "documents"
    made = draft(SOURCES / "documents")
    assert made.todos == []
    write(made, port)
    with pair(SOURCES / "documents", port, None, local.read(SOURCES / "documents.local.yaml")) as both:
        yield both


@pytest.mark.once(sample=3)
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: f"{event.get('way')}")
def test_the_draft_equals_its_original(event: dict[str, Any], running: Comparator) -> None:
    compared = running.compare(case(event))
    assert compared.differences == []


@pytest.mark.parametrize("line", LINES)
def test_a_query_is_plain_python(line: str) -> None:
    piece = Snippet("0", module(f"{HEAD}exports.main = async event => {{ {line} }}"), [])
    translate(piece)
    assert piece.marks == []
    assert LINES[line] in piece.python


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        (
            "const $ = _.aggregate; await db.collection('t').aggregate().group({ n: $.count({}) }).end()",
            "no command count",
        ),
        (
            "const all = db.collection('t').aggregate(); const n = await all.count('n').end(); await all.end()",
            "used again",
        ),
    ],
)
def test_what_a_query_cannot_do_is_marked(line: str, mark: str) -> None:
    piece = Snippet("0", module(f"{HEAD}exports.main = async event => {{ {line} }}"), [])
    translate(piece)
    assert mark in str(piece.marks)


def test_conditions_that_are_all_undefined_are_no_query_for_everything(running: Comparator) -> None:
    compared = running.compare(case({"way": "nothing"}))
    assert compared.equal and compared.left.outcome.value == "error"


def test_dates_of_documents_are_json_though_nothing_in_the_file_makes_json(tmp_path: Path) -> None:
    body = "const r = await db.collection('t').get(); return [r.data[0].at.toLocaleString(), r]"
    text = f"{HEAD}exports.main = async () => {{ {body} }}"
    (tmp_path / "index.js").write_text(text)
    assert b"def toJSON" in draft(tmp_path).files["js.py"]
