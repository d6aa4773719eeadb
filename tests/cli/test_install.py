"""What is printed to install something can be installed, in an empty environment, and names nobody else's package."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from cloudpy import distribution
from scripts import address

from .command import ROOT, environment

GIVEN = "https://git.example.com/team/cloudpy.git"
SOURCES = [
    *ROOT.glob("cloudpy/**/*.py"),
    *ROOT.glob("cloudpy/**/*.tmpl"),
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/**/*.md"),
]


def libraries() -> set[str]:
    """The libraries that cloudpy or an extra of it needs."""
    return set(re.findall(r'"([\w-]+)[><=]', (ROOT / "pyproject.toml").read_text("utf-8")))


@pytest.mark.once
def test_a_printed_install_line_names_no_package_that_anybody_could_register() -> None:
    known = {*libraries(), "pytest", "debugpy", "requests", "tzdata"}
    for path in SOURCES:
        text = path.read_text("utf-8")
        for line in re.findall(r"pip install ((?:[a-z][\w-]+ ?)+)(?=[`'\"#\n])", text):
            assert set(line.split()) <= known, f"{path}: pip install {line}"
        assert not re.search(rf"(install|add|--from) ['\"]?{distribution.NAME}(?!\S* @ )", text), path


@pytest.mark.once
def test_the_pages_have_the_address() -> None:
    assert [] == [
        page.name for page in address.PAGES if address.written(page.read_text("utf-8")) != page.read_text("utf-8")
    ]


@pytest.mark.once
def test_one_constant_is_written_into_every_page() -> None:
    page = 'pip install "../cloudpy[local]" pytest\nuv add ../cloudpy\nuvx --from ../cloudpy cloudpy run .\n'
    there = address.written(page, GIVEN)
    assert f'pip install "wx-cloudpy[local] @ git+{GIVEN}" pytest\n' in there
    assert f'uv add "wx-cloudpy @ git+{GIVEN}"\nuvx --from "wx-cloudpy @ git+{GIVEN}" cloudpy run .' in there
    assert page == address.written(there, "")


class Installed:
    """A distribution as `importlib.metadata` shows it."""

    def __init__(self, url: object) -> None:
        self.text = None if url is None else url if isinstance(url, str) else json.dumps(url)

    def read_text(self, name: str) -> str | None:
        assert "direct_url.json" == name
        return self.text


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"url": "file:///a/b", "dir_info": {"editable": True}}, "wx-cloudpy @ file:///a/b"),
        ({"url": "file:///a/w.whl", "archive_info": {}}, "wx-cloudpy @ file:///a/w.whl"),
        ({"url": GIVEN, "vcs_info": {"vcs": "git", "commit_id": "0a1b"}}, f"wx-cloudpy @ git+{GIVEN}@0a1b"),
        (None, ""),
        ("{", ""),
        ("[]", ""),
        ({"url": GIVEN, "vcs_info": {}}, f"wx-cloudpy @ {GIVEN}"),
        ({"url": GIVEN, "vcs_info": {"vcs": "git"}}, ""),
    ],
)
def test_the_requirement_is_where_this_copy_came_from(
    monkeypatch: pytest.MonkeyPatch, found: object, expected: str
) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda name: Installed(found))
    assert expected == distribution.requirement("")
    text = distribution.requirements_txt("requests")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert ([expected] if expected else []) + ["requests"] == lines
    tagged = distribution.requirement(GIVEN)
    assert tagged in (f"wx-cloudpy @ git+{GIVEN}@v{distribution.VERSION}", f"wx-cloudpy @ git+{GIVEN}")


@pytest.mark.once
def test_a_wheel_in_an_empty_environment(tmp_path: Path) -> None:
    """A new function's requirements.txt installs there, although the name is on no index."""

    def run(*command: object, **options: object) -> str:
        done = subprocess.run(
            list(map(str, command)), cwd=tmp_path, capture_output=True, encoding="utf-8", env=environment(), **options
        )
        assert 0 == done.returncode, done.stdout + done.stderr
        return done.stdout

    uv = [sys.executable, "-m", "uv"]
    run(*uv, "build", "--wheel", "--out-dir", tmp_path / "dist", ROOT)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    for name in ("one", "two"):
        run(*uv, "venv", tmp_path / name, "--python", sys.executable)
    bin_ = "Scripts" if os.name == "nt" else "bin"
    run(*uv, "pip", "install", "--python", tmp_path / "one", f"wx-cloudpy @ {wheel.as_uri()}")
    cloudpy = tmp_path / "one" / bin_ / "cloudpy"
    assert run(cloudpy, "--version").startswith("cloudpy ")
    assert "用 Python" in run(cloudpy, "--lang", "zh", "new", "hello") + (tmp_path / "hello/README.md").read_text(
        "utf-8"
    )
    assert '"step": 1234' in run(cloudpy, "run", "hello", "--timeout", "60")
    assert f"wx-cloudpy @ {wheel.as_uri()}" in (tmp_path / "hello/requirements.txt").read_text("utf-8")
    run(*uv, "pip", "install", "--python", tmp_path / "two", "-r", tmp_path / "hello/requirements.txt")
    python = tmp_path / "two" / bin_ / "python"
    assert '"step": 1234' in run(python, "-m", "cloudpy", "run", "hello", "--timeout", "60")
