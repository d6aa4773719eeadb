"""Exit codes and Ctrl-C: one rule for all commands."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cloudpy.cli import SUBCOMMANDS, Subcommands, main

from ..devserver.dev_process import eventually
from .command import COMMAND, ROOT, cloudpy

WAITS = """\
import pathlib, time
def main(event, context):
    if event.get("wait"):
        pathlib.Path(event["wait"]).touch()
        time.sleep(600)
    return "done"
"""


def function(folder: Path) -> Path:
    folder.mkdir()
    (folder / "index.py").write_text(WAITS)
    return folder


def interrupted(arguments: list[object], reached: Callable[[], object]) -> tuple[int, str, str]:
    """Start a command, press Ctrl-C when it has got somewhere, and return its exit code and output."""
    running = subprocess.Popen(
        [*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        eventually(reached)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    return running.returncode, out, err


def test_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    event = json.dumps({"wait": str(mark)})
    code, out, err = interrupted(["run", function(tmp_path / "f"), "--event", event, "--timeout", "600"], mark.exists)
    assert (130, "") == (code, out)
    assert "cloudpy: interrupted" == err.strip().splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.once()
def test_compare_shows_what_it_has_found(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    left, right = function(tmp_path / "left"), function(tmp_path / "right")
    (right / "index.py").write_text(WAITS.replace('"done"', '"otherwise"'))
    events = [{"event": {}, "name": "the first"}, {"event": {"wait": str(mark)}}]
    (tmp_path / "events.json").write_text(json.dumps(events))
    arguments = ["compare", left, right, "--events", tmp_path / "events.json", "--timeout", "600"]
    code, out, err = interrupted(arguments, mark.exists)
    assert 130 == code
    assert "the first differs" in out and "otherwise" in out
    assert "cloudpy: interrupted" == err.strip().splitlines()[-1]


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_command(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def press() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Subcommands, "get_command", lambda *_: click.Command(name, callback=press))
    done = CliRunner().invoke(main, [name])
    assert (130, "cloudpy: interrupted") == (done.exit_code, done.stderr.strip())


@pytest.mark.once()
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize(
    ("key", "code", "words", "left"),
    [("\x03", 130, "cloudpy: interrupted", 2), ("n\n", 1, "nothing was changed", 2), ("y\n", 0, "todos deleted", 0)],
    ids=["Ctrl-C", "no", "yes"],
)
def test_a_question(tmp_path: Path, key: str, code: int, words: str, left: int) -> None:
    (tmp_path / "t.json").write_text('{"_id": "1"}\n{"_id": "2"}\n')
    assert 0 == cloudpy("db", "import", "todos", "t.json", cwd=tmp_path).returncode
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [*COMMAND, "db", "drop", "todos"], {**os.environ, "PYTHONPATH": str(ROOT)})
    shown = b""
    try:
        while b"2 documents?" not in shown:
            assert select.select([terminal], [], [], 60)[0], shown
            shown += os.read(terminal, 1024)
        os.write(terminal, key.encode())
        while True:
            assert select.select([terminal], [], [], 60)[0], shown
            data = os.read(terminal, 1024)
            if not data:
                break
            shown += data
    except OSError:  # Linux: the program has ended
        pass
    finally:
        _, status = os.waitpid(process, 0)
        os.close(terminal)
    assert code == os.waitstatus_to_exitcode(status), shown
    assert words in shown.decode()
    assert left == len(cloudpy("db", "export", "todos", cwd=tmp_path).stdout.splitlines())


def test_nobody_to_ask(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"_id": "1"}\n')
    assert 0 == cloudpy("db", "import", "todos", "t.json", cwd=tmp_path).returncode
    done = cloudpy("db", "reset", cwd=tmp_path, stdin=subprocess.DEVNULL)
    assert 1 == done.returncode
    assert "pass --yes" in done.stderr
    assert 0 == cloudpy("db", "reset", cwd=tmp_path, input="y\n").returncode
