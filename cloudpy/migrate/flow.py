"""The flow of objects and functions through a program: from each expression to where its value may get."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from .class_info import ClassInfo
from .heap import (
    ANYTHING,
    CLASS,
    COMPUTED,
    FUNCTION,
    INSTANCE,
    ITEMS,
    LIST,
    OBJECT,
    OUTSIDE,
    RESOLVER,
    Heap,
    Site,
    Stored,
)
from .jstypes import JSON, NOTHING, js_type
from .module import Module
from .nodes import parameters_of, strip, text_of
from .syntax import Node

# What changes objects without showing which
_HIDDEN = re.compile(
    r"definePropert(?!y\(exports, ['\"]__esModule)|__proto__|setPrototypeOf|Object\.create\("
    r"|\.prototype(?!\.\w+\.(?:call|apply)\()|\bwith\s*\([^()]*\)\s*\{|(?<!\.)\beval\s*\("
)
THROWN = "thrown"


@dataclass(frozen=True)
class Caller:
    """A place that calls a function.

    Attributes:
        how: ``call``: with the arguments of `node`; ``main``; ``timer``: with nothing; otherwise the method that hands
            over the items of `node`'s owner.
    """

    how: str
    module: Module
    node: Node


class Flow:
    """The flow through the files of one program.

    Attributes:
        callers: Id of a function -> all places that call it; None where others may call it, too.
        is_known: Whether the program does nothing that hides what it changes.
    """

    def __init__(self, modules: Iterable[Module]) -> None:
        self.heap = Heap()
        self.modules = list(modules)
        self.callers: dict[int, list[Caller] | None] = {}
        self.is_known = not any(_HIDDEN.search(module.text) for module in self.modules)
        self._exports: dict[Module, Site] = {}
        self._instances: dict[int, Site] = {}
        self._seen: set[Site] = set()
        self._made: dict[tuple[int, str], Site] = {}
        for module in self.modules:
            self._exports[module] = Site(OBJECT, module, module.root)
            self.heap.add(("exports", module), self._exports[module])
            self.heap.add(THROWN, self.made(OUTSIDE, module, module.root))  # what the platform throws

    # ---- questions

    def sites(self, place: Hashable) -> set[Site]:
        """Return the objects and functions of the program that an expression, or a variable, can be."""
        place = strip(place) if isinstance(place, Node) else place
        return self.heap.at(place) if self.is_known else {self.heap.unknown}

    def callers_of(self, function: Node) -> list[Caller] | None:
        """Return all places that call a function, or None."""
        return self.callers.get(function.id, []) if self.is_known else None

    def is_always_there(self, sites: set[Site], name: str) -> bool:
        """Whether each of these objects surely has a key."""
        gone = name == COMPUTED or self.heap.deleted & {name, COMPUTED}  # not every key is there where one is computed
        return bool(sites) and not gone and all(each.kind == OBJECT and name in each.given for each in sites)

    # ---- what it is made of

    def made(self, kind: str, module: Module, node: Node, what: str = "") -> Site:
        """Return the site of a value that an expression makes."""
        key = (node.id, what or kind)
        if key not in self._made:
            self._made[key] = Site(kind, module, node)
        return self._made[key]

    def all_made(self) -> list[Site]:
        """Return the sites of all values that expressions make."""
        return [*self._made.values()]

    def exports(self, module: Module) -> Site:
        """Return the site of what a file exports at first."""
        return self._exports[module]

    def function(self, module: Module, node: Node) -> Site:
        """Return the site of a function."""
        self.callers.setdefault(node.id, [])
        return self.made(FUNCTION, module, node)

    def instance(self, module: Module, info: ClassInfo) -> Site:
        """Return the site of all instances of a class."""
        if info.node.id not in self._instances:
            self._instances[info.node.id] = Site(INSTANCE, module, info.node)
        return self._instances[info.node.id]

    def call(self, function: Site, caller: Caller) -> None:
        """Note a call of a function."""
        if function.node is not None:
            callers = self.callers.setdefault(function.node.id, [])
            if callers is not None and caller not in callers:
                callers.append(caller)

    def escape(self, place: Hashable) -> None:
        """Say that functions at a place, and in the objects there, may be called by what is not seen."""
        self.heap.watch(place, self._escaped)

    def _passed_on(self, other: Module, name: str, target: Hashable) -> None:
        self.heap.watch(("exports", other), lambda site: self.heap.flow(self.heap.key(site, name), target))

    def escape_functions(self, place: Hashable) -> None:
        """Say that functions at a place may be called by what is not seen; what is in objects is left alone."""
        self.heap.watch(place, lambda site: self._escaped(site) if site.kind == FUNCTION else None)

    def solve(self) -> None:
        """Follow all flows, when the constraints of all files are made."""
        for module in self.modules:
            self.enter(module)
            self._hand(module)
        self.heap.watch(self.heap.key(self.heap.wild, ANYTHING), self._escaped)
        self.heap.solve()
        while self._open_uncalled():
            self.heap.solve()
        if self.heap.unknown.is_mixed:  # any list may be the one whose items change their places
            for site in list(self._made.values()):
                if site.kind == LIST:
                    self.heap.mix(site)
            self.heap.solve()

    def _hand(self, module: Module) -> None:
        """Let what other functions of the project hand to a file that they have in common get to its parameters."""
        for function in [each for each in self._made.values() if each.kind == FUNCTION and each.module is module]:
            if function.node is None:
                continue
            for place, parameter in enumerate(parameters_of(function.node)):
                type_ = module.handed.get((function.node.start_byte, place), NOTHING)
                if type_ and type_ <= JSON | {"date"}:
                    self.heap.add(parameter, self.made(OUTSIDE, module, parameter))
                elif type_:
                    self._open(parameter)

    def _open(self, parameter: Node) -> None:
        """Let what is not seen get to a parameter."""
        self.heap.add(parameter, self.heap.unknown)
        if parameter.type == "rest_pattern":
            for rest in self.heap.at(("rest", parameter)):
                self.heap.store(rest, ITEMS, Stored("type", type=js_type("any")))
                self.heap.add(self.heap.key(rest, ITEMS), self.heap.unknown)

    def _open_uncalled(self) -> bool:
        """Let values from outside get to the parameters of functions that nothing calls; return whether there are."""
        found = False
        for function in [each for each in self._made.values() if each.kind == FUNCTION]:
            if function.node is None or function.module is None or self.callers.get(function.node.id) != []:
                continue
            for parameter in parameters_of(function.node):
                outside = self.made(OUTSIDE, function.module, parameter)
                if outside not in self.heap.at(parameter):
                    self.heap.add(parameter, outside)
                    found = True
        return found

    def _escaped(self, site: Site) -> None:
        if site.kind == FUNCTION and site.node is not None and self.callers.get(site.node.id, ()) is not None:
            self.callers[site.node.id] = None
            for parameter in parameters_of(site.node):
                self._open(parameter)
            self.escape(("returns", site.node))
        elif site.kind == RESOLVER and site.node is not None and site not in self._seen:
            self._seen.add(site)
            self.heap.add(site.node, self.heap.unknown)
        elif site.kind in (OBJECT, LIST, INSTANCE, CLASS) and site not in self._seen:
            self._seen.add(site)
            self.escape(self.heap.key(site, ANYTHING))

    def enter(self, module: Module) -> None:
        """Say what the platform calls, and what comes from files that are not seen."""
        exports: Hashable = ("exports", module)
        for name, value in module.exports.items():
            variable = module.names.root.find(text_of(value)) if value.type == "identifier" else None
            place: Hashable = variable if variable is not None else strip(value)
            self.heap.store(self._exports[module], name, Stored("value", module, strip(value)), place)
        for name, (source, inner) in module.passed_on.items():
            target = self.heap.key(self._exports[module], name)
            if inner:
                self._passed_on(module.others[source], inner, target)
            else:
                self.heap.flow(("exports", module.others[source]), target)
        for other in module.later.values():  # its calls are not followed
            self.heap.watch(
                ("exports", other), lambda site: self.heap.watch(self.heap.key(site, ANYTHING), self._escaped)
            )
        if module.main is not None:
            self.call(self.function(module, module.main), Caller("main", module, module.main))
            for parameter in parameters_of(module.main):
                self.heap.add(parameter, self.made(OUTSIDE, module, parameter))
        if module.is_entry:
            main = module.main

            def visible(site: Site) -> None:
                if site.node is not main:
                    self._escaped(site)

            called = "main" if "main" in module.exports else ANYTHING

            def exported(site: Site) -> None:
                self.heap.watch(self.heap.key(site, called), visible)

            self.heap.watch(exports, exported)
            if main is not None:
                self.escape(("returns", main))
