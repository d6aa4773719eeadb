"""Values whose text in Python is JavaScript's."""

from __future__ import annotations

from .code import ATOM, Py
from .expected_texts import ExpectedTexts
from .inference import Types
from .jstypes import NUMBERS, SHOWN, TEXTS, WHOLE, js_type
from .nodes import arguments_of, field, has, parameters_of, strip, text_of
from .plain_signs import PlainSigns
from .syntax import Node
from .variables import Variable

# Parts of a Date: integers, or NaN
_PARTS = {"getFullYear", "getMonth", "getDate", "getDay", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}
_PARTS |= {f"getUTC{each[3:]}" for each in _PARTS}
# Python's own, which give integers, as they are written
_WHOLE = ("math.floor(", "math.ceil(", "math.trunc(", "int(", "len(")
# What makes one text of several
_JOINING = {"parenthesized_expression", "binary_expression", "template_substitution", "template_string"}
_JOINED = {"pair", "variable_declarator", "arguments", "return_statement", "assignment_expression", "array"}


class PlainTexts:
    """Decides which values of one file are made texts by ``str()``, or stand in an f-string."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._signs = PlainSigns(types)
        self.expected = ExpectedTexts(types, self._signs)

    def is_plain(self, node: Node, code: Py) -> bool:
        """Whether Python's text of a value is that of JavaScript; `code` is what the value is written as."""
        node = strip(node)
        if self._is_whole(node, frozenset()):
            return True
        return node.type == "call_expression" and code.level == ATOM and code.text.startswith(_WHOLE)

    def _is_whole(self, node: Node, seen: frozenset[int]) -> bool:
        """Whether it is a string, undefined, an integer, or the NaN of an invalid date."""
        node = strip(node)
        type_ = self._types.of(node)
        if type_ and (type_ <= SHOWN or (type_ <= TEXTS | NUMBERS and self._types.narrowing.is_id(node))):
            return True
        if node.type == "call_expression":
            return self._is_part(node) or self._gives_whole(node, seen)
        if node.type == "binary_expression":
            sides = (field(node, "left"), field(node, "right"))
            is_sum = text_of(node.child_by_field_name("operator")) in ("+", "-")
            return is_sum and self._signs.is_plain(node) and all(self._is_counted(each, seen) for each in sides)
        if node.type == "ternary_expression":
            return all(self._is_whole(field(node, each), seen) for each in ("consequence", "alternative"))
        variable = self._types.names.of.get(node.id) if node.type == "identifier" else None
        if variable is None or variable.patterned or any(how != "=" for how, _ in variable.writes):
            return False
        values = self._given(variable) if variable.kind == "parameter" else [variable.value]
        values = [*values, *(each for _, each in variable.writes)] if values else []
        return bool(values) and all(self._is_one(each, seen) for each in values)

    def _is_one(self, value: Node | None, seen: frozenset[int]) -> bool:
        """Whether a value is one of them; of one that refers to itself, the others count."""
        return value is not None and (value.id in seen or self._is_whole(value, seen | {value.id}))

    def _given(self, parameter: Variable) -> list[Node | None]:
        """Return what all callers hand over for a parameter; nothing where they are not known."""
        function = parameter.scope.node
        callers = self._types.facts.flow.callers_of(function)
        places = [at for at, each in enumerate(parameters_of(function)) if each.id == parameter.node.id]
        if not callers or not places or any(each.how != "call" for each in callers):
            return []
        if any(each.module is not self._types.module for each in callers):
            return []
        lists = [arguments_of(each.node) for each in callers]
        if any(each.type == "spread_element" for each in (one for args in lists for one in args)):
            return []
        return [args[places[0]] if places[0] < len(args) else None for args in lists]

    def _gives_whole(self, call: Node, seen: frozenset[int]) -> bool:
        """Whether a function of the file gives nothing else."""
        targets = self._types.targets(strip(field(call, "function")))
        if not targets or any(types is not self._types or types.is_async(function) for types, function in targets):
            return False
        given = [each for _, function in targets for each in self._types.given_by(function)]
        return bool(given) and all(self._is_one(each, seen) for each in given)

    def _is_counted(self, node: Node, seen: frozenset[int]) -> bool:
        type_ = self._types.of(node)
        return bool(type_) and type_ <= WHOLE | {"num"} and self._is_whole(node, seen)

    def _is_part(self, call: Node) -> bool:
        """Whether a call gives an integer: a part of a Date, or a number that Python rounds. Random digits are as good.

        The text of a small random number is another one, ``9e-05``: nobody counts on its digits.
        """
        callee = strip(field(call, "function"))
        if text_of(callee) == "Math.random":
            return not _is_cut(call)
        if self._signs.rounds_plainly(call):
            return True
        if callee.type != "member_expression" or arguments_of(call) or has(callee, "optional_chain"):
            return False
        is_date = self._types.of(field(callee, "object")) == js_type("date")
        return is_date and text_of(field(callee, "property")) in _PARTS


def _is_cut(node: Node) -> bool:
    """Whether the string that a value becomes a part of is asked for its own parts at once."""
    around = node.parent
    while around is not None and around.type in _JOINING:
        around = around.parent
    return around is None or around.type not in _JOINED
