"""Changes of ``update()`` as the tree that travels: each field under its operator, plain values under ``$set``."""

from __future__ import annotations

from collections.abc import Mapping

from . import ejson, query
from .command import Change, Condition
from .invalid import invalid, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Tree = dict[str, Any]


def encode(data: Mapping[str, Any]) -> Tree:
    """Return the tree of the changes.

    Raises:
        CloudSDKError: naming what is no change and no value.
    """
    flat = query.flatten(data)
    # What the user writes as an operator, {"$inc": {"n": 1}}, travels as it is, and comes first.
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
            return value.operator, query.element(value.operand, field)
        return value.operator, ejson.encode(value.operand, field)
    if isinstance(value, Condition):
        raise invalid(f"{field} is {value.shown}, which is a condition for where() and no change")
    return "$set", ejson.encode(value, field)
