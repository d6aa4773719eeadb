"""Objects that are looked up by computed keys: where Python finds with a key, as it is, what Node finds by its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .contents import Contents, Facts
from .heap import ANYTHING, COMPUTED, ITEMS, OBJECT, Site
from .jstypes import LISTS, NIL, OBJECTS, TEXTS, js_type
from .nodes import (
    FUNCTIONS,
    arguments_of,
    becomes_loop,
    child_nodes,
    field,
    has,
    is_called,
    is_target,
    passed_to,
    strip,
    text_of,
)
from .syntax import Node

# Keys that are the text of what is no string: of a number, a boolean, a list or an object
_ODD = re.compile(r"-?(?:\d.*|Infinity)|NaN|true|false|null|undefined|.*,.*|\[object.*|")
# Names of what is an id or a string: numbers and strings do not stand for each other there
_NAMED = re.compile(
    r"_?(?:open|union|user|file)?id|.*(?:Id|ID|_id)|uid|.*(?:[oO]pen[iI]d|[uU]nion[iI]d)"
    r"|(?:.*_)?(?:type|status|state|name|key|date|day|month|role|category|cat|tag|title|email|phone|mobile|city|url|sku)"
    r"|.*(?:Type|Status|State|Name|Key|Date|Day|Month|Role|Category|Tag|Title|Email|Phone|Mobile|City|Url|URL|Sku)"
)
_WRAPPERS = {"parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"}


class Lookups:
    """The objects of a program whose keys are computed.

    Args:
        facts: Of the program, when its types are settled.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._plain: dict[Site, bool] = {}
        self._uses: dict[Site, list[tuple[Contents, Node]]] | None = None

    def takes(self, types: Contents, owner: Node, index: Node) -> bool:
        """Whether a key that may be no string is right as it is: in an object whose keys no number or boolean means."""
        type_ = types.of(owner)
        if "obj" not in type_ or not type_ <= js_type("obj") | NIL or not types.of(index):
            return False
        if types.of(index) & (LISTS | OBJECTS) and not self._facts.is_loud(owner):
            return False  # a list is no key in Python: it raises
        return all(self._is_plain(site) for site in types.sites(owner))

    def _is_plain(self, site: Site) -> bool:
        if site not in self._plain:
            self._plain[site] = self._is_literal(site) and (_is_fixed(site) or self._stays(site))
        return self._plain[site]

    def _is_literal(self, site: Site) -> bool:
        """Whether all of its keys are known that are written by their names, and none is the text of another value."""
        if site.kind != OBJECT or site.is_lost or site.parts or site.node is None or site.node.type != "object":
            return False
        wild = self._facts.flow.heap.wild.stored.keys()
        names = (site.given | site.stored.keys()) - {COMPUTED, ITEMS, ANYTHING}
        return not wild & {COMPUTED, ITEMS} and not any(map(_ODD.fullmatch, names | wild))

    # ---- objects that get their keys while the program runs

    def _stays(self, site: Site) -> bool:
        """Whether nothing but the program's own lookups sees the keys of an object, and those are alike."""
        if self._uses is None:
            self._uses = {}
            for types in self._facts.files.values():
                for node in _nodes(types.module.root):
                    for each in types.sites(node) if strip(node) is node else ():
                        self._uses.setdefault(each, []).append((types, node))
        keys: list[tuple[Contents, Node]] = []
        for types, node in self._uses.get(site, []):
            key = self._use(types, node)
            if key is None:
                return False
            keys += [(types, each) for each in key]
        return all(is_named(types, key) for types, key in keys)

    def _use(self, types: Contents, node: Node) -> list[Node] | None:
        """Return the keys of a use of an object; None where the object gets to where its keys may be seen."""
        around = node.parent
        while around is not None and around.type in _WRAPPERS:
            node, around = around, around.parent
        if around is None or has(around, "optional_chain"):
            return None
        match around.type:
            case "subscript_expression" if field(around, "object").id == node.id and node.type == "identifier":
                return None if _is_odd_target(around) else [field(around, "index")]
            case "member_expression" if text_of(field(around, "property")) == "hasOwnProperty":
                return arguments_of(around.parent) if is_called(around) and around.parent is not None else None
            case "member_expression":
                return None if is_called(around) else []
            case "variable_declarator":
                return [] if field(around, "name").type == "identifier" else None
            case "assignment_expression":
                return [] if field(around, "left").type == "identifier" or _is(around, "left", node) else None
            case "expression_statement" | "await_expression" | "ternary_expression":
                return []
            case "binary_expression" if text_of(around.child_by_field_name("operator")) in ("||", "&&", "??"):
                return []
            case "binary_expression" if text_of(around.child_by_field_name("operator")) == "in":
                return [field(around, "left")] if _is(around, "right", node) else None
            case "unary_expression":
                return [] if has(around, "!") else None
            case "formal_parameters":
                return []
            case "arrow_function" if not _is(around, "body", node):
                return []  # its parameter
            case "return_statement" | "arrow_function":
                return self._returned(around)
            case "arguments" if around.parent is not None:
                return self._handed(types, around.parent, node)
        return None

    def _returned(self, around: Node) -> list[Node] | None:
        at: Node | None = around
        while at is not None and at.type not in FUNCTIONS:
            at = at.parent
        callers = self._facts.flow.callers_of(at) if at is not None else None
        is_own = bool(callers) and all(each.how in ("call", "reduce") for each in callers or ())
        return [] if is_own else None

    def _handed(self, types: Contents, call: Node, node: Node) -> list[Node] | None:
        if call.type != "call_expression":
            return None
        callee = strip(field(call, "function"))
        if types.module.dotted(callee) == "Object.keys":
            counted = call.parent
            is_count = counted is not None and text_of(counted.child_by_field_name("property")) == "length"
            return [] if is_count else None
        if callee.type == "member_expression":
            is_start = text_of(field(callee, "property")) == "reduce" and node.id != arguments_of(call)[0].id
            return [] if is_start else None
        return [] if types.targets(callee) else None


def _is_fixed(site: Site) -> bool:
    return not site.stored.keys() & {COMPUTED, ITEMS, ANYTHING}


def _is_odd_target(node: Node) -> bool:
    """Whether a property is called, set by a pattern or a loop, or changed where the value is used."""
    around = node.parent
    if around is None or around.type in ("for_in_statement", "array_pattern", "pair_pattern", "assignment_pattern"):
        return True
    return is_called(node) or (is_target(node) and not is_statement(around))


def is_statement(change: Node) -> bool:
    """Whether nobody uses the value of a change."""
    around = change.parent
    if around is not None and around.type == "arrow_function":
        return passed_to(around)[0] == "forEach" and becomes_loop(around)
    return around is not None and around.type == "expression_statement"


def _is(around: Node, name: str, node: Node) -> bool:
    return field(around, name).id == strip(node).id


def is_named(types: Contents, key: Node) -> bool:
    """Whether a key is a string, or has a name that says so."""
    type_ = types.of(key)
    if type_ and type_ <= TEXTS:
        return True
    key = strip(key)
    if not _is_simple(key):
        return False
    if key.type == "binary_expression" and text_of(key.child_by_field_name("operator")) in ("||", "??"):
        return all(is_named(types, field(key, side)) for side in ("left", "right"))
    if key.type == "member_expression":
        return _NAMED.fullmatch(text_of(field(key, "property"))) is not None
    return key.type == "identifier" and _NAMED.fullmatch(text_of(key)) is not None


def _is_simple(key: Node) -> bool:
    """Whether a key is only read, so that it does not matter when."""
    kinds = ("identifier", "this", "string", "number", "member_expression", "subscript_expression", "binary_expression")
    return key.type in kinds and all(
        _is_simple(strip(each)) for each in child_nodes(key) if not each.type.endswith(("identifier", "chain"))
    )


def _nodes(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending += child_nodes(node)
