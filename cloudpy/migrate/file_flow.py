"""The flow through one file: what its declarations, expressions and assignments do with values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from .class_flow import ClassFlow
from .flow import THROWN, Flow
from .heap import ANYTHING, COMPUTED, FUNCTION, ITEMS, LIST, OBJECT, PACKAGE, Site, Stored
from .jstypes import js_type
from .keys import key_name, literal_around, name_of, own_function, with_holes
from .module import Module
from .nodes import (
    child_nodes,
    exports_this,
    field,
    has,
    is_called,
    maybe_field,
    parameters_of,
    returns,
    strip,
    text_of,
)
from .requires import SDK
from .syntax import Node
from .variables import Variable

_PLAIN = {"unary_expression", "update_expression"}


class FileFlow(ClassFlow):
    """Makes the constraints of one file."""

    def __init__(self, flow: Flow, module: Module) -> None:
        super().__init__(flow, module)
        self._by_node: dict[str, Callable[[Node], None]] = {
            "assignment_expression": self._assignment,
            "augmented_assignment_expression": self._augmented,
            "array": self._array,
            "arrow_function": self._function,
            "await_expression": self._through,
            "binary_expression": self._binary,
            "call_expression": self._call,
            "class": self._class,
            "class_declaration": self._class,
            "abstract_class_declaration": self._class,
            "super": self._super_owner,
            "for_in_statement": self._for_in,
            "function_declaration": self._function,
            "function_expression": self._function,
            "generator_function": self._function,
            "generator_function_declaration": self._function,
            "identifier": self._identifier,
            "member_expression": self._member,
            "method_definition": self._function,
            "new_expression": self._new,
            "object": self._object,
            "sequence_expression": self._sequence,
            "shorthand_property_identifier": self._identifier,
            "subscript_expression": self._subscript,
            "ternary_expression": self._ternary,
            "this": self._this,
            "throw_statement": self._throw,
            "unary_expression": self._unary,
            "update_expression": self._update,
            "variable_declarator": self._declarator,
            "yield_expression": self._unseen,
            "catch_clause": self._catch,
        }
        for variable in self.names.all:
            self._variable(variable)

    def walk(self, node: Node) -> None:
        """Make the constraints of a piece of the source."""
        make = self._by_node.get(node.type)
        if make is not None:
            make(node)
        elif node.type.endswith("_expression") and node.type not in _PLAIN and strip(node) is node:
            self._unseen(node)
        for child in node.named_children:
            self.walk(child)

    def _unseen(self, node: Node) -> None:
        self.heap.add(node, self.heap.unknown)
        for child in child_nodes(node):
            self.flow.escape(strip(child))
            self.heap.lose(strip(child))

    # ---- names

    def _variable(self, variable: Variable) -> None:
        source, name = self.module.requires.get(id(variable), ("", ""))
        other = self.module.others.get(source)
        if other is not None:
            if not name:
                self.heap.flow(("exports", other), variable)
                name = "default"
            self.heap.watch(("exports", other), lambda site: self.heap.flow(self.heap.key(site, name), variable))
        elif source and not source.startswith(".") and source != SDK:
            self.heap.add(variable, Site(PACKAGE))
        elif source and source not in self.module.data and source != SDK:
            self.heap.add(variable, self.heap.unknown)
        if variable.kind == "global":
            self.heap.add(variable, self.heap.unknown)  # another file may set it
        if variable.kind == "class" and variable.value is not None:
            self.heap.flow(variable.value, variable)
        elif variable.kind == "function" and variable.value is not None:
            self.heap.add(variable, self.flow.function(self.module, variable.value))

    def _identifier(self, node: Node) -> None:
        variable = self.names.of.get(node.id)
        if variable is not None:
            if variable.node is not node:
                self.heap.flow(variable, node)
        elif text_of(node) in ("exports", "module"):
            self.heap.flow(("exports", self.module), node)
        elif text_of(node) in ("global", "globalThis", "arguments"):
            self.heap.add(node, self.heap.unknown)

    def _this(self, node: Node) -> None:
        info = self.module.classes.instance_of(node)
        if info is not None:
            self.heap.flow(("this", info.node), node)
            return
        static = self.module.classes.named(node)
        literal = literal_around(node)
        if static is not None:
            self.heap.flow(static.node, node)
        elif literal is not None:
            self.heap.add(node, self.flow.made(OBJECT, self.module, literal))
            self.heap.flow(("owner", own_function(node)), node)
        elif exports_this(node):
            self.heap.flow(("exports", self.module), node)
        else:
            self.heap.add(node, self.heap.unknown)

    def _super_owner(self, node: Node) -> None:
        at = node.parent
        while at is not None and at.type not in ("class", "class_declaration", "abstract_class_declaration"):
            at = at.parent
        if at is not None:
            self.heap.flow(("this", at), node)

    # ---- bindings

    def bind(self, target: Node, place: Hashable) -> None:
        """Let what gets to a place get to a variable, a pattern or a property."""
        target = strip(target)
        kind = target.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            variable = self.names.of.get(target.id)
            if variable is not None:
                self.heap.flow(place, variable)
            return
        if kind in ("assignment_pattern", "object_assignment_pattern"):
            self.heap.flow(place, target)
            self.heap.flow(field(target, "right"), target)
            self.bind(field(target, "left"), target)
        elif kind in ("required_parameter", "optional_parameter"):
            self.heap.flow(place, target)
            value = maybe_field(target, "value")
            if value is not None:
                self.heap.flow(value, target)
            self.bind(field(target, "pattern"), target)
        elif kind in ("member_expression", "subscript_expression"):
            self._store(target, place, None)
        elif kind in ("object_pattern", "array_pattern"):
            self.heap.flow(place, target)
            for at, part in enumerate(with_holes(target)):
                if part is not None:
                    self._bind_part(target, part, at)

    def _bind_part(self, pattern: Node, part: Node, at: int) -> None:
        inner, name = part, ""
        if part.type == "rest_pattern":
            rest = self.flow.made(OBJECT if pattern.type == "object_pattern" else LIST, self.module, part)
            self.heap.watch(pattern, lambda site: self._rest(site, rest))
            self.heap.add(("rest", part), rest)
            self.bind(child_nodes(part)[0], ("rest", part))
            return
        if pattern.type == "object_pattern":
            key = part
            if part.type == "pair_pattern":
                key, inner = field(part, "key"), field(part, "value")
            elif part.type == "object_assignment_pattern":
                key = field(part, "left")
            name = key_name(key)
        place = ("part", part)
        if name:
            self.heap.watch(pattern, lambda site: self.heap.flow(self.heap.key(site, name), place))
        else:
            self.heap.watch(pattern, lambda site: self.heap.flow(self.heap.item(site, at), place))
        self.heap.watch(place, self._detached)
        self.bind(inner, place)

    def _rest(self, site: Site, rest: Site) -> None:
        if rest.kind == LIST:
            self.heap.flow(self.heap.items(site), self.heap.key(rest, ITEMS))
        else:
            self.heap.spread(site, rest)

    def _declarator(self, node: Node) -> None:
        value = maybe_field(node, "value")
        if value is not None:
            self.bind(field(node, "name"), value)

    def _assignment(self, node: Node) -> None:
        left, right = field(node, "left"), field(node, "right")
        self.heap.flow(right, node)
        if left.type in ("member_expression", "subscript_expression"):
            self._store(left, right, right)
        else:
            self.bind(left, right)

    def _augmented(self, node: Node) -> None:
        left, right = field(node, "left"), field(node, "right")
        sign = text_of(node.child_by_field_name("operator"))
        is_logical = sign in ("||=", "&&=", "??=")
        if is_logical:
            self.heap.flow(right, node)
            self.heap.flow(left, node)
        if left.type in ("member_expression", "subscript_expression"):
            self._store(left, right, node)
        elif is_logical:
            self.bind(left, right)

    def _store(self, target: Node, place: Hashable, value: Node | None) -> None:
        """Put what gets to a place into a property; `value` is the expression, if there is one."""
        owner, name = field(target, "object"), name_of(target)
        what = Stored("value", self.module, value) if value is not None else Stored("type", type=js_type("any"))
        if text_of(owner) == "module" and name == "exports":
            self.heap.flow(place, ("exports", self.module))
            return
        self.heap.watch(owner, lambda site: self.heap.store(site, name, what, place))

    def _for_in(self, node: Node) -> None:
        if text_of(node.child_by_field_name("operator")) == "of":
            place = ("each", node)
            right = field(node, "right")
            if has(node, "await"):  # what a promise gives, or an async generator
                self.heap.add(place, self.heap.unknown)
                self.flow.escape(strip(right))
                self.heap.lose(strip(right))
            else:
                self.each(right, place)
            self.bind(field(node, "left"), place)

    def _catch(self, node: Node) -> None:
        parameter = maybe_field(node, "parameter")
        if parameter is not None:
            self.bind(parameter, THROWN)

    def _throw(self, node: Node) -> None:
        self.heap.flow(strip(child_nodes(node)[0]), THROWN)

    # ---- values

    def _through(self, node: Node) -> None:
        self.heap.flow(strip(child_nodes(node)[0]), node)

    def _sequence(self, node: Node) -> None:
        self.heap.flow(strip(child_nodes(node)[-1]), node)

    def _binary(self, node: Node) -> None:
        if text_of(node.child_by_field_name("operator")) in ("||", "&&", "??"):
            self.heap.flow(field(node, "left"), node)
            self.heap.flow(field(node, "right"), node)

    def _ternary(self, node: Node) -> None:
        self.heap.flow(field(node, "consequence"), node)
        self.heap.flow(field(node, "alternative"), node)

    def _unary(self, node: Node) -> None:
        if has(node, "delete"):
            target = field(node, "argument")
            if target.type in ("member_expression", "subscript_expression"):
                self.heap.deleted.add(name_of(target))

    def _update(self, node: Node) -> None:
        target = field(node, "argument")
        if target.type in ("member_expression", "subscript_expression"):
            self._store(target, node, node)

    def _object(self, node: Node) -> None:
        site = self.flow.made(OBJECT, self.module, node)
        self.heap.add(node, site)
        for part in child_nodes(node):
            if part.type == "spread_element":
                inner = strip(child_nodes(part)[0])
                self.heap.watch(inner, lambda other: self.heap.spread(other, site))
                continue
            if part.type == "pair":
                name, value = key_name(field(part, "key")), field(part, "value")
            elif part.type == "shorthand_property_identifier":
                name, value = text_of(part), part
            else:
                name, value = key_name(part.child_by_field_name("name") or part), part
                if has(part, "get") or has(part, "set"):
                    self.heap.store(site, name, Stored("type", type=js_type("any")))
                    self.heap.add(self.heap.key(site, name), self.heap.unknown)
                    self.flow.escape(part)
                    continue
            site.given.add(name)
            self.heap.store(site, name, Stored("value", self.module, value), value)

    def _array(self, node: Node) -> None:
        site = self.flow.made(LIST, self.module, node)
        self.heap.add(node, site)
        parts = child_nodes(node)
        spread = next((at for at, each in enumerate(parts) if each.type == "spread_element"), len(parts))
        for at, part in enumerate(parts):
            if part.type == "spread_element":
                inner = strip(child_nodes(part)[0])
                self.heap.store(site, ITEMS, Stored("each", self.module, inner))
                self.items(inner, site)
            else:
                name = str(at) if at < spread else ITEMS
                self.heap.store(site, name, Stored("value", self.module, strip(part)), strip(part))

    def _member(self, node: Node) -> None:
        owner, name = field(node, "object"), name_of(node)
        if text_of(owner) == "module" and name == "exports":
            self.heap.flow(("exports", self.module), node)
            return
        self.heap.watch(owner, lambda site: self.heap.flow(self.heap.key(site, name), node))
        if not is_called(node):
            self.heap.watch(node, self._detached)

    def _detached(self, site: Site) -> None:
        """Say that a method may be called without the object that it was read of."""
        if site.kind == FUNCTION:
            self.heap.add(("owner", site.node), self.heap.unknown)

    def _subscript(self, node: Node) -> None:
        if not is_called(node):
            self.heap.watch(node, self._detached)
        name, index = name_of(node), field(node, "index")
        if index.type == "number" and text_of(index).isdecimal():
            at = int(text_of(index))
            self.heap.watch(field(node, "object"), lambda site: self.heap.flow(self.heap.item(site, at), node))
            self.heap.watch(field(node, "object"), lambda site: self.heap.flow(self.heap.key(site, COMPUTED), node))
            return
        key = name if name not in (COMPUTED, ITEMS) else ANYTHING
        self.heap.watch(field(node, "object"), lambda site: self.heap.flow(self.heap.key(site, key), node))

    # ---- functions and classes

    def _function(self, node: Node) -> None:
        site = self.flow.function(self.module, node)
        self.heap.add(node, site)
        for parameter in parameters_of(node):
            if parameter.type == "rest_pattern":
                rest = self.flow.made(LIST, self.module, parameter)
                self.heap.add(("rest", parameter), rest)
                self.bind(child_nodes(parameter)[0], ("rest", parameter))
            else:
                self.bind(parameter, parameter)
        body = maybe_field(node, "body")
        if body is None:
            return
        if body.type != "statement_block":
            self.heap.flow(body, ("returns", node))
        else:
            for each in returns(body):
                for value in child_nodes(each)[:1]:
                    self.heap.flow(strip(value), ("returns", node))
        if "arguments" in text_of(node) or has(node, "*") or node.type.startswith("generator"):
            self.flow.escape(node)
            self.heap.add(("returns", node), self.heap.unknown)


def flow_of(modules: Iterable[Module]) -> Flow:
    """Return the flow through the files of a program."""
    flow = Flow(modules)
    if flow.is_known:
        for module in flow.modules:
            FileFlow(flow, module).walk(module.root)
        flow.solve()
    return flow
