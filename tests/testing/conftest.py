from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cloudpy.testing import LocalWeChat

Write = Callable[..., str]
STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a function's folder, and gives its path: ``write("name", code, ["a.b"])``; None for no config.json."""

    def written(name: str, code: str, permissions: list[str] | None = None, **files: str) -> str:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        (folder / "index.py").write_text(textwrap.dedent(code), encoding="utf-8")
        if permissions is not None:
            (folder / "config.json").write_text(json.dumps({"permissions": {"openapi": permissions}}), "utf-8")
        for file, content in files.items():
            (folder / f"{file}.py").write_text(textwrap.dedent(content), encoding="utf-8")
        return str(folder)

    return written


@pytest.fixture(params=["memory", "http"])
def kit(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalWeChat]:
    """The kit with each transport; violations at its end fail the test."""
    with LocalWeChat(transport=request.param, roots=[tmp_path]) as made:
        yield made
