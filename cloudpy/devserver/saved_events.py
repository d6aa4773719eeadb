"""Events that are saved beside a function: ``events/NAME.json`` in its folder. Packages leave them out."""

from __future__ import annotations

import contextlib
import json
import os
import re
from typing import Any

from .._client import redact

FOLDER = "events"
_NAME = re.compile(r"[\w][\w .-]{0,59}")  # Chinese as well; no separators
_MAX_SIZE = 6 * 1024 * 1024  # bytes


class SavedEventError(Exception):
    """An event cannot be saved or read; the message says why."""


def names(folder: str) -> list[str]:
    """Return the names of the events saved in a function's folder."""
    try:
        files = os.listdir(os.path.join(folder, FOLDER))
    except OSError:
        return []
    return sorted(file[:-5] for file in files if file.endswith(".json") and _NAME.fullmatch(file[:-5]))


def read(folder: str, name: str) -> Any:
    """Return a saved event.

    Raises:
        SavedEventError: it does not exist, or is not JSON.
    """
    path = _path(folder, name)
    try:
        if os.path.getsize(path) > _MAX_SIZE:
            raise SavedEventError(f"{path} is larger than 6 MB")
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except OSError as error:
        raise SavedEventError(f"{path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise SavedEventError(f"{path} is not JSON: {error}") from None


def write(folder: str, name: str, event: Any) -> str:
    """Save an event, without secrets; return the path.

    Raises:
        SavedEventError: the name is not valid, or the file cannot be written.
    """
    path = _path(folder, name)
    text = json.dumps(redact.value(event), ensure_ascii=False, indent=2) + "\n"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise SavedEventError(f"{path} cannot be written: {error.strerror or error}") from None
    return path


def remove(folder: str, name: str) -> None:
    """Remove a saved event.

    Raises:
        SavedEventError: it does not exist.
    """
    path = _path(folder, name)
    try:
        os.unlink(path)
    except OSError as error:
        raise SavedEventError(f"{path} cannot be removed: {error.strerror or error}") from None
    with contextlib.suppress(OSError):  # not empty
        os.rmdir(os.path.dirname(path))


def _path(folder: str, name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise SavedEventError(
            f"{name[:60]!r} cannot be the name of an event: use up to 60 letters, digits, spaces, - and _"
        )
    return os.path.join(folder, FOLDER, f"{name}.json")
