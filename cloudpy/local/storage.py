"""The files of the local WeChat: a folder that people can look into, one folder in it for each environment.

A file appears when it is complete: it is written beside the others, brought to the disk, and then given its name.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

from .storage_paths import PathError, check

LARGEST = 5 * 1024**3  # bytes of one upload, as the platform takes
BUCKET = "local"
_UPLOADS = ".cloudpy-uploads"
_PIECE = 1024 * 1024
_ID = re.compile(r"cloud://([^/]+)\.([^./]+)/(.+)", re.DOTALL)
_LEFT_OVER = 24 * 3600.0  # seconds after which an upload that never ended is swept away


class FileStorage:
    """The files of one local WeChat.

    Args:
        folder: where they are kept, made when it is first needed; None for a temporary one, gone with the process.
        env: the environment that is meant when none is named.
    """

    def __init__(self, folder: str | os.PathLike[str] | None, env: str) -> None:
        self._env = env
        self._lock = threading.Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._folder = None if folder is None else Path(os.path.abspath(folder))

    @property
    def folder(self) -> Path:
        """Where the files are."""
        if self._folder is None:
            with self._lock:
                if self._folder is None:
                    self._temporary = tempfile.TemporaryDirectory(prefix="cloudpy-storage-")
                    self._folder = Path(self._temporary.name)
        return self._folder

    def close(self) -> None:
        """Removes a temporary folder, at once instead of at the end of the process."""
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = self._folder = None

    def file_id(self, path: str, env: str = "") -> str:
        """The id of the file of this path, whether there is one or not."""
        return f"cloud://{env or self._env}.{BUCKET}/{path}"

    def find(self, file_id: str) -> tuple[str, str] | None:
        """Environment and path of an id that a file here could have, or None."""
        found = _ID.fullmatch(file_id)
        if not found or found[2] != BUCKET:
            return None
        with suppress(PathError):
            check(found[3])
            return found[1], found[3]
        return None

    def put(self, path: str, content: bytes, env: str = "") -> str:
        """Stores a file; its id.

        Raises:
            PathError: the path is none.
        """
        upload = self.begin(path, env)
        try:
            upload.write(content)
            upload.commit()
        finally:
            upload.discard()
        return self.file_id(path, env)

    def begin(self, path: str, env: str = "") -> Upload:
        """A new file, which appears when it is committed.

        Raises:
            PathError: no file can have this path, or the folder cannot be written.
        """
        check(path)
        try:
            place = self._place(path, env)
            self._check_place(place, path)
            folder = self.folder / _UPLOADS
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            descriptor, name = tempfile.mkstemp(dir=folder)
        except OSError as error:
            where = self._folder or tempfile.gettempdir()
            raise PathError(f"the storage folder {where} cannot be written: {error.strerror or error}") from None
        return Upload(self, path, place, os.fdopen(descriptor, "wb", buffering=0), name)

    def open(self, path: str, env: str = "") -> IO[bytes] | None:
        """The file of this path, opened for reading, or None."""
        try:
            check(path)
            place = self._place(path, env)
            if self._leads_away(place):
                return None
            file = open(
                os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb", 0
            )
        except (OSError, PathError):
            return None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            return None
        return file

    def delete(self, path: str, env: str = "") -> bool:
        """Deletes a file; False when there is none."""
        file = self.open(path, env)
        if file is None:
            return False
        file.close()
        place = self._place(path, env)
        with self._lock:
            try:
                place.unlink()
            except OSError:
                return False
            for folder in place.parents:
                if folder == self.folder:
                    break
                try:
                    folder.rmdir()
                except OSError:  # not empty
                    break
        return True

    def paths(self, env: str = "") -> list[str]:
        """The paths of all files of an environment, sorted."""
        root = self._root(env or self._env)
        return sorted(unquote(path.relative_to(root).as_posix()) for path in _files(root))

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """What there is, in a form to compare and to write as JSON: ``{path: {"size": bytes, "sha256": hex}}``.

        A file of another environment stands there under its id.
        """
        found = {}
        for env in self._envs():
            for path in self.paths(env):
                file = self.open(path, env)
                if file is None:
                    continue  # deleted meanwhile
                digest, size = hashlib.sha256(), 0
                with file:
                    while piece := file.read(_PIECE):
                        digest.update(piece)
                        size += len(piece)
                name = path if env == self._env else self.file_id(path, env)
                found[name] = {"size": size, "sha256": digest.hexdigest()}
        return found

    def __repr__(self) -> str:
        return f"<FileStorage {'in a temporary folder' if self._folder is None else self._folder}>"

    def _envs(self) -> list[str]:
        if self._folder is None or not self._folder.is_dir():
            return []
        names = [entry.name for entry in os.scandir(self._folder) if entry.is_dir(follow_symlinks=False)]
        return sorted(unquote(name) for name in names if name != _UPLOADS)

    def _root(self, env: str) -> Path:
        return self.folder / quote(env, safe="").replace(".", "%2E")

    def _place(self, path: str, env: str) -> Path:
        # A % is escaped in the names on disk, and nothing else: then every name stands for one path.
        return self._root(env or self._env).joinpath(*path.replace("%", "%25").split("/"))

    def _leads_away(self, place: Path) -> bool:
        """Whether a part of the way is a symbolic link: what it leads to is none of ours."""
        below = place.relative_to(self.folder).parts
        return any(self.folder.joinpath(*below[: index + 1]).is_symlink() for index in range(len(below)))

    def _check_place(self, place: Path, path: str) -> None:
        try:
            if self._leads_away(place):
                raise PathError(f"{path!r} leads over a symbolic link in the storage's folder, which is not followed")
            if place.is_dir():
                raise PathError(f"{path!r} is a folder of the local storage: no file can have its name")
            for parent in place.parents:
                if parent == self.folder:
                    break
                if parent.exists() and not parent.is_dir():
                    raise PathError(f"{path!r}: {parent.name!r} is a file of the local storage, and can be no folder")
        except OSError as error:
            raise PathError(f"{path!r} cannot be kept on this disk: {error.strerror}") from None


class Upload:
    """A file that is on its way."""

    def __init__(self, storage: FileStorage, path: str, place: Path, file: IO[bytes], name: str) -> None:
        self._storage = storage
        self._path = path
        self._place = place
        self._file = file
        self._name = name
        self.size = 0

    def write(self, data: bytes) -> None:
        """Takes the next bytes.

        Raises:
            OSError: they cannot be kept; EFBIG when it would be larger than any file may be.
        """
        self.size += len(data)
        if self.size > LARGEST:
            raise OSError(errno.EFBIG, f"a file has {LARGEST} bytes at most")
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def commit(self) -> None:
        """Makes it the file of its path, in the place of an earlier one.

        Raises:
            PathError: something is in its way by now.
        """
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise PathError(f"{self._path!r} cannot be kept on this disk: {error.strerror}") from None
        for last in (False, False, True):
            with self._storage._lock:
                self._storage._check_place(self._place, self._path)
                try:
                    self._place.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(self._name, self._place)
                    break
                except FileNotFoundError:  # another process deleted the last file of the folder just now
                    if last:
                        raise
                except OSError as error:
                    raise PathError(f"{self._path!r} cannot be kept on this disk: {error.strerror}") from None
        with suppress(OSError):  # a folder cannot be synchronised everywhere
            descriptor = os.open(self._place.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def discard(self) -> None:
        """Removes what was not committed; without effect after commit()."""
        self._file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name)


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):  # it does not follow symbolic links
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and path.is_file():
                yield path


def _sweep(folder: Path) -> None:
    """Removes what uploads of processes left that were killed."""
    for entry in os.scandir(folder):
        with suppress(OSError):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_OVER:
                os.unlink(entry.path)
