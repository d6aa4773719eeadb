"""Where Python's own signs do what JavaScript's do, or raise."""

from __future__ import annotations

from .divisors import Divisors
from .heap import OUTSIDE
from .inference import Types
from .jstypes import COUNTED, LISTS, TEXTS, is_open, js_type
from .nodes import arguments_of, field, in_parentheses, strip, text_of
from .plain_names import is_named_as_number
from .syntax import Node

ORDER = ("<", "<=", ">", ">=")
_EQUAL = ("===", "!==", "==", "!=")
# UNDEFINED calculates, too
_SURE = COUNTED | {"undef"}
_FINITE = js_type("lit nat int real bool")
_ASCII = js_type("ascii")
_ROUNDING = ("Math.floor", "Math.ceil", "Math.trunc", "Math.round")
_WHOLE_AT_LAST = (*_ROUNDING, "parseInt")
_TIMES = ("Date.now", ".getTime", ".valueOf", "Date.parse", "Date.UTC")
_BINARY = ("binary_expression", "augmented_assignment_expression")


class PlainSigns:
    """Decides how the operators of one file are written.

    A number that is calculated with something else is an error in Python, and another number in JavaScript.
    That is loud, unless a handler of the program takes it. In silence, Python repeats a string or a list that is
    multiplied, and keeps ``2.0``, which is not seen where it is calculated on, or rounded. Two lists are joined, where
    JavaScript makes one text of them: no program wants that.
    """

    def __init__(self, types: Types) -> None:
        self.types = types
        self.divisors = Divisors(types)
        self._magnitudes = types.magnitudes
        self._known: dict[int, bool] = {}
        self._sees_signs: bool | None = None

    def is_plain(self, node: Node) -> bool:
        """Whether a binary operation, ``x += y`` or ``-x`` is written in Python's own sign."""
        if node.id not in self._known:
            self._known[node.id] = False  # where it asks for itself
            self._known[node.id] = self._is_plain(node)
        return self._known[node.id]

    def may_be_counted(self, node: Node, *operands: Node) -> bool:
        """Whether operands are numbers, or an error at the place of `node`."""
        are_sure = all(map(self._is_sure, operands))
        return are_sure or (
            all(self._is_sure(each) or self._is_open(each) for each in operands) and self.types.facts.is_loud(node)
        )

    def _is_sure(self, node: Node) -> bool:
        type_ = self.types.of(node)
        return bool(type_) and type_ <= _SURE

    def _is_open(self, node: Node) -> bool:
        """Whether a value may be anything, or is the sum of what may be."""
        node = strip(node)
        is_sum = node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) == "+"
        return is_open(self.types.of(node)) or (is_sum and self.types.of(node) == js_type("num str"))

    def _is_plain(self, node: Node) -> bool:
        if node.type == "unary_expression":
            return self.may_be_counted(node, field(node, "argument")) and not self.sees_signs
        sign = text_of(node.child_by_field_name("operator"))
        sign = sign if sign in ORDER else sign.removesuffix("=")
        left, right = field(node, "left"), field(node, "right")
        if sign in ORDER and self._is_order_of_texts(node, left, right):
            return True
        if not self.may_be_counted(node, left, right):
            return False
        is_sure = self._is_sure(left) and self._is_sure(right)
        if sign == "-" or sign in ORDER:
            are_named = sign in ORDER and (is_named_as_number(left) or is_named_as_number(right))
            return is_sure or are_named or not self._may_be_dates(node, left, right)
        if sign == "+":
            return not self._magnitudes.is_doubled(node)
        if sign == "*":
            if self.types.constant(node) is not None:
                return True
            if not self._magnitudes.is_exact(left, right) or (self.sees_signs and not self._is_positive(left, right)):
                return False
            is_raising = self._magnitudes.is_fraction(left) or self._magnitudes.is_fraction(right)
            return is_sure or is_raising or self.is_loud_context(node)
        if sign == "/":
            return self.divisors.is_safe(right)
        if sign == "%" and self.types.constant(right):
            return self.types.of(left) <= js_type("lit nat") or self._is_compared(node, _EQUAL, "0")
        return False

    def is_product_of_fraction(self, node: Node) -> bool:
        """Whether ``x * 100`` may be written ``x * 100.0``: that raises where `x` is no number, as a product of floats.

        It is for what is rounded at last.
        """
        sides = [field(node, "left"), field(node, "right")]
        is_literal = any(each.type == "number" and text_of(each).isdecimal() for each in sides)
        return is_literal and self.may_be_counted(node, *sides) and self.is_absorbed(node)

    def _may_be_dates(self, node: Node, left: Node, right: Node) -> bool:
        """Whether dates of documents may be compared, or subtracted without an error of what is done with that."""
        if self._is_open(left) and self._is_open(right):
            around = in_parentheses(node)[1]
            while around is not None and around.type == "binary_expression":
                if text_of(around.child_by_field_name("operator")) in _EQUAL:
                    return True
                around = in_parentheses(around)[1]
            return text_of(node.child_by_field_name("operator")) in ORDER
        for one, other in ((left, right), (right, left)):
            is_sent = "date" not in self.types.of(other) and self.comes_in_event(other)
            if self._is_time(one, frozenset()) and not is_sent:
                return True
        return False

    def comes_in_event(self, node: Node) -> bool:
        """Whether a value comes in the event, which has no dates but those that the program puts there."""
        sites = self.types.sites(strip(node))
        parents = [each.node.parent for each in sites if each.kind == OUTSIDE and each.node is not None]
        of_main = [each for each in parents if each is not None and each.type == "formal_parameters"]
        return 0 < len(of_main) == len(sites)

    def _is_time(self, node: Node, seen: frozenset[int]) -> bool:
        """Whether a number is a point in time, which is compared with numbers and dates alike."""
        node = strip(node)
        if node.type == "binary_expression":
            return self._is_time(field(node, "left"), seen)
        if node.type == "call_expression":
            return text_of(field(node, "function")).endswith(_TIMES)
        variable = self.types.names.of.get(node.id) if node.type == "identifier" else None
        if variable is None or variable.value is None or variable.patterned or id(variable) in seen:
            return False
        return self._is_time(variable.value, seen | {id(variable)})

    def _is_order_of_texts(self, node: Node, left: Node, right: Node) -> bool:
        """Whether two texts are compared, one of which is ASCII: the order of others is by UTF-16 in JavaScript."""
        for one, other in ((left, right), (right, left)):
            type_ = self.types.of(other)
            if self.types.of(one) == _ASCII and type_:
                return type_ <= TEXTS or (is_open(type_) and self.types.facts.is_loud(node))
        return False

    def _is_positive(self, left: Node, right: Node) -> bool:
        return self.types.of(left) | self.types.of(right) <= js_type("lit nat")

    # ---- the sign of 0

    @property
    def sees_signs(self) -> bool:
        """Whether the program may tell -0, which integers of Python do not have, from 0: by dividing by it."""
        if self._sees_signs is None:
            files = self.types.facts.files.values()
            self._sees_signs = any(_sees_sign(each, each.module.root) for each in files if isinstance(each, Types))
        return self._sees_signs

    # ---- what is done with a result

    def is_loud_context(self, node: Node) -> bool:
        """Whether a result is used at once where a string or a list is an error: it must be a number there."""
        inner, around = in_parentheses(node)
        if around is None:
            return False
        if around.type == "variable_declarator":
            variable = self.types.names.of.get(field(around, "name").id)
            if variable is None or not variable.is_constant or variable.patterned:
                return False
            return all(map(self.is_loud_context, variable.reads))
        if around.type in _BINARY:
            sign = text_of(around.child_by_field_name("operator"))
            left, right = field(around, "left"), field(around, "right")
            other = right if left.id == strip(inner).id else left
            if sign in ("||", "??", "&&"):
                return self.is_loud_context(around)
            if sign in ("*", "*="):
                is_raising = self._magnitudes.is_fraction(other) and self.is_plain(around)
                return is_raising or (sign == "*" and self.is_loud_context(around))
            if sign in ("+", "+="):
                is_raising = self._is_number(other) and self.is_plain(around)
                return is_raising or (sign == "+" and self.is_loud_context(around))
            if sign in ORDER:
                return self._is_number(other) and self.is_plain(around)
            return sign in ("-", "-=", "/", "/=") and self.is_plain(around)
        if around.type == "unary_expression":
            return around.children[0].type == "-" and self.is_plain(around)
        if around.type == "ternary_expression":
            return field(around, "condition").id != strip(inner).id and self.is_loud_context(around)
        if around.type == "member_expression":
            return text_of(field(around, "property")) == "toFixed" and _is_called(around)
        if around.type == "arguments" and around.parent is not None:
            return self.rounds_plainly(around.parent) or self._is_count(around.parent)
        return False

    def is_absorbed(self, node: Node) -> bool:
        """Whether it is not seen that a result is 2.0 in Python: it is compared, rounded or calculated on."""
        inner, around = in_parentheses(node)
        if around is None:
            return False
        if around.type == "binary_expression":
            sign = text_of(around.child_by_field_name("operator"))
            if sign in ("||", "??", "&&"):
                return self.is_absorbed(around)
            if sign in (*ORDER, *_EQUAL):
                return True
            if sign in ("+", "-", "*", "/", "%"):
                return not self.is_plain(around) or self.is_absorbed(around)
            return sign in ("&", "|", "^", "<<", ">>", ">>>")
        if around.type == "unary_expression":
            return around.children[0].type == "!" or (
                around.children[0].type == "-" and (not self.is_plain(around) or self.is_absorbed(around))
            )
        if around.type == "ternary_expression":
            return field(around, "condition").id == strip(inner).id or self.is_absorbed(around)
        if around.type == "member_expression":
            return text_of(field(around, "property")) == "toFixed" and _is_called(around)
        call = around.parent if around.type == "arguments" else None
        return call is not None and text_of(call.child_by_field_name("function")) in _WHOLE_AT_LAST

    def rounds_plainly(self, call: Node) -> bool:
        """Whether ``Math.floor(x)`` and the like are those of Python, which refuses texts, NaN and the infinities."""
        if call.type != "call_expression" or text_of(field(call, "function")) not in _ROUNDING:
            return False
        args = arguments_of(call)
        if len(args) != 1 or args[0].type == "spread_element" or self.sees_signs:
            return False
        type_ = self.types.of(args[0])
        if type_ and type_ <= _FINITE:
            return True
        is_counted = self._is_sure(args[0]) or self._is_open(args[0])
        return is_counted and self.types.facts.is_loud(call) and self._is_finite(args[0], frozenset())

    def _is_finite(self, node: Node, seen: frozenset[int]) -> bool:
        """Whether a number is finite where what comes from outside is a number at all."""
        node = strip(node)
        type_ = self.types.of(node)
        if type_ <= _FINITE | {"dec", "undef"} or self._is_open(node):
            return True
        if node.type == "binary_expression":
            sign, right = text_of(node.child_by_field_name("operator")), field(node, "right")
            if sign in ("/", "%") and not self.divisors.is_safe(right):
                return False
            return sign in "+-*/%||??" and self._is_finite(field(node, "left"), seen) and self._is_finite(right, seen)
        if node.type == "unary_expression":
            return node.children[0].type == "-" and self._is_finite(field(node, "argument"), seen)
        if node.type == "call_expression":
            name = text_of(field(node, "function"))
            is_kept = name in (*_ROUNDING, "Math.abs") or (name[:7] in ("Math.mi", "Math.ma"))
            args = arguments_of(node)
            return is_kept and bool(args) and all(self._is_finite(each, seen) for each in args)
        variable = self.types.names.of.get(node.id) if node.type == "identifier" else None
        if variable is None or variable.value is None or variable.patterned or id(variable) in seen:
            return variable is not None and id(variable) in seen
        seen |= {id(variable)}
        for how, written in variable.writes:
            sign = text_of(written.child_by_field_name("operator"))
            if how != "=" and (written.type != "augmented_assignment_expression" or sign not in ("+=", "-=", "*=")):
                return written.type == "update_expression"
            if not self._is_finite(written if how == "=" else field(written, "right"), seen):
                return False
        return self._is_finite(variable.value, seen)

    def _is_compared(self, node: Node, signs: tuple[str, ...], other: str = "") -> bool:
        """Whether a result is compared; with a number of that text, if it is given."""
        inner, around = in_parentheses(node)
        if around is None or around.type != "binary_expression":
            return False
        left, right = field(around, "left"), field(around, "right")
        compared = right if left.id == strip(inner).id else left
        return text_of(around.child_by_field_name("operator")) in signs and (not other or text_of(compared) == other)

    def _is_number(self, node: Node) -> bool:
        """Whether it is a number in Python, too: no product of what may be a string."""
        node = strip(node)
        type_ = self.types.of(node)
        if not type_ or not type_ <= COUNTED:
            return False
        if node.type == "binary_expression":
            sign, sides = text_of(node.child_by_field_name("operator")), [field(node, "left"), field(node, "right")]
            if sign == "*":
                return any(map(self._magnitudes.is_fraction, sides)) or all(map(self._is_number, sides))
            if sign in ("||", "&&", "??"):
                return all(map(self._is_number, sides))
            return sign != "+" or any(map(self._is_number, sides))
        if node.type == "identifier":
            variable = self.types.names.of.get(node.id)
            if variable is not None and variable.is_constant and variable.value is not None and not variable.patterned:
                return self._is_number(variable.value)
        if node.type == "ternary_expression":
            return self._is_number(field(node, "consequence")) and self._is_number(field(node, "alternative"))
        return True

    def _is_count(self, call: Node) -> bool:
        """Whether it is ``.skip(n)`` or ``.limit(n)`` of a query, or a slice, which take an integer alone."""
        callee = call.child_by_field_name("function")
        if callee is None or callee.type != "member_expression":
            return False
        name, type_ = text_of(field(callee, "property")), self.types.of(field(callee, "object"))
        if name == "slice":
            return bool(type_) and type_ <= LISTS
        return name in ("skip", "limit") and type_ in (js_type("query"), js_type("stages"))


def _is_called(member: Node) -> bool:
    call = member.parent
    return call is not None and call.type == "call_expression" and field(call, "function").id == member.id


def _sees_sign(types: Types, node: Node) -> bool:
    """Whether something is divided by what may be -0, or the sign of 0 is asked for."""
    if node.type in _BINARY and text_of(node.child_by_field_name("operator")) in ("/", "/="):
        if _may_be_negative_zero(types, field(node, "right"), frozenset()):
            return True
    elif node.type == "call_expression" and text_of(field(node, "function")) in ("Math.atan2", "Object.is"):
        return True
    return any(_sees_sign(types, child) for child in node.named_children)


def _may_be_negative_zero(types: Types, node: Node, seen: frozenset[int]) -> bool:
    """Whether a divisor may be -0 by what is done in the program: a product, ``-x``, or a remainder."""
    node = strip(node)
    if types.constant(node) is not None or (types.of(node) and types.of(node) <= js_type("lit nat")):
        return False
    if node.type == "binary_expression":
        sign = text_of(node.child_by_field_name("operator"))
        if sign in ("+", "-"):
            return _may_be_negative_zero(types, field(node, "left"), seen)
        if sign in ("||", "??", "&&"):
            return any(_may_be_negative_zero(types, field(node, each), seen) for each in ("left", "right"))
        return sign in ("*", "/", "%", "**")
    if node.type == "unary_expression":
        return node.children[0].type == "-" and node.children[-1].type != "number"
    if node.type == "ternary_expression":
        return any(_may_be_negative_zero(types, field(node, each), seen) for each in ("consequence", "alternative"))
    if node.type == "call_expression" and text_of(field(node, "function")).startswith("Math."):
        return any(_may_be_negative_zero(types, each, seen) for each in arguments_of(node))
    variable = types.names.of.get(node.id) if node.type == "identifier" else None
    if variable is None or id(variable) in seen:
        return False
    seen |= {id(variable)}
    values = [variable.value] if variable.value is not None and not variable.patterned else []
    for how, written in variable.writes:
        if how == "=":
            values.append(written)
        elif text_of(written.child_by_field_name("operator")) in ("*=", "/=", "%="):
            return True
    return any(_may_be_negative_zero(types, each, seen) for each in values)
