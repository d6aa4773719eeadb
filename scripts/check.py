"""Every check of the project, for `make test`: style, types, and the suite on each Python that is here.

The suite runs whole on this interpreter; on the others without what cannot come out differently there (tests/once.py),
and says how many tests that are. An interpreter that exists and cannot be used is a failure, never a silent skip.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

import interpreters

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
GENERATED = ("contract_index.py", "stubs.py", "coverage_page.py", "repeatable.py", "database_operators.py")


def step(title: str, command: list[str], **variables: str) -> bool:
    """Runs one check, its output on ours, and says how it ended."""
    print(f"== {title}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables})
    print(f"== {title}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - begun:.0f} s)", flush=True)
    return done.returncode == 0


def lint() -> bool:
    """Style, types, and whether what is generated is up to date."""
    python = sys.executable
    checks = [
        step("ruff check", [python, "-m", "ruff", "check", "."]),
        step("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        step("mypy --strict", [python, "-m", "mypy"]),
    ]
    checks += [step(f"{name} --check", [python, f"scripts/{name}", "--check"]) for name in GENERATED]
    return all(checks)


def environment(version: str, path: str) -> str | None:
    """The Python of a virtual environment for `version` with the project installed, or None when it cannot be made."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return sys.executable
    folder = VENV / f"python{version}"
    python = folder / "bin" / "python"
    stamp = folder / ".installed"
    if not python.exists() and subprocess.run([path, "-m", "venv", str(folder)]).returncode != 0:
        return None
    changed = max((ROOT / name).stat().st_mtime for name in ("pyproject.toml", "constraints-dev.txt"))
    if not stamp.exists() or stamp.stat().st_mtime < changed:
        install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        install += ["--constraint", "constraints-dev.txt", "-e", ".[dev]"]
        if subprocess.run(install, cwd=ROOT).returncode != 0:
            return None
        stamp.touch()
    return str(python)


def suite(version: str, path: str) -> bool:
    """The suite on one interpreter: whole on the running one."""
    python = environment(version, path)
    if python is None:
        print(f"== suite on Python {version}: FAILED, {path} exists but cannot be set up", flush=True)
        return False
    # Each worker takes a half in the order of the files, so that a file's tests share what it starts (a server, the
    # Node process); who is done first takes over from the other.
    workers = ["-n", str(os.cpu_count() or 2), "--dist", "worksteal"]
    variables = {} if python == sys.executable else {"CLOUDPY_SUITE_REPEATED": "1"}
    command = [python, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *workers]
    return step(f"suite on Python {version}", command, **variables)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="style, types and generated files alone")
    arguments = parser.parse_args()
    outcomes = {"lint": lint()}
    if not arguments.lint:
        for version, path in interpreters.found().items():
            outcomes[f"suite on Python {version}"] = suite(version, path)
    print("\n".join(f"{name}: {'ok' if fine else 'FAILED'}" for name, fine in outcomes.items()))
    return 0 if all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
