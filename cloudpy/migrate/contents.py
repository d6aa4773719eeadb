"""What the objects and lists of a program hold: the types of keys and items."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from functools import cached_property

from .catalog import DATE_METHODS, METHODS
from .flow import Flow
from .handlers import Handlers, is_inside
from .heap import (
    ANYTHING,
    COMPUTED,
    FUNCTION,
    INSTANCE,
    ITEMS,
    LIST,
    OBJECT,
    OUTSIDE,
    PACKAGE,
    PAIR,
    PAIR_KEY,
    RESOLVER,
    UNKNOWN,
    Site,
    Stored,
)
from .jstypes import (
    ANY,
    CALLED,
    COLLECTIONS,
    JSON,
    LISTS,
    METHOD_RESULTS,
    NIL,
    NOTHING,
    NUMBERS,
    RECS,
    TEXTS,
    JsType,
    js_type,
)
from .jstypes import ITEMS as LIST_ITEMS
from .module import Module
from .nodes import INBORN, child_nodes, strip, text_of
from .nodes import field as field_of
from .results import Results
from .syntax import Node

# They have methods, and no other properties that are read
_PLAIN = js_type("bool date")

# What getWXContext() gives
_OF_CALLER = {
    "OPENID",
    "UNIONID",
    "APPID",
    "ENV",
    "FROM_OPENID",
    "FROM_APPID",
    "FROM_UNIONID",
    "CLIENTIP",
    "CLIENTIPV6",
}


@dataclass
class Facts:
    """What the types of all files of a program share.

    Attributes:
        flow: Where objects and functions get to.
        files: The types of each file.
        slots: What is at a key of a site, as far as it is known.
        is_settled: Whether nothing will change any more; `is_open`: whether the types do not settle.
        has_news: Whether something was asked for that was not known before.
        receivers: Ids of the handlers that may get anything but errors; None if any may.
        knows_caught: Whether it is known what the program catches: the types are inferred once before, and once after.
    """

    flow: Flow
    files: dict[Module, Contents] = field(default_factory=dict)
    slots: dict[tuple[Site, str], JsType] = field(default_factory=dict)
    is_settled: bool = False
    is_open: bool = False
    has_news: bool = False
    receivers: set[int] | None = field(default_factory=set)
    knows_caught: bool = False

    @property
    def throws_values(self) -> bool:
        """Whether any handler of the program may get anything but errors."""
        return self.receivers is None or bool(self.receivers)

    @cached_property
    def handlers(self) -> Handlers:
        """The handlers of the program, and what they catch; asked for when the types are settled."""
        return Handlers(self.flow, lambda module, function: "promise" in self.files[module].returned(function))

    def know_caught(self) -> None:
        """Find out what the program catches, and take nothing else for known."""
        assert self.handlers.caught is not None  # it is found now, while the types are settled, and kept
        self.is_settled, self.has_news, self.knows_caught = False, False, True
        self.slots = dict.fromkeys(self.slots, NOTHING)

    def is_loud(self, node: Node) -> bool:
        """Whether an error of Python's own at this place would not be missed: no handler of the program takes it."""
        return self.knows_caught and not is_inside(node, self.handlers.caught)


class Contents(Results):
    """What is in the objects and lists of one file."""

    module: Module
    facts: Facts

    @abstractmethod
    def returned(self, function: Node) -> JsType:
        """Return what a function of the program returns."""

    @abstractmethod
    def resolved(self, function: Node) -> JsType:
        """Return what the promise of an async function of the program resolves to."""

    @abstractmethod
    def awaited(self, inner: Node) -> JsType:
        """Return the type of ``await inner``."""

    @property
    def json(self) -> JsType:
        """What comes from outside: JSON, and dates where documents have them."""
        return JSON | {"date"} if self.module.handles_dates else JSON

    def sites(self, place: object) -> set[Site]:
        """Return what an expression, or a pattern, can be of what the program makes."""
        return self.facts.flow.sites(place)

    def targets(self, callee: Node) -> list[tuple[Contents, Node]]:
        """Return all functions that a call may mean, each with the types of its file; empty if one is not known."""
        sites = self.sites(callee)
        if not all(each.kind == FUNCTION and each.module in self.facts.files for each in sites):
            return []
        return [(self.facts.files[each.module], each.node) for each in sites if each.module and each.node]

    # ---- what is at a key

    def property(self, type_: JsType, sites: set[Site], name: str) -> JsType:
        """Return what ``owner.name`` can be.

        Args:
            type_: Of the owner.
            sites: What the owner can be.
            name: Of the key; `COMPUTED` for any.
        """
        if not type_:
            return NOTHING if not self.facts.is_settled else ANY
        if name in INBORN or any(each.kind in (UNKNOWN, PACKAGE) or each.is_lost for each in sites):
            return ANY
        result = NOTHING
        for word in type_ - NIL:
            if word == "rec" and name in _OF_CALLER and all(map(is_caller, sites)):
                result |= self._of_kind(sites, OUTSIDE, name) | js_type("ascii undef")
            elif word == "rec":
                result |= self._of_kind(sites, OUTSIDE, name) | self.json
            elif word == "obj":
                there = self.facts.flow.is_always_there({each for each in sites if each.kind == OBJECT}, name)
                result |= self._of_kind(sites, OBJECT, name) | (NOTHING if there else js_type("undef"))
            elif word == "inst":
                result |= self._of_kind(sites, INSTANCE, name) | js_type("undef")
            elif word in LISTS | TEXTS and name == COMPUTED:
                result |= self.items(js_type(word), sites) | js_type("lit undef")
            elif word in COLLECTIONS and name == "size":
                result |= js_type("lit")
            elif word in NUMBERS | _PLAIN and name == COMPUTED:
                result |= js_type("undef")
            elif word in LISTS | TEXTS and name == "length":
                result |= js_type("lit")
            elif word in LISTS and name in ("index", "groups", "input"):
                return ANY  # of what a regular expression found
            elif word == "date" and name in DATE_METHODS:
                result |= {"fn"}
            elif word in LISTS | TEXTS | NUMBERS | _PLAIN and name not in METHODS and name not in METHOD_RESULTS:
                result |= js_type("undef")
            else:
                return ANY
        return result

    def _of_kind(self, sites: set[Site], kind: str, name: str) -> JsType:
        result, found = NOTHING, False
        for each in sites:
            if each.kind == kind:
                found = True
                result |= self.slot(each, ANYTHING if name == COMPUTED else name)
        return result if found else ANY

    def items(self, type_: JsType, sites: set[Site], place: int = -1) -> JsType:
        """Return what the items of a list or a string, or its item at `place`, can be."""
        if not type_ and not self.facts.is_settled:
            return NOTHING
        if type_ & js_type("map promise module") or any(
            each.kind in (UNKNOWN, PACKAGE) or each.is_lost for each in sites
        ):
            return ANY
        result = js_type("undef") if place >= 0 and type_ != {"arr"} else NOTHING
        for word in type_ & (LISTS | TEXTS | {"set"}):  # all else has no items: an error
            if word in TEXTS or word == "strs":
                result |= js_type("str")
            elif word in RECS:
                result |= self._of_kind(sites, OUTSIDE, ITEMS) | js_type("rec")
            elif word in LIST_ITEMS:
                result |= self._of_kind(sites, OUTSIDE, ITEMS) | self.json
            else:
                result |= self._of_lists({each for each in sites if each.kind == LIST}, place)
        return result

    def each(self, node: Node) -> JsType:
        """Return what the items of a list, a Set or a Map's ``values()`` can be."""
        type_ = self.of(node)
        if type_ == {"map"}:
            return js_type("arr")
        if node.type == "call_expression" and field_of(node, "function").type == "member_expression":
            callee = field_of(node, "function")
            owner, name = field_of(callee, "object"), text_of(field_of(callee, "property"))
            if name in ("values", "keys") and self.of(owner) == {"map"}:
                return self.of_map(owner, PAIR if name == "values" else PAIR_KEY)
        return self.items(type_, self.sites(node))

    def of_map(self, node: Node, what: str) -> JsType:
        """Return what the values of a Map, or its keys, can be."""
        sites = self.sites(node)
        if any(each.kind != OBJECT for each in sites):
            return ANY
        return self._of_kind(sites, OBJECT, what)

    def has_item(self, type_: JsType, sites: set[Site], place: int) -> bool:
        """Whether a list surely has an item at a place."""
        return (
            type_ == {"arr"}
            and bool(sites)
            and all(
                each.kind == LIST and not each.is_mixed and not each.is_lost and str(place) in each.stored
                for each in sites
            )
        )

    def _of_lists(self, sites: set[Site], place: int) -> JsType:
        result = NOTHING if sites else ANY
        for each in sites:
            result |= self.slot(each, str(place) if place >= 0 else ANYTHING)
            if place >= 0 and (each.is_mixed or str(place) not in each.stored):
                result |= js_type("undef")
        return result

    def slot(self, site: Site, name: str) -> JsType:
        """Return what is put at a key of a site."""
        key = (site, name)
        if key not in self.facts.slots:
            self.facts.has_news = True
            self.facts.slots[key] = CALLED if self.facts.is_settled else NOTHING
            self.facts.slots[key] = self.slot_now(site, name)
        return self.facts.slots[key]

    def slot_now(self, site: Site, name: str) -> JsType:
        """Find out what is put at a key of a site."""
        if site.kind in (UNKNOWN, PACKAGE) or site.is_lost:
            return CALLED
        names = {name, COMPUTED}
        if name == ANYTHING:
            names = set(site.stored)
        elif name.isdecimal():
            names |= {each for each in site.stored if each.isdecimal()} | {ITEMS} if site.is_mixed else {ITEMS}
        result = NOTHING
        for each in names & site.stored.keys():
            for what in site.stored[each]:
                result |= self._stored(what)
        for part in site.parts:
            if part.kind == OUTSIDE:
                result |= self.json
            result |= self.slot(part, name)
        if self._has_strange_parts(site):
            return CALLED
        wild = self.facts.flow.heap.wild
        return result | self.slot(wild, name) if site is not wild else result

    def _has_strange_parts(self, site: Site) -> bool:
        """Whether values of which nothing is known are copied into an object literal."""
        if site.kind != OBJECT or site.node is None or site.node.type != "object" or site.module is None:
            return False
        types = self.facts.files[site.module]
        for part in child_nodes(site.node):
            if part.type == "spread_element":
                inner = strip(child_nodes(part)[0])
                if types.of(inner) - NIL - NUMBERS - {"bool", "fn"} and not self.sites(inner):
                    return True
        return False

    def _stored(self, what: Stored) -> JsType:
        if what.how == "type":
            return CALLED if what.type == {"any"} else what.type
        assert what.module is not None
        types, node = self.facts.files[what.module], what.node
        if what.how == "value":
            return types.of(node)
        assert node is not None
        if what.how == "returned":
            return types.returned(node)
        if what.how == "returns":
            targets = types.targets(node)
            result = NOTHING if targets else CALLED
            for owner, function in targets:
                result |= owner.returned(function)
            return result
        if what.how == "flat":
            return self._flattened(types, node)
        if what.how == "awaited":
            return types.awaited(node)
        if what.how == "each":
            return types.each(node)
        if what.how in (PAIR, PAIR_KEY):
            return self.slot(self.facts.flow.made(OBJECT, what.module, node), what.how)
        if what.how in ("item 0", "item 1"):
            items = types.each(node)
            return types.items(items, self.sites(("items", node)), int(what.how[-1])) if items == {"arr"} else ANY
        if what.how == "all":
            return self._settled_items(types, node)
        if what.how == "concat":
            inner = strip(child_nodes(node)[0]) if node.type == "spread_element" else node
            type_ = types.of(inner)
            lists = type_ & LISTS if node.type != "spread_element" else type_
            return (types.items(lists, self.sites(inner)) if lists else NOTHING) | (type_ - lists)
        return self._values(types, node)

    def _flattened(self, types: Contents, node: Node) -> JsType:
        """Return what ``flatMap`` takes of what a function gives: the items of lists, and all else."""
        targets = types.targets(node)
        result = NOTHING if targets else CALLED
        for owner, function in targets:
            type_ = owner.returned(function)
            lists = type_ & LISTS
            result |= type_ - LISTS | (owner.items(lists, self.sites(("returns", function))) if lists else NOTHING)
        return result

    def _settled_items(self, types: Contents, node: Node) -> JsType:
        """Return what the items of a list of promises resolve to."""
        type_ = types.items(types.of(node), self.sites(node))
        if "promise" not in type_:
            return type_
        result = type_ - {"promise"}
        lists = [each for each in self.sites(node) if each.kind == LIST]
        for each in lists:
            for what in (one for stored in each.stored.values() for one in stored):
                if what.module is None or what.node is None:
                    return ANY
                owner = self.facts.files[what.module]
                if what.how == "value":
                    result |= owner.awaited(strip(what.node))
                elif what.how == "returns" and owner.targets(what.node):
                    for target, function in owner.targets(what.node):
                        result |= target.resolved(function)
                else:
                    return ANY
        return result if lists else ANY

    def promises_in(self, node: Node) -> list[Node]:
        """Return the calls whose promises are the items of a list of this file; empty where they are not known."""
        sites = self.sites(node)
        if self.of(node) != js_type("arr") or any(each.kind != LIST or each.is_lost for each in sites):
            return []
        stored = [what for each in sites for some in each.stored.values() for what in some]
        if any(what.how != "value" or what.module is not self.module or what.node is None for what in stored):
            return []
        return [self._made(strip(what.node)) for what in stored if what.node is not None]

    def promised(self, node: Node) -> JsType:
        """Return what a ``new Promise`` resolves to."""
        site = self.facts.flow.made(RESOLVER, self.module, node, "resolve")
        if not self.facts.flow.is_known or any(each.kind == UNKNOWN for each in self.sites(node)):
            return ANY
        return self.slot(site, ITEMS) if site.stored else ANY

    def _values(self, types: Contents, node: Node) -> JsType:
        """Return what all keys of an object hold."""
        type_, sites = types.of(node), self.sites(node)
        if not type_:
            return NOTHING
        if not type_ - NIL <= js_type("rec obj") or any(each.kind in (UNKNOWN, PACKAGE) for each in sites):
            return ANY
        result = self._of_kind(sites, OBJECT, COMPUTED) if "obj" in type_ else NOTHING
        return result | self._of_kind(sites, OUTSIDE, COMPUTED) | self.json if "rec" in type_ else result


def is_caller(site: Site) -> bool:
    """Whether a value is the result of getWXContext()."""
    call = site.node
    return (
        call is not None
        and call.type == "call_expression"
        and text_of(field_of(call, "function")).endswith("getWXContext")
    )
