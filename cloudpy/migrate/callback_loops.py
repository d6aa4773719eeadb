"""Callbacks that are written as loops: ``items.forEach(item => { … })``."""

from __future__ import annotations

from .code import ATOM, Py, call, indented
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .heap import PACKAGE, UNKNOWN
from .jstypes import LISTS, LOOPED, OBJECTS, TEXTS, JsType, js_type
from .jumps import Loop, jump
from .nodes import FUNCTIONS, arguments_of, becomes_loop, child_nodes, field, parameters_of, strip, text_of
from .patterns import Patterns
from .syntax import Node

_GROWING = {"push", "unshift", "splice"}


class CallbackLoops(Part):
    """Write the calls of callbacks as loops."""

    def __init__(self, context: Context, patterns: Patterns, functions: Functions) -> None:
        super().__init__(context)
        self.patterns = patterns
        self.functions = functions

    def for_each(self, node: Node) -> list[str] | None:
        """Write ``items.forEach(item => { … });`` as a ``for``; None for any other call."""
        args = arguments_of(node)
        if not args or not becomes_loop(args[0]):
            return None
        callee, function = strip(field(node, "function")), args[0]
        owner = field(callee, "object")
        if self.module.has_own_method("forEach"):
            raise Untranslated("forEach, where the program has a method of this name")
        targets, first = self._targets(function)
        over = self._items(owner, function, is_indexed=len(targets) > 1)
        before = self.take_prelude()
        loop = Loop()
        self.context.loops.append(loop)
        self.context.rounds[function.id] = loop
        kept_ranges, names = self.context.ranges, self.names.scopes[function.id].names
        self.context.ranges = [each for each in kept_ranges if names.keys().isdisjoint(each)]
        try:
            body = self._body(function)
        finally:
            self.context.ranges = kept_ranges
            self.context.loops.pop()
        around = self.context.loops[-1] if self.context.loops else None
        lines = [f"for {over[0].format(*targets)} in {over[1]}:", *indented([*first, *body])]
        return [*before, *loop.framed(lines, around)]

    def leave(self, node: Node) -> list[str] | None:
        """Write a ``return`` of a callback that has become a loop; None for any other."""
        function: Node | None = node
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        loop = self.context.rounds.get(function.id) if function is not None else None
        if loop is None:
            return None
        loops, value = self.context.loops, child_nodes(node)
        lines = self._effect(strip(value[0])) if value else []
        flag = ""
        if loops[-1] is not loop:
            flag = loop.names.get("next_item") or loop.names.setdefault("next_item", self.unique_name("next_item"))
        return [*lines, *jump(loops, loop, "continue", flag)]

    def _effect(self, value: Node) -> list[str]:
        """Write what a value does that nobody takes."""
        return [] if self.is_idle(value) else [*self.context.write_effect(value)]

    def _targets(self, function: Node) -> tuple[list[str], list[str]]:
        """Return the variables of the loop, and the lines that take an item apart."""
        targets, first = [], []
        parameters = parameters_of(function)
        for each in parameters:
            if each.type == "identifier":
                targets.append(self.names.of[each.id].python)
            else:
                targets.append(self.unique_name("item"))
                first += self.patterns.bind(each, Py(targets[-1]), each)
        if len(parameters) == 2 and parameters[1].type == "identifier" and not _is_used(self, parameters[1]):
            targets.pop()
        return targets, first

    def _items(self, owner: Node, function: Node, *, is_indexed: bool) -> tuple[str, Py]:
        """Return the form of the targets, and what the loop goes over."""
        code, type_ = self.expr(owner), self.type_of(owner)
        if type_ and type_ == js_type("map"):
            return (
                ("{1}, {0}", call(f"{code.at(ATOM)}.entries"))
                if is_indexed
                else ("{0}", call(f"{code.at(ATOM)}.values"))
            )
        is_list = bool(type_ & LISTS) and type_ <= LOOPED
        if is_indexed and not type_ <= LOOPED | TEXTS | OBJECTS:
            return "{0}, {1}", call("js.each_indexed", code)
        items = code if is_list and not self._may_grow(owner, function) else call("js.each", code)
        return ("{1}, {0}", call("enumerate", items)) if is_indexed else ("{0}", items)

    def _body(self, function: Node) -> list[str]:
        scope, body = self.names.scopes[function.id], field(function, "body")
        first = [
            f"{variable.python} = js.UNDEFINED"
            for variable in scope.names.values()
            if self.functions.needs_initializer(variable)
        ]
        if body.type != "statement_block":
            lines = self._effect(body)
            return [*first, *self.take_prelude(), *lines]
        lines = self.block(body)
        if lines and lines[-1] == "continue":
            lines.pop()
        return [*first, *lines]

    # ---- lists that grow: forEach does not visit what is added meanwhile

    def _may_grow(self, owner: Node, function: Node) -> bool:
        """Whether a list may get items while the loop goes through it."""
        body = field(function, "body")
        modules = self.types.facts.flow.modules if self._calls_program(body) else []
        changes = [(module, each) for module in modules for each in _changes(module.root)]
        changes += [(self.module, each) for each in _changes(body)]
        return any(self._may_be_same(self.types.facts.files[module].of(each), each, owner) for module, each in changes)

    def _may_be_same(self, type_: JsType, one: Node, other: Node) -> bool:
        sites = [self.types.sites(each) for each in (one, other)]
        is_known = all(each and not any(site.kind in (UNKNOWN, PACKAGE) for site in each) for each in sites)
        return bool(type_ & self.type_of(other) & LISTS) and not (is_known and sites[0].isdisjoint(sites[1]))

    def _calls_program(self, node: Node) -> bool:
        """Whether a function of the program may be called, by its name or as a method."""
        if node.type == "identifier" and self.variable_of(node) is not None and "fn" in self.type_of(node):
            return True
        if node.type in ("new_expression", "yield_expression"):
            return True
        if node.type == "call_expression":
            callee = strip(field(node, "function"))
            if callee.type in FUNCTIONS or (
                callee.type == "member_expression" and self.module.has_own_method(text_of(field(callee, "property")))
            ):
                return True
        return any(map(self._calls_program, node.named_children))


def _is_used(part: Part, parameter: Node) -> bool:
    variable = part.names.of[parameter.id]
    return bool(variable.reads or variable.writes)


def _changes(node: Node) -> list[Node]:
    """Return the lists that get items in a piece of the source."""
    result = []
    if node.type == "call_expression":
        callee = strip(field(node, "function"))
        if callee.type == "member_expression" and text_of(field(callee, "property")) in _GROWING:
            result.append(field(callee, "object"))
    elif node.type in ("assignment_expression", "augmented_assignment_expression", "update_expression"):
        left = strip(field(node, "argument" if node.type == "update_expression" else "left"))
        if left.type == "subscript_expression" and field(left, "index").type != "string":
            result.append(field(left, "object"))
    for child in node.named_children:
        result += _changes(child)
    return result
