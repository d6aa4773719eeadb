"""Optional chains."""

from __future__ import annotations

from .code import TERNARY, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .nodes import INBORN, field, strip, text_of
from .operators import Operators
from .syntax import Node


class Chains(Part):
    """Write ``a?.b`` and ``a?.b()``."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators

    def chain(self, node: Node) -> Py | None:
        """Write ``a?.b.c``; None where nothing is optional in it."""
        links = self.open_links(node)
        if not links:
            return None
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
