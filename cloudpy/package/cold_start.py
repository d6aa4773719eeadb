"""The cold start of a package, measured in new processes of the target's Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

_RUNS = 3
_TIMEOUT = 60.0  # seconds for one start
# What the platform's bootstrap imports, or what the server of a package does before it listens
_ENTRY = "import cloudpy_entry"
_SERVER = (
    "import cloudpy.runtime.serve, cloudpy.runtime.server; from cloudpy.runtime import FunctionDir, load\n"
    "load(FunctionDir(sys.argv[1]).__enter__(), {handler!r})"
)
_SDK = {"scf": "import cloudpy, cloudpy.runtime.scf", "server": "import cloudpy.runtime.server"}
_PROGRAM = """\
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.perf_counter()
{imports}
seconds = time.perf_counter() - start
with open(sys.argv[2], "w") as file:
    file.write(str(seconds))
"""


@dataclass(frozen=True, slots=True)
class ColdStart:
    """One measurement.

    Attributes:
        seconds: the fastest of a few starts.
        error: why the user's code could not be imported, in which case `seconds` are for cloudpy alone; else empty.
    """

    seconds: float
    error: str = ""


def measure(python: str, package: Path, target: str, handler: str, *, bytecode: bool) -> ColdStart | None:
    """Start a package a few times, with the user's imports. Return None when not even the SDK can be imported.

    Starts a copy: the code may write files. The process gets none of this one's variables but PATH.

    Args:
        python: the interpreter.
        package: the unpacked package.
        target: one of TARGETS.
        handler: ``file.function``.
        bytecode: use the bytecode of the package.
    """
    with tempfile.TemporaryDirectory(prefix="cloudpy-start-") as scratch:
        folder = Path(scratch, "package")
        shutil.copytree(package, folder, ignore=None if bytecode else shutil.ignore_patterns("__pycache__"))
        seconds, error = _fastest(python, folder, _ENTRY if target == "scf" else _SERVER.format(handler=handler))
        if seconds is None:
            seconds, _ = _fastest(python, folder, _SDK["scf" if target == "scf" else "server"])
    return None if seconds is None else ColdStart(seconds, error)


def _fastest(python: str, folder: Path, imports: str) -> tuple[float | None, str]:
    # -S: without site-packages. -B: the package stays as it is.
    command = [python, "-I", "-S", "-B", "-c", _PROGRAM.format(imports=imports), str(folder)]
    variables = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    variables |= {"TENCENTCLOUD_RUNENV": "SCF", "LANG": "C.UTF-8"}
    result = folder.with_name("seconds")
    times: list[float] = []
    for _ in range(_RUNS):
        result.unlink(missing_ok=True)
        try:
            done = subprocess.run(
                [*command, str(result)],
                cwd=folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIMEOUT,
                check=False,  # an error of the user's code is a result
            )
        except subprocess.TimeoutExpired:
            return None, f"it takes longer than {_TIMEOUT:g} s to import"
        if not result.is_file():
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            return None, lines[-1] if lines else f"the process ended with exit code {done.returncode}"
        times.append(float(result.read_text("utf-8")))
    return min(times), ""
