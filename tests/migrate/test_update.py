"""``cloudpy migrate --update`` and ``--watch``: new drafts over edited ones."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.migrate import make, update, write_output
from cloudpy.migrate.update import merged_file
from tests.cli.command import cloudpy

pytestmark = pytest.mark.once

UTIL = "exports.level = n => n > 5 ? 'high' : 'low'\nexports.day = text => new Date(text).getUTCDay()\n"
SOURCES = {
    "common/util.js": UTIL,
    "one/index.js": "const { level, day } = require('../common/util')\nconst measure = require('measure-files')\n"
    "exports.main = async event => {\n  const size = measure(event.file)\n"
    "  return [level(event.n), day(event.day), size]\n}\n",
    "two/index.js": "const { level } = require('../common/util')\n"
    "exports.main = async event => ({ level: level(event.n), text: String(event.text).trim() })\n",
}


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """Two functions with a shared module, one of them with a mark."""
    for name, text in SOURCES.items():
        (tmp_path / "node" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "node" / name).write_text(text, "utf-8")
    return tmp_path / "node"


def write(node: Path, out: Path) -> None:
    write_output(make(node, out).output)


def fill(path: Path) -> None:
    """Write the marked places of a draft by hand."""
    before, _, _ = path.read_text("utf-8").partition("    # TODO(migrate)")
    own = "    size = len(event['file'])\n    return [level(event['n']), day(event['day']), size]\n"
    path.write_text(before + own, "utf-8")


def test_a_project_has_each_shared_thing_once_and_runs(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if ".cloudpy" not in path.parts} >= {
        "_shared/js.py", "_shared/common/util.py", "_shared/test_shared.py", "one/index.py", "two/index.py",
        "one/requirements.txt", "requirements.txt", "local.yaml", "pyproject.toml", "README.md", ".gitignore",
    }  # fmt: skip
    assert not (out / "two/js.py").exists() and not (out / "two/local.yaml").exists()
    done = cloudpy("run", out / "two", "--event", '{"n": 9, "text": " a "}')
    assert json.loads(done.stdout) == {"level": "high", "text": "a"}, done.stderr
    again = cloudpy("migrate", node, "--out", out)
    assert again.returncode == 2 and "--update" in again.stderr


def test_the_tests_of_a_draft_fail_until_nothing_is_left(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    first = subprocess.run(command, cwd=out, capture_output=True, encoding="utf-8", check=False)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "one/index.py" in first.stdout and "2 failed, 3 passed" in first.stdout, first.stdout
    fill(out / "one/index.py")
    test = out / "one/test_index.py"
    test.write_text(test.read_text("utf-8").replace("EVENT = {}", "EVENT = {'file': 'a', 'n': 1, 'day': '2026-05-01'}"))
    second = subprocess.run(command, cwd=out, capture_output=True, encoding="utf-8", check=False)
    assert second.returncode == 0 and "5 passed" in second.stdout, second.stdout
    index = out / "one/index.py"
    index.write_text(index.read_text("utf-8").replace("\n\n@cloud", "LIMIT = {}['limit']\n\n\n@cloud", 1))
    third = subprocess.run([*command, "one"], cwd=out, capture_output=True, encoding="utf-8", check=False)
    assert third.returncode == 1 and "LIMIT = {}['limit']" in third.stdout and "KeyError" in third.stdout


def test_edits_are_kept_and_new_lines_arrive(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    fill(out / "one/index.py")
    (node / "two/index.js").write_text(SOURCES["two/index.js"].replace(".trim()", ".trim().length"))
    (node / "one/index.js").write_text(
        SOURCES["one/index.js"].replace("=> {\n", "=> {\n  if (!event.n) return 'no number'\n")
    )
    done = cloudpy("migrate", node, "--out", out, "--update", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert "one/index.py" in report["update"]["merged"] and "two/index.py" in report["update"]["written"]
    assert report["totals"]["states"]["runs"] == 2 and report["functions"][0]["filled"] == 2
    text = (out / "one/index.py").read_text("utf-8")
    assert "no number" in text and "size = len(event['file'])" in text and "TODO" not in text
    assert json.loads(cloudpy("run", out / "two", "--event", '{"text": " ab "}').stdout) == {"level": "low", "text": 2}


def test_types_that_were_written_by_hand_are_kept(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    index = out / "two/index.py"
    text = index.read_text("utf-8")
    types = "class Event(TypedDict):\n    n: int\n    text: str\n\n\n@cloud.function"
    text = text.replace("@cloud.function", types, 1).replace("main(event,", "main(event: Event,")
    index.write_text("from typing import TypedDict\n" + text, "utf-8")
    (node / "two/index.js").write_text(SOURCES["two/index.js"].replace(".trim()", ".toUpperCase()"))
    result = update(make(node, out).output)
    assert "two/index.py" in result.merged and not result.conflicts
    code = index.read_text("utf-8")
    assert "event: Event" in code and "class Event(TypedDict)" in code and "upper()" in code
    done = cloudpy("run", out / "two", "--event", '{"n": 9, "text": " ab "}')
    assert json.loads(done.stdout) == {"level": "high", "text": " AB "}, done.stderr


def test_a_conflict_is_marked_and_reported_until_the_mark_is_removed(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    index = out / "two/index.py"
    edited = index.read_text("utf-8").replace('"level":', '"grade":')
    index.write_text(edited, "utf-8")
    (node / "two/index.js").write_text(SOURCES["two/index.js"].replace("level: level", "rank: level"))
    line = next(number for number, each in enumerate(edited.splitlines(), 1) if "grade" in each)
    for _ in range(2):
        done = cloudpy("migrate", node, "--out", out, "--update")
        assert f"{index}:{line}: this changed in Node after you edited it" in done.stdout and '"rank":' in done.stdout
        code = index.read_text("utf-8").splitlines(keepends=True)
        assert code[line - 1].startswith("    # TODO(migrate): ") and '# + return {"rank":' in code[line]
        assert "".join(code[: line - 1] + code[line + 1 :]) == edited
    (node / "two/index.js").write_text(SOURCES["two/index.js"].replace("level: level", "place: level"))
    assert [each.line for each in update(make(node, out).output).conflicts] == [line]
    code = index.read_text("utf-8").splitlines(keepends=True)
    assert '"place":' in code[line] and "".join(code[: line - 1] + code[line + 1 :]) == edited
    index.write_text(edited, "utf-8")
    assert update(make(node, out).output).conflicts == [] and index.read_text("utf-8") == edited


def test_a_file_that_cannot_be_merged_is_reported_until_its_new_draft_is_removed(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (node / "two/config.json").write_text('{"permissions": {"openapi": ["a.b"]}}')
    write(node, out)
    config = out / "two/config.json"
    config.write_text('{"permissions": {"openapi": ["mine"]}}')
    (node / "two/config.json").write_text('{"permissions": {"openapi": ["c.d"]}}')
    for _ in range(2):
        (conflict,) = update(make(node, out).output).conflicts
        assert conflict.file == "two/config.json" and config.read_text() == '{"permissions": {"openapi": ["mine"]}}'
        assert (out / conflict.copy).read_text() == '{"permissions": {"openapi": ["c.d"]}}'
    assert f"its new draft is {out / conflict.copy};" in cloudpy("migrate", node, "--out", out, "--update").stdout
    (out / conflict.copy).unlink()
    assert update(make(node, out).output).conflicts == []


def test_comments_keep_the_language_of_the_first_draft(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_output(make(node, out, language="zh").output)
    index = out / "one/index.py"
    text = index.read_text("utf-8")
    mark = next(line for line in text.splitlines() if "# TODO(migrate): " in line)
    assert "没有转换" in mark and "未转换" not in mark and "缺少的键" in text
    assert 'raise NotTranslated("index.js:4: ' in text and "没有转换" in text.partition("raise NotTranslated")[2]
    assert "pytest 运行" in (out / "one/test_index.py").read_text("utf-8")
    assert "本地微信" in (out / "local.yaml").read_text("utf-8")
    assert "单独上传" in (out / "requirements.txt").read_text("utf-8")
    before = {path: path.read_bytes() for path in out.rglob("*.*") if ".cloudpy" not in path.parts}
    done = cloudpy("migrate", node, "--out", out, "--update", "--json")  # in English
    report = json.loads(done.stdout)
    assert report["update"] == {"written": [], "merged": [], "removed": [], "kept": []}
    assert before == {path: path.read_bytes() for path in before}
    assert report["totals"]["filled"] == 0
    assert report["functions"][0]["marks"][0]["why"] == "measure-files is not translated; no counterpart is known"


def test_helpers_and_imports_of_edited_lines_stay(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    index = out / "one/index.py"
    index.write_text(index.read_text("utf-8").replace("import js\n", "import js\nimport math\n"), "utf-8")
    text = index.read_text("utf-8")
    last = text.splitlines(keepends=True)[-1]
    index.write_text(text.replace(last, "    return js.locale_compare(str(math.floor(2.5)), '3')\n"), "utf-8")
    (node / "one/index.js").write_text("exports.main = async event => {\n  return event.n\n}\n")
    result = update(make(node, out).output)
    names = {each.file for each in result.conflicts}
    assert "one/index.py" in names or "import math" in index.read_text("utf-8")
    done = cloudpy("run", out / "one")
    assert "NameError" not in done.stderr and "AttributeError" not in done.stderr, done.stderr


def test_files_that_are_not_known_are_not_touched(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    for name in (".cloudpy/migrate/two/index.py", "one/test_index.py"):
        (out / name).unlink()
    (out / "two/index.py").write_text("def main(event, context):\n    return 'my own'\n")
    (out / "README.md").write_text("mine")
    result = update(make(node, out).output)
    assert [(each.file, each.line) for each in result.conflicts] == [("two/index.py", 0)]
    assert "my own" in (out / "two/index.py").read_text() and (out / "README.md").read_text() == "mine"
    assert not (out / "one/test_index.py").exists()


def test_what_a_function_no_longer_has_goes_unless_it_was_edited(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("one", "two"):
        (node / name / "own.js").write_text(f"exports.x = '{name}'\n")
        text = SOURCES[f"{name}/index.js"] + "exports.x = require('./own').x\n"
        (node / name / "index.js").write_text(text)
    write(node, out)
    (out / "two/own.py").write_text("x = 'edited'\n")
    for name in ("one", "two"):
        (node / name / "own.js").unlink()
        (node / name / "index.js").write_text(SOURCES[f"{name}/index.js"])
    result = update(make(node, out).output)
    assert result.removed == ["one/own.py"] and not (out / "one/own.py").exists()
    assert ["two/own.py"] == [each.file for each in result.conflicts] and (out / "two/own.py").exists()


def test_a_function_that_cannot_be_read_any_more_still_runs(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    before = [(out / name).read_bytes() for name in ("requirements.txt", "two/index.py")]
    (node / "one/index.js").write_text("exports.main = async event => event.n\n")
    (node / "two/index.js").write_text("exports.main = async event => (\n")
    done = cloudpy("migrate", node, "--out", out, "--update")
    assert done.returncode == 1, done.stdout
    assert before == [(out / name).read_bytes() for name in ("requirements.txt", "two/index.py")]
    assert json.loads(cloudpy("run", out / "two", "--event", '{"n": 9, "text": " a "}').stdout)["text"] == "a"


def test_helpers_of_files_written_by_hand_stay(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    (out / "two/mine.py").write_text("import js\n\norder = js.locale_compare('2', '3')\n")
    update(make(node, out).output)
    assert "def locale_compare(" in (out / "_shared/js.py").read_text("utf-8")


def test_a_function_that_node_no_longer_has_is_named_and_still_runs(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(node, out)
    for path in (node / "two").iterdir():
        path.unlink()
    (node / "two").rmdir()
    result = update(make(node, out).output)
    assert ["two"] == [each.file for each in result.conflicts]
    assert json.loads(cloudpy("run", out / "two", "--event", '{"n": 9, "text": " a "}').stdout)["text"] == "a"


def test_an_editor_that_writes_crlf_edits_nothing() -> None:
    base, new = b"a\nb\nc\nd\n", b"a\nb\nc\nx\n"
    assert merged_file("a.txt", base, b"a\r\nB\r\nc\r\nd\r\n", new) == (b"a\r\nB\r\nc\r\nx\r\n", [])
    assert merged_file("a.txt", base, base.replace(b"\n", b"\r\n"), new)[0].replace(b"\r", b"") == new


@st.composite
def modules(draw: st.DrawFn) -> str:
    """A small module whose functions call each other or a module that it imports."""
    names = draw(st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
    imports = draw(st.lists(st.sampled_from(["re", "json", "math"]), unique=True))
    text = "".join(f"import {each}\n" for each in imports)
    for name in names:
        used = draw(st.sampled_from([*imports, *(each for each in names), "1"]))
        text += f"\n\ndef {name}():\n    return {used}\n"
    return text


@given(modules(), modules(), modules())
@settings(max_examples=25, deadline=None)
def test_a_merged_module_parses_and_has_no_new_undefined_name(base: str, edited: str, new: str) -> None:
    merged, conflicts = merged_file("a.py", base.encode(), edited.encode(), new.encode())
    compile(merged, "a.py", "exec")
    if edited not in (base, new) and new != base and not conflicts:
        scope: dict[str, object] = {}
        exec(merged, scope)
        for name in "abcd":
            if name in scope:
                scope[name]()  # type: ignore[operator]


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent otherwise there")
def test_watch_updates_drafts_and_report_until_ctrl_c(node: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "cloudpy", "migrate", str(node), "--out", str(out), "--watch"]
    environment = {**os.environ, "CLOUDPY_LANG": "en", "PYTHONUNBUFFERED": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, encoding="utf-8", env=environment) as running:
        assert running.stdout is not None

        def read_until(words: str) -> str:
            lines = []
            for line in running.stdout or ():
                lines.append(line)
                if words in line:
                    return "".join(lines)
            raise AssertionError("".join(lines))

        first = read_until("watching; Ctrl-C ends")
        assert "2 functions: 1 run, 1 ends at a mark" in first or "1 end at a mark" in first
        fill(out / "one/index.py")
        second = read_until("watching; Ctrl-C ends")
        assert "2 functions: 2 run" in second and "written by hand: 2" in second
        (node / "two/index.js").write_text(SOURCES["two/index.js"].replace("level: level", "rank: level"))
        third = read_until("watching; Ctrl-C ends")
        assert "files written" in third and '"rank"' in (out / "two/index.py").read_text("utf-8")
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 130
