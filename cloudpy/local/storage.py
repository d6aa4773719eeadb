"""The files of the local WeChat, in a folder for each environment, with readable names.

A file appears when it is complete: it is written to a temporary file, synced to the disk, and then renamed.
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
from typing import IO, Any, NamedTuple
from urllib.parse import quote, unquote

from .changes import Changes

MAX_FILE_BYTES = 5 * 1024**3  # of one upload, as on the platform
MAX_PATH_BYTES = 850  # as on the platform
BUCKET = "local"
_UPLOADS = ".cloudpy-uploads"
_CHUNK_BYTES = 1024 * 1024
_ID = re.compile(r"cloud://([^/]+)\.([^./]+)/(.+)", re.DOTALL)
_ABANDONED_AFTER = 24 * 3600.0  # seconds after which an unfinished upload is removed


class PathError(ValueError):
    """A path that no file can have; the message says why."""


def check_path(path: str) -> None:
    """Check that a file can have this path.

    Raises:
        PathError: it cannot.
    """
    if not path:
        raise PathError("cloudPath is empty")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise PathError("cloudPath has an unpaired surrogate") from None
    if size > MAX_PATH_BYTES:
        raise PathError(f"cloudPath has {size} bytes, {MAX_PATH_BYTES} at most are allowed")
    if path.startswith("/") or path.endswith("/") or "//" in path:
        raise PathError(f"cloudPath {path!r} must not begin or end with a slash, or have two in a row")
    if any(ord(char) < 32 or char in "\\\x7f" for char in path):
        raise PathError("cloudPath has a backslash or a control character")
    if any(part in (".", "..") for part in path.split("/")):
        raise PathError(f"cloudPath {path!r} must not have . or .. as a part")
    if re.search("%(00|2e|2f|5c)", path, re.IGNORECASE):
        raise PathError(f"cloudPath {path!r} has an escaped dot, slash, backslash or NUL")


class Entry(NamedTuple):
    """A file or folder of the storage: `size` in bytes, `modified` in seconds since 1970; both 0 for a folder."""

    name: str
    is_folder: bool
    size: int = 0
    modified: float = 0.0


class FileStorage:
    """The files of one local WeChat.

    Args:
        folder: the folder, created on first use; None for a temporary one, removed with the process.
        env: default environment.
        changes: receives files that are stored or deleted.
    """

    def __init__(self, folder: str | os.PathLike[str] | None, env: str, changes: Changes | None = None) -> None:
        self._env = env
        self._changes = changes or Changes()
        self.lock = threading.Lock()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._folder = None if folder is None else Path(os.path.abspath(folder))

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        if self._folder is None:
            with self.lock:
                if self._folder is None:
                    self._temporary = tempfile.TemporaryDirectory(prefix="cloudpy-storage-")
                    self._folder = Path(self._temporary.name)
        return self._folder

    def close(self) -> None:
        """Remove a temporary folder now, instead of at the end of the process."""
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = self._folder = None

    def file_id(self, path: str, env: str = "") -> str:
        """Return the id of the file with this path, whether it exists or not."""
        return f"cloud://{env or self._env}.{BUCKET}/{path}"

    def find(self, file_id: str) -> tuple[str, str] | None:
        """Return environment and path of a file id, or None for an id of another storage."""
        found = _ID.fullmatch(file_id)
        if not found or found[2] != BUCKET:
            return None
        with suppress(PathError):
            check_path(found[3])
            return found[1], found[3]
        return None

    def put(self, path: str, content: bytes, env: str = "") -> str:
        """Store a file and return its id.

        Raises:
            PathError: no file can have this path.
        """
        upload = self.begin(path, env)
        try:
            upload.write(content)
            upload.commit()
        finally:
            upload.discard()
        return self.file_id(path, env)

    def begin(self, path: str, env: str = "") -> Upload:
        """Return a new upload; its file appears on commit.

        Raises:
            PathError: no file can have this path, or the folder is not writable.
        """
        check_path(path)
        try:
            place = self._place(path, env)
            self.check_place(place, path)
            folder = self.folder / _UPLOADS
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            descriptor, name = tempfile.mkstemp(dir=folder)
        except OSError as error:
            where = self._folder or tempfile.gettempdir()
            raise PathError(f"the storage folder {where} cannot be written: {error.strerror or error}") from None
        return Upload(self, path, env or self._env, place, os.fdopen(descriptor, "wb", buffering=0), name)

    def open(self, path: str, env: str = "") -> IO[bytes] | None:
        """Open the file with this path for reading; None when it does not exist."""
        try:
            check_path(path)
            place = self._place(path, env)
            if self._has_symlink(place):
                return None
            file = open(  # noqa: SIM115  closed by its reader
                os.open(place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb", 0
            )
        except (OSError, PathError):
            return None
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            return None
        return file

    def locate(self, path: str, env: str = "") -> Path | None:
        """Return where the file with this path is on the disk; None when it does not exist."""
        file = self.open(path, env)
        if file is None:
            return None
        file.close()
        return self._place(path, env)

    def delete(self, path: str, env: str = "") -> bool:
        """Delete a file. Return False when it does not exist."""
        place = self.locate(path, env)
        if place is None:
            return False
        with self.lock:
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
        self.tell(path, env or self._env, "deleted")
        return True

    def tell(self, path: str, env: str, what: str) -> None:
        """Report a change of a file."""
        self._changes.publish("storage", {"env": env, "path": path, "change": what})

    def paths(self, env: str = "") -> list[str]:
        """Return the paths of all files of an environment, sorted."""
        root = self._root(env or self._env)
        return sorted(unquote(path.relative_to(root).as_posix()) for path in _files(root))

    def envs(self) -> list[str]:
        """Return the environments that have files, sorted."""
        return self._envs()

    def clear(self) -> None:
        """Delete all files, of every environment."""
        for env in self._envs():
            for path in self.paths(env):
                self.delete(path, env)

    def entries(self, folder: str = "", env: str = "") -> list[Entry] | None:
        """Return what is in a folder, folders first, sorted by name; None when there is no such folder.

        The top folder, with the empty path, always exists.
        """
        place = self._root(env or self._env)
        try:
            if folder:
                check_path(folder)
                place = self._place(folder, env)
            if self._has_symlink(place) or not place.is_dir():
                return None if folder else []
            found = [
                Entry(unquote(entry.name), True)
                if entry.is_dir(follow_symlinks=False)
                else _file_entry(unquote(entry.name), entry.stat(follow_symlinks=False))
                for entry in os.scandir(place)
                if entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False)
            ]
        except (OSError, PathError):  # removed meanwhile, or no possible path
            return None
        return sorted(found, key=lambda entry: (not entry.is_folder, entry.name))

    def snapshot(self) -> dict[str, dict[str, Any]]:
        """Return all files as JSON values: ``{path: {"size": bytes, "sha256": hex}}``.

        Files of other environments are listed by their id.
        """
        found = {}
        for env in self._envs():
            for path in self.paths(env):
                file = self.open(path, env)
                if file is None:
                    continue  # just deleted
                digest, size = hashlib.sha256(), 0
                with file:
                    while piece := file.read(_CHUNK_BYTES):
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
        # Only % is escaped in the names on disk, so that each name stands for one path.
        return self._root(env or self._env).joinpath(*path.replace("%", "%25").split("/"))

    def _has_symlink(self, place: Path) -> bool:
        """Whether a part of the path is a symbolic link, which leads out of the storage."""
        below = place.relative_to(self.folder).parts
        return any(self.folder.joinpath(*below[: index + 1]).is_symlink() for index in range(len(below)))

    def check_place(self, place: Path, path: str) -> None:
        """Check that a file can be stored at `place`; raises PathError."""
        try:
            if self._has_symlink(place):
                raise PathError(
                    f"{path!r} leads through a symbolic link in the storage's folder, which is not followed"
                )
            if place.is_dir():
                raise PathError(f"{path!r} is a folder of the local storage, so no file can have this path")
            for parent in place.parents:
                if parent == self.folder:
                    break
                if parent.exists() and not parent.is_dir():
                    raise PathError(
                        f"{path!r}: {parent.name!r} is a file of the local storage, so it cannot be a folder"
                    )
        except OSError as error:
            raise PathError(f"{path!r} cannot be stored on this disk: {error.strerror}") from None


class Upload:
    """A file being uploaded."""

    def __init__(self, storage: FileStorage, path: str, env: str, place: Path, file: IO[bytes], name: str) -> None:
        self._storage = storage
        self._path = path
        self._env = env
        self._place = place
        self._file = file
        self._name = name
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write the next bytes.

        Raises:
            OSError: they cannot be written; EFBIG when the file would become too large.
        """
        self.size += len(data)
        if self.size > MAX_FILE_BYTES:
            raise OSError(errno.EFBIG, f"a file has {MAX_FILE_BYTES} bytes at most")
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def commit(self) -> None:
        """Make it the file of its path, replacing an earlier one.

        Raises:
            PathError: a folder or link is in the way, or the disk refuses.
        """
        try:
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise PathError(f"{self._path!r} cannot be stored on this disk: {error.strerror}") from None
        for last in (False, False, True):
            with self._storage.lock:
                self._storage.check_place(self._place, self._path)
                try:
                    self._place.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(self._name, self._place)
                    break
                except FileNotFoundError:  # another process just deleted the folder's last file
                    if last:
                        raise
                except OSError as error:
                    raise PathError(f"{self._path!r} cannot be stored on this disk: {error.strerror}") from None
        with suppress(OSError):  # a folder cannot be synchronised everywhere
            descriptor = os.open(self._place.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._storage.tell(self._path, self._env, "stored")

    def discard(self) -> None:
        """Remove what was not committed; has no effect after commit()."""
        self._file.close()
        with suppress(FileNotFoundError):
            os.unlink(self._name)


def _file_entry(name: str, status: os.stat_result) -> Entry:
    return Entry(name, False, status.st_size, status.st_mtime)


def _files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):  # it does not follow symbolic links
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and path.is_file():
                yield path


def _sweep(folder: Path) -> None:
    """Remove uploads that killed processes left behind."""
    for entry in os.scandir(folder):
        with suppress(OSError):
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED_AFTER:
                os.unlink(entry.path)
