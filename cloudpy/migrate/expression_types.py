"""The types of expressions: what each can be, given the types of the variables."""

from __future__ import annotations

from collections.abc import Callable

from .arithmetic_types import ArithmeticTypes
from .contents import Facts
from .heap import COMPUTED, OBJECT, OUTSIDE
from .http_names import http_client
from .jstypes import (
    ANY,
    CALLED,
    DATABASE,
    FUNCTION_RESULTS,
    LISTS,
    NIL,
    NOTHING,
    NUMBERS,
    OBJECTS,
    TEXTS,
    JsType,
    js_type,
    math_type,
)
from .lengths import is_taken_for_list, is_taken_for_text, may_be_text_or_list, tells_emptiness
from .module import Module
from .narrowing import Narrowing
from .nodes import (
    arguments_of,
    child_nodes,
    field,
    optional_links,
    string_value,
    strip,
    text_of,
)
from .packages.kinds import (
    call_type,
    is_translated,
    new_type,
    package_path,
    property_type,
)
from .places import counts_down, random_product
from .promise_types import PromiseTypes
from .syntax import Node

# JSON.stringify gives a string for each
_IN_JSON = LISTS | OBJECTS | TEXTS | NUMBERS | js_type("null bool")
_LITERALS = {
    "template_string": js_type("str"),
    "true": js_type("bool"),
    "false": js_type("bool"),
    "null": js_type("null"),
    "undefined": js_type("undef"),
    "object": js_type("obj"),
    "regex": js_type("regex"),
    "arrow_function": js_type("fn"),
    "function_expression": js_type("fn"),
    "class": js_type("fn"),
}

# What errors have; a value of the SDK's, or none
_OF_ERRORS = {"message": js_type("str"), "errMsg": js_type("str undef"), "errCode": js_type("int undef")}


class ExpressionTypes(ArithmeticTypes, PromiseTypes):
    """The types of the expressions of one file.

    Attributes:
        variables: Id of a variable -> its type, as far as it is known.
    """

    def __init__(self, module: Module, facts: Facts) -> None:
        self.module = module
        self.names = module.names
        self.facts = facts
        self.narrowing = Narrowing(module)
        self.variables: dict[int, JsType] = {}
        self._cache: dict[int, JsType] = {}
        self._by_node: dict[str, Callable[[Node], JsType]] = {
            "array": self._array,
            "this": self._this,
            "assignment_expression": self._assignment_expression,
            "augmented_assignment_expression": self._augmented_assignment_expression,
            "await_expression": self._await_expression,
            "binary_expression": self._binary_expression,
            "call_expression": self._call_expression,
            "identifier": self._identifier,
            "member_expression": self._member_expression,
            "new_expression": self._new_expression,
            "number": self._number,
            "sequence_expression": self._sequence_expression,
            "string": self._string,
            "subscript_expression": self._subscript_expression,
            "ternary_expression": self._ternary_expression,
            "unary_expression": self._unary_expression,
            "update_expression": self._update_expression,
            "shorthand_property_identifier": self._identifier,
        }

    def of(self, node: Node | None) -> JsType:
        """Return what `node` can be; ``ANY`` if nothing is known."""
        if node is None:
            return js_type("undef")
        node = strip(node)
        if node.id in self._cache:
            return self._cache[node.id]
        method = self._by_node.get(node.type)
        result = method(node) if method is not None else _LITERALS.get(node.type, ANY)
        if node.type in ("identifier", "member_expression"):
            result = self.narrowing.narrowed(node, result)
        if any(map(self.may_be_missing, optional_links(node))):
            result |= {"undef"}
        self._cache[node.id] = result
        return result

    def _string(self, node: Node) -> JsType:
        return js_type("ascii") if string_value(node).isascii() else js_type("str")

    def _number(self, node: Node) -> JsType:
        written = text_of(node)
        return js_type("lit") if written.isdecimal() and len(written) < 11 and int(written) < 2**31 else js_type("real")

    def _array(self, node: Node) -> JsType:
        parts = child_nodes(node)
        return (
            js_type("strs")
            if parts
            and all(self.of(part) <= TEXTS and part.type != "spread_element" for part in parts)
            and self._is_fixed(node)
            else js_type("arr")
        )

    def _is_fixed(self, node: Node) -> bool:
        # a list that others may append to does not stay a list of strings
        parent = node.parent
        return parent is not None and (parent.type == "member_expression" or parent.type == "for_in_statement")

    def _identifier(self, node: Node) -> JsType:
        variable = self.names.of.get(node.id)
        if variable is not None:
            type_ = self.variables.get(id(variable), NOTHING)
            is_place = "int" in type_ and type_ <= js_type("lit nat int") and counts_down(node, variable)
            return type_ - {"int"} | {"nat"} if is_place else type_
        return {
            "NaN": js_type("num"),
            "Infinity": js_type("num"),
            "undefined": js_type("undef"),
            "arguments": js_type("arr"),
            "__dirname": js_type("str"),
            "__filename": js_type("str"),
        }.get(text_of(node), js_type("fn"))

    def _assignment_expression(self, node: Node) -> JsType:
        return self.of(field(node, "right"))

    def _ternary_expression(self, node: Node) -> JsType:
        return self.of(field(node, "consequence")) | self.of(field(node, "alternative"))

    def _sequence_expression(self, node: Node) -> JsType:
        return self.of(child_nodes(node)[-1])

    def _await_expression(self, node: Node) -> JsType:
        return self.awaited(strip(child_nodes(node)[0]))

    def _member_expression(self, node: Node) -> JsType:
        owner, name = field(node, "object"), text_of(field(node, "property"))
        type_ = self.of(owner)
        if type_ and type_ <= DATABASE:
            plain = type_ == js_type("cmd") or name in ("command", "Geo")
            return js_type("cmd") if plain else js_type("fn")
        result = self.result(owner)
        if result is not None and name in result and name not in self.names.put:
            return result[name]
        if owner.type == "member_expression" and name not in self.names.put:
            result = self.result(field(owner, "object")) or {}
            inner = f"{text_of(field(owner, 'property'))}.{name}"
            if inner in result:
                return result[inner]
        result = self.accumulated(owner)
        if result is not None and name in result and name not in self.names.put:
            made = {each for each in self.sites(owner) if each.kind == OBJECT}
            if all(each.kind in (OBJECT, OUTSIDE) for each in self.sites(owner)):
                return result[name] | self.property(js_type("obj"), made, name)
        foreign = self._foreign_member(owner, name)
        if foreign:
            return foreign
        if name == "length" and type_ and (type_ <= TEXTS | LISTS | {"bytes"} or self.is_plain_length(node)):
            return js_type("lit")
        if self.module.dotted(node) in ("Math.PI", "Math.E"):
            return js_type("real")
        if name in _OF_ERRORS and type_ == js_type("err"):
            return _OF_ERRORS[name] if name not in self.names.put else ANY
        value = self.module.property_value(node)
        if value is not None:
            return self.of(value)
        packaged = property_type(type_, name)
        return packaged if packaged is not None else self.property(type_, self.sites(owner), name)

    def is_plain_length(self, node: Node) -> bool:
        """Whether ``owner.length`` is written ``len(owner)``, of what may be a string or a list, or an error."""
        owner = field(node, "object")
        type_ = self.of(owner)
        if type_ & LISTS and type_ <= LISTS | NIL:
            return True
        if not may_be_text_or_list(self.module, owner, type_) or not self.facts.is_loud(node) or optional_links(node):
            return False
        return tells_emptiness(node) or is_taken_for_list(self.module, owner) or is_taken_for_text(self.module, owner)

    def _foreign_member(self, owner: Node, name: str) -> JsType:
        source, what = self.module.source_of(owner)
        found = self.module.export_of(source, name) if not what else None
        return self.facts.files[found[0]].of(found[1]) if found is not None else NOTHING

    def _subscript_expression(self, node: Node) -> JsType:
        owner, index = field(node, "object"), field(node, "index")
        type_, sites = self.of(owner), self.sites(owner)
        if index.type == "string":
            return self.property(type_, sites, string_value(index))
        if type_ - NIL <= LISTS | TEXTS and (type_ - NIL <= TEXTS or self.of(index) <= NUMBERS):
            place = int(text_of(index)) if index.type == "number" and text_of(index).isdecimal() else -1
            item = self.items(type_, sites, place)
            if place >= 0 and type_ <= LISTS - {"arr"} and self.narrowing.has_item(owner, place):
                return item - {"undef"} or item
            return item | js_type("undef") if place < 0 or type_ - NIL != {"arr"} else item
        return self.property(type_, sites, COMPUTED)

    def may_be_missing(self, link: Node) -> bool:
        """Whether there may be nothing before a ``?.``."""
        owner = link.child_by_field_name("object")
        type_ = self.of(owner) if owner is not None else ANY
        return bool(type_ - OBJECTS - LISTS) or (not type_ and self.facts.is_settled)

    def surely_has(self, owner: Node, place: int) -> bool:
        """Whether a list surely has an item at a place: it was made so, or the program has asked for its length."""
        type_ = self.of(owner)
        return self.has_item(type_, self.sites(owner), place) or (
            type_ <= LISTS and self.narrowing.has_item(owner, place)
        )

    def _new_expression(self, node: Node) -> JsType:
        name = text_of(field(node, "constructor"))
        info = self.module.classes.named(field(node, "constructor"))
        if info is not None:
            return js_type("err") if self.module.classes.is_error(info) else js_type("inst")
        packaged = new_type(self.module, node, self.of)
        if packaged is not None:
            return packaged
        if self.of(field(node, "constructor")) == js_type("cmd"):
            return js_type("cmd")  # new db.Geo.Point(…)
        return {
            "Date": js_type("date"),
            "Map": js_type("map"),
            "Set": js_type("set"),
            "WeakMap": js_type("map"),
            "WeakSet": js_type("set"),
            "Promise": js_type("promise"),
            "RegExp": js_type("regex"),
            "Array": js_type("arr"),
            "Object": js_type("obj") if not arguments_of(node) else CALLED,
        }.get(name, js_type("err") if name.endswith("Error") else CALLED)

    def _call_expression(self, node: Node) -> JsType:
        callee = strip(field(node, "function"))
        if self.module.is_cloud_call(node) or http_client(self.module, node):
            return js_type("promise")
        if callee.type == "member_expression":
            type_, step = self.of(field(callee, "object")), text_of(field(callee, "property"))
            if not type_ and not self.facts.is_settled:
                return NOTHING  # of a variable whose values are still to be found: query = query.where(…)
            if type_ and type_ <= DATABASE:
                return self.step_type(type_, step)
            if type_ & DATABASE and type_ <= DATABASE | NIL:  # of null there is an error, no result
                return self.step_type(type_ - NIL, step)
            if step == "database" and self.module.is_cloud(callee):
                return js_type("db")
        packaged = call_type(self.module, node, self.of)
        if packaged is not None:
            return packaged
        if callee.type == "identifier" and self.of(callee) == js_type("next"):
            return js_type("promise")
        name = self.module.dotted(callee)
        if name == "JSON.stringify" and len(given := arguments_of(node)) == 1 and self.of(given[0]):
            return js_type("str") if self.of(given[0]) <= _IN_JSON else js_type("str undef")
        if name == "JSON.parse" and len(arguments_of(node)) > 1:
            return CALLED
        if name == "String" and (given := arguments_of(node)) and self.of(given[0]) <= NUMBERS | {"bool", "ascii"}:
            return js_type("ascii") if self.of(given[0]) else NOTHING
        count = self.of(product) if (product := random_product(node)) is not None else NOTHING
        if count and count <= js_type("lit nat"):
            return count
        if name in FUNCTION_RESULTS or name.startswith("Math."):
            return FUNCTION_RESULTS.get(name) or math_type(name, [self.of(each) for each in arguments_of(node)])
        if name.startswith("Promise."):
            return js_type("promise")
        if name.endswith(".getWXContext") and self.module.is_cloud(callee):
            return js_type("rec")
        package = package_path(self.module, callee)[0]
        if package and not is_translated(package):
            return self.json
        targets = self.targets(callee)
        if targets:
            result = NOTHING
            for types, function in targets:
                result |= types.returned(function)
            return result
        known = self.module.known_function(callee) or self.module.known_method(callee)
        if known is not None and known.id in self.names.scopes:
            return self.returned(known)
        if callee.type == "member_expression":
            return self.method_type(field(callee, "object"), text_of(field(callee, "property")), node)
        return CALLED

    def _this(self, node: Node) -> JsType:
        info = self.module.classes.instance_of(node)
        if info is None:
            return js_type("fn") if self.module.classes.named(node) is not None else js_type("obj undef")
        return js_type("err") if self.module.classes.is_error(info) else js_type("inst")
