"""Install the libraries of a requirements.txt as wheels for the platform's Python and glibc, with uv or pip."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import PackageError

# glibc 2.17, which all of the platform's images have
_PIP_PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_12_x86_64", "manylinux_2_5_x86_64")
_UV_PLATFORM = "x86_64-manylinux2014"
# About this machine and installation: different each time, and useless in the cloud
_LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
# pip chooses wheels for another Python, but evaluates `python_version < "3.11"` for the one that runs it.
_PIP = """\
import json, sys
from pip._vendor.packaging import markers
target = json.loads(sys.argv.pop(1))
markers.default_environment = lambda: dict(target)
from pip._internal.cli.main import main
sys.exit(main())
"""
# An editable install is a link to this machine.
_EDITABLE = re.compile(r"^(?:-e|--editable)[\s=]+")
_NAME = re.compile(r"[A-Za-z0-9._-]+?(?=[<>=!~\[; ]|$)")
_MAX_LINES = 8  # of errors of uv or pip
# uv's variable -> pip's, which the instructions of many mirrors set
_INDEXES = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "UV_INDEX": "PIP_EXTRA_INDEX_URL", "UV_FIND_LINKS": "PIP_FIND_LINKS"}


def install(
    requirements: Sequence[str],
    dependencies: Sequence[str],
    python: str,
    folder: Path,
    base: Path,
    *,
    variables: Mapping[str, str] = os.environ,
) -> list[str]:
    """Install `requirements` and the dependencies of cloudpy into a new folder.

    Args:
        requirements: lines of a requirements.txt, without ``-r``.
        dependencies: further lines. If `requirements` have hashes, these are installed after them.
        python: ``X.Y``.
        folder: created.
        base: the folder that relative paths in the lines start from.
        variables: environment variables for uv and pip.

    Returns:
        ``name==version`` of everything that was installed, sorted.

    Raises:
        PackageError: uv and pip are missing, or a library cannot be installed.
    """
    has_hashes = any("--hash" in line for line in requirements)
    _install([*requirements, *(() if has_hashes else dependencies)], python, folder, base, variables)
    installed = {name.partition("==")[0].lower() for name in _installed(folder)}
    missing = [line for line in dependencies if has_hashes and _NAME.match(line)[0].lower() not in installed]  # type: ignore[index]
    if missing:
        options = [line for line in requirements if line.startswith("--")]
        second = folder.with_name(f"{folder.name}-dependencies")
        _install([*options, *missing], python, second, base, variables)
        for entry in sorted(second.iterdir()):
            if not (folder / entry.name).exists():
                os.rename(entry, folder / entry.name)
        shutil.rmtree(second)
    return _installed(folder)


def _install(lines: Sequence[str], python: str, folder: Path, base: Path, variables: Mapping[str, str]) -> None:
    folder.mkdir()
    if not any(not line.startswith("--") for line in lines):
        return
    file = folder.with_suffix(".txt")
    file.write_text("\n".join(_EDITABLE.sub("", line) for line in lines) + "\n", "utf-8")
    commands = _commands(python, folder, file, variables)
    if not commands:
        raise PackageError(
            f"installing the libraries needs uv or pip: install uv (https://docs.astral.sh/uv), or run"
            f" {sys.executable} -m ensurepip"
        )
    errors: list[str] = []
    for command in commands:
        shutil.rmtree(folder)
        folder.mkdir()
        done = subprocess.run(
            command,
            cwd=base,
            env=_environment(variables),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode == 0:
            _clean(folder)
            return
        errors = _errors(done.stderr) or errors
    raise PackageError(
        f"the libraries cannot be installed as wheels for Python {python} on Linux (glibc 2.17):\n  "
        + "\n  ".join(errors)
    )


def uv(variables: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of uv: the one that runs this program, one next to its Python, or one on PATH."""
    neighbour = os.path.join(os.path.dirname(sys.executable), "uv.exe" if sys.platform == "win32" else "uv")
    for path in (variables.get("UV"), neighbour, shutil.which("uv", path=variables.get("PATH"))):
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def _commands(python: str, folder: Path, file: Path, variables: Mapping[str, str]) -> list[list[str]]:
    commands = []
    uv_path = uv(variables)
    if uv_path is not None:
        command = [uv_path, "pip", "install", "--quiet", "--no-progress", "--python", sys.executable]
        command += ["--target", str(folder), "--python-version", python, "--python-platform", _UV_PLATFORM]
        commands.append([*command, "--only-binary", ":all:", "--requirement", str(file)])
    pip = _pip()
    if pip is not None:
        command = [*pip, json.dumps(_markers(python)), "install", "--target", str(folder), "--quiet", "--no-compile"]
        command += ["--no-input", "--disable-pip-version-check", "--no-warn-conflicts", "--only-binary=:all:"]
        command += ["--python-version", python, "--implementation", "cp"]
        for platform in _PIP_PLATFORMS:
            command += ["--platform", platform]
        commands.append([*command, "--requirement", str(file)])
    return commands


def _pip() -> list[str] | None:
    """Return the command that runs `_PIP`, with this Python's pip or the wheel of ensurepip; None without either."""
    from importlib.util import find_spec

    if find_spec("pip") is not None:
        return [sys.executable, "-c", _PIP]
    try:
        bundled = find_spec("ensurepip._bundled")
    except ModuleNotFoundError:  # some systems remove ensurepip
        bundled = None
    for folder in bundled.submodule_search_locations or () if bundled else ():
        for wheel in sorted(Path(folder).glob("pip-*.whl")):
            return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(wheel)!r})\n{_PIP}"]
    return None


def _markers(python: str) -> dict[str, str]:
    """Return the environment for markers: CPython `python` on Linux x86_64."""
    full = f"{python}.0"
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": full,
        "python_version": python,
        "sys_platform": "linux",
    }


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    environment = dict(variables)
    for name, other in _INDEXES.items():
        if name not in environment and variables.get(other):
            environment[name] = variables[other]
    return environment


def _clean(folder: Path) -> None:
    """Remove files that belong to this machine."""
    for name in ("bin", "Scripts"):  # scripts start with a path of this machine
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in (".lock", "easy-install.pth"):
        (folder / name).unlink(missing_ok=True)
    for cache in list(folder.rglob("__pycache__")):
        shutil.rmtree(cache, ignore_errors=True)
    for info in folder.glob("*.dist-info"):
        for name in _LEFT_OUT:
            (info / name).unlink(missing_ok=True)


def _installed(folder: Path) -> list[str]:
    return sorted(info.name.removesuffix(".dist-info").replace("-", "==", 1) for info in folder.glob("*.dist-info"))


def _errors(stderr: str) -> list[str]:
    """Return the error lines of uv or pip."""
    if "no such option" in stderr:
        return ["pip is older than 22.3; upgrade it: python -m pip install --upgrade pip"]
    if "cannot import name" in stderr or "No module named 'pip._" in stderr:
        return ["cloudpy does not know this pip: install uv (https://docs.astral.sh/uv)"]
    lines = [line for line in stderr.splitlines() if line.strip()]
    first = next((index for index, line in enumerate(lines) if line.startswith(("ERROR", "error"))), 0)
    return [line.rstrip() for line in lines[first:][:_MAX_LINES]]
