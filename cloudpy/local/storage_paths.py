"""What a file of the storage may be called: the platform's rules, and no way out of the folder."""

from __future__ import annotations

import re

LONGEST_PATH = 850  # bytes, as the platform takes


class PathError(ValueError):
    """No file can be stored under a path; says why, and what would do."""


def check(path: str) -> None:
    """Whether a file can have this path.

    Raises:
        PathError: it cannot, and why.
    """
    if not path:
        raise PathError("cloudPath is empty")
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        raise PathError("cloudPath has half a surrogate pair in it") from None
    if size > LONGEST_PATH:
        raise PathError(f"cloudPath has {size} bytes, {LONGEST_PATH} at most are taken")
    if path.startswith("/") or path.endswith("/") or "//" in path:
        raise PathError(f"cloudPath {path!r} must not begin or end with a slash, nor have two in a row")
    if any(ord(char) < 32 or char in "\\\x7f" for char in path):
        raise PathError("cloudPath has a backslash or a control character in it")
    if any(part in (".", "..") for part in path.split("/")):
        raise PathError(f"cloudPath {path!r} must not have . or .. as a part")
    if re.search("%(00|2e|2f|5c)", path, re.IGNORECASE):
        raise PathError(f"cloudPath {path!r} has an escaped dot, slash, backslash or NUL in it")
