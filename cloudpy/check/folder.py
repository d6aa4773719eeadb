"""The files of a function's folder: the user's code, installed libraries, and what is not uploaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ..runtime import FunctionDir, LoadError
from ..runtime.function_dir import PROJECT_ROOTS, SHARED
from .finding import Finding
from .shared import packaged_name, shared_files

# Bytes, unpacked and with layers; SCF's quota page says 500 MB: cloud.tencent.com/document/product/583/11637
MAX_CODE = 500_000_000
# Never uploaded
_SKIPPED = {"__pycache__", "node_modules", "site-packages"}
_INSTALLED = (".dist-info", ".egg-info")
# Earlier output of `cloudpy package`
_PACKAGES = ("*-scf.zip", "*-http.zip")
ENTRY = "cloudpy_entry.py"
_OUTPUT = {"dist", "build"}  # unless they are Python packages


class Folder:
    """One function's folder.

    Attributes:
        path: absolute.
        links: linked folders that were followed, relative to the folder; set by `files`.
        skipped: linked folders that were not followed (they lead out of the project, or into themselves), broken
            links, and sockets; set by `files`.

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
        """Yield every file of the function, relative to it with ``/``, sorted.

        Includes libraries installed in the folder, linked folders of the same project, and what the code imports of
        ``_shared`` beside the folder, as ``../_shared/…``.
        """
        if self._files is None:
            own = tuple(self._walk(self.path, (self.path,)))
            self._files = (*own, *shared_files(self.path, filter(self._is_code, own)))
        return iter(self._files)

    def _is_code(self, name: str) -> bool:
        return name.endswith(".py") and name.partition("/")[0] not in self._installed and not is_test(name)

    def _walk(self, current: Path, parents: tuple[Path, ...]) -> Iterator[str]:
        folders = []
        for entry in sorted(os.scandir(current), key=lambda entry: entry.name):
            path = Path(entry.path)
            if path.is_dir():
                folders.append(path)
            elif not path.is_file():  # a broken link, a pipe, a socket
                self.skipped.append(path.relative_to(self.path).as_posix())
            elif not any(path.match(pattern) for pattern in _PACKAGES):
                yield path.relative_to(self.path).as_posix()
        for path in folders:
            if _is_skipped(path) or (current == self.path and path.name in _OUTPUT and not _is_package(path)):
                continue
            real = Path(os.path.realpath(path))
            if path.is_symlink():
                name = path.relative_to(self.path).as_posix()
                if real in parents or self.path.is_relative_to(real) or not self._is_of_project(real):
                    self.skipped.append(name)
                    continue
                self.links.append(name)
            try:
                yield from self._walk(path, (*parents, real))
            except PermissionError:
                self.skipped.append(path.relative_to(self.path).as_posix())

    def _is_of_project(self, path: Path) -> bool:
        roots = [parent for parent in self.path.parents if any((parent / name).exists() for name in PROJECT_ROOTS)]
        return path.is_relative_to(roots[0] if roots else self.path.parent)

    def code(self) -> Iterator[str]:
        """Yield the user's .py files that run in the cloud: no installed libraries, no tests."""
        yield from filter(self._is_code, self.files())

    def read(self, name: str) -> bytes:
        """Return the content of a file; empty when it cannot be read."""
        try:
            return (self.path / name).read_bytes()
        except OSError:
            return b""

    def relative(self, path: str) -> str:
        """Return an absolute path relative to the folder, with ``/``."""
        return os.path.relpath(path, os.path.realpath(self.path)).replace(os.sep, "/")

    def parts(self) -> list[tuple[str, int]]:
        """Return the entries at the top of the folder with their sizes in bytes, the largest first."""
        sizes: dict[str, int] = {}
        for name in self.files():
            top = packaged_name(name).partition("/")[0]
            sizes[top] = sizes.get(top, 0) + (self.path / name).stat().st_size
        return sorted(sizes.items(), key=lambda item: (-item[1], item[0]))

    def __repr__(self) -> str:
        return f"<Folder {self.path}>"


def functions_in(path: str | os.PathLike[str]) -> list[str]:
    """Return the functions in `path`: the folder itself, or the folders in it that contain .py files.

    Raises:
        LoadError: there is no such folder, or no Python function in it; the message says what to pass.
    """
    top = FunctionDir(path).folder
    if _is_function(top):
        return [os.fspath(path)]
    names = [
        name
        for name in sorted(os.listdir(top))
        if name[0] != "." and name != SHARED and _is_function(os.path.join(top, name))
    ]
    if not names:
        raise LoadError(
            f"{os.fspath(path)} has no .py file, and no folder with an index.py: pass the folder of a function,"
            " or a folder of several"
        )
    return [os.path.join(path, name) for name in names]


def size_text(size: int) -> str:
    """Return bytes for people: ``310 B``, ``12 kB``, ``3.4 MB``."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def size_findings(folder: Folder) -> Iterator[Finding]:
    """Yield a finding when the folder is too large, or nearly so."""
    parts = folder.parts()
    total = sum(size for _, size in parts)
    if total > MAX_CODE // 2:
        largest = ", ".join(f"{name} {size_text(size)}" for name, size in parts[:3])
        text = f"the folder has {size_text(total)}; the platform's limit is {size_text(MAX_CODE)}. Largest: {largest}"
        yield Finding(".", 0, "error" if total > MAX_CODE else "hint", "size", text)


def is_test(name: str) -> bool:
    """Whether a file, by its path in the folder, is only for tests."""
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
    return (path / "pyvenv.cfg").exists() or (path / ENTRY).exists()


def _is_package(path: Path) -> bool:
    """Whether a folder has modules; a folder of zips or of built packages has none."""
    return any(path.glob("*.py"))


def _installed(path: Path) -> set[str]:
    """Return the names at the top of the folder that ``pip install -t`` created."""
    names: set[str] = set()
    for entry in path.iterdir():
        if entry.name.endswith(_INSTALLED):
            try:
                lines = (entry / "RECORD").read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
            names |= {line.split(",")[0].split("/")[0] for line in lines}
    return names
