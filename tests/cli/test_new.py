"""``cloudpy new``: what it makes runs at once, passes the check, and its tests pass."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from .command import cloudpy, environment

KINDS: list[list[str]] = [[], ["--sync"], ["--http"], ["--http", "--sync"]]
FILES = {"index.py", "config.json", "requirements.txt", "local.yaml", "test_index.py", "README.md"}


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("options", KINDS)
def test_it_runs_and_is_clean(options: list[str], tmp_path: Path) -> None:
    done = cloudpy("new", "functions/steps", *options, cwd=tmp_path)
    assert (0, "") == (done.returncode, done.stdout)
    assert FILES == {path.name for path in (tmp_path / "functions/steps").iterdir()}
    done = cloudpy("check", "functions/steps", cwd=tmp_path)
    assert "1 function: 0 errors, 0 warnings, 0 hints" == done.stdout.splitlines()[-1]
    sample = cloudpy("event", "http" if "--http" in options else "client").stdout
    done = cloudpy("run", "functions/steps", "--event", "-", cwd=tmp_path, input=sample)
    assert 0 == done.returncode, done.stderr
    result = json.loads(done.stdout)
    if "--http" in options:
        assert 200 == result["statusCode"]
        assert base64.b64decode(result["body"])
    else:
        assert "o-local-user" == result["openid"]
        assert 1234 == result["dataList"][0]["json"]["data"]["stepInfoList"][0]["step"]


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("options", KINDS)
def test_its_readme_and_code_agree_with_the_face(options: list[str], tmp_path: Path) -> None:
    cloudpy("new", tmp_path / "steps", *options)
    code = (tmp_path / "steps/index.py").read_text()
    assert ("cloudpy.sync" in code) == ("await" not in code) == ("--sync" in options)
    assert "# steps\n" in (tmp_path / "steps/README.md").read_text()
    compile((tmp_path / "steps/test_index.py").read_text(), "test_index.py", "exec")


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("options", KINDS)
def test_its_tests_pass(options: list[str], tmp_path: Path) -> None:
    cloudpy("new", tmp_path / "steps", *options)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error", "."]
    done = subprocess.run(
        command, cwd=tmp_path / "steps", capture_output=True, encoding="utf-8", env=environment(PYTEST_ADDOPTS="")
    )
    assert 0 == done.returncode, done.stdout
    assert "2 passed" in done.stdout


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    assert 0 == cloudpy("new", "steps", cwd=tmp_path).returncode


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("full", "exists and is not empty"),
        ("1steps", "invalid function name"),
        ("a b", "invalid function name"),
        ("步数", "invalid function name"),
    ],
)
def test_what_it_refuses(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/notes.txt").write_text("mine")
    done = cloudpy("new", name, cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert ["full"] == [path.name for path in tmp_path.iterdir()]
    assert "mine" == (tmp_path / "full/notes.txt").read_text()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "steps").write_text("mine")
    done = cloudpy("new", "steps/inner", cwd=tmp_path)
    assert 1 == done.returncode
    assert "cannot be created" in done.stderr
    assert "Traceback" not in done.stderr
