"""Which functions there are under some folders, and whether something of them has changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import dotenv

LOCAL_YAML = "local.yaml"
CONFIG = "config.json"
_DEPTH = 3  # folders between the one given and a function's
_SKIPPED = {"node_modules", "site-packages", "__pycache__", "venv", "env", "dist", "build", "miniprogram"}
# What a function reads while it runs is not watched, and neither is what it writes.
_WATCHED = (".py", ".pyi")
_SETTINGS = {CONFIG, *dotenv.NAMES}

Print = tuple[tuple[str, int, int], ...]  # of each file its path, when it was changed (ns), its size (bytes)


class ClashError(Exception):
    """Two functions of one name."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One function's folder.

    Attributes:
        name: the function's.
        path: absolute.
        project: the folder that was given, in which it was found; the same as `path` when it is the function itself.
    """

    name: str
    path: str
    project: str

    def files(self, name: str) -> list[str]:
        """The project's and the function's file of that name, those that are there."""
        folders = dict.fromkeys((self.project, self.path))
        paths = [os.path.join(folder, name) for folder in folders]
        return [path for path in paths if os.path.lexists(path)]

    def own(self, name: str) -> str | None:
        """The path of the function's file of that name, if it is there."""
        path = os.path.join(self.path, name)
        return path if os.path.lexists(path) else None


def find(projects: Sequence[str], handler: str) -> tuple[dict[str, Folder], list[str]]:
    """The functions under the folders given, by name in order, and a sentence for each that cannot be taken.

    A folder is a function's when the file of `handler` is in it; what is below it is its own business.
    """
    file, _, function = handler.rpartition(".")
    found: dict[str, Folder] = {}
    problems: list[str] = []
    for project in projects:
        for path in _below(project, f"{file}.py", function, 0):
            name = os.path.basename(path) or "index"
            if name in found and found[name].path != path:
                problems.append(f"two functions are named {name}: {found[name].path} and {path}; rename one")
            elif not name.isprintable() or name.startswith("_") or len(name) > 60:
                problems.append(f"{path!r} is no name for a function: rename the folder")
            else:
                found.setdefault(name, Folder(name, path, project))
    return dict(sorted(found.items())), problems


def _below(folder: str, file: str, function: str, depth: int) -> Iterator[str]:
    if _holds(os.path.join(folder, file), function):
        yield folder
        return
    if depth >= _DEPTH:
        return
    for entry in _entries(folder):
        if entry.is_dir() and not _is_skipped(entry):
            yield from _below(entry.path, file, function, depth + 1)


def _holds(path: str, function: str) -> bool:
    # The name alone: a file with a syntax error is a function's too.
    try:
        with open(path, "rb") as file:
            return function.encode() in file.read()
    except OSError:
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # gone, or not ours to read
        return []


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".") or entry.name in _SKIPPED or os.path.lexists(os.path.join(entry.path, "pyvenv.cfg"))
    )


def print_of(folder: Folder) -> Print:
    """What tells one state of a function from another: its code, config.json and variables."""
    paths = [os.path.join(folder.project, name) for name in dotenv.NAMES] if folder.project != folder.path else []
    return _print((*_watched(folder.path, 0), *paths))


def print_of_data(folders: Iterable[Folder], projects: Sequence[str]) -> Print:
    """The same of what the local WeChat is made from: each local.yaml and config.json."""
    paths = [os.path.join(path, LOCAL_YAML) for path in projects]
    for folder in folders:
        paths += [os.path.join(folder.path, LOCAL_YAML), os.path.join(folder.path, CONFIG)]
    return _print(dict.fromkeys(paths))


def _watched(folder: str, depth: int) -> Iterator[str]:
    for entry in _entries(folder):
        if entry.name.endswith(_WATCHED) or (depth == 0 and entry.name in _SETTINGS):
            yield entry.path
        elif depth < 8 and entry.is_dir() and not _is_skipped(entry):
            yield from _watched(entry.path, depth + 1)


def _print(paths: Iterable[str]) -> Print:
    found = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found.append((path, status.st_mtime_ns, status.st_size))
    return tuple(found)
