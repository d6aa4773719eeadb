"""The objects, lists and functions that a program makes, where they get to, and what is put into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .jstypes import JsType
from .syntax import Node

if TYPE_CHECKING:
    from .module import Module

# What stands for the items of a list, for keys that are computed, and for everything that a site holds
ITEMS, COMPUTED, ANYTHING = "[]", "[*]", "[.]"
# The values and the keys of a Map
PAIR, PAIR_KEY = "pair", "pair key"
OBJECT, LIST, FUNCTION, CLASS, INSTANCE = "object", "list", "function", "class", "instance"
RESOLVER = "resolver"  # what settles a promise
ROUTER = "router"  # what hands the event to one of its functions
# Comes from outside, and what is in it as well; may be anything; a package, which may change what it gets
OUTSIDE, UNKNOWN, PACKAGE = "outside", "unknown", "package"


@dataclass(frozen=True)
class Stored:
    """A value that is put somewhere: of an expression, what a function returns, or what a type says.

    Attributes:
        how: ``value``; ``returned`` by the function `node`; ``each`` item of `node`; ``awaited``; ``type``.
    """

    how: str
    module: Module | None = None
    node: Node | None = None
    type: JsType = frozenset()


@dataclass(eq=False)
class Site:
    """A place in the source that makes a value, and stands for all values that it makes.

    Attributes:
        given: Keys that it has from the start.
        stored: Key -> what is put there; `ITEMS` and `COMPUTED` are keys, too.
        parts: Sites whose keys are copied into it.
        is_lost: Whether something that is not seen may change it.
        is_mixed: Whether the items of a list may change their places; the keys ``0``, ``1`` are places.
    """

    kind: str
    module: Module | None = None
    node: Node | None = None
    given: set[str] = field(default_factory=set)
    stored: dict[str, list[Stored]] = field(default_factory=dict)
    parts: list[Site] = field(default_factory=list)
    is_lost: bool = False
    is_mixed: bool = False


class Heap:
    """Which sites get where, as far as the constraints say it.

    Attributes:
        unknown: Stands for values of which nothing is known; what is put into them is put into `wild`, and may be in
            any other object.
        deleted: Names of the keys that are deleted anywhere; `COMPUTED` when that cannot be told.
    """

    def __init__(self) -> None:
        self.unknown = Site(UNKNOWN)
        self.wild = Site(OBJECT)  # what is put into values of which nothing is known
        self.deleted: set[str] = set()
        self._sites: dict[Hashable, set[Site]] = defaultdict(set)
        self._targets: dict[Hashable, set[Hashable]] = defaultdict(set)
        self._watchers: dict[Hashable, list[Callable[[Site], None]]] = defaultdict(list)
        self._pending: list[tuple[Hashable, Site]] = []
        self._keys: dict[Site, set[str]] = defaultdict(set)
        self._takers: dict[Site, list[Site]] = defaultdict(list)

    def at(self, place: Hashable) -> set[Site]:
        """Return the sites that get to a place."""
        return self._sites.get(place, set())

    def add(self, place: Hashable, site: Site) -> None:
        """Say that a site gets to a place."""
        if site not in self._sites[place]:
            self._sites[place].add(site)
            self._pending.append((place, site))

    def flow(self, source: Hashable, target: Hashable) -> None:
        """Say that what gets to one place gets to another."""
        if target not in self._targets[source] and source != target:
            self._targets[source].add(target)
            for site in list(self._sites[source]):
                self.add(target, site)

    def watch(self, place: Hashable, action: Callable[[Site], None]) -> None:
        """Call `action` once for each site that gets to a place."""
        self._watchers[place].append(action)
        for site in list(self._sites[place]):
            action(site)

    def solve(self) -> None:
        """Follow all flows to their ends."""
        while self._pending:
            place, site = self._pending.pop()
            for target in list(self._targets[place]):
                self.add(target, site)
            for action in list(self._watchers[place]):
                action(site)

    def key(self, site: Site, name: str) -> Hashable:
        """Return the place of a key of a site."""
        place = (site, name)
        if name in self._keys[site]:
            return place
        self._keys[site].add(name)
        if site.kind in (OUTSIDE, UNKNOWN, PACKAGE):
            self.add(place, site)
        if name != ANYTHING:
            self.flow(place, self.key(site, ANYTHING))
            if name != COMPUTED:
                self.flow(self.key(site, COMPUTED), place)
            if name.isdecimal():
                self.flow(self.key(site, ITEMS), place)
                if site.is_mixed:
                    self.flow(place, self.key(site, ITEMS))
            if site is not self.wild:
                self.flow(self.key(self.wild, name), place)
        for taker in list(self._takers[site]):
            self._copy(site, taker, name)
        return place

    def items(self, site: Site) -> Hashable:
        """Return the place of all items of a list."""
        return self.key(site, ANYTHING if site.kind == LIST else ITEMS)

    def item(self, site: Site, place: int) -> Hashable:
        """Return the place of one item of a list."""
        return self.key(site, str(place) if site.kind == LIST else ITEMS)

    def mix(self, site: Site) -> None:
        """Say that the items of a list change their places."""
        if not site.is_mixed:
            site.is_mixed = True
            for name in [each for each in self._keys[site] if each.isdecimal()]:
                self.flow((site, name), self.key(site, ITEMS))

    def store(self, site: Site, name: str, what: Stored, place: Hashable = None) -> None:
        """Put something into a site; `place` is where it comes from, if it can be an object."""
        if site.kind == UNKNOWN:
            site = self.wild
        stored = site.stored.setdefault(name, [])
        if what not in stored:
            stored.append(what)
        target = self.key(site, name)
        if place is not None:
            self.flow(place, target)

    def spread(self, site: Site, into: Site) -> None:
        """Copy the keys of a site into another."""
        if site in into.parts or site is into:
            return
        into.parts.append(site)
        self._takers[site].append(into)
        for name in list(self._keys[site]):
            self._copy(site, into, name)
        if site.kind in (OUTSIDE, UNKNOWN, PACKAGE):
            self.add(self.key(into, COMPUTED), site)  # what is in it is it itself

    def _copy(self, site: Site, into: Site, name: str) -> None:
        if name != ANYTHING:
            self.flow((site, name), self.key(into, name))

    def lose(self, place: Hashable) -> None:
        """Say that something that is not seen may change what gets to a place, and what is in it."""

        def lost(site: Site) -> None:
            if not site.is_lost:
                site.is_lost = True
                if site.kind not in (OUTSIDE, UNKNOWN, PACKAGE):
                    self.add(self.key(site, COMPUTED), self.unknown)
                    self.watch(self.key(site, ANYTHING), lost)

        self.watch(place, lost)
