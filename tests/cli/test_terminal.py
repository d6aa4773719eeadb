"""Texts of users in what a command prints: shown, and never obeyed by the terminal."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from .command import ROOT, cloudpy

ESCAPES = "\x1b]0;title\x07\x9b2J\r"
SHOWN = "\\u001b]0;title\\u0007\\u009b2J\\u000d"


def function(folder: Path, code: str, config: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "index.py").write_text(code, "utf-8")
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (f"def main(event, context):\n    raise ValueError({ESCAPES!r})\n", SHOWN),
        (f"import sys\ndef main(event, context):\n    sys.exit({ESCAPES!r})\n", "sys.exit"),
        (f"def main(event, context):\n    return {{{ESCAPES!r}: object()}}\n", "result"),
        (f"raise ImportError({ESCAPES!r})\n", SHOWN),
        (
            "import cloudpy.sync as cloud\ndef main(event, context):\n"
            f"    raise cloud.CloudSDKError(-1, {ESCAPES!r})\n",
            "-1",
        ),
    ],
    ids=["raised", "exited", "no JSON", "not loaded", "cloud error"],
)
def test_what_a_function_raises(tmp_path: Path, code: str, words: str) -> None:
    ran = cloudpy("run", function(tmp_path / "f", code, {}))
    assert ran.returncode == 1
    assert words in ran.stderr
    assert not set(ran.stdout + ran.stderr) & set(ESCAPES.replace("\r", "")) & set("\x1b\x07\x9b\r")


@pytest.mark.once(sample=2)
@pytest.mark.parametrize(
    "command", ["run", "check", "package --target scf", "migrate", "compare --events x", "dev", "serve"]
)
def test_names_of_folders(tmp_path: Path, command: str) -> None:
    name, *options = command.split()
    folder = tmp_path / f"no {ESCAPES}"
    ran = cloudpy(name, folder, *([folder] if name == "compare" else []), *options)
    assert ran.returncode
    assert "no " in ran.stderr
    assert not set(ran.stdout + ran.stderr) & set("\x1b\x07\x9b\r")


def test_a_result_is_the_same_json(tmp_path: Path) -> None:
    value = {"a": "\x9b\x7f\u202e 名 \ud800", "b": ESCAPES}
    ran = cloudpy("run", function(tmp_path / "f", f"def main(event, context):\n    return {value!r}\n", {}))
    assert json.loads(ran.stdout) == value
    assert not set(ran.stdout) & set("\x1b\x9b\x7f\u202e")


def test_there_is_one_way_to_print() -> None:
    """What a shell reads, and cursor movements of our own, are printed as they are; whatever else goes by echo()."""
    direct = {}
    for path in sorted((ROOT / "cloudpy" / "cli").glob("*.py")):
        calls = [
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        ]
        direct[path.name] = sum(call in ("click.echo", "click.secho", "print") for call in calls)
    assert {name: count for name, count in direct.items() if count} == {
        "__init__.py": 1,  # the version
        "completion.py": 1,  # a script for a shell
        "console.py": 2,
        "db.py": 1,  # documents as they are
        "gateway.py": 1,  # variables for a shell
        "progress.py": 2,
    }


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("command", ["gateway", "new x", "db list", "migrate .", "dev", "serve", "check ."])
def test_the_current_folder_is_gone(tmp_path: Path, command: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    # Started there, as a shell does it.
    program = f"import os, sys; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); os.execv(sys.argv[1], sys.argv[1:])"
    start = [sys.executable, "-c", program, sys.executable, "-m", "cloudpy"]
    ran = subprocess.run([*start, *command.split()], capture_output=True, encoding="utf-8")
    assert ran.returncode
    assert "the current folder was deleted" in ran.stderr or "cannot be found" in ran.stderr
    assert "Traceback" not in ran.stderr
