"""The flow through calls: arguments into parameters, results out of functions, items through the methods of lists."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable

from .callback_flow import CallbackFlow
from .catalog import CLIENTS
from .heap import (
    FUNCTION,
    ITEMS,
    LIST,
    OUTSIDE,
    PACKAGE,
    PAIR,
    PAIR_KEY,
    RESOLVER,
    UNKNOWN,
    Site,
    Stored,
)
from .jstypes import js_type
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, maybe_field, parameters_of, strip, text_of
from .packages.kinds import CALLS, is_translated, package_path
from .syntax import Node

# Methods of lists that call what they are given with (item, index, list)
_EACH = {"map", "filter", "forEach", "some", "every", "find", "findIndex", "flatMap", "findLast", "findLastIndex"}
_SAME_ITEMS = {"filter", "slice", "concat", "reverse", "sort", "splice", "fill", "toSorted", "toReversed", "with"}
_MIXING = {"pop", "reverse", "sort", "splice", "fill", "shift", "unshift", "copyWithin"}
_ONE_ITEM = {"find", "pop", "shift", "at", "findLast", "get"}
_QUIET = (
    "console.",
    "Math.",
    "Number",
    "String",
    "Date",
    "Buffer",
    "Boolean",
    "parse",
    "is",
    "encode",
    "decode",
    "crypto.",
    "process.",
    "Array.isArray",
    "Object.keys",
    "JSON.stringify",
    "BigInt",
    "Symbol",
    "clear",
    "URL",
    "performance.",
    "Object.getOwnPropertyNames",
    "Object.prototype.hasOwnProperty",
    "Object.prototype.toString",
    "fetch",
    "unescape",
)
# Packages whose functions may change what they are given
CHANGING = {"lodash", "lodash-es", "underscore", "ramda", "deepmerge", "object-assign"}
_TIMERS = {"setTimeout", "setInterval", "setImmediate", "process.nextTick", "queueMicrotask"}
_KNOWN = _EACH | _SAME_ITEMS | _ONE_ITEM | {"reduce", "push", "unshift", "then", "catch", "finally", "forEach", "has"}
_KNOWN |= {"includes", "indexOf", "join", "split", "trim", "toString", "set", "add", "flat", "hasOwnProperty"}

# Node's own modules that call back with what is no object of JSON
_STREAMS = {"http", "https"}


class CallFlow(CallbackFlow):
    """Makes the constraints of the calls of one file."""

    @abstractmethod
    def constructed_base(self, node: Node) -> None:
        """Call the constructor of the class that the class around extends."""

    def _call(self, node: Node) -> None:
        callee, args = strip(field(node, "function")), arguments_of(node)
        name = self.module.dotted(callee)
        if callee.type == "super":
            self.constructed_base(node)
        elif name in self.builtins:
            self.builtins[name](node, args)
        elif name in _TIMERS:
            self._handed(node, args[0], "timer") if args else None
        elif name and name[0] != "%" and not name.startswith("module.") and "exports" not in name:
            if name == "fetch":
                self.heap.add(node, self.flow.made(PACKAGE, self.module, node))  # it gives no object of JSON
            elif not name.startswith(_QUIET):
                self.unseen_call(node, args, changes="." in name)  # of a name that nobody declares there is an error
            for each in args:
                self.flow.escape_functions(each)
        elif self.module.is_cloud(callee):
            self.outside(node, args)
            for each in args:
                self.flow.escape(each)
        else:
            method = text_of(maybe_field(callee, "property")) if callee.type == "member_expression" else ""
            is_plain = method in _KNOWN and not any(each.has_own_method(method) for each in self.flow.modules)
            self.heap.watch(
                callee, lambda site: self._called(site, node, args) if not is_plain or site.kind == PACKAGE else None
            )
            if callee.type == "member_expression":
                self._method(node, field(callee, "object"), text_of(field(callee, "property")), args)
            elif callee.type not in ("identifier", "subscript_expression", "call_expression"):
                for each in args:
                    self.flow.escape(each)

    def unseen_call(self, node: Node, args: list[Node], *, changes: bool = True) -> None:
        """Call what is not seen; `changes`: whether it may change what it is given."""
        self.heap.add(node, self.heap.unknown)
        for each in args:
            each = strip(child_nodes(each)[0]) if each.type == "spread_element" else each
            self.flow.escape(each)
            if changes:
                self.heap.lose(each)

    def _called(self, site: Site, node: Node, args: list[Node]) -> None:
        if site.kind == FUNCTION and site.node is not None:
            callee = strip(field(node, "function"))
            if callee.type in ("member_expression", "subscript_expression"):
                self.heap.flow(field(callee, "object"), ("owner", site.node))
            self.linked(site, node, args)
            self.heap.flow(("returns", site.node), node)
        elif site.kind == RESOLVER:
            self.resolved(site, args)
        elif site.kind == PACKAGE and self._is_plain_package(node):
            self.outside(node, args)
            for each in args:
                self.flow.escape(each)
        elif site.kind == PACKAGE:
            package = package_path(self.module, strip(field(node, "function")))[0]
            if package in CLIENTS or not package or package in _STREAMS:
                self.heap.add(node, self.flow.made(PACKAGE, self.module, node))
                self._called_back(args)
            self.unseen_call(node, args, changes=not package or package in CHANGING)
        elif site.kind == UNKNOWN:  # a function of the program that escaped has parameters that are not known
            self.unseen_call(node, args, changes=False)
        elif site.kind == OUTSIDE and field(node, "function").type != "member_expression":
            self.outside(node, args)
            for each in args:
                self.flow.escape(each)

    def _called_back(self, args: list[Node]) -> None:
        """Let the functions that a package is given get its values: the response of a request."""
        for parameter in (each for function in args if function.type in FUNCTIONS for each in parameters_of(function)):
            variable = self.names.of.get(parameter.id)
            if variable is not None:
                self.heap.add(variable, self.flow.made(PACKAGE, self.module, parameter))

    def _is_plain_package(self, node: Node) -> bool:
        """Whether it is a call of a package that gives nothing of what it gets."""
        package, path = package_path(self.module, strip(field(node, "function")))
        if package and not is_translated(package):
            return True
        result = CALLS.get(package, {}).get(path)
        return isinstance(result, frozenset) and not result & js_type("arr obj fn module")

    # ---- methods of values

    def _method(self, node: Node, owner: Node, name: str, args: list[Node]) -> None:
        first = args[0] if args else None
        result = self.flow.made(LIST, self.module, node)
        if name in _EACH and first is not None:
            self.hand_items(node, owner, name, first, result)
        elif name in ("reduce", "reduceRight") and first is not None:
            self._reduce(node, owner, args)
        elif name == "sort" and first is not None:
            self.heap.watch(first, lambda site: self._with_items(site, node, owner, "sort", (0, 1)))
        elif name == "runTransaction" and first is not None:
            self._handed(node, first, "transaction", ("transaction", node))
            self.heap.add(("transaction", node), self.flow.made(OUTSIDE, self.module, node))
        elif name in ("then", "catch", "finally"):
            self._promised(node, owner, name, args)
        elif name in ("push", "unshift", "splice", "fill", "add"):
            self._put(node, owner, args[2:] if name == "splice" else args)
        elif name == "set" and len(args) == 2:
            for key, each in zip((PAIR_KEY, PAIR), args, strict=True):
                self._put_pair(owner, key, each)
            self.heap.flow(owner, node)
        elif name in ("use", "router"):
            self.heap.watch(owner, lambda site: self._routed(site, node, args))
        elif name == "apply" and text_of(owner).endswith((".push", ".unshift")) and len(args) == 2:
            target, given = field(owner, "object"), args[1]
            self.heap.watch(target, lambda site: self._put_all(site, given))
        elif name in ("call", "apply", "bind"):
            self.flow.escape(owner)
            self.unseen_call(node, args)
        elif first is not None and name not in ("get", "has", "concat", "includes", "indexOf", "delete"):
            for each in args:
                self.flow.escape(each)
        if name in _MIXING:
            self.heap.watch(owner, self.heap.mix)
        if name in _SAME_ITEMS:
            self.heap.add(node, result)
            self.items(owner, result)
            self.heap.store(result, ITEMS, Stored("each", self.module, owner))
            if name in ("reverse", "sort", "fill", "filter", "slice"):
                self.heap.flow(owner, node)
            for each in args[1:2] if name == "with" else []:
                self.heap.store(result, ITEMS, Stored("value", self.module, each), each)
            for each in args if name == "concat" else []:
                inner = strip(child_nodes(each)[0]) if each.type == "spread_element" else each
                self.items(inner, result)
                self.heap.flow(inner, self.heap.key(result, ITEMS))
                self.heap.store(result, ITEMS, Stored("concat", self.module, each))
        elif name in _ONE_ITEM:
            self.each(owner, node)
            if name == "get" and not args:
                self.outside(node, args)
            if name == "get":
                self.heap.watch(owner, lambda site: self.heap.flow(self.heap.key(site, PAIR), node))
        elif name in ("values", "keys", "entries"):
            self.heap.add(node, result)
            self.heap.store(result, ITEMS, Stored("type", type=js_type("arr" if name == "entries" else "any")))
            key = PAIR_KEY if name == "keys" else PAIR
            self.heap.watch(owner, lambda site: self.heap.flow(self.heap.key(site, key), self.heap.key(result, ITEMS)))
            if name == "entries":
                self._pairs(node, owner, result)
        elif name in ("flat", "flatMap"):
            self._flattened(node, owner, first, result)
        elif name == "split":
            self.heap.add(node, result)
            self.heap.store(result, ITEMS, Stored("type", type=js_type("str")))
        elif name == "match" and not (first is not None and first.type == "object"):
            self.heap.add(node, result)
            self.heap.store(result, ITEMS, Stored("type", type=js_type("str undef")))
        elif name in ("matchAll", "exec"):
            self.heap.add(node, self.heap.unknown)
        elif name not in _EACH and name not in ("reduce", "reduceRight", "then", "catch", "finally", "push"):
            self.heap.add(node, self.flow.made(OUTSIDE, self.module, node))

    def _pairs(self, node: Node, owner: Node, result: Site) -> None:
        """Let what ``entries()`` gives of a list or a Map get into pairs."""
        pair = self.flow.made(LIST, self.module, node, PAIR)
        self.heap.add(self.heap.key(result, ITEMS), pair)
        for place in ("0", "1"):
            self.heap.store(pair, place, Stored("type", type=js_type("any")))
        self.each(owner, self.heap.key(pair, "1"))
        for place, key in (("0", PAIR_KEY), ("1", PAIR)):
            self._from_key(owner, key, self.heap.key(pair, place))

    def _from_key(self, owner: Node, key: str, target: Hashable) -> None:
        self.heap.watch(owner, lambda site: self.heap.flow(self.heap.key(site, key), target))

    def _flattened(self, node: Node, owner: Node, function: Node | None, result: Site) -> None:
        """Let the items of items get into a list."""
        self.heap.add(node, result)
        is_mapped = function is not None and function.type != "number"
        flat = Stored("flat", self.module, function) if is_mapped else Stored("type", type=js_type("any"))
        self.heap.store(result, ITEMS, flat)
        inner = ("flat", node)
        if function is None or function.type == "number":
            self.each(owner, inner)
        else:
            self.heap.watch(function, lambda site: self.heap.flow(("returns", site.node), inner))
        if function is not None and function.type == "number" and text_of(function) != "1":
            self.heap.add(inner, self.heap.unknown)
        self.each(inner, self.heap.key(result, ITEMS))
        self.heap.flow(inner, self.heap.key(result, ITEMS))

    def _put(self, node: Node, owner: Node, args: list[Node]) -> None:
        for each in args:
            if each.type == "spread_element":
                inner = strip(child_nodes(each)[0])
                self.heap.watch(owner, lambda site, at=inner: self._put_all(site, at))  # type: ignore[misc]
                continue
            what = Stored("value", self.module, each)
            self.heap.watch(owner, lambda site, what=what, at=each: self.heap.store(site, ITEMS, what, at))  # type: ignore[misc]

    def _put_all(self, site: Site, inner: Node) -> None:
        self.heap.store(site, ITEMS, Stored("each", self.module, inner))
        self.items(inner, site)

    def _put_pair(self, owner: Node, key: str, each: Node) -> None:
        what = Stored("value", self.module, each)
        self.heap.watch(owner, lambda site: self.heap.store(site, key, what, each))

    def outside(self, node: Node, _: list[Node]) -> None:
        self.heap.add(node, self.flow.made(OUTSIDE, self.module, node))
