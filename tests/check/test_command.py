"""``cloudpy check``, as a real process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..cli.command import ROOT, cloudpy
from .folders import API, function, write

CODE = """
import cloudpy as cloud; cloud.init()
@cloud.function
async def main(event, context):
    await cloud.openapi.wxacode.getUnlimited(scene="a")
    return await cloud.openapi.cloudbase.getOpenData(cloudidList=["x"])
"""


def test_one_line_a_finding_and_a_summary(tmp_path: Path) -> None:
    function(tmp_path / "steps", CODE)
    done = cloudpy("check", "steps", cwd=tmp_path)
    first, *rest = done.stdout.splitlines()
    assert first.startswith("steps/index.py:4: error[permission]: wxacode.getUnlimited is called without permission")
    assert [
        "steps: calls cloudbase.getOpenData (index.py:5); wxacode.getUnlimited (index.py:4)",
        "1 function: 1 error, 0 warnings, 0 hints",
    ] == rest
    assert (1, "") == (done.returncode, done.stderr)


def test_a_folder_of_functions(tmp_path: Path) -> None:
    for name in ("a", "b"):
        function(tmp_path / "functions" / name, CODE, [API, "wxacode.getUnlimited"])
    write(tmp_path / "functions" / "node", {"index.js": ""})
    done = cloudpy("check", tmp_path / "functions", tmp_path / "functions" / "a")
    assert "2 functions: 0 errors, 0 warnings, 0 hints" == done.stdout.splitlines()[-1]
    assert 0 == done.returncode


@pytest.mark.once()
def test_the_examples_are_clean() -> None:
    done = cloudpy("check", ROOT / "examples")
    assert (0, "") == (done.returncode, done.stderr)
    assert "error[" not in done.stdout


def test_as_json(tmp_path: Path) -> None:
    done = cloudpy("check", function(tmp_path, CODE), "--json")
    report = json.loads(done.stdout)
    (only,) = report["functions"]
    assert {"api": API, "file": "index.py", "line": 5, "client": "async", "face": "async"} in only["calls"]
    assert [("index.py", 4, "error", "permission")] == [
        (each["file"], each["line"], each["severity"], each["code"]) for each in only["findings"]
    ]
    assert (1, 0, 0, 1) == (report["errors"], report["warnings"], report["hints"], done.returncode)


def test_fix_makes_the_file(tmp_path: Path) -> None:
    folder = function(tmp_path, CODE)
    (folder / "config.json").unlink()
    done = cloudpy("check", folder, "--fix")
    assert 0 == done.returncode, done.stdout
    assert {"permissions": {"openapi": [API, "wxacode.getUnlimited"]}} == json.loads(
        (folder / "config.json").read_text()
    )
    assert "config.json: added cloudbase.getOpenData, wxacode.getUnlimited" in done.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}',
            '{"permissions": {"openapi": ["cloudbase.getOpenData", "wxacode.getUnlimited"]}}',
        ),
        (
            '{\n\t"a": 1.0,\n\t"permissions": {\n\t\t"openapi": [\n\t\t\t"cloudbase.getOpenData"\n\t\t]\n\t}\n}\n',
            '{\n\t"a": 1.0,\n\t"permissions": {\n\t\t"openapi": [\n\t\t\t"cloudbase.getOpenData",\n\t\t\t'
            '"wxacode.getUnlimited"\n\t\t]\n\t}\n}\n',
        ),
        (
            '{\r\n  "permissions": {"openapi": [\r\n    "cloudbase.getOpenData"\r\n  ]}, "x": ["[", "]"]\r\n}',
            '{\r\n  "permissions": {"openapi": [\r\n    "cloudbase.getOpenData",\r\n    "wxacode.getUnlimited"\r\n  ]},'
            ' "x": ["[", "]"]\r\n}',
        ),
        (
            '{"permissions": {"openapi": []}}',
            '{"permissions": {"openapi": ["cloudbase.getOpenData", "wxacode.getUnlimited"]}}',
        ),
        (
            '{\n    "triggers": [],\n    "permissions": {"other": 1}\n}\n',
            '{\n    "triggers": [],\n    "permissions": {\n        "other": 1,\n        "openapi": [\n'
            '            "cloudbase.getOpenData",\n            "wxacode.getUnlimited"\n        ]\n    }\n}\n',
        ),
    ],
)
def test_fix_leaves_the_rest_as_it_is(before: str, after: str, tmp_path: Path) -> None:
    path = function(tmp_path, CODE) / "config.json"
    path.write_bytes(before.encode())
    path.chmod(0o640)
    assert 0 == cloudpy("check", tmp_path, "--fix").returncode
    assert after.encode() == path.read_bytes()
    assert 0o640 == path.stat().st_mode & 0o777
    cloudpy("check", tmp_path, "--fix")
    assert after.encode() == path.read_bytes()
    assert {"index.py", "config.json", "requirements.txt"} == {entry.name for entry in tmp_path.iterdir()}


def test_fix_adds_no_name_that_cannot_be_called(tmp_path: Path) -> None:
    folder = function(tmp_path, CODE.replace("getUnlimited", "getUnlimted"))
    before = (folder / "config.json").read_bytes()
    assert 1 == cloudpy("check", folder, "--fix").returncode
    assert before == (folder / "config.json").read_bytes()


def test_fix_does_not_touch_a_broken_file(tmp_path: Path) -> None:
    path = function(tmp_path, CODE) / "config.json"
    path.write_text('{"permissions": ')
    done = cloudpy("check", tmp_path, "--fix")
    assert (1, '{"permissions": ', "") == (done.returncode, path.read_text(), done.stderr)
    assert "error[config]: config.json is not JSON" in done.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no folder nowhere"),
        (["file.txt"], "file.txt is a file"),
        (["empty"], "has no .py file"),
        ([], "Missing argument"),
        (["good", "--python", "2.7"], "2.7"),
        (["good", "--handler", "main"], "file.function"),
    ],
)
def test_what_cannot_be_checked(arguments: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").touch()
    (tmp_path / "empty").mkdir()
    function(tmp_path / "good", CODE)
    done = cloudpy("check", *arguments, cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_the_function_is_run_or_written(tmp_path: Path) -> None:
    folder = function(tmp_path / "f", "import os\nos.mkdir('ran')\n" + CODE)
    before = sorted(path.name for path in folder.iterdir())
    cloudpy("check", folder, cwd=tmp_path)
    assert before == sorted(path.name for path in folder.iterdir())
    assert not (tmp_path / "ran").exists()
    shutil.rmtree(folder)


RUFFLESS = """
import sys
sys.modules["ruff"] = None  # find_spec() finds nothing
import importlib.util, shutil
shutil.which = lambda name: None
importlib.util.find_spec = lambda name, find=importlib.util.find_spec: None if name == "ruff" else find(name)
from cloudpy.cli import main
main(["check", sys.argv[1]])
"""


@pytest.mark.once
def test_without_ruff_it_says_what_was_not_checked(tmp_path: Path) -> None:
    function(tmp_path, "import time\nasync def main(event, context):\n    time.sleep(1)\n", [])
    done = subprocess.run([sys.executable, "-c", RUFFLESS, tmp_path], capture_output=True, encoding="utf-8")
    assert "note: ruff is not installed, so syntax newer than the target Python and blocking calls" in done.stderr
    assert "pip install ruff" in done.stderr
    assert (1, False) == (done.returncode, "[blocking]" in done.stdout), done.stdout
