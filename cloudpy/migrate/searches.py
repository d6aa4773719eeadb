"""Places where something is looked for in a string or a list, only to see whether it is there, or in front."""

from __future__ import annotations

from .code import ATOM, Py, call, negated
from .context import Context, Part
from .jstypes import TEXTS
from .list_methods import ListMethods
from .nodes import arguments_of, field, optional_links, strip, text_of
from .syntax import Node

_FOUND = {("!==", "-1"), ("!=", "-1"), (">", "-1"), (">=", "0")}
_MISSED = {("===", "-1"), ("==", "-1"), ("<", "0")}
_FIRST = {("===", "0"), ("==", "0")}
_NOT_FIRST = {("!==", "0"), ("!=", "0")}


class Searches(Part):
    """Write ``text.indexOf(part) !== -1`` as ``part in text``, and ``=== 0`` as ``text.startswith(part)``."""

    def __init__(self, context: Context, lists: ListMethods) -> None:
        super().__init__(context)
        self.lists = lists
        self._other = context.expressions["binary_expression"]
        context.expressions["binary_expression"] = self._binary

    def _binary(self, node: Node) -> Py:
        code = self._plain(node)
        return code if code is not None else self._other(node)

    def _plain(self, node: Node) -> Py | None:
        found = strip(field(node, "left"))
        compared = text_of(field(node, "operator")), text_of(field(node, "right"))
        if compared not in _FOUND | _MISSED | _FIRST | _NOT_FIRST:
            return None
        if found.type != "call_expression" or optional_links(found):
            return None
        callee, args = strip(field(found, "function")), arguments_of(found)
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "indexOf" or len(args) != 1:
            return None
        if self.module.has_own_method("indexOf") or args[0].type == "spread_element":
            return None
        owner = field(callee, "object")
        if compared in _FIRST | _NOT_FIRST:
            if not self.type_of(owner) <= TEXTS or not self.type_of(args[0]) <= TEXTS:
                return None
            code = call(f"{self.expr(owner).at(ATOM)}.startswith", self.expr(args[0]))
            return negated(code) if compared in _NOT_FIRST else code
        found_there = self.lists.contains(owner, args[0])
        return negated(found_there) if found_there is not None and compared in _MISSED else found_there
