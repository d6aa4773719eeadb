"""Operators, truth and conditions."""

from __future__ import annotations

import re
from collections.abc import Callable

from .code import ADD, AND, ATOM, COMPARE, MUL, NOT, OR, ORDERED, TERNARY, UNARY, Py, attribute, call, negated, quoted
from .context import Context, Part
from .diagnostics import DATE_TEXT, POWER_RISK, Untranslated, untranslated
from .equality import Equality
from .failures import Failures
from .items import Items
from .jstypes import ALWAYS_TRUE, NUMBERS, OBJECTS, TEXTS, JsType, js_type
from .nodes import INBORN, field, optional_links, strip, text_of
from .packages.kinds import package_path
from .packages.tables import VALUES
from .plain_signs import PlainSigns
from .requires import chosen
from .syntax import Node
from .truths import Truths

_HELPERS = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "rem", "**": "power", "&": "bit_and", "|": "bit_or"}
_HELPERS |= {"^": "bit_xor", "<<": "shift_left", ">>": "shift_right", ">>>": "shift_right_unsigned"}
_ORDER = {"<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal"}
_NARROW, _WIDE = 60, 400
# What may be made before it is known whether it is needed: literals
_CONSTANT = re.compile(r"""-?\d[\d.]*|"[^"\\]*"|None|True|False|\[\]|\{\}|UNDEFINED""")
_BOOLS = re.compile(r"(?:js\.truthy|js\.is_nil|isinstance|any|all|bool)\([^()]*\)")

# What Node itself declares
CALLABLE = {"require", "Buffer", "Promise", "setTimeout", "URL", "Map", "Set", "Date", "Symbol"}
PLATFORM = CALLABLE | {"process", "module", "exports", "console", "global", "globalThis", "JSON", "Math"}

# What is false of an empty list or dict, and what is true
_VALUE = r"len\((?P<of>[\w.]+(?:\[[^\[\]()]+\])*)\)"
_LENGTHS = re.compile(rf"{_VALUE}(?: > \d+| (?:>=|==) [1-9]\d*)?(?= and |$)")
_NO_LENGTHS = re.compile(rf"(not )?{_VALUE}(?(1)| (?:== 0|<= \d+|(?:<|!=) [1-9]\d*))(?= or |$)")
_LAST = re.compile(r"(?:.* (?:and|or) )?(?:not )?")


class Operators(Part):
    """Write operators: arithmetic, comparison, logic.

    Attributes:
        optional: Writes ``a?.b`` where null and undefined are one; None where it has no short form.
    """

    optional: Callable[[Node], Py | None]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.failures = Failures(context)
        self.items = Items(context)
        self.signs = PlainSigns(context.types)
        self.truths = Truths(context.types)
        self.equality = Equality(context, self.nullish)
        context.expressions |= {
            "binary_expression": self._binary_expression,
            "unary_expression": self._unary_expression,
            "ternary_expression": self._ternary_expression,
        }

    def nullish(self, node: Node) -> Py:
        node = strip(node)
        if node.type == "member_expression" and not optional_links(node):
            owner, name = field(node, "object"), text_of(field(node, "property"))
            value = self.module.property_value(node)
            type_ = self.type_of(owner)
            if value is None and type_ == js_type("obj") and name not in INBORN:
                return Py(f"{self.expr(owner).at(ATOM)}.get({quoted(name)})")
            code = attribute(self.expr(owner), name, "None") if type_ == js_type("err") else None
            if code is not None:
                return code
        return self.optional(node) or self.expr(node)

    def condition(self, node: Node) -> Py:
        node = strip(node)
        if node.type == "unary_expression" and node.children[0].type == "!":
            inner = strip(field(node, "argument"))
            if inner.type == "unary_expression" and inner.children[0].type == "!":
                return self.condition(field(inner, "argument"))
            return negated(self.condition(inner))
        if node.type == "binary_expression":
            sign = text_of(node.child_by_field_name("operator"))
            if sign in ("&&", "||"):
                level, word = (AND, "and") if sign == "&&" else (OR, "or")
                first = field(node, "left")
                if sign == "&&" and self.type_of(first) and self.type_of(first) <= ALWAYS_TRUE and self.is_pure(first):
                    return self.condition(field(node, "right"))
                left, right = self.condition(first), self.condition(field(node, "right"))
                if right.level >= level:
                    left = _counted(left, right, _LENGTHS if sign == "&&" else _NO_LENGTHS)
                return Py(f"{left.at(level)} {word} {right.at(level + 1)}", level)
        item = self.items.is_there(node)
        if item is not None:
            return item
        type_ = self.type_of(node)
        if type_ == js_type("bool"):
            return self.expr(node)
        if self.truths.is_plain(node):
            return self.nullish(node)
        if self.types.is_result(node):
            return self.expr(node)
        for word, value in (("null", "None"), ("undef", "js.UNDEFINED")):
            if word in type_ and type_ - {word} <= ALWAYS_TRUE and len(type_) > 1:
                return Py(f"{self.expr(node).at(COMPARE + 1)} is not {value}", COMPARE)
        return call("js.truthy", self.nullish(node))

    def _binary_expression(self, node: Node) -> Py:
        sign = text_of(node.child_by_field_name("operator"))
        left, right = field(node, "left"), field(node, "right")
        if sign in ("&&", "||", "??"):
            return self._logical(sign, left, right)
        if sign in ("===", "!==", "==", "!="):
            return self.equality.write(sign, left, right)
        if sign in _ORDER:
            return self._order(sign, node)
        if sign == "in":
            is_text = left.type == "string" and self.type_of(right) and self.type_of(right) <= OBJECTS
            if is_text or self.context.lookups.takes(self.types, right, left):
                return Py(f"{self.expr(left)} in {self.expr(right).at(COMPARE + 1)}", COMPARE)
            return (
                call("js.has", self.expr(right), self.expr(left))
                if self.is_pure(left)
                else untranslated("`in` after a call that has side effects")
            )
        if sign == "instanceof":
            return self._instance(left, right)
        if sign == "+" and node.id in self.context.shown:
            self.context.shown |= {strip(left).id, strip(right).id}
        return self.arithmetic(sign, self.expr(left), self.expr(right), node, is_shown=node.id in self.context.shown)

    def _logical(self, sign: str, left: Node, right: Node) -> Py:
        """Write ``a || b || c``, from its end on: each operand is written once, or bound to a name."""
        before = [left]
        while before[-1].type == "binary_expression" and text_of(before[-1].child_by_field_name("operator")) == sign:
            last = before.pop()
            before += [field(last, "right"), field(last, "left")]
        code, type_ = self.expr(right), self.type_of(right)
        for each in before:
            code = self._either(sign, each, code, type_)
            type_ |= self.type_of(each)
        return code

    def _either(self, sign: str, left: Node, other: Py, right_type: JsType) -> Py:
        """Write ``left sign other``, the rest being there already."""
        type_ = self.type_of(left)
        if type_ | right_type == js_type("bool") and sign != "??":
            level, word = (AND, "and") if sign == "&&" else (OR, "or")
            return Py(f"{self.expr(left).at(level)} {word} {other.at(level)}", level)
        if sign == "||" and self.truths.is_plain(left):
            code = self.nullish(left)
            is_whole = other.text == "0" and code.text.startswith("len(") and code.level == ATOM  # rows?.length || 0
            return code if is_whole else Py(f"{code.at(OR)} or {other.at(OR)}", OR)
        if sign == "&&" and self.truths.is_plain(left):
            return Py(f"{self.expr(left).at(AND)} and {other.at(AND)}", AND)
        if type_ and type_ <= ALWAYS_TRUE and sign != "&&":
            return self.expr(left)
        if sign == "||" and _CONSTANT.fullmatch(other.text):
            return call("js.either", self.nullish(left), other)
        test = "js.is_nil" if sign == "??" else "js.truthy"
        question, value = self.nullish(left), self.expr(left)
        if self.is_pure(left) and len(value.text) <= (_WIDE if self.context.in_lambda else _NARROW):
            value = question if sign != "&&" else value
            tested = f"{test}({question})"
        else:
            if self.context.in_lambda:
                raise Untranslated("a value used twice inside a lambda")
            name = self.unique_name("value")
            tested, value = f"{test}({name} := {value.at(TERNARY)})", Py(name)
        if sign == "||":
            return Py(f"{value.at(OR)} if {tested} else {other.at(TERNARY)}", TERNARY)
        if other.level == TERNARY:
            return Py(f"{value.at(OR)} if not {tested} else {other}", TERNARY)
        return Py(f"{other.at(OR)} if {tested} else {value.at(TERNARY)}", TERNARY)

    def _order(self, sign: str, node: Node) -> Py:
        one, other = self.expr(field(node, "left")), self.expr(field(node, "right"))
        if self.signs.is_plain(node):
            return Py(f"{one.at(COMPARE + 1)} {sign} {other.at(COMPARE + 1)}", COMPARE)
        return call(f"js.{_ORDER[sign]}", one, other)

    def _instance(self, left: Node, right: Node) -> Py:
        name = text_of(right)
        if self.module.classes.named(right) is not None:
            return call("isinstance", self.expr(left), self.expr(right))
        methods = {"Error": "Exception", "Array": "list", "RangeError": "js.RangeError"}
        methods["TypeError"] = "(TypeError, LookupError, AttributeError)"  # what brackets and get raise
        methods |= {"Date": "js.Date", "Map": "js.Map", "Set": "js.Set", "Buffer": "bytes"}
        package, path = package_path(self.module, right)
        if path in VALUES.get(package, {}):
            return call("isinstance", self.expr(left), VALUES[package][path])
        if name not in methods or name in self.names.root.names:
            raise Untranslated(f"instanceof {name} is not translated")
        return call("isinstance", self.expr(left), methods[name])

    def arithmetic(self, sign: str, one: Py, other: Py, node: Node, *, is_shown: bool = False) -> Py:
        """Write ``one sign other``, the sides of `node`, in Python's own signs where that does the same, or raises."""
        left, right = field(node, "left"), field(node, "right")
        left_type, right_type = self.type_of(left), self.type_of(right)
        if sign == "+" and js_type("date") in (left_type, right_type):
            raise Untranslated(DATE_TEXT)
        if sign == "+" and ((left_type and left_type <= TEXTS) or (right_type and right_type <= TEXTS)):
            first, second = self._as_text(left, one, is_shown), self._as_text(right, other, is_shown)
            return Py(f"{first.at(ADD)} + {second.at(MUL)}", ADD)
        if self.signs.is_plain(node):
            level = ADD if sign in "+-" else MUL
            return Py(f"{one.at(level)} {sign} {other.at(level + 1)}", level)
        if sign == "*" and self.signs.is_product_of_fraction(node):
            first, second = (Py(f"{code}.0") if code.text.isdecimal() else code for code in (one, other))
            return Py(f"{first.at(MUL)} * {second.at(UNARY)}", MUL)
        if sign == "**":
            self.caveat(left, POWER_RISK)
        if sign == "+" and left.type == "binary_expression" and one.text.startswith("js.add(") and one.level == ATOM:
            return Py(f"{one.text[:-1]}, {other.at(TERNARY)})")  # a sum of many
        return call(f"js.{_HELPERS[sign]}", one, other)

    def _as_text(self, node: Node, code: Py, is_shown: bool) -> Py:
        type_ = self.type_of(node)
        if (type_ and type_ <= TEXTS) or code.text.startswith("json.dumps("):
            return code
        if not is_shown and self.context.plain_texts.expected.has(node):
            return code
        is_plain = is_shown or self.context.plain_texts.is_plain(node, code)
        return call("str" if is_plain else "js.text", code)

    def _unary_expression(self, node: Node) -> Py:
        sign, argument = node.children[0].type, field(node, "argument")
        if sign == "!":
            code, inner = self.condition(node), strip(argument)
            is_twice = inner.type == "unary_expression" and inner.children[0].type == "!"
            return call("bool", code) if is_twice and not _is_bool(code) else code
        if sign == "-":
            if argument.type == "number" and text_of(argument) != "0":
                return Py(f"-{self.expr(argument)}", UNARY)
            is_part = node.parent is not None and node.parent.type == "binary_expression"
            if self.signs.is_plain(node) and not (is_part and argument.type == "number"):
                return Py(f"-{self.expr(argument).at(UNARY)}", UNARY)
            return call("js.neg", self.expr(argument))
        if sign == "+":
            return (
                self.expr(argument)
                if self.type_of(argument) and self.type_of(argument) <= NUMBERS
                else call("js.number", self.expr(argument))
            )
        if sign == "~":
            return call("js.bit_not", self.expr(argument))
        if sign == "typeof":
            if argument.type == "identifier" and self.variable_of(argument) is None:
                if self.failures.is_undeclared(argument):
                    return Py('"undefined"')
                if text_of(argument) in PLATFORM:
                    return Py(quoted("function" if text_of(argument) in CALLABLE else "object"))
                raise Untranslated(f"typeof {text_of(argument)}, a name that is not declared")
            code = self.expr(argument)
            return (
                Py(f"{call('type', code)}.__name__", ATOM) if node.id in self.context.shown else call("js.typeof", code)
            )
        if sign == "delete" and argument.type in ("member_expression", "subscript_expression"):
            if optional_links(argument):
                raise Untranslated("delete of an optional chain")
            key = (
                Py(quoted(text_of(field(argument, "property"))))
                if argument.type == "member_expression"
                else self.expr(field(argument, "index"))
            )
            return call("js.delete", self.expr(field(argument, "object")), key)
        if sign == "void" and self.is_pure(argument):
            return Py("js.UNDEFINED")
        raise Untranslated(f"{sign} is not translated here")

    def _ternary_expression(self, node: Node) -> Py:
        value = chosen(node, self.module.is_cloud)
        if value.id != node.id:
            return self.expr(value)
        test = self.condition(field(node, "condition"))
        yes, no = self.expr(field(node, "consequence")), self.expr(field(node, "alternative"))
        return Py(f"{yes.at(OR)} if {test.at(OR)} else {no.at(TERNARY)}", TERNARY)


def _counted(left: Py, right: Py, lengths: re.Pattern[str]) -> Py:
    """Write ``js.truthy(x) and len(x) > 0`` without the helper: for an empty value the length alone decides."""
    match = lengths.match(right.text)
    truth = f"js.truthy({match['of']})" if match else ""
    before = left.text.removesuffix(truth)
    if match is None or before == left.text or not _LAST.fullmatch(before):
        return left
    return Py(before + match["of"], left.level)


def _is_bool(code: Py) -> bool:
    """Whether a condition is surely True or False."""
    return code.level in (NOT, ORDERED, COMPARE) or bool(_BOOLS.fullmatch(code.text))
