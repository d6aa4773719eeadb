"""Requires, imports and exports."""

from __future__ import annotations

import re

from .code import Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .module import Module
from .nodes import FUNCTIONS, child_nodes, field, has, imported_from, maybe_field, required, strip, text_of
from .packages.registry import Packages
from .requires import SDK
from .syntax import TYPESCRIPT, Node
from .todos import Todos
from .variables import Variable


class Imports(Part):
    """Write what a file takes from others, and what it gives to them."""

    def __init__(self, context: Context, todos: Todos, functions: Functions, packages: Packages) -> None:
        super().__init__(context)
        self.todos = todos
        self.functions = functions
        self.packages = packages
        context.statements |= {
            "import_statement": self._import_statement,
            "export_statement": self._export_statement,
        }

    def import_lines(self, variable: Variable) -> list[str]:
        source, name = self.module.requires[id(variable)]
        python = variable.python
        if source == SDK:
            face = "cloudpy.sync" if self.sync else "cloudpy"
            if name and name != "default":
                self.context.imports.append(f"from {face} import {name}" + (f" as {python}" if python != name else ""))
            else:
                self.context.imports.append(f"import {face} as {python}")
            return []
        if source.startswith("."):
            around = variable.node.parent
            is_whole = around is not None and around.type == "namespace_import"
            return self._import_local(source, name, variable, is_whole=is_whole)
        return []  # each use is translated, or marked

    def _import_local(self, source: str, name: str, variable: Variable, *, is_whole: bool) -> list[str]:
        other, python = self.module.other(source), variable.python
        if source in self.module.later:
            return self._import_later(self.module.later[source], name, python)
        if other is None:
            data = self.module.data.get(source)
            if data is None:
                raise Untranslated(f"{source} was not found")
            up = data.count("../")
            folder = f"Path(__file__).parents[{up}]" if up else "Path(__file__).parent"
            parts = " / ".join([folder, *(quoted(part) for part in data[3 * up :].split("/"))])
            result = f'json.loads(({parts}).read_text("utf-8"))'
            return [f"{python} = {result}" if not name else f"{python} = js.get({result}, {quoted(name)})"]
        if name and name not in other.exports:
            raise Untranslated(f"{source} has no export {name} in a known form")
        self.import_file(other, name, python, variable.node, is_whole=is_whole)
        return []

    def _import_later(self, other: Module, name: str, python: str) -> list[str]:
        """Import a file that is being loaded: it has its exports when the functions run."""
        if name or other.is_entry or re.search(r"module\.exports\s*=[^=]|\bexport\s+default\b", other.text):
            raise Untranslated(f"a circular require of {other.file}, of which single exports are taken or replaced")
        self.context.imports.append(other.import_line("", python, is_whole=True))
        return []

    def _import_statement(self, node: Node) -> list[str]:
        lines: list[str] = []
        types_too = self.module.file.endswith(TYPESCRIPT)  # there, what no value comes of is not imported at all
        for variable in self.names.all:
            if variable.value is None or variable.kind != "import" or variable.value.id != node.id:
                continue
            if variable.reads or not types_too:
                lines += self.import_lines(variable)
        return lines

    def _export_statement(self, node: Node) -> list[str]:
        declared, value = maybe_field(node, "declaration"), maybe_field(node, "value")
        if declared is not None:
            return self.statement_lines(declared)
        if value is not None:
            return self.export_lines("default", value)
        if maybe_field(node, "source") is not None:
            return self._passed_on_from(imported_from(node))
        return [
            line
            for clause in child_nodes(node)
            if clause.type == "export_clause"
            for each in child_nodes(clause)
            for line in self.export_lines(
                text_of(maybe_field(each, "alias") or field(each, "name")), field(each, "name")
            )
        ]

    def destructured(self, pattern: Node) -> list[str] | None:
        """Write ``const {a, b} = require(…)``; None for any other value."""
        variables = [self.names.of[each.id] for each in _identifiers(pattern) if each.id in self.names.of]
        if not variables or any(id(variable) not in self.module.requires for variable in variables):
            return None
        lines = []
        used = [variable for variable in variables if variable.reads or variable.name in self.module.exports]
        for variable in used or variables:
            try:
                lines += self.import_lines(variable)
            except Untranslated as error:
                if self.context.within:
                    raise
                lines += self.todos.todo(variable.node, str(error), error.cause)
        return lines

    def top_statement(self, node: Node) -> list[str] | None:
        if self.packages.is_setting(node):
            return []
        if node.type == "call_expression" and text_of(node.child_by_field_name("function")) == "require":
            raise Untranslated("a require for its side effects")
        if node.type != "assignment_expression":
            return None
        left, right = text_of(field(node, "left")), field(node, "right")
        if left == "process.env.TZ" and right.type == "string":
            return [str(call("js.set_zone", self.expr(right)))]
        if left == "module.exports" and (right.type == "object" or required(right) in self.module.others):
            parts = child_nodes(right) if right.type == "object" else [right]
            lines = [line for part in parts for line in self._exported_part(part)]
            return lines + self._all_exports() if self.module.passed_on else lines
        if left == "module.exports":
            return self.export_lines("default", right)
        if (
            left.startswith(("exports.", "module.exports."))
            and self.module.exports.get(left.rpartition(".")[2]) == right
        ):
            return self.export_lines(left.rpartition(".")[2], right)
        return None

    def _exported_part(self, part: Node) -> list[str]:
        marks = len(self.context.todos)
        try:
            if part.type == "spread_element" or required(part):
                return self._passed_on(part if required(part) else child_nodes(part)[0])
            if part.type == "pair" and required(field(part, "value")) in self.module.others:
                name = text_of(field(part, "key"))
                other, inner = self.module.origin(name)
                self.import_file(other, inner, self.module.export_name(name), part)
                return []
            if part.type == "pair":
                return self.export_lines(text_of(field(part, "key")), field(part, "value"))
            if part.type == "method_definition" and not has(part, "get") and not has(part, "set"):
                return self.export_lines(text_of(field(part, "name")), part)
            if part.type == "shorthand_property_identifier":
                return self.export_lines(text_of(part), part)
            raise Untranslated("an export in this form")
        except Untranslated as error:
            del self.context.todos[marks:]
            return self.todos.todo(part, str(error), error.cause)

    def _passed_on(self, value: Node) -> list[str]:
        """Import what ``...require('./other')`` passes on, unless a later export has the name."""
        source, inner = self.module.foreign_source(value)
        other = self.module.other(source)
        if other is None or inner or "default" in other.exports:
            raise Untranslated("an export in this form")
        for name in {**other.exports, **other.passed_on}:
            if self.module.passed_on.get(name) == (source, name):
                other, inner = self.module.origin(name)
                self.import_file(other, inner, self.module.export_name(name), value)
        return []

    def _passed_on_from(self, source: str) -> list[str]:
        """Import what ``export … from 'source'`` passes on."""
        if self.module.other(source) is None:
            raise Untranslated("a re-export of what is no file of the program")
        for name, (where, _) in self.module.passed_on.items():
            other, inner = self.module.origin(name)
            if where == source:
                self.context.imports.append(other.import_line(inner, self.module.export_name(name), is_whole=not inner))
        return []

    def _passed_file(self, name: str, value: Node) -> Variable | None:
        """Return the variable that stands for another file, where that file as a whole is the export."""
        is_whole = self.module.passed_on.get(name, ("", "x"))[1] == ""
        return self.names.root.names.get(text_of(value)) if is_whole else None

    def _all_exports(self) -> list[str]:
        names = {self.module.export_name(name) for name in {**self.module.exports, **self.module.passed_on}}
        return ["", f"__all__ = [{', '.join(quoted(name) for name in sorted(names))}]"]

    def export_lines(self, name: str, value: Node) -> list[str]:
        """Write ``exports.name = value``."""
        value = strip(value)
        python = self.module.export_name(name)
        if any(
            other != name and not other.isidentifier() and self.module.export_name(other) == python
            for other in self.module.exports
        ):
            raise Untranslated(f"the export {name}: another export has the same Python name")
        is_value = name == "main" and self.module.is_entry and self.module.main is None
        if value.type in FUNCTIONS and not is_value:
            return self.functions.define(value, python)
        passed_on = self._passed_file(name, value)
        code = self.expr(value) if passed_on is None else Py(passed_on.python)
        before, self.context.prelude = self.context.prelude, []
        if is_value:
            code = call("js.entry", code)
            if self.module.needs_background():
                code = call("js.finishing", code)
            return [*before, f"main = {self.functions.function_decorator()}({code})"]
        return [*before, f"{python} = {code}"] if code.text != python else before


def _identifiers(node: Node) -> list[Node]:
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [node]
    if node.type == "pair_pattern":
        return _identifiers(field(node, "value"))
    return [each for child in child_nodes(node) for each in _identifiers(child)]
