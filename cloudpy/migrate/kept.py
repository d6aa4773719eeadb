"""Copies of drafts as they were written, in the hidden folder ``.cloudpy/migrate`` beside them, for merges."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

FOLDER = (".cloudpy", "migrate")


def store(target: Path, files: Mapping[str, bytes], folders: Collection[str]) -> None:
    """Keep `files`.

    Args:
        target: folder that was written to.
        files: path in it -> content.
        folders: of functions, whose earlier copies go; without any, all earlier copies go.
    """
    root = target.joinpath(*FOLDER)
    for folder in folders or [""]:
        shutil.rmtree(root / folder, ignore_errors=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read(target: Path) -> dict[str, bytes]:
    """Return what is kept, by path; empty if nothing is."""
    root = target.joinpath(*FOLDER)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
