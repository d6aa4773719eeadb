"""MongoDB's order of values, one total order across types; equality in it, and sorting documents by it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from .errors import DatabaseError, UnsupportedError
from .paths import ends, split
from .values import (
    MISSING,
    Binary,
    Code,
    Date,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Symbol,
    Timestamp,
    is_number,
    type_name,
)

NULL, NUMBER, STRING, OBJECT, ARRAY = 3, 4, 5, 6, 7


class _NaN:
    """Below every number, equal to itself."""

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return self is not other

    def __gt__(self, other: Any) -> bool:
        return False

    def __le__(self, other: Any) -> bool:
        return True

    def __ge__(self, other: Any) -> bool:
        return self is other

    def __eq__(self, other: Any) -> bool:
        return self is other

    def __hash__(self) -> int:
        return 1


_NAN: Final = _NaN()
MISSING_KEY: Final = (1,)
EMPTY_ARRAY_SORT_KEY: Final = (2,)
NULL_KEY: Final = (NULL,)

Key = tuple[Any, ...]


def _number(value: Any) -> Key:
    return (NUMBER, value) if value == value else (NUMBER, _NAN)


def _object(value: dict[str, Any]) -> Key:
    # Fields are compared by type, then name, then value.
    keys = [(name, key(item)) for name, item in value.items()]
    return (OBJECT, tuple((item[0], name, item) for name, item in keys))


_KEYS: Final[dict[type, Callable[[Any], Key]]] = {
    MinKey: lambda value: (0,),
    type(MISSING): lambda value: MISSING_KEY,
    type(None): lambda value: NULL_KEY,
    int: lambda value: (NUMBER, value),
    Int64: lambda value: (NUMBER, int(value)),
    float: _number,
    Decimal: lambda value: (NUMBER, _NAN) if value.is_nan() else (NUMBER, value),
    str: lambda value: (STRING, value),
    Symbol: lambda value: (STRING, value.name),
    dict: _object,
    list: lambda value: (ARRAY, tuple([key(item) for item in value])),
    Binary: lambda value: (8, len(value.data), value.subtype, value.data),
    ObjectId: lambda value: (9, value.hex),
    bool: lambda value: (10, value),
    Date: lambda value: (11, value.ms),
    Timestamp: lambda value: (12, value.seconds, value.increment),
    Regex: lambda value: (13, value.pattern, value.options),
    Code: lambda value: (14, value.code) if value.scope is None else (15, value.code, key(value.scope)),
    MaxKey: lambda value: (16,),
}


def key(value: Any) -> Key:
    """Return a key that sorts and compares as MongoDB does; equal keys are equal values (1 and 1.0 are).

    The first item of a key is the rank of the value's type. Keys can be hashed.
    """
    return _KEYS[type(value)](value)


def compare(one: Any, other: Any) -> int:
    """Return -1, 0 or 1."""
    left, right = key(one), key(other)
    return -1 if left < right else int(left != right)


def equal(one: Any, other: Any) -> bool:
    """Whether two values are equal to a query: 1 and 1.0 are, objects with keys in another order are not."""
    return key(one) == key(other)


def truth(value: Any) -> bool:
    """Whether an expression counts a value as true: all but false, null, missing and numbers equal to 0."""
    if value is None or value is MISSING or value is False:
        return False
    if type(value) in (int, float, Int64, Decimal):
        return bool(value != 0) or (type(value) is float and math.isnan(value))
    return True


def sort_key(path: str, descending: bool) -> Callable[[Any], Key]:
    """Return the key that a document has in a sort by `path`: of an array its least element, or its greatest."""
    names = tuple(path.split("."))
    pick = max if descending else min

    def of(value: Any) -> Key:
        if type(value) is list:
            return pick(map(key, value)) if value else EMPTY_ARRAY_SORT_KEY
        return NULL_KEY if value is MISSING else key(value)

    if len(names) == 1:
        return lambda document: of(document.get(path, MISSING))
    return lambda document: pick(map(of, ends(document, names)), default=NULL_KEY)


Sorter = list[tuple[Callable[[Any], Key], bool]]
MAX_HEAP = 2000  # documents: beyond it a whole sort is as fast


def sorter(order: Any, *, needed: bool = False) -> Sorter:
    """Return the keys of a sort, each with True where it is descending.

    Args:
        order: object of paths with 1 or -1.
        needed: whether at least one field is required, as in the stage ``$sort``.

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
