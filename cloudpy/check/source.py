"""The user's code as syntax trees, with the scopes that resolving names needs."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from .finding import Finding
from .folder import Folder
from .shared import packaged_name

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Scope:
    """A module, a class or a function, which bind names.

    Attributes:
        bindings: name -> the nodes it may stand for: an expression, an import, a def, a class; None for unknown values.
        parent: the enclosing scope; None for a module.
    """

    def __init__(self, node: ast.AST, source: Source, parent: Scope | None) -> None:
        self.node = node
        self.source = source
        self.parent = parent
        self.bindings: dict[str, list[ast.AST | None]] = {}

    def bind(self, name: str, value: ast.AST | None) -> None:
        """Add a value that `name` may stand for."""
        self.bindings.setdefault(name, []).append(value)

    @property
    def function(self) -> Scope | None:
        """The innermost function, this one included."""
        scope: Scope | None = self
        while scope is not None and not isinstance(scope.node, FunctionNode | ast.Lambda):
            scope = scope.parent
        return scope


class Source:
    """One file.

    Attributes:
        name: relative to the function's folder, with ``/``.
        text: the decoded content.
        tree: the syntax tree.
        module: the name it is imported by.
        scope: of the module.
        parents: of each node.
        scopes: of each node.
        attributes: ``self.x = …`` in the methods of each class.
    """

    def __init__(self, name: str, text: str, tree: ast.Module) -> None:
        self.name = name
        self.text = text
        self.tree = tree
        self.module = packaged_name(name).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.scope = Scope(tree, self, None)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.scopes: dict[ast.AST, Scope] = {}
        self.attributes: dict[ast.AST, dict[str, list[ast.AST | None]]] = {}
        self._visit(tree, self.scope)

    def nodes(self) -> Iterator[ast.AST]:
        """Return an iterator of all nodes."""
        return iter(self.scopes)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the parent of a node; None for the module."""
        return self.parents.get(node)

    def is_package(self) -> bool:
        """Whether it is the ``__init__.py`` of a package."""
        return self.name.endswith("__init__.py")

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        self.scopes[node] = scope
        self._bind(node, scope)
        inner = scope
        if isinstance(node, FunctionNode | ast.Lambda | ast.ClassDef):
            inner = Scope(node, self, scope)
            if not isinstance(node, ast.ClassDef):
                _bind_parameters(node.args, inner)
        for field, value in ast.iter_fields(node):
            # decorators, defaults and annotations belong to the enclosing scope
            where = inner if field == "body" else scope
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    self.parents[child] = node
                    self._visit(child, where)

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, FunctionNode | ast.ClassDef):
            scope.bind(node.name, node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                scope.bind(alias.asname or alias.name.partition(".")[0], node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind_target(target, node.value, scope)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            self._bind_target(node.target, node.value, scope)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._bind_target(node.target, None, scope)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind_target(node.optional_vars, None, scope)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            scope.bind(node.name, None)

    def _bind_target(self, target: ast.expr, value: ast.expr | None, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            home = self.scope if target.id in _globals(scope) else scope
            home.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for index, each in enumerate(target.elts):
                self._bind_target(each, values[index] if len(values) == len(target.elts) else None, scope)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = owner_class(scope, target.value.id)
            if owner is not None:
                self.attributes.setdefault(owner, {}).setdefault(target.attr, []).append(value)


def owner_class(scope: Scope, name: str) -> ast.ClassDef | None:
    """Return the class of the method that `scope` is in, if `name` is its first parameter (``self``)."""
    function = scope.function
    if function is None or function.parent is None or not isinstance(function.node, FunctionNode):
        return None
    first = next(iter(function.node.args.args), None)
    owner = function.parent.node
    return owner if isinstance(owner, ast.ClassDef) and first is not None and first.arg == name else None


def read(folder: Folder) -> tuple[list[Source], list[Finding]]:
    """Return the user's files, and errors for those that cannot be parsed."""
    sources: list[Source] = []
    findings: list[Finding] = []
    for name in folder.code():
        data = folder.read(name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about the user's code
                tree = ast.parse(data, name)
                compile(data, name, "exec", dont_inherit=True)  # also finds an await outside of async def
            text = data.decode("utf-8-sig", "replace")
            sources.append(Source(name, text, tree))
        except SyntaxError as error:
            findings.append(
                Finding(name, error.lineno or 0, "error", "syntax", f"invalid syntax: {error.msg or error}")
            )
        except (ValueError, RecursionError, MemoryError) as error:
            text = f"the code cannot be parsed: {str(error) or type(error).__name__}"
            findings.append(Finding(name, 0, "error", "syntax", text))
    return sources, findings


def _bind_parameters(arguments: ast.arguments, scope: Scope) -> None:
    by_position = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(by_position) - len(arguments.defaults)) + arguments.defaults
    for parameter, default in [
        *zip(by_position, defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]:
        scope.bind(parameter.arg, parameter)
        if default is not None:
            scope.bind(parameter.arg, default)
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            scope.bind(rest.arg, None)


def _globals(scope: Scope) -> set[str]:
    if not isinstance(scope.node, FunctionNode):
        return set()
    return {name for node in scope.node.body if isinstance(node, ast.Global) for name in node.names}
