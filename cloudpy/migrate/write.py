"""Writes drafts: each whole or not at all, over nothing that is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..runtime.function_dir import SHARED
from . import kept
from .draft import Draft
from .formatter import format_files
from .project import Output, single


class Occupied(Exception):
    """The folder to write to holds files already."""


def write(draft: Draft, out: Path, *, force: bool = False) -> list[Path]:
    """Write one draft; see `write_output`."""
    return write_output(single(draft, out), force=force)


def write_all(drafts: Sequence[tuple[Draft, Path]], *, force: bool = False) -> list[Path]:
    """Write each draft to a folder of its own; see `write_output`."""
    for _, out in drafts:
        _require_free(out, force)
    return [path for draft, out in drafts for path in write(draft, out, force=force)]


def write_output(output: Output, *, force: bool = False) -> list[Path]:
    """Write drafts, formatted, and keep a copy for later merges. Return the files.

    They are written under a temporary name first, so that what fails leaves nothing half-written.

    Args:
        output: what to write.
        force: whether to write over files that are there.

    Raises:
        Occupied: a folder of a function is there and not empty, or is a file; nothing is written.
        OSError: one cannot be written.
    """
    target = output.target
    folders = {*output.folders, *({SHARED} if any(name.startswith(f"{SHARED}/") for name in output.files) else ())}
    for folder in sorted(folders):
        _require_free(target / folder, force)
    files = {
        name: content
        for name, content in output.files.items()
        if force or name not in output.once or not (target / name).exists()
    }
    with staged(target, files) as stage:
        formatted = {name: (stage / name).read_bytes() for name in files}
        written = _moved(files, stage, target)
    kept.store(target, formatted, {*folders} - {""}, output.language)
    return written


@contextmanager
def staged(target: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give a folder beside `target`, or in it, with `files`, formatted; it is gone afterwards."""
    base = next(each for each in (target, *target.absolute().parents) if each.is_dir())  # to rename it from there
    stage = Path(tempfile.mkdtemp(prefix=".cloudpy-migrate-", dir=base))
    try:
        for name, content in files.items():
            path = stage / "draft" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        format_files([stage / "draft" / name for name in files if name.endswith(".py")])
        yield stage / "draft"
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _require_free(out: Path, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise Occupied(f"{out} is a file; give another --out")
    if out.is_dir() and not force and any(path.name != kept.FOLDER[0] for path in out.iterdir()):
        raise Occupied(
            f"{out} is there and not empty; give --update to keep edits, --force to write over it, or another --out"
        )


def _moved(files: Mapping[str, bytes], stage: Path, out: Path) -> list[Path]:
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        os.rename(stage, out)
        return [out / name for name in files]
    written = []
    for name in files:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / name, path)
        written.append(path)
    return written
