"""Writes a draft, over nothing that is there."""

from __future__ import annotations

from pathlib import Path

from .draft import Draft


class Occupied(Exception):
    """The folder to write to holds files already."""


def write(draft: Draft, out: Path, *, force: bool = False) -> list[Path]:
    """The files written, the code among them; with `force` over what is there.

    Raises:
        Occupied: `out` is there and not empty, or is a file.
        OSError: it cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise Occupied(f"{out} is a file; give another --out")
    if out.is_dir() and any(out.iterdir()) and not force:
        raise Occupied(f"{out} is there and not empty; give another --out, or --force to write over it")
    written = []
    for name, content in draft.files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    return written
