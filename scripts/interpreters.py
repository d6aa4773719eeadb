"""Prints the Python interpreters the suite runs on, one path a line.

Wanted are 3.10, 3.11 and 3.13, wherever they are: on PATH or under pyenv. The running one is always in.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys

WANTED = ("3.10", "3.11", "3.13")


def _version(path: str) -> str | None:
    """Return X.Y of the interpreter at `path`, or None when it does not run (a pyenv shim of a version that is off)."""
    try:
        done = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=60,
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def find(wanted: str) -> str | None:
    """Return the path of a working interpreter of version `wanted` (X.Y), or None."""
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [shutil.which(f"python{wanted}"), *sorted(glob.glob(f"{root}/versions/{wanted}.*/bin/python"))]
    return next((path for path in candidates if path and _version(path) == wanted), None)


def found() -> dict[str, str]:
    """X.Y -> path of every interpreter the suite runs on; the running one first."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    base = getattr(sys, "_base_executable", sys.executable) or sys.executable
    interpreters = {running: base}
    for wanted in WANTED:
        path = None if wanted == running else find(wanted)
        if path:
            interpreters[wanted] = path
    return interpreters


if __name__ == "__main__":
    for version, path in found().items():
        print(version, path)
