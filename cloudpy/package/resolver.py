"""The libraries of a requirements.txt, as wheels for the platform's Python and glibc: by uv if it is here, or pip."""

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
# Of this machine, or about how it was installed: not the same twice, and of no use in the cloud.
_LEFT_OUT = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
# pip chooses wheels for another Python, but asks the one that runs it what `python_version < "3.11"` means.
_PIP = """\
import json, sys
from pip._vendor.packaging import markers
there = json.loads(sys.argv.pop(1))
markers.default_environment = lambda: dict(there)
from pip._internal.cli.main import main
sys.exit(main())
"""
# An editable install is a link to this machine, and pip would check a repository out into this environment.
_EDITABLE = re.compile(r"^(?:-e|--editable)[\s=]+")
_NAME = re.compile(r"[A-Za-z0-9._-]+?(?=[<>=!~\[; ]|$)")
_MAX_LINES = 8  # of what uv or pip says
# Where uv looks, and pip's variable of the same meaning, which many mirrors' instructions set.
_INDEXES = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "UV_INDEX": "PIP_EXTRA_INDEX_URL", "UV_FIND_LINKS": "PIP_FIND_LINKS"}


def install(
    requirements: Sequence[str],
    own: Sequence[str],
    python: str,
    folder: Path,
    beside: Path,
    *,
    variables: Mapping[str, str] = os.environ,
) -> list[str]:
    """Install `requirements`, and `own`, which cloudpy needs, into `folder`, which is made.

    Args:
        requirements: lines of a requirements.txt, without ``-r``.
        own: further lines. Where `requirements` have hashes, which all lines must have then, these come after.
        python: ``X.Y``.
        beside: the folder that relative paths in the lines start from.
        variables: environment variables for uv and pip.

    Returns:
        ``name==version`` of all that was installed, sorted.

    Raises:
        PackageError: there is neither uv nor pip, or none of them can do it.
    """
    has_hashes = any("--hash" in line for line in requirements)
    _install([*requirements, *(() if has_hashes else own)], python, folder, beside, variables)
    have = {name.partition("==")[0].lower() for name in _installed(folder)}
    more = [line for line in own if has_hashes and _NAME.match(line)[0].lower() not in have]  # type: ignore[index]
    if more:
        options = [line for line in requirements if line.startswith("--")]
        second = folder.with_name(f"{folder.name}-own")
        _install([*options, *more], python, second, beside, variables)
        for entry in sorted(second.iterdir()):
            if not (folder / entry.name).exists():
                os.rename(entry, folder / entry.name)
        shutil.rmtree(second)
    return _installed(folder)


def _install(lines: Sequence[str], python: str, folder: Path, beside: Path, variables: Mapping[str, str]) -> None:
    folder.mkdir()
    if not any(not line.startswith("--") for line in lines):
        return
    listed = folder.with_suffix(".txt")
    listed.write_text("\n".join(_EDITABLE.sub("", line) for line in lines) + "\n", "utf-8")
    commands = _commands(python, folder, listed, variables)
    if not commands:
        raise PackageError(
            f"the libraries need uv or pip, and neither is here: install uv (https://docs.astral.sh/uv), or run"
            f" {sys.executable} -m ensurepip"
        )
    told: list[str] = []
    for command in commands:
        shutil.rmtree(folder)
        folder.mkdir()
        done = subprocess.run(
            command, cwd=beside, env=_environment(variables), capture_output=True, encoding="utf-8", errors="replace"
        )
        if done.returncode == 0:
            _clean(folder)
            return
        told = _errors(done.stderr) or told
    raise PackageError(
        f"the libraries cannot be had as wheels for Python {python} on Linux (glibc 2.17):\n  " + "\n  ".join(told)
    )


def uv(variables: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of uv: the one that runs this program, one beside its Python, one on PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "uv.exe" if sys.platform == "win32" else "uv")
    for path in (variables.get("UV"), beside, shutil.which("uv", path=variables.get("PATH"))):
        if path and os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    return None


def _commands(python: str, folder: Path, listed: Path, variables: Mapping[str, str]) -> list[list[str]]:
    commands = []
    found = uv(variables)
    if found is not None:
        command = [found, "pip", "install", "--quiet", "--no-progress", "--python", sys.executable]
        command += ["--target", str(folder), "--python-version", python, "--python-platform", _UV_PLATFORM]
        commands.append([*command, "--only-binary", ":all:", "--requirement", str(listed)])
    pip = _pip()
    if pip is not None:
        command = [*pip, json.dumps(_markers(python)), "install", "--target", str(folder), "--quiet", "--no-compile"]
        command += ["--no-input", "--disable-pip-version-check", "--no-warn-conflicts", "--only-binary=:all:"]
        command += ["--python-version", python, "--implementation", "cp"]
        for platform in _PIP_PLATFORMS:
            command += ["--platform", platform]
        commands.append([*command, "--requirement", str(listed)])
    return commands


def _pip() -> list[str] | None:
    """Return how to start pip with `_PIP`: that of this Python, or the wheel that comes with it for ensurepip."""
    from importlib.util import find_spec

    if find_spec("pip") is not None:
        return [sys.executable, "-c", _PIP]
    try:
        bundled = find_spec("ensurepip._bundled")
    except ModuleNotFoundError:  # some systems have taken ensurepip out
        bundled = None
    for folder in bundled.submodule_search_locations or () if bundled else ():
        for wheel in sorted(Path(folder).glob("pip-*.whl")):
            return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(wheel)!r})\n{_PIP}"]
    return None


def _markers(python: str) -> dict[str, str]:
    """What markers are asked of: CPython `python` on Linux x86_64."""
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
    made = dict(variables)
    for name, other in _INDEXES.items():
        if name not in made and variables.get(other):
            made[name] = variables[other]
    return made


def _clean(folder: Path) -> None:
    """Remove what is of this machine."""
    for name in ("bin", "Scripts"):  # scripts that begin with a path of this machine
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
    """What uv or pip says of what went wrong."""
    if "no such option" in stderr:
        return ["pip is older than 22.3; renew it: python -m pip install --upgrade pip"]
    if "cannot import name" in stderr or "No module named 'pip._" in stderr:
        return ["this pip is unknown to cloudpy: install uv (https://docs.astral.sh/uv)"]
    lines = [line for line in stderr.splitlines() if line.strip()]
    first = next((index for index, line in enumerate(lines) if line.startswith(("ERROR", "error"))), 0)
    return [line.rstrip() for line in lines[first:][:_MAX_LINES]]
