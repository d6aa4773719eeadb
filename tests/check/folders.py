"""Small functions' folders, written where a test wants them."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

from cloudpy.check import Report, check

API = "cloudbase.getOpenData"
CONFIG = {"permissions": {"openapi": [API]}}


def write(folder: Path, files: dict[str, object]) -> Path:
    """A folder that holds `files`: texts are dedented, anything else is written as JSON."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = textwrap.dedent(content).lstrip("\n") if isinstance(content, str) else json.dumps(content, indent=2)
        path.write_text(text, "utf-8")
    return folder


def function(folder: Path, code: str, allowed: list[str] | None = None, **files: object) -> Path:
    """A function with an index.py, a config.json that allows `allowed`, and a requirements.txt."""
    config = {"permissions": {"openapi": [API] if allowed is None else allowed}}
    named = {name.replace("__", "."): content for name, content in files.items()}
    return write(folder, {"index.py": code, "config.json": config, "requirements.txt": "wx-cloudpy\n", **named})


def rows(report: Report) -> list[tuple[str, int, str, str]]:
    """(file, line, severity, code) of each finding."""
    return [(each.file, each.line, each.severity, each.code) for each in report.findings]


def texts(report: Report) -> str:
    """The texts of all findings, one a line."""
    return "\n".join(each.text for each in report.findings)


def called(folder: Path) -> list[tuple[str, str, int]]:
    """(api, file, line) of each call that is found in `folder`."""
    return [(call.api, call.file, call.line) for call in check(folder).calls]
