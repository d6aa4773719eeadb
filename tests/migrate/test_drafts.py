"""Drafts of whole functions, and the command."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.check import check
from cloudpy.migrate import draft, write
from tests.cli.command import cloudpy

FUNCTIONS = Path(__file__).parent / "functions"
NAMES = sorted(path.name for path in FUNCTIONS.iterdir())
MARKED = {"export_files"}  # adm-zip has no translation


@pytest.mark.once(sample=4)
@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
@pytest.mark.parametrize("name", NAMES)
def test_a_draft_parses_and_keeps_its_settings(name: str, sync: bool, tmp_path: Path) -> None:
    made = draft(FUNCTIONS / name, sync=sync)
    write(made, tmp_path / name)
    for path in (tmp_path / name).rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    assert (tmp_path / name / "config.json").read_bytes() == (FUNCTIONS / name / "config.json").read_bytes()
    assert {"requirements.txt", "local.yaml", "test_index.py", "index.py"} <= made.files.keys()
    if not sync:
        assert bool(made.todos) == (name in MARKED)
    for mark in made.todos:
        assert any(f"# TODO(migrate): {mark.why}".encode() in text for text in made.files.values())


def test_there_are_fourteen_and_five_events_for_each() -> None:
    assert len(NAMES) == 14
    assert all(len(list((FUNCTIONS / name / "events").glob("*.json"))) >= 5 for name in NAMES)


def test_drafts_run(tmp_path: Path) -> None:
    write(draft(FUNCTIONS / "router"), tmp_path / "router")
    done = cloudpy("run", tmp_path / "router", "--event", '{"action": "score.level", "data": {"score": 75}}')
    assert json.loads(done.stdout) == {"code": 0, "data": "B"}, done.stderr


@pytest.mark.once()
def test_the_report_of_many_as_json(tmp_path: Path) -> None:
    done = cloudpy("migrate", FUNCTIONS, "--out", tmp_path / "out", "--json", "--html", tmp_path / "r.html")
    assert done.returncode == 0, done.stderr
    reports = json.loads(done.stdout)["functions"]
    assert [each["name"] for each in reports] == NAMES
    assert all(
        {"percent", "lines", "calls", "permissions", "packages", "marks", "risks"} <= each.keys() for each in reports
    )
    zipped = next(each for each in reports if each["name"] == "export_files")
    assert zipped["packages"]["known"] == ["adm-zip"]
    assert 0 < zipped["percent"] < 100
    assert "<table>" in (tmp_path / "r.html").read_text("utf-8")


def test_what_is_not_translated_stays_as_a_comment(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text("exports.main = async event => {\n  label: if (1) break label\n  return 1\n}\n")
    made = draft(tmp_path)
    text = made.files["index.py"].decode()
    assert (
        "# TODO(migrate): a label of what is no loop\n    # label: if (1) break label\n    raise NotTranslated(" in text
    )


def test_a_syntax_error_names_file_and_line_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "index.js").write_text("const a = 1\nexports.main = async ( => {\n")
    done = cloudpy("migrate", tmp_path / "fn", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "index.js:2" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


# A handler in the forms that people write; what the platform calls awaits it and gives it an event and a context.
HANDLERS = {
    "an arrow": "exports.main = async event => ({ a: event.a, b: event.none })",
    "a method": "module.exports = { async main (event) { return { a: event.a, b: event.none } } }",
    "another name": "const run = async event => ({ a: event.a, b: event.none })\nexports.main = run",
    "an ES module": "export { run as main }\nconst run = async event => ({ a: event.a, b: event.none })",
    "made": "const wrap = f => async event => f(event)\nexports.main = wrap(event => ({ a: event.a, b: event.none }))",
    "of another file": "const other = require('./other')\nexports.main = other.main",
    "a name that is taken": "const cloud = 1\nexports.main = async event => ({ a: event.a * cloud, b: event.none })",
    "no name of the SDK": "const { getWXContext } = require('wx-server-sdk')\n"
    "exports.main = async event => ({ a: event.a, b: getWXContext().none })",
    "not written": "exports.main = function () { return [arguments][0] }",
}


@pytest.mark.once(sample=4)
@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
@pytest.mark.parametrize("form", HANDLERS)
def test_the_platform_can_call_every_draft(form: str, sync: bool, tmp_path: Path) -> None:
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "other.js").write_text("exports.main = async event => ({ a: event.a, b: event.none })")
    (tmp_path / "fn" / "index.js").write_text(HANDLERS[form])
    write(draft(tmp_path / "fn", sync=sync), tmp_path / "out")
    assert not check(tmp_path / "out").findings
    code = "import index, json; print(json.dumps(index.main({'a': 3}, {'request_id': 'r-1'})))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path / "out", capture_output=True, encoding="utf-8")
    if form == "not written":
        assert "NotTranslated: index.js:1: `arguments`" in done.stderr
    else:
        assert (done.stdout, done.returncode) == ('{"a": 3}\n', 0), done.stderr


def test_an_unreadable_function_is_reported_and_the_others_are_written(tmp_path: Path) -> None:
    sources = {
        "good/index.js": "exports.main = async event => event.a",
        "bad/index.js": "const lib = require('./lib')\nexports.main = async event => lib.of(event)",
        "bad/lib.js": "exports.of = event => {\n  if (event.a {\n    return 1\n  }\n}",
        "worse/index.ts": "<<<<<<< HEAD\nlet a = 1\n",
        "last/index.js": "exports.main = async event => event.b",
    }
    for name, text in sources.items():
        (tmp_path / "all" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "all" / name).write_text(text)
    page = tmp_path / "r.html"
    done = cloudpy("migrate", tmp_path / "all", "--out", tmp_path / "out", "--json", "--html", page)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "bad/lib.js:2: expected ')'; it was skipped" in done.stderr
    assert "worse/index.ts:1: expected TypeScript, found '<<<<<<< HEAD'" in done.stderr
    assert "2 of 4 functions were written" in done.stderr
    report = json.loads(done.stdout)
    assert [each["name"] for each in report["functions"]] == ["good", "last"]
    assert report["unreadable"][0] == {"name": "bad", "file": "lib.js", "line": 2, "why": "expected ')'"}
    assert "bad/lib.js:2" in page.read_text("utf-8")
    assert sorted(path.parent.name for path in (tmp_path / "out").glob("*/index.py")) == ["good", "last"]
    assert json.loads(cloudpy("run", tmp_path / "out" / "last", "--event", '{"b": 3}').stdout) == 3


@pytest.mark.once()
def test_a_draft_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "index.js").write_text("exports.main = async event => event.a")
    (tmp_path / "out" / "two").mkdir(parents=True)
    (tmp_path / "out" / "two" / "mine.txt").write_text("mine")
    done = cloudpy("migrate", tmp_path / "all", "--out", tmp_path / "out")
    assert (done.returncode, "not empty" in done.stderr) == (2, True)
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["mine.txt", "two"]
    (tmp_path / "out" / "two" / "index.py").mkdir()
    done = cloudpy("migrate", tmp_path / "all" / "two", "--out", tmp_path / "out" / "two", "--force")
    assert (done.returncode, "cannot be used" in done.stderr) == (1, True)
    assert not [path for path in tmp_path.rglob(".cloudpy-migrate-*")]


@pytest.mark.once()
def test_folders_that_are_not_there_or_not_empty(tmp_path: Path) -> None:
    gone = cloudpy("migrate", tmp_path / "nothing")
    assert (gone.returncode, "there is no folder" in gone.stderr) == (2, True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    kept = cloudpy("migrate", FUNCTIONS / "login", "--out", tmp_path / "out")
    assert (kept.returncode, "--force" in kept.stderr) == (2, True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mine.txt"]
    forced = cloudpy("migrate", FUNCTIONS / "login", "--out", tmp_path / "out", "--force")
    assert forced.returncode == 0 and (tmp_path / "out" / "mine.txt").read_text() == "mine"


@pytest.mark.once()
def test_the_page_escapes_what_comes_from_the_source(tmp_path: Path) -> None:
    (tmp_path / "fn").mkdir()
    source = "const x = require('<script>alert(1)</script>')\nexports.main = async event => x.go()\n"
    (tmp_path / "fn" / "index.js").write_text(source)
    done = cloudpy("migrate", tmp_path / "fn", "--out", tmp_path / "out", "--html", tmp_path / "r.html")
    assert done.returncode == 0, done.stderr
    assert "<script>" not in (tmp_path / "r.html").read_text("utf-8")


@pytest.mark.once()
def test_the_report_says_what_to_do_first(tmp_path: Path) -> None:
    sources = {
        "one": "const jimp = require('jimp')\nexports.main = async () => {\n  const a = jimp('x')\n  return a }",
        "two": "const jimp = require('jimp')\nexports.main = async () => jimp('x')",
        "three": "const jimp = require('jimp')\nexports.main = () => [new Proxy({}, {}), jimp('x')]",
        "four": "exports.main = async event => event.a",
    }
    for name, text in sources.items():
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "index.js").write_text(text)
    done = cloudpy("migrate", tmp_path / "all", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "4 functions: 1 run, 3 end at a mark" in done.stdout
    first, second = done.stdout.index(" 1. the package jimp"), done.stdout.index(" 2. new Proxy")
    assert "finishes one, two, then 3 of 4 run" in done.stdout[first:second]
    assert "finishes three, then 4 of 4 run" in done.stdout[second:]
    page = tmp_path / "r.html"
    done = cloudpy("migrate", tmp_path / "all" / "one", "--out", tmp_path / "one", "--html", page)
    assert "to do: the package jimp is not translated; Python has pillow" in done.stdout
    place = "/one/index.py:"  # after the folder, which may be relative
    assert place in done.stdout and "(index.js:3)" in done.stdout
    line = int(done.stdout.partition(place)[2].partition(" ")[0])
    assert "TODO(migrate)" in (tmp_path / "one" / "index.py").read_text().splitlines()[line - 1]
    assert f"vscode://file{tmp_path / 'one' / 'index.py'}:{line}" in page.read_text("utf-8")


@pytest.mark.parametrize(("first", "is_added"), [("", True), ("cloud.init();", False), ("cloud.database();", False)])
def test_the_caller_alone_is_asked_for_without_init(first: str, is_added: bool, tmp_path: Path) -> None:
    # Node gives the caller without it, and refuses all else; without it a missing UNIONID is a KeyError
    body = f"{first} const {{ OPENID, UNIONID }} = cloud.getWXContext(); return {{ OPENID, UNIONID }}"
    source = f"const cloud = require('wx-server-sdk'); exports.main = async () => {{ {body} }}"
    (tmp_path / "index.js").write_text(source)
    python = draft(tmp_path).files["index.py"].decode()
    assert ("\ncloud.init(javascript_values=True)\n" in python) == is_added


def test_these_need_no_helper(tmp_path: Path) -> None:
    source = """const cloud = require('wx-server-sdk')
const log = cloud.logger ? cloud.logger() : console
const db = cloud.database()
exports.main = async (event) => {
  log.info({ id: event.id })
  const { data: [first] } = await db.collection('days').where({ id: event.id }).get()
  const day = new Date(new Date().getFullYear(), new Date().getMonth(), new Date().getDate())
  found = await db.collection('days').where({ day }).get()
  return [first, found]
}
"""
    (tmp_path / "fn").mkdir()
    (tmp_path / "fn" / "index.js").write_text(source)
    made = draft(tmp_path / "fn")
    text = made.files["index.py"].decode()
    assert "js.py" not in made.files, text
    assert made.todos == []
    assert "log = cloud.logger()\n" in text
    assert 'log.info({"id": event["id"]})' in text
