"""Puts a package together, step by step, in a folder of its own, and writes it where it is wanted."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..check.folder import MAX_CODE, Folder, size_text
from . import archive, bytecode, entry, own, resolver, users_files
from .errors import PackageError
from .needs import Needs, needs

PYTHONS = {"scf": ("3.10", "3.11"), "http": ("3.10", "3.11"), "cloudrun": ("3.10", "3.11", "3.12", "3.13")}


@dataclass(frozen=True, slots=True)
class Package:
    """What was made.

    Attributes:
        out: the zip or the folder.
        size: bytes, unpacked; `packed`: bytes of the zip, 0 for a folder.
        parts: (name, bytes) of what is at the top, largest first; bytecode counts with its source.
        libraries: ``name==version``.
        notes: what the user should know, one line each.
        steps: what to do with it.
    """

    out: Path
    size: int
    packed: int
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
    handler: str = "index.main",
    protocol: str = "http",
    max_size: int = MAX_CODE,
) -> Package:
    """Makes the package of the function in `folder`.

    Args:
        target: ``scf`` (event function), ``http`` (HTTP function) or ``cloudrun`` (a folder to build an image from).
        python: ``X.Y`` of the platform.
        out: a path that ends in .zip, or a folder: new, empty, or an earlier package, which is replaced.
        handler: ``file.function``.
        protocol: of the server in ``http`` and ``cloudrun`` packages; see ``cloudpy serve``.
        max_size: bytes, unpacked.

    Raises:
        LoadError: there is no such folder.
        PackageError: the platform has no such Python, a library cannot be had, the name of a file cannot be packed, it
            is too large, `out` is something else.
        OSError: something cannot be written.
    """
    place, out = Folder(folder), Path(out)
    if python not in PYTHONS[target]:
        raise PackageError(f"{target} has no Python {python} that cloudpy runs on; give {' or '.join(PYTHONS[target])}")
    if out.suffix != ".zip":
        archive.check_folder(out)
    with tempfile.TemporaryDirectory(prefix="cloudpy-package-") as scratch:
        stage = Path(scratch, "package")
        wanted = needs(place, server=target != "scf")
        interpreter = bytecode.interpreter(python)
        libraries = resolver.install(wanted.requirements, wanted.own, python, stage, place.path)
        own.copy(stage, contracts=wanted.contracts)
        notes = users_files.copy(place, stage, out)
        for name, text in entry.files(target, python, place.path.name, handler, protocol).items():
            (stage / name).write_bytes(text.encode())
        notes += _compiled(stage, target, python, interpreter, wanted)
        names = archive.names(stage)
        sizes = {name: (stage / name).stat().st_size for name in names}
        parts, total = _parts(sizes), sum(sizes.values())
        if total > max_size:
            largest = ", ".join(f"{name} {size_text(size)}" for name, size in parts[:5])
            raise PackageError(
                f"the package has {size_text(total)}, the platform takes {size_text(max_size)}. Largest: {largest}"
            )
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".zip":
            archive.write_zip(stage, out, entry.EXECUTABLE)
            packed = out.stat().st_size
        else:
            archive.write_folder(stage, out, entry.EXECUTABLE)
            packed = 0
    return Package(out, total, packed, tuple(parts), tuple(libraries), tuple(notes), entry.steps(target, python, out))


def _compiled(stage: Path, target: str, python: str, interpreter: str | None, wanted: Needs) -> list[str]:
    """Adds bytecode, and says what is there and how long it takes to start."""
    notes = [] if wanted.contracts else ["without contracts: the code gives init() neither transport nor validate"]
    if interpreter is None or not bytecode.compile_all(interpreter, stage, entry.PLACES[target]):
        why = f"there is no Python {python} here to make it" if interpreter is None else "compileall failed"
        return [*notes, f"without bytecode: {why}; a cold start takes about twice as long"]
    notes.append(f"with bytecode of Python {python}, which the platform does not write itself")
    modules = ["cloudpy", "cloudpy.runtime.scf"] if target == "scf" else ["cloudpy.runtime.server"]
    if wanted.calls:
        modules.append("cloudpy._transports.aio" if wanted.asynchronous else "cloudpy._transports.blocking")
    seconds = bytecode.start_time(interpreter, stage, modules)
    if seconds is not None:
        notes.append(f"expected cold start: {seconds * 1000:.0f} ms on this machine for cloudpy, and your own imports")
    return notes


def _parts(sizes: dict[str, int]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for name, size in sizes.items():
        top = name.partition("/")[0]
        if top == "__pycache__":
            top = name.split("/")[1].partition(".")[0] + ".py"
        sums[top] = sums.get(top, 0) + size
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))
