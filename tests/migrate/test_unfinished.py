"""Drafts with marks: they can be imported, and a mark that is reached is told, whatever the program catches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.compare import scenario
from cloudpy.migrate import draft, write
from tests.cli.command import cloudpy
from tests.compare.harness import pair
from tests.migrate.both import InPython, Snippet, module, translate

# Files whose top is not translated, in many ways; what follows must not run when the file is loaded.
TOPS = {
    "a package": "const log = require('log4js').getLogger(); const { level } = log; exports.main = async () => level",
    "kept members": "const app = require('express')(); const { Router } = app; exports.main = () => new Router()",
    "a class": "class Reply { static good () { return 0 } }; module.exports = { main: async () => Reply.good() }",
    "a wrapper": "const wrap = require('./wrap'); exports.main = wrap(async event => event.a)",
    "a var": "var task; if (task) { task.abort() }\nexports.main = async () => 1",
    "a call": "function setup () { return new Proxy({}, {}) }\nconst proxy = setup(); exports.main = () => proxy.a",
    "a call of a call": "const one = () => two(); function two () { label: if (1) break label }\n"
    "const made = one(); exports.main = () => made",
    "a callback": "const found = [1].map(function () { label: if (1) break label }); exports.main = () => found",
    "an environment": "const cloud = require('wx-server-sdk'); cloud.init({ env: process.env.NO_SUCH_NAME })\n"
    "exports.main = async () => 1",
    "no main": "const a = 1",
    "a strange comment": "/* \x0b \x0c \u2028 */ label: if (1) { /* \x0c */ break label }\nexports.main = () => 1",
    "a name with a sign": "exports.$other = () => 1; exports.main = async () => 1",
    "one name for two": "exports.$one = () => 1; exports._one = () => 2; exports.main = async () => 1",
    "a broken expression": r"exports.main = async event => event.a.replace(/(\d3})\d{4\(\d{4})/, '')",
    "an export": "exports.other = new Proxy({}, {}); exports.main = async () => exports.other",
}  # fmt: skip


def imported(folder: Path) -> subprocess.CompletedProcess[str]:
    """Import the draft in a process of its own."""
    code = "import index; assert callable(index.main)"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, encoding="utf-8")


@pytest.mark.parametrize("name", TOPS)
def test_a_draft_can_be_imported(name: str, tmp_path: Path) -> None:
    (tmp_path / "wrap.js").write_text("module.exports = class Wrap {}")
    (tmp_path / "index.js").write_text(TOPS[name], "utf-8")
    write(draft(tmp_path), tmp_path / "out")
    done = imported(tmp_path / "out")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("config", [b"", b"\xef\xbb\xbf{}", b"[]", b'{"permissions": {"openapi": []}} // mine'])
def test_a_draft_can_be_imported_whatever_its_settings_are(config: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(config)
    source = "const cloud = require('wx-server-sdk'); cloud.init(); exports.main = () => cloud.openapi.wxacode.get({})"
    (tmp_path / "index.js").write_text(source)
    made = draft(tmp_path)
    write(made, tmp_path / "out")
    assert imported(tmp_path / "out").returncode == 0
    if made.notes:
        assert json.loads(made.files["config.json"]) == {"permissions": {"openapi": ["wxacode.get"]}}
        assert made.files["config.json.old"] == config


CAUGHT = """
function read (text) { try { return parsed(text) } catch (e) { return {} } }
function parsed (text) { label: if (1) break label; return JSON.parse(text) }
exports.main = async event => read(event.text).colour || 'default colour'
"""


def test_a_mark_is_not_caught_by_the_program(tmp_path: Path) -> None:
    (tmp_path / "index.js").write_text(CAUGHT)
    write(draft(tmp_path), tmp_path / "out")
    done = cloudpy("run", tmp_path / "out", "--event", '{"text": "{\\"colour\\": \\"red\\"}"}')
    assert done.returncode == 1 and done.stdout == ""
    assert "NotTranslated: index.js:3: a label" in done.stderr


def test_a_mark_is_not_caught_by_promises() -> None:
    piece = Snippet(
        "0",
        module(
            "const one = async () => { label: if (1) break label }\n"
            "if (event.way === 1) return await one().catch(() => 'caught')\n"
            "if (event.way === 2) return (await Promise.allSettled([one()])).length\n"
            "try { await Promise.all([one()]) } finally { event.way = 4 }\nreturn event.way"
        ),
        [{"way": way} for way in (1, 2, 3)],
    )
    translate(piece)
    assert len(piece.marks) == 1, piece.marks
    with InPython() as python:
        assert [each.get("refused", "").partition(": ")[2] for each in python.outcomes(piece)] == [
            "a label of what is no loop"
        ] * 3


def test_compare_shows_a_mark_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "index.js").write_text(CAUGHT)
    write(draft(tmp_path / "node"), tmp_path / "port")
    (tmp_path / "events.yaml").write_text('[{name: one, event: {text: "{"}}]')
    with pair(tmp_path / "node", tmp_path / "port") as running:
        compared = running.compare(scenario.read(str(tmp_path / "events.yaml"))[0])
    assert not compared.equal
    assert "NotTranslated" in str(compared.differences) and "index.js:3" in str(compared.differences)


def test_undefined_as_the_event_of_another_function_is_kept() -> None:
    code = "const cloud = require('wx-server-sdk')\ncloud.init()\nclass Point {}\nconst points = [new Point()]\n"
    code += "exports.main = async event => cloud.callFunction({ name: 'x', 'data': points[event.n] })\n"
    piece = Snippet("one", code, [{}])
    translate(piece)
    assert piece.marks == []
    assert 'callFunction({"name": "x", "data": js.plain(' in piece.python
