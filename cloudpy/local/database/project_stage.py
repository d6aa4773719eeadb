"""The stages project and addFields: which fields a document has afterwards, some of them computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import DatabaseError
from .projection import Tree, excluded, included, insert
from .stages import Context, Document, Stage
from .values import MISSING, is_number, type_name

Computed = Callable[[Document], Any]


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
