"""Import rules: imports that fail in the cloud, and files that hide a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import requirements, stdlib
from .calls import function_name
from .finding import Finding
from .folder import Folder
from .libraries import Libraries, distribution_of
from .resolver import ExternalName, Resolver
from .shared import packaged_name
from .source import Source

_DYNAMIC = {"importlib.import_module", "__import__", "runpy.run_module", "runpy.run_path", "exec"}
# The developer tools of cloudpy, which `cloudpy package` leaves out
DEVELOPER_TOOLS = frozenset(
    (
        "check",
        "cli",
        "compare",
        "devserver",
        "distribution",
        "i18n",
        "local",
        "migrate",
        "package",
        "pages",
        "runner",
        "testing",
    )
)
# In the test of an if: its imports are for another platform or Python, for types, or for running by hand
_GUARDS = ("TYPE_CHECKING", "sys.", "os.name", "platform", "__name__", "find_spec", "version", "PY2", "PY3", "py3k")
_BINARIES = (".so", ".pyd", ".pyc")


def findings(
    folder: Folder, sources: list[Source], resolver: Resolver, handler: str, python: tuple[int, int]
) -> Iterator[Finding]:
    """Yield the import errors of the files that run.

    Args:
        folder: of the function.
        sources: its code.
        resolver: of the same code.
        handler: ``file.function``; files that it does not import are scripts, and not checked.
        python: the target version.
    """
    try:
        lines = requirements.read(folder.path)
    except requirements.RequirementsError:  # reported by the rule for requirements
        return
    file, _, function = handler.rpartition(".")
    imports = _Imports(folder, sources, Libraries(lines, python), python, function)
    for source in imports.reachable(file, resolver):
        for node in source.nodes():
            if isinstance(node, ast.Import | ast.ImportFrom) and not _is_guarded(node, source):
                yield from imports.check(node, source)
    yield from imports.hidden_modules()


class _Imports:
    def __init__(
        self, folder: Folder, sources: list[Source], libraries: Libraries, python: tuple[int, int], handler: str
    ) -> None:
        self.sources = {source.module: source for source in sources}
        self.libraries = libraries
        self.python = python
        self.handler = handler
        self.reported: set[str] = set()  # modules of libraries: each is reported once
        self.has_requirements = (folder.path / requirements.NAME).is_file()
        self.modules: set[str] = set()  # dotted, of all files, installed libraries too
        self.namespaces: set[str] = set()  # folders without an __init__.py
        files = [packaged_name(name) for name in folder.files()]
        code = [packaged_name(name) for name in folder.code()]
        self.tops = {name.partition("/")[0].partition(".")[0] for name in code if _is_top(name)}
        for name in files:
            if name.endswith((".py", *_BINARIES)):
                parts = name.split("/")
                parts[-1] = parts[-1].partition(".")[0]
                if parts[-1] == "__init__":
                    parts.pop()
                parents = {".".join(parts[:end]) for end in range(1, len(parts))}
                self.namespaces |= parents - self.modules
                self.modules |= {".".join(parts), *parents}
                self.namespaces.discard(".".join(parts))

    def reachable(self, first: str, resolver: Resolver) -> list[Source]:
        """Return the files that the handler's file imports; all when it is missing or imports dynamically."""
        start = self.sources.get(first.replace("/", "."))
        if start is None:
            return list(self.sources.values())
        reachable, queue = {start}, [start]
        while queue:
            source = queue.pop()
            for node in source.nodes():
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    base = self.base(node, source)
                    names = [base, *(f"{base}.{alias.name}" for alias in node.names)] if base is not None else []
                elif isinstance(node, ast.Call):
                    values = resolver.of(node.func, source.scopes[node])
                    if any(isinstance(value, ExternalName) and value.name in _DYNAMIC for value in values):
                        return list(self.sources.values())
                for name in names:
                    parts = name.split(".")
                    for end in range(1, len(parts) + 1):
                        other = self.sources.get(".".join(parts[:end]))
                        if other is not None and other not in reachable:
                            reachable.add(other)
                            queue.append(other)
        return sorted(reachable, key=lambda source: source.name)

    def base(self, node: ast.ImportFrom, source: Source) -> str | None:
        """Return the absolute name of the module to import from; None when the dots lead out of the package."""
        if not node.level:
            return node.module or ""
        package = source.module.split(".") if source.is_package() else source.module.split(".")[:-1]
        if source.name == "__init__.py" or len(package) < node.level:
            return None
        return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])

    def check(self, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from self._module(alias.name, node, source)
            return
        base = self.base(node, source)
        if base is None:
            yield self._finding(node, source, self._relative(node, source))
            return
        errors = list(self._module(base, node, source))
        yield from errors
        for alias in node.names if not errors else ():
            if base in self.sources and not self._has(base, alias.name):
                yield self._finding(node, source, f"{self.sources[base].name} has no {alias.name}")
            elif base in self.namespaces and f"{base}.{alias.name}" not in self.modules and alias.name != "*":
                yield self._finding(node, source, f"no {alias.name} in the folder {base.replace('.', '/')}")

    def _relative(self, node: ast.ImportFrom, source: Source) -> str:
        dots = "." * node.level
        absolute = node.module or ""
        if "/" in source.name:
            return f"from {dots}{absolute} import … leads out of the function's folder; only that folder is uploaded"
        names = ", ".join(alias.name for alias in node.names)
        instead = f"from {absolute} import {names}" if absolute else f"import {names}"
        return (
            f"from {dots}{absolute} import … fails: the platform imports {source.name} as a top-level module, not as"
            f" part of a package; write {instead}"
        )

    def _has(self, module: str, name: str) -> bool:
        bindings = self.sources[module].scope.bindings
        if name == "*" or name in bindings or f"{module}.{name}" in self.modules or "*" in bindings:
            return True
        if "__getattr__" in bindings or name.startswith("__"):
            return True
        text = self.sources[module].text  # names defined dynamically
        return any(word in text for word in ("globals()", "setattr(", "exec(", "sys.modules")) or _is_global(
            self.sources[module], name
        )

    def _module(self, name: str, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        top, *rest = name.split(".")
        if name in self.modules:
            return
        if top in self.modules:
            if top in self.sources or any(each.startswith(f"{top}.") for each in self.sources):
                yield self._finding(node, source, f"no module {name} in the folder")
            return
        if top == "cloudpy":
            if rest and rest[0] in DEVELOPER_TOOLS:
                text = f"cloudpy.{rest[0]} is a developer tool, which `cloudpy package` leaves out"
                yield self._finding(node, source, text)
            return
        if top in stdlib.OTHER_SYSTEMS:
            yield self._finding(node, source, f"{top} only exists on {stdlib.OTHER_SYSTEMS[top]}; the cloud runs Linux")
        elif not stdlib.has(top, self.python) and top not in stdlib.REMOVED:
            yield from self._library(top, node, source)
        elif not stdlib.has(top, self.python):
            since = stdlib.REMOVED[top]
            if self.libraries.has(top) == "no":
                text = f"{top} was removed from the standard library in Python {since[0]}.{since[1]}"
                yield self._finding(node, source, text)

    def _library(self, top: str, node: ast.Import | ast.ImportFrom, source: Source) -> Iterator[Finding]:
        if self.libraries.has(top) != "no" or top in self.reported:
            return
        self.reported.add(top)
        how = "add the line" if self.has_requirements else f"there is no {requirements.NAME}: write one with"
        python = f"Python {self.python[0]}.{self.python[1]}"
        text = (
            f"no module {top} in the cloud: it is not in the folder, {python} or {requirements.NAME}; {how}"
            f" {distribution_of(top)}"
        )
        # a library that is not installed here may depend on it; a helper with the import may never be called
        is_sure = self.libraries.is_sure and function_name(source.scopes[node]) in ("", self.handler)
        yield self._finding(node, source, text, sure=is_sure)

    def hidden_modules(self) -> Iterator[Finding]:
        """Yield files at the top of the folder that are imported in place of a module of the same name."""
        for name in sorted(self.tops):
            file = self.sources[name].name if name in self.sources else f"{name}/"
            owner = "the SDK" if name == "cloudpy" else self.libraries.distribution(name)
            if owner and not stdlib.has(name, self.python):
                if file == f"{name}.py" and not self.libraries.is_file(name):  # a folder may be a copy of the library
                    text = f"{file} hides the module {name} of {owner}; rename it"
                    yield Finding(file, 0, "error", "hidden-module", text)
            elif name in stdlib.BUILT_IN:
                text = f"{file} is never imported: the module {name} is built into Python; rename it"
                yield Finding(file, 0, "error", "hidden-module", text)
            elif stdlib.has(name, self.python):
                text = f"{file} hides the module {name} of the standard library, from libraries too; rename it"
                yield Finding(file, 0, "warning" if name in stdlib.RARE else "error", "hidden-module", text)

    def _finding(self, node: ast.AST, source: Source, text: str, *, sure: bool = True) -> Finding:
        line: int = getattr(node, "lineno", 0)
        return Finding(source.name, line, "error" if sure else "warning", "import", text)


def _is_top(name: str) -> bool:
    """Whether a file is a top-level module or package of the folder."""
    parts = name.split("/")
    return len(parts) == 1 or (len(parts) == 2 and parts[1] == "__init__.py")


def _is_global(source: Source, name: str) -> bool:
    """Whether a function of the file declares `name` global."""
    return any(isinstance(node, ast.Global) and name in node.names for node in source.nodes())


def _is_guarded(node: ast.AST, source: Source) -> bool:
    """Whether the code expects the import to fail, or the platform does not run it."""
    child, parent = node, source.parent(node)
    while parent is not None:
        in_body = isinstance(parent, ast.Try | ast.With) and child in parent.body
        if in_body and isinstance(parent, ast.Try) and any(map(_catches_import_errors, parent.handlers)):
            return True
        if in_body and isinstance(parent, ast.With):
            managers = [item.context_expr for item in parent.items]
            if any(map(_suppresses_import_errors, managers)):
                return True
        if isinstance(parent, ast.ExceptHandler):  # the fallback of a failed import
            return True
        if isinstance(parent, ast.If):
            test = ast.unparse(parent.test)
            if any(guard in test for guard in _GUARDS):
                return True
        child, parent = parent, source.parent(parent)
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
    text = ast.unparse(caught)
    return any(name in text for name in ("ImportError", "ModuleNotFoundError", "Exception"))
