"""Where Python's truth of a value is JavaScript's: no list or dict of the program that may be empty gets there."""

from __future__ import annotations

import re
from functools import cached_property

from .heap import CLASS, FUNCTION, INSTANCE, LIST, OBJECT, OUTSIDE, RESOLVER, Site
from .http_names import http_client
from .inference import Types
from .jstypes import METHOD_RESULTS, PLAIN_TRUTH, is_open, js_type
from .nodes import child_nodes, field, strip, text_of
from .plain_names import is_named_plainly
from .syntax import Node

_NAN = re.compile(r"\bNaN\b|\bNumber\b|\bparse(?:Float|Int)\b")
# Python's own, which are false when they are empty
_CONTAINERS = js_type("obj arr strs docs items")
_PLAIN_OR_NAN = PLAIN_TRUTH | {"num"}
_ALWAYS_TRUE = {FUNCTION, CLASS, INSTANCE, RESOLVER}


class Truths:
    """Decides how the conditions of one file are written."""

    def __init__(self, types: Types) -> None:
        self.types = types

    def is_plain(self, node: Node) -> bool:
        """Whether Python takes a value for true where JavaScript does."""
        type_ = self.types.of(node)
        if type_ <= PLAIN_TRUTH or (is_open(type_) and is_named_plainly(node)):
            return bool(type_)
        if not is_open(type_) and not type_ <= PLAIN_TRUTH | _CONTAINERS:
            return False
        if ("bytes" in type_ and self._has_buffers) or ("num" in type_ and self._has_nan):
            return False
        sites = self.types.sites(node)
        return (bool(sites) or is_open(type_)) and all(map(self._is_true, sites))

    def _is_true(self, site: Site) -> bool:
        """Whether Python takes what a place makes for true where JavaScript does."""
        node = site.node
        if site.kind in _ALWAYS_TRUE:
            return True
        if node is None or site.module is None or (site.is_lost and self._has_strays):
            return False
        if site.kind == OUTSIDE:
            return self._is_from_outside(site)
        return self._is_never_empty(site, node)

    def _is_never_empty(self, site: Site, node: Node) -> bool:
        heap = self.types.facts.flow.heap
        if site.kind == OBJECT and node.type == "object":
            parts = [each for each in child_nodes(node) if each.type != "spread_element"]
            return bool(parts) and not heap.deleted
        if site.kind == OBJECT:
            return node.type == "new_expression"  # a Map
        if site.kind == LIST and node.type == "array":
            return bool(site.given or "0" in site.stored) and not (site.is_mixed or site.is_lost)
        return False

    def _is_from_outside(self, site: Site) -> bool:
        """Whether it is JSON that the platform gave, whose empty lists and dicts are true."""
        node, module = site.node, site.module
        assert node is not None
        assert module is not None
        if module.main is not None and node.parent is not None and node.parent.parent is not None:
            function = node.parent if node.parent.id == module.main.id else node.parent.parent
            if function.id == module.main.id:
                return True  # the event and the context
        if node.type != "call_expression":
            return False
        callee = strip(field(node, "function"))
        if module.is_cloud_call(node) or http_client(module, node) or module.dotted(callee) == "JSON.parse":
            return True
        if callee.type != "member_expression":
            return False
        name = text_of(field(callee, "property"))
        if name == "getWXContext" and module.is_cloud(callee):
            return True
        types = self.types.facts.files[module]
        if types.sent(node) is not None or name == "json":
            return True
        return METHOD_RESULTS.get(name, _CONTAINERS) <= _PLAIN_OR_NAN and not module.has_own_method(name)

    @cached_property
    def _has_buffers(self) -> bool:
        return any("Buffer" in module.text for module in self.types.facts.files)

    @cached_property
    def _has_nan(self) -> bool:
        """Whether the program may have a NaN that Python takes for true, as that of ``float()``."""
        return any(_NAN.search(module.text) for module in self.types.facts.files)

    @cached_property
    def _has_strays(self) -> bool:
        """Whether what is not seen has a list or dict of the program that may be empty."""
        made = self.types.facts.flow.all_made()
        return any(
            each.is_lost and each.kind in (OBJECT, LIST) and each.node is not None and not self._is_filled(each)
            for each in made
        )

    def _is_filled(self, site: Site) -> bool:
        return site.kind == OBJECT and site.node is not None and self._is_never_empty(site, site.node)
