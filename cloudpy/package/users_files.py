"""Which of the user's files go into a package, and what is said of those that do not."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..check.folder import Folder, is_test
from .errors import PackageError

# What the developer needs and the cloud does not; of a Node twin, what would have its libraries installed there.
_LEFT_OUT = {"local.yaml", "local.yml", "README.md", "cloudbaserc.json", "Dockerfile", "container.config.json"}
_LEFT_OUT |= {"package.json", "package-lock.json"}
_MAX_SHOWN = 6  # names of a note


def copy(place: Folder, stage: Path, out: Path) -> list[str]:
    """Copy the user's files into `stage`, over what was installed: what the user has changed there stays changed.

    Args:
        out: where the package will be, which is no part of it.

    Returns:
        Notes on what was left out, and on links.

    Raises:
        PackageError: the name of a file is not UTF-8, or would lead out of the package where it is unpacked.
    """
    imported = _imported(place)
    result = out.resolve()
    left: list[str] = []
    for name in place.files():
        source = place.path / name
        if source.resolve() == result or result in source.resolve().parents:
            continue
        _check_name(name)
        top = name.partition("/")[0]
        if top == "cloudpy" or (name.endswith(".pyc") and source.with_suffix(".py").exists()):
            continue
        hidden = any(part.startswith(".") for part in name.split("/"))
        developers = is_test(name) and name not in imported
        if hidden or developers or name in _LEFT_OUT:
            left.append(name)
            continue
        target = stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    notes = [f"left out: {_listed(left)}"] if left else []
    notes += [f"left out: {_listed(place.skipped)}"] if place.skipped else []
    return notes + [f"{link} is a link, and its files are in the package" for link in place.links]


def _imported(place: Folder) -> set[str]:
    """The files that files of the function import, tests' helpers among them."""
    found: set[str] = set()
    waiting = list(place.code())
    files = {name for name in place.files() if name.endswith(".py")}
    while waiting:
        for module in _modules(place, waiting.pop()):
            base = module.replace(".", "/")
            parts = base.split("/")
            above = ["/".join([*parts[:end], "__init__.py"]) for end in range(1, len(parts) + 1)]
            for name in {f"{base}.py", *above} & files - found:
                found.add(name)
                waiting.append(name)
    return found


def _modules(place: Folder, name: str) -> Iterator[str]:
    """What a file imports, by dotted names from the top of the folder."""
    try:
        tree = ast.parse(place.read(name))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    package = name.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            yield whole
            yield from (f"{whole}.{alias.name}" if whole else alias.name for alias in node.names)


def _check_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise PackageError(f"the name of {_shown(name)} is not UTF-8, as names in a package are: rename it") from None
    if "\\" in name or any(ord(letter) < 32 for letter in name):
        raise PackageError(
            f"the name of {_shown(name)} has a backslash or a control character, which leads elsewhere when the"
            " package is unpacked on Windows: rename it"
        )


def _shown(name: str) -> str:
    return ascii(name) if not name.isprintable() or "\\" in name else name


def _listed(names: list[str]) -> str:
    """The names of files, or of the folders at the top that they are in when those hold several."""
    tops: dict[str, list[str]] = {}
    for name in names:
        tops.setdefault(name.partition("/")[0], []).append(name)
    shown = [of[0] if len(of) == 1 else f"{top}/ ({len(of)} files)" for top, of in sorted(tops.items())]
    more = len(shown) - _MAX_SHOWN
    return ", ".join(shown[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
