"""An editor's view: mypy --strict and pyright over a user's program report the wrong lines and no other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = ["uses.py", "database_uses.py"]
PYRIGHT = ROOT / "tests" / "peer" / "node_modules" / ".bin" / "pyright"


def marked(pattern: str, program: str = "uses.py") -> list[int]:
    lines = (HERE / program).read_text("utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if re.search(pattern, line)]


def test_the_program_has_twenty_uses_of_each_kind() -> None:
    assert 20 <= len(marked(r"# wrong: "))
    assert 20 == len(marked(r"# \d+$"))


@pytest.mark.once()
def test_mypy_reports_the_wrong_lines_and_no_other(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", *PROGRAMS]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    for program in PROGRAMS:
        found = re.findall(rf"^{re.escape(program)}:(\d+): error", done.stdout, re.MULTILINE)
        assert marked(r"# wrong: ", program) == sorted({int(line) for line in found}), done.stdout + done.stderr


@pytest.mark.once()
def test_pyright_reports_the_wrong_lines_and_no_other() -> None:
    assert PYRIGHT.exists(), "pyright is not installed: run `make peer`"
    command = [str(PYRIGHT), "--outputjson", "--pythonpath", sys.executable, *PROGRAMS]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    errors = [each for each in json.loads(done.stdout)["generalDiagnostics"] if each["severity"] == "error"]
    for program in PROGRAMS:
        here = [each for each in errors if Path(each["file"]).name == program]
        reported = {each["range"]["start"]["line"] + 1 for each in here}
        assert marked(r"# wrong: ", program) == sorted(reported), here
