"""The routes of ``tcb-router``: handlers of ``(ctx, next)`` for the ``$url`` of the event."""

from __future__ import annotations

from ..code import ATOM, Py, call
from ..jstypes import js_type
from ..syntax import Node
from .package import Package


class TcbRouter(Package):
    """Write a router, which is the same in Python: ``use``, ``router`` and ``serve``."""

    sources = frozenset({"tcb-router"})
    kinds = js_type("router")

    def new(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        if path or self.sync:
            return None
        return call("js.Router", *self.plain_arguments("TcbRouter", args, 1, 1))

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        if name not in ("use", "router", "serve"):
            return None
        return call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(args))
