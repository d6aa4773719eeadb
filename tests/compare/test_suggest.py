"""Events that are proposed from the code of a function, in both languages, and the summary of a project."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudpy.cli import main
from cloudpy.compare import scenario
from cloudpy.compare.fuzz import FuzzContext, variations
from cloudpy.compare.suggest import javascript, python, tree
from cloudpy.compare.suggest.proposal import Proposal, propose
from cloudpy.compare.suggest.reader import Reader
from cloudpy.compare.suggest.source import suggest

from .harness import MODULES, case, function

ROOT = Path(__file__).parents[2]
SNIPPETS = ROOT / "tests" / "migrate" / "snippets"

NODE = """
const cloud = require('wx-server-sdk')
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV })
const db = cloud.database()
const _ = db.command

async function borrow ({ bookId, days = 14 }, openid) {
  const { data: book } = await db.collection('books').doc(bookId).get()
  if (book.status === 'lent') return { ok: false, why: 'lent' }
  if (days > 30) return { ok: false, why: 'too long' }
  await db.collection('books').doc(bookId).update({ data: { status: 'lent', holder: openid, times: _.inc(1) } })
  return { ok: true, until: days * 86400 }
}

exports.main = async (event) => {
  const { OPENID } = cloud.getWXContext()
  switch (event.action) {
    case 'borrow': return borrow(event.data, OPENID)
    case 'mine': {
      const found = await db.collection('loans').where({ _openid: OPENID, pages: _.gt(100) }).limit(event.size).get()
      return found.data.map((one) => one.title.trim())
    }
    case 'mail':
      if (!/^[^@]+@[^@]+$/.test(event.mail)) return 'no address'
      return event.tags.length
    default: return 'unknown'
  }
}
"""
PYTHON = """
import re

import cloudpy as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)
db = cloud.database()
_ = db.command


async def borrow(data, openid):
    book_id, days = data.get("bookId"), data.get("days", 14)
    book = (await db.collection("books").doc(book_id).get())["data"]
    if book["status"] == "lent":
        return {"ok": False, "why": "lent"}
    if days > 30:
        return {"ok": False, "why": "too long"}
    change = {"status": "lent", "holder": openid, "times": _.inc(1)}
    await db.collection("books").doc(book_id).update(data=change)
    return {"ok": True, "until": days * 86400}


async def main(event, context):
    openid = cloud.getWXContext()["OPENID"]
    match event.get("action"):
        case "borrow":
            return await borrow(event.get("data"), openid)
        case "mine":
            where = {"_openid": openid, "pages": _.gt(100)}
            found = await db.collection("loans").where(where).limit(event.get("size")).get()
            return [one["title"].strip() for one in found["data"]]
        case "mail":
            if not re.fullmatch("[^@]+@[^@]+", event.get("mail")):
                return "no address"
            return len(event.get("tags"))
    return "unknown"
"""


def proposed(folder: Path, source: str, name: str = "index.js", count: int = 60) -> Proposal:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(source, "utf-8")
    return suggest(function(folder), count)


def events(proposal: Proposal) -> dict[str, Any]:
    return {each.purpose: each.event for each in proposal.events}


@pytest.fixture
def typed() -> Iterator[Callable[..., Result]]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda *arguments: CliRunner().invoke(main, ["compare", *map(str, arguments)])
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_each_way_through_the_code_has_an_event(tmp_path: Path) -> None:
    made = proposed(tmp_path / "node", NODE)
    found = events(made)
    assert {"action": "borrow", "data": {"bookId": "books-1", "days": 14}} == found['action = "borrow"']
    assert {"action": "mine", "size": 10} == found['action = "mine"']
    assert {"action": "mail", "mail": "li.lei@example.com", "tags": ["红", "green"]} == found['action = "mail"']
    assert {"action": "something else"} == found['action = "something else"']
    assert {"action": "borrow", "data": {"days": 14}} == found['action = "borrow": without data.bookId']
    assert {"action": "borrow", "data": {"bookId": "books-1", "days": 30}} == found['action = "borrow": data.days = 30']
    assert None is found['action = "borrow": data.bookId = null']["data"]["bookId"]


def test_its_queries_find_documents(tmp_path: Path) -> None:
    made = proposed(tmp_path / "node", NODE)
    book, another = made.collections["books"]
    assert ("books-1", "status", "o-local-user") == (book["_id"], book["status"], book["holder"])
    assert "o-someone-else" == another["_openid"]
    loan = made.collections["loans"][0]
    assert (101, "买牛奶", "o-local-user") == (loan["pages"], loan["title"], loan["_openid"])
    changed = {each.purpose: each.collections for each in made.events if each.collections}
    assert {"books": []} == changed['action = "borrow": no document in books']
    (other,) = changed['action = "borrow": without books.status'].values()
    assert "status" not in other[0]


def test_both_languages_say_the_same(tmp_path: Path) -> None:
    node, python = proposed(tmp_path / "node", NODE), proposed(tmp_path / "py", PYTHON, "index.py")
    assert node.collections == python.collections
    assert events(node) == events(python)


FORMS: dict[str, dict[str, Any]] = {
    "const { list = [] } = event; return list.map((one) => one.price * one.n)": {"list": [{"price": 19.9, "n": 3}]},
    "return JSON.parse(event.body).user.name.trim()": {"body": '{"user": {"name": "李雷"}}'},
    "const h = { add: (e) => e.title, off: (e) => e.id }; return h[event.type](event)": {
        "type": "add",
        "title": "买牛奶",
    },
    "if (event.method === 'OPTIONS') return 1; return event.n.toFixed(2)": {"method": "method", "n": 3},
    "return event.isNew ? event.createdDate : new Date(event.start).getTime()": {
        "isNew": True,
        "createdDate": "2025-12-30",
        "start": "2025-12-30T08:30:00Z",
    },
    "const [a, b] = [event.phone, event.flags && event.flags.vip]; return { a, b }": {
        "phone": "13800138000",
        "flags": {"vip": "vip"},
    },
    "const app = new Router({ event }); app.router('home', (ctx) => { ctx.body = event.page }); return app.serve()": {
        "$url": "home",
        "page": 1,
    },
    "class Shop { constructor (e) { this.e = e } pay () { return this.e.money / 2 } }; return new Shop(event).pay()": {
        "money": 19.9
    },
    "return [event.startTime.toLocaleString(), event.total.toLocaleString(), event.at.toLocaleDateString()]": {
        "startTime": "2025-12-30T08:30:00Z",
        "total": 3,
        "at": "2025-12-30T08:30:00Z",
    },
    "for (const one of event.ids) { const row = one || {}; row.a.trim() } for (const one of event.tags) { "
    "const row = one || {}; row.b.trim() }": {"ids": [{"a": "a"}], "tags": [{"b": "b"}]},
    "return Promise.resolve(event).then((e) => [...e.ids].sort())": {"ids": ["id"]},
    "return new Date(`${event.on}T${event.from}:00`).getTime()": {"on": "2025-12-30", "from": "08:30"},
    "return new Date(event.on + 'T' + event.from + ':00').getTime()": {"on": "2025-12-30", "from": "08:30"},
    "return event.rows.reduce((sum, row) => sum + row.used, 0)": {"rows": [{"used": 3}]},
    "event.goods.at = 1; return event.goods": {"goods": {}},
    "return Buffer.from(event.picture, 'base64').length": {"picture": "5L2g5aW9"},
}


@pytest.mark.parametrize("body", FORMS)
def test_forms_of_code(tmp_path: Path, body: str) -> None:
    start = "const Router = require('tcb-router')\n"
    made = proposed(tmp_path / "node", f"{start}exports.main = async (event) => {{ {body} }}\n")
    assert FORMS[body] in [each.event for each in made.events], events(made)


def test_local_modules_are_read(tmp_path: Path) -> None:
    (tmp_path / "node" / "lib").mkdir(parents=True)
    (tmp_path / "node" / "lib" / "rules.js").write_text("exports.fits = ({ title }) => title.length < 30\n")
    made = proposed(
        tmp_path / "node", "const { fits } = require('./lib/rules')\nexports.main = (event) => fits(event)\n"
    )
    assert {"title": "买牛奶"} == made.events[0].event


def test_it_runs_in_the_environment_that_the_code_names(tmp_path: Path) -> None:
    head = "const cloud = require('wx-server-sdk')\ncloud.init()\n"
    env = "{ env: cloud.getWXContext().ENV === 'local' ? 'shop-4f2' : cloud.getWXContext().ENV }"
    made = proposed(
        tmp_path / "node",
        f"{head}exports.main = (event) => cloud.database({env}).collection('a').doc(event.id).get()\n",
    )
    assert "shop-4f2" == made.env


@pytest.mark.once()
def test_what_is_spread_in_an_object_is_one(tmp_path: Path) -> None:
    made = events(proposed(tmp_path, "exports.main = async e => ({ ...e.timeSlot, at: 1 })"))
    assert {"timeSlot": {}} in made.values()


def test_any_code_can_be_read() -> None:
    """Every form that the translator is tested with, and the translator."""
    lines = [line for path in sorted(SNIPPETS.glob("*.js.txt")) for line in path.read_text("utf-8").splitlines()]
    for line in (line for line in lines if line and not line.startswith("#")):
        reader = Reader(lambda *_: None)
        reader.read(javascript.module(f"exports.main = async (event) => {{ {line}\n}}", "index.js"), "index.js", "main")
        assert propose(reader, 2).events, line
    for path in sorted((ROOT / "cloudpy" / "migrate").rglob("*.py")):
        assert isinstance(python.module(path.read_text("utf-8"), path.name), tree.Module)


@pytest.mark.once
def test_they_are_written_kept_and_compared(tmp_path: Path, typed: Callable[..., Result]) -> None:
    for name, language, source in (("index.js", "node", NODE), ("index.py", "py", PYTHON)):
        (tmp_path / language).mkdir()
        (tmp_path / language / name).write_text(source, "utf-8")
    node, ours = tmp_path / "node", tmp_path / "py"
    done = typed(node, ours, "--suggest", "--count", 25, "--node-modules", MODULES)
    path = ours / "events.yaml"
    assert f"25 events proposed in {path}: edit them, and keep them" in done.stdout, done.output
    assert 25 == len(scenario.read(str(path)))
    again = typed(node, ours, "--node-modules", MODULES)  # the file is found, and means the same
    assert done.stdout.splitlines()[-1].partition(". ")[0] == again.stdout.splitlines()[-1].partition(". ")[0]
    assert "is there already, and is used" in typed(node, ours, "--suggest", "--node-modules", MODULES).stderr
    assert "is there already: delete it" in typed(node, "--suggest", "--events", path).stderr
    alone = typed(node, "--suggest", "--events", tmp_path / "a.yaml")
    assert (0, True) == (alone.exit_code, (tmp_path / "a.yaml").is_file())
    assert "PY_DIR is missing" in typed(node).stderr


def test_a_file_says_things_once_for_all_its_events(tmp_path: Path) -> None:
    (tmp_path / "e.yaml").write_text(
        "openid: o-1\ndatabase: {collections: {a: [{_id: '1'}], b: [{_id: '2'}]}}\n"
        "events:\n- event: {}\n- {event: {}, openid: o-2, database: {collections: {b: []}}}\n"
    )
    first, second = scenario.read(str(tmp_path / "e.yaml"))
    assert ("o-1", "o-2") == (first.raw["openid"], second.raw["openid"])
    assert (("a", [{"_id": "1"}]), ("b", [{"_id": "2"}])) == first.local.collections
    assert (("a", [{"_id": "1"}]), ("b", [])) == second.local.collections
    (tmp_path / "e.yaml").write_text("events:\n- event: {}\n- {event: {}, database: {collections: {b: [1]}}}\n")
    with pytest.raises(ValueError, match=r"e.yaml:3: database.collections.b\[0\]: must be a mapping"):
        scenario.read(str(tmp_path / "e.yaml"))
    (tmp_path / "e.yaml").write_text("event: {}\ndatabase: {folder: x}\n")
    with pytest.raises(ValueError, match="an event has collections, and no folder"):
        scenario.read(str(tmp_path / "e.yaml"))


@pytest.mark.once
def test_a_permission_that_both_lack_is_one_line(tmp_path: Path, typed: Callable[..., Result]) -> None:
    send = "security.msgSecCheck({ content: 'a', openid: 'o', scene: 1, version: 2 })"
    sources = {
        "one/index.js": f"const cloud = require('wx-server-sdk')\ncloud.init({{ env: cloud.DYNAMIC_CURRENT_ENV }})\n"
        f"exports.main = () => cloud.openapi.{send}.catch((error) => error.errCode)\n",
        "two/index.py": "import cloudpy as cloud\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n"
        "async def main(event, context):\n    try:\n"
        "        await cloud.openapi.security.msgSecCheck(content='a', openid='o', scene=1, version=2)\n"
        "    except cloud.CloudSDKError as error:\n        return error.errCode\n",
        "one/config.json": "{}", "two/config.json": "{}", "e.yaml": "- event: {}\n- event: {a: 1}\n",
    }  # fmt: skip
    for name, text in sources.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    done = typed(tmp_path / "one", tmp_path / "two", "--events", tmp_path / "e.yaml", "--node-modules", MODULES)
    note, total = done.stdout.splitlines()
    assert "note: security.msgSecCheck: both are refused (-604101), config.json does not list it" == note
    assert total.startswith("2 events: all equal.")


@pytest.mark.once
def test_a_project_has_a_line_for_each_function(tmp_path: Path, typed: Callable[..., Result]) -> None:
    node, ours = tmp_path / "node", tmp_path / "py"
    for name, answer in (("same", "3"), ("wrong", "4"), ("broken", "1 +"), ("missing", "")):
        (node / name).mkdir(parents=True)
        (node / name / "index.js").write_text("exports.main = (event) => event.n === 1 ? 1 : 3\n")
        if answer:
            (ours / name).mkdir(parents=True)
            (ours / name / "index.py").write_text(f"def main(event, context): return {answer}\n")
    shutil.rmtree(ours / "broken")
    (ours / "broken").mkdir()
    done = typed(node, ours, "--suggest")
    lines = done.stdout.splitlines()
    assert 1 == done.exit_code, repr(done)
    assert lines[0].startswith(f"broken   no index.js or index.py in {ours / 'broken'}")
    assert lines[1].startswith(f"missing  has no port: there is no {ours / 'missing'}")
    assert lines[2].startswith("same     ") and lines[3].startswith("wrong    ")
    assert any(line.startswith("wrong: as the code reads it differs: 1 difference") for line in lines)
    assert "4 functions: 0 equal, 2 different, 2 not compared" == lines[-1]
    found = json.loads(typed(node, ours, "--json").stdout)
    assert ["broken", "missing", "same", "wrong"] == [each["name"] for each in found["functions"]]
    assert "--watch is for one function" in typed(node, ours, "--watch").stderr


def test_faults_are_those_that_an_api_can_have() -> None:
    context = FuzzContext([case({"a": 1})], ["uploadFile", "database.getDocument", "security.msgSecCheck"], ["o-1"])
    faults: dict[str, set[Any]] = {}
    for one in variations(context, 400, 3):
        for api, fault in one.raw.get("faults", {}).items():
            faults.setdefault(api, set()).add(fault)
    assert 3 == len(faults)
    assert all(isinstance(each, str) for api in ("uploadFile", "database.getDocument") for each in faults[api])
    assert 40003 in faults["security.msgSecCheck"]
