"""Build a package in a temporary folder, measure it, and write it to its place."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..check.folder import MAX_CODE, Folder, size_text
from ..runtime.loader import DEFAULT
from . import archive, bytecode, cold_start, entry_point, resolver, user_files
from .cold_start import ColdStart
from .errors import PackageError
from .required import copy_sdk, required_parts

PYTHONS = {"scf": ("3.10", "3.11"), "http": ("3.10", "3.11"), "cloudrun": ("3.10", "3.11", "3.12", "3.13")}


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was built.

    Attributes:
        out: the zip or the folder.
        size: bytes, unpacked.
        packed: bytes of the zip; 0 for a folder.
        bytecode: bytes of `size` that are bytecode.
        parts: (name, bytes) of the top-level entries, the largest first; bytecode counts with its source.
        libraries: ``name==version``.
        notes: for the user, one line each.
        steps: what to do next, one line each.
    """

    out: Path
    size: int
    packed: int
    bytecode: int
    parts: tuple[tuple[str, int], ...]
    libraries: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[str, ...]


def build(
    folder: str | os.PathLike[str],
    *,
    target: str,
    python: str,
    out: str | os.PathLike[str],
    handler: str = DEFAULT,
    protocol: str = "http",
    max_size: int = MAX_CODE,
    on_step: Callable[[str], object] = lambda _: None,
) -> Package:
    """Build the package of the function in `folder`, and measure its cold start.

    Args:
        folder: of the function.
        target: ``scf`` (event function), ``http`` (HTTP function) or ``cloudrun`` (a folder to build an image from).
        python: ``X.Y`` of the platform.
        out: a path that ends in .zip, or a folder: new, empty, or an earlier package, which is replaced.
        handler: ``file.function``.
        protocol: of the server in ``http`` and ``cloudrun`` packages; see ``cloudpy serve``.
        max_size: bytes, unpacked.
        on_step: called with a few words before each step that takes seconds.

    Raises:
        LoadError: there is no such folder.
        PackageError: the platform lacks this Python, a library cannot be installed, a file name is invalid, the package
            is too large, `out` is something else.
        OSError: a file cannot be written.
    """
    function, out = Folder(folder), Path(out)
    if python not in PYTHONS[target]:
        raise PackageError(f"{target} has no Python {python} that cloudpy supports; use {' or '.join(PYTHONS[target])}")
    if out.suffix != ".zip":
        archive.check_folder(out)
    with tempfile.TemporaryDirectory(prefix="cloudpy-package-") as scratch:
        stage = Path(scratch, "package")
        required = required_parts(function, server=target != "scf")
        on_step(f"installing the libraries for Python {python}")
        libraries = resolver.install(required.requirements, required.dependencies, python, stage, function.path)
        copy_sdk(stage, contracts=required.contracts)
        notes = user_files.copy(function, stage, out)
        if not required.contracts:
            notes.append("without contracts: the code passes neither transport nor validate to init()")
        for name, text in entry_point.files(target, python, function.path.name, handler, protocol).items():
            (stage / name).write_bytes(text.encode())
        on_step("compiling, and measuring the cold start")
        notes += _compile_and_measure(stage, target, python, handler)
        sizes = {name: (stage / name).stat().st_size for name in archive.names(stage)}
        parts, total = _parts(sizes), sum(sizes.values())
        if total > max_size:
            largest = ", ".join(f"{name} {size_text(size)}" for name, size in parts[:5])
            raise PackageError(
                f"the package has {size_text(total)}, the platform's limit is {size_text(max_size)}. Largest: {largest}"
            )
        on_step(f"writing {out}")
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".zip":
            archive.write_zip(stage, out, entry_point.EXECUTABLE)
            packed = out.stat().st_size
        else:
            archive.write_folder(stage, out, entry_point.EXECUTABLE)
            packed = 0
    compiled = sum(size for name, size in sizes.items() if name.endswith(".pyc"))
    steps = entry_point.steps(target, python, function.path.name, out)
    return Package(out, total, packed, compiled, tuple(parts), tuple(libraries), tuple(notes), steps)


def _compile_and_measure(stage: Path, target: str, python: str, handler: str) -> list[str]:
    """Add bytecode if the target's Python is here, and return notes on it and on the cold start."""
    interpreter = bytecode.interpreter(python)
    if interpreter is None:
        note = f"without bytecode: there is no Python {python} here to compile with"
        before = cold_start.measure(sys.executable, stage, target, handler, bytecode=False)
        running = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return [note, *_cold_start_notes(before, None, f", with Python {running} instead of {python}")]
    before = cold_start.measure(interpreter, stage, target, handler, bytecode=False)
    if not bytecode.compile_all(interpreter, stage, entry_point.PLACES[target]):
        return ["without bytecode: compileall failed", *_cold_start_notes(before, None, "")]
    after = cold_start.measure(interpreter, stage, target, handler, bytecode=True)
    return [f"with bytecode of Python {python}", *_cold_start_notes(before, after, "")]


def _cold_start_notes(before: ColdStart | None, after: ColdStart | None, python: str) -> list[str]:
    best = after or before
    if best is None:
        return [f"cold start not measured: the libraries cannot be imported on this machine{python}"]
    what = "cloudpy" if best.error else "cloudpy and your imports"
    milliseconds = f"{best.seconds * 1000:.0f}"
    times = f"{milliseconds} ms without bytecode" if after is None else f"{milliseconds} ms"
    if before and after:
        slower = f"{before.seconds * 1000:.0f}"
        times = f"{milliseconds} ms ({slower} ms without bytecode)"
    notes = [f"cold start: {times} for {what}, on this machine{python}"]
    return notes + ([f"your code cannot be imported here: {best.error}"] if best.error else [])


def _parts(sizes: dict[str, int]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for name, size in sizes.items():
        top = name.partition("/")[0]
        if top == "__pycache__":
            top = name.split("/")[1].partition(".")[0] + ".py"
        sums[top] = sums.get(top, 0) + size
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
