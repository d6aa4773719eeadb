"""Node's ``fs`` and ``path``: the files of the function and those in /tmp."""

from __future__ import annotations

import os
import posixpath
import shutil
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .codecs import buffer, digest
from .coercion import text
from .values import Host, is_nil, truthy

_FILE_ERRORS = {
    "ENOENT": "no such file or directory", "EEXIST": "file already exists", "ENOTDIR": "not a directory",
    "EISDIR": "illegal operation on a directory", "EACCES": "permission denied", "ENOTEMPTY": "directory not empty",
    "EPERM": "operation not permitted", "EROFS": "read-only file system",
}  # fmt: skip


def _file_error(error: OSError, call: str, *paths: str) -> Exception:
    """Return Node's error of a call of the system."""
    import errno

    code = errno.errorcode.get(error.errno or 0, "EIO")
    place = "" if code == "EISDIR" else " " + " -> ".join(f"'{path}'" for path in paths)
    made = Exception(f"{code}: {_FILE_ERRORS.get(code, error.strerror)}, {'read' if code == 'EISDIR' else call}{place}")
    made.code = code  # type: ignore[attr-defined]
    made.errno = -(error.errno or 0)  # type: ignore[attr-defined]
    made.syscall = call  # type: ignore[attr-defined]
    made.path = paths[0]  # type: ignore[attr-defined]
    return made


def _path(value: Any, name: str = "path") -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(f'The "{name}" argument must be of type string. Received {text(value)}')
    return value


def _option(options: Any, name: str) -> Any:
    if isinstance(options, str) and name == "encoding":
        return options
    return options.get(name, UNDEFINED) if isinstance(options, dict) else UNDEFINED


def read_file(path: Any, options: Any = UNDEFINED) -> Any:
    """Return ``fs.readFileSync(path, options)``: bytes, or a string where there is an encoding."""
    try:
        with open(_path(path), "rb") as file:
            content = file.read()
    except OSError as error:
        raise _file_error(error, "open", path) from None
    encoding = _option(options, "encoding")
    return content if is_nil(encoding) else digest(content, encoding)


def open_file(path: Any) -> Any:
    """Return ``fs.createReadStream(path)``, for uploadFile."""
    try:
        return open(_path(path), "rb")
    except OSError as error:
        raise _file_error(error, "open", path) from None


def _write(path: Any, data: Any, options: Any, mode: str) -> Any:
    if not isinstance(data, (str, bytes)):
        raise TypeError('The "data" argument must be of type string or an instance of Buffer')
    flag = _option(options, "flag")
    if flag not in (UNDEFINED, "w", "a"):
        raise NotTranslated(f"the flag {text(flag)} of fs is not translated")
    encoding = _option(options, "encoding")
    content = buffer(data, UNDEFINED if is_nil(encoding) else encoding)
    try:
        with open(_path(path), "ab" if flag == "a" else mode) as file:
            file.write(content)
    except OSError as error:
        raise _file_error(error, "open", path) from None
    return UNDEFINED


def write_file(path: Any, data: Any, options: Any = UNDEFINED) -> Any:
    """Return ``fs.writeFileSync(path, data, options)``."""
    return _write(path, data, options, "wb")


def append_file(path: Any, data: Any, options: Any = UNDEFINED) -> Any:
    """Return ``fs.appendFileSync(path, data, options)``."""
    return _write(path, data, options, "ab")


def file_exists(path: Any) -> bool:
    """Return ``fs.existsSync(path)``."""
    return isinstance(path, (str, bytes)) and os.path.exists(path)


def make_directory(path: Any, options: Any = UNDEFINED) -> Any:
    """Return ``fs.mkdirSync(path, options)``; with ``recursive`` the first folder that was made."""
    path = _path(path)
    try:
        if not truthy(_option(options, "recursive")):
            os.mkdir(path)
            return UNDEFINED
        missing, at = UNDEFINED, path.rstrip("/")
        while at and not os.path.isdir(at):
            missing, at = at, os.path.dirname(at)
        os.makedirs(path, exist_ok=True)
        return missing
    except OSError as error:
        raise _file_error(error, "mkdir", path) from None


def remove_file(path: Any) -> Any:
    """Return ``fs.unlinkSync(path)``."""
    try:
        os.unlink(_path(path))
    except OSError as error:
        raise _file_error(error, "unlink", path) from None
    return UNDEFINED


def remove_path(path: Any, options: Any = UNDEFINED) -> Any:
    """Return ``fs.rmSync(path, options)``."""
    path, recursive = _path(path), truthy(_option(options, "recursive"))
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            if not recursive:
                raise NotTranslated("fs.rmSync of a folder without recursive, which Node refuses, is not translated")
            shutil.rmtree(path)
        else:
            os.unlink(path)
    except FileNotFoundError as error:
        if not truthy(_option(options, "force")):
            raise _file_error(error, "lstat", path) from None
    except OSError as error:
        raise _file_error(error, "rm", path) from None
    return UNDEFINED


def remove_directory(path: Any) -> Any:
    """Return ``fs.rmdirSync(path)``."""
    try:
        os.rmdir(_path(path))
    except OSError as error:
        raise _file_error(error, "rmdir", path) from None
    return UNDEFINED


def file_names(path: Any) -> list[str]:
    """Return ``fs.readdirSync(path)``, sorted as libuv sorts them."""
    try:
        return sorted(os.listdir(_path(path)))
    except OSError as error:
        raise _file_error(error, "scandir", path) from None


def copy_file(source: Any, target: Any) -> Any:
    """Return ``fs.copyFileSync(source, target)``."""
    try:
        shutil.copyfile(_path(source, "src"), _path(target, "dest"))
    except OSError as error:
        raise _file_error(error, "copyfile", source, target) from None
    return UNDEFINED


def rename_file(source: Any, target: Any) -> Any:
    """Return ``fs.renameSync(source, target)``."""
    try:
        os.replace(_path(source, "oldPath"), _path(target, "newPath"))
    except OSError as error:
        raise _file_error(error, "rename", source, target) from None
    return UNDEFINED


class Stats(Host):
    """What ``fs.statSync`` gives."""

    def __init__(self, found: os.stat_result) -> None:
        import stat

        self.size = found.st_size
        self.mtimeMs = found.st_mtime_ns / 1e6
        self._is_file = stat.S_ISREG(found.st_mode)
        self._is_directory = stat.S_ISDIR(found.st_mode)

    def isFile(self) -> bool:
        return self._is_file

    def isDirectory(self) -> bool:
        return self._is_directory


def file_stats(path: Any) -> Stats:
    """Return ``fs.statSync(path)``."""
    try:
        return Stats(os.stat(_path(path)))
    except OSError as error:
        raise _file_error(error, "stat", path) from None


async def settled(function: Any, *arguments: Any) -> Any:
    """Return the promise of what a function gives: ``fs.promises.readFile`` of ``read_file``."""
    return function(*arguments)


def path_normalize(path: Any) -> str:
    """Return ``path.normalize(path)``."""
    path = _path(path)
    if not path:
        return "."
    made = posixpath.normpath(path)
    made = f"/{made.lstrip('/')}" if made.startswith("/") else made
    return f"{made}/" if path.endswith("/") and not made.endswith("/") else made


def path_join(*parts: Any) -> str:
    """Return ``path.join(...parts)``."""
    return path_normalize("/".join(part for part in map(_path, parts) if part) or ".")


def path_resolve(*parts: Any) -> str:
    """Return ``path.resolve(...parts)``."""
    found = ""
    for part in reversed(parts):
        found = f"{_path(part)}/{found}" if part else found
        if found.startswith("/"):
            break
    else:
        found = f"{os.getcwd()}/{found}"
    made = path_normalize(found)
    return made.rstrip("/") or "/"


def path_directory(path: Any) -> str:
    """Return ``path.dirname(path)``."""
    path = _path(path)
    end = path.rstrip("/").rfind("/")
    if end < 1:
        return "/" if path.startswith("/") else "."
    return "//" if end == 1 and path.startswith("/") else path[:end]


def path_parts(path: Any) -> dict[str, str]:
    """Return ``path.parse(path)``."""
    path = _path(path)
    root = "/" if path.startswith("/") else ""
    trimmed = path.rstrip("/")
    base = trimmed.rpartition("/")[2]
    head = trimmed[: len(trimmed) - len(base)]
    place = base.rfind(".")
    # of /.. Node's own answer is odd
    extension = base[place:] if place > 0 and (base != ".." or trimmed == "/..") else ""
    folder = head[:-1] if len(head) > 1 else head
    return {
        "root": root,
        "dir": folder or root,
        "base": base,
        "ext": extension,
        "name": base[: len(base) - len(extension)],
    }


def path_is_absolute(path: Any) -> bool:
    """Return ``path.isAbsolute(path)``."""
    return _path(path).startswith("/")


def path_relative(start: Any, end: Any) -> str:
    """Return ``path.relative(start, end)``."""
    made = posixpath.relpath(path_resolve(end), path_resolve(start))
    return "" if made == "." else made
