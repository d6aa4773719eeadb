"""The console: ``print`` for what a program says, ``logging`` for errors and warnings."""

from __future__ import annotations

import re

from .code import LAMBDA, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .handler_logs import CONSOLE, Handler
from .nodes import FUNCTIONS, child_nodes, field, joined_units, passed_to, string_value, strip, text_of
from .syntax import Node

_LEVELS = {"console.error": "error", "console.warn": "warning"}
# Where console puts a further value into the text
_PLACE = re.compile("%([sdifjoOc%]?)")
_END = re.compile(r"[\s:：,，=\-–—>|]+$")
_TEXT = re.compile("(f?)([\"'])(.*)\\2")
_LAST_PART = re.compile(r"\{[^{}]*\}$")


class Console(Part):
    """Write calls of the console."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        context.log_added = self._added

    def value(self, full: str, node: Node) -> Py | None:
        """Write ``console.log`` that is no call; None for what is not translated."""
        if CONSOLE.fullmatch(full) is None:
            return None
        name, owner = passed_to(node)
        if owner is not None and name == "catch":
            return Py("logging.exception")
        level = _LEVELS.get(full)
        return (
            Py("print") if level is None else Py(f'lambda *values: logging.{level}(" ".join(map(str, values)))', LAMBDA)
        )

    def call(self, node: Node, full: str, args: list[Node]) -> Py:
        """Write a call."""
        if CONSOLE.fullmatch(full) is None:
            raise Untranslated(f"{full} is not translated")
        self.context.shown |= {part.id for each in args for part in _printed(strip(each))}
        handler = self.types.facts.handlers.traced.get(node.id)
        if handler is not None:
            return self._traced(node, full, handler, args)
        if full not in _LEVELS:
            return call("print", *self.arguments(args))
        return call(f"logging.{_LEVELS[full]}", *self._message(args))

    def _added(self, node: Node) -> list[str]:
        """Return the log that is added before a statement of a handler."""
        handler = self.types.facts.handlers.added.get(node.id)
        if handler is None or not self.context.within:
            return []
        return [str(self._with_traceback("exception", [Py(quoted(self._failed()))], self._named(node, handler)))]

    def _traced(self, node: Node, full: str, handler: Handler, args: list[Node]) -> Py:
        """Write a call that shows the error of a handler: its traceback says what it is, and where it comes from."""
        shown = [each for each in args if handler.is_part(each)]
        kept = [each for each in args if each not in shown]
        message, name = self._message(kept), self._named(node, handler)
        if kept and kept[-1].id == args[-1].id and kept[-1].type == "template_string":
            message[-1], left_out = _without_error(kept[-1], message[-1], handler)
            shown += left_out
        if len(message) == 1:
            message = [_without_end(message[0])]
        if not name:
            self.context.unwritten |= {part.id for each in shown for part in _identifiers(each)}
        if message == [Py('""')]:
            message = [Py(quoted(self._failed()))]
        return self._with_traceback("warning" if full == "console.warn" else "exception", message, name)

    def _with_traceback(self, level: str, message: list[Py], name: str) -> Py:
        if level == "exception" and not name:
            return call("logging.exception", *message)
        return call(f"logging.{'error' if level == 'exception' else level}", *message, f"exc_info={name or True}")

    def _named(self, node: Node, handler: Handler) -> str:
        """Return what Python calls the error of a handler; empty where it is the one that is being handled."""
        at = node.parent
        while at is not None and at.type != "catch_clause" and at.type not in FUNCTIONS:
            at = at.parent
        if at is not None and at.type == "catch_clause" and at.id == handler.node.id:
            return ""
        own = [
            variable.python
            for variable in self.names.declared_in(handler.node)
            if variable.name == handler.error and variable.scope.node.id == handler.node.id
        ]
        return own[0] if own else ""

    def _message(self, args: list[Node]) -> list[Py]:
        """Return the arguments of a log: a string with a place for each further value, and the values."""
        codes = self.arguments(args)
        if len(codes) < 2:
            return codes or [Py('""')]
        if any(code.text.startswith("*") for code in codes):
            return [Py(f'" ".join(map(str, [{", ".join(map(str, codes))}]))')]
        if args[0].type != "string":
            return [Py(quoted(" ".join(["%s"] * len(codes)))), *codes]
        left = len(codes) - 1

        def place(found: re.Match[str]) -> str:
            nonlocal left
            if found[0] == "%%" or not found[1] or not left:
                return f"%%{found[1] if found[0] != '%%' else ''}"
            left -= 1
            return "%s"

        written = _PLACE.sub(place, joined_units(string_value(args[0]))) + " %s" * left
        return [Py(quoted(written)), *codes[1:]]

    def _failed(self) -> str:
        """Return the text of a log that has none of its own: what the function around is called."""
        for function in reversed(self.context.within):
            if self.module.main is not None and function.id == self.module.main.id:
                return "main failed"
            name = function.child_by_field_name("name")
            around = function.parent
            if name is None and around is not None:
                key = {"variable_declarator": "name", "pair": "key", "assignment_expression": "left"}.get(
                    around.type, "-"
                )
                name = around.child_by_field_name(key)
            variable = self.names.of.get(name.id) if name is not None else None
            written = variable.python if variable is not None else self.names.python_name(text_of(name).split(".")[-1])
            if written.isidentifier():
                return f"{written} failed"
        return "failed"


def _printed(node: Node) -> list[Node]:
    """Return what is only printed: a value, the parts of a template, and what is in an object or a list."""
    parts = []
    if node.type == "template_string":
        parts = [child_nodes(each)[0] for each in node.named_children if each.type == "template_substitution"]
    elif node.type == "object":
        parts = [field(each, "value") for each in child_nodes(node) if each.type == "pair"]
    elif node.type == "array":
        parts = [each for each in child_nodes(node) if each.type != "spread_element"]
    return [node, *(inner for part in parts for inner in _printed(strip(part)))]


def _without_error(node: Node, code: Py, handler: Handler) -> tuple[Py, list[Node]]:
    """Leave out the end of a template that is the error; return it, too."""
    last = node.named_children[-1] if node.named_children else node
    inside = _LAST_PART.sub("", code.text[2:-1])
    is_error = last.type == "template_substitution" and handler.is_part(last.named_children[0])
    if not is_error or code.text[:2] != 'f"' or inside == code.text[2:-1]:
        return code, []
    if "{" in inside.replace("{{", ""):
        return Py(f'f"{inside}"'), [last]
    return Py('"' + inside.replace("{{", "{").replace("}}", "}") + '"'), [last]


def _without_end(code: Py) -> Py:
    """Drop the colon at the end of a string."""
    found = _TEXT.fullmatch(code.text)
    return Py(f"{found[1]}{found[2]}{_END.sub('', found[3])}{found[2]}") if found else code


def _identifiers(node: Node) -> list[Node]:
    found = [node] if node.type in ("identifier", "shorthand_property_identifier") else []
    return found + [each for child in node.named_children for each in _identifiers(child)]
