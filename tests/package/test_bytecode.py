"""The bytecode of a package does not depend on what lies around it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cloudpy.package.bytecode import compile_all

PLACE = "/var/user"


def compiled(folder: Path, python: str = sys.executable) -> dict[str, bytes]:
    """The bytecode of every file in the folder, by path."""
    assert compile_all(python, folder, PLACE)
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.pyc"))}


def test_own_files_do_not_hide_the_librarys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("struct", "compileall", "os", "index"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the own file')\n")
    monkeypatch.chdir(tmp_path)
    assert 4 == len(compiled(tmp_path))
