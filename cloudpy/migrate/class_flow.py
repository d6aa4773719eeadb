"""The flow through classes: their members, what they extend, and ``new``."""

from __future__ import annotations

from .builtin_flow import BuiltinFlow
from .flow import Caller
from .heap import CLASS, OUTSIDE, PACKAGE, UNKNOWN, Site, Stored
from .jstypes import js_type
from .nodes import arguments_of, field, text_of
from .syntax import Node


class ClassFlow(BuiltinFlow):
    """Makes the constraints of the classes of one file."""

    def _class(self, node: Node) -> None:
        info = self.module.classes.info(node)
        site, instance = self.flow.made(CLASS, self.module, node), self.flow.instance(self.module, info)
        self.heap.add(node, site)
        self.heap.add(("this", node), instance)
        for kind, owner in ((info.methods, instance), (info.statics, site)):
            for name, method in kind.items():
                self.heap.store(owner, name, Stored("type", type=js_type("fn")), method)
        for name, getter in info.getters.items():
            self.flow.call(self.flow.function(self.module, getter), Caller("timer", self.module, getter))
            self.heap.store(instance, name, Stored("returned", self.module, getter), ("returns", getter))
        for setter in info.setters.values():
            self.flow.escape(setter)
        for name, value in info.fields:
            self.heap.store(instance, name, Stored("value", self.module, value), value)
            instance.given.add(name)
        for name, value in info.static_fields.items():
            self.heap.store(site, name, Stored("value", self.module, value), value)
        if info.base is not None:
            self.heap.watch(info.base, lambda base: self._extended(base, site, node))

    def _extended(self, base: Site, site: Site, node: Node) -> None:
        self.heap.spread(base, site)
        if base.kind == CLASS and base.module is not None and base.node is not None:
            self.heap.spread(
                self.flow.instance(base.module, base.module.classes.info(base.node)),
                self.flow.instance(self.module, self.module.classes.info(node)),
            )
            self.heap.flow(("this", node), ("this", base.node))
        elif base.kind in (PACKAGE, UNKNOWN):
            self.heap.add(("this", node), self.heap.unknown)
            self.flow.escape(("this", node))  # what it extends may call its methods

    def _new(self, node: Node) -> None:
        constructor, args = field(node, "constructor"), arguments_of(node)
        name = text_of(constructor)
        if constructor.type == "identifier" and self.names.of.get(constructor.id) is None:
            self._new_builtin(node, name, args)
        else:
            self.heap.watch(constructor, lambda site: self._made_of(site, node, args))

    def _made_of(self, site: Site, node: Node, args: list[Node]) -> None:
        if site.kind == PACKAGE:
            self._made_by_package(node, args)
            return
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
