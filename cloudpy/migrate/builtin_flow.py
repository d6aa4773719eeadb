"""The flow through what the platform has: its functions, and ``new``."""

from __future__ import annotations

from collections.abc import Hashable

from .call_flow import CHANGING, CallFlow
from .flow import THROWN, Caller, Flow
from .heap import (
    ANYTHING,
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
    ROUTER,
    Site,
    Stored,
)
from .jstypes import js_type
from .module import Module
from .nodes import child_nodes, field, parameters_of, required, strip
from .packages.kinds import package_path
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
            "Object.getOwnPropertyNames": self._keys,
            "Object.keys": self._keys,
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

    def _keys(self, node: Node, _: list[Node]) -> None:
        self._list(node, Stored("type", type=js_type("str")))

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

    def _made_by_package(self, node: Node, args: list[Node]) -> None:
        package = package_path(self.module, field(node, "constructor"))[0]
        if package == "tcb-router":
            self.heap.add(node, self.flow.made(ROUTER, self.module, node))
            context = self.heap.key(self.flow.made(OUTSIDE, self.module, node), COMPUTED)
            for each in args[:1]:
                self.values(each, context)
        else:
            self.unseen_call(node, args, changes=package in CHANGING)
