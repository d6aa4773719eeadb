"""Functions of ``Math``, and texts of numbers, in Python's own form: for numbers that are known to be finite."""

from __future__ import annotations

from .code import ADD, ATOM, Py, call
from .context import Context, Part
from .extremes import Extremes
from .jstypes import NUMBERS, WHOLE, js_type
from .nodes import arguments_of, field, strip, text_of
from .syntax import Node

_FINITE = js_type("lit nat int real")
_TO_INTEGER = {"Math.floor": "math.floor", "Math.ceil": "math.ceil", "Math.trunc": "math.trunc"}
_EXTREMES = {"Math.max": "max", "Math.min": "min"}


class PlainNumbers(Part):
    """Write ``Math.floor(x)`` as ``math.floor(x)``, and ``total.toFixed(2)`` as an f-string."""

    def __init__(self, context: Context, extremes: Extremes) -> None:
        super().__init__(context)
        self._extremes = extremes
        self._other = context.expressions["call_expression"]
        context.expressions["call_expression"] = self._call

    def _call(self, node: Node) -> Py:
        code = self._plain(node)
        return code if code is not None else self._other(node)

    def _plain(self, node: Node) -> Py | None:
        callee, args = strip(field(node, "function")), arguments_of(node)
        if callee.type != "member_expression" or "?." in text_of(node) or not args:
            return None
        if text_of(field(callee, "property")) == "toFixed":
            return self._fixed(field(callee, "object"), args)
        name = self.module.dotted(callee)
        if not name.startswith("Math.") or any(each.type == "spread_element" for each in args):
            return None
        if name in _EXTREMES and self._extremes.are_plain(node):
            return call(_EXTREMES[name], *map(self.expr, args))
        if name == "Math.abs" and len(args) == 1 and self._is_of(args[0], NUMBERS):
            return call("abs", self.expr(args[0]))
        if len(args) != 1 or not self._is_of(args[0], _FINITE | {"dec"}):  # NaN of the database raises
            return None
        code = self.expr(args[0])
        if name in _TO_INTEGER and not (name == "Math.floor" and self._is_divided(args[0])):
            return code if self._is_of(args[0], WHOLE) else call(_TO_INTEGER[name], code)
        if name != "Math.round":
            return None
        return code if self._is_of(args[0], WHOLE) else call("math.floor", Py(f"{code.at(ADD)} + 0.5", ADD))

    def _is_of(self, node: Node, types: frozenset[str]) -> bool:
        type_ = self.type_of(node)
        return bool(type_) and type_ <= types

    def _is_divided(self, node: Node) -> bool:
        """Whether ``//`` says it better."""
        node = strip(node)
        is_division = node.type == "binary_expression" and text_of(field(node, "operator")) == "/"
        return (
            is_division
            and self._is_of(field(node, "left"), js_type("lit nat"))
            and field(node, "right").type == "number"
        )

    def _fixed(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``owner.toFixed(2)`` of an integer, or of one that a power of ten divides: no half is to be rounded."""
        digits = text_of(args[0])
        if len(args) > 1 or not digits.isdecimal() or int(digits) > 9 or self.module.has_own_method("toFixed"):
            return None
        owner = strip(owner)
        if not self._is_of(owner, WHOLE) and not self._is_tenth(owner, int(digits)):
            return None
        code = self.expr(owner)
        text = str(code)
        if any(each in text for each in "\"'\\{}\n"):
            return None
        return Py(f'f"{{{text}:.{digits}f}}"', ATOM)

    def _is_tenth(self, node: Node, digits: int) -> bool:
        if node.type != "binary_expression" or text_of(field(node, "operator")) != "/":
            return False
        divisor = text_of(field(node, "right"))
        is_power = divisor.strip("0") == "1" and divisor[0] == "1" and 0 < len(divisor) - 1 <= digits
        return is_power and self._is_of(field(node, "left"), WHOLE)
