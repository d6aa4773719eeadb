"""Recordings of a project, ``.cloudpy/recordings/NAME.jsonl``, in the form of ``cloudpy dev --record``."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

FOLDER = (".cloudpy", "recordings")
_NAME = re.compile(r"[\w][\w .-]{0,59}")  # Chinese as well; no separators
_MAX_SIZE = 256 * 1024 * 1024  # bytes


class RecordingError(Exception):
    """A recording cannot be read or written; the message says why."""


class Entry(NamedTuple):
    """One recorded invocation; `openid` and `unionid` may be empty."""

    function: str
    event: dict[str, Any]
    openid: str
    unionid: str
    timer: bool


def folder_of(project: str) -> str:
    """Return the folder of a project's recordings."""
    return os.path.join(project, *FOLDER)


def path_of(project: str, name: str) -> str:
    """Return the path of a recording, whether it exists or not.

    Raises:
        RecordingError: no recording can have this name.
    """
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise RecordingError(f"{name[:60]!r} is not a name: use up to 60 letters, digits, spaces, _, - and dots")
    return os.path.join(folder_of(project), f"{name}.jsonl")


def names(project: str) -> list[str]:
    """Return the names of a project's recordings, sorted."""
    try:
        files = os.listdir(folder_of(project))
    except OSError:
        return []
    return sorted(file[:-6] for file in files if file.endswith(".jsonl") and _NAME.fullmatch(file[:-6]))


def read(path: str) -> Iterator[Entry]:
    """Yield the invocations of a recording.

    Raises:
        RecordingError: the file cannot be read, or a line is not a recorded invocation.
    """
    try:
        if os.path.getsize(path) > _MAX_SIZE:
            raise RecordingError(f"{path} is larger than {_MAX_SIZE // 1024 // 1024} MB")
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _entry(line, f"{path}:{number}")
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise RecordingError(f"{path} is not UTF-8") from None


def remove(path: str) -> bool:
    """Delete a recording. Return False if it does not exist."""
    with contextlib.suppress(OSError):
        os.unlink(path)
        return True
    return False


def _entry(line: str, where: str) -> Entry:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{where} is not JSON: {error}") from None
    function = value.get("function") if isinstance(value, dict) else None
    event = value.get("event") if isinstance(value, dict) else None
    if not isinstance(function, str) or not function or not isinstance(event, dict):
        raise RecordingError(
            f"{where} is not a recorded invocation: expected function and event, see cloudpy dev --record"
        )
    texts = [value.get(name) or "" for name in ("openid", "unionid")]
    if not all(isinstance(text, str) for text in texts):
        raise RecordingError(f"{where}: openid and unionid must be strings")
    return Entry(function, event, texts[0], texts[1], value.get("timer") is True)
