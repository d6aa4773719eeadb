"""Read a program without running it: which keys of the event and of documents it reads, and how it uses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from . import methods, operations, queries, tree
from .shape import DOCUMENT, EVENT, Guard, Guards, Shape
from .tree import Expr, Lambda, Module, Statement
from .values import (
    Choice,
    Dict,
    Function,
    Known,
    List,
    Query,
    Scope,
    Several,
    Special,
    Value,
    default,
    element,
    one_of,
    shapes_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_STEPS = 150_000
_MAX_CALLS = 12  # one in the other
_SDK = ("wx-server-sdk", "cloudpy", "cloudpy.sync", "@cloudbase/node-sdk", "tcb-admin-node")


class Reader:
    """Reads the files of one function.

    Args:
        load: returns the tree of a local module, by its name as it is written and the file that names it, or None.

    Attributes:
        event: what the function reads of its event.
        caller: the openid of the caller.
        documents: what it reads of the documents of a collection, by name.
        queries: of the database.
        env: the environment that `init` names, or empty.
        apis: that it calls.
    """

    def __init__(self, load: Callable[[str, str], tuple[Module, str] | None]) -> None:
        self.event = Shape("event", root=EVENT)
        self.caller = Shape("OPENID")
        self.documents: dict[str | Shape, Shape] = {}
        self.queries: list[Query] = []
        self.env = ""
        self._load = load
        self._modules: dict[str, Value] = {}
        self._guards: Guards = ()
        self._file = ""
        self._steps = 0
        self._running: list[Lambda] = []
        self._done: dict[tuple[int, ...], Value] = {}

    def read(self, module: Module, file: str, name: str) -> None:
        """Read a file and run its handler, `name`, on the event."""
        exports = self._module(module, file)
        handler = self.get(exports, name)
        if not isinstance(handler, Function):
            handler = next((each for each in _functions(exports)), None)
        if handler is not None:
            self.call(handler, [self.event, Special("context")])

    def document(self, collection: str | Shape) -> Shape:
        """Return what is read of the documents of a collection."""
        if collection not in self.documents:
            name = collection if isinstance(collection, str) else collection.name
            self.documents[collection] = Shape(name, root=DOCUMENT)
        return self.documents[collection]

    def add_query(self, collection: str | Shape, where: Sequence[Value]) -> None:
        """Note a query; its conditions tell about the documents, and link them to other values."""
        conditions = tuple(one for each in where for one in queries.conditions_in(each))
        self.queries.append(Query(collection, conditions, self._guards))
        for condition in conditions:
            queries.link(self, self.document(collection), condition)

    # ---- statements

    def _module(self, module: Module, file: str) -> Value:
        scope = Scope()
        exports = Dict({})
        holder = Dict({"exports": exports})
        scope.names.update({"exports": exports, "module": holder})
        before, self._file = self._file, file
        try:
            self._run(module.body, scope)
        finally:
            self._file = before
        made = holder.items["exports"]
        if file.endswith(".py"):
            return Dict(scope.names)
        if module.exports:
            return Dict({name: scope.names.get(inside) for name, inside in module.exports.items()})
        return made

    def _run(self, statements: Sequence[Statement], scope: Scope) -> tuple[Value, bool]:
        """Run statements; return what they return, and whether they always do."""
        results: list[Value] = []
        before = self._guards
        try:
            for each in statements:
                if isinstance(each, tree.Def):
                    scope.names[each.name] = Function(each.function, scope)
                elif isinstance(each, tree.Class):
                    scope.names[each.name] = Special("class", {"node": each, "scope": scope})
            for each in statements:
                result, ends = self._statement(each, scope)
                results.append(result)
                if ends:
                    return one_of(*results), True
        finally:
            self._guards = before
        return one_of(*results), False

    def _statement(self, each: Statement, scope: Scope) -> tuple[Value, bool]:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return None, True
        if isinstance(each, (tree.Def, tree.Class)):
            return None, False
        if isinstance(each, tree.Return):
            return self.value(each.value, scope), True
        if isinstance(each, tree.Block):
            return self._run(each.body, scope)
        if isinstance(each, tree.If):
            return self._if(each, scope)
        if isinstance(each, tree.Switch):
            return self._switch(each, scope)
        if isinstance(each, tree.Loop):
            if each.target is not None and each.over is not None:
                self.assign(each.target, element(self.value(each.over, scope)), scope)
            result, _ = self._run(each.body, scope)
            return result, False
        self.value(each, scope)
        return None, False

    def _if(self, node: tree.If, scope: Scope) -> tuple[Value, bool]:
        self._test(node.test, scope)
        choices = self._choices(node.test, scope)
        results = []
        ends = False
        for guards in choices or [()]:
            with self._under(guards):
                result, ends = self._run(node.yes, scope)
                results.append(result)
        others = [Guard(each.shape, each.value, not each.equal) for guards in choices for each in guards[:1]]
        with self._under(tuple(others) if all(len(each) == 1 for each in choices) else ()):
            result, also = self._run(node.no, scope)
            results.append(result)
        if ends and not also and others:
            self._guards += tuple(each for each in others if each not in self._guards)
        return one_of(*results), ends and also and bool(node.no)

    def _switch(self, node: tree.Switch, scope: Scope) -> tuple[Value, bool]:
        subject = self.value(node.subject, scope)
        shapes = shapes_in(subject)
        results: list[Value] = []
        seen: list[Guard] = []
        for tests, body in node.cases:
            values = [known.value for known in (self.value(each, scope) for each in tests) if isinstance(known, Known)]
            for shape in shapes:
                for value in values:
                    shape.compare_with(value)
            guards = [Guard(shapes[0], value, True) for value in values] if shapes else []
            seen += guards
            ways: list[Guards] = [(guard,) for guard in guards] or [()]
            if not tests:
                ways = [tuple(Guard(each.shape, each.value, False) for each in seen)]
            for way in ways:
                with self._under(way):
                    results.append(self._run(body, scope)[0])
        return one_of(*results), False

    @contextmanager
    def _under(self, guards: Guards) -> Iterator[None]:
        before = self._guards
        self._guards = before + tuple(each for each in guards if each not in before)
        try:
            yield
        finally:
            self._guards = before

    def under(self, shape: Shape, value: object) -> AbstractContextManager[None]:
        """Return a context in which `shape` has `value`."""
        shape.compare_with(value)
        return self._under((Guard(shape, value, True),))

    def _choices(self, test: Expr, scope: Scope) -> list[Guards]:
        """Return the conditions under which a test is true; empty if that is not known."""
        if isinstance(test, tree.Op) and test.name == "||":
            found = [self._choices(each, scope) for each in test.operands]
            return [one for each in found for one in each] if all(found) else []
        if isinstance(test, tree.Op) and test.name == "&&":
            found = [each for each in (self._choices(each, scope) for each in test.operands) if each]
            return [tuple(one for each in found for one in each[0])] if found else []
        if isinstance(test, tree.Op) and test.name in ("==", "!="):
            left, right = (self.value(each, scope) for each in test.operands)
            if isinstance(left, Known):
                left, right = right, left
            if isinstance(right, Known) and right.value is not None and shapes_in(left):
                return [tuple(Guard(each, right.value, test.name == "==") for each in shapes_in(left)[:1])]
        return []

    def _test(self, test: Expr, scope: Scope) -> None:
        for shape in shapes_in(self.value(test, scope)):
            shape.tested = True

    # ---- expressions

    def value(self, node: Expr, scope: Scope) -> Value:
        """Return what an expression may be, and note what it reads."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            return None
        if isinstance(node, tree.Name):
            return scope.get(node.id)
        if isinstance(node, tree.Const):
            return Known(node.value)
        if isinstance(node, tree.Get):
            return self._get(node, scope)
        if isinstance(node, tree.Call):
            return methods.call(self, node, scope)
        if isinstance(node, tree.Op):
            return operations.value(self, node, scope)
        if isinstance(node, tree.Record):
            return self._record(node, scope)
        if isinstance(node, tree.Items):
            values = tuple(self.value(each, scope) for each in node.items)
            return List(one_of(*values), values)
        if isinstance(node, Lambda):
            return Function(node, scope, scope.get("this"))
        if isinstance(node, tree.Assign):
            value = self.value(node.value, scope)
            if node.declares:
                scope.names.update(dict.fromkeys(tree.names(node.target)))
            self.assign(node.target, value, scope)
            return value
        if isinstance(node, tree.Pattern):
            return Special("pattern", {"source": node.source})
        return self.value(node.value, scope)

    def _get(self, node: tree.Get, scope: Scope) -> Value:
        of = self.value(node.of, scope)
        if isinstance(node.key, tree.Const) and isinstance(node.key.value, str):
            return self.get(of, node.key.value)
        key = self.value(node.key, scope)
        if isinstance(key, Known):
            if isinstance(key.value, str):
                return self.get(of, key.value)
            return element(of, key.value if isinstance(key.value, int) else None)
        if isinstance(of, Dict):
            by = shapes_in(key)
            return Choice(by[0], of) if by else one_of(*of.items.values())
        if isinstance(of, Special) and of.kind not in ("result", "number"):
            return Special("member", {"of": of})
        counts = isinstance(key, Special) and key.kind == "number"
        return element(of) if counts or not shapes_in(of) else Shape("item")

    def get(self, of: Value, key: str) -> Value:
        """Return a property of a value, and note that it is read."""
        if isinstance(of, Several):
            return one_of(*(self.get(each, key) for each in of.values))
        if isinstance(of, Shape):
            if key == "length":
                of.vote("length", 1)
                return Special("number")
            if key in methods.INBORN:
                return None
            of.vote("object", 1)
            shape = of.key(key)
            shape.reads.add(self._guards)
            return shape
        if isinstance(of, Dict):
            found = of.items.get(key)
            return found if found is not None else self.get(of.spread, key)
        if isinstance(of, Choice):
            return one_of(*(self.get(each, key) for each in of.of.items.values()))
        if isinstance(of, Special):
            return queries.member(self, of, key)
        return None

    def _record(self, node: tree.Record, scope: Scope) -> Dict:
        made = Dict({})
        for key, item in node.items:
            value = self.value(item, scope)
            if key is None:
                if isinstance(value, Shape):
                    value.vote("object", 1)
                if isinstance(value, Dict):
                    made.items.update(value.items)
                    value = value.spread
                made.spread = one_of(made.spread, value)
            elif isinstance(key, str):
                made.items[key] = value
                if isinstance(value, Function):
                    made.items[key] = Function(value.node, value.scope, made)
            else:
                known = self.value(key, scope)
                if isinstance(known, Known) and isinstance(known.value, str):
                    made.items[known.value] = value
        return made

    # ---- targets and calls

    def assign(self, target: Expr, value: Value, scope: Scope) -> None:
        """Give a target a value."""
        if isinstance(target, tree.Name):
            owner = scope.owner(target.id)
            before = owner.names.get(target.id)
            owner.names[target.id] = (
                value if before is None or value is None or before is value else one_of(value, before)
            )
        elif isinstance(target, tree.Default):
            for shape in shapes_in(value):
                made = self.value(target.value, scope)
                if isinstance(made, (Known, List, Dict)):
                    default(shape, made)
            self.assign(target.target, one_of(value, self.value(target.value, scope)), scope)
        elif isinstance(target, tree.Record):
            for key, item in target.items:
                if key is None:
                    self.assign(item, value, scope)
                elif isinstance(key, str):
                    self.assign(item, self.get(value, key), scope)
        elif isinstance(target, tree.Items):
            for index, item in enumerate(target.items):
                self.assign(item, element(value, index), scope)
        elif isinstance(target, tree.Get) and isinstance(target.key, tree.Const):
            of = self.value(target.of, scope)
            key = target.key.value
            if isinstance(of, Dict) and isinstance(key, str):
                of.items[key] = value
            for shape in shapes_in(of) if isinstance(key, str) else ():
                shape.vote("object")

    def call(self, function: Value, args: Sequence[Value]) -> Value:
        """Return what a function of the program returns."""
        if isinstance(function, Several):
            return one_of(*(self.call(each, args) for each in function.values))
        if isinstance(function, Choice):
            results = []
            for name, each in function.of.items.items():
                function.by.compare_with(name)
                with self._under((Guard(function.by, name, True),)):
                    results.append(self.call(each, args))
            return one_of(*results)
        if not isinstance(function, Function):
            return None
        node = function.node
        if node in self._running or len(self._running) >= _MAX_CALLS:
            return None
        key = (id(node), id(function.scope), id(function.this), *map(id, args), *map(id, self._guards))
        if key in self._done:
            return self._done[key]
        scope = Scope(function.scope)
        scope.names.update({"this": function.this})
        self._running.append(node)
        try:
            for index, param in enumerate(node.params):
                scope.names.update(dict.fromkeys(tree.names(param)))
                self.assign(param, args[index] if index < len(args) else None, scope)
            result, _ = self._run(node.body, scope)
        finally:
            self._running.pop()
        self._done[key] = result
        return result

    def imported(self, name: str) -> Value:
        """Return a module by its name as the program writes it."""
        if name in _SDK:
            return Special("cloud")
        found = self._load(name, self._file)
        if found is None:
            return Special("module", {"name": name})
        module, file = found
        if file not in self._modules:
            self._modules[file] = None  # while it is read, for circles
            self._modules[file] = self._module(module, file)
        return self._modules[file]


def _functions(exports: Value) -> list[Function]:
    values = exports.items.values() if isinstance(exports, Dict) else (exports,)
    return [each for each in values if isinstance(each, Function)]
