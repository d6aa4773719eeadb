"""``cloudpy compare`` as it is typed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from cloudpy.cli import main
from tests.cli.command import cloudpy, environment

from .harness import EVENTS, MODULES, NODE, PYTHON
from .planted import PLANTED, patched


@pytest.fixture
def port(tmp_path: Path) -> Path:
    """A port with a mistake in it."""
    shutil.copytree(PYTHON, tmp_path / "port")
    source = (PYTHON / "index.py").read_text("utf-8")
    (tmp_path / "port" / "index.py").write_text(patched(source, *PLANTED["the wrong bytes of a file"]))
    return tmp_path / "port"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "e.yaml").write_text("event: {}\n")
    return tmp_path / "e.yaml"


@pytest.fixture
def typed() -> Iterator[Callable[..., Result]]:
    """The command in this process, which costs less."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda *arguments: CliRunner().invoke(main, ["compare", *map(str, arguments)])
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def unusable(typed: Callable[..., Result]) -> Callable[..., str]:
    """What is said of arguments that cannot be used."""

    def run(*arguments: object) -> str:
        done = typed(*arguments)
        assert (2, "") == (done.exit_code, done.stdout), done.output
        return done.stderr

    return run


def test_equal() -> None:
    done = cloudpy("compare", NODE, PYTHON, "--events", EVENTS, "--node-modules", MODULES)
    assert (0, "") == (done.returncode, done.stderr)
    assert done.stdout.startswith("15 events: all equal. Node ")


@pytest.mark.once()
def test_they_differ(port: Path, tmp_path: Path) -> None:
    junit, page = tmp_path / "junit.xml", tmp_path / "page.html"
    options = ["--events", EVENTS, "--node-modules", MODULES.parent, "--junit", junit, "--html", page]
    done = cloudpy("compare", NODE, port, *options)
    assert 1 == done.returncode, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("a picture differs: 4 differences (Node ")
    where = lines.index("  $calls[1].files.media.value  (the bytes differ from offset 23)")
    assert lines[where + 1].startswith("    Node    24 bytes 89 50 4e 47")
    assert lines[where + 2].startswith("    Python  24 bytes 89 50 4e 47")
    assert lines[-1].startswith("15 events: 1 differs. ")
    (suite,) = ElementTree.parse(junit).iter("testsuite")
    assert ("15", "1") == (suite.get("tests"), suite.get("failures"))
    assert "$.mediaId" in (suite.findtext("testcase/failure") or "")
    assert "<td>$.mediaId</td><td>" in page.read_text("utf-8")


def test_an_error_that_the_draft_logged_is_named_with_its_line(tmp_path: Path, typed: Callable[..., Result]) -> None:
    node, python, events = tmp_path / "node", tmp_path / "python", tmp_path / "e.yaml"
    node.mkdir()
    python.mkdir()
    events.write_text("event: {o: text}\n")
    (node / "index.js").write_text("exports.main = async event => [event.o.n, 1]\n")
    (python / "index.py").write_text(
        "import logging\n\n\ndef main(event, context):\n    try:\n        return [event['o']['n'], 1]\n"
        "    except Exception:\n        logging.exception('main failed')\n        return []\n"
    )
    done = typed(node, python, "--events", events)
    assert 1 == done.exit_code, done.stderr
    assert "  Python logged TypeError at index.py:6" in done.stdout.splitlines()


@pytest.mark.once()
def test_what_is_let_pass(port: Path, typed: Callable[..., Result]) -> None:
    ignored = ["--ignore", "$.mediaId", "--ignore", "$calls[*].files.media.value", "--ignore", "$state"]
    options = ["--events", EVENTS, "--node-modules", MODULES]
    assert 0 == typed(NODE, port, *options, *ignored).exit_code
    (port / "compare.yaml").write_text("ignore: ['$.mediaId', '$calls', '$state.media']\n")
    assert 0 == typed(NODE, port, *options).exit_code


@pytest.mark.once()
def test_json_and_fuzz_between_two_of_python(port: Path, tmp_path: Path, typed: Callable[..., Result]) -> None:
    saved = tmp_path / "saved"
    done = typed(PYTHON, port, "--events", EVENTS, "--fuzz", 40, "--seed", 2, "--save", saved, "--json")
    assert 1 == done.exit_code, done.stderr
    found = json.loads(done.stdout)
    assert (False, "Python 1", "Python 2") == (found["equal"], found["left"]["label"], found["right"]["label"])
    (one,) = (event for event in found["events"] if not event["equal"])
    assert "$.mediaId" in [difference["path"] for difference in one["differences"]]
    assert (40, 2) == (found["fuzz"]["events"], found["fuzz"]["seed"])
    assert sorted(f"{one['name']}.json" for one in found["fuzz"]["failing"]) == sorted(os.listdir(saved))
    assert found["fuzz"]["failing"]
    again = typed(PYTHON, port, "--events", saved)
    assert 1 == again.exit_code
    assert "all equal" not in again.stdout


def test_whoever_calls(tmp_path: Path, empty: Path, typed: Callable[..., Result]) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "one" / "index.py").write_text("def main(event, context): return event['userInfo']['openId']\n")
    (tmp_path / "two" / "index.py").write_text("def main(event, context): return 'o-x'\n")
    options = (tmp_path / "one", tmp_path / "two", "--events", empty)
    assert 1 == typed(*options).exit_code
    assert 0 == typed(*options, "--openid", "o-x").exit_code


def test_a_config_json_that_is_missing_is_noted(tmp_path: Path, empty: Path, typed: Callable[..., Result]) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "index.py").write_text("def main(event, context): return 1\n")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "two" / "config.json").write_text('{"permissions": {"openapi": ["a.b"]}}')
    done = typed(tmp_path / "one", tmp_path / "two", "--events", empty)
    assert 0 == done.exit_code
    assert f"note: {tmp_path / 'one'} has no config.json, so its cloud calls are rejected" in done.stdout


def test_folders_that_cannot_be_used(tmp_path: Path, empty: Path, unusable: Callable[..., str]) -> None:
    end = ("--events", empty)
    assert f"{tmp_path / 'none'}" in unusable(tmp_path / "none", PYTHON, *end)
    folder = tmp_path / "a"
    folder.mkdir()
    assert "it has no .js, .ts or .py file" in unusable(folder, PYTHON, *end)
    (folder / "package.json").write_text("{}")
    assert "found only a package.json" in unusable(folder, PYTHON, *end)
    (folder / "app.js").write_text("")
    assert "no index.js or index.py in" in unusable(folder, PYTHON, *end)
    assert "no index.py in" in unusable(NODE, f"python:{NODE}", *end)
    (folder / "index.js").write_text("exports.handler = () => 1")
    (folder / "index.py").write_text("x = 1/0")
    assert f"contains both index.js and index.py: choose one with node:{folder} or" in unusable(folder, PYTHON, *end)
    assert "exports no function main; it exports handler" in unusable(f"node:{folder}", PYTHON, *end)
    told = unusable(f"python:{folder}", PYTHON, *end)
    assert "cannot be loaded" in told and "ZeroDivisionError" in told
    assert "cloudpy/" not in told  # the frames are the function's own


def test_node_is_missing(tmp_path: Path, empty: Path) -> None:
    without = environment(PATH=str(tmp_path))
    done = cloudpy("compare", NODE, PYTHON, "--events", empty, env=without)
    assert (2, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("Error: node is not on PATH: install Node.js 16 or later")


def test_packages_of_node_are_missing(tmp_path: Path, empty: Path, unusable: Callable[..., str]) -> None:
    shutil.copytree(NODE, tmp_path / "node")
    told = unusable(tmp_path / "node", PYTHON, "--events", empty)
    assert "needs the npm package 'wx-server-sdk'" in told
    assert "npm install wx-server-sdk" in told and "--node-modules DIR" in told
    missing = ("--node-modules", tmp_path / "nowhere")
    assert "there is no such folder" in unusable(NODE, PYTHON, "--events", empty, *missing)


def test_files_that_cannot_be_used(tmp_path: Path, empty: Path, unusable: Callable[..., str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("- event: {}\n- evnt: {}\n")
    assert f"{broken}:2: " in unusable(PYTHON, PYTHON, "--events", broken)
    assert "no such file" in unusable(PYTHON, PYTHON, "--events", tmp_path / "none.yaml")
    end = (PYTHON, PYTHON, "--events", empty)
    assert "'a' must begin with one of $" in unusable(*end, "--ignore", "a")
    rules = tmp_path / "compare.yaml"
    rules.write_text("ignored: []\n")
    assert f"{rules}:1: ignored: unknown key" in unusable(*end)
    rules.unlink()
    assert "no such file" in unusable(*end, "--local", tmp_path / "none.yaml")
    assert "must not be empty" in unusable(*end, "--openid", "")
    assert "cannot be written" in unusable(*end, "--junit", tmp_path / "none" / "x.xml")
    shutil.copytree(PYTHON, tmp_path / "port")
    (tmp_path / "port" / "config.json").write_text("{")
    assert "config.json" in unusable(PYTHON, tmp_path / "port", "--events", empty)


@pytest.mark.once()
def test_a_saved_port_is_compared_again(port: Path, tmp_path: Path) -> None:
    """The Node function, which did not change, has been loaded meanwhile; both start with new modules."""
    broken = port.joinpath("index.py").read_text("utf-8")
    options = ["--events", EVENTS, "--node-modules", MODULES, "--watch"]
    process = subprocess.Popen(
        [sys.executable, "-m", "cloudpy", "compare", str(NODE), str(port), *map(str, options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None and process.stderr is not None

    def summary() -> str:
        assert process.stdout is not None
        return next(line for line in process.stdout if " events: " in line)

    with process.stdout, process.stderr:
        try:
            assert "15 events: 1 differs." in summary()
            (port / "index.py").write_text("def main(:\n")
            next(line for line in process.stderr if "SyntaxError" in line)
            shutil.copy(PYTHON / "index.py", port)
            assert "15 events: all equal." in summary()
            (port / "index.py").write_text(broken)
            assert "15 events: 1 differs." in summary()
            process.send_signal(signal.SIGINT)
            assert 130 == process.wait(60)
        finally:
            process.kill()
