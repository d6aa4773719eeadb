"""Map and Set: in the order of insertion, objects told apart by identity."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from .coercion import iterate
from .lists import Iterator
from .objects import get
from .values import Host


def _id_of(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return ("plain", value)
    if isinstance(value, (int, float)):
        return ("number", "NaN" if value != value else value)
    return ("text", value) if isinstance(value, str) else ("object", id(value))


class Map(Host):
    """``new Map(entries)``."""

    def __init__(self, entries: Any = None) -> None:
        self._entries: dict[Any, tuple[Any, Any]] = {}
        for entry in iterate(entries) if entries is not None and entries is not UNDEFINED else ():
            self.set(get(entry, 0), get(entry, 1))

    @property
    def size(self) -> int:
        return len(self._entries)

    def get(self, key: Any = UNDEFINED) -> Any:
        return self._entries.get(_id_of(key), (key, UNDEFINED))[1]

    def set(self, key: Any = UNDEFINED, value: Any = UNDEFINED) -> Map:
        first = self._entries.get(_id_of(key), (key, None))[0]
        self._entries[_id_of(key)] = (first, value)
        return self

    def has(self, key: Any = UNDEFINED) -> bool:
        return _id_of(key) in self._entries

    def delete(self, key: Any = UNDEFINED) -> bool:
        return self._entries.pop(_id_of(key), None) is not None

    def clear(self) -> Any:
        self._entries.clear()
        return UNDEFINED

    def keys(self) -> Iterator:
        return Iterator([key for key, _ in self._entries.values()])

    def values(self) -> Iterator:
        return Iterator([value for _, value in self._entries.values()])

    def entries(self) -> Iterator:
        return Iterator([[key, value] for key, value in self._entries.values()])

    def __iter__(self) -> Any:
        return iter([[key, value] for key, value in self._entries.values()])


class Set(Host):
    """``new Set(values)``."""

    def __init__(self, values: Any = None) -> None:
        self._entries: dict[Any, tuple[Any, Any]] = {}
        for value in iterate(values) if values is not None and values is not UNDEFINED else ():
            self.add(value)

    @property
    def size(self) -> int:
        return len(self._entries)

    def add(self, value: Any = UNDEFINED) -> Set:
        self._entries.setdefault(_id_of(value), (value, value))
        return self

    def has(self, value: Any = UNDEFINED) -> bool:
        return _id_of(value) in self._entries

    def delete(self, value: Any = UNDEFINED) -> bool:
        return self._entries.pop(_id_of(value), None) is not None

    def clear(self) -> Any:
        self._entries.clear()
        return UNDEFINED

    def values(self) -> Iterator:
        return Iterator([value for _, value in self._entries.values()])

    def keys(self) -> Iterator:
        return self.values()

    def entries(self) -> Iterator:
        return Iterator([[value, value] for _, value in self._entries.values()])

    def __iter__(self) -> Any:
        return iter([value for _, value in self._entries.values()])
