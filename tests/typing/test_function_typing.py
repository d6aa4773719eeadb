"""A handler under ``@cloud.function`` is to mypy --strict what it was before."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROGRAM = HERE / "function_uses.py"


@pytest.mark.once()
def test_mypy_reports_the_wrong_lines_and_no_other(tmp_path: Path) -> None:
    lines = PROGRAM.read_text("utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, start=1) if "# wrong: " in line]
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", PROGRAM.name]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
    reported = {int(line) for line in re.findall(r"^function_uses\.py:(\d+): error", done.stdout, re.MULTILINE)}
    assert wrong == sorted(reported), done.stdout + done.stderr
