"""The types of what names are bound to: by declarations, patterns, loops, and calls of functions."""

from __future__ import annotations

from .expression_types import ExpressionTypes
from .flow import Caller
from .heap import OUTSIDE, PAIR, PAIR_KEY, Site
from .jstypes import ANY, CALLED, DATABASE, LISTS, NOTHING, TEXTS, Handed, JsType, js_type
from .nodes import (
    FUNCTIONS,
    arguments_of,
    field,
    has,
    maybe_field,
    parameters_of,
    passed_to,
    string_value,
    strip,
    text_of,
)
from .packages.kinds import callback_type
from .syntax import Node

_KEYS = ("property_identifier", "string", "shorthand_property_identifier_pattern")


class Bindings(ExpressionTypes):
    """The types of what the names of one file are bound to."""

    def forget(self) -> None:
        """Forget what expressions can be, for another round."""
        self._cache = {}
        self._bounds: dict[int, JsType] = {}

    def bound(self, node: Node) -> JsType:
        """Return what gets to a name, or to a pattern, where it is declared."""
        if node.id not in self._bounds:
            self._bounds[node.id] = NOTHING  # where it depends on itself
            self._bounds[node.id] = self._bound_now(node)
        return self._bounds[node.id]

    def _bound_now(self, node: Node) -> JsType:
        around = node.parent
        if around is None:
            return CALLED
        kind = around.type
        if kind in ("assignment_pattern", "object_assignment_pattern"):
            return self._with_default(self.bound(around), self.of(field(around, "right")))
        if kind in ("required_parameter", "optional_parameter"):
            value = maybe_field(around, "value")
            result = self.bound(around)
            return result if value is None else self._with_default(result, self.of(value))
        if kind == "pair_pattern":
            return self._keyed(around.parent, around, field(around, "key"))
        if kind == "object_pattern":
            key = field(node, "left") if node.type == "object_assignment_pattern" else node
            return js_type("obj") if node.type == "rest_pattern" else self._keyed(around, node, key)
        if kind == "array_pattern":
            before = [each for each in around.children if each.start_byte < node.start_byte]
            place = sum(each.type == "," for each in before)
            if node.type == "rest_pattern":
                return js_type("arr")
            item = self._item_at(node)
            if item is not None:
                return self.awaited(item)
            return self.items(self.bound(around), self.sites(around), place)
        if kind == "rest_pattern":
            return js_type("obj") if around.parent and around.parent.type == "object_pattern" else js_type("arr")
        if kind == "variable_declarator":
            value = maybe_field(around, "value")
            loop = around.parent
            if value is None and loop is not None and loop.type == "for_in_statement":
                return self._loop_variable(loop)
            is_const = loop is not None and text_of(loop.child_by_field_name("kind")) == "const"
            return self.of(value) if value is not None else NOTHING if is_const else js_type("undef")
        if kind == "for_in_statement":
            return self._loop_variable(around)
        if kind == "catch_clause":
            return ANY if self.may_get_value(around) else js_type("err")
        if kind == "assignment_expression":
            return self.of(field(around, "right"))
        if kind == "formal_parameters" or around.type in FUNCTIONS:
            return self._parameter(node)
        return CALLED

    def _with_default(self, type_: JsType, default: JsType) -> JsType:
        return (type_ - {"undef"}) | default if "undef" in type_ or not type_ else type_

    def _keyed(self, pattern: Node | None, part: Node, key: Node) -> JsType:
        if pattern is None or key.type not in (
            "property_identifier",
            "string",
            "shorthand_property_identifier_pattern",
        ):
            return CALLED if key.type == "computed_property_name" else ANY
        name = string_value(key) if key.type == "string" else text_of(key)
        declarator = pattern.parent
        value = maybe_field(declarator, "value") if declarator and declarator.type == "variable_declarator" else None
        if value is not None:
            if self.of(value) and self.of(value) <= DATABASE:
                return js_type("cmd") if name in ("command", "Geo") else js_type("fn")
            result = self.result(value) if value.type in ("await_expression", "identifier") else None
            if result is not None and name in result and name not in self.names.put:
                return result[name]
        item = self._item_at(pattern)
        result = self.sent(item) if item is not None else None
        if result is not None and name in result and name not in self.names.put:
            return result[name]
        return self.property(self.bound(pattern), self.sites(pattern), name)

    def _item_at(self, node: Node) -> Node | None:
        """Return the promise of ``b`` in ``const [a, b] = await Promise.all([…])``; `b` may be a pattern."""
        pattern = node.parent
        declarator = pattern.parent if pattern is not None and pattern.type == "array_pattern" else None
        value = maybe_field(declarator, "value") if declarator and declarator.type == "variable_declarator" else None
        if pattern is None or value is None:
            return None
        before = [each for each in pattern.children if each.start_byte < node.start_byte]
        return self.item_of_all(value, sum(each.type == "," for each in before))

    def _loop_variable(self, loop: Node) -> JsType:
        if text_of(loop.child_by_field_name("operator")) == "in":
            return js_type("str")
        if has(loop, "await"):
            return CALLED
        right = loop.child_by_field_name("right")
        assert right is not None
        return self.each(strip(right))

    def may_get_value(self, handler: Node) -> bool:
        """Whether a catch clause, or a call of ``.catch``, may get what is no error."""
        return self.module.meets_values or self.facts.receivers is None or handler.id in self.facts.receivers

    def _parameter(self, node: Node) -> JsType:
        """Return what gets to a parameter: joined over all places that call its function."""
        function = node.parent
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        assert function is not None
        place = next((at for at, each in enumerate(parameters_of(function)) if each.id == node.id), -1)
        if node.type == "rest_pattern":
            return js_type("arr")
        if place < 0:
            return CALLED
        name, owner = passed_to(function)
        if _replaces(function):
            return TEXTS if place == 0 else ANY
        if owner is not None and name == "runTransaction" and self.of(owner) == js_type("db"):
            return js_type("tx") if place == 0 else CALLED
        packaged = callback_type(self.module, function, place, self.of)
        if packaged is not None:
            return packaged
        if self.is_route(function) and place < 2:
            return js_type("rec") if place == 0 else js_type("next")
        callers = self.facts.flow.callers_of(function)
        if callers is None:
            return CALLED
        result = self.module.handed.get((function.start_byte, place), NOTHING)
        if not callers and not result:
            return self.json  # nothing calls it: it is written for values from outside
        for caller in callers:
            types = self.facts.files[caller.module]
            assert isinstance(types, Bindings)
            result |= types.passed(caller, place)
        return result

    def handed(self) -> Handed:
        """Return what the program hands to the functions of the file, if others may have it, too."""
        flow = self.facts.flow
        result: set[tuple[str, int, int, JsType]] = set()
        pending = [self.module.root] if not self.module.is_entry else []
        while pending:
            function = pending.pop()
            pending += function.named_children
            callers = flow.callers_of(function) if function.type in FUNCTIONS else []
            if callers == []:
                continue
            for place, parameter in enumerate(parameters_of(function)):
                sites = [each for each in flow.sites(parameter) if not _is_inside(each, parameter)]
                is_plain = callers is not None and all(
                    each.kind == OUTSIDE and not each.is_lost and not each.stored for each in sites
                )
                type_ = self.bound(parameter) if is_plain else CALLED
                result.add((self.module.text, function.start_byte, place, type_))
        return frozenset(result)

    def is_route(self, function: Node) -> bool:
        """Whether a function is a handler of a router."""
        call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
        callee = strip(field(call, "function")) if call is not None and call.type == "call_expression" else None
        if callee is None or callee.type != "member_expression":
            return False
        return text_of(field(callee, "property")) in ("use", "router") and self.of(field(callee, "object")) == js_type(
            "router"
        )

    def passed(self, caller: Caller, place: int) -> JsType:
        """Return what a place that calls a function gives to its parameter number `place`."""
        how, node = caller.how, caller.node
        if how == "main":
            return js_type("rec") if place < 2 else CALLED
        if how == "timer":
            return js_type("undef")
        if how == "route":
            return js_type("rec") if place == 0 else js_type("next") if place == 1 else js_type("undef")
        if how == "executor":
            return js_type("fn") if place < 2 else js_type("undef")
        args = arguments_of(node)
        if how == "call":
            if any(each.type == "spread_element" for each in args[: place + 1]):
                return CALLED
            return self.of(args[place]) if place < len(args) else js_type("undef")
        callee = strip(field(node, "function"))
        owner = args[0] if text_of(callee) == "Array.from" else field(callee, "object")
        if how == "transaction":
            return CALLED
        if how == "then":
            return self.awaited(owner) if place == 0 else js_type("undef")
        if how == "catch":
            return (ANY if self.may_get_value(node) else js_type("err")) if place == 0 else js_type("undef")
        if self.of(owner) & js_type("params nodes") and not self.of(owner) >= ANY:
            return CALLED
        type_, sites = self.of(owner) - TEXTS, self.sites(owner)
        if how == "reduce" and place == 0:
            return self.of(node) | (self.items(type_, sites) if len(args) < 2 else NOTHING)
        if how in ("reduce", "sort") and place < 2:
            return self.items(type_, sites)
        if how in ("reduce", "sort"):
            return js_type("lit") if place == 2 else type_
        if how == "forEach" and type_ == {"map"} and place < 2:
            return self.of_map(owner, (PAIR, PAIR_KEY)[place])
        if place == 0:
            return self.each(owner) if how == "map" and owner.id == args[0].id else self.items(type_, sites)
        if not type_ & js_type("map set") or how != "forEach":
            return js_type("lit") if place == 1 else type_ & LISTS if place == 2 else js_type("undef")
        return CALLED


def _replaces(function: Node) -> bool:
    """Whether it is what ``text.replace`` calls for each place that it finds."""
    call = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    callee = strip(field(call, "function")) if call is not None and call.type == "call_expression" else None
    if call is None or callee is None or callee.type != "member_expression":
        return False
    name, args = text_of(field(callee, "property")), arguments_of(call)
    return name in ("replace", "replaceAll") and len(args) == 2 and args[1].id == function.id


def _is_inside(site: Site, parameter: Node) -> bool:
    """Whether a value is made by the default of a parameter."""
    at = site.node
    while at is not None and at is not parameter:
        at = at.parent
    return at is not None
