"""``===`` and ``==``, in Python's signs where they give the same."""

from __future__ import annotations

import re
from collections.abc import Callable

from .code import AND, COMPARE, OR, Py, call, negated, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import ANY, LISTS, NIL, NUMBERS, TEXTS, JsType, js_type
from .nodes import field, string_value, strip, text_of
from .plain_names import is_named_by_digits, is_named_no_list, is_named_plainly, name_of
from .syntax import Node

_COMPARED_ALIKE = NIL | NUMBERS | TEXTS | {"bool", "fn"}
# What is neither an object nor a string, a number or a truth value
_OTHER_THAN_OBJECTS = js_type("undef fn module promise")
_CONTAINED = NUMBERS | TEXTS | LISTS | js_type("bool null obj rec")
_CLASSES = {"string": "str", "boolean": "bool"}
_BASES = ("0x", "0o", "0b")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,14})")
# What JavaScript may read as a number, in a string that is compared with one
_LIKE_NUMBER = re.compile(r"\s*(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?Infinity|0[xXoObB][\da-fA-F]+)?\s*")
_SHORT = 60
_FIXED = ("string", "number", "null", "undefined", "true", "false")
# Names of the platform that have numbers alone
_NUMBER_NAMES = {"length", "errCode", "errcode", "statusCode"}


class Equality(Part):
    """Write comparisons by ``===`` and ``==``.

    Args:
        context: Of the file.
        nullish: Writes a value where null and undefined are one.
    """

    def __init__(self, context: Context, nullish: Callable[[Node], Py]) -> None:
        super().__init__(context)
        self._nullish = nullish

    def write(self, sign: str, left: Node, right: Node) -> Py:
        """Write ``left sign right``."""
        if left.type in _FIXED and right.type not in ("string", "number"):
            left, right = right, left
        is_not = sign[0] == "!"
        typed = self._typeof_test(left, right, is_not=is_not)
        if typed is not None:
            return typed
        if len(sign) == 3:
            return self.strict(left, right, is_not=is_not)
        return self._loose(left, right, is_not=is_not)

    # ---- ===

    def strict(self, left: Node, right: Node, code: Py | None = None, *, is_not: bool = False) -> Py:
        """Write ``left === right``, or ``!==``; `code` is the left side, if it is written already."""
        right_type = self.type_of(right)
        if self._is_nothing(left, right, right_type):
            word = "is not" if is_not else "is"
            return self._compared(code or self.expr(left), word, self.expr(right))
        equals = "!=" if is_not else "=="
        if self._is_text(left) or self._is_text(right):  # in Python, too, only a string equals a string
            first = code or (self._nullish(left) if right.type == "string" else self.expr(left))
            return self._compared(first, equals, self.expr(right))
        if self.is_compared_alike(left, right):
            first = code or (self._nullish(left) if _number(right) else self.expr(left))
            return self._compared(first, equals, self.expr(right))
        number = _number(right)
        if number in ("0", "1") and code is None and self.is_pure(left):
            code = self.expr(left)
        if number in ("0", "1") and code is not None and len(code.text) <= _SHORT:
            boolean = Py("False" if number == "0" else "True")
            first = self._compared(code, equals, Py(number))
            second = self._compared(code, "is" if is_not else "is not", boolean)
            return Py(f"{first} or {second}", OR) if is_not else Py(f"{first} and {second}", AND)
        self._refuse_effects(left, right)
        result = call("js.same", code or self.expr(left), self.expr(right))
        return negated(result) if is_not else result

    def _is_nothing(self, left: Node, right: Node, right_type: JsType) -> bool:
        """Whether the right side is null, undefined, true or false as it stands there, and the left one may be it."""
        if left.type in (*_FIXED, "template_string", "array", "object", "unary_expression", "binary_expression"):
            return False
        is_fixed = right_type in (js_type("null"), js_type("undef"), js_type("bool")) and right.type in _FIXED
        return left.type != "arrow_function" and (is_fixed or text_of(right) == "undefined")

    def is_compared_alike(self, left: Node, right: Node) -> bool:
        """Whether Python's ``==`` is ``===``: no two objects are compared by their content, and no True equals 1."""
        one, other = self.type_of(left), self.type_of(right)
        if _is_other_number(left) or _is_other_number(right):
            return True
        are_named = is_named_plainly(left) or is_named_plainly(right)
        if are_named and not {_number(left), _number(right)} & {"0", "1"}:  # which equal False and True
            return True
        if not one or not other or not (one <= _COMPARED_ALIKE or other <= _COMPARED_ALIKE):
            return False
        may_be_true = (one & {"bool"} and other & NUMBERS) or (other & {"bool"} and one & NUMBERS)
        return not may_be_true

    # ---- ==

    def _loose(self, left: Node, right: Node, *, is_not: bool) -> Py:
        right_type = self.type_of(right)
        equals = "!=" if is_not else "=="
        if (right_type and right_type <= NIL) or text_of(right) == "undefined":
            return self._compared(self._nullish(left), "not in" if is_not else "in", Py("(None, js.UNDEFINED)"))
        if self._is_loosely_alike(left, right):
            return self._compared(self.expr(left), equals, self.expr(right))
        written = string_value(right) if right.type == "string" else _number(right)
        if right.type == "string" and not _LIKE_NUMBER.fullmatch(written):
            return self._compared(self._nullish(left), equals, self.expr(right))
        if right.type == "string" and written == "":
            alike = [(TEXTS, '""'), (NUMBERS | {"bool"}, "0"), (LISTS, "[]")]
            return self._among(left, alike, is_not=is_not)
        if _INTEGER.fullmatch(written) and written != "-0" and not (right.type != "string" and self._is_padded(left)):
            alike = [(NUMBERS | {"bool"}, written), (TEXTS, quoted(written))]
            if right.type == "number" and written == "0":
                alike += [(TEXTS, '""'), (LISTS, "[]")]
            return self._among(left, alike[::-1] if right.type == "string" else alike, is_not=is_not)
        self._refuse_effects(left, right)
        result = call("js.equal", self.expr(left), self.expr(right))
        return negated(result) if is_not else result

    def _is_padded(self, node: Node) -> bool:
        """Whether a value may be another text of a number: "01" of a date that is split, "0.00" of a price."""
        return self._is_text(node) or is_named_by_digits(node)

    def _among(self, left: Node, alike: list[tuple[JsType, str]], *, is_not: bool) -> Py:
        """Write that a value is one of a few, each of which is of certain types."""
        type_ = self.type_of(left) or ANY
        if is_named_no_list(left):
            type_ -= LISTS
        values = [value for types, value in alike if type_ & types] or [value for _, value in alike]
        if len(values) == 1:
            return self._compared(self._nullish(left), "!=" if is_not else "==", Py(values[0]))
        return self._compared(self._nullish(left), "not in" if is_not else "in", Py(f"({', '.join(values)})"))

    def _is_loosely_alike(self, left: Node, right: Node) -> bool:
        """Whether Python's ``==`` is JavaScript's: nothing is made a number first."""
        one, other = self.type_of(left), self.type_of(right)
        counted = NUMBERS | {"bool"}
        if one and other and any(one <= kinds and other <= kinds for kinds in (counted, TEXTS, js_type("bool"))):
            return True
        if (one and one <= counted | NIL and other <= counted and other) or _is_same_kind(one, other):
            return True
        return bool(_number(right)) and name_of(left) in _NUMBER_NAMES

    # ---- both

    def _is_text(self, node: Node) -> bool:
        type_ = self.type_of(node)
        return bool(type_) and type_ <= TEXTS

    def _compared(self, left: Py, sign: str, right: Py) -> Py:
        return Py(f"{left.at(COMPARE + 1)} {sign} {right.at(COMPARE + 1)}", COMPARE)

    def _refuse_effects(self, left: Node, right: Node) -> None:
        if not (self.is_pure(left) or self.is_pure(right)) and left.start_byte > right.start_byte:
            raise Untranslated("a comparison whose sides both have side effects")

    def _typeof_test(self, left: Node, right: Node, *, is_not: bool) -> Py | None:
        if left.type != "unary_expression" or left.children[0].type != "typeof" or right.type != "string":
            return None
        argument, name = field(left, "argument"), string_value(right)
        if argument.type == "identifier" and self.variable_of(argument) is None:
            return None
        if name == "number":
            return self._is_number(argument, is_not=is_not)
        if name == "object":
            test = self._is_object(self.type_of(argument), self.expr(argument), is_pure=self.is_pure(argument))
        elif name in _CLASSES:
            test = call("isinstance", self._nullish(argument), _CLASSES[name])
        elif name == "undefined":
            return self._compared(self.expr(argument), "is not" if is_not else "is", Py("js.UNDEFINED"))
        else:
            test = call("callable", self.expr(argument)) if name == "function" else None
        return negated(test) if is_not and test is not None else test

    def _is_number(self, node: Node, *, is_not: bool) -> Py:
        """Write that a value is a number; Python takes True for one, too."""
        code, type_ = self._nullish(node), self.type_of(node)
        test = call("isinstance", code, "(int, float)")
        if type_ and "bool" not in type_:
            return negated(test) if is_not else test
        if not self.is_pure(node) or len(code.text) > _SHORT:
            test = call("js.is_number", code)
            return negated(test) if is_not else test
        boolean = call("isinstance", code, "bool")
        return Py(f"not {test} or {boolean}", OR) if is_not else Py(f"{test} and not {boolean}", AND)

    def _is_object(self, type_: JsType, code: Py, *, is_pure: bool) -> Py | None:
        """Write that a value is an object, a list or null."""
        if not type_ or type_ & _OTHER_THAN_OBJECTS:
            return None
        if not type_ <= _CONTAINED or ("null" in type_ and not is_pure):
            return negated(call("isinstance", code, "(str, int, float)"))
        test = call("isinstance", code, "(dict, list)")
        return Py(f"{code.at(COMPARE + 1)} is None or {test}", OR) if "null" in type_ else test


def _is_same_kind(one: JsType, other: JsType) -> bool:
    """Whether two values are strings, if they are there at all."""
    return bool(one and other and one <= TEXTS | NIL and other <= TEXTS)


def _number(node: Node) -> str:
    """Return a literal of an integer, with its sign, as Python writes it; empty for all else."""
    node = strip(node)
    if node.type == "unary_expression" and node.children[0].type == "-":
        inner = _number(field(node, "argument"))
        return f"-{inner}" if inner not in ("", "0") and inner[0] != "-" else ""
    return text_of(node) if node.type == "number" and _INTEGER.fullmatch(text_of(node)) else ""


def _is_other_number(node: Node) -> bool:
    """Whether it is a literal of a number that is neither 0 nor 1, which equal False and True in Python."""
    node = strip(node)
    if node.type == "unary_expression" and node.children[0].type == "-":
        node = strip(field(node, "argument"))
        return _is_other_number(node) or text_of(node) == "1"
    written = text_of(node).replace("_", "").lower()
    try:
        return node.type == "number" and (int(written, 0) if written[:2] in _BASES else float(written)) not in (0, 1)
    except ValueError:  # a BigInt
        return False
