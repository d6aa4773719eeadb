"""Where dates come from: how they are made, what functions are given, and what they give."""

from __future__ import annotations

import re

from .contents import Facts
from .date_creations import Form, form_of, is_day_and_time, is_number
from .module import Module
from .nodes import (
    FUNCTIONS,
    always_ends,
    arguments_of,
    child_nodes,
    field,
    is_async,
    is_generator,
    maybe_field,
    parameters_of,
    returns,
    strip,
    text_of,
)
from .syntax import Node
from .variables import Variable

# How a field is called that has a number of milliseconds
_MILLISECONDS = re.compile(r"time_?stamp\Z|millis\w*\Z|[a-z_]ms\Z|Ms\Z", re.IGNORECASE)
_DEFAULTS = ("assignment_pattern", "object_assignment_pattern", "rest_pattern")


class DateSources:
    """The sources of the dates of one file."""

    def __init__(self, module: Module, facts: Facts) -> None:
        self._module, self._facts = module, facts
        self._kept_keys: dict[str, list[Node]] | None = None

    def form(self, made: Node) -> Form | None:
        """Return how ``new Date(…)`` makes a date; None for what has no plain form."""
        form, args = form_of(made), arguments_of(made)
        if form is None and len(args) == 1 and args[0].type != "spread_element":
            return self._given_form(args[0]) or _any(args[0])
        if form is None or form.base is None or len(args) != 1:
            return form
        if form.kind == "copy":
            variable = self._module.names.of.get(form.base.id)
            value = variable.value if variable is not None and variable.is_constant and not variable.patterned else None
            if value is not None and is_number(value):
                return Form("number", {"number"}, values=(strip(args[0]),), may_fail=True)
            if value is not None and is_day_and_time(strip(value)):
                return Form("text", {"zone"}, values=(strip(args[0]),), may_fail=True)
        return form if self._is_made(form.base, set()) else self._given_form(args[0]) or _any(args[0])

    def _given_form(self, value: Node) -> Form | None:
        """Return the form of a date out of the event: milliseconds where the name says so."""
        if _MILLISECONDS.search(text_of(value)) and self._is_given(value, set()):
            return Form("number", {"number"}, values=(strip(value),), may_fail=True)
        return None

    def _is_made(self, node: Node, seen: set[int]) -> bool:
        """Whether a value is a date that the file makes, wherever it comes from."""
        node = strip(node)
        variable = self._module.names.of.get(node.id)
        key = node.id if variable is None else id(variable)
        if key in seen:
            return True
        seen.add(key)
        values: list[Node | None] = []
        if node.type == "new_expression":
            return text_of(field(node, "constructor")) == "Date"
        if node.type == "ternary_expression":
            values = [field(node, "consequence"), field(node, "alternative")]
        elif node.type == "call_expression":
            function = self._module.known_function(strip(field(node, "function")))
            values = [*self._given(function)] if function is not None else []
        elif variable is not None and not variable.patterned:
            first = self._passed(variable) if variable.kind == "parameter" else [variable.value]
            values = [*first, *(each for _, each in variable.writes)] if first else []
        return bool(values) and all(each is not None and self._is_made(each, seen) for each in values)

    def _is_given(self, node: Node, seen: set[int]) -> bool:
        """Whether a value is out of the event: JSON."""
        node = strip(node)
        if node.type == "member_expression" and "?." not in text_of(node):
            return self._is_given(field(node, "object"), seen)
        variable = self._module.names.of.get(node.id)
        if variable is None or not variable.is_constant or id(variable) in seen or self._module.changes_zone:
            return False
        seen.add(id(variable))
        if variable.kind != "parameter":
            declarator = variable.node
            while declarator.parent is not None and declarator.type != "variable_declarator":
                if declarator.type in _DEFAULTS:
                    return False
                declarator = declarator.parent
            value = maybe_field(declarator, "value") if declarator.type == "variable_declarator" else None
            return value is not None and self._is_given(value, seen)
        function, given = variable.scope.node, variable.node
        while given.parent is not None and given.parent.id != function.id and given.parent.type != "formal_parameters":
            if given.type in _DEFAULTS:
                return False
            given = given.parent
        parameters = [each.id for each in parameters_of(function)] if function.type in FUNCTIONS else []
        callers = self._facts.flow.callers_of(function)
        if given.id not in parameters or not callers:
            return False
        place = parameters.index(given.id)
        for caller in callers:
            args = arguments_of(caller.node) if caller.how == "call" and caller.module is self._module else []
            if caller.how == "main" and place == 0:
                continue
            if place >= len(args) or not self._is_given(args[place], seen):
                return False
        return True

    def _creation(self, node: Node, seen: set[int]) -> Node | None:
        """Return one of the places that make the dates that a value is."""
        node = strip(node)
        if node.type == "new_expression":
            return node if text_of(field(node, "constructor")) == "Date" else None
        variable = self._module.names.of.get(node.id)
        values: list[Node | None] = []
        if variable is not None and id(variable) not in seen and not variable.patterned:
            seen.add(id(variable))
            if variable.kind == "parameter":
                values = [*self._passed(variable)]
            elif variable.kind in ("const", "let", "var"):
                values = [variable.value, *(each for _, each in variable.writes)]
        elif node.type == "call_expression" and node.id not in seen:
            seen.add(node.id)
            function = self._module.known_function(strip(field(node, "function")))
            values = [*self._given(function)] if function is not None else []
        elif node.type == "ternary_expression":
            values = [field(node, "consequence"), field(node, "alternative")]
        elif node.type == "member_expression" and "?." not in text_of(node):
            values = [*self._made_under(text_of(field(node, "property")))]
        first = next((each for each in values if each is not None and strip(each).type != "null"), None)
        return self._creation(first, seen) if first is not None else None

    def _made_under(self, key: str) -> list[Node]:
        """Return the dates that are made as the value of a key, ``{ createdAt: new Date() }``."""
        if self._kept_keys is None:
            self._kept_keys = {}
            pending = [self._module.root]
            while pending:
                node = pending.pop()
                pending += node.named_children
                value = strip(field(node, "value")) if node.type == "pair" else None
                if value is not None and text_of(value.child_by_field_name("constructor")) == "Date":
                    self._kept_keys.setdefault(text_of(field(node, "key")).strip("'\""), []).append(value)
        return self._kept_keys.get(key, [])

    def _passed(self, parameter: Variable) -> list[Node]:
        """Return what a parameter gets, if each place that calls its function gives something."""
        function = parameter.scope.node
        parameters = [each.id for each in parameters_of(function)] if function.type in FUNCTIONS else []
        callers = self._facts.flow.callers_of(function)
        if parameter.node.id not in parameters or not callers:
            return []
        place, result = parameters.index(parameter.node.id), []
        for caller in callers:
            args = arguments_of(caller.node) if caller.how == "call" and caller.module is self._module else []
            if place >= len(args) or any(each.type == "spread_element" for each in args[: place + 1]):
                return []
            result.append(args[place])
        return result

    def _given(self, function: Node) -> list[Node]:
        """Return what a function gives, if it gives something in any case."""
        if is_async(function) or is_generator(function):
            return []
        body = field(function, "body")
        if body.type != "statement_block":
            return [body]
        values = [maybe_field(each, "value") or next(iter(child_nodes(each)), None) for each in returns(body)]
        return [each for each in values if each is not None] if always_ends(body) and None not in values else []


def _any(value: Node) -> Form:
    """Return the form of a date of a value that may be a number, a date or a string."""
    return Form("any", {"zone"}, values=(strip(value),))
