"""Calls of wx-server-sdk."""

from __future__ import annotations

from .code import ATOM, TERNARY, Py, call
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import TEXTS, js_type
from .nodes import arguments_of, child_nodes, field, strip, text_of
from .syntax import Node

_INIT = {"env", "timeout", "region", "secretId", "secretKey", "sessionToken"}


class Sdk(Part):
    """Write calls of the SDK."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def call(self, callee: Node, args: list[Node]) -> Py:
        name = (
            text_of(field(callee, "property"))
            if callee.type == "member_expression"
            else self.module.source_of(callee)[1]
        )
        if name == "ai" or text_of(callee).startswith("cloud.ai."):
            raise Untranslated("cloud.ai() is not translated: write its calls by hand, docs/en/ai.md has them")
        code = Py(self.expr(callee).at(ATOM))
        if name in ("init", "updateConfig"):
            return self._options(code, args)
        if len(args) > 1:
            raise Untranslated(f"{name} with more than one argument")
        result = []
        for each in args:
            value = self.expr(each)
            result.append(value if self.is_plain(each) else call("js.plain", value))
        return call(code.text, *result)

    def _options(self, code: Py, args: list[Node]) -> Py:
        if not args:
            return call(code.text)
        if args[0].type != "object":
            raise Untranslated("cloud.init with options that are not an object literal")
        parts = []
        for part in child_nodes(args[0]):
            key = (
                text_of(part)
                if part.type == "shorthand_property_identifier"
                else text_of(part.child_by_field_name("key"))
            )
            if key == "traceUser":
                continue  # Node's alone, and of no effect on calls
            if key not in _INIT or part.type not in ("pair", "shorthand_property_identifier"):
                raise Untranslated(f"cloud.init has no option {key or 'in this form'}")
            given_value = field(part, "value") if part.type == "pair" else part
            value = self.expr(given_value)
            if value.text.startswith("os.environ.get("):
                value = Py(value.text.removesuffix(", js.UNDEFINED)") + ")")
            elif not self.is_plain(given_value) and not self.module.is_cloud(given_value):
                value = call("js.plain", value)  # undefined means omitted
            if key == "timeout":
                value = Py(f"{value.at(11)} / 1000", 9)
            parts.append(f"{key}={value.at(TERNARY)}")
        return Py(f"{code}({', '.join(parts)})")

    def new_cloud(self, node: Node) -> Py:
        """Write ``new cloud.Cloud({…})``."""
        constructor = field(node, "constructor")
        if not text_of(constructor).endswith(".Cloud"):
            raise Untranslated(f"new {text_of(constructor)} is not translated")
        args = arguments_of(node)
        if args:
            raise Untranslated("new cloud.Cloud with options: give them to init()")
        return call(f"{self.expr(field(constructor, 'object')).at(ATOM)}.Cloud")

    def is_plain(self, node: Node) -> bool:
        """Whether nothing undefined, nor anything else that JSON lacks, can be in a value."""
        node = strip(node)
        if node.type == "object":
            return all(
                (part.type == "pair" and self.is_plain(field(part, "value")))
                or (part.type == "shorthand_property_identifier" and self._is_plain_type(part))
                for part in child_nodes(node)
            )
        if node.type == "array":
            return all(part.type != "spread_element" and self.is_plain(part) for part in child_nodes(node))
        if node.type == "call_expression" and self.module.dotted(field(node, "function")) in ("JSON.parse",):
            return True
        if (
            node.type == "await_expression"
            and strip(child_nodes(node)[0]).type == "call_expression"
            and self.module.is_cloud_call(strip(child_nodes(node)[0]))
        ):
            return True
        if node.type == "identifier":
            variable = self.variable_of(node)
            if (
                variable is not None
                and self.module.main is not None
                and self.type_of(node) == js_type("obj")
                and variable.is_constant
                and variable.value is not None
                and strip(variable.value).type == "await_expression"
                and not self.names.put
            ):
                return self.is_plain(variable.value)
        return self._is_plain_type(node)

    def _is_plain_type(self, node: Node) -> bool:
        """Whether all that a value can be is plain in itself."""
        type_ = self.type_of(node)
        return bool(type_) and type_ <= TEXTS | js_type("bool null lit nat int bytes strs")
