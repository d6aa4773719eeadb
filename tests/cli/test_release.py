"""The version of what is built, and the files of a release."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .command import ROOT

VERSIONS = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from hatch_build import version
print(version(Path(sys.argv[2])))
"""


@pytest.mark.once
def test_the_version_is_that_of_the_tag(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        name = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True, capture_output=True)

    def version() -> str:
        command = [sys.executable, "-m", "uv", "run", "--no-project", "--with", "hatchling", "python", "-c", VERSIONS]
        done = subprocess.run([*command, ROOT, tmp_path], cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert 0 == done.returncode, done.stderr
        return done.stdout.strip()

    (tmp_path / "cloudpy").mkdir()
    (tmp_path / "cloudpy/_version.py").write_text('VERSION = "0.1.0"\n')
    assert "0.1.0" == version()  # an sdist
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "a")
    assert "0.1.0" == version()  # no tag
    git("tag", "v0.2.0rc1")
    git("tag", "other")
    assert "0.2.0rc1" == version()
    git("commit", "-q", "--allow-empty", "-m", "b")
    assert "0.2.0rc1.post1.dev1" == version()


@pytest.mark.once
def test_the_release_uses_commands_and_extras_that_exist() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    commands = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "run" in step]
    assert "make dist" in commands and "\ndist: " in (ROOT / "Makefile").read_text("utf-8")
    assert {"id-token": "write"} == workflow["jobs"]["publish"]["permissions"]
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))["postCreateCommand"]
    for text in (container, (ROOT / "Dockerfile").read_text("utf-8")):
        for extra in text.partition("[")[2].partition("]")[0].split(","):
            assert f"\n{extra} = [" in project
