"""A folder as an artefact: a zip or a folder, the same bytes for the same files."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Collection
from pathlib import Path

_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows


def names(folder: Path) -> list[str]:
    """All files under `folder`, relative, with ``/``, sorted."""
    found = []
    for here, _, files in os.walk(folder):
        found += [Path(here, name).relative_to(folder).as_posix() for name in files]
    return sorted(found)


def write_zip(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Writes `folder` as a zip, in one step.

    Raises:
        OSError: it cannot be written.
    """
    temporary = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name in names(folder):
                info = zipfile.ZipInfo(name, _TIME)
                info.create_system = 3  # Unix: what the modes below are for
                info.external_attr = (0o100000 | _mode(name, executable)) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, (folder / name).read_bytes(), compresslevel=9)
        os.replace(temporary, out)
    finally:
        if os.path.lexists(temporary):
            os.unlink(temporary)


def write_folder(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Moves `folder` to `out`, which must be empty or not there.

    Raises:
        OSError: it cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    for name in names(folder):
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target)
        target.chmod(_mode(name, executable))
        os.utime(target, (315532800, 315532800))  # 1980-01-01, as in the zip


def _mode(name: str, executable: Collection[str]) -> int:
    return 0o755 if name in executable else 0o644
