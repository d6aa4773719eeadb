"""What an expression stands for, as far as that can be told without running it: the SDK, an API's name, a module."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from . import public_api
from .public_api import Face
from .source import FunctionNode, Scope, Source, owner_class

_DEEPEST = 40  # steps of looking up; a program that needs more is not followed further


class Cloud(NamedTuple):
    """The SDK itself, or an instance of it."""

    face: Face
    is_module: bool = False


class Maker(NamedTuple):
    """``init``, ``createNewInstance``, ``Cloud``: called, it gives a Cloud."""

    face: Face


class Member(NamedTuple):
    """A name of the SDK beside ``openapi``: ``callFunction``, ``cloudPay.closeOrder``; `of_module` as of Cloud."""

    face: Face
    name: str
    of_module: bool = False


class Api(NamedTuple):
    """``cloud.openapi`` (an empty name) or what stands under it."""

    face: Face
    name: str
    convert_case: bool = True


class Text(NamedTuple):
    """A constant text."""

    value: str


class Thing(NamedTuple):
    """Something imported or built in, by its dotted name: ``time.sleep``, ``print``."""

    name: str


class Local(NamedTuple):
    """A function or class of the user's own, or a module of theirs."""

    node: ast.AST
    scope: Scope


class Instance(NamedTuple):
    """What a class of the user's own makes when it is called."""

    node: ast.ClassDef
    scope: Scope


class Object(NamedTuple):
    """What the SDK gives beside results: a database, a collection, a document. `method`: an attribute of it."""

    face: Face
    type: type
    method: str = ""


Value = Cloud | Maker | Member | Api | Text | Thing | Local | Instance | Object
# Functions that call each other in circles make a question grow without end: beyond this many steps it is not told.
_MOST = 300
_MAKERS = ("init", "createNewInstance", "Cloud")


class Meaning:
    """Answers for all files of a function together."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = list(sources)
        self._modules = {source.module: source for source in self.sources}
        self._home = {call: source for source in self.sources for call in source.nodes() if isinstance(call, ast.Call)}
        self._calls: dict[str, list[ast.Call]] = {}  # by the last word of what is called
        for call in self._home:
            self._calls.setdefault(_last_word(call.func), []).append(call)
        self._returned: dict[ast.AST, list[ast.expr]] = {}  # by function
        self._busy: set[tuple[int, int]] = set()
        self._known: dict[tuple[ast.AST, Scope], tuple[Value, ...]] = {}
        self._depth = 0
        self._asked = 0  # since the last question from outside
        self._cut = False  # whether an answer was cut short

    def of(self, node: ast.AST | None, scope: Scope) -> tuple[Value, ...]:
        """All that `node`, standing in `scope`, may be; empty when that cannot be told."""
        if node is None:
            return ()
        if (node, scope) in self._known:
            return self._known[node, scope]
        key = (id(node), id(scope))
        if not self._busy:
            self._asked = 0
        self._asked += 1
        if key in self._busy or self._depth > _DEEPEST or self._asked > _MOST:  # it is made of itself
            self._cut = True
            return ()
        outer, self._cut = self._cut, False
        self._busy.add(key)
        self._depth += 1
        try:
            found = tuple(dict.fromkeys(self._of(node, scope)))
        finally:
            self._busy.discard(key)
            self._depth -= 1
        if not self._cut or not self._busy:  # what was cut short is asked again
            self._known[node, scope] = found
        self._cut = self._cut or outer
        return found

    def _of(self, node: ast.AST, scope: Scope) -> Iterator[Value]:
        if isinstance(node, ast.Name):
            yield from self.name(node.id, scope)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Text(node.value)
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and (owner := owner_class(scope, node.value.id)) is not None:
                for kept in scope.source.attributes.get(owner, {}).get(node.attr, ()):
                    yield from self.of(kept, scope.source.scopes.get(kept, scope) if kept else scope)
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
        """What a bare name stands for in `scope`."""
        inside = scope
        while scope is not None:
            if name in scope.bindings and (scope is inside or not isinstance(scope.node, ast.ClassDef)):
                for meaning in scope.bindings[name]:
                    yield from self._bound(name, meaning, scope)
                return
            scope = scope.parent
        if inside is not None:
            stars = [
                node
                for node in inside.source.scope.bindings.get("*", ())
                if isinstance(node, ast.ImportFrom) and node.module in ("cloudpy", "cloudpy.sync")
            ]
            face: Face = "sync" if stars and stars[0].module == "cloudpy.sync" else "async"
            if stars and name in public_api.names(face):
                yield from self._attribute(Cloud(face, True), name)
            else:
                yield Thing(name)

    def _bound(self, name: str, meaning: ast.AST | None, scope: Scope) -> Iterator[Value]:
        if isinstance(meaning, ast.Import):
            for alias in meaning.names:
                if alias.asname == name:
                    yield from self._module(alias.name)
                elif alias.asname is None and alias.name.partition(".")[0] == name:
                    yield from self._module(name)
        elif isinstance(meaning, ast.ImportFrom):
            for alias in meaning.names:
                if (alias.asname or alias.name) == name:
                    yield from self._imported(_module_of(meaning, scope.source), alias.name)
        elif isinstance(meaning, FunctionNode | ast.ClassDef):
            yield Local(meaning, scope)
        elif isinstance(meaning, ast.arg):
            yield from self._parameter(meaning, scope)
        elif meaning is not None:
            yield from self.of(meaning, scope.source.scopes.get(meaning, scope))

    def _module(self, name: str) -> Iterator[Value]:
        if name == "cloudpy":
            yield Cloud("async", True)
        elif name == "cloudpy.sync":
            yield Cloud("sync", True)
        elif name in self._modules:
            yield Local(self._modules[name].tree, self._modules[name].scope)
        else:
            yield Thing(name)

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
                yield Api(value.face, "")
            elif name in _MAKERS:
                yield Maker(value.face)
            elif name == "sync" and value.is_module and value.face == "async":
                yield Cloud("sync", True)
            else:
                yield Member(value.face, name, value.is_module)
        elif isinstance(value, Member):
            yield value._replace(name=f"{value.name}.{name}")
        elif isinstance(value, Api) and not (name.startswith("__") and name.endswith("__")):
            yield value._replace(name=f"{value.name}.{name}" if value.name else name)
        elif isinstance(value, Thing):
            yield Thing(f"{value.name}.{name}")
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
            if isinstance(function, Maker):
                yield Cloud(function.face)
            elif isinstance(function, Member):
                if public_api.is_namespace(function.name):  # cloudPay(appid=…)
                    yield function
                elif (made := public_api.returned_type(function.face, function.name)) is not None:
                    yield Object(function.face, made)
            elif isinstance(function, Object):
                if not inspect.iscoroutinefunction(getattr(function.type, function.method, None)):
                    yield from _result(function)
            elif isinstance(function, Local) and isinstance(function.node, ast.ClassDef):
                yield Instance(function.node, function.scope)
            elif isinstance(function, Api) and not function.name:
                yield function._replace(convert_case=not _says_false(node, "convertCase"))
            elif function == Thing("getattr") and len(node.args) >= 2:
                for name in self.of(node.args[1], scope):
                    if isinstance(name, Text):
                        for value in self.of(node.args[0], scope):
                            for word in name.value.split("."):
                                found = next(self._attribute(value, word), None)
                                if found is None:
                                    break
                                value = found
                            else:
                                yield value
            elif isinstance(function, Local) and isinstance(function.node, FunctionNode):
                source = function.scope.source
                if function.node not in self._returned:
                    inside = (each.value for each in ast.walk(function.node) if isinstance(each, ast.Return))
                    self._returned[function.node] = [each for each in inside if each is not None]
                for given in self._returned[function.node]:
                    yield from self.of(given, source.scopes[given])

    def _parameter(self, parameter: ast.arg, scope: Scope) -> Iterator[Value]:
        """What the user's own calls give for a parameter."""
        function = scope.node
        if not isinstance(function, FunctionNode) or scope.parent is None:
            return
        named, skip = function, 0
        owner = scope.parent.node
        if isinstance(owner, ast.ClassDef):
            if function.name != "__init__":
                return
            skip, called = 1, owner.name
        else:
            called = named.name
        target = owner if skip else function
        places = [each.arg for each in (*function.args.posonlyargs, *function.args.args)][skip:]
        for call in self._calls.get(called, ()):
            where = self._home[call].scopes[call]
            if not any(isinstance(each, Local) and each.node is target for each in self.of(call.func, where)):
                continue
            for place, argument in zip(places, call.args, strict=False):
                if place == parameter.arg:
                    yield from self.of(argument, where)
            for keyword in call.keywords:
                if keyword.arg == parameter.arg:
                    yield from self.of(keyword.value, where)


def _result(method: Object) -> Iterator[Object]:
    found = public_api.type_of_result(method.type, method.method)
    if found is not None and found.__module__.startswith("cloudpy."):
        yield Object(method.face, found)


def _method(owner: ast.ClassDef, name: str, source: Source) -> Iterator[Local]:
    for node in owner.body:
        if isinstance(node, FunctionNode) and node.name == name:
            yield Local(node, source.scopes[node])


def _last_word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _says_false(node: ast.Call, name: str) -> bool:
    given = [(keyword.arg, keyword.value) for keyword in node.keywords]
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in argument.keys]
            given += zip(keys, argument.values, strict=True)  # type: ignore[arg-type]  # a key may be no text at all
    return any(key == name and isinstance(value, ast.Constant) and value.value is False for key, value in given)


def _module_of(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    base = source.module.split(".")
    base = base[: len(base) - node.level + (1 if source.is_package() else 0)]
    return ".".join([*base, *([node.module] if node.module else [])])
