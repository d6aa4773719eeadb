"""One file of the program, whole: requires, exports, what is left."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from .base import refuse
from .calls import Calls
from .code import Py, quoted
from .database import Databases
from .expressions import Expressions
from .functions import Functions
from .loops import Loops
from .marks import Mark, Untranslated
from .module import SDK, Module
from .operators import Operators
from .platform import Platform
from .regex import Regexes
from .statements import Statements, commented
from .syntax import FUNCTIONS, TYPESCRIPT, bare, field, kids, line_of, maybe_field, text_of
from .variables import Variable

if TYPE_CHECKING:
    from .tree import Node

_MODULES = set("asyncio base64 hashlib hmac json math os random re sys time uuid".split())


class Translator(Statements, Loops, Functions, Databases, Calls, Regexes, Platform, Operators, Expressions):
    """Writes the Python of one file.

    Attributes:
        marks: what was not translated.
        imports: lines for the top of the file.
        helpers: what it uses of ``js``; `attributes`: the names of all attributes in it; `reads`: all names.
    """

    def __init__(self, module: Module, *, sync: bool = False) -> None:
        super().__init__(module, sync=sync)
        self.marks: list[Mark] = []
        self.imports: list[str] = []
        self.helpers: set[str] = set()
        self.attributes: set[str] = set()
        self.reads: set[str] = set()
        self.ranges = []
        self.steps = []
        self.in_switch = 0
        self.in_lambda = 0
        self._given = set()
        self._sdk_name = ""
        if module.is_entry and module.main is None and "main" in module.exports:
            for variable in self.names.all:
                if variable.python == "main":
                    variable.python = self.spare("main")

    def file(self) -> str:
        """Return the whole text, in no particular layout."""
        while True:  # what is marked may be used above the mark, so that a second look finds more
            known = len(self.undone), len(self.unfinished)
            text = self._text()
            if known == (len(self.undone), len(self.unfinished)):
                called = [*self.unfinished, *self._callees]
                self.module.unfinished = {each for each in called if self.reached(each)}
                return text

    def _text(self) -> str:
        self.marks, self.risks, self.imports, self.prelude = [], [], [], []
        self.ranges, self.steps, self._given, self.flattened = [], [], set(), set()
        self.helpers, self.attributes, self.reads = set(), set(), set()
        lines = [f"{each.python} = js.UNDEFINED" for each in self.names.root.names.values() if self._needs_begin(each)]
        if lines:
            self.reads.add("js")
            self.helpers.add("UNDEFINED")
        before: Node | None = None
        children = sorted(self.module.root.named_children, key=_is_export_clause)  # what they name may follow them
        late = {child.id for child in children if child.type == "function_declaration" and self._is_called_early(child)}
        done = not late
        for child in children:
            if not done and child.type not in ("comment", "import_statement") and not self._is_require(child):
                done = True  # what is called before it stands goes before the first statement
                lines += [line for each in children if each.id in late for line in self._at_top(each)]
            if child.type == "comment":
                self._comment(child, before, lines)
            elif child.id not in late:
                if before is not None and child.row - before.end_row > 1:
                    lines.append("")
                lines += self._at_top(child)
            before = child
        return self._headed("\n".join(lines))

    def _at_top(self, node: Node) -> list[str]:
        """The lines of a statement of the file, which Python compiles."""
        marks = len(self.marks)
        lines = self.statement(node)
        try:
            tree = _compiled(lines)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            del self.marks[marks:]
            why = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
            lines = self.marked(node, f"what comes of it is no Python: {why}")
            tree = _compiled(lines)
        for each in ast.walk(tree):
            if isinstance(each, ast.Name):
                self.reads.add(each.id)
            elif isinstance(each, ast.Attribute):
                self.attributes.add(each.attr)
                if isinstance(each.value, ast.Name) and each.value.id == "js":
                    self.helpers.add(each.attr)
        return lines

    def _is_require(self, node: Node) -> bool:
        return "require(" in text_of(node) or node.type == "import_statement"

    def _headed(self, body: str) -> str:
        lines = [f"import {name}" for name in sorted(self.reads & _MODULES)]
        own = [line for line in dict.fromkeys(self.imports)]
        if "Path" in self.reads and "from pathlib import Path" not in own:
            lines.append("from pathlib import Path")
        third = sorted(line for line in own if "cloudpy" in line)
        local = sorted(line for line in own if "cloudpy" not in line)
        if "js" in self.reads:
            local = sorted([*local, "import js"])
        head = "\n\n".join("\n".join(group) for group in (lines, third, local) if group)
        return f"{head}\n\n{body}\n" if head else f"{body}\n"

    # ---- requires and exports

    def imported(self, variable: Variable) -> list[str]:
        source, name = self.module.requires[id(variable)]
        python = variable.python
        if source == SDK:
            face = "cloudpy.sync" if self.sync else "cloudpy"
            if name and name != "default":
                self.imports.append(f"from {face} import {name}" + (f" as {python}" if python != name else ""))
            else:
                self.imports.append(f"import {face} as {python}")
            return []
        if source.startswith("."):
            return self._import_local(source, name, python)
        return []  # each use is translated, or marked

    def _import_local(self, source: str, name: str, python: str) -> list[str]:
        other = self.module.other(source)
        if other is None:
            data = self.module.data.get(source)
            if data is None:
                refuse(f"{source} is not found, or lies outside of the function's folder")
            parts = " / ".join(["Path(__file__).parent", *(quoted(part) for part in str(data).split("/"))])
            found = f'json.loads(({parts}).read_text("utf-8"))'
            return [f"{python} = {found}" if not name else f"{python} = js.get({found}, {quoted(name)})"]
        package, _, last = other.python.rpartition(".")
        if name:
            if name not in other.exports:
                refuse(f"{source} has no {name} that is seen here")
            given = other.export_name(name)
            self.imports.append(f"from {other.python} import {given}" + (f" as {python}" if given != python else ""))
        elif "default" in other.exports:
            given = other.export_name("default")
            self.imports.append(f"from {other.python} import {given}" + (f" as {python}" if given != python else ""))
        elif package:
            self.imports.append(f"from {package} import {last}" + (f" as {python}" if last != python else ""))
        else:
            self.imports.append(f"import {last}" + (f" as {python}" if last != python else ""))
        return []

    def _import_statement(self, node: Node) -> list[str]:
        lines: list[str] = []
        types_too = self.module.file.endswith(TYPESCRIPT)  # there, what no value comes of is not imported at all
        for variable in self.names.all:
            if variable.value is None or variable.kind != "import" or variable.value.id != node.id:
                continue
            if variable.reads or not types_too:
                lines += self.imported(variable)
        return lines

    def _export_statement(self, node: Node) -> list[str]:
        declared, value = maybe_field(node, "declaration"), maybe_field(node, "value")
        if declared is not None:
            return self.statement_lines(declared)
        if value is not None:
            return self.exported("default", value)
        if maybe_field(node, "source") is not None:
            refuse("an export of what another file has")
        return [
            line
            for clause in kids(node)
            if clause.type == "export_clause"
            for each in kids(clause)
            for line in self.exported(text_of(maybe_field(each, "alias") or field(each, "name")), field(each, "name"))
        ]

    def taken_apart(self, pattern: Node, value: Node) -> list[str]:
        variables = [self.names.of[each.id] for each in _identifiers(pattern) if each.id in self.names.of]
        if variables and all(id(variable) in self.module.requires for variable in variables):
            return [line for variable in variables for line in self.imported(variable)]
        return super().taken_apart(pattern, value)

    def top_statement(self, node: Node) -> list[str] | None:
        if node.type == "call_expression" and text_of(node.child_by_field_name("function")) == "require":
            return [refuse("a require for what it does, not for what it gives").text]
        if node.type != "assignment_expression":
            return None
        left, right = text_of(field(node, "left")), field(node, "right")
        if left == "module.exports" and right.type == "object":
            return [line for part in kids(right) for line in self._exported_part(part)]
        if left == "module.exports":
            return self.exported("default", right)
        if (
            left.startswith(("exports.", "module.exports."))
            and self.module.exports.get(left.rpartition(".")[2]) == right
        ):
            return self.exported(left.rpartition(".")[2], right)
        return None

    def _exported_part(self, part: Node) -> list[str]:
        marks = len(self.marks)
        try:
            if part.type == "pair":
                return self.exported(text_of(field(part, "key")), field(part, "value"))
            if part.type == "method_definition":
                return self.exported(text_of(field(part, "name")), part)
            if part.type == "shorthand_property_identifier":
                return self.exported(text_of(part), part)
            raise Untranslated("an export that is not seen here")
        except Untranslated as error:
            del self.marks[marks:]
            return self.marked(part, str(error), error.cause)

    def exported(self, name: str, value: Node) -> list[str]:
        """``exports.name = value``."""
        value = bare(value)
        python = self.module.export_name(name)
        if any(
            other != name and not other.isidentifier() and self.module.export_name(other) == python
            for other in self.module.exports
        ):
            refuse(f"the export {name}, whose Python name another one has, too")
        is_value = name == "main" and self.module.is_entry and self.module.main is None
        if value.type in FUNCTIONS and not is_value:
            return self.defined(value, python)
        code = self.expr(value)
        before, self.prelude = self.prelude, []
        if is_value:
            return [*before, f"main = {self.function_decorator()}(js.entry({code}))"]
        return [*before, f"{python} = {code}"] if code.text != python else before

    def defined(self, function: Node, name: str) -> list[str]:
        main = self.module.main
        try:
            return self.definition(function, name)
        except Untranslated as error:
            if main is None or function.id != main.id:
                raise
            marked = self.marked(function, str(error), error.cause)
            told = quoted(f"{self.module.file}:{line_of(function)}: {error}")
            return [
                *(line for line in marked if line.startswith("#")),
                f"@{self.function_decorator()}",
                f"def {name}(event, context):",
                f"    raise js.NotTranslated({told})",
            ]

    def function_decorator(self) -> str:
        face = "cloudpy.sync" if self.sync else "cloudpy"
        for variable in self.names.root.names.values():
            source, name = self.module.requires.get(id(variable), ("", "-"))
            if source == SDK and name in ("", "default"):
                self._sdk_name = variable.python
        if not self._sdk_name:
            self._sdk_name = "cloud" if "cloud" not in self.names.pythons else self.spare("cloud")
        self.imports.append(f"import {face} as {self._sdk_name}")
        return f"{self._sdk_name}.function"

    # ---- what the parts ask for

    def result(self, node: Node) -> Py:
        return self.given(node)

    def gives_nothing(self) -> bool:
        return self.gives_undefined()

    def statement_lines(self, node: Node) -> list[str]:
        return commented(node) if node.type == "comment" else self.statement(node)

    def statement_of(self, node: Node) -> list[str]:
        found: list[str] = getattr(self, f"_{node.type}")(node)
        return found

    def step_of(self, node: Node) -> list[str]:
        if node.type == "update_expression":
            return self._update(node)
        if node.type == "augmented_assignment_expression":
            return self._augmented(node)
        if node.type == "assignment_expression":
            return self._assignment(node)
        return [refuse("a step of a loop that is no assignment").text]


def _is_export_clause(node: Node) -> bool:
    return node.type == "export_statement" and any(each.type == "export_clause" for each in kids(node))


def _identifiers(node: Node) -> list[Node]:
    if node.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [node]
    if node.type == "pair_pattern":
        return _identifiers(field(node, "value"))
    return [each for child in kids(node) for each in _identifiers(child)]


def _compiled(lines: list[str]) -> ast.Module:
    """The tree of lines that Python compiles."""
    tree = ast.parse("\n".join(lines))
    compile(tree, "index.py", "exec")
    return tree


def python_name(file: str) -> str:
    """``lib/my-util.js`` -> ``lib.my_util``, a name that shadows no module of Python's."""
    stem = file.rpartition(".")[0]
    parts = ["".join(each if each.isalnum() or each == "_" else "_" for each in part) for part in stem.split("/")]
    taken = parts[-1] == "js" or parts[0] in sys.stdlib_module_names or parts[0] == "cloudpy"
    return ".".join(parts) + ("_" if taken and len(parts) == 1 else "")
