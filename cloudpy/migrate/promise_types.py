"""The types of what promises resolve to."""

from __future__ import annotations

from .catalog import AXIOS
from .http_names import http_client
from .jstypes import ANY, NOTHING, JsType, js_type
from .method_types import MethodTypes
from .nodes import arguments_of, field, strip, text_of
from .packages.kinds import awaited_type
from .syntax import Node


class PromiseTypes(MethodTypes):
    """The types of what promises resolve to."""

    def awaited(self, inner: Node) -> JsType:
        """Return the type of ``await inner``."""
        if inner.type == "call_expression" and self.module.is_cloud_call(inner):
            return js_type("rec")
        if inner.type == "call_expression" and http_client(self.module, inner):
            return js_type("obj") if http_client(self.module, inner) in AXIOS else ANY
        packaged = awaited_type(self.module, inner, self.of) if inner.type == "call_expression" else None
        if packaged is not None:
            return packaged
        if self.sent(inner) is not None:
            name = text_of(field(strip(field(inner, "function")), "property"))
            if name == "runTransaction":
                return self._resolved(arguments_of(inner)[:1]) or ANY
            return js_type("tx") if name == "startTransaction" else js_type("rec")
        if inner.type == "call_expression" and text_of(field(inner, "function")) == "Promise.all":
            return js_type("arr")
        if inner.type == "call_expression":
            result = NOTHING
            targets = self.targets(strip(field(inner, "function")))
            for types, function in targets:
                result |= types.resolved(function)
            if targets:
                return result if "promise" not in result else ANY
        if inner.type == "new_expression" and text_of(field(inner, "constructor")) == "Promise":
            return self.promised(inner)
        if inner.type == "call_expression" and field(inner, "function").type == "member_expression":
            chained = self._chained(inner, field(inner, "function"))
            if chained is not None:
                return chained
        type_ = self.of(inner)
        if not type_ & {"promise"}:
            return type_
        return self._awaited_name(inner) if inner.type == "identifier" else ANY

    def _awaited_name(self, node: Node) -> JsType:
        """Return what the promise that a variable has resolves to."""
        variable = self.names.of.get(node.id)
        if variable is None or variable.value is None or not variable.is_constant or variable.patterned:
            return ANY
        return self.awaited(strip(variable.value))

    def _resolved(self, functions: list[Node]) -> JsType:
        """Return what these functions' promises resolve to; nothing where they are not known."""
        result = NOTHING
        for types, function in (target for each in functions for target in self.targets(each)):
            result |= types.resolved(function)
        return result if "promise" not in result else ANY

    def _chained(self, call: Node, callee: Node) -> JsType | None:
        """Return what ``promise.then(f)`` and the like resolve to; None for other calls."""
        name, args = text_of(field(callee, "property")), arguments_of(call)
        if name not in ("then", "catch", "finally") or (name != "finally" and len(args) != 1):
            return None
        result = self.awaited(field(callee, "object")) if name != "then" else NOTHING
        targets = self.targets(args[0]) if args and name != "finally" else []
        if name != "finally" and not targets:
            return None
        for types, function in targets:
            result |= types.resolved(function)
        return result if "promise" not in result else ANY
