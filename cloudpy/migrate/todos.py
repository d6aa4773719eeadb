"""Mark what was not translated."""

from __future__ import annotations

import re
from dataclasses import replace

from ..i18n import translated
from .code import quoted
from .context import Context, Part
from .diagnostics import MARK, Todo, Unavailable
from .nodes import FUNCTIONS, line_of, strip, text_of
from .syntax import Node

_DECLARING = {"lexical_declaration", "variable_declaration", "function_declaration", "class_declaration",
              "import_statement", "export_statement", "generator_function_declaration", "enum_declaration"}  # fmt: skip
_SIGNS = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


class Todos(Part):
    """Write a piece that is not translated: its source as a comment, and what raises in its place."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def todo(self, node: Node, why: str, cause: str = "") -> list[str]:
        """Write the source as a comment, why it was not translated, and what raises when it is reached."""
        why, shown = _one_line(why), _one_line(translated(why))
        source = [_SIGNS.sub(" ", line) for line in text_of(node).splitlines()] or [""]
        indent = min((len(line) - len(line.lstrip()) for line in source[1:] if line.strip()), default=0)
        self.context.todos.append(Todo(self.module.file, line_of(node), len(source), why, _one_line(cause or why)))
        lines = [f"{MARK}{shown}"]
        lines += [f"# {line}".rstrip() for line in [source[0], *(line[indent:] for line in source[1:])]]
        message = self.message(node, why)
        unavailable = Unavailable(line_of(node), _one_line(cause or why))
        for variable in self.names.declared_in(node):
            self.context.unavailable[id(variable)] = unavailable
        for function in self.context.within:
            self.context.unfinished.setdefault(function.id, line_of(node))
        if self.context.within:
            return [*lines, f"raise js.NotTranslated({message})"]
        exported = [name for name, value in self.module.exports.items() if _is_in(value, node)]
        for name in exported:
            self.module.unavailable_exports[name] = unavailable
        if node.type not in _DECLARING and not exported:
            self._mark_changed(node, unavailable)
        names = [variable.python for variable in self.names.declared_in(node) if variable.scope is self.names.root]
        own = {variable.python for variable in self.names.root.names.values()}
        names += [name for name in map(self.module.export_name, exported) if name not in own]
        for name in dict.fromkeys(names):
            if name == "main":
                lines += ["def main(event, context):", f"    raise js.NotTranslated({message})"]
            else:
                lines.append(f"{name} = js.todo({message})")
        return lines

    def message(self, node: Node, why: str) -> str:
        """Return the literal of what `NotTranslated` says of a piece: its place in the source, and why."""
        return quoted(f"{self.module.file}:{line_of(node)}: {_one_line(translated(_one_line(why)))}")

    def _mark_changed(self, node: Node, unavailable: Unavailable) -> None:
        """Note the variables that a todo at the top of the file may change."""
        if node.type in ("identifier", "shorthand_property_identifier"):
            variable = self.names.of.get(node.id)
            is_function = variable is not None and (
                variable.kind in ("function", "class", "import")
                or (variable.is_constant and variable.value is not None and strip(variable.value).type in FUNCTIONS)
                or id(variable) in self.module.requires
            )
            if variable is not None and variable.scope is self.names.root and not is_function:
                self.context.unavailable.setdefault(id(variable), replace(unavailable, verb="changed"))
        for child in node.named_children:
            self._mark_changed(child, unavailable)


def _one_line(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text).split())[:200]


def _is_in(inner: Node, outer: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte
