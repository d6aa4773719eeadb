"""Bytecode that the platform, which writes none, loads without looking at the source again."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .resolver import uv


def interpreter(version: str) -> str | None:
    """Return a working CPython of `version` (X.Y): the running one, on PATH, of pyenv, of uv; None without one."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [shutil.which(f"python{version}"), *sorted(glob.glob(f"{root}/versions/{version}.*/bin/python"))]
    candidates.append(_of_uv(version))
    return next((path for path in candidates if path and _runs(path, version)), None)


def compile_all(python: str, folder: Path, place: str) -> bool:
    """Writes ``__pycache__`` for every file under `folder`; a file that is no Python of this version stays without.

    Args:
        python: the interpreter.
        place: where the folder will be, for tracebacks.

    Returns:
        Whether it could be done.
    """
    # Without `site`, and with nothing of the folder in sys.path: what else is loaded shows in the bytes, since marshal
    # writes a string that something else holds as a reference; and an own struct.py must not hide the library's.
    program = "import sys; sys.path.remove(''); import compileall; sys.exit(not compileall.main())"
    command = [python, "-S", "-c", program, "-q", "-q", "-f", "--invalidation-mode", "unchecked-hash"]
    # the order of a set's constants would differ from run to run
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    done = subprocess.run([*command, "-s", str(folder), "-p", place, str(folder)], env=environment, capture_output=True)
    return done.returncode in (0, 1)


def start_time(python: str, folder: Path, modules: Sequence[str]) -> float | None:
    """Seconds that a fresh process takes to import `modules` of the package, the best of a few; None when it cannot.

    Of the user's code nothing is run.
    """
    program = "import sys, time; sys.path.insert(0, sys.argv[1]); begun = time.perf_counter()\n"
    program += f"import {', '.join(modules)}\nprint(time.perf_counter() - begun)"
    command = [python, "-I", "-S", "-B", "-c", program, str(folder)]
    times = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, encoding="utf-8")
        if done.returncode != 0:  # wheels for Linux, on another system
            return None
        times.append(float(done.stdout))
    return min(times)


def _of_uv(version: str) -> str | None:
    found = uv()
    if found is None:
        return None
    done = subprocess.run(
        [found, "python", "find", "--no-project", "--no-python-downloads", version],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
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
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and done.stdout.strip() == f"cpython {version}"
