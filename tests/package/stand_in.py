"""What stands in for the platform: an interpreter of its version, its bootstrap, an unpacked package."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cloudpy.package.bytecode import interpreter

BOOTSTRAP = Path(__file__).parent / "runtime" / "bootstrap.py"


def python(version: str = "3.10") -> str:
    """The platform's interpreter; without one the test is skipped."""
    found = interpreter(version)
    if found is None:
        pytest.skip(f"there is no Python {version} here")
    return os.path.realpath(found)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The variables that the platform's image starts a process with."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "x",
        "TENCENTCLOUD_RUNENV": "SCF",
        "USER_CODE_ROOT": "/var/user/",
        "LANG": "C.UTF-8",
        **more,
    }


def unpack(path: Path, folder: Path) -> Path:
    """The package as the platform has it: files with the modes of the zip."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            target = Path(archive.extract(info, folder))
            target.chmod(info.external_attr >> 16 & 0o777)
    return folder


def invoke(folder: Path, jobs: list[tuple[dict[str, Any], dict[str, Any]]], **more: str) -> list[dict[str, Any]]:
    """What the bootstrap says of each (event, context), all in one process."""
    handler = json.loads((folder / "cloudbaserc.json").read_text())["functions"][0]["handler"]
    lines = "".join(json.dumps({"event": event, "context": context}) + "\n" for event, context in jobs)
    done = subprocess.run(
        [python(), "-s", str(BOOTSTRAP), handler],
        input=lines, capture_output=True, encoding="utf-8", cwd=folder, env=environment(folder, **more), timeout=120,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
