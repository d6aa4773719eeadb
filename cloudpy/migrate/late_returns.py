"""``return promise`` out of a ``try``, whose ``catch`` does not get its failure: it is awaited in ``else``."""

from __future__ import annotations

from collections.abc import Callable

from .code import indented
from .nodes import always_ends, child_nodes, field, maybe_field, returns, strip
from .syntax import Node


def late_returns(node: Node, is_promise: Callable[[Node], bool]) -> tuple[list[Node], set[int]]:
    """Return what a ``try`` ends with if that is a promise.

    Args:
        node: The ``try``.
        is_promise: Whether a value surely is a promise.

    Returns:
        All statements in it that return a promise; none where one of them is not the last that is done. And the ids of
        the ``if`` that end with one: what follows them is to be their ``else``.
    """
    body = field(node, "body")
    found = [each for each in returns(body) if child_nodes(each) and is_promise(strip(child_nodes(each)[0]))]
    has_end = maybe_field(node, "handler") is not None and maybe_field(node, "finalizer") is None
    if not found or not has_end or not always_ends(body):
        return [], set()
    last: set[int] = set()
    splits: set[int] = set()

    def walk(statement: Node) -> None:
        if statement.type == "return_statement":
            last.add(statement.id)
        elif statement.type == "if_statement":
            walk(field(statement, "consequence"))
            other = maybe_field(statement, "alternative")
            if other is not None:
                walk(child_nodes(other)[0])
        elif statement.type == "statement_block":
            *before, end = child_nodes(statement) or [statement]
            for each in before:
                if each.type == "if_statement" and maybe_field(each, "alternative") is None and _has(each, found):
                    if not always_ends(field(each, "consequence")):
                        return
                    splits.add(each.id)
                    walk(field(each, "consequence"))
            if end is not statement:
                walk(end)

    walk(body)
    return (found, splits) if all(each.id in last for each in found) else ([], set())


def _has(statement: Node, found: list[Node]) -> bool:
    return any(statement.start_byte <= each.start_byte < statement.end_byte for each in found)


def other_branch(lines: list[str]) -> list[str]:
    """Write lines as the ``else`` of the ``if`` before them."""
    is_one = lines[:1] and lines[0].startswith("if ")
    if is_one and all(line[:1] in (" ", "") or line.startswith(("elif ", "else:")) for line in lines[1:]):
        return [f"el{lines[0]}", *lines[1:]]
    return ["else:", *indented(lines)] if lines else []
