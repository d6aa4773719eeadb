"""Build wheel and sdist into dist, check them, and install them as users do, in empty environments.

    python scripts/dist.py [--quick]    (make dist)

Each Python from 3.10 to 3.13 on this machine installs the wheel and runs a new function. pip, uv, pipx and uvx run the
install lines of the README, with the sdist as the clone. --quick only builds and checks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import interpreters

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
UV = [sys.executable, "-m", "uv"]
BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, folder: Path = ROOT) -> str:
    """Run a command; end with its output if it fails."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    words = list(map(str, command))
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def build() -> tuple[Path, Path]:
    """Return the wheel and the sdist, whose descriptions and metadata twine accepts."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(*UV, "build", "--out-dir", DIST, ROOT)
    (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    run(*UV, "tool", "run", "--from", "twine>=6.1", "twine", "check", "--strict", wheel, sdist)
    return wheel, sdist


def try_wheel(wheel: Path, python: str, folder: Path) -> None:
    """Install the wheel for one Python, create a function, check it and run it."""
    run(*UV, "venv", "--python", python, "env", folder=folder)
    run(*UV, "pip", "install", "--python", "env", wheel, folder=folder)
    cloudpy = folder / "env" / BIN / "cloudpy"
    assert "cloudpy " in run(cloudpy, "--version", folder=folder)
    run(cloudpy, "new", "hello", folder=folder)
    run(cloudpy, "check", "hello", folder=folder)
    assert '"step": 1234' in run(cloudpy, "run", "hello", "--timeout", "60", folder=folder)


def try_lines(sdist: Path, folder: Path) -> None:
    """Run the install lines of the README; the unpacked sdist is the clone next to the project."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (folder / sdist.name.removesuffix(".tar.gz")).rename(folder / "cloudpy")
    project = folder / "project"
    project.mkdir()
    run(sys.executable, "-m", "venv", "env", folder=project)
    run(project / "env" / BIN / "python", "-m", "pip", "install", "-q", "../cloudpy", folder=project)
    assert "cloudpy " in run(project / "env" / BIN / "cloudpy", "--version", folder=project)
    print("pip install: ok")
    run(*UV, "init", "--bare", "--python", sys.executable, folder=project)
    run(*UV, "add", "../cloudpy", folder=project)
    assert "cloudpy " in run(*UV, "run", "cloudpy", "--version", folder=project)
    print("uv add: ok")
    assert "cloudpy " in run(*UV, "tool", "run", "--from", "../cloudpy", "cloudpy", "--version", folder=project)
    print("uvx: ok")
    os.environ |= {"PIPX_HOME": str(folder / "pipx"), "PIPX_BIN_DIR": str(folder / "pipx-bin")}
    run(*UV, "tool", "run", "--python", sys.executable, "pipx", "install", "../cloudpy", folder=project)
    assert "cloudpy " in run(folder / "pipx-bin" / "cloudpy", "--version", folder=project)
    print("pipx: ok")


def main(arguments: list[str]) -> int:
    """Build and try everything."""
    wheel, sdist = build()
    print(f"{wheel.name}, {sdist.name}: built and checked")
    if "--quick" in arguments:
        return 0
    for python in PYTHONS:
        found = interpreters.find(python)
        with tempfile.TemporaryDirectory() as folder:
            if found:
                try_wheel(wheel, found, Path(folder))
        print(f"Python {python}: {'ok' if found else 'not on this machine'}")
    with tempfile.TemporaryDirectory() as folder:
        try_lines(sdist, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
