"""Resolve what expressions stand for without running the code: the SDK, an API, an external name."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from . import public_api
from .public_api import Client
from .source import FunctionNode, Scope, Source, owner_class

MAX_DEPTH = 40  # nested lookups


class Cloud(NamedTuple):
    """The SDK, or an instance of it."""

    client: Client
    is_module: bool = False


class CloudFactory(NamedTuple):
    """``init``, ``createNewInstance``, ``Cloud``: a call of it returns a Cloud."""

    client: Client


class Member(NamedTuple):
    """A name of the SDK other than ``openapi``: ``callFunction``, ``cloudPay.closeOrder``; of the module or a Cloud."""

    client: Client
    name: str
    of_module: bool = False


class Api(NamedTuple):
    """``cloud.openapi`` (an empty name), a namespace or an API in it."""

    client: Client
    name: str
    convert_case: bool = True


class Text(NamedTuple):
    """A constant string."""

    value: str


class ExternalName(NamedTuple):
    """A name of a library or a built-in: ``time.sleep``, ``print``."""

    name: str


class Local(NamedTuple):
    """A function, a class or a module of the user."""

    node: ast.AST
    scope: Scope


class Instance(NamedTuple):
    """An object of the user's class."""

    node: ast.ClassDef
    scope: Scope


class Object(NamedTuple):
    """An object of the SDK: a database, a collection, a document; or a `method` of it."""

    client: Client
    type: type
    method: str = ""


Value = Cloud | CloudFactory | Member | Api | Text | ExternalName | Local | Instance | Object
MAX_STEPS = 300  # of one lookup: functions that call each other could go on for ever
_TELLS_APART = {"isinstance", "hasattr", "getattr", "callable", "type"}
_FACTORIES = ("init", "createNewInstance", "Cloud")


class Resolver:
    """Resolves expressions in all files of a function."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = list(sources)
        self._modules = {source.module: source for source in self.sources}
        self._source_of = {
            call: source for source in self.sources for call in source.nodes() if isinstance(call, ast.Call)
        }
        self._calls: dict[str, list[ast.Call]] = {}  # by the last part of the called name
        for call in self._source_of:
            self._calls.setdefault(_last_part(call.func), []).append(call)
        self._told_apart: dict[ast.AST, set[str]] = {}  # by function: parameters whose type it asks for
        self._returned: dict[ast.AST, list[ast.expr]] = {}  # by function
        self._pending: set[tuple[int, int]] = set()
        self._resolved: dict[tuple[ast.AST, Scope], tuple[Value, ...]] = {}
        self._depth = 0
        self._steps = 0  # of the current lookup
        self._is_partial = False  # a limit or a cycle cut the current lookup short

    def of(self, node: ast.AST | None, scope: Scope) -> tuple[Value, ...]:
        """Return everything that `node`, in `scope`, may stand for; empty when that is unknown."""
        if node is None:
            return ()
        if (node, scope) in self._resolved:
            return self._resolved[node, scope]
        key = (id(node), id(scope))
        if not self._pending:
            self._steps = 0
        self._steps += 1
        if key in self._pending or self._depth > MAX_DEPTH or self._steps > MAX_STEPS:  # the last: a cycle
            self._is_partial = True
            return ()
        outer, self._is_partial = self._is_partial, False
        self._pending.add(key)
        self._depth += 1
        try:
            values = tuple(dict.fromkeys(self._of(node, scope)))
        finally:
            self._pending.discard(key)
            self._depth -= 1
        if not self._is_partial or not self._pending:  # a partial result is resolved again
            self._resolved[node, scope] = values
        self._is_partial = self._is_partial or outer
        return values

    def _of(self, node: ast.AST, scope: Scope) -> Iterator[Value]:
        if isinstance(node, ast.Name):
            yield from self.name(node.id, scope)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.value)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and (owner := owner_class(scope, node.value.id)) is not None:
                for stored in scope.source.attributes.get(owner, {}).get(node.attr, ()):
                    yield from self.of(stored, scope.source.scopes.get(stored, scope) if stored else scope)
                yield from _method(owner, node.attr, scope.source)
            for value in self.of(node.value, scope):
                yield from self._attribute(value, node.attr)
        elif isinstance(node, ast.Call):
            yield from self._call(node, scope)
        elif isinstance(node, ast.IfExp):
            yield from (*self.of(node.body, scope), *self.of(node.orelse, scope))
        elif isinstance(node, ast.BoolOp):
            for operand in node.values:
                yield from self.of(operand, scope)
        elif isinstance(node, ast.NamedExpr):
            yield from self.of(node.value, scope)
        elif isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
            for function in self.of(node.value.func, scope):
                if isinstance(function, Object):
                    yield from _result(function)

    def name(self, name: str, scope: Scope | None) -> Iterator[Value]:
        """Yield what a bare name stands for in `scope`."""
        innermost = scope
        while scope is not None:
            if name in scope.bindings and (scope is innermost or not isinstance(scope.node, ast.ClassDef)):
                for node in scope.bindings[name]:
                    yield from self._bound(name, node, scope)
                return
            scope = scope.parent
        if innermost is not None:
            stars = [
                node
                for node in innermost.source.scope.bindings.get("*", ())
                if isinstance(node, ast.ImportFrom) and node.module in ("cloudpy", "cloudpy.sync")
            ]
            client: Client = "sync" if stars and stars[0].module == "cloudpy.sync" else "async"
            if stars and name in public_api.names(client):
                yield from self._attribute(Cloud(client, True), name)
            else:
                yield ExternalName(name)

    def _bound(self, name: str, node: ast.AST | None, scope: Scope) -> Iterator[Value]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname == name:
                    yield from self._module(alias.name)
                elif alias.asname is None and alias.name.partition(".")[0] == name:
                    yield from self._module(name)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    yield from self._imported(_module_of(node, scope.source), alias.name)
        elif isinstance(node, FunctionNode | ast.ClassDef):
            yield Local(node, scope)
        elif isinstance(node, ast.arg):
            yield from self._parameter(node, scope)
        elif node is not None:
            yield from self.of(node, scope.source.scopes.get(node, scope))

    def _module(self, name: str) -> Iterator[Value]:
        if name == "cloudpy":
            yield Cloud("async", True)
        elif name == "cloudpy.sync":
            yield Cloud("sync", True)
        elif name in self._modules:
            yield Local(self._modules[name].tree, self._modules[name].scope)
        else:
            yield ExternalName(name)

    def _imported(self, module: str, name: str) -> Iterator[Value]:
        whole = f"{module}.{name}" if module else name
        if whole == "cloudpy.sync" or whole in self._modules:
            yield from self._module(whole)
            return
        for value in self._module(module):
            yield from self._attribute(value, name)

    def _attribute(self, value: Value, name: str) -> Iterator[Value]:
        if isinstance(value, Cloud):
            if name == "openapi":
                yield Api(value.client, "")
            elif name in _FACTORIES:
                yield CloudFactory(value.client)
            elif name == "sync" and value.is_module and value.client == "async":
                yield Cloud("sync", True)
            else:
                yield Member(value.client, name, value.is_module)
        elif isinstance(value, Member):
            yield value._replace(name=f"{value.name}.{name}")
        elif isinstance(value, Api) and not (name.startswith("__") and name.endswith("__")):
            yield value._replace(name=f"{value.name}.{name}" if value.name else name)
        elif isinstance(value, ExternalName):
            yield ExternalName(f"{value.name}.{name}")
        elif isinstance(value, Local) and isinstance(value.node, ast.Module):
            if name in value.scope.bindings:
                yield from self.name(name, value.scope)
            elif f"{value.scope.source.module}.{name}" in self._modules:
                yield from self._module(f"{value.scope.source.module}.{name}")
        elif isinstance(value, Object) and not value.method:
            yield value._replace(method=name)
        elif isinstance(value, Instance):
            yield from _method(value.node, name, value.scope.source)

    def _call(self, node: ast.Call, scope: Scope) -> Iterator[Value]:
        for function in self.of(node.func, scope):
            if isinstance(function, CloudFactory):
                yield Cloud(function.client)
            elif isinstance(function, Member):
                if public_api.is_namespace(function.name):  # cloudPay(appid=…)
                    yield function
                elif (returned := public_api.returned_type(function.client, function.name)) is not None:
                    yield Object(function.client, returned)
            elif isinstance(function, Object):
                if not inspect.iscoroutinefunction(getattr(function.type, function.method, None)):
                    yield from _result(function)
            elif isinstance(function, Local) and isinstance(function.node, ast.ClassDef):
                yield Instance(function.node, function.scope)
            elif isinstance(function, Api) and not function.name:
                yield function._replace(convert_case=not _is_false(node, "convertCase"))
            elif function == ExternalName("getattr") and len(node.args) >= 2:
                for name in self.of(node.args[1], scope):
                    if isinstance(name, Text):
                        for value in self.of(node.args[0], scope):
                            for part in name.value.split("."):
                                attribute = next(self._attribute(value, part), None)
                                if attribute is None:
                                    break
                                value = attribute
                            else:
                                yield value
            elif isinstance(function, Local) and isinstance(function.node, FunctionNode):
                source = function.scope.source
                if function.node not in self._returned:
                    inside = (each.value for each in ast.walk(function.node) if isinstance(each, ast.Return))
                    self._returned[function.node] = [each for each in inside if each is not None]
                for returned_node in self._returned[function.node]:
                    yield from self.of(returned_node, source.scopes[returned_node])

    def _parameter(self, parameter: ast.arg, scope: Scope) -> Iterator[Value]:
        """Yield the arguments that the user's calls pass for a parameter."""
        function = scope.node
        if not isinstance(function, FunctionNode) or scope.parent is None:
            return
        skip, called = 0, function.name
        owner = scope.parent.node
        if isinstance(owner, ast.ClassDef):
            if function.name != "__init__":
                return
            skip, called = 1, owner.name
        target = owner if skip else function
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)][skip:]
        for call in self._calls.get(called, ()):
            where = self._source_of[call].scopes[call]
            if not any(isinstance(each, Local) and each.node is target for each in self.of(call.func, where)):
                continue
            for name, argument in zip(names, call.args, strict=False):
                if name == parameter.arg:
                    yield from self._passed(argument, where, function, name)
            for keyword in call.keywords:
                if keyword.arg == parameter.arg:
                    yield from self._passed(keyword.value, where, function, keyword.arg)

    def _passed(self, argument: ast.expr, where: Scope, function: ast.AST, parameter: str) -> Iterator[Value]:
        """Yield what an argument may stand for; no object of the SDK if the function tells kinds of values apart."""
        if function not in self._told_apart:
            self._told_apart[function] = {
                name.id
                for call in ast.walk(function)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _TELLS_APART
                for name in call.args[:1]
                if isinstance(name, ast.Name)
            }
        for value in self.of(argument, where):
            if not isinstance(value, Object) or parameter not in self._told_apart[function]:
                yield value


def _result(method: Object) -> Iterator[Object]:
    result = public_api.type_of_result(method.type, method.method)
    if result is not None and result.__module__.startswith("cloudpy."):
        yield Object(method.client, result)


def _method(owner: ast.ClassDef, name: str, source: Source) -> Iterator[Local]:
    for node in owner.body:
        if isinstance(node, FunctionNode) and node.name == name:
            yield Local(node, source.scopes[node])


def _last_part(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_false(node: ast.Call, name: str) -> bool:
    options = [(keyword.arg, keyword.value) for keyword in node.keywords]
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in argument.keys]
            options += zip(keys, argument.values, strict=True)  # type: ignore[arg-type]  # a key need not be a string
    return any(key == name and isinstance(value, ast.Constant) and value.value is False for key, value in options)


def _module_of(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    base = source.module.split(".")
    base = base[: len(base) - node.level + (1 if source.is_package() else 0)]
    return ".".join([*base, *([node.module] if node.module else [])])
