"""The types of what is calculated."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cached_property

from .jstypes import ALWAYS_TRUE, COUNTED, NIL, NOTHING, NUMBERS, TEXTS, WHOLE, JsType, is_open, js_type
from .magnitudes import Magnitudes
from .method_types import MethodTypes
from .nodes import field, strip, text_of
from .syntax import Node

_EXACT: dict[str, Callable[[int, int], int]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_COMPARISONS = ("===", "!==", "==", "!=", "<", ">", "<=", ">=", "in", "instanceof")


class ArithmeticTypes(MethodTypes):
    """The types of what operators give."""

    def _binary_expression(self, node: Node) -> JsType:
        sign = text_of(node.child_by_field_name("operator"))
        constant = self.constant(node)
        if constant is not None:
            return js_type("lit" if constant < 2**31 else "nat")
        left, right = self.of(field(node, "left")), self.of(field(node, "right"))
        if sign in _COMPARISONS:
            return js_type("bool")
        if sign == "-" and all(self.is_valid_datetime(field(node, each)) for each in ("left", "right")):
            return js_type("int")
        if sign == "||":
            return (left - NIL) | right
        if sign == "&&":
            return right if left <= ALWAYS_TRUE else left | right
        if sign == "??":
            return (left - NIL) | right
        return self.arithmetic(sign, left, right, node)

    def constant(self, node: Node) -> int | None:
        """Return the value of ``24 * 60 * 60 * 1000``, also by the names of constants: from 0 to 2**53."""
        node = strip(node)
        result = None
        if node.type == "number":
            written = text_of(node)
            result = int(written) if written.isdecimal() and len(written) < 16 else None
        elif node.type == "binary_expression":
            combine = _EXACT.get(text_of(node.child_by_field_name("operator")))
            if combine is not None:
                left, right = self.constant(field(node, "left")), self.constant(field(node, "right"))
                result = combine(left, right) if left is not None and right is not None else None
        elif node.type == "identifier":
            variable = self.names.of.get(node.id)
            value = (
                variable.value if variable is not None and variable.kind == "const" and not variable.patterned else None
            )
            if value is not None and strip(value).type in ("number", "binary_expression"):
                result = self.constant(value)
        return result if result is not None and 0 <= result <= 2**53 else None

    def arithmetic(self, sign: str, left: JsType, right: JsType, node: Node) -> JsType:
        """Return the kind of ``left sign right``, which `node` is."""
        if not left or not right:
            return NOTHING
        if sign in ("&", "|", "^", "<<", ">>"):
            return js_type("int")
        if sign == ">>>":
            return js_type("nat")
        if sign == "+":
            if left <= TEXTS or right <= TEXTS:
                return js_type("ascii") if left | right <= js_type("ascii lit nat int bool") else js_type("str")
            if not (left <= NUMBERS and right <= NUMBERS):
                safe = COUNTED | NIL
                return js_type("num") if left <= safe and right <= safe else self._sum(left, right, node)
        if not (left <= NUMBERS and right <= NUMBERS):
            return js_type("num")
        both = left | right
        if sign in "+-" and both <= WHOLE and ("".join(left) == "lit" or "".join(right) == "lit"):
            return js_type("nat") if sign == "+" and both <= js_type("lit nat") else js_type("int")
        if sign == "%" and left <= js_type("lit nat") and right == js_type("lit"):
            return js_type("nat num")
        if sign == "/" and left <= WHOLE and self.constant(field(node, "right")):
            return js_type("real")
        if sign == "*" and both <= js_type("lit real") and "Math.random()" in text_of(node):
            return js_type("real")
        return js_type("num")

    def _sum(self, left: JsType, right: JsType, node: Node) -> JsType:
        """Return the kind of a number and what may be anything: Python adds numbers alone, or raises."""
        is_number = (left <= COUNTED and is_open(right)) or (right <= COUNTED and is_open(left))
        is_plain = is_number and self.facts.is_loud(node) and not self.magnitudes.is_doubled(node)
        return js_type("num") if is_plain else js_type("num str")

    @cached_property
    def magnitudes(self) -> Magnitudes:
        """How large the numbers of the file get."""
        return Magnitudes(self)

    def _augmented_assignment_expression(self, node: Node) -> JsType:
        sign = text_of(node.child_by_field_name("operator"))[:-1]
        left, right = self.of(field(node, "left")), self.of(field(node, "right"))
        return left | right if sign in ("||", "&&", "??") else self.arithmetic(sign, left, right, node)

    def _update_expression(self, node: Node) -> JsType:
        sign, type_ = "+" if "++" in text_of(node) else "-", self.of(field(node, "argument"))
        if type_ and not type_ <= NUMBERS:
            return js_type("num")
        return self.arithmetic(sign, type_, js_type("lit"), node)

    def _unary_expression(self, node: Node) -> JsType:
        sign = node.children[0].type
        if sign == "-":
            argument = strip(field(node, "argument"))
            return (
                js_type("int")
                if argument.type == "number" and self.of(argument) == js_type("lit") and text_of(argument) != "0"
                else js_type("num")
            )
        return {"!": js_type("bool"), "typeof": js_type("ascii"), "void": js_type("undef"), "~": js_type("int")}.get(
            sign, js_type("bool") if sign == "delete" else js_type("num")
        )
