"""Run every check of the project, for `make test`: style, types, documentation, the suite on each Python, coverage.

The suite runs whole on this interpreter; on the others without the tests that cannot come out differently there
(tests/once.py), and prints how many those are. An interpreter that exists and cannot be used is a failure.
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
# From here on Python tells coverage about each line once, which costs next to nothing.
MEASURES_COVERAGE = (3, 12)
GENERATED = (
    "contract_index.py",
    "stubs.py",
    "sync_api.py",
    "coverage_page.py",
    "idempotent.py",
    "database_operators.py",
    "console_page.py",
)


def step(title: str, command: list[str], **variables: str) -> bool:
    """Run one check, print its output and how it ended, and return whether it passed."""
    print(f"== {title}", flush=True)
    begun = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables})
    print(f"== {title}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - begun:.0f} s)", flush=True)
    return done.returncode == 0


def lint() -> bool:
    """Check style, types, and that generated files are up to date."""
    python = sys.executable
    checks = [
        step("ruff check", [python, "-m", "ruff", "check", "."]),
        step("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        step("mypy --strict", [python, "-m", "mypy"]),
    ]
    checks += [step(f"{name} --check", [python, f"scripts/{name}", "--check"]) for name in GENERATED]
    return all(checks)


def environment(version: str, path: str) -> str | None:
    """Return the Python of a virtual environment for `version` with the project installed, or None if that fails."""
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
    """Run the suite on one interpreter: whole on the running one. Measure coverage where that is cheap."""
    python = environment(version, path)
    if python is None:
        print(f"== suite on Python {version}: FAILED, {path} exists but cannot be set up", flush=True)
        return False
    # Each worker gets half of the tests in the order of the files, so that the tests of a file share a server or a
    # Node process; the faster one then takes over tests from the other.
    workers = ["-n", str(os.cpu_count() or 2), "--dist", "worksteal"]
    variables = {} if python == sys.executable else {"CLOUDPY_SUITE_REPEATED": "1"}
    command = ["-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *workers]
    if tuple(map(int, version.split("."))) < MEASURES_COVERAGE:
        return step(f"suite on Python {version}", [python, *command], **variables)
    coverage = [python, "-m", "coverage"]
    subprocess.run([*coverage, "erase"], cwd=ROOT)
    passed = step(f"suite on Python {version}", [*coverage, "run", *command], COVERAGE_CORE="sysmon", **variables)
    subprocess.run([*coverage, "combine", "-q"], cwd=ROOT, stdout=subprocess.DEVNULL)
    return step(f"coverage on Python {version}", [*coverage, "report", "--format=total"]) and passed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="style, types and generated files alone")
    arguments = parser.parse_args()
    outcomes = {"lint": lint()}
    if not arguments.lint:
        outcomes["documentation site"] = step("documentation site", [sys.executable, "scripts/build_site.py"])
        for version, path in interpreters.found().items():
            outcomes[f"suite on Python {version}"] = suite(version, path)
    print("\n".join(f"{name}: {'ok' if fine else 'FAILED'}" for name, fine in outcomes.items()))
    return 0 if all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
