"""Numbers and JSON made of other values: ``float(x)``, ``int(x)``, where what Python refuses is not gone on with."""

from __future__ import annotations

from .code import Py, call
from .context import Context, Part
from .jstypes import is_open, js_type
from .nodes import arguments_of, child_nodes, field, strip, text_of
from .syntax import Node

_MADE = {"Number": "float", "parseFloat": "float", "Number.parseFloat": "float"}
_MADE |= {"parseInt": "int", "Number.parseInt": "int"}
_SIGNS = ("+", "-", "*", "/", "%")
_ASKED = ("isNaN", "isFinite", "Boolean")
_STATEMENTS = ("if_statement", "while_statement", "switch_statement", "for_statement")


class Conversions(Part):
    """Write ``Number(x)``, ``parseInt(x)`` and ``JSON.stringify(x)`` in Python's own form."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._other = context.expressions["call_expression"]
        context.expressions["call_expression"] = self._call

        self._unary = context.expressions["unary_expression"]
        context.expressions["unary_expression"] = self._signed

    def _signed(self, node: Node) -> Py:
        argument = field(node, "argument")
        code = self._number("Number", node, argument) if node.children[0].type == "+" else None
        return code if code is not None else self._unary(node)

    def _call(self, node: Node) -> Py:
        code = self._plain(node)
        return code if code is not None else self._other(node)

    def _plain(self, node: Node) -> Py | None:
        name, args = self.module.dotted(strip(field(node, "function"))), arguments_of(node)
        if not args or any(each.type == "spread_element" for each in args):
            return None
        if name == "JSON.stringify":
            return self._json(node, args)
        if name not in _MADE or (len(args) > 1 and text_of(args[1]) != "10") or "?." in text_of(node):
            return None
        return self._number(name, node, args[0])

    def _number(self, name: str, node: Node, value: Node) -> Py | None:
        """Write a number made of what may be a string; one that is not written as a number is an error."""
        return call(_MADE[name], self.expr(value)) if self._makes(name, node, value) else None

    def is_plain(self, node: Node) -> bool:
        """Whether a call is written ``float(x)`` or ``int(x)``."""
        name, args = self.module.dotted(strip(field(node, "function"))), arguments_of(node)
        return name in _MADE and len(args) == 1 and self._makes(name, node, args[0])

    def _makes(self, name: str, node: Node, value: Node) -> bool:
        if not is_open(self.type_of(value)) or not self.types.facts.is_loud(node):
            return False
        return self._is_number(node, frozenset(), _MADE[name])

    def _is_number(self, node: Node, seen: frozenset[int], made: str) -> bool:
        """Whether a result is not asked for NaN: by ``||``, ``isNaN``, a condition or a comparison."""
        around = node.parent
        while around is not None and strip(around).id == strip(node).id:
            around = around.parent
        if around is None:
            return False
        target = {"variable_declarator": "name", "assignment_expression": "left"}.get(around.type)
        if target is not None:
            variable = self.names.of.get(field(around, target).id)
            if variable is None or id(variable) in seen:
                return variable is not None
            seen |= {id(variable)}
            return all(self._is_number(each, seen, made) for each in variable.reads)
        if around.type in ("binary_expression", "augmented_assignment_expression"):
            sign = text_of(field(around, "operator")).removesuffix("=")
            if sign in _SIGNS:
                return self._is_number(around, seen, made)
            return made == "float" and sign in ("<", ">") and not _is_denied(around)  # undefined is NaN there, too
        if around.type == "arguments" and around.parent is not None:
            called = text_of(around.parent.child_by_field_name("function"))
            if called.startswith("Math."):
                return self._is_number(around.parent, seen, made)
            return called not in _ASKED and not called.startswith("Number.")
        if around.type == "unary_expression":
            return around.children[0].type == "-" and self._is_number(around, seen, made)
        if around.type == "parenthesized_expression" or around.type in _STATEMENTS:
            return False
        return around.type != "ternary_expression" or (
            strip(field(around, "condition")).id != strip(node).id and self._is_number(around, seen, made)
        )

    def _json(self, node: Node, args: list[Node]) -> Py | None:
        value = strip(args[0])
        if len(args) == 1 and value.type in ("object", "array") and not child_nodes(value):
            return Py('"{}"' if value.type == "object" else '"[]"')
        if node.id not in self.context.shown or len(args) == 2:
            return None
        if len(args) == 3 and not (text_of(args[1]) == "null" and self.type_of(args[2]) == js_type("lit")):
            return None
        more = [f"indent={self.expr(args[2])}"] if len(args) == 3 else []
        return call("json.dumps", self.expr(args[0]), "ensure_ascii=False", *more, "default=str")


def _is_denied(comparison: Node) -> bool:
    """Whether a comparison is asked for what NaN gives: ``!(price > 0)``."""
    around = comparison.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around is not None and around.type == "unary_expression"
