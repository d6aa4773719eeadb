"""A store in a file, for the processes of one machine."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import INVALID_PARAM, ConfigError, StoreError
from .store import Entry, Lease

_FORMAT = "cloudpy store 1"
_LOCK_TIMEOUT = 5.0  # seconds to wait for the lock file; it is locked for a few milliseconds at a time
_LOCK_PAUSE = 0.005  # seconds
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class FileStore:
    """What the processes of one machine share: a JSON file that its owner alone can read.

    Each change locks ``PATH.lock`` for a moment and replaces the file as a whole. The values are in plain text.

    Args:
        path: the file; its folder must exist.

    Raises:
        ConfigError: `path` is not a path, its folder does not exist, or this system has no ``fcntl``.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            import fcntl  # noqa: F401
        except ImportError:
            raise ConfigError(INVALID_PARAM, "FileStore needs fcntl, which this system lacks: use RedisStore") from None
        name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else path  # type: ignore[redundant-expr]
        if not isinstance(name, str) or not name:  # type: ignore[redundant-expr]
            raise ConfigError(INVALID_PARAM, f"FileStore(path) must be the path of a file, got {path!r}")
        self._path = Path(name).absolute()  # a program may change its folder later
        if self._path.is_dir():
            raise ConfigError(INVALID_PARAM, f"FileStore({name!r}) is a folder: name a file in it")
        if not self._path.parent.is_dir():
            raise ConfigError(
                INVALID_PARAM, f"FileStore({name!r}): the folder {self._path.parent} does not exist: create it first"
            )

    def get(self, key: str) -> Entry | None:
        """As of ``Store``."""
        found = self._read()["entries"].get(key)  # without the lock: the file is replaced as a whole
        left = _left(found) if found else 0.0
        return Entry(found["value"], left) if left > 0 else None

    def put(self, key: str, value: str, seconds: float, lease: Lease | None = None) -> bool:
        """As of ``Store``."""
        with self._change() as content:
            if lease is not None and content["leases"].get(lease.key, {}).get("fence") != lease.fence:
                return False
            content["entries"][key] = {"value": value, **_end(seconds)}
            return True

    def add(self, key: str, seconds: float) -> bool:
        """As of ``Store``."""
        with self._change() as content:
            found = content["entries"].get(key)
            if found and _left(found) > 0:
                return False
            content["entries"][key] = {"value": "", **_end(seconds)}
            return True

    def acquire(self, key: str, seconds: float) -> Lease | None:
        """As of ``Store``."""
        with self._change() as content:
            found = content["leases"].get(key)
            if found and 0 < _left(found) <= seconds:  # more than that: the clock was put back
                return None
            # never one that was there before, even when the file was deleted in between
            content["fence"] = fence = max(content["fence"] + 1, time.time_ns() // 1000)
            content["leases"][key] = {"fence": fence, **_end(seconds)}
            return Lease(key, fence)

    def release(self, lease: Lease) -> None:
        """As of ``Store``."""
        with self._change() as content:
            found = content["leases"].get(lease.key)
            if found and found["fence"] == lease.fence:
                found.update(_end(0.0))

    def _read(self) -> dict[str, Any]:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            text = ""
        except (OSError, ValueError) as error:
            raise self._unusable("read", error) from None
        if not text:
            return {"format": _FORMAT, "fence": 0, "entries": {}, "leases": {}}
        try:
            content = json.loads(text)
        except ValueError:
            content = None
        if not _is_content(content):
            raise StoreError(errMsg=f"store:fail {self._path} is not a file of FileStore: name another, or delete it")
        return content

    @contextlib.contextmanager
    def _change(self) -> Iterator[dict[str, Any]]:
        """Give the content to a block that changes it, with the file locked; write it afterwards."""
        with self._locked():
            content = self._read()
            yield content
            # A lease that has ended stays for a while: its fence is what an old holder's write is compared with.
            content["entries"] = {key: one for key, one in content["entries"].items() if _left(one) > 0}
            content["leases"] = {key: one for key, one in content["leases"].items() if _left(one) > -86400}
            self._write(json.dumps(content))

    def _write(self, text: str) -> None:
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with contextlib.suppress(FileNotFoundError):
                draft.unlink()  # of a process that was killed, with another's permissions perhaps
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(draft, self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise self._unusable("written", error) from None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        import fcntl

        path = f"{self._path}.lock"
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable("locked", error) from None
        try:
            end = time.monotonic() + _LOCK_TIMEOUT
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise StoreError(
                            errMsg=f"store:fail another process has locked {path} for {_LOCK_TIMEOUT:g} seconds:"
                            " is one of them stopped?"
                        ) from None
                    time.sleep(_LOCK_PAUSE)
                except OSError as error:
                    raise self._unusable("locked", error) from None
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)  # not by closing alone: a fork in between has the file open as well
        finally:
            os.close(file)

    def _unusable(self, done: str, error: Exception) -> StoreError:
        words = getattr(error, "strerror", None) or error
        return StoreError(errMsg=f"store:fail {self._path} cannot be {done}: {words}")

    def __repr__(self) -> str:
        return f"FileStore({str(self._path)!r})"


def _is_content(content: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it is what this class writes; another program may have changed the file, or part of it."""
    if not isinstance(content, dict) or content.get("format") != _FORMAT or not isinstance(content.get("fence"), int):
        return False
    entries, leases = content.get("entries"), content.get("leases")
    if not isinstance(entries, dict) or not isinstance(leases, dict):
        return False
    return all(
        isinstance(one, dict)
        and isinstance(one.get("wall"), (int, float))
        and isinstance(one.get("monotonic"), (int, float))
        and isinstance(one.get("boot"), str)
        and isinstance(one.get(name), kind)
        for these, name, kind in ((entries, "value", str), (leases, "fence", int))
        for one in these.values()
    )


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except OSError:
        return ""


def _end(seconds: float) -> dict[str, Any]:
    """Return when `seconds` have passed, by both clocks: either may jump, or stand still, alone."""
    return {"wall": time.time() + seconds, "monotonic": time.monotonic() + seconds, "boot": _boot_id()}


def _left(one: dict[str, Any]) -> float:
    wall: float = one["wall"] - time.time()
    if one["boot"] != _boot_id():
        return wall
    monotonic: float = one["monotonic"] - time.monotonic()
    return min(wall, monotonic)
