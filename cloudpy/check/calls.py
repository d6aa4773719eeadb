"""The cloud calls in the user's code: which API, where, by which face, and whether somebody waits for the answer."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from .meaning import Api, Cloud, Meaning, Text, Thing
from .public_api import Face
from .source import FunctionNode, Scope, Source

Waiting = Literal["awaited", "handed on", "dropped", "returned"]
# They want a value and get a coroutine; whatever else takes a call may well await it.
_VALUES_ONLY = {"print", "str", "repr", "len", "dict", "list", "bool", "int", "float", "sorted", "isinstance"}
_VALUES_ONLY |= {"json.dumps", "json.loads"}


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One place that calls an API, or hands it on to be called.

    Attributes:
        node: the call; None for a name that is handed on, as in ``asyncio.to_thread(cloud.openapi.a.b)``.
        waiting: what becomes of the coroutine of an async call.
    """

    api: str
    file: str
    line: int
    face: Face
    convert_case: bool
    node: ast.Call | None
    waiting: Waiting


@dataclass(frozen=True, slots=True)
class Unseen:
    """A place where an API is called, or may be, whose name only shows when the code runs."""

    file: str
    line: int
    what: str


def find(meaning: Meaning) -> tuple[list[ApiCall], list[Unseen]]:
    """All cloud calls, in the order of the files, and what hides further ones."""
    calls: list[ApiCall] = []
    unseen: list[Unseen] = []
    for source in meaning.sources:
        reader = Reader(meaning, source)
        for node in source.nodes():
            reader.read(node)
        calls += sorted(set(reader.calls), key=lambda call: (call.line, call.api))
        unseen += sorted(set(reader.unseen), key=lambda each: (each.line, each.what))
    return calls, unseen


class Reader:
    """Reads the calls of one file."""

    def __init__(self, meaning: Meaning, source: Source) -> None:
        self.meaning = meaning
        self.source = source
        self.calls: list[ApiCall] = []
        self.unseen: list[Unseen] = []

    def read(self, node: ast.AST) -> None:
        """Note what `node` calls, when it calls an API."""
        scope = self.source.scopes[node]
        if isinstance(node, ast.Call):
            self._call(node, scope)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            self._reference(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        for value in self.meaning.of(node.func, scope):
            if isinstance(value, Api) and value.name:
                waiting = self.waiting(node, scope)
                self.calls.append(
                    ApiCall(value.name, self.source.name, node.lineno, value.face, value.convert_case, node, waiting)
                )
            elif value == Thing("getattr") and len(node.args) >= 2:
                self._getattr(node, scope)
        if isinstance(self.source.parent(node), ast.Call) and not self._is_called(node):
            # getattr(…) itself handed on
            for value in self.meaning.of(node, scope):
                if isinstance(value, Api) and _is_whole(value):
                    self.calls.append(self._handed_on(value, node))

    def _getattr(self, node: ast.Call, scope: Scope) -> None:
        names = self.meaning.of(node.args[1], scope)
        if any(isinstance(name, Text) for name in names):
            return
        for value in self.meaning.of(node.args[0], scope):
            if isinstance(value, Api):
                self._hides(node, f"getattr() on {_shown(value)} with a name that is made when the code runs")

    def _reference(self, node: ast.expr, scope: Scope) -> None:
        around = self.source.parent(node)
        if isinstance(around, ast.Attribute) or self._is_called(node):
            return
        if isinstance(around, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return | ast.IfExp | ast.BoolOp):
            if not _into_container(around):
                return  # its uses are found by the name it is given
        if isinstance(around, ast.arguments):  # a default
            return
        for value in self.meaning.of(node, scope):
            if isinstance(value, Api) and _is_whole(value):
                self.calls.append(self._handed_on(value, node))
            elif isinstance(value, Api | Cloud) and isinstance(around, ast.Call | ast.keyword):
                call = around if isinstance(around, ast.Call) else self.source.parent(around)
                if isinstance(call, ast.Call) and not self._is_followed(call, scope):
                    self._hides(node, f"{_shown(value)} is handed to {ast.unparse(call.func)}()")
            elif isinstance(value, Api):
                self._hides(node, f"{_shown(value)} is kept in a place that is not followed")

    def _is_followed(self, call: ast.Call, scope: Scope) -> bool:
        """Whether what is done with an argument of `call` shows elsewhere: in a function of the user's, in getattr."""
        return any(
            not isinstance(value, Thing) or value.name in ("getattr", "hasattr", "print", "repr", "isinstance", "type")
            for value in self.meaning.of(call.func, scope)
        )

    def _is_called(self, node: ast.AST) -> bool:
        around = self.source.parent(node)
        return isinstance(around, ast.Call) and around.func is node

    def _handed_on(self, value: Api, node: ast.expr) -> ApiCall:
        return ApiCall(value.name, self.source.name, node.lineno, value.face, value.convert_case, None, "handed on")

    def _hides(self, node: ast.expr, what: str) -> None:
        self.unseen.append(Unseen(self.source.name, node.lineno, what))

    def waiting(self, node: ast.expr, scope: Scope) -> Waiting:
        """What becomes of the value of `node`; only what is sure is called dropped."""
        around = self.source.parent(node)
        if isinstance(around, ast.Await):
            return "awaited"
        if isinstance(around, ast.Return):
            return "returned"
        if isinstance(around, ast.Expr | ast.Attribute | ast.Subscript | ast.Compare | ast.FormattedValue):
            is_index = isinstance(around, ast.Subscript) and around.slice is node
            return "handed on" if is_index else "dropped"
        if isinstance(
            around, ast.Dict | ast.List | ast.Tuple | ast.ListComp | ast.DictComp
        ):  # {"a": call()} as a result
            return "returned" if isinstance(self.source.parent(around), ast.Return) else "handed on"
        if isinstance(around, ast.For | ast.AsyncFor | ast.If | ast.While | ast.UnaryOp | ast.BinOp):
            return "dropped"
        if isinstance(around, ast.Call) and around.func is not node:
            names = {value.name for value in self.meaning.of(around.func, scope) if isinstance(value, Thing)}
            return "dropped" if names & _VALUES_ONLY else "handed on"
        if isinstance(around, ast.Assign) and len(around.targets) == 1 and isinstance(around.targets[0], ast.Name):
            return self._kept(around.targets[0].id, scope)
        return "handed on"

    def _kept(self, name: str, scope: Scope) -> Waiting:
        """What becomes of a coroutine that a name holds: awaited, if any use of the name may await it."""
        function = scope.function
        if function is None:
            return "handed on"
        uses = [
            node
            for node in ast.walk(function.node)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        fates = {self.waiting(use, self.source.scopes[use]) for use in uses}
        if fates <= {"dropped"}:
            return "dropped"
        return "returned" if fates <= {"dropped", "returned"} else "handed on"


def is_in_async(scope: Scope) -> bool:
    """Whether the nearest function around is an ``async def``."""
    function = scope.function
    return function is not None and isinstance(function.node, ast.AsyncFunctionDef)


def function_name(scope: Scope) -> str:
    """The name of the nearest function around; empty at the top of a file."""
    function = scope.function
    return function.node.name if function is not None and isinstance(function.node, FunctionNode) else ""


def _is_whole(value: Api) -> bool:
    """Whether it is an API rather than a namespace of them."""
    from ..contracts import names

    return value.name in names()


def _into_container(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(target, ast.Subscript) for target in node.targets)


def _shown(value: Api | Cloud) -> str:
    return "cloud" if isinstance(value, Cloud) else f"cloud.openapi.{value.name}".rstrip(".")
