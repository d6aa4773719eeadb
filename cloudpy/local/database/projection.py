"""Projections: the fields of a query's documents, and the stages project and addFields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import DatabaseError, UnsupportedError
from .query import compile_element
from .stages import Context, Document, Stage
from .values import MISSING, is_integer, is_number, type_name

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
        raise DatabaseError("$slice needs an integer, or an array of two: how many to skip, how many to return")
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


def project(value: Any, context: Context) -> Stage:
    """Choose fields, and compute some."""
    if type(value) is not dict or not value:
        raise DatabaseError("the $project specification must be an object with at least one field")
    shown: Tree = {}
    hidden: Tree = {}
    computed: Tree = {}
    paths: Tree = {}
    with_id = True
    for path, leaf in _leaves(value):
        insert(paths, path, True)
        if is_number(leaf) or type(leaf) is bool:
            if path == "_id":
                with_id = bool(leaf)
            else:
                insert(shown if leaf else hidden, path, True)
        else:
            insert(computed, path, context.expression(leaf))
    if hidden and (shown or computed):
        raise DatabaseError("Bad projection specification, an inclusion cannot exclude fields other than '_id'")
    if hidden or not (shown or computed or with_id):
        if not with_id:
            hidden["_id"] = True
        return lambda documents: (excluded(document, hidden) for document in documents)
    if with_id and "_id" not in computed:
        shown["_id"] = True
    if not computed:
        return lambda documents: (included(document, shown) for document in documents)

    def pick(document: Document) -> Document:
        result: Document = _computed_into(included(document, shown), document, computed, document)
        return result

    return lambda documents: map(pick, documents)


def add_fields(value: Any, context: Context) -> Stage:
    """Add computed fields."""
    if type(value) is not dict or not value:
        found = "an empty one" if value == {} else type_name(value)
        raise DatabaseError(f"the $addFields specification must be an object with at least one field, got {found}")
    computed: Tree = {}
    for path, leaf in _leaves(value, constants=True):
        insert(computed, path, context.expression(leaf))
    return lambda documents: (_computed_into(document, document, computed, document) for document in documents)


def _leaves(value: dict[str, Any], prefix: str = "", constants: bool = False) -> list[tuple[str, Any]]:
    """Return each path of a specification with what is said of it; nested objects are dotted paths."""
    found: list[tuple[str, Any]] = []
    for name, item in value.items():
        if name.startswith("$"):
            raise DatabaseError(f"field names of a projection may not begin with '$': {prefix}{name}")
        if type(item) is dict and item and not next(iter(item)).startswith("$"):
            if prefix and "." in name:
                raise DatabaseError(f"cannot use a dotted field name '{name}' in a sub object")
            found += _leaves(item, f"{prefix}{name}.", constants)
        elif type(item) is dict and not item and not constants:
            raise DatabaseError("an empty object is not a valid value. Found empty object at path " + prefix + name)
        else:
            found.append((prefix + name, item))
    return found


def _computed_into(target: Any, source: Any, tree: Tree, document: Document) -> Any:
    """Return `target` with the computed fields of `tree`; an array gets them in each of its elements."""
    if type(target) is list:
        return [_computed_into(item, item, tree, document) for item in target]
    result = dict(target) if type(target) is dict else {}
    for name, branch in tree.items():
        if type(branch) is dict:
            before = result.get(name, MISSING)
            if before is MISSING and type(source) is dict and type(source.get(name)) is list:
                before = [{} for _ in source[name]]
            result[name] = _computed_into(before, before, branch, document)
        else:
            value = branch(document)
            if value is MISSING:
                result.pop(name, None)
            else:
                result[name] = value
    return result
