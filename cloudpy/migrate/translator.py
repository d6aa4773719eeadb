"""The Python of one file: the writers put together, and the head of the file."""

from __future__ import annotations

import ast
import re

from ..i18n import translated
from .assignments import Assignments
from .bundle import has_helper
from .callback_loops import CallbackLoops
from .calls import Calls
from .chains import Chains
from .classes import Classes
from .code import import_block
from .context import EXPORTS, Context
from .control_flow import ControlFlow
from .conversions import Conversions
from .database import Databases
from .diagnostics import Caveat, Todo
from .expressions import Expressions
from .extremes import Extremes
from .functions import Functions
from .helper_uses import helper_uses
from .http_clients import HttpClients
from .imports import Imports
from .inference import Types
from .instances import Instances
from .list_methods import ListMethods
from .loops import Loops
from .methods import Methods
from .nodes import child_nodes, is_commons, text_of
from .operators import Operators
from .packages.registry import Packages
from .packages.tables import PROPERTIES
from .patterns import Patterns
from .plain_dates import PlainDates
from .plain_numbers import PlainNumbers
from .platform import Platform
from .promises import Promises
from .regex import Regexes
from .routes import Routes
from .sdk import AS_IN_JAVASCRIPT, Sdk
from .searches import Searches
from .statements import Statements
from .switches import Switches
from .syntax import Node
from .todos import Todos

# What begins with init(), and what Node refuses without
_NEEDS_INIT = re.compile(
    r"\binit\s*\(|\b(?:database|callFunction|openapi|uploadFile|downloadFile|deleteFile|getTempFileURL|getOpenData|cloudPay)\b"
)
_MODULES = {
    "asyncio",
    "base64",
    "contextlib",
    "functools",
    "hashlib",
    "hmac",
    "json",
    "logging",
    "math",
    "os",
    "platform",
    "random",
    "re",
    "socket",
    "sys",
    "tempfile",
    "time",
    "uuid",
}
# Names of the standard library that translated code uses -> the module that they are imported from
_NAMES = {"Path": "pathlib", "ZoneInfo": "zoneinfo", **dict.fromkeys(("datetime", "timedelta", "timezone"), "datetime")}

# Names that are written as those of ``js`` -> the module of cloudpy that has them
_OF_CLOUDPY = {"UNDEFINED": "cloudpy", "NotTranslated": "cloudpy.errors"}


class Translator:
    """Write the Python of one file.

    Args:
        types: Of the file; `Types.module` is the file itself.
        sync: Whether to write for ``cloudpy.sync``, without await.
    """

    def __init__(self, types: Types, *, sync: bool = False) -> None:
        self._context = context = Context(types, sync=sync)
        self._todos = todos = Todos(context)
        operators = Operators(context)
        chains = Chains(context, operators)
        patterns = Patterns(context)
        regexes = Regexes(context)
        databases = Databases(context)
        sdk = Sdk(context)
        promises = Promises(context, operators)
        packages = Packages(context)
        platform = Platform(context, sdk, promises, HttpClients(context), packages)
        self._functions = functions = Functions(context, todos, patterns, sdk)
        instances = Instances(context, functions)
        classes = Classes(context, functions, instances)
        Expressions(context, chains, databases, platform, functions, instances)
        lists = ListMethods(context, operators)
        Searches(context, lists)
        methods = Methods(context, operators, regexes, functions, packages, lists)
        Calls(context, operators, chains, databases, sdk, promises, platform, functions, methods, instances, packages)
        assignments = Assignments(context, operators, instances, patterns)
        imports = Imports(context, todos, functions, packages)
        Loops(context, operators, patterns, functions, assignments)
        callbacks = CallbackLoops(context, operators, patterns, functions, assignments)
        ControlFlow(context, operators, patterns, functions, callbacks)
        Switches(context, operators)
        conversions = Conversions(context)
        PlainNumbers(context, Extremes(operators.signs, conversions))
        PlainDates(context)
        self._statements = Statements(
            context,
            todos,
            operators,
            patterns,
            functions,
            assignments,
            imports,
            classes,
            databases,
            callbacks,
            Routes(context),
        )
        self._rename_value_main()

    @property
    def todos(self) -> list[Todo]:
        """What was not translated."""
        return self._context.todos

    @property
    def caveats(self) -> list[Caveat]:
        """What does the same only under a condition."""
        return self._context.caveats

    @property
    def helpers(self) -> set[str]:
        """The names that the file uses from ``js``."""
        return self._context.helpers - _OF_CLOUDPY.keys()

    @property
    def attributes(self) -> set[str]:
        """The names of all attributes in the file."""
        text = self._context.module.text
        return self._context.attributes | {name for name in PROPERTIES if name in text}

    def file(self) -> str:
        """Return the whole text, unformatted."""
        context = self._context
        while True:  # what is marked may be used above the mark, so that a second look finds more
            known = self._known()
            text = self._text()
            if known == self._known():
                called = [*context.unfinished, *context.callees]
                context.module.unfinished = {each for each in called if context.reachable_todo(each)}
                return text

    def _known(self) -> tuple[int, int, bool]:
        context = self._context
        return len(context.unavailable), len(context.unfinished), context.module.has_background

    def _rename_value_main(self) -> None:
        """Give way where ``main`` is a value of the program, not the handler."""
        module = self._context.module
        if module.is_entry and module.main is None and "main" in module.exports:
            for variable in module.names.all:
                if variable.python == "main":
                    variable.python = self._functions.unique_name("main")

    def _text(self) -> str:
        context = self._context
        context.reset()
        context.this = EXPORTS if is_commons(context.module.root) else ""
        variables = context.module.names.root.names.values()
        lines = [f"{each.python} = js.UNDEFINED" for each in variables if self._functions.needs_initializer(each)]
        if lines:
            context.reads.add("js")
            context.helpers.add("UNDEFINED")
        before: Node | None = None
        children = sorted(context.module.root.named_children, key=_is_export_clause)  # what they name may follow them
        late = {each.id for each in children if self._is_used_early(each)}
        done = not late
        for child in children:
            if not done and child.type not in ("comment", "import_statement") and not _is_require(child):
                done = True  # what is called before it stands goes before the first statement
                lines += [line for each in children if each.id in late for line in self._top_lines(each)]
            if child.type == "comment":
                self._statements.add_comment(child, before, lines)
            elif child.id not in late:
                if before is not None and child.row - before.end_row > 1:
                    lines.append("")
                lines += self._top_lines(child)
            before = child
        return self._headed("\n".join(lines))

    def _is_used_early(self, node: Node) -> bool:
        return node.type == "function_declaration" and self._statements.is_called_early(node)

    def _top_lines(self, node: Node) -> list[str]:
        """Write a statement of the file, as lines that Python compiles."""
        context = self._context
        count = len(context.todos)
        lines = self._statements.statement(node)
        lines, context.late_imports = [*sorted(context.late_imports), *lines], []
        try:
            tree = _compiled(lines)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            del context.todos[count:]
            why = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
            lines = self._todos.todo(node, f"its translation is not valid Python: {why}")
            tree = _compiled(lines)
        for each in ast.walk(tree):
            if isinstance(each, ast.Name):
                context.reads.add(each.id)
        helpers, attributes = helper_uses(tree)
        context.helpers |= helpers
        context.attributes |= attributes
        return lines

    def _headed(self, body: str) -> str:
        reads = self._context.reads
        for name, source in _OF_CLOUDPY.items():
            if f"js.{name}" in body:
                names = self._context.module.names.pythons | self._context.used_names
                own = name if name not in names else f"{name}_"
                body = body.replace(f"js.{name}", own)
                face = "cloudpy.sync" if self._context.sync and source == "cloudpy" else source
                self._context.imports.append(f"from {face} import {name}{'' if own == name else f' as {own}'}")
        standard = [f"import {name}" for name in sorted(reads & _MODULES)]
        lines = list(dict.fromkeys(self._context.imports))
        used = sorted(reads & _NAMES.keys())
        modules = sorted({_NAMES[name] for name in used})
        standard += [
            f"from {each} import {', '.join(name for name in used if _NAMES[name] == each)}" for each in modules
        ]
        third_party = [line for line in lines if "cloudpy" in line] + sorted(set(self._context.libraries))
        local = [line for line in lines if "cloudpy" not in line]
        if "js" in reads and has_helper(self.helpers):
            local.append("import js")
        head = "\n\n".join("\n".join(import_block(group)) for group in (standard, third_party, local) if group)
        body = body.lstrip("\n")
        if self._asks_for_caller_alone(body):
            body = f"{self._context.sdk_name}.init({AS_IN_JAVASCRIPT})\n\n{body}"
        note = f"{_javascript_values()}\n" if AS_IN_JAVASCRIPT in body else ""
        return f"{note}{head}\n\n{body}\n" if head else f"{note}{body}\n"

    def _asks_for_caller_alone(self, body: str) -> bool:
        """Whether the program calls getWXContext() without init(), which all else needs in Node."""
        module = self._context.module
        texts = [module.text, *(each.text for each in module.others.values())]
        return ".getWXContext()" in body and bool(self._context.sdk_name) and not any(map(_NEEDS_INIT.search, texts))


def _javascript_values() -> str:
    """Return the comment at the head of a file that uses ``javascript_values``."""
    lines = [
        translated("javascript_values=True: in the event, results and documents, a missing key reads as UNDEFINED,"),
        translated("and an empty list or dict is true, as in JavaScript. Remove it where the code relies on neither."),
    ]
    return "\n".join(f"# {line}" for line in lines)


def _is_require(node: Node) -> bool:
    return "require(" in text_of(node) or node.type == "import_statement"


def _is_export_clause(node: Node) -> bool:
    return node.type == "export_statement" and any(each.type == "export_clause" for each in child_nodes(node))


def _compiled(lines: list[str]) -> ast.Module:
    """Return the tree of lines that Python compiles."""
    tree = ast.parse("\n".join(lines))
    compile(tree, "index.py", "exec")
    return tree
