"""What a program's own handlers catch: there, an error that Node does not have may change the result in silence."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from .flow import Flow
from .handler_logs import CONSOLE, Handler, leaves
from .module import Module
from .nodes import FUNCTIONS, arguments_of, field, has, is_generator, maybe_field, strip, text_of
from .syntax import Node, walk

_SETTLERS = {"Promise.allSettled", "Promise.any", "Promise.race"}
_ENDS = {"await_expression", "return_statement", "expression_statement"}
_PASSING = {"parenthesized_expression", "array", "call_expression", "member_expression", "spread_element"}


class Handlers:
    """The handlers of a program.

    Args:
        flow: Of the program.
        gives_promise: Whether a function may return a promise: that fails where it is awaited.
    """

    def __init__(self, flow: Flow, gives_promise: Callable[[Module, Node], bool]) -> None:
        self._flow = flow
        self._gives_promise = gives_promise
        self._nodes = [(module, node) for module in flow.modules for node in walk(module.root)]
        self._of: dict[int, Handler] = {}
        for _, node in self._nodes:
            if node.type == "catch_clause":
                self._of[node.id] = Handler(node)
            for each in _given(node):
                if each.type in FUNCTIONS:
                    self._of[each.id] = Handler(each)
        self.traced = {each: handler for handler in self._of.values() for each in handler.traced}
        self.added = {handler.added.id: handler for handler in self._of.values() if handler.added is not None}

    @cached_property
    def caught(self) -> set[int]:
        """Ids of nodes: what is inside of them may run where a handler takes an error without a trace."""
        found = {part.id for _, node in self._nodes for part in self._guarded(node)}
        if not found:
            return found
        functions = [(module, node) for module, node in self._nodes if node.type in FUNCTIONS]
        found |= {
            node.id for module, node in functions if _is_kept(node, self._flow) and self._gives_promise(module, node)
        }
        is_new = True
        while is_new:
            new = {
                each.id for _, each in functions if each.id not in found and _may_be_called_in(each, found, self._flow)
            }
            is_new = bool(new)
            found |= new
        return found

    def _guarded(self, node: Node) -> list[Node]:
        """Return the parts of a node whose errors go to a handler that leaves no trace of them."""
        if node.type == "try_statement":
            clause, last = maybe_field(node, "handler"), maybe_field(node, "finalizer")
            handler = self._of[clause.id] if clause is not None else None
            is_dropped = last is not None and leaves(last) and (handler is None or handler.throws)
            return [field(node, "body")] if is_dropped or (handler is not None and not handler.is_loud) else []
        if node.type != "call_expression":
            return []
        if text_of(field(node, "function")) in _SETTLERS:
            return arguments_of(node)
        given = _given(node)
        return [field(field(node, "function"), "object")] if given and not all(map(self._is_loud, given)) else []

    def _is_loud(self, given: Node) -> bool:
        """Whether what a promise calls with its error shows it."""
        if given.id in self._of:
            return self._of[given.id].is_loud
        return text_of(given) == "reject" or CONSOLE.fullmatch(text_of(given)) is not None


def is_inside(node: Node, ids: set[int]) -> bool:
    """Whether a node, or one around it, is one of these."""
    at: Node | None = node
    while at is not None:
        if at.id in ids:
            return True
        at = at.parent
    return False


def _given(node: Node) -> list[Node]:
    """Return what ``.catch``, or ``.then`` as its second argument, is given; nothing for other nodes."""
    if node.type != "call_expression":
        return []
    callee, args = strip(field(node, "function")), arguments_of(node)
    name = text_of(field(callee, "property")) if callee.type == "member_expression" else ""
    return args[:1] if name == "catch" else args[1:2] if name == "then" else []


def _may_be_called_in(function: Node, ids: set[int], flow: Flow) -> bool:
    if is_generator(function) or has(function, "get") or has(function, "set"):
        return True  # what it does is done where its value is used
    callers = flow.callers_of(function)
    if not callers:
        return True
    return any(each.how != "main" and is_inside(each.node, ids) for each in callers)


def _is_kept(function: Node, flow: Flow) -> bool:
    """Whether what a function gives may be awaited elsewhere than where it is called."""
    return any(each.how != "main" and not is_used_at_once(each.node) for each in flow.callers_of(function) or ())


def is_used_at_once(call: Node) -> bool:
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
