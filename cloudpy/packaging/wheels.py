"""The libraries of a requirements.txt, as wheels for the platform's Python and glibc, by pip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import PackageError

# glibc 2.17, which all of the platform's images have
_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_12_x86_64", "manylinux_2_5_x86_64")
# Of this machine, or about how it was installed: not the same twice, and of no use in the cloud.
_LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
_MOST_ROUNDS = 10


def install(
    requirements: Sequence[str], python: str, folder: Path, beside: Path, interpreter: str | None = None
) -> list[str]:
    """Installs `requirements` into `folder`, which is made.

    pip takes wheels for another Python when told to, but asks the one that runs it what ``python_version < "3.11"``
    means, and this system what ``sys_platform`` is. So its report is read with the platform's markers: what is lacking
    is asked for by name, what is needless is left out, until both agree; with the platform's interpreter, at once.

    Args:
        requirements: lines of a requirements.txt, without ``-r``.
        python: ``X.Y``.
        beside: the folder that relative paths in the lines start from.
        interpreter: a Python of that version, to run pip with; it needs no pip of its own.

    Returns:
        ``name==version`` of all that was installed, sorted.

    Raises:
        PackageError: pip or packaging is missing, or pip cannot do it.
    """
    folder.mkdir()
    if not requirements:
        return []
    try:
        from .platform_markers import Platform
    except ImportError:
        raise PackageError(f"there is no packaging for {sys.executable}; install it: pip install packaging") from None
    platform = Platform(python)
    pip = _Pip(python, folder, beside, interpreter)
    asked = list(filter(None, map(platform.line, requirements)))
    for _ in range(_MOST_ROUNDS):
        chosen = pip.install(asked)
        difference = platform.difference(chosen)
        if not difference.lacking:
            break
        asked += difference.lacking
    else:
        raise PackageError(f"the libraries for Python {python} do not settle; still lacking: {difference.lacking}")
    if difference.needless:
        kept = [_pinned(each) for each in chosen if difference.needs(each)]
        pip.install([*(line for line in asked if line.startswith("-")), *kept], "--no-deps")
    shutil.rmtree(folder / "bin", ignore_errors=True)  # scripts that begin with a path of this machine
    for info in folder.glob("*.dist-info"):
        for name in _LEFT_OUT:
            if os.path.lexists(info / name):
                os.unlink(info / name)
    return sorted(info.name.removesuffix(".dist-info").replace("-", "==", 1) for info in folder.glob("*.dist-info"))


class _Pip:
    """Fills one folder, as often as it takes."""

    def __init__(self, python: str, folder: Path, beside: Path, interpreter: str | None) -> None:
        self.python = python
        self.folder = folder
        self.beside = beside
        self.interpreter = None if interpreter == sys.executable else interpreter

    def install(self, lines: Sequence[str], *options: str) -> list[Any]:
        """Empties the folder and installs into it; ``install`` of pip's report.

        Raises:
            PackageError: it cannot.
        """
        done = self._run(lines, options)
        if done.returncode != 0 and self.interpreter:
            self.interpreter = None  # perhaps it was that one's fault: without ssl, without zlib
            done = self._run(lines, options)
        if done.returncode != 0:
            raise PackageError(
                f"the libraries cannot be had as wheels for Python {self.python} on Linux (glibc 2.17):\n  "
                + "\n  ".join(_told(done.stderr))
            )
        chosen: list[Any] = json.loads(self._report.read_bytes())["install"]
        return chosen

    @property
    def _report(self) -> Path:
        return self.folder.with_suffix(".json")

    def _run(self, lines: Sequence[str], options: Sequence[str]) -> subprocess.CompletedProcess[str]:
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        listed = self.folder.with_suffix(".txt")
        listed.write_text("\n".join(lines) + "\n", "utf-8")
        command = [sys.executable, "-m", "pip", *(["--python", self.interpreter] if self.interpreter else [])]
        command += ["install", "--target", str(self.folder), "--report", str(self._report), *options]
        command += ["--quiet", "--no-compile", "--no-input", "--disable-pip-version-check", "--no-warn-conflicts"]
        command += ["--only-binary=:all:", "--python-version", self.python, "--implementation", "cp"]
        for platform in _PLATFORMS:
            command += ["--platform", platform]
        return subprocess.run([*command, "-r", str(listed)], cwd=self.beside, capture_output=True, encoding="utf-8")

    def __repr__(self) -> str:
        return f"<_Pip: {self.folder}>"


def _told(stderr: str) -> list[str]:
    """What pip says of what went wrong."""
    if "No module named pip" in stderr:
        return [f"there is no pip for {sys.executable}; install it: python -m ensurepip"]
    if "no such option" in stderr:
        return ["pip is older than 22.3; renew it: python -m pip install --upgrade pip"]
    return [line for line in stderr.splitlines() if line.startswith("ERROR")] or stderr.splitlines()[-3:]


def _pinned(chosen: Any) -> str:
    """The very version, or file, that was chosen, as a line of a requirements.txt."""
    name, version = chosen["metadata"]["name"], chosen["metadata"]["version"]
    return f"{name} @ {chosen['download_info']['url']}" if chosen["is_direct"] else f"{name}=={version}"
