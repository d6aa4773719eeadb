"""Where the values that a program throws, and that are no errors, are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .flow import Flow
from .handlers import is_used_at_once
from .module import Module
from .nodes import FUNCTIONS, arguments_of, field, has, is_generator, maybe_field, parameters_of, strip, text_of
from .syntax import Node


def receivers(
    flow: Flow, values: Iterable[tuple[Module, Node | None]], gives_promise: Callable[[Module, Node], bool]
) -> set[int] | None:
    """Return the ids of the catch clauses, and of the calls of ``.catch`` and ``.then``, that thrown values may get to.

    Args:
        flow: Of the program.
        values: What is thrown, or what a promise is rejected with; None where that has no value.
        gives_promise: Whether a function may return a promise: that fails where it is awaited.

    Returns:
        None where any of them may.
    """
    found: set[int] = set()
    seen: set[int] = set()
    pending = [(module, _start(value)) for module, value in values]
    while pending:
        module, start = pending.pop()
        if start is None:
            return None
        if start.id in seen:
            continue
        seen.add(start.id)
        function = _climb(start, found)
        if function is None:
            continue
        callers = flow.callers_of(function)
        if not callers or is_generator(function) or has(function, "get") or has(function, "set"):
            return None
        for each in callers:
            if each.how == "main":
                continue
            if not is_used_at_once(each.node) and gives_promise(module, function):
                return None  # it is awaited elsewhere
            pending.append((each.module, each.node))
    return found


def _climb(start: Node, found: set[int]) -> Node | None:
    """Note the handlers around a place; return the function that it leaves, or None where a handler takes all."""
    at = start
    while at.parent is not None and at.type not in FUNCTIONS:
        around = at.parent
        if around.type == "try_statement" and field(around, "body").id == at.id:
            clause = maybe_field(around, "handler")
            if clause is not None:
                found.add(clause.id)
                return None  # what the handler throws is a value of its own
        call = around.parent
        if around.type == "member_expression" and call is not None and field(around, "object").id == strip(at).id:
            name = text_of(field(around, "property"))
            if name == "catch" or (name == "then" and len(arguments_of(call)) > 1):
                found.add(call.id)
                return None
        at = around
    return at if at.type in FUNCTIONS else None


def _start(value: Node | None) -> Node | None:
    """Return the place that fails with a value; None where that is not known."""
    if value is None or value.parent is None:
        return None
    call = value.parent.parent
    if value.parent.type != "arguments" or call is None:
        return value
    callee = text_of(call.child_by_field_name("function"))
    if callee != "reject":
        return call if callee == "Promise.reject" and is_used_at_once(call) else None
    at: Node | None = call
    while at is not None:
        if at.type in FUNCTIONS and "reject" in map(text_of, parameters_of(at)):
            made = at.parent.parent if at.parent is not None else None
            is_promise = made is not None and made.type == "new_expression" and arguments_of(made)[0].id == at.id
            return made if is_promise and made is not None and is_used_at_once(made) else None
        at = at.parent
    return None
