"""Bytecode that the platform, which writes none, loads without looking at the source again."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path


def interpreter(version: str) -> str | None:
    """A working CPython of `version` (X.Y): the running one, one on PATH, or one of pyenv; None when there is none."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [shutil.which(f"python{version}"), *sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"))]
    return next((path for path in candidates if path and _runs(path, version)), None)


def compile_all(python: str, folder: Path, place: str) -> bool:
    """Writes ``__pycache__`` for every file under `folder`; a file that is no Python of this version stays without.

    Args:
        python: the interpreter.
        place: where the folder will be, for tracebacks.

    Returns:
        Whether it could be done.
    """
    command = [python, "-I", "-m", "compileall", "-q", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    # the order of a set's constants would differ from run to run
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command.remove("-I")
    done = subprocess.run(
        [*command, "-s", str(folder), "-p", place, str(folder)], env=environment, capture_output=True, cwd=folder
    )
    return done.returncode in (0, 1)


def _runs(path: str, version: str) -> bool:
    try:
        done = subprocess.run(
            [path, "-c", "import sys; print('%s %d.%d' % (sys.implementation.name, *sys.version_info[:2]))"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == f"cpython {version}"
