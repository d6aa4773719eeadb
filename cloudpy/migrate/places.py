"""Places of lists, as counters and random numbers give them: surely not negative, which Python counts from the end."""

from __future__ import annotations

from .nodes import FUNCTIONS, arguments_of, child_nodes, field, has, maybe_field, strip, text_of
from .syntax import Node
from .variables import Variable

_LIMITS = ("<", "<=")
_FLOORS = {(">", "0"), (">=", "0"), (">=", "1"), (">", "-1")}


def random_product(node: Node) -> Node | None:
    """Return ``count`` of ``Math.floor(Math.random() * count)``."""
    node = strip(node)
    if node.type != "call_expression" or text_of(field(node, "function")) != "Math.floor":
        return None
    args = arguments_of(node)
    if len(args) != 1 or args[0].type != "binary_expression" or not has(args[0], "*"):
        return None
    sides = [field(args[0], "left"), field(args[0], "right")]
    counts = [each for each in sides if text_of(each) != "Math.random()"]
    return counts[0] if len(counts) == 1 else None


def random_list(index: Node) -> Node | None:
    """Return ``list`` of ``Math.floor(Math.random() * list.length)``."""
    count = random_product(index)
    return None if count is None else measured(count)


def measured(length: Node) -> Node | None:
    """Return ``list`` of ``list.length``."""
    is_length = length.type == "member_expression" and text_of(field(length, "property")) == "length"
    return field(length, "object") if is_length and not has(length, "optional_chain") else None


def counts_down(node: Node, variable: Variable) -> bool:
    """Whether a counter, where it is read, has been found not to be negative: ``for (…; i >= 0; i--)``."""
    loop = _loop_of(node, text_of(node), _FLOORS)
    if loop is None or loop.type != "for_statement":
        return False
    body = field(loop, "body")
    return body.start_byte <= node.start_byte < body.end_byte and not any(
        body.start_byte <= written.start_byte < body.end_byte for _, written in variable.writes
    )


def is_own_place(owner: Node, index: Node, value: Node | None) -> bool:
    """Whether an index is taken from the length of its list: by a loop, or at random.

    Args:
        owner: The list.
        index: A name, or a name and a number.
        value: What the name is declared with, if that is all that it ever is.
    """
    name = field(index, "left") if index.type == "binary_expression" and has(index, "+") else index
    length = f"{text_of(owner)}.length"
    limiting = length if name is index else f"{length} -"  # there is no item after the last one
    if value is not None and random_product(value) is not None:
        return True
    at: Node | None = index.parent
    while at is not None and at.type not in FUNCTIONS:
        if at.type == "for_statement":
            test, start = maybe_field(at, "condition"), maybe_field(at, "initializer")
            limits = _limits(test, text_of(name)) if test is not None else []
            if any(sign in _LIMITS and limiting in limit for sign, limit in limits):
                return True
            if start is not None and text_of(start).endswith((f"{length} - 1", f"{length} - 1;")):
                return any(each in _FLOORS for each in limits)
        at = at.parent
    return False


def is_swapped(item: Node) -> bool:
    """Whether an item is one of the two that change their places: ``[list[i], list[j]] = [list[j], list[i]]``."""
    items = item.parent
    around = items.parent if items is not None else None
    if items is None or around is None or around.type != "assignment_expression" or items.type != "array":
        return False
    targets, values = child_nodes(field(around, "left")), child_nodes(items)
    return len(values) == 2 and [*map(text_of, targets)] == [*map(text_of, reversed(values))]


def _loop_of(node: Node, name: str, limits: set[tuple[str, str]]) -> Node | None:
    at = node.parent
    while at is not None and at.type not in FUNCTIONS:
        if at.type in ("for_statement", "while_statement"):
            test = maybe_field(at, "condition")
            if test is not None and any(each in limits for each in _limits(test, name)):
                return at
        at = at.parent
    return None


def _limits(test: Node, name: str) -> list[tuple[str, str]]:
    """Return what a condition compares a name with: the sign, and the source of the other side."""
    if test.type == "expression_statement":
        test = test.named_children[0]
    test = strip(test)
    if test.type != "binary_expression":
        return []
    sign, left, right = text_of(test.child_by_field_name("operator")), field(test, "left"), field(test, "right")
    if sign == "&&":
        return [*_limits(left, name), *_limits(right, name)]
    return [(sign, text_of(right))] if text_of(left) == name else []
