"""Parts of paths, as Node's ``path`` cuts them."""

from __future__ import annotations

from typing import Any

from .values import UNDEFINED


def last_part(path: Any, ending: Any = UNDEFINED) -> str:
    """``path.basename(path, ending)``."""
    if not isinstance(path, str):
        raise TypeError('The "path" argument must be of type string')
    name = path.rstrip("/").rpartition("/")[2]
    if ending is not UNDEFINED and name.endswith(ending) and name != ending:
        return name[: len(name) - len(ending)]
    return name


def extension(path: Any) -> str:
    """``path.extname(path)``."""
    name = last_part(path)
    at = name.rfind(".")
    return name[at:] if at > 0 and name.strip(".") else ""
