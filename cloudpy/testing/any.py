"""A value that any other fits."""

from __future__ import annotations

from typing import Any


class _Any:
    """Equal to everything, at any depth of ``when``; it stays itself when it is copied."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = object.__hash__

    def __copy__(self) -> _Any:
        return self

    def __deepcopy__(self, memo: object) -> _Any:
        return self

    def __reduce__(self) -> str:
        return "ANY"

    def __repr__(self) -> str:
        return "ANY"


ANY: Any = _Any()


def is_any(value: object) -> bool:
    """Whether `value` is our ANY, or that of ``unittest.mock``."""
    return value is ANY or (type(value).__name__ == "_ANY" and type(value).__module__ == "unittest.mock")
