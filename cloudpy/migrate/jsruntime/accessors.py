"""Objects with getters and setters."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from .coercion import call


class Accessors(dict):  # type: ignore[type-arg]
    """An object literal with getters and setters.

    Args:
        values: What it holds; each name of an accessor has its place there, too.
        accessors: Name -> getter and setter; either may be undefined.
    """

    def __init__(self, values: dict[str, Any], accessors: dict[str, tuple[Any, Any]]) -> None:
        super().__init__(values)
        self._accessors = accessors

    def __getitem__(self, key: str) -> Any:
        if key not in self._accessors:
            return super().__getitem__(key)
        getter = self._accessors[key][0]
        return call(getter) if getter is not UNDEFINED else UNDEFINED

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self._accessors:
            super().__setitem__(key, value)
        elif self._accessors[key][1] is not UNDEFINED:
            call(self._accessors[key][1], value)

    def get(self, key: str, default: Any = None) -> Any:
        return self[key] if key in self else default  # noqa: SIM401 - it is what get does

    def pop(self, key: str, *default: Any) -> Any:
        self._accessors.pop(key, None)
        return super().pop(key, *default)

    def __iter__(self) -> Any:
        return super().__iter__()

    def values(self) -> Any:
        return {key: self[key] for key in self}.values()

    def items(self) -> Any:
        return {key: self[key] for key in self}.items()
