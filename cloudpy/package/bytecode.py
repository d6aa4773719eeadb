"""Bytecode, which the platform does not write; it is loaded without checking the source."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .resolver import uv


def interpreter(version: str) -> str | None:
    """Return a working CPython of `version` (X.Y): the running one, or one on PATH, of pyenv or uv; else None."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [shutil.which(f"python{version}"), *sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"))]
    candidates.append(_uv_interpreter(version))
    return next((path for path in candidates if path and _runs(path, version)), None)


def compile_all(python: str, folder: Path, place: str) -> bool:
    """Write ``__pycache__`` for every file in `folder` that this Python can parse; return False when it failed.

    Args:
        python: the interpreter.
        folder: of the package.
        place: its path on the platform, for tracebacks.
    """
    # Without `site` and the folder in sys.path: marshal writes strings that other modules hold as references, so the
    # bytes would depend on what is loaded; and a struct.py of the user must not hide the standard one.
    program = "import sys; sys.path.remove(''); import compileall; sys.exit(not compileall.main())"
    command = [python, "-S", "-c", program, "-q", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    # else the order of a set's constants differs between runs
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    arguments = ["-s", str(folder), "-p", place, str(folder)]
    done = subprocess.run([*command, *arguments], env=environment, capture_output=True, check=False)
    return done.returncode in (0, 1)


def _uv_interpreter(version: str) -> str | None:
    command = uv()
    if command is None:
        return None
    done = subprocess.run(
        [command, "python", "find", "--no-project", "--no-python-downloads", version],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.stdout.strip() or None


def _runs(path: str, version: str) -> bool:
    try:
        done = subprocess.run(
            [path, "-c", "import sys; print('%s %d.%d' % (sys.implementation.name, *sys.version_info[:2]))"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == f"cpython {version}"
