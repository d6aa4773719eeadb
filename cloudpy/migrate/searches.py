"""Places where something is looked for in a string or a list, only to see whether it is there: ``x in y``."""

from __future__ import annotations

from .code import Py, negated
from .context import Context, Part
from .list_methods import ListMethods
from .nodes import arguments_of, field, optional_links, strip, text_of
from .syntax import Node

_FOUND = {("!==", "-1"), ("!=", "-1"), (">", "-1"), (">=", "0")}
_MISSED = {("===", "-1"), ("==", "-1"), ("<", "0")}


class Searches(Part):
    """Write ``text.indexOf(part) !== -1`` as ``part in text``."""

    def __init__(self, context: Context, lists: ListMethods) -> None:
        super().__init__(context)
        self.lists = lists
        self._other = context.expressions["binary_expression"]
        context.expressions["binary_expression"] = self._binary

    def _binary(self, node: Node) -> Py:
        code = self._plain(node)
        return code if code is not None else self._other(node)

    def _plain(self, node: Node) -> Py | None:
        call = strip(field(node, "left"))
        compared = text_of(field(node, "operator")), text_of(field(node, "right"))
        if compared not in _FOUND | _MISSED or call.type != "call_expression" or optional_links(call):
            return None
        callee, args = strip(field(call, "function")), arguments_of(call)
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "indexOf" or len(args) != 1:
            return None
        if self.module.has_own_method("indexOf") or args[0].type == "spread_element":
            return None
        code = self.lists.contains(field(callee, "object"), args[0])
        return negated(code) if code is not None and compared in _MISSED else code
