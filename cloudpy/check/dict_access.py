"""Attributes of dicts: ``result.dataList`` is an AttributeError in Python, results and events are dicts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import public_api
from .finding import Finding
from .resolver import Api, Member, Object, Resolver
from .source import FunctionNode, Scope, Source

# Methods of the SDK whose results are dicts, beside openapi, the database and cloudPay
_MEMBERS = frozenset(
    ("callFunction", "callOpenAPI", "deleteFile", "downloadFile", "getOpenData", "getTempFileURL", "uploadFile")
)
# Methods of the database that send something and give a dict
_SENT = frozenset(("add", "count", "end", "get", "remove", "set", "update"))
_IN_DICT = frozenset(dir(dict))
# What is inside a result may be of any type that JSON has, or bytes
_IN_VALUES = frozenset(name for kind in (dict, list, str, bytes, int, float) for name in dir(kind))
_MAX_DEPTH = 12
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def findings(resolver: Resolver, handler: str) -> Iterator[Finding]:
    """Yield attributes that are read of results, of what is in them, and of the event.

    Args:
        resolver: of the function's code.
        handler: ``file.function``.
    """
    for source in resolver.sources:
        reader = _Reader(resolver, source, handler)
        called = {
            node.func for node in source.nodes() if isinstance(node, ast.Call)
        }  # methods: the rules of the database name them
        for node in source.nodes():
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node not in called:
                what = reader.what(node.value, source.scopes[node], 0)
                if what and node.attr not in (_IN_VALUES if what == "what is in a result" else _IN_DICT):
                    base = ast.unparse(node)[: -len(node.attr) - 1]  # with its parentheses
                    shown = base if len(base) <= 40 and "\n" not in base else "…"
                    advice = f'write {shown}["{node.attr}"]' if shown != "…" else f'read it as ["{node.attr}"]'
                    yield Finding(source.name, node.lineno, "error", "attribute", f"{what} is a dict: {advice}")


class _Reader:
    def __init__(self, resolver: Resolver, source: Source, handler: str) -> None:
        self.resolver = resolver
        self.source = source
        file, _, function = handler.rpartition(".")
        self.handler = function if source.name == f"{file}.py" else ""
        self._known: dict[tuple[Scope, str], str] = {}

    def what(self, node: ast.AST | None, scope: Scope, depth: int) -> str:
        """Return what an expression surely is, for a message; empty if that is not known."""
        if node is None or depth > _MAX_DEPTH:
            return ""
        if isinstance(node, ast.Await):
            return self._result(node.value, scope, is_awaited=True)
        if isinstance(node, ast.Call):
            return self._result(node, scope, is_awaited=False)
        if isinstance(node, ast.Subscript):
            return "what is in a result" if self.what(node.value, scope, depth + 1) else ""
        if isinstance(node, ast.Name):
            return self._named(node.id, scope, depth)
        return ""

    def _result(self, node: ast.AST, scope: Scope, *, is_awaited: bool) -> str:
        if not isinstance(node, ast.Call):
            return ""
        values = self.resolver.of(node.func, scope)
        if not values or not all(_gives_dict(value, is_awaited) for value in values):
            return ""
        is_context = all(isinstance(value, Member) and value.name == "getWXContext" for value in values)
        return "the result of getWXContext()" if is_context else "a result"

    def _named(self, name: str, scope: Scope | None, depth: int) -> str:
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        if scope is None:
            return ""
        if (scope, name) not in self._known:
            self._known[scope, name] = ""  # while it is asked for: a name that is bound to itself says nothing
            self._known[scope, name] = self._bound(name, scope, depth)
        return self._known[scope, name]

    def _bound(self, name: str, scope: Scope, depth: int) -> str:
        nodes = scope.bindings[name]
        if len(nodes) == 1 and isinstance(nodes[0], ast.arg):
            return "the event" if self._is_event(nodes[0], scope) else ""
        if all(node is None for node in nodes):
            loops = list(_loops(name, scope))
            found = [self.what(each, self.source.scopes.get(each, scope), depth + 1) for each in loops]
            return "what is in a result" if found and len(loops) == len(nodes) and all(found) else ""
        found = [self.what(node, self.source.scopes.get(node, scope) if node else scope, depth + 1) for node in nodes]
        return found[0] if len(set(found)) == 1 else ""

    def _is_event(self, parameter: ast.arg, scope: Scope) -> bool:
        """Whether it is the first parameter of the handler, and nothing but the platform calls that."""
        function = scope.node
        if not isinstance(function, FunctionNode) or function.name != self.handler or parameter.annotation is not None:
            return False
        names = [*function.args.posonlyargs, *function.args.args]
        is_plain = all(ast.unparse(each).partition("(")[0].endswith(".function") for each in function.decorator_list)
        return is_plain and bool(names) and names[0] is parameter and scope.parent is self.source.scope


def _gives_dict(value: object, is_awaited: bool) -> bool:
    if isinstance(value, Api):
        return bool(value.name) and (value.client == "async") == is_awaited
    if isinstance(value, Member):
        if value.name == "getWXContext":
            return not is_awaited
        is_call = value.name in _MEMBERS or value.name.startswith("cloudPay.")
        return is_call and (value.client == "async") == is_awaited
    if isinstance(value, Object):
        is_call = value.method in _SENT and public_api.is_sent(value.type, value.method)
        return is_call and (value.client == "async") == is_awaited
    return False


def _loops(name: str, scope: Scope) -> Iterator[ast.expr]:
    """Yield what is iterated over by the loops of a scope whose variable has this name."""
    for node in ast.walk(scope.node):
        loops = [node] if isinstance(node, ast.For | ast.AsyncFor) else []
        pairs = [(each.target, each.iter) for each in loops]
        if isinstance(node, _COMPREHENSIONS):
            pairs += [(each.target, each.iter) for each in node.generators]
        for target, iterated in pairs:
            if isinstance(target, ast.Name) and target.id == name:
                yield iterated
