"""Write a package as a zip or a folder: the same files give the same bytes."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from collections.abc import Collection
from pathlib import Path

from .entry_point import MODULE
from .errors import PackageError

_MAX_TRIES = 20
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can have


def names(folder: Path) -> list[str]:
    """Return all files in `folder`, relative with ``/``, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def write_zip(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Write `folder` as a zip, atomically.

    Raises:
        OSError: it cannot be written.
    """
    temporary = _temporary(out)
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name in names(folder):
                info = zipfile.ZipInfo(name, _TIME)
                info.create_system = 3  # Unix, for the modes below
                info.external_attr = (0o100000 | _mode(name, executable)) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, (folder / name).read_bytes(), compresslevel=9)
        os.replace(temporary, out)
    finally:
        temporary.unlink(missing_ok=True)


def check_folder(out: Path) -> None:
    """Check that `out` can be replaced: it is missing, empty, or an earlier package.

    Raises:
        PackageError: it is anything else.
    """
    try:
        entries = os.listdir(out)  # once: another process may be replacing it
    except (FileNotFoundError, NotADirectoryError):
        return
    if entries and f"{MODULE}.py" not in entries:
        raise PackageError(f"{out} exists and is not empty; pass another --out")


def write_folder(folder: Path, out: Path, executable: Collection[str]) -> None:
    """Copy `folder` to `out`, replacing an earlier package; `out` is never half written.

    Raises:
        OSError: it cannot be written.
        PackageError: another process has changed `out` meanwhile.
    """
    temporary, before = _temporary(out), _temporary(out, "before")
    try:
        for name in names(folder):
            target = temporary / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, target)
            target.chmod(_mode(name, executable))
            os.utime(target, (315532800, 315532800))  # 1980-01-01, as in the zip
        for tries_left in reversed(range(_MAX_TRIES)):
            try:
                check_folder(out)
                if out.is_dir():
                    os.rename(out, before)
                    shutil.rmtree(before)
                os.rename(temporary, out)
                return
            except PackageError:  # or another process was removing what was listed
                if not tries_left:
                    raise
            except OSError as error:  # another process was faster
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT) or not temporary.is_dir():
                    raise
        raise PackageError(f"another process is writing {out}; try again")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _temporary(out: Path, suffix: str = "new") -> Path:
    """Return a hidden name next to `out` for unfinished files; packages leave hidden files out."""
    return out.with_name(f".{out.name}.{os.getpid()}.{suffix}")


def _mode(name: str, executable: Collection[str]) -> int:
    return 0o755 if name in executable else 0o644
