"""The files of a function's folder: which are the user's code, which were installed there, which never leave it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..runtime import FunctionDir, LoadError

# Never part of what runs in the cloud.
_SKIPPED = {"__pycache__", "node_modules", "site-packages"}
_INSTALLED = (".dist-info", ".egg-info")
# What `cloudpy package` wrote before: by name, and by the entry that it writes.
_PACKAGES = ("*-scf.zip", "*-http.zip")
_ENTRY = "cloudpy_entry.py"
_OUTPUT = {"dist", "build"}  # unless they are packages of Python
# What shows the top of a project, whose parts may be linked into a function.
_PROJECT = (".git", "pyproject.toml", "project.config.json", "cloudbaserc.json", "package.json")


class Folder:
    """One function's folder.

    Attributes:
        path: absolute.
        links: linked folders that were followed, relative to it, after `files`.
        skipped: linked folders that were not: they lead out of the project, or into themselves; broken links, and
            what is no file.

    Raises:
        LoadError: there is no such folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(FunctionDir(path).folder)
        self.links: list[str] = []
        self.skipped: list[str] = []
        self._installed = _installed(self.path)
        self._files: tuple[str, ...] | None = None

    def files(self) -> Iterator[str]:
        """Every file that belongs to the function, relative to it with ``/``, sorted; libraries installed beside the
        code too, and those of linked folders of the same project."""
        if self._files is None:
            self._files = tuple(self._walk(self.path, (self.path,)))
        return iter(self._files)

    def _walk(self, here: Path, above: tuple[Path, ...]) -> Iterator[str]:
        folders = []
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            path = Path(entry.path)
            if path.is_dir():
                folders.append(path)
            elif not path.is_file():  # a broken link, a pipe, a socket
                self.skipped.append(path.relative_to(self.path).as_posix())
            elif not any(path.match(pattern) for pattern in _PACKAGES):
                yield path.relative_to(self.path).as_posix()
        for path in folders:
            if _is_skipped(path) or (here == self.path and path.name in _OUTPUT and not _is_package(path)):
                continue
            real = Path(os.path.realpath(path))
            if path.is_symlink():
                name = path.relative_to(self.path).as_posix()
                if real in above or self.path.is_relative_to(real) or not self._is_of_project(real):
                    self.skipped.append(name)
                    continue
                self.links.append(name)
            try:
                yield from self._walk(path, (*above, real))
            except PermissionError:
                self.skipped.append(path.relative_to(self.path).as_posix())

    def _is_of_project(self, path: Path) -> bool:
        tops = [above for above in self.path.parents if any((above / name).exists() for name in _PROJECT)]
        return path.is_relative_to(tops[0] if tops else self.path.parent)

    def code(self) -> Iterator[str]:
        """The .py files that the user wrote and that run in the cloud: no installed libraries, no tests."""
        for name in self.files():
            parts = name.split("/")
            if parts[-1].endswith(".py") and parts[0] not in self._installed and not is_test(name):
                yield name

    def read(self, name: str) -> bytes:
        """The content of a file; empty when it cannot be read."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return b""

    def __repr__(self) -> str:
        return f"<Folder {self.path}>"


def functions_in(path: str | os.PathLike[str]) -> list[str]:
    """The functions that are meant by `path`: itself, or, when it holds no .py file, the folders in it that do.

    Returns:
        Paths that begin as `path` does.

    Raises:
        LoadError: there is no such folder, or no Python function in it; the message says what to give.
    """
    top = FunctionDir(path).folder
    if _is_function(top):
        return [os.fspath(path)]
    found = [name for name in sorted(os.listdir(top)) if name[0] != "." and _is_function(os.path.join(top, name))]
    if not found:
        raise LoadError(
            f"{os.fspath(path)} holds no .py file, and no folder with an index.py: give the folder of a function,"
            " or one that holds several"
        )
    return [os.path.join(path, name) for name in found]


def is_test(name: str) -> bool:
    """Whether a file, by its path in the folder, is there for tests alone."""
    parts = name.split("/")
    if any(part in ("tests", "test") for part in parts[:-1]):
        return True
    return parts[-1] == "conftest.py" or (parts[-1].startswith("test_") and parts[-1].endswith(".py"))


def _is_function(path: str) -> bool:
    return os.path.isdir(path) and any(
        name.endswith(".py") and not is_test(name) and name != "setup.py" for name in os.listdir(path)
    )


def _is_skipped(path: Path) -> bool:
    if path.name in _SKIPPED or path.name.startswith("."):
        return True
    return (path / "pyvenv.cfg").exists() or (path / _ENTRY).exists()


def _is_package(path: Path) -> bool:
    """Whether a folder holds a module; one with a copy of a package, or with zips, does not."""
    return any(path.glob("*.py"))


def _installed(path: Path) -> set[str]:
    """Names at the top of the folder that ``pip install -t`` put there."""
    found: set[str] = set()
    for entry in path.iterdir():
        if entry.name.endswith(_INSTALLED):
            try:
                lines = (entry / "RECORD").read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
            found |= {line.split(",")[0].split("/")[0] for line in lines}
    return found
