"""Callbacks that are written as loops: of ``forEach``, ``reduce``, ``map`` and ``filter``."""

from __future__ import annotations

from .assignments import Assignments
from .code import ADD, ATOM, MUL, Py, call, indented, reads_key
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .heap import PACKAGE, UNKNOWN
from .jstypes import LISTS, LOOPED, OBJECTS, TEXTS, JsType, js_type
from .jumps import Round, jump
from .nodes import FUNCTIONS, always_ends, arguments_of, becomes_loop, child_nodes, field, parameters_of, strip, text_of
from .operators import Operators
from .patterns import Patterns
from .syntax import Node
from .variables import Variable

_GROWING = {"push", "unshift", "splice"}


class CallbackLoops(Part):
    """Write the calls of callbacks as loops."""

    def __init__(
        self,
        context: Context,
        operators: Operators,
        patterns: Patterns,
        functions: Functions,
        assignments: Assignments,
    ) -> None:
        super().__init__(context)
        self.operators = operators
        self.assignments = assignments
        self.patterns = patterns
        self.functions = functions

    def for_each(self, node: Node) -> list[str] | None:
        """Write ``items.forEach(item => { … });`` as a ``for``; None for any other call."""
        function = _callback(node)
        if function is None or text_of(field(strip(field(node, "function")), "property")) != "forEach":
            return None
        self._refuse_own("forEach")
        return self._loop(node, function, parameters_of(function), Round(self._effect))

    def collected(self, node: Node, target: str = "") -> tuple[list[str], Py] | None:
        """Write ``reduce``, or ``map`` and ``filter`` of several statements, as a loop; None for any other value.

        Args:
            node: The value.
            target: The variable of its result; empty for one to be made up.
        """
        function = _callback(node) if node.type == "call_expression" else None
        name = text_of(field(strip(field(node, "function")), "property")) if function is not None else ""
        if function is None or name == "forEach":
            return None
        self._refuse_own(name)
        parameters, start = parameters_of(function), Py("[]")
        if name == "reduce":
            variable = self.names.of[parameters.pop(0).id]
            variable.python = target = target or variable.python
            start = self.expr(arguments_of(node)[1])
            give = Round(lambda value: self._set(variable, value), f"{target} = js.UNDEFINED")
        else:
            target = target or self.unique_name("result")
            item = self.names.of[parameters[0].id].python if parameters[0].type == "identifier" else ""
            give = Round(lambda value: self._add(target, value, item if name == "filter" else None))
        before = [*self.take_prelude(), f"{target} = {start}"]
        return [*before, *self._loop(node, function, parameters, give)], Py(target)

    def _refuse_own(self, name: str) -> None:
        if self.module.has_own_method(name):
            raise Untranslated(f"{name}, where the program has a method of this name")

    def _loop(self, node: Node, function: Node, parameters: list[Node], give: Round) -> list[str]:
        owner = field(strip(field(node, "function")), "object")
        targets, first = self._targets(parameters)
        is_each = text_of(field(strip(field(node, "function")), "property")) == "forEach"
        form, items, code = self._items(owner, function, is_indexed=len(targets) > 1, is_each=is_each)
        before = self.take_prelude()
        self.context.loops.append(give.loop)
        self.context.rounds[function.id] = give
        kept_ranges, names = self.context.ranges, self.names.scopes[function.id].names
        self.context.ranges = [each for each in kept_ranges if names.keys().isdisjoint(each)]
        try:
            body = self._body(function, give)
        finally:
            self.context.ranges = kept_ranges
            self.context.loops.pop()
        around = self.context.loops[-1] if self.context.loops else None
        body = [*first, *body]
        if self.types.facts.is_loud(owner) and reads_key("\n".join(body), targets[0]):  # an error of what is no list
            items = Py(items.text.replace(f"js.array({code})", str(code), 1))
        lines = [f"for {form.format(*targets)} in {items}:", *indented(body)]
        return [*before, *give.loop.framed(lines, around)]

    def leave(self, node: Node) -> list[str] | None:
        """Write a ``return`` of a callback that has become a loop; None for any other."""
        function: Node | None = node
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        give = self.context.rounds.get(function.id) if function is not None else None
        if give is None:
            return None
        loops, loop, value = self.context.loops, give.loop, child_nodes(node)
        lines = give.write(strip(value[0])) if value else [give.nothing] * bool(give.nothing)
        flag = ""
        if loops[-1] is not loop:
            flag = loop.names.get("next_item") or loop.names.setdefault("next_item", self.unique_name("next_item"))
        return [*lines, *jump(loops, loop, "continue", flag)]

    def _effect(self, value: Node) -> list[str]:
        """Write what a value does that nobody takes."""
        return [] if self.is_idle(value) else [*self.context.write_effect(value)]

    def _set(self, variable: Variable, value: Node) -> list[str]:
        """Write what ``reduce`` goes on with."""
        if value.type == "sequence_expression":
            *first, value = map(strip, child_nodes(value))
            return [*(line for each in first for line in self._effect(each)), *self._set(variable, value)]
        if value.type == "identifier" and self.variable_of(value) is variable:
            return []
        code = self.expr(value)
        left = value.child_by_field_name("left") if value.type == "binary_expression" else None
        if left is not None and left.type == "identifier" and self.variable_of(left) is variable:
            sign = text_of(value.child_by_field_name("operator"))
            start = f"{variable.python} {sign} "
            if sign in ("+", "-", "*") and code.level in (ADD, MUL) and code.text.startswith(start):
                return [*self.take_prelude(), f"{variable.python} {sign}= {code.text[len(start) :]}"]
        return [*self.take_prelude(), f"{variable.python} = {code}"]

    def _add(self, target: str, value: Node, item: str | None) -> list[str]:
        """Write what ``map`` or ``filter`` adds to its result; `item` is that of ``filter``."""
        if item is None:
            code = self.assignments.started_promise(value, self.expr(value))
            return [*self.take_prelude(), f"{target}.append({code})"]
        test = self.operators.condition(value)
        if not item:
            raise Untranslated("filter with a pattern as its parameter")
        adding = f"{target}.append({item})"
        if test.text in ("True", "False"):
            return [adding] * (test.text == "True")
        return [*self.take_prelude(), f"if {test}:", f"    {adding}"]

    def _targets(self, parameters: list[Node]) -> tuple[list[str], list[str]]:
        """Return the variables of the loop, and the lines that take an item apart."""
        targets, first = [], []
        for each in parameters:
            if each.type == "identifier":
                targets.append(self.names.of[each.id].python)
            else:
                targets.append(self.unique_name("item"))
                first += self.patterns.bind(each, Py(targets[-1]), each)
        if len(parameters) == 2 and parameters[1].type == "identifier" and not _is_used(self, parameters[1]):
            targets.pop()
        return targets, first

    def _items(self, owner: Node, function: Node, *, is_indexed: bool, is_each: bool) -> tuple[str, Py, Py]:
        """Return the form of the targets, what the loop goes over, and the owner; Maps have ``forEach``, too."""
        code, type_ = self.expr(owner), self.type_of(owner)
        if not is_each:
            items = code if type_ & LISTS and type_ <= LOOPED else call("js.array", code)
            items = call("js.each", items) if self._may_grow(owner, function) else items
            return ("{1}, {0}", call("enumerate", items), code) if is_indexed else ("{0}", items, code)
        if type_ and type_ == js_type("map"):
            return (
                ("{1}, {0}", call(f"{code.at(ATOM)}.entries"), code)
                if is_indexed
                else ("{0}", call(f"{code.at(ATOM)}.values"), code)
            )
        is_list = bool(type_ & LISTS) and type_ <= LOOPED
        if is_indexed and not type_ <= LOOPED | TEXTS | OBJECTS:
            return "{0}, {1}", call("js.each_indexed", code), code
        items = code if is_list and not self._may_grow(owner, function) else call("js.each", code)
        return ("{1}, {0}", call("enumerate", items), code) if is_indexed else ("{0}", items, code)

    def _body(self, function: Node, give: Round) -> list[str]:
        scope, body = self.names.scopes[function.id], field(function, "body")
        first = [
            f"{variable.python} = js.UNDEFINED"
            for variable in scope.names.values()
            if self.functions.needs_initializer(variable)
        ]
        if body.type != "statement_block":
            lines = give.write(body)
            return [*first, *self.take_prelude(), *lines]
        lines = self.block(body)
        if lines and lines[-1] == "continue":
            lines.pop()
        return [*first, *lines, *([give.nothing] if give.nothing and not always_ends(body) else [])]

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


def _callback(call: Node) -> Node | None:
    """Return the function of a call that becomes a loop."""
    args = arguments_of(call)
    return args[0] if args and becomes_loop(args[0]) else None


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
