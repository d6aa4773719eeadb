"""Sorting documents by ``{field: 1 or -1, …}``, with a bound where only the first few are wanted."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from typing import Any

from .errors import DatabaseError, UnsupportedError
from .ordering import Key
from .paths import sort_key, split
from .values import is_number, type_name

Sorter = list[tuple[Callable[[Any], Key], bool]]
MAX_HEAP = 2000  # documents: beyond it a whole sort is as fast


def sorter(order: Any, *, needed: bool = False) -> Sorter:
    """Return the keys of a sort, each with whether it goes down.

    Args:
        needed: whether at least one field must be there, as in the stage ``$sort``.

    Raises:
        DatabaseError: not an object of 1 and -1.
    """
    if type(order) is not dict:
        raise DatabaseError(f"the sort specification must be an object, got {type_name(order)}")
    if needed and not order:
        raise DatabaseError("$sort stage must have at least one sort key")
    found: Sorter = []
    for path, way in order.items():
        if type(way) is dict:
            raise UnsupportedError(f"{', '.join(way)} in a sort")
        if not is_number(way) or way not in (1, -1):
            raise DatabaseError(f"sort key ordering must be 1 (for ascending) or -1 (for descending): {path}: {way!r}")
        if any(name.startswith("$") and name not in ("$ref", "$id", "$db") for name in split(path)):
            raise DatabaseError(f"FieldPath field names may not start with '$': {path}")
        found.append((sort_key(path, way == -1), way == -1))
    return found


class _Down:
    """A key in the opposite order."""

    __slots__ = ("key",)

    def __init__(self, key: Key) -> None:
        self.key = key

    def __lt__(self, other: _Down) -> bool:
        return other.key < self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Down) and self.key == other.key

    __hash__ = None  # type: ignore[assignment]


def sorted_documents(documents: Iterable[Any], order: Sorter, first: int | None = None) -> list[Any]:
    """Return documents in order, all or the first few; those with equal keys stay as they were."""
    if first is not None and first <= MAX_HEAP and order:
        return heapq.nsmallest(first, documents, key=_combined(order))
    found = list(documents)
    for make, down in reversed(order):
        found.sort(key=make, reverse=down)
    return found if first is None else found[:first]


def _combined(order: Sorter) -> Callable[[Any], Any]:
    if len(order) == 1:
        [(make, down)] = order
        return (lambda document: _Down(make(document))) if down else make
    return lambda document: tuple([_Down(make(document)) if down else make(document) for make, down in order])
