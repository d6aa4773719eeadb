"""Dotted paths: where a query, a sort or a projection looks in a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .errors import DatabaseError
from .values import MISSING

Test = Callable[[Any], bool]


def split(path: str) -> tuple[str, ...]:
    """Return the names of a path.

    Raises:
        DatabaseError: a name is empty.
    """
    names = tuple(path.split("."))
    if "" in names and path != "":
        raise DatabaseError(f"FieldPath {path!r} has an empty name: no leading, trailing or double dots")
    return names


def is_index(name: str) -> bool:
    """Whether a name is a position in an array: digits without a leading zero."""
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")


def ends(value: Any, names: tuple[str, ...], at: int = 0) -> Iterator[Any]:
    """Yield what is at the end of a path, MISSING included; arrays on the way are entered, the last one is not.

    An array on the way is entered by position where the next name is one, and each object in it by name.
    """
    while at < len(names):
        kind = type(value)
        if kind is dict:
            value = value.get(names[at], MISSING)
            at += 1
            if value is MISSING:
                yield MISSING
                return
            continue
        if kind is list:
            for item in value:
                if type(item) is dict:
                    yield from ends(item, names, at)
            if is_index(names[at]) and int(names[at]) < len(value):
                item = value[int(names[at])]
                if at + 1 == len(names) or type(item) in (dict, list):
                    yield from ends(item, names, at + 1)
            return
        yield MISSING
        return
    yield value


def any_end(path: str, test: Test) -> Test:
    """Return a test of documents: whether `test` holds for a value at the end of the path; arrays stay whole."""
    names = tuple(path.split("."))
    if len(names) == 1:
        return lambda document: test(document.get(path, MISSING))
    return lambda document: any(map(test, ends(document, names)))


def any_value(path: str, test: Test) -> Test:
    """Return a test of documents: as `any_end`, and the elements of an array at the end are tried too."""
    names = tuple(path.split("."))

    def each(value: Any) -> bool:
        if test(value):
            return True
        if type(value) is list:
            for item in value:
                if test(item):
                    return True
        return False

    if len(names) == 1:

        def top(document: Any) -> bool:
            value = document.get(path, MISSING)
            if type(value) is list:
                return each(value)
            return test(value)

        return top
    first, rest = names[0], names[1:]

    def nested(document: Any) -> bool:
        value = document.get(first, MISSING)
        if type(value) is dict and len(rest) == 1:
            return each(value.get(rest[0], MISSING))
        return any(map(each, ends(value, rest)))

    return nested


def values(document: Any, path: str) -> Iterator[Any]:
    """Yield the values at the end of a path as equality sees them: an array and each of its elements."""
    for value in ends(document, tuple(path.split("."))):
        yield value
        if type(value) is list:
            yield from value
