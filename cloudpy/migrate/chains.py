"""Optional chains."""

from __future__ import annotations

from .catalog import METHODS
from .code import OR, TERNARY, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import JSON, LISTS, NIL, NUMBERS, OBJECTS, TEXTS, js_type
from .lengths import is_taken_for_list, may_be_text_or_list
from .nodes import INBORN, field, in_parentheses, strip, text_of
from .operators import Operators
from .syntax import Node

# What has no method ``get`` in Python, so that it raises, or is a dict
_READ = JSON | LISTS | NUMBERS | TEXTS | js_type("obj date")


class Chains(Part):
    """Write ``a?.b`` and ``a?.b()``."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators
        operators.optional = self.optional

    def optional(self, node: Node) -> Py | None:
        """Write ``a?.b`` as ``(a or {}).get("b")``, where null and undefined are one; None where that is not enough."""
        links = self.open_links(node)
        if node.type != "member_expression" or not links or links[0].id != node.id:
            return None  # of a?.b.c, the rest is an error where there is no b
        owner, name = field(node, "object"), text_of(field(node, "property"))
        type_ = self.type_of(owner)
        if name == "length":
            is_plain = self._is_counted(owner, type_, node)
            return call("len", Py(f"{self.operators.nullish(owner).at(OR)} or []", OR)) if is_plain else None
        is_known = bool(type_) and type_ <= OBJECTS | NIL
        is_loud = type_ & OBJECTS and type_ <= _READ and self.types.facts.is_loud(node)
        if not (is_known or is_loud) or name in INBORN | METHODS.keys() or name in self.names.put:
            return None
        return Py(f"({self.operators.nullish(owner).at(OR)} or {{}}).get({quoted(name)})")

    def _is_counted(self, owner: Node, type_: frozenset[str], node: Node) -> bool:
        """Whether a length that is not there may be 0: it is a condition, or compared with more."""
        if not _may_be_nothing(node) or not type_ & LISTS:
            return False
        if type_ <= LISTS | NIL:
            return True
        is_text_or_list = may_be_text_or_list(self.module, owner, type_) and self.types.facts.is_loud(node)
        return is_text_or_list and is_taken_for_list(self.module, owner)

    def chain(self, node: Node) -> Py | None:
        """Write ``a?.b.c``; None where nothing is optional in it."""
        links = self.open_links(node)
        if not links:
            return None
        plain = self.optional(node)
        if plain is not None:
            return plain if plain.text.startswith("len(") else Py(f"{plain.text[:-1]}, js.UNDEFINED)")
        steps: list[Node] = []
        at = node
        while at.type in ("member_expression", "subscript_expression"):
            steps.append(at)
            if at.id == links[0].id:
                break
            at = at.children[0]
            while at.type == "non_null_expression":
                at = at.named_children[0]
        else:
            return self.chained(node, links)
        base = field(steps[-1], "object")
        keys = []
        for step in reversed(steps):
            if step.type == "member_expression":
                keys.append(Py(quoted(text_of(field(step, "property")))))
            else:
                keys.append(self.expr(field(step, "index")))
        if any(key.text.strip('"') in INBORN for key in keys):
            raise Untranslated("a property that every JavaScript object inherits")
        if any(step.type == "subscript_expression" and not self.is_pure(field(step, "index")) for step in steps):
            raise Untranslated("brackets with side effects in an optional chain")
        return call(
            "js.maybe", self.operators.nullish(base) if base.type == "member_expression" else self.expr(base), *keys
        )

    def chained(self, node: Node, links: list[Node]) -> Py:
        """Write a chain with a call in it: undefined where nothing is before its last ``?.``."""
        owner = strip(field(links[0], "function" if links[0].type == "call_expression" else "object"))
        if not self.is_pure(owner):
            raise Untranslated("a call in an optional chain")
        test = self.operators.nullish(owner)
        ids = {each.id for each in links}
        self.context.present |= ids
        try:
            value = self.expr(node)
        finally:
            self.context.present -= ids
        return Py(f"js.UNDEFINED if js.is_nil({test}) else {value.at(TERNARY)}", TERNARY)


def _is_asked(node: Node) -> bool:
    """Whether a value is a condition."""
    inner, around = in_parentheses(node)
    if around is None:
        return False
    if around.type == "binary_expression":
        is_left = field(around, "left").id == inner.id
        return text_of(field(around, "operator")) == "&&" and (is_left or _is_asked(around))
    if around.type == "unary_expression":
        return around.children[0].type == "!"
    condition = around.child_by_field_name("condition")
    return condition is not None and condition.id == inner.id and around.type != "for_statement"


def _may_be_nothing(node: Node) -> bool:
    """Whether it is the same for the program whether a length is 0 or undefined."""
    inner, around = in_parentheses(node)
    if around is None or around.type != "binary_expression":
        return _is_asked(node)
    sign, right = text_of(field(around, "operator")), field(around, "right")
    is_left = field(around, "left").id == inner.id
    if sign in ("||", ">", ">=", "===", "=="):
        return is_left and (sign in ("||", ">") or (right.type == "number" and text_of(right).strip("0") != ""))
    return _is_asked(node)
