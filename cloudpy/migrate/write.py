"""Writes drafts: each whole or not at all, over nothing that is there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .draft import Draft
from .formatter import format_files


class Occupied(Exception):
    """The folder to write to holds files already."""


def write(draft: Draft, out: Path, *, force: bool = False) -> list[Path]:
    """Write one draft; see `write_all`."""
    return write_all([(draft, out)], force=force)


def write_all(drafts: Sequence[tuple[Draft, Path]], *, force: bool = False) -> list[Path]:
    """Write each draft to its folder, formatted. Return the files, those of the code among them.

    They are written under a temporary name first, so that what fails leaves nothing half-written.

    Args:
        drafts: Each with the folder to write it to.
        force: whether to write over files that are there.

    Raises:
        Occupied: a folder is there and not empty, or is a file; nothing is written.
        OSError: one cannot be written.
    """
    for _, out in drafts:
        _require_free(out, force)
    staged: list[tuple[Draft, Path, Path]] = []
    try:
        for draft, out in drafts:
            base = next(each for each in (out, *out.absolute().parents) if each.is_dir())  # to rename it from there
            stage = Path(tempfile.mkdtemp(prefix=".cloudpy-migrate-", dir=base))
            staged.append((draft, out, stage))
            for name, content in draft.files.items():
                path = stage / "draft" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        format_files(
            [stage / "draft" / name for draft, _, stage in staged for name in draft.files if name.endswith(".py")]
        )
        return [path for draft, out, stage in staged for path in _moved(draft, stage / "draft", out)]
    finally:
        for _, _, stage in staged:
            shutil.rmtree(stage, ignore_errors=True)


def _require_free(out: Path, force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise Occupied(f"{out} is a file; give another --out")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise Occupied(f"{out} is there and not empty; give another --out, or --force to write over it")


def _moved(draft: Draft, stage: Path, out: Path) -> list[Path]:
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        os.rename(stage, out)
        return [out / name for name in draft.files]
    written = []
    for name in draft.files:
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / name, path)
        written.append(path)
    return written
