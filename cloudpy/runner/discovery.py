"""Functions in folders: find them, and notice when their files change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..runtime.function_dir import PROJECT_ROOTS, SHARED, shared_folder
from . import env_files

LOCAL_YAML = "local.yaml"
CONFIG = "config.json"
_MAX_DEPTH = 3  # folders from a project to a function
_MAX_FILE_DEPTH = 8  # folders from a function to its files
_MAX_NAME_LEN = 60  # characters
_SKIPPED = {"node_modules", "site-packages", "__pycache__", "venv", "env", "dist", "build", "miniprogram"}
# Other files, which a function may read or write while it runs, are not watched.
_WATCHED_SUFFIXES = (".py", ".pyi")
_WATCHED_NAMES = {CONFIG, *env_files.NAMES}

Fingerprint = tuple[tuple[str, int, int], ...]  # of each file: path, modification time (ns), size (bytes)


@dataclass(frozen=True, slots=True)
class FunctionFolder:
    """The folder of one function.

    Attributes:
        name: of the function.
        path: absolute.
        project: the folder given by the user; equal to `path` if that is the function itself.
    """

    name: str
    path: str
    project: str

    def file(self, name: str) -> str | None:
        """Return the path of the file `name`, or None if it does not exist."""
        path = os.path.join(self.path, name)
        return path if os.path.lexists(path) else None


def project_file(folder: str, name: str) -> str | None:
    """Return the path of the file `name` of the project that a function's folder is in, or None.

    It is in the nearest folder around the function's, at most `_MAX_DEPTH` above; beyond the folder next to it only up
    to the root of the project, which has one of `PROJECT_ROOTS`.
    """
    around = []
    path = os.path.realpath(folder)
    for _ in range(_MAX_DEPTH):
        if os.path.dirname(path) == path:
            break
        path = os.path.dirname(path)
        around.append(path)
        if any(os.path.lexists(os.path.join(path, root)) for root in PROJECT_ROOTS):
            break
    else:
        around = around[:1]
    found = (os.path.join(path, name) for path in around)
    return next((path for path in found if os.path.isfile(path)), None)


def find_functions(projects: Sequence[str], handler: str) -> tuple[dict[str, FunctionFolder], list[str]]:
    """Return the functions under some folders, by name and sorted, and a sentence for each folder that is unusable.

    A folder is a function if the file of `handler` is in it; the folders below it are not searched.
    """
    file, _, function = handler.rpartition(".")
    functions: dict[str, FunctionFolder] = {}
    problems: list[str] = []
    walk = _Walk(projects)
    for project in projects:
        for path in walk.functions(project, f"{file}.py", function):
            name = os.path.basename(path) or "index"
            if name in functions and functions[name].path != path:
                problems.append(f"two functions are named {name}: {functions[name].path} and {path}; rename one")
            elif not name.isprintable() or name.startswith("_") or len(name) > _MAX_NAME_LEN:
                problems.append(f"{path!r} is not a valid function name: rename the folder")
            else:
                functions.setdefault(name, FunctionFolder(name, path, project))
    return dict(sorted(functions.items())), [*problems, *walk.problems]


class _Walk:
    """A search that enters each folder once, even through links, and never those that contain the projects."""

    def __init__(self, projects: Sequence[str]) -> None:
        self.problems: list[str] = []
        self.folders: list[str] = []  # entered so far
        self._links: list[tuple[str, int]] = []
        self._functions: dict[tuple[int, int], str] = {}
        self._entered: set[tuple[int, int]] = set()
        for project in projects:
            folder = os.path.realpath(project)
            while folder != os.path.dirname(folder):
                folder = os.path.dirname(folder)
                self._entered.add(_identity(folder) or (0, 0))

    def functions(self, folder: str, file: str, function: str) -> Iterator[str]:
        """Yield the function folders in and below `folder`."""
        yield from self._search(folder, file, function, 0)
        # Links come last: the folder itself counts, not a link to it.
        while self._links:
            links, self._links = self._links, []
            for path, depth in links:
                target = self._functions.get(_identity(path) or (0, 0))
                if target is not None:
                    self.problems.append(f"{path} is ignored: it is a link to the function {target}")
                else:
                    yield from self._search(path, file, function, depth)

    def files(self, folder: str, matches: Callable[[os.DirEntry[str], int], bool], depth: int = 0) -> Iterator[str]:
        """Yield the paths of the matching files in and below `folder`."""
        if not self._enter(folder):
            return
        for entry in _entries(folder):
            if matches(entry, depth):
                yield entry.path
            elif depth < _MAX_FILE_DEPTH and _is_folder(entry) and not _is_skipped(entry):
                yield from self.files(entry.path, matches, depth + 1)

    def _search(self, folder: str, file: str, function: str, depth: int) -> Iterator[str]:
        if not self._enter(folder):
            return
        if _mentions(os.path.join(folder, file), function):
            self._functions[_identity(folder) or (0, 0)] = folder
            yield folder
            return
        if depth >= _MAX_DEPTH:
            return
        for entry in _entries(folder):
            if _is_folder(entry) and not _is_skipped(entry) and entry.name != SHARED:
                if entry.is_symlink():
                    self._links.append((entry.path, depth + 1))
                else:
                    yield from self._search(entry.path, file, function, depth + 1)

    def _enter(self, folder: str) -> bool:
        identity = _identity(folder)
        if identity is None or identity in self._entered:
            return False
        self._entered.add(identity)
        self.folders.append(folder)
        return True


def _identity(folder: str) -> tuple[int, int] | None:
    """Return device and inode of a folder; None if it is gone."""
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


def _mentions(path: str, function: str) -> bool:
    # By its name alone: a file with a syntax error is still a function.
    try:
        with open(path, "rb") as file:
            return function.encode() in file.read()
    except OSError:
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # deleted or unreadable
        return []


def _is_skipped(entry: os.DirEntry[str]) -> bool:
    return (
        entry.name.startswith(".") or entry.name in _SKIPPED or os.path.lexists(os.path.join(entry.path, "pyvenv.cfg"))
    )


def watched_folders(projects: Sequence[str], handler: str) -> list[str]:
    """Return the folders in which a change can add, remove or change a function.

    They are to be watched one by one: below a project there may be links to anywhere, and thousands of npm packages.
    """
    file, _, function = handler.rpartition(".")
    walk = _Walk(projects)
    for project in projects:
        for path in list(walk.functions(project, f"{file}.py", function)):
            walk.folders += code_folders(path)
    return list(dict.fromkeys(walk.folders))


def code_folders(function: str) -> list[str]:
    """Return the folders with a function's files: its own, ``_shared``, and those below, without npm packages."""
    walk = _Walk([function])
    for folder in (function, shared_folder(function)):
        if folder:
            list(walk.files(folder, _is_watched))
    return walk.folders


def fingerprint(folder: FunctionFolder) -> Fingerprint:
    """Return what changes with a function's code, config.json or .env files."""
    paths = [os.path.join(folder.project, name) for name in env_files.NAMES] if folder.project != folder.path else []
    walk = _Walk([folder.path])
    shared = shared_folder(folder.path)
    files = [path for each in (folder.path, shared) if each for path in walk.files(each, _is_watched)]
    return _fingerprint((*files, *paths))


def data_fingerprint(folders: Iterable[FunctionFolder], projects: Sequence[str]) -> Fingerprint:
    """Return what changes with the files that describe the local WeChat: every local.yaml and config.json."""
    paths = [os.path.join(path, LOCAL_YAML) for path in projects]
    for folder in folders:
        paths += [os.path.join(folder.path, LOCAL_YAML), os.path.join(folder.path, CONFIG)]
    return _fingerprint(dict.fromkeys(paths))


def _is_watched(entry: os.DirEntry[str], depth: int) -> bool:
    return entry.name.endswith(_WATCHED_SUFFIXES) or (depth == 0 and entry.name in _WATCHED_NAMES)


def _fingerprint(paths: Iterable[str]) -> Fingerprint:
    files = []
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        files.append((path, status.st_mtime_ns, status.st_size))
    return tuple(files)
