"""Where ``Math.max(0, x)`` is ``max(0, x)``: of numbers that are not NaN, which Python passes over."""

from __future__ import annotations

from .conversions import Conversions
from .jstypes import is_open, js_type
from .nodes import arguments_of, field, strip, text_of
from .plain_signs import PlainSigns
from .syntax import Node
from .variables import Variable

_FINITE = js_type("lit nat int real")
_EXTREMES = ("Math.max", "Math.min")


class Extremes:
    """Decides how ``Math.max`` and ``Math.min`` of one file are written."""

    def __init__(self, signs: PlainSigns, conversions: Conversions) -> None:
        self.signs = signs
        self.types = signs.types
        self.conversions = conversions

    def are_plain(self, call: Node) -> bool:
        """Whether a call is that of Python, or raises there: a string is not compared with a number."""
        args = arguments_of(call)
        if len(args) < 2 or any(each.type == "spread_element" for each in args):
            return False
        if all(map(self._is_known, args)):
            return True
        is_loud = any(map(self._is_known, args)) and self.types.facts.is_loud(call) and not self.signs.sees_signs
        return is_loud and all(self._is_number(each, frozenset()) for each in args)

    def _is_known(self, node: Node) -> bool:
        type_ = self.types.of(node)
        return bool(type_) and type_ <= _FINITE

    def _is_number(self, node: Node, seen: frozenset[int]) -> bool:
        """Whether a value is a finite number, or not compared with one: nothing missing, and no ``True``."""
        node = strip(node)
        if self._is_known(node):
            return True
        if node.type == "binary_expression":
            return self._is_calculated(node, seen)
        if node.type == "ternary_expression":
            return all(self._is_number(field(node, each), seen) for each in ("consequence", "alternative"))
        if node.type == "call_expression":
            name, args = text_of(field(node, "function")), arguments_of(node)
            if name in _EXTREMES:
                return self.are_plain(node)
            if self.signs.rounds_plainly(node):
                return self._is_operand(args[0], seen)
            return bool(args) and "undef" not in self.types.of(args[0]) and self.conversions.is_plain(node)
        variable = self.types.names.of.get(node.id) if node.type == "identifier" else None
        return variable is not None and self._is_made(variable, seen)

    def _is_calculated(self, node: Node, seen: frozenset[int]) -> bool:
        sign, sides = text_of(field(node, "operator")), [field(node, "left"), field(node, "right")]
        if sign in ("||", "??"):
            return all(self._is_number(each, seen) for each in sides)
        if sign not in ("+", "-", "*", "/") or not self.signs.is_plain(node):
            return False
        return all(self._is_operand(each, seen) for each in sides)

    def _is_operand(self, node: Node, seen: frozenset[int]) -> bool:
        """Whether a value is no NaN where something is calculated with it: ``True`` is 1 there."""
        node, type_ = strip(node), self.types.of(node)
        is_there = is_open(type_) and not type_ & js_type("undef num")
        return is_there or self._is_number(node, seen)

    def _is_made(self, variable: Variable, seen: frozenset[int]) -> bool:
        """Whether a variable has such numbers alone."""
        if id(variable) in seen:
            return True
        if variable.value is None or variable.patterned:
            return False
        seen |= {id(variable)}
        for how, written in variable.writes:
            if how != "=" and written.type not in ("update_expression", "augmented_assignment_expression"):
                return False
            if written.type == "augmented_assignment_expression":
                is_sum = text_of(field(written, "operator")) in ("+=", "-=") and self.signs.is_plain(written)
                if not is_sum or not self._is_operand(field(written, "right"), seen):
                    return False
            elif how == "=" and not self._is_number(written, seen):
                return False
        return self._is_number(variable.value, seen)
