"""Divisors that are not 0: constants, and what the program has tested."""

from __future__ import annotations

from .inference import Types
from .nodes import FUNCTIONS, always_ends, arguments_of, child_nodes, field, maybe_field, strip, text_of
from .syntax import Node

_OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_DEFAULTS = ("assignment_pattern", "object_assignment_pattern")
_BRANCHES = ("ternary_expression", "if_statement")


class Divisors:
    """Finds the divisors of one file that are not 0."""

    def __init__(self, types: Types) -> None:
        self.types = types

    def is_safe(self, node: Node) -> bool:
        """Whether a divisor surely is not 0."""
        node = strip(node)
        if self.types.constant(node) or (self.types.magnitudes.is_fraction(node) and node.type != "call_expression"):
            return True
        if node.type == "binary_expression":
            is_default = text_of(field(node, "operator")) == "||"
            return is_default and bool(self.types.constant(field(node, "right")))
        if node.type == "call_expression":
            is_most = text_of(field(node, "function")) == "Math.max"
            return is_most and any(map(self.types.constant, arguments_of(node)))
        if node.type not in ("identifier", "member_expression"):
            return False
        return (node.type == "identifier" and self._has_default(node)) or _is_tested(node)

    def _has_default(self, node: Node) -> bool:
        """Whether a name has a number that is not 0 where it is given none: ``x || 20``, ``{ x = 20 }``."""
        variable = self.types.names.of.get(node.id)
        if variable is None or not variable.is_constant:
            return False
        pattern = variable.node.parent
        if pattern is not None and pattern.type in _DEFAULTS:
            return bool(self.types.constant(field(pattern, "right")))
        value = strip(variable.value) if variable.value is not None and not variable.patterned else None
        return value is not None and value.type in ("binary_expression", "call_expression") and self.is_safe(value)


def _is_tested(node: Node) -> bool:
    """Whether the program gets to a place only where a value is not 0."""
    name, at, around = text_of(node), node, node.parent
    while around is not None and around.type not in FUNCTIONS:
        if around.type in _BRANCHES:
            for part, is_true in (("consequence", True), ("alternative", False)):
                branch = around.child_by_field_name(part)
                if branch is not None and branch.id == at.id:
                    return _excludes_zero(field(around, "condition"), name, is_true=is_true) or _is_tested(around)
        sign = text_of(around.child_by_field_name("operator")) if around.type == "binary_expression" else ""
        is_right = sign in ("&&", "||") and field(around, "left").id != strip(at).id
        if is_right and _excludes_zero(field(around, "left"), name, is_true=sign == "&&"):
            return True
        if around.type in ("statement_block", "program", "switch_case") and _has_left(around, at, name):
            return True
        at, around = around, around.parent
    return False


def _has_left(block: Node, at: Node, name: str) -> bool:
    """Whether the program has left a block before a place where a value is 0: ``if (!total) return``."""
    for each in child_nodes(block):
        if each.start_byte >= at.start_byte or each.type != "if_statement":
            continue
        is_left = maybe_field(each, "alternative") is None and _leaves(field(each, "consequence"))
        if is_left and _excludes_zero(field(each, "condition"), name, is_true=False):
            return True
    return False


def _leaves(statement: Node) -> bool:
    last = child_nodes(statement)[-1:] if statement.type == "statement_block" else [statement]
    return always_ends(statement) or any(each.type in ("continue_statement", "break_statement") for each in last)


def _excludes_zero(condition: Node, name: str, *, is_true: bool) -> bool:
    """Whether a number is not 0 where a condition is true, or where it is false."""
    condition = strip(condition)
    if text_of(condition) == name:
        return is_true
    if condition.type == "unary_expression" and condition.children[0].type == "!":
        return _excludes_zero(field(condition, "argument"), name, is_true=not is_true)
    if condition.type != "binary_expression":
        return False
    sign, left, right = text_of(field(condition, "operator")), field(condition, "left"), field(condition, "right")
    if sign in ("&&", "||"):
        is_enough = (sign == "&&") == is_true
        return is_enough and any(_excludes_zero(each, name, is_true=is_true) for each in (left, right))
    if text_of(left) != name or right.type != "number" or sign not in _OPPOSITE:
        return False
    sign, number = sign if is_true else _OPPOSITE[sign], float(text_of(right)) if text_of(right).isdecimal() else -1
    if sign in ("!==", "!="):
        return number == 0
    return (sign == ">" and number >= 0) or (sign in (">=", "===", "==") and number > 0)
