"""What a program's own handlers catch: there, an error that Node does not have would change the result in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .flow import Flow
from .module import Module
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, has, is_generator, maybe_field, text_of
from .syntax import Node

_SETTLERS = {"Promise.allSettled", "Promise.any", "Promise.race"}
_ENDS = {"await_expression", "return_statement", "expression_statement"}
_PASSING = {"parenthesized_expression", "array", "call_expression", "member_expression", "spread_element"}
_LEAVES = {"return_statement", "break_statement", "continue_statement"}


def caught(flow: Flow, gives_promise: Callable[[Module, Node], bool]) -> set[int]:
    """Return ids of nodes: what is inside of them may run where a handler catches what it raises, and goes on.

    `gives_promise` says whether a function may return a promise: that fails where it is awaited.
    """
    nodes = [(module, node) for module in flow.modules for node in _nodes(module.root)]
    found = {part.id for _, node in nodes for part in _guarded(node)}
    if not found:
        return found
    functions = [(module, node) for module, node in nodes if node.type in FUNCTIONS]
    found |= {node.id for module, node in functions if _is_kept(node, flow) and gives_promise(module, node)}
    is_new = True
    while is_new:
        new = {each.id for _, each in functions if each.id not in found and _may_be_called_in(each, found, flow)}
        is_new = bool(new)
        found |= new
    return found


def is_inside(node: Node, ids: set[int]) -> bool:
    """Whether a node, or one around it, is one of these."""
    at: Node | None = node
    while at is not None:
        if at.id in ids:
            return True
        at = at.parent
    return False


def _may_be_called_in(function: Node, ids: set[int], flow: Flow) -> bool:
    if is_generator(function) or has(function, "get") or has(function, "set"):
        return True  # what it does is done where its value is used
    callers = flow.callers_of(function)
    if not callers:
        return True
    return any(each.how != "main" and is_inside(each.node, ids) for each in callers)


def _is_kept(function: Node, flow: Flow) -> bool:
    """Whether what a function gives may be awaited elsewhere than where it is called."""
    return any(each.how != "main" and not _is_used_at_once(each.node) for each in flow.callers_of(function) or ())


def _is_used_at_once(call: Node) -> bool:
    """Whether a promise, or a list of them, is awaited, returned or left alone where it is made."""
    around = call.parent
    while around is not None and around.type not in _ENDS and around.type not in FUNCTIONS:
        if around.type == "arguments":
            taker = around.parent
            if taker is None or not text_of(taker.child_by_field_name("function")).startswith("Promise."):
                return False
        elif around.type not in _PASSING:
            return False
        around = around.parent
    return around is not None


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += node.named_children


def _guarded(node: Node) -> list[Node]:
    """Return the parts of a node whose errors go to a handler that may not throw them on."""
    if node.type == "try_statement":
        handler, last = maybe_field(node, "handler"), maybe_field(node, "finalizer")
        if handler is not None and not _throws_on(field(handler, "body")):
            return [field(node, "body")]
        return [field(node, "body")] if last is not None and _leaves(last) else []
    if node.type != "call_expression":
        return []
    callee, args = field(node, "function"), arguments_of(node)
    if text_of(callee) in _SETTLERS:
        return args
    name = text_of(field(callee, "property")) if callee.type == "member_expression" else ""
    return [field(callee, "object")] if name == "catch" or (name == "then" and len(args) > 1) else []


def _throws_on(body: Node) -> bool:
    """Whether a handler always throws."""
    parts = child_nodes(body)
    return bool(parts) and parts[-1].type == "throw_statement" and not _leaves(body)


def _leaves(node: Node) -> bool:
    return node.type in _LEAVES or any(_leaves(child) for child in node.named_children if child.type not in FUNCTIONS)
