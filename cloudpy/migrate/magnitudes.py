"""How large integers get: beyond 2**53 JavaScript rounds a product, and Python does not."""

from __future__ import annotations

from typing import Protocol

from .jstypes import JsType
from .module import Module
from .nodes import FUNCTIONS, arguments_of, field, parameters_of, strip, text_of
from .syntax import Node
from .variables import Variable

_SAFE = 53
# Of a number whose size the source does not show: amounts, counts and pages; and of one that grows in a loop
_USUAL, _GROWTH, _ENDLESS = 25, 20, 999
_BITS = ("&", "|", "^", "<<", ">>", ">>>")
_ASSIGNMENTS = ("assignment_expression", "augmented_assignment_expression")
_ROUNDING = ("Math.floor", "Math.ceil", "Math.round", "Math.trunc", "Math.abs")


class Kinds(Protocol):
    """What is known of the types of a file."""

    module: Module

    def of(self, node: Node | None) -> JsType:
        """Return what an expression can be."""

    def constant(self, node: Node) -> int | None:
        """Return the value of an expression of constants."""


class Magnitudes:
    """Estimates the size of the integers of one file."""

    def __init__(self, types: Kinds) -> None:
        self.types = types
        self.names = types.module.names

    def is_exact(self, left: Node, right: Node) -> bool:
        """Whether the product of two numbers is the same in both languages: small, or of a fraction."""
        return self.is_fraction(left) or self.is_fraction(right) or self._product(left, right, frozenset()) <= _SAFE

    def is_doubled(self, node: Node) -> bool:
        """Whether both sides of a sum are made of earlier sums of this place: it grows as Fibonacci's numbers do."""
        if node.type == "update_expression":
            return False
        left, right = field(node, "left"), field(node, "right")
        at: Node | None = node
        while at is not None and at.type not in FUNCTIONS:
            target = at.child_by_field_name("left") if at.type in _ASSIGNMENTS else None
            target = at.child_by_field_name("name") if at.type == "variable_declarator" else target
            if target is not None:
                parts = target.named_children if target.type == "array_pattern" else []  # ``[a, b] = [b, a + b]``
                written = {target.id, *(each.id for each in parts)}
                targets = {id(self.names.of[each]) for each in written if each in self.names.of}
                if targets:
                    return all(targets & self._sources(side, set()) for side in (left, right))
            at = at.parent
        return all(
            side.type == "call_expression" and self._of_call(side, frozenset()) > _SAFE for side in (left, right)
        )

    def _sources(self, node: Node, found: set[int]) -> set[int]:
        """Return ids of the variables that a value is made of."""
        variable = self.names.of.get(node.id) if node.type == "identifier" else None
        if variable is not None and id(variable) not in found:
            found.add(id(variable))
            values = [written for _, written in variable.writes]
            for each in values if variable.value is None else [variable.value, *values]:
                self._sources(each, found)
        for child in node.named_children:
            self._sources(child, found)
        return found

    def is_fraction(self, node: Node) -> bool:
        """Whether it surely is a float in Python: what is multiplied with it is one, too, or an error."""
        node = strip(node)
        if node.type == "number":
            return "." in text_of(node) and not float(text_of(node).replace("_", "")).is_integer()
        if node.type == "unary_expression":
            return node.children[0].type == "-" and self.is_fraction(field(node, "argument"))
        if node.type == "call_expression":
            return text_of(field(node, "function")) == "Math.random"
        if node.type == "identifier":
            variable = self.names.of.get(node.id)
            value = variable.value if variable is not None and variable.is_constant and not variable.patterned else None
            return value is not None and strip(value).type == "number" and self.is_fraction(value)
        return text_of(node) in ("Math.PI", "Math.E")

    def _product(self, left: Node, right: Node, seen: frozenset[int]) -> int:
        return self._bits(left, seen, in_product=True) + self._bits(right, seen, in_product=True)

    def _bits(self, node: Node, seen: frozenset[int], *, in_product: bool = False) -> int:
        """Return how many bits a number takes, as far as one can tell; 0 for a float.

        Args:
            node: Of the number.
            seen: The variables that it is part of.
            in_product: Whether it is multiplied: what is multiplied again and again has no limit.
        """
        node = strip(node)
        constant = self.types.constant(node)
        if constant is not None:
            return constant.bit_length()
        if self.is_fraction(node):
            return 0
        if node.type == "number":
            return _ENDLESS  # not a decimal integer, or a large one
        if node.type == "identifier":
            variable = self.names.of.get(node.id)
            return self._of_variable(variable, seen, in_product=in_product) if variable is not None else _USUAL
        if node.type == "call_expression":
            return self._of_call(node, seen, in_product=in_product)
        if node.type == "unary_expression":
            return self._bits(field(node, "argument"), seen, in_product=in_product)
        if node.type == "ternary_expression":
            parts = [field(node, "consequence"), field(node, "alternative")]
            return max(self._bits(each, seen, in_product=in_product) for each in parts)
        return self._of_binary(node, seen, in_product=in_product) if node.type == "binary_expression" else _USUAL

    def _of_binary(self, node: Node, seen: frozenset[int], *, in_product: bool) -> int:
        sign, left, right = text_of(node.child_by_field_name("operator")), field(node, "left"), field(node, "right")
        if sign == "*":
            return self._product(left, right, seen)
        if sign == "**":
            return _ENDLESS
        if sign in _BITS:
            return 32
        if sign == "%":
            return self._bits(right, seen)
        if sign == "/":
            return self._bits(left, seen, in_product=in_product)
        sizes = [self._bits(each, seen, in_product=in_product) for each in (left, right)]
        return max(sizes) + (sign in "+-")

    def _of_call(self, node: Node, seen: frozenset[int], *, in_product: bool = False) -> int:
        name, args = text_of(field(node, "function")), arguments_of(node)
        if name in _ROUNDING and args:
            return self._bits(args[0], seen, in_product=in_product)
        called = self.types.module.known_function(field(node, "function"))
        at: Node | None = node
        while at is not None and called is not None:
            if at.id == called.id:
                return _ENDLESS  # it calls itself
            at = at.parent
        return _USUAL

    def _of_variable(self, variable: Variable, seen: frozenset[int], *, in_product: bool) -> int:
        if id(variable) in seen:
            return _ENDLESS if in_product else 0
        if variable.kind == "parameter" and _is_folded(variable):
            return _ENDLESS
        seen |= {id(variable)}
        sizes = [_USUAL if variable.value is None or variable.patterned else self._bits(variable.value, seen)]
        for how, node in variable.writes:
            if how == "=":
                sizes.append(self._bits(node, seen))
            elif node.type == "augmented_assignment_expression":
                is_product = text_of(node.child_by_field_name("operator")) in ("*=", "**=")
                is_endless = is_product and not self.is_fraction(field(node, "right"))
                sizes.append(_ENDLESS if is_endless else self._bits(field(node, "right"), seen) + _GROWTH)
        return max(sizes)


def _is_folded(variable: Variable) -> bool:
    """Whether a parameter is what a function has given before: of ``reduce``, or of a function that calls itself."""
    function = variable.scope.node
    if function.type not in FUNCTIONS:
        return False
    around = function.parent.parent if function.parent is not None and function.parent.type == "arguments" else None
    if around is not None and text_of(around.child_by_field_name("function")).endswith((".reduce", ".reduceRight")):
        return parameters_of(function)[0].id == variable.node.id
    name = function.child_by_field_name("name")
    if name is None and function.parent is not None:
        name = function.parent.child_by_field_name("name")
    return name is not None and f"{text_of(name)}(" in text_of(function.child_by_field_name("body"))
