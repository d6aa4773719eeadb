"""Imports that fail in the cloud, and own files that hide a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import requirements_file, stdlib
from .calls import function_name
from .finding import Finding
from .folder import Folder
from .libraries import Libraries, distribution_of
from .meaning import Meaning, Thing
from .source import Source

_DYNAMIC = {"importlib.import_module", "__import__", "runpy.run_module", "runpy.run_path", "exec"}
# The developer's side of cloudpy, which `cloudpy package` leaves out.
_NOT_DEPLOYED = {"check", "checks", "cli", "compare", "dev", "devserver", "local", "migrate", "package", "packaging"}
_NOT_DEPLOYED |= {"runner", "testing"}
# In the test of an if: an import below it is for another platform or Python, for types, or for a run by hand.
_GUARDS = ("TYPE_CHECKING", "sys.", "os.name", "platform", "__name__", "find_spec", "version", "PY2", "PY3", "py3k")
_BINARIES = (".so", ".pyd", ".pyc")


def findings(
    folder: Folder, sources: list[Source], meaning: Meaning, handler: str, python: tuple[int, int]
) -> Iterator[Finding]:
    """What is wrong with the imports of the files that run.

    Args:
        handler: ``file.function``: files that it does not lead to are scripts, and not judged.
    """
    try:
        lines = requirements_file.read(folder.path)
    except requirements_file.RequirementsError:  # the rule about requirements says so
        return
    file, _, function = handler.rpartition(".")
    reader = _Imports(folder, sources, Libraries(lines, python), python, function)
    running = reader.reached(file, meaning)
    for source in running:
        for node in source.nodes():
            if isinstance(node, ast.Import | ast.ImportFrom) and not _is_guarded(node, source):
                yield from reader.judge(node, source)
    yield from reader.hidden()


class _Imports:
    def __init__(
        self, folder: Folder, sources: list[Source], libraries: Libraries, python: tuple[int, int], handler: str
    ) -> None:
        self.sources = {source.module: source for source in sources}
        self.libraries = libraries
        self.python = python
        self.handler = handler
        self.reported: set[str] = set()  # modules of libraries; one line for each will do
        self.has_requirements = (folder.path / requirements_file.NAME).is_file()
        self.modules: set[str] = set()  # dotted, of all files, libraries installed beside the code too
        self.plain: set[str] = set()  # those that are folders without an __init__.py: only files are in them
        files = list(folder.files())
        self.tops = {name.partition("/")[0].partition(".")[0] for name in folder.code() if _is_top(name)}
        for name in files:
            if name.endswith((".py", *_BINARIES)):
                parts = name.split("/")
                parts[-1] = parts[-1].partition(".")[0]
                if parts[-1] == "__init__":
                    parts.pop()
                around = {".".join(parts[:end]) for end in range(1, len(parts))}
                self.plain |= around - self.modules
                self.modules |= {".".join(parts), *around}
                self.plain.discard(".".join(parts))

    def reached(self, first: str, meaning: Meaning) -> list[Source]:
        """The files that run: those that the handler's file leads to; all, when it is not there or imports by name."""
        start = self.sources.get(first.replace("/", "."))
        if start is None:
            return list(self.sources.values())
        found, waiting = {start}, [start]
        while waiting:
            source = waiting.pop()
            for node in source.nodes():
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    base = self.base(node, source)
                    names = [base, *(f"{base}.{alias.name}" for alias in node.names)] if base is not None else []
                elif isinstance(node, ast.Call):
                    values = meaning.of(node.func, source.scopes[node])
                    if any(isinstance(value, Thing) and value.name in _DYNAMIC for value in values):
                        return list(self.sources.values())
                for name in names:
                    parts = name.split(".")
                    for end in range(1, len(parts) + 1):
                        other = self.sources.get(".".join(parts[:end]))
                        if other is not None and other not in found:
                            found.add(other)
                            waiting.append(other)
        return sorted(found, key=lambda source: source.name)

    def base(self, node: ast.ImportFrom, source: Source) -> str | None:
        """The module that names are imported from, absolute; None when the dots lead out of every package."""
        if not node.level:
            return node.module or ""
        package = source.module.split(".") if source.is_package() else source.module.split(".")[:-1]
        if source.name == "__init__.py" or len(package) < node.level:
            return None
        return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])

    def judge(self, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self._module(alias.name, node, source)
            return
        base = self.base(node, source)
        if base is None:
            yield self._finding(node, source, self._relative(node, source))
            return
        wrong = list(self._module(base, node, source))
        yield from wrong
        for alias in node.names if not wrong else ():
            if base in self.sources and not self._has(base, alias.name):
                yield self._finding(node, source, f"{self.sources[base].name} has no {alias.name}")
            elif base in self.plain and f"{base}.{alias.name}" not in self.modules and alias.name != "*":
                yield self._finding(node, source, f"there is no {alias.name} in the folder {base.replace('.', '/')}")

    def _relative(self, node: ast.ImportFrom, source: Source) -> str:
        dots = "." * node.level
        absolute = node.module or ""
        if "/" in source.name:
            return f"from {dots}{absolute} import … leads out of the function's folder, which is all that is uploaded"
        names = ", ".join(alias.name for alias in node.names)
        instead = f"from {absolute} import {names}" if absolute else f"import {names}"
        return (
            f"from {dots}{absolute} import … fails: the platform imports {source.name} by itself, not as part of a"
            f" package; write {instead}"
        )

    def _has(self, module: str, name: str) -> bool:
        bindings = self.sources[module].scope.bindings
        if name == "*" or name in bindings or f"{module}.{name}" in self.modules or "*" in bindings:
            return True
        if "__getattr__" in bindings or name.startswith("__"):
            return True
        text = self.sources[module].text  # names that are made when the file runs
        return any(word in text for word in ("globals()", "setattr(", "exec(", "sys.modules")) or _is_deep(
            self.sources[module], name
        )

    def _module(self, name: str, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        top, *rest = name.split(".")
        if name in self.modules:
            return
        if top in self.modules:
            if top in self.sources or any(each.startswith(f"{top}.") for each in self.sources):
                yield self._finding(node, source, f"there is no module {name} in the folder")
            return
        if top == "cloudpy":
            if rest and rest[0] in _NOT_DEPLOYED:
                text = f"cloudpy.{rest[0]} is for the developer, and not part of what `cloudpy package` makes"
                yield self._finding(node, source, text)
            return
        if top in stdlib.ELSEWHERE:
            yield self._finding(node, source, f"{top} is there on {stdlib.ELSEWHERE[top]} alone; the cloud runs Linux")
        elif not stdlib.has(top, self.python) and top not in stdlib.REMOVED:
            yield from self._library(top, node, source)
        elif not stdlib.has(top, self.python):
            since = stdlib.REMOVED[top]
            if self.libraries.has(top) == "no":
                text = f"{top} is no longer part of the standard library from Python {since[0]}.{since[1]} on"
                yield self._finding(node, source, text)

    def _library(self, top: str, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        if self.libraries.has(top) != "no" or top in self.reported:
            return
        self.reported.add(top)
        where = "add the line" if self.has_requirements else f"there is no {requirements_file.NAME}: write one with"
        text = (
            f"there is no module {top} in the cloud: it is neither in the folder nor in Python {self.python[0]}."
            f"{self.python[1]}, and {requirements_file.NAME} does not ask for it; {where} {distribution_of(top)}"
            f"（{requirements_file.NAME} 中缺少 {distribution_of(top)}）"
        )
        # one that is not installed here may bring it along; what a helper imports when it is called may not be called
        is_sure = self.libraries.is_sure and function_name(source.scopes[node]) in ("", self.handler)
        yield self._finding(node, source, text, sure=is_sure)

    def hidden(self) -> Iterator[Finding]:
        """Own files at the top of the folder that are found in the place of a module that others import."""
        for name in sorted(self.tops):
            file = self.sources[name].name if name in self.sources else f"{name}/"
            owner = "the SDK" if name == "cloudpy" else self.libraries.brought_by(name)
            if owner and not stdlib.has(name, self.python):
                if file == f"{name}.py" and not self.libraries.is_file(name):  # a folder may be the library, copied
                    text = f"{file} hides the module {name} of {owner} from everything that imports it; rename it"
                    yield Finding(file, 0, "error", "hidden-module", text)
            elif name in stdlib.BUILT_IN:
                text = f"{file} is never imported: the module {name} is built into Python; rename it"
                yield Finding(file, 0, "error", "hidden-module", text)
            elif stdlib.has(name, self.python):
                text = f"{file} hides the module {name} of the standard library, for libraries too; rename it"
                yield Finding(file, 0, "warning" if name in stdlib.RARE else "error", "hidden-module", text)

    def _finding(self, node: ast.AST, source: Source, text: str, *, sure: bool = True) -> Finding:
        line: int = getattr(node, "lineno", 0)
        return Finding(source.name, line, "error" if sure else "warning", "import", text)


def _is_top(name: str) -> bool:
    """Whether a file makes a name at the top of the folder that comes before others of that name."""
    parts = name.split("/")
    return len(parts) == 1 or (len(parts) == 2 and parts[1] == "__init__.py")


def _is_deep(source: Source, name: str) -> bool:
    """Whether a function of the file makes `name` a global of it."""
    return any(isinstance(node, ast.Global) and name in node.names for node in source.nodes())


def _is_guarded(node: ast.AST, source: Source) -> bool:
    """Whether a failure of the import is expected, or the platform does not come there."""
    child, around = node, source.parent(node)
    while around is not None:
        if isinstance(around, ast.Try) and child in around.body:
            if any(_catches_import_errors(handler) for handler in around.handlers):
                return True
        if isinstance(around, ast.With) and child in around.body:
            if any(_suppresses_import_errors(item.context_expr) for item in around.items):
                return True
        if isinstance(around, ast.ExceptHandler):  # the other way of something that was tried
            return True
        if isinstance(around, ast.If):
            test = ast.unparse(around.test)
            if any(word in test for word in _GUARDS):
                return True
        child, around = around, source.parent(around)
    return False


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return _names_import_errors(handler.type)


def _suppresses_import_errors(manager: ast.expr) -> bool:
    """Whether it is ``contextlib.suppress(ImportError)``."""
    if not isinstance(manager, ast.Call) or not ast.unparse(manager.func).endswith("suppress"):
        return False
    return any(_names_import_errors(each) for each in manager.args)


def _names_import_errors(caught: ast.expr) -> bool:
    written = ast.unparse(caught)
    return any(word in written for word in ("ImportError", "ModuleNotFoundError", "Exception"))
