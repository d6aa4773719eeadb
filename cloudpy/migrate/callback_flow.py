"""The flow into functions: from calls, and from what calls the functions that it is given."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from .flow import THROWN, Caller, Flow
from .heap import ANYTHING, FUNCTION, ITEMS, LIST, OUTSIDE, PAIR, PAIR_KEY, RESOLVER, ROUTER, Site, Stored
from .jstypes import js_type
from .module import Module
from .nodes import child_nodes, parameters_of, strip
from .syntax import Node


class CallbackFlow:
    """Makes the constraints of what functions of one file get."""

    def __init__(self, flow: Flow, module: Module) -> None:
        self.flow = flow
        self.heap = flow.heap
        self.module = module
        self.names = module.names
        self.builtins: dict[str, Callable[[Node, list[Node]], None]] = {}

    def items(self, place: Hashable, into: Site) -> None:
        """Let the items of the lists at a place get into a list."""
        self.each(place, self.heap.key(into, ITEMS))

    def each(self, place: Hashable, target: Hashable) -> None:
        """Let the items of the lists at a place get to another place."""
        self.heap.watch(place, lambda site: self.heap.flow(self.heap.items(site), target))

    def values(self, place: Hashable, target: Hashable) -> None:
        """Let all that is in the objects at a place get to another place."""
        self.heap.watch(place, lambda site: self.heap.flow(self.heap.key(site, ANYTHING), target))

    def linked(self, function: Site, node: Node, args: list[Node]) -> None:
        """Let the arguments of a call get into the parameters of a function."""
        assert function.node is not None
        self.flow.call(function, Caller("call", self.module, node))
        spread = next((at for at, each in enumerate(args) if each.type == "spread_element"), len(args))
        for place, parameter in enumerate(parameters_of(function.node)):
            if parameter.type == "rest_pattern":
                rest = self.flow.made(LIST, self.module, parameter)
                for each in args[place:spread]:
                    self.heap.store(rest, ITEMS, Stored("value", self.module, each), each)
                for each in args[spread:]:
                    self.heap.store(rest, ITEMS, Stored("type", type=js_type("any")))
                    self._spread_into(each, self.heap.key(rest, ITEMS))
                continue
            if place < spread and place < len(args):
                self.heap.flow(args[place], parameter)
            for each in args[spread:]:
                self._spread_into(each, parameter)

    def _spread_into(self, each: Node, target: Hashable) -> None:
        if each.type == "spread_element":
            inner = strip(child_nodes(each)[0])
            self.each(inner, target)
        else:
            self.heap.flow(each, target)

    def hand_items(self, node: Node, owner: Node, name: str, function: Node, result: Site) -> None:
        self.heap.watch(function, lambda site: self._with_items(site, node, owner, name, (0,)))
        self.heap.watch(owner, lambda site: self._pairs_each(site, function) if name == "forEach" else None)
        if name == "map":
            self.heap.add(node, result)
            self.heap.store(result, ITEMS, Stored("returns", self.module, function))

            def mapped(site: Site) -> None:
                if site.kind == FUNCTION and site.node is not None:
                    self.heap.flow(("returns", site.node), self.heap.key(result, ITEMS))

            self.heap.watch(function, mapped)

    def _pairs_each(self, owner: Site, function: Node) -> None:
        def each(site: Site) -> None:
            if site.kind == FUNCTION and site.node is not None:
                for key, parameter in zip((PAIR, PAIR_KEY), parameters_of(site.node), strict=False):
                    self.heap.flow(self.heap.key(owner, key), parameter)

        self.heap.watch(function, each)

    def _with_items(self, function: Site, node: Node, owner: Node, how: str, places: tuple[int, ...]) -> None:
        """Call a function with items of the lists at a place, as a method of lists does."""
        if function.kind != FUNCTION or function.node is None:
            return
        self.flow.call(function, Caller(how, self.module, node))
        parameters = parameters_of(function.node)
        for place in places:
            if place < len(parameters):
                target = parameters[place]
                self.each(owner, target)
        if places == (0,) and len(parameters) > 2:
            self.heap.flow(owner, parameters[2])
        if any(each.type == "rest_pattern" for each in parameters):
            self.flow.escape(function.node)

    def _reduce(self, node: Node, owner: Node, args: list[Node]) -> None:
        def reduced(site: Site) -> None:
            self._with_items(site, node, owner, "reduce", (1,) if len(args) > 1 else (0, 1))
            if site.kind == FUNCTION and site.node is not None:
                parameters = parameters_of(site.node)
                self.heap.flow(("returns", site.node), node)
                for parameter in parameters[:1]:
                    self.heap.flow(("returns", site.node), parameter)
                    if len(args) > 1:
                        self.heap.flow(args[1], parameter)

        self.heap.watch(args[0], reduced)
        if len(args) > 1:
            self.heap.flow(args[1], node)
        else:
            self.each(owner, node)

    def _promised(self, node: Node, owner: Node, name: str, args: list[Node]) -> None:
        for place, each in enumerate(args[:2]):
            is_value = name == "then" and place == 0
            how = "then" if is_value else "timer" if name == "finally" else "catch"
            self._handed(node, each, how, owner if is_value else THROWN)
        if name != "then":
            self.heap.flow(owner, node)

    def _handed(self, node: Node, function: Node, how: str, value: Hashable = None) -> None:
        """Call a function that is handed over with one value, or with none."""

        def called(site: Site) -> None:
            if site.kind == RESOLVER:
                self.resolved(site, [value] if isinstance(value, Node) else [])
            if site.kind == FUNCTION and site.node is not None:
                self.flow.call(site, Caller(how, self.module, node))
                if how != "timer":
                    for parameter in parameters_of(site.node)[:1]:
                        self.heap.flow(value, parameter)
                    self.heap.flow(("returns", site.node), node)

        self.heap.watch(function, called)

    def _routed(self, router: Site, node: Node, args: list[Node]) -> None:
        """Hand the context of a router to its functions."""
        for each in args:
            if router.kind != ROUTER or router.module is None or router.node is None:
                self.flow.escape(each)
                continue
            context = self.flow.made(OUTSIDE, router.module, router.node)

            def routed(site: Site, context: Site = context) -> None:
                if site.kind == FUNCTION and site.node is not None:
                    self.flow.call(site, Caller("route", self.module, node))
                    for parameter in parameters_of(site.node)[:1]:
                        self.heap.add(parameter, context)

            self.heap.watch(each, routed)

    def resolved(self, site: Site, args: list[Node]) -> None:
        assert site.node is not None
        is_value = site is self.flow.made(RESOLVER, self.module, site.node, "resolve")
        for each in args[:1]:
            self.heap.flow(each, site.node if is_value else THROWN)
            site.stored.setdefault(ITEMS, []).append(Stored("awaited", self.module, each))
        if not args:
            site.stored.setdefault(ITEMS, []).append(Stored("type", type=js_type("undef")))
