"""``list.sort((a, b) => b.n - a.n)`` as a sort by a key."""

from __future__ import annotations

import re

from .code import ATOM, LAMBDA, UNARY, Py, call
from .context import Part
from .jstypes import JSON, LISTS, NIL, NUMBERS, WHOLE, JsType, is_open, js_type
from .nodes import arguments_of, child_nodes, field, parameters_of, strip, text_of
from .plain_names import name_of
from .syntax import Node

_FINITE = WHOLE | {"real"}
# Of undefined, as of NaN, each comparison is false, and the sign gives NaN
_PLAIN = NUMBERS | js_type("undef bool")
# What may be a number in a string
_OF_PRICES = re.compile(r"price|amount|money|fee|cost|balance|total", re.IGNORECASE)
_OF_TIMES = re.compile(r"time|date|at$|At$|stamp|day", re.IGNORECASE)
# Methods that make a list which nothing else has
_MAKING = {"map", "filter", "slice", "concat", "flat", "flatMap"}
_MAKERS = {"Object.values", "Object.keys", "Object.entries", "Array.from"}


class Sorts(Part):
    """Write sorts by the difference of one expression of both items."""

    def write(self, owner: Node, compare: Node, value: Node | None) -> Py | None:
        """Write the sort of `owner` by a function that gives `value`; None for what no key does.

        A key that is no number has no difference in JavaScript; in Python, its sign or ``float`` raises.
        """
        parameters = parameters_of(compare)
        if value is None or len(parameters) != 2 or any(each.type != "identifier" for each in parameters):
            return None
        item = _compared(value, *map(text_of, parameters))
        if item is None or self.has_node(item, "call_expression", "new_expression") or self.has_assignment(value):
            return None
        is_descending = item.id != strip(field(value, "left")).id
        key = self._key(owner, compare, item, is_descending=is_descending)
        return self._placed(owner, compare, key) if key is not None else None

    def _key(self, owner: Node, compare: Node, item: Node, *, is_descending: bool) -> list[Py] | None:
        """Write the arguments of the sort: a key, and ``reverse=True``."""
        type_ = self.type_of(item)
        is_itself = item.type == "identifier"
        if not type_ or (is_itself and "undef" in type_):
            return None
        if not type_ <= _PLAIN and not self._raises_for_others(item, type_):
            return None
        saved, self.context.prelude = self.context.prelude, []
        self.context.in_lambda += 1
        self.context.within.append(compare)
        try:
            code = self.expr(item)
        finally:
            needed, self.context.prelude = self.context.prelude, saved
            self.context.in_lambda -= 1
            self.context.within.pop()
        if needed or ":=" in code.text:
            return None
        name = self.names.of[parameters_of(compare)[0].id].python
        if type_ <= _FINITE or (type_ <= _PLAIN and not is_descending):
            reverse = [Py("reverse=True")] if is_descending else []
            return [*([] if is_itself else [Py(f"key=lambda {name}: {code.at(LAMBDA)}")]), *reverse]
        if not type_ <= _PLAIN and (not is_descending or _OF_PRICES.search(name_of(item))):
            code = call("float", code)
        sign = "-" if is_descending else ""
        return [Py(f"key=lambda {name}: {sign}{code.at(UNARY if sign else LAMBDA)}")]

    def _raises_for_others(self, item: Node, type_: JsType) -> bool:
        """Whether the key of what is no number raises, where nothing hides that, and no date is likely there."""
        is_number = type_ <= NUMBERS | NIL | {"bool"} and bool(type_ & NUMBERS)
        is_plain = (is_number or (is_open(type_) and type_ <= JSON | NUMBERS)) and self.types.facts.is_loud(item)
        return is_plain and not _OF_TIMES.search(name_of(item))

    def _placed(self, owner: Node, compare: Node, key: list[Py]) -> Py | None:
        """Write the sort in place, or of a list that nothing else has."""
        type_, of_list = self.type_of(owner), strip(owner)
        is_list = bool(type_ & LISTS) and type_ <= LISTS | NIL
        if of_list.type not in ("identifier", "member_expression"):
            return call("sorted", self.expr(owner), *key) if is_list and self._is_new(of_list) else None
        if not is_list and not (type_ & LISTS and type_ <= JSON | LISTS | NUMBERS and self.types.facts.is_loud(owner)):
            return None
        sort = compare.parent.parent if compare.parent is not None else None
        use = sort.parent if sort is not None else None
        code = self.expr(owner)
        in_place = call(f"{code.at(ATOM)}.sort", *key)
        if use is not None and use.type == "expression_statement":
            return in_place
        if use is None or use.type not in ("return_statement", "variable_declarator") or self.context.in_lambda:
            return None
        self.context.prelude.append(in_place.text)
        return code

    def _is_new(self, node: Node) -> bool:
        """Whether a list is made where it is sorted."""
        if node.type == "array":
            return bool(child_nodes(node))
        if node.type != "call_expression":
            return False
        callee = strip(field(node, "function"))
        if self.module.dotted(callee) in _MAKERS:
            return bool(arguments_of(node))
        return callee.type == "member_expression" and text_of(field(callee, "property")) in _MAKING


def _compared(value: Node, first: str, second: str) -> Node | None:
    """Return the expression of the first item in ``a.n - b.n``, or in ``b.n - a.n``; None for anything else."""
    value = strip(value)
    if value.type != "binary_expression" or text_of(field(value, "operator")) != "-":
        return None
    left, right = strip(field(value, "left")), strip(field(value, "right"))
    names = [
        set(re.findall(rf"(?<![\w.$])(?:{re.escape(first)}|{re.escape(second)})\b", text_of(each)))
        for each in (left, right)
    ]
    if names not in ([{first}, {second}], [{second}, {first}]):
        return None
    renamed = re.sub(rf"(?<![\w.$]){re.escape(second)}\b", lambda _: first, text_of(left) + "\n" + text_of(right))
    one, other = renamed.split("\n", 1) if renamed.count("\n") == 1 else ("", "?")
    return (left if names[0] == {first} else right) if one == other else None
