"""Encode the conditions of ``where()`` and the changes of ``update()``.

Nested objects become dotted keys, as in Node; commands become operators. Unlike in Node, no part of a condition gets
lost: an empty object stays a condition, two ``or`` become an ``and`` of both, and commands are encoded at any depth.
"""

from __future__ import annotations

from collections.abc import Mapping

from .._undefined import UNDEFINED
from . import ejson
from .base import invalid, shown
from .command import Change, Command, Comparison, Condition, Logic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Tree = dict[str, Any]

_MAX_DEPTH = 100  # levels
_TOO_DEEP = "Cannot convert circular structure to JSON: the condition contains itself, or nests too deep"
_LISTS = ("$and", "$or", "$nor")
_RAW = ("set", "max", "min")  # changes whose operand Node sends as it is


def encode_condition(condition: Any, *, drops_empty: bool = False) -> Tree:
    """Return the tree of the condition of ``where()`` or ``match()``.

    Args:
        condition: the condition.
        drops_empty: leave empty objects in it out, as Node does.

    Raises:
        CloudSDKError: it is not a condition.
    """
    try:
        return _encode(condition, drops_empty=drops_empty)
    except RecursionError:
        raise invalid(_TOO_DEEP) from None


def _encode(condition: Any, *, drops_empty: bool = False) -> Tree:
    if isinstance(condition, Logic):
        return _logic(condition, None)
    if isinstance(condition, Comparison):
        raise invalid(f"Cannot encode a comparison command with unset field name: use {{'field': {condition.shown}}}")
    if not isinstance(condition, Mapping):
        hint = f": a condition is a dict or _.and_, _.or_, _.nor, _.not_, got {shown(condition)}"
        raise invalid("查询参数必须为对象", hint)
    return _object(flatten(condition, drops_empty=drops_empty))


def encode_element(condition: Any, path: str) -> Any:
    """Return the tree of a condition on the elements of a list, for ``$elemMatch`` and ``$pull``."""
    try:
        return _element(condition, path)
    except RecursionError:
        raise invalid(_TOO_DEEP) from None


def _element(condition: Any, path: str) -> Any:
    if isinstance(condition, Logic) and any(_is_object(operand) for operand in condition.operands):
        return _logic(condition, None)
    if isinstance(condition, Command):
        return operators(condition, path)
    if isinstance(condition, Mapping):
        return _embedded(condition)
    return ejson.encode(condition, path)


def operators(command: ejson.Command, path: str) -> Tree:
    """Return a command as operators without a field: ``{"$gt": 1, "$lt": 5}``.

    Raises:
        CloudSDKError: it has no such form.
    """
    if isinstance(command, Comparison):
        return {command.operator: _operand(command, path)}
    if isinstance(command, Logic):
        if command.operator == "$not":
            return {"$not": _negated(command.operand, path)}
        if command.operator == "$and":
            merged: Tree = {}
            for operand in command.operands:
                part = (
                    operators(operand, path) if isinstance(operand, Command) else {"$eq": ejson.encode(operand, path)}
                )
                if merged.keys() & part.keys():
                    break
                merged.update(part)
            else:
                return merged
        raise invalid(
            f"{command.shown} cannot stand at {path}, where the database knows no {command.operator} of these"
            " conditions: give it objects with fields, or write the condition around it"
        )
    raise _no_condition(command, path)


def flatten(query: Mapping[Any, Any], *, fully: bool = True, drops_empty: bool = False, depth: int = 0) -> Tree:
    """Return an object with the keys of nested objects dotted, in Node's order.

    Args:
        query: the object.
        fully: flatten nested objects without commands too.
        drops_empty: leave empty objects out.
        depth: levels above `query`.
    """
    if depth > _MAX_DEPTH:
        raise invalid(_TOO_DEEP)
    flat = {ejson.key_of(key, "the condition"): value for key, value in query.items() if value is not UNDEFINED}
    for key, value in list(flat.items()):
        if key[:1] == "$":
            continue
        nested = _fields(value)
        if nested is None or (len(nested) == 0 and not drops_empty) or not (fully or has_command(nested)):
            continue
        child = flatten(nested, fully=fully, drops_empty=drops_empty, depth=depth + 1)
        own_operators = {name: item for name, item in child.items() if name[:1] == "$"}
        if own_operators:
            flat[key] = own_operators
        else:
            del flat[key]
        for name, item in child.items():
            if name[:1] != "$":
                flat[f"{key}.{name}"] = item
    return flat


def has_command(value: Any, depth: int = 0) -> bool:
    """Return whether `value` contains a command, at any depth."""
    if isinstance(value, ejson.Command):
        return True
    if depth > _MAX_DEPTH:
        return False
    if isinstance(value, Mapping):
        return any(has_command(item, depth + 1) for item in value.values())
    return isinstance(value, (list, tuple)) and any(has_command(item, depth + 1) for item in value)


def _fields(value: Any) -> Mapping[Any, Any] | None:
    """Return the fields of a mapping or dataclass, None for another value."""
    if isinstance(value, Mapping):
        return value
    names = getattr(type(value), "__dataclass_fields__", None)
    return {name: getattr(value, name) for name in names} if names is not None else None


def _embedded(condition: Mapping[Any, Any]) -> Tree:
    """Return the tree of a condition in which nested objects are compared as a whole."""
    return _object(flatten(condition, fully=False), is_embedded=True)


def _object(flat: Tree, *, is_embedded: bool = False) -> Tree:
    tree: Tree = {}
    joined: list[tuple[str, Any]] = []
    for key, value in flat.items():
        if not is_embedded:
            value = ejson.nulls_in_lists(value)
        if isinstance(value, Command):
            part = _logic(value, None) if isinstance(value, Logic) and key[:1] == "$" else _field(value, key)
            if part.keys() == {key} and key not in _LISTS:
                tree.update(part)
            else:
                joined += part.items()
        elif key in _LISTS and isinstance(value, (list, tuple)):
            tree[key] = [_listed(item, f"{key}[{index}]") for index, item in enumerate(value)]
        elif key[:1] == "$" or (isinstance(value, Mapping) and any(str(name)[:1] == "$" for name in value)):
            tree[key] = ejson.encode(value, key, on_command=_inside)
        else:
            tree[key] = ejson.encode(value, key)
    for operator, conditions in joined:
        _join(tree, operator, conditions)
    return tree


def _join(tree: Tree, operator: str, conditions: list[Any]) -> None:
    if not isinstance(tree.get(operator), list):
        tree[operator] = conditions
    elif operator == "$or":  # one list of both would be true when either is
        _join(tree, "$and", [{operator: conditions}])
    else:
        tree[operator] = tree[operator] + conditions


def _listed(item: Any, path: str) -> Any:
    if isinstance(item, Logic):
        return _logic(item, None)
    if isinstance(item, Mapping):
        return _object(flatten(item)) if has_command(item) else ejson.encode(item, path)
    return ejson.encode(item, path, on_command=_inside)


def _inside(command: ejson.Command, path: str) -> Any:
    return operators(command, path)


def _field(command: Command, field: str) -> Tree:
    if isinstance(command, Logic):
        return _logic(command, field)
    if isinstance(command, Comparison):
        return {field: {command.operator: _operand(command, field)}}
    raise _no_condition(command, field)


def _logic(command: Logic, field: str | None) -> Tree:
    if command.operator == "$not":
        operand = command.operand
        if field is None or (isinstance(operand, Logic) and operand.operator != "$not"):
            return {"$nor": [_joined(operand, field)]}
        return {field: {"$not": _negated(operand, field)}}
    return {command.operator: [_with_nulls(_joined(operand, field)) for operand in command.operands]}


def _with_nulls(tree: Any) -> Any:
    """Return a tree with null for undefined, as in Node's logic commands; elsewhere Node omits it."""
    if isinstance(tree, dict):
        return {key: _with_nulls(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_with_nulls(value) for value in tree]
    return None if tree is UNDEFINED else tree


def _joined(operand: Any, field: str | None) -> Tree:
    """Return the tree of one operand of a logic command, which applies to `field`, if any."""
    if isinstance(operand, Logic):
        return _logic(operand, field)
    if field is not None:
        if _is_object(operand):
            raise invalid(
                f"the condition on {field!r} joins objects, {_short(operand)}, in which the field would have no part:"
                f" write the field into them, {{'{field}.…': …}}, and the command at the top of where()"
            )
        if isinstance(operand, Command):
            return _field(operand, field)
        return {field: ejson.encode(operand, field, on_command=_inside)}
    return _encode(operand)


def _negated(operand: Any, path: str) -> Any:
    """Return the operand of ``$not``: operators or a regular expression."""
    if isinstance(operand, Command):
        return operators(operand, path)
    tree = ejson.encode(operand, path, on_command=_inside)
    if isinstance(tree, dict) and ("$regularExpression" in tree or _is_operators(operand)):
        return tree
    return {"$eq": tree}


def _operand(command: Comparison, path: str) -> Any:
    operand = command.operand
    if command.operator in ("$in", "$nin", "$all"):
        if isinstance(operand, (list, tuple)):
            return [ejson.encode(item, f"{path}[{index}]", on_command=_inside) for index, item in enumerate(operand)]
    elif command.operator == "$elemMatch":
        return encode_element(operand, path)
    elif command.operator == "$nearSphere":
        distances = {f"${name}": operand[name] for name in operand if name != "geometry" and operand[name] is not None}
        ordered = {name: distances[name] for name in ("$maxDistance", "$minDistance") if name in distances}
        return ejson.encode({"$geometry": operand["geometry"], **ordered}, path)
    elif command.operator in ("$geoWithin", "$geoIntersects"):
        return ejson.encode({f"${name}": value for name, value in operand.items() if value is not None}, path)
    return ejson.encode(operand, path)


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping) and not _is_operators(value)


def _is_operators(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(str(key)[:1] == "$" for key in value)


def _short(value: Mapping[Any, Any]) -> str:
    return "{" + ", ".join(f"{key!r}: …" for key in value) + "}"


def _no_condition(command: ejson.Command, path: str) -> Exception:
    if isinstance(command, Change):
        return invalid(f"{path} is {command.shown}, which is a change for update(), not a condition")
    return invalid(f"{path} is not a condition")


def encode_update(data: Mapping[str, Any], *, drops_empty: bool = False) -> Tree:
    """Return the tree of the changes.

    Args:
        data: the changes.
        drops_empty: leave empty objects in it out, as Node does.

    Raises:
        CloudSDKError: a value can be neither a change nor stored.
    """
    flat = flatten(data, drops_empty=drops_empty)
    # An operator in the user's own data, {"$inc": {"n": 1}}, is sent unchanged, and comes first.
    tree = {key: ejson.encode(value, key) for key, value in flat.items() if key[:1] == "$"}
    for field, value in flat.items():
        if field[:1] == "$":
            continue
        operator, operand = _change(value, field)
        if not isinstance(flat.get(operator, {}), Mapping):
            raise invalid(f"{operator} must be an object of fields, got {shown(flat[operator])}")
        tree.setdefault(operator, {})[field] = operand
    return tree


def _change(value: Any, field: str) -> tuple[str, Any]:
    if isinstance(value, Change):
        if value.operator == "$pull":
            return value.operator, encode_element(value.operand, field)
        if value.name in _RAW:
            return value.operator, ejson.encode(ejson.nulls_in_lists(value.operand), field)
        return value.operator, ejson.encode(value.operand, field)
    if isinstance(value, Condition):
        raise invalid(f"{field} is {value.shown}, which is a condition for where(), not a change")
    return "$set", ejson.encode(value, field)
