"""The cloud calls in the user's code: which API, where, with which client, and how the result is used."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from .public_api import Client
from .resolver import Api, Cloud, ExternalName, Resolver, Text
from .source import FunctionNode, Scope, Source

CallUse = Literal["awaited", "passed on", "dropped", "returned"]
# They need a value; anything else that takes a coroutine may await it.
_VALUES_ONLY = {"print", "str", "repr", "len", "dict", "list", "bool", "int", "float", "sorted", "isinstance"}
_VALUES_ONLY |= {"json.dumps", "json.loads"}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One place that calls an API, or passes it on to be called.

    Attributes:
        node: the call; None for a name that is passed on: ``asyncio.to_thread(cloud.openapi.a.b)``.
        use: of the coroutine of an async call.
    """

    api: str
    file: str
    line: int
    client: Client
    convert_case: bool
    node: ast.Call | None
    use: CallUse


@dataclass(frozen=True, slots=True)
class DynamicCall:
    """A place that may call an API whose name is only known at run time."""

    file: str
    line: int
    what: str


def find(resolver: Resolver) -> tuple[list[ApiCall], list[DynamicCall]]:
    """Return all cloud calls in the order of the files, and the places that may hide more."""
    calls: list[ApiCall] = []
    dynamic_calls: list[DynamicCall] = []
    for source in resolver.sources:
        reader = CallReader(resolver, source)
        for node in source.nodes():
            reader.read(node)
        calls += sorted(set(reader.calls), key=lambda call: (call.line, call.api))
        dynamic_calls += sorted(set(reader.dynamic_calls), key=lambda each: (each.line, each.what))
    return calls, dynamic_calls


class CallReader:
    """Reads the calls of one file."""

    def __init__(self, resolver: Resolver, source: Source) -> None:
        self.resolver = resolver
        self.source = source
        self.calls: list[ApiCall] = []
        self.dynamic_calls: list[DynamicCall] = []

    def read(self, node: ast.AST) -> None:
        """Add the API that `node` calls, if it calls one."""
        scope = self.source.scopes[node]
        if isinstance(node, ast.Call):
            self._call(node, scope)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            self._reference(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        for value in self.resolver.of(node.func, scope):
            if isinstance(value, Api) and value.name:
                use = self.use(node, scope)
                self.calls.append(
                    ApiCall(value.name, self.source.name, node.lineno, value.client, value.convert_case, node, use)
                )
            elif value == ExternalName("getattr") and len(node.args) >= 2:
                self._getattr(node, scope)
        if isinstance(self.source.parent(node), ast.Call) and not self._is_called(node):
            # getattr(…) itself is passed on
            for value in self.resolver.of(node, scope):
                if isinstance(value, Api) and _is_whole(value):
                    self.calls.append(self._passed_on(value, node))

    def _getattr(self, node: ast.Call, scope: Scope) -> None:
        names = self.resolver.of(node.args[1], scope)
        if any(isinstance(name, Text) for name in names):
            return
        for value in self.resolver.of(node.args[0], scope):
            if isinstance(value, Api):
                self._add_dynamic(node, f"getattr() on {_name(value)} with a name that is only known at run time")

    def _reference(self, node: ast.expr, scope: Scope) -> None:
        around = self.source.parent(node)
        if isinstance(around, ast.Attribute) or self._is_called(node):
            return
        if isinstance(
            around, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return | ast.IfExp | ast.BoolOp
        ) and not _into_container(around):
            return  # its uses are found by the new name
        if isinstance(around, ast.arguments):  # a default
            return
        for value in self.resolver.of(node, scope):
            if isinstance(value, Api) and _is_whole(value):
                self.calls.append(self._passed_on(value, node))
            elif isinstance(value, Api | Cloud) and isinstance(around, ast.Call | ast.keyword):
                call = around if isinstance(around, ast.Call) else self.source.parent(around)
                if isinstance(call, ast.Call) and not self._is_followed(call, scope):
                    self._add_dynamic(node, f"{_name(value)} is passed to {ast.unparse(call.func)}()")
            elif isinstance(value, Api):
                self._add_dynamic(node, f"{_name(value)} is stored where it cannot be followed")

    def _is_followed(self, call: ast.Call, scope: Scope) -> bool:
        """Whether the use of an argument of `call` is seen elsewhere: in the user's function, in getattr."""
        return any(
            not isinstance(value, ExternalName)
            or value.name in ("getattr", "hasattr", "print", "repr", "isinstance", "type")
            for value in self.resolver.of(call.func, scope)
        )

    def _is_called(self, node: ast.AST) -> bool:
        around = self.source.parent(node)
        return isinstance(around, ast.Call) and around.func is node

    def _passed_on(self, value: Api, node: ast.expr) -> ApiCall:
        return ApiCall(value.name, self.source.name, node.lineno, value.client, value.convert_case, None, "passed on")

    def _add_dynamic(self, node: ast.expr, what: str) -> None:
        self.dynamic_calls.append(DynamicCall(self.source.name, node.lineno, what))

    def use(self, node: ast.expr, scope: Scope) -> CallUse:
        """Return how the value of `node` is used; ``dropped`` only when it is certain."""
        around = self.source.parent(node)
        if isinstance(around, ast.Await):
            return "awaited"
        if isinstance(around, ast.Return):
            return "returned"
        if isinstance(around, ast.Expr | ast.Attribute | ast.Subscript | ast.Compare | ast.FormattedValue):
            is_index = isinstance(around, ast.Subscript) and around.slice is node
            return "passed on" if is_index else "dropped"
        if isinstance(
            around, ast.Dict | ast.List | ast.Tuple | ast.ListComp | ast.DictComp
        ):  # {"a": call()} as a result
            return "returned" if isinstance(self.source.parent(around), ast.Return) else "passed on"
        if isinstance(around, ast.For | ast.AsyncFor | ast.If | ast.While | ast.UnaryOp | ast.BinOp):
            return "dropped"
        if isinstance(around, ast.Call) and around.func is not node:
            names = {value.name for value in self.resolver.of(around.func, scope) if isinstance(value, ExternalName)}
            return "dropped" if names & _VALUES_ONLY else "passed on"
        if isinstance(around, ast.Assign) and len(around.targets) == 1 and isinstance(around.targets[0], ast.Name):
            return self._use_of_name(around.targets[0].id, scope)
        return "passed on"

    def _use_of_name(self, name: str, scope: Scope) -> CallUse:
        """Return how a coroutine in a variable is used: passed on, if any use may await it."""
        function = scope.function
        if function is None:
            return "passed on"
        uses = [
            node
            for node in ast.walk(function.node)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        kinds = {self.use(use, self.source.scopes[use]) for use in uses}
        if kinds <= {"dropped"}:
            return "dropped"
        return "returned" if kinds <= {"dropped", "returned"} else "passed on"


def is_in_async(scope: Scope) -> bool:
    """Whether the innermost function is an ``async def``."""
    function = scope.function
    return function is not None and isinstance(function.node, ast.AsyncFunctionDef)


def function_name(scope: Scope) -> str:
    """Return the name of the innermost function; empty at the top of a file."""
    function = scope.function
    return function.node.name if function is not None and isinstance(function.node, FunctionNode) else ""


def _is_whole(value: Api) -> bool:
    """Whether it is an API rather than a namespace of them."""
    from ..contracts import names

    return value.name in names()


def _into_container(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(target, ast.Subscript) for target in node.targets)


def _name(value: Api | Cloud) -> str:
    return "cloud" if isinstance(value, Cloud) else f"cloud.openapi.{value.name}".rstrip(".")
