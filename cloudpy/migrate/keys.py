"""The names of keys, as the source of a program writes them."""

from __future__ import annotations

from .heap import COMPUTED, ITEMS
from .nodes import FUNCTIONS, child_nodes, field, string_value, strip, text_of
from .syntax import Node


def with_holes(pattern: Node) -> list[Node | None]:
    """Return the parts of a pattern at their places."""
    if pattern.type == "object_pattern":
        return list(child_nodes(pattern))
    result: list[Node | None] = []
    is_empty = True
    for child in pattern.children[1:-1]:
        if child.type == ",":
            if is_empty:
                result.append(None)
            is_empty = True
        elif child.type != "comment":
            result.append(child)
            is_empty = False
    return result


def key_name(key: Node) -> str:
    """Return the name of a key of an object literal or of a pattern."""
    if key.type == "string":
        return string_value(key)
    if key.type == "computed_property_name":
        inner = strip(child_nodes(key)[0])
        return string_value(inner) if inner.type == "string" else COMPUTED
    return text_of(key)


def name_of(target: Node) -> str:
    """Return the key that a member or brackets name; COMPUTED and ITEMS for what is computed."""
    if target.type == "member_expression":
        return text_of(field(target, "property"))
    index = field(target, "index")
    if index.type == "string":
        return string_value(index)
    return ITEMS if index.type == "number" else COMPUTED


def literal_around(node: Node) -> Node | None:
    """Return the object literal whose method a ``this`` is in."""
    at = own_function(node)
    around = at.parent if at is not None else None
    if around is not None and around.type == "pair":
        around = around.parent
    return around if around is not None and around.type == "object" else None


def own_function(node: Node) -> Node | None:
    """Return the function that gives a ``this`` its value."""
    at = node.parent
    while at is not None and (at.type not in FUNCTIONS or at.type == "arrow_function"):
        at = at.parent
    return at
