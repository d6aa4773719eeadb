"""A folder as an artefact: a zip or a folder, the same bytes for the same files."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Collection
from pathlib import Path

from .entry import MODULE
from .errors import PackageError

_MAX_TRIES = 20
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows


def names(folder: Path) -> list[str]:
    """All files under `folder`, relative, with ``/``, sorted."""
    found = []
    for here, _, files in os.walk(folder):
        found += [Path(here, name).relative_to(folder).as_posix() for name in files]
    return sorted(found)


def write_zip(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Write `folder` as a zip, in one step: whoever looks sees what was there before, or all of it.

    Raises:
        OSError: it cannot be written.
    """
    temporary = _beside(out)
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
        temporary.unlink(missing_ok=True)


def check_folder(out: Path) -> None:
    """Check that `out` may become a package: it is not there, empty, or an earlier package.

    Raises:
        PackageError: it is something else.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / f"{MODULE}.py").is_file():
        raise PackageError(f"{out} is there and not empty; give another --out")


def write_folder(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Write `folder` to `out`, in one step: there is the whole of it, what was there before, or for a moment nothing.

    Raises:
        OSError: it cannot be written.
        PackageError: `out` has become something else meanwhile.
    """
    temporary, before = _beside(out), _beside(out, "before")
    try:
        for name in names(folder):
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
            target.chmod(_mode(name, executable))
            os.utime(target, (315532800, 315532800))  # 1980-01-01, as in the zip
        for _ in range(_MAX_TRIES):
            check_folder(out)
            try:
                if out.is_dir():
                    os.rename(out, before)
                    shutil.rmtree(before)
                os.rename(temporary, out)
                return
            except OSError as error:  # another one was faster, in between
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT) or not temporary.is_dir():
                    raise
        raise PackageError(f"{out} is written by somebody else at the same time; try again")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _beside(out: Path, word: str = "new") -> Path:
    """A name for what is not finished; no package takes hidden names up."""
    return out.with_name(f".{out.name}.{os.getpid()}.{word}")


def _mode(name: str, executable: Collection[str]) -> int:
    return 0o755 if name in executable else 0o644
