"""The layout of what is written: ruff's. Where there is no ruff, nothing is laid out."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..check.ruff import command

WIDTH = 100


def format_files(paths: Sequence[Path]) -> bool:
    """Format Python files with ruff, in place. Return whether all of them were formatted."""
    if not paths:
        return False
    ruff = command()
    if not ruff:
        return False
    options = ["format", "--isolated", "--quiet", "--target-version", "py310", "--line-length", str(WIDTH)]
    done = subprocess.run([*ruff, *options, *map(str, paths)], capture_output=True, check=False)
    return done.returncode == 0
