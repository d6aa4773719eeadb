"""Projections of a query: which fields of a document are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import DatabaseError, UnsupportedError
from .match import compile_element
from .values import is_integer, is_number, type_name

Projection = Callable[[dict[str, Any]], dict[str, Any]]
# By field: True for a field in the list, a tree of further names, or a function of an array.
Tree = dict[str, Any]

OPERATORS = ("$slice", "$elemMatch")


def compile_projection(fields: Any) -> Projection | None:
    """Return the function of a projection, or None when it answers whole documents.

    Raises:
        DatabaseError: inclusion mixed with exclusion, paths that collide, or a wrong operand.
    """
    if type(fields) is not dict:
        raise DatabaseError(f"a projection must be an object, got {type_name(fields)}")
    tree: Tree = {}
    include: bool | None = None
    with_id: bool | None = None
    special: dict[str, Callable[[Any], Any]] = {}
    elements = False
    for path, value in fields.items():
        if type(value) is dict:
            name, make = _operator(value)
            elements = elements or name == "$elemMatch"
            if "." in path:
                raise UnsupportedError(f"{name} of a nested field in a projection: {path}")
            special[path] = make
        elif is_number(value) or type(value) is bool:
            wanted = bool(value)
            if path == "_id":
                with_id = wanted
                continue
            if include is not None and include is not wanted:
                raise DatabaseError("Projection cannot have a mix of inclusion and exclusion.")
            include = wanted
            insert(tree, path, True)
        else:
            raise DatabaseError(f"Unsupported projection option: {path}: {value!r}")
    if include is None and (elements or with_id):
        include = True
    if include:
        if with_id is not False:
            tree["_id"] = True
    elif with_id is False:
        tree["_id"] = True
    if not tree and not special:
        return None
    including = bool(include)

    def project(document: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, value in document.items():
            change = special.get(name)
            if change is not None:
                changed = change(value)
                if changed is not _NOTHING:
                    result[name] = changed
                continue
            branch = tree.get(name)
            if branch is None:
                if not including:
                    result[name] = value
            elif branch is True:
                if including:
                    result[name] = value
            elif including:
                picked = included(value, branch)
                if picked is not _NOTHING:
                    result[name] = picked
            else:
                result[name] = excluded(value, branch)
        return result

    return project


class _Nothing:
    __slots__ = ()


_NOTHING = _Nothing()


def insert(tree: Tree, path: str, leaf: Any) -> None:
    """Put a path into a tree of names.

    Raises:
        DatabaseError: another path is a part of it, or it of another.
    """
    names = path.split(".")
    if "" in names or any(name.startswith("$") for name in names):
        raise DatabaseError(f"{path!r} is not a field path: names must not be empty or begin with $")
    for name in names[:-1]:
        tree = tree.setdefault(name, {})
        if type(tree) is not dict:
            raise DatabaseError(f"Path collision at {path}")
    if names[-1] in tree:
        raise DatabaseError(f"Path collision at {path}")
    tree[names[-1]] = leaf


def included(value: Any, tree: Tree) -> Any:
    """Return what an inclusion leaves of a value; of a value without fields, nothing."""
    kind = type(value)
    if kind is dict:
        result = {}
        for name, item in value.items():
            branch = tree.get(name)
            if branch is True:
                result[name] = item
            elif branch is not None:
                picked = included(item, branch)
                if picked is not _NOTHING:
                    result[name] = picked
        return result
    if kind is list:
        return [picked for item in value if (picked := included(item, tree)) is not _NOTHING]
    return _NOTHING


def excluded(value: Any, tree: Tree) -> Any:
    """Return what an exclusion leaves of a value."""
    kind = type(value)
    if kind is dict:
        return {
            name: excluded(item, tree[name]) if name in tree else item
            for name, item in value.items()
            if tree.get(name) is not True
        }
    if kind is list:
        return [excluded(item, tree) for item in value]
    return value


def _operator(value: dict[str, Any]) -> tuple[str, Callable[[Any], Any]]:
    if len(value) != 1 or next(iter(value)) not in OPERATORS:
        raise UnsupportedError(f"{', '.join(value) or 'an empty object'} in a projection")
    [(name, operand)] = value.items()
    if name == "$elemMatch":
        test = compile_element(operand, "$elemMatch")
        return (
            name,
            lambda items: next(([item] for item in items if test(item)), _NOTHING) if type(items) is list else _NOTHING,
        )
    numbers = operand if type(operand) is list else [operand]
    if not 1 <= len(numbers) <= 2 or not all(is_number(item) and is_integer(item) for item in numbers):
        raise DatabaseError("$slice needs a whole number, or an array of two: how many to skip, how many to answer")
    if len(numbers) == 2:
        skip, count = map(int, numbers)
        if count <= 0:
            raise DatabaseError("$slice limit must be positive")

        def window(items: Any) -> Any:
            if type(items) is not list:
                return items
            start = skip if skip >= 0 else max(0, len(items) + skip)
            return items[start : start + count]

        return name, window
    count = int(numbers[0])

    def first_or_last(items: Any) -> Any:
        if type(items) is not list:
            return items
        return items[:count] if count >= 0 else items[count:]

    return name, first_or_last
