"""Calls of wx-server-sdk."""

from __future__ import annotations

from .code import ATOM, TERNARY, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .failures import Failures
from .jstypes import DATABASE, DAYS, ITEMS, NIL, NUMBERS, RECS, TEXTS, JsType, js_type
from .nodes import arguments_of, child_nodes, field, string_value, strip, text_of
from .syntax import Node

# JSON, and what both JSON and the SDK know
_PLAIN = NIL | NUMBERS | TEXTS | RECS | ITEMS | DAYS | js_type("bool bytes strs rec date")
# They take names of files, and check that these are strings
_OF_FILES = {"deleteFile", "downloadFile", "getTempFileURL"}
_OF_STORAGE = {*_OF_FILES, "uploadFile"}
# The option by which values from outside read as in JavaScript
AS_IN_JAVASCRIPT = "javascript_values=True"
_CALLBACKS = {"success", "fail", "complete"}  # of the mini program
_INIT = {"env", "timeout", "region", "secretId", "secretKey", "sessionToken"}


def ignore_callbacks(part: Part, options: Node) -> None:
    """Leave the callbacks that the mini program's SDK takes out of the options of a call."""
    for each in child_nodes(options):
        key = each.child_by_field_name("key") or each.child_by_field_name("name")
        if key is not None and text_of(key) in _CALLBACKS:
            part.context.ignored.add(each.id)
            part.caveat(each, f"{text_of(key)} is omitted: wx-server-sdk never calls it")


class Sdk(Part):
    """Write calls of the SDK."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._failures = Failures(context)

    def call(self, callee: Node, args: list[Node]) -> Py:
        name = (
            text_of(field(callee, "property"))
            if callee.type == "member_expression"
            else self.module.source_of(callee)[1]
        )
        if name == "ai" or text_of(callee).startswith("cloud.ai."):
            raise Untranslated("cloud.ai() is not translated: write its calls by hand, docs/en/ai.md has them")
        code = Py(self.expr(callee).at(ATOM))
        if name in ("init", "updateConfig", "createNewInstance"):
            return self._options(code, args)
        if len(args) > 1:
            raise Untranslated(f"{name} with more than one argument")
        if name == "callFunction" and len(args) == 1 and self._has_event(args[0]):
            return call(code.text, self._with_event(args[0]))
        if name == "database" and args and self.type_of(args[0]) and self.type_of(args[0]) <= TEXTS:
            self.caveat(args[0], "cloud.database() takes {env}: Node ignores a string, and so it is omitted")
            args = []
        if name in _OF_STORAGE and args and args[0].type == "object":
            ignore_callbacks(self, args[0])
        result = []
        for each in args:
            value = self.expr(each)
            is_sendable = name in _OF_FILES or self.is_sendable(each)
            result.append(value if is_sendable else call("js.plain", value))
        if name == "database" and self.module.handles_dates:
            result.append(Py("document_hook=js.dated"))
        return call(code.text, *result)

    def _has_event(self, node: Node) -> bool:
        """Whether parameters name ``data`` where all of it can be seen."""
        parts = child_nodes(node) if node.type == "object" else []
        keys = [text_of(each.child_by_field_name("key") or each).strip("'\"") for each in parts]
        return (
            "data" in keys
            and "[" not in "".join(keys)
            and all(each.type in ("pair", "shorthand_property_identifier") for each in parts)
        )

    def _with_event(self, node: Node) -> Py:
        """Write parameters with ``data``: Node refuses undefined there, so that the key must stay."""
        parts = []
        for each in child_nodes(node):
            value = field(each, "value") if each.type == "pair" else each
            code = self.expr(value)
            code = code if self.is_sendable(value) else call("js.plain", code)
            key = each.child_by_field_name("key") or each
            name = string_value(key) if key.type == "string" else text_of(key)
            parts.append(f"{quoted(name)}: {code.at(TERNARY)}")
        return Py("{" + ", ".join(parts) + "}")

    def _options(self, code: Py, args: list[Node]) -> Py:
        missing = Py(AS_IN_JAVASCRIPT)
        if not args:
            return call(code.text, missing)
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
            elif not self.is_sendable(given_value) and not self.module.is_cloud(given_value):
                value = call("js.plain", value)
            if key == "timeout":
                value = Py(f"{value.at(11)} / 1000", 9)
            parts.append(f"{key}={value.at(TERNARY)}")
        return call(code.text, *map(Py, parts), missing)

    def new_cloud(self, node: Node) -> Py:
        """Write ``new cloud.Cloud({…})``."""
        constructor = field(node, "constructor")
        if not text_of(constructor).endswith(".Cloud"):
            raise Untranslated(f"new {text_of(constructor)} is not translated")
        args = arguments_of(node)
        if args:
            raise Untranslated("new cloud.Cloud with options: give them to init()")
        return call(f"{self.expr(field(constructor, 'object')).at(ATOM)}.Cloud")

    def is_sendable(self, node: Node) -> bool:
        """Whether the SDK takes a value as it is, or raises: it leaves out what is undefined, and knows no errors."""
        if self._consists_of(node, _PLAIN, is_open=not self.types.keeps_errors):
            return True
        return not self.module.makes_instances and self.types.facts.is_loud(node)

    def is_result(self, node: Node, *, is_awaited: bool = False) -> bool:
        """Whether the decorator of the handler makes JSON of a value as JavaScript does, or raises as ``js.handler``.

        Of a promise that is awaited it is what it resolves to.
        """
        types = _PLAIN | DATABASE | {"err"}
        if is_awaited and "promise" in self.type_of(node):
            return self._is_of(self.types.awaited(strip(node)), types, is_open=True)
        return self._consists_of(node, types, is_open=True)

    def _consists_of(self, node: Node, types: JsType, *, is_open: bool) -> bool:
        """Whether a value is made of these types only.

        Args:
            node: of the value.
            types: they hold nothing else.
            is_open: whether objects and arrays may be in it, if the program makes no instances.
        """
        node = strip(node)
        is_name = node.type in ("identifier", "shorthand_property_identifier") and text_of(node) != "undefined"
        if is_name and node.id not in self.names.of and self._failures.is_undeclared(node):
            return True  # reading it raises
        if node.type in ("object", "array"):
            return all(self._part_consists_of(part, types, is_open=is_open) for part in child_nodes(node))
        return self._is_of(self.type_of(node), types, is_open=is_open)

    def _is_of(self, type_: JsType, types: JsType, *, is_open: bool) -> bool:
        if type_ and type_ <= types:
            return True
        # of what is not known, only what the program makes has a form in JSON that Python does not give it
        return is_open and bool(type_ & js_type("obj arr")) and not self.module.makes_instances

    def _part_consists_of(self, part: Node, types: JsType, *, is_open: bool) -> bool:
        if part.type == "method_definition":
            return False
        if part.type == "spread_element":
            part = child_nodes(part)[0]
        return self._consists_of(field(part, "value") if part.type == "pair" else part, types, is_open=is_open)
