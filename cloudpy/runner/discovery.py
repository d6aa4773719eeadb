"""Which functions there are under some folders, and whether something of them has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import env_files

LOCAL_YAML = "local.yaml"
CONFIG = "config.json"
_DEPTH = 3  # folders between the one given and a function's
_MAX_FILE_DEPTH = 8  # folders between a function's and its files
_SKIPPED = {"node_modules", "site-packages", "__pycache__", "venv", "env", "dist", "build", "miniprogram"}
# What a function reads while it runs is not watched, and neither is what it writes.
_WATCHED = (".py", ".pyi")
_SETTINGS = {CONFIG, *env_files.NAMES}

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
    walk = _Walk(projects)
    for project in projects:
        for path in walk.functions(project, f"{file}.py", function):
            name = os.path.basename(path) or "index"
            if name in found and found[name].path != path:
                problems.append(f"two functions are named {name}: {found[name].path} and {path}; rename one")
            elif not name.isprintable() or name.startswith("_") or len(name) > 60:
                problems.append(f"{path!r} is no name for a function: rename the folder")
            else:
                found.setdefault(name, Folder(name, path, project))
    return dict(sorted(found.items())), [*problems, *walk.problems]


class _Walk:
    """A look through folders that enters each one once, whatever links lead to it, and none that holds the projects."""

    def __init__(self, projects: Sequence[str]) -> None:
        self.problems: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._found: dict[tuple[int, int], str] = {}  # folders of functions
        self._entered: set[tuple[int, int]] = set()
        for project in projects:
            folder = os.path.realpath(project)
            while folder != os.path.dirname(folder):
                folder = os.path.dirname(folder)
                self._enter(folder)

    def functions(self, folder: str, file: str, function: str) -> Iterator[str]:
        """Yield the folders of functions in and below `folder`; the file and the function are those of the handler."""
        yield from self._below(folder, file, function, 0)
        # Links come last: of a folder and a link to it the folder counts.
        while self._links:
            links, self._links = self._links, []
            for path, depth in links:
                known = self._found.get(_identity(path) or (0, 0))
                if known is not None:
                    self.problems.append(f"{path} is a link to the function {known}, and no second one")
                else:
                    yield from self._below(path, file, function, depth)

    def files(self, folder: str, wanted: Callable[[os.DirEntry[str], int], bool], depth: int = 0) -> Iterator[str]:
        """Yield the paths of the files in and below `folder` that are wanted."""
        if not self._enter(folder):
            return
        for entry in _entries(folder):
            if wanted(entry, depth):
                yield entry.path
            elif depth < _MAX_FILE_DEPTH and _is_folder(entry) and not _is_skipped(entry):
                yield from self.files(entry.path, wanted, depth + 1)

    def _below(self, folder: str, file: str, function: str, depth: int) -> Iterator[str]:
        if not self._enter(folder):
            return
        if _holds(os.path.join(folder, file), function):
            self._found[_identity(folder) or (0, 0)] = folder
            yield folder
            return
        if depth >= _DEPTH:
            return
        for entry in _entries(folder):
            if _is_folder(entry) and not _is_skipped(entry):
                if entry.is_symlink():
                    self._links.append((entry.path, depth + 1))
                else:
                    yield from self._below(entry.path, file, function, depth + 1)

    def _enter(self, folder: str) -> bool:
        identity = _identity(folder)
        if identity is None or identity in self._entered:
            return False
        self._entered.add(identity)
        return True


def _identity(folder: str) -> tuple[int, int] | None:
    """Return what tells a folder from others; None when it has gone."""
    try:
        status = os.stat(folder)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


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
    paths = [os.path.join(folder.project, name) for name in env_files.NAMES] if folder.project != folder.path else []
    return _print((*_Walk([folder.path]).files(folder.path, _is_watched), *paths))


def print_of_data(folders: Iterable[Folder], projects: Sequence[str]) -> Print:
    """The same of what the local WeChat is made from: each local.yaml and config.json."""
    paths = [os.path.join(path, LOCAL_YAML) for path in projects]
    for folder in folders:
        paths += [os.path.join(folder.path, LOCAL_YAML), os.path.join(folder.path, CONFIG)]
    return _print(dict.fromkeys(paths))


def _is_watched(entry: os.DirEntry[str], depth: int) -> bool:
    return entry.name.endswith(_WATCHED) or (depth == 0 and entry.name in _SETTINGS)


def _print(paths: Iterable[str]) -> Print:
    found = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found.append((path, status.st_mtime_ns, status.st_size))
    return tuple(found)
