"""The libraries of a requirements.txt, as wheels for the platform's Python and glibc, by pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import PackageError

# glibc 2.17, which all of the platform's images have
_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_12_x86_64", "manylinux_2_5_x86_64")
# pip picks wheels for another Python when told to, but asks the running one what `python_version < "3.11"` means.
_PIP = """\
import sys
from pip._vendor.packaging import markers
here = markers.default_environment
def there():
    return {**here(), "python_version": VERSION, "python_full_version": VERSION + ".0",
            "implementation_version": VERSION + ".0", "implementation_name": "cpython",
            "platform_python_implementation": "CPython", "sys_platform": "linux", "platform_system": "Linux",
            "os_name": "posix", "platform_machine": "x86_64", "platform_release": "", "platform_version": ""}
markers.default_environment = there
from pip._internal.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
# Of this machine, or about how it was installed: not the same twice, and of no use in the cloud.
_LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")


def install(requirements: Sequence[str], python: str, folder: Path, beside: Path) -> list[str]:
    """Installs `requirements` into `folder`, which is made.

    Args:
        requirements: lines of a requirements.txt.
        python: ``X.Y``.
        beside: the folder that relative paths in the lines start from.

    Returns:
        ``name==version`` of all that was installed, sorted.

    Raises:
        PackageError: pip is missing, or cannot do it.
    """
    folder.mkdir()
    if not requirements:
        return []
    listed = folder.with_suffix(".txt")
    listed.write_text("\n".join(requirements) + "\n", "utf-8")
    command = [sys.executable, "-c", f"VERSION = {python!r}\n{_PIP}", "install", "--target", str(folder)]
    command += ["--quiet", "--no-compile", "--no-input", "--disable-pip-version-check", "--no-warn-conflicts"]
    command += ["--only-binary=:all:", "--python-version", python, "--implementation", "cp"]
    for platform in _PLATFORMS:
        command += ["--platform", platform]
    done = subprocess.run([*command, "-r", str(listed)], cwd=beside, capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        told = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()[-3:]
        if "No module named 'pip'" in done.stderr:
            told = [f"there is no pip for {sys.executable}; install it: python -m ensurepip"]
        raise PackageError(
            f"the libraries cannot be had as wheels for Python {python} on Linux (glibc 2.17):\n  " + "\n  ".join(told)
        )
    shutil.rmtree(folder / "bin", ignore_errors=True)  # scripts that begin with a path of this machine
    for info in folder.glob("*.dist-info"):
        for name in _LEFT_OUT:
            if os.path.lexists(info / name):
                os.unlink(info / name)
    return sorted(info.name.removesuffix(".dist-info").replace("-", "==", 1) for info in folder.glob("*.dist-info"))
