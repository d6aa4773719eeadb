"""The files of a function's folder: which are the user's code, which were installed there, which never leave it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..functions import LoadError, Place

# Never part of what runs in the cloud.
_SKIPPED = {"__pycache__", "node_modules", "venv", "env", "site-packages"}
_INSTALLED = (".dist-info", ".egg-info")


class Folder:
    """One function's folder.

    Attributes:
        path: absolute.

    Raises:
        LoadError: there is no such folder.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(Place(path).folder)
        self._installed = _installed(self.path)

    def files(self) -> Iterator[str]:
        """Every file that belongs to the function, relative to it with ``/``, sorted; libraries installed beside the
        code too."""
        for here, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if not _is_skipped(Path(here, name)))
            base = Path(here).relative_to(self.path)
            for name in sorted(names):
                path = Path(here, name)
                if path.is_file():  # no sockets, no broken links
                    yield (base / name).as_posix()

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
    top = Place(path).folder
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
    return path.name in _SKIPPED or path.name.startswith(".") or (path / "pyvenv.cfg").exists()


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
