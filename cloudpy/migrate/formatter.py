"""The layout of what is written: ruff's. Where there is no ruff, nothing is laid out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

WIDTH = 100


def format_files(paths: Sequence[Path]) -> bool:
    """Format Python files with ruff, in place. Return whether all of them were formatted."""
    if not paths:
        return False
    # that of this Python first: another one on the path may be a stand-in that serves other Pythons alone
    if find_spec("ruff"):
        command = [sys.executable, "-m", "ruff"]
    elif result := shutil.which("ruff"):
        command = [result]
    else:
        return False
    options = ["format", "--isolated", "--quiet", "--target-version", "py310", "--line-length", str(WIDTH)]
    done = subprocess.run([*command, *options, *map(str, paths)], capture_output=True, check=False)
    return done.returncode == 0
