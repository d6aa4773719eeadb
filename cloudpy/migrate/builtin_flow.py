"""The flow through what the platform has: its functions, and ``new``."""

from __future__ import annotations

from collections.abc import Hashable

from .call_flow import CallFlow
from .flow import THROWN, Caller, Flow
from .heap import (
    ANYTHING,
    CLASS,
    COMPUTED,
    FUNCTION,
    ITEMS,
    LIST,
    OBJECT,
    OUTSIDE,
    PACKAGE,
    PAIR,
    PAIR_KEY,
    RESOLVER,
    Site,
    Stored,
)
from .jstypes import js_type
from .module import Module
from .nodes import arguments_of, child_nodes, field, parameters_of, required, strip, text_of
from .requires import SDK
from .syntax import Node


class BuiltinFlow(CallFlow):
    """Makes the constraints of the platform's functions and classes in one file."""

    def __init__(self, flow: Flow, module: Module) -> None:
        super().__init__(flow, module)
        self.builtins = {
            "Array.from": self._array_from,
            "Array.of": self._array_of,
            "Array": self._array_of,
            "JSON.parse": self._parse,
            "Object.assign": self._assign,
            "Object.entries": self._entries,
            "Object.freeze": self._first,
            "Object.seal": self._first,
            "Object.fromEntries": self._from_entries,
            "Object.values": self._values,
            "Promise.all": self._all,
            "Promise.any": self._race,
            "Promise.race": self._race,
            "Promise.reject": self._reject,
            "Promise.resolve": self._first,
            "require": self._require,
        }

    def _parse(self, node: Node, args: list[Node]) -> None:
        self.outside(node, args)
        for each in args[1:]:
            self.flow.escape(each)
            self.heap.add(node, self.heap.unknown)

    def _first(self, node: Node, args: list[Node]) -> None:
        for each in args[:1]:
            self.heap.flow(each, node)

    def _reject(self, _: Node, args: list[Node]) -> None:
        for each in args[:1]:
            self.heap.flow(each, THROWN)

    def _list(self, node: Node, *stored: Stored) -> Site:
        site = self.flow.made(LIST, self.module, node)
        self.heap.add(node, site)
        for each in stored:
            self.heap.store(site, ITEMS, each)
        return site

    def _values(self, node: Node, args: list[Node]) -> None:
        for each in args[:1]:
            self.values(each, self.heap.key(self._list(node, Stored("values", self.module, each)), ITEMS))

    def _entries(self, node: Node, args: list[Node]) -> None:
        for each in args[:1]:
            pair = self.flow.made(LIST, self.module, node, PAIR)
            self.heap.store(pair, "0", Stored("type", type=js_type("str")))
            self.heap.store(pair, "1", Stored("values", self.module, each))
            self.values(each, self.heap.key(pair, "1"))
            self.heap.add(self.heap.key(self._list(node, Stored("type", type=js_type("arr"))), ITEMS), pair)

    def _from_entries(self, node: Node, args: list[Node]) -> None:
        site = self.flow.made(OBJECT, self.module, node)
        self.heap.add(node, site)
        self.heap.store(site, COMPUTED, Stored("type", type=js_type("any")))
        self.heap.add(self.heap.key(site, COMPUTED), self.heap.unknown)

    def _array_from(self, node: Node, args: list[Node]) -> None:
        if len(args) == 1:
            self.items(args[0], self._list(node, Stored("each", self.module, args[0])))
        elif args:
            self.hand_items(node, args[0], "map", args[1], self._list(node))

    def _array_of(self, node: Node, args: list[Node]) -> None:
        site = self._list(node)
        for each in args:
            self.heap.store(site, ITEMS, Stored("type", type=js_type("any")), each)
        self.heap.store(site, ITEMS, Stored("type", type=js_type("undef")))

    def _assign(self, node: Node, args: list[Node]) -> None:
        if not args or any(each.type == "spread_element" for each in args):
            self.unseen_call(node, args)
            return
        self.heap.flow(args[0], node)
        for each in args[1:]:

            def assigned(site: Site, source: Node = each) -> None:
                self.heap.watch(source, lambda other: self.heap.spread(other, site))

            self.heap.watch(args[0], assigned)

    def _all(self, node: Node, args: list[Node]) -> None:
        given = args[0] if len(args) == 1 else None
        if (
            given is not None
            and given.type == "array"
            and not any(each.type == "spread_element" for each in child_nodes(given))
        ):
            site = self._list(node)
            for place, each in enumerate(child_nodes(given)):
                self.heap.store(site, str(place), Stored("awaited", self.module, strip(each)), strip(each))
        elif given is not None:
            self.items(given, self._list(node, Stored("all", self.module, given)))
        else:
            self.heap.add(node, self.heap.unknown)

    def _race(self, node: Node, args: list[Node]) -> None:
        for each in args[:1]:
            self.each(each, node)

    def _require(self, node: Node, _: list[Node]) -> None:
        source = required(node)
        if source in self.module.others:
            self.heap.flow(("exports", self.module.others[source]), node)
        elif source in self.module.data:
            self.outside(node, [])
        elif source != SDK:
            self.heap.add(node, self.heap.unknown if not source or source.startswith(".") else Site(PACKAGE))

    # ---- new

    def _new(self, node: Node) -> None:
        constructor, args = field(node, "constructor"), arguments_of(node)
        name = text_of(constructor)
        if constructor.type == "identifier" and self.names.of.get(constructor.id) is None:
            self._new_builtin(node, name, args)
        else:
            self.heap.watch(constructor, lambda site: self._made_of(site, node, args))

    def _new_builtin(self, node: Node, name: str, args: list[Node]) -> None:
        if name in ("Map", "WeakMap"):
            self._map(node, args)
        elif name in ("Set", "WeakSet", "Array"):
            site = self._list(node, *([Stored("type", type=js_type("undef"))] if name == "Array" else []))
            for each in args[:1]:
                self.items(each, site)
                self.heap.store(site, ITEMS, Stored("each", self.module, each))
        elif name == "Promise":
            for each in args[:1]:
                self.heap.watch(each, lambda site: self._executor(site, node))
        elif not name.endswith("Error") and name not in ("Date", "RegExp", "URL", "URLSearchParams", "Buffer"):
            self.unseen_call(node, args)

    def _map(self, node: Node, args: list[Node]) -> None:
        site = self.flow.made(OBJECT, self.module, node)
        pair = self.flow.made(LIST, self.module, node, PAIR)
        self.heap.add(node, site)
        for name in (ITEMS, ANYTHING):
            self.heap.add(self.heap.key(site, name), pair)
        for place, name in (("0", PAIR_KEY), ("1", PAIR)):
            self.heap.flow(self.heap.key(site, name), self.heap.key(pair, place))
            self.heap.store(pair, place, Stored(name, self.module, node))
            for each in args[:1]:
                pairs = ("items", each)
                self.each(each, pairs)
                self.heap.store(site, name, Stored(f"item {place}", self.module, each))
                target = self.heap.key(site, name)
                self._places(pairs, int(place), target)

    def _places(self, pairs: Hashable, place: int, target: Hashable) -> None:
        self.heap.watch(pairs, lambda each: self.heap.flow(self.heap.item(each, place), target))

    def _executor(self, site: Site, node: Node) -> None:
        """Call the function of a ``new Promise`` with what resolves and what rejects it."""
        if site.kind != FUNCTION or site.node is None:
            self.heap.add(node, self.heap.unknown)
            return
        self.flow.call(site, Caller("executor", self.module, node))
        for what, parameter in zip(("resolve", "reject"), parameters_of(site.node), strict=False):
            self.heap.add(parameter, self.flow.made(RESOLVER, self.module, node, what))

    def _made_of(self, site: Site, node: Node, args: list[Node]) -> None:
        if site.kind != CLASS or site.module is None or site.node is None:
            if site.kind != OUTSIDE:
                self.flow.escape(field(node, "constructor"))
                self.unseen_call(node, args)
            return
        info = site.module.classes.info(site.node)
        self.heap.add(node, self.flow.instance(site.module, info))
        self._constructed(site, node, args)

    def _constructed(self, site: Site, node: Node, args: list[Node]) -> None:
        """Call the constructor of a class, or of what it extends."""
        if site.kind != CLASS or site.module is None or site.node is None:
            return
        info = site.module.classes.info(site.node)
        if info.constructor is not None:
            self.linked(self.flow.function(site.module, info.constructor), node, args)
        elif info.base is not None:
            self.heap.watch(info.base, lambda base: self._constructed(base, node, args))

    def constructed_base(self, node: Node) -> None:
        at = node.parent
        while at is not None and at.type not in ("class", "class_declaration", "abstract_class_declaration"):
            at = at.parent
        info = self.module.classes.info(at) if at is not None else None
        if info is not None and info.base is not None:
            args = arguments_of(node)
            self.heap.watch(info.base, lambda base: self._constructed(base, node, args))
