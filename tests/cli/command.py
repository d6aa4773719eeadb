"""The command, as a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cloudpy"]


def cloudpy(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """What came of ``cloudpy ARGUMENTS``; the time limit only keeps a fault from holding up the suite."""
    options = {"capture_output": True, "timeout": 120, **options}
    return subprocess.run([*COMMAND, *map(str, arguments)], encoding="utf-8", **options)


def run(program: str, *arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """``cloudpy run`` of a program of this folder."""
    return cloudpy("run", PROGRAMS / program, *arguments, **options)


def environment(**variables: str) -> dict[str, str]:
    """The environment of this process, and these."""
    return {**os.environ, **variables}
