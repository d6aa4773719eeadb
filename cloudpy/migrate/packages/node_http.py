"""Node's ``http`` and ``https``."""

from __future__ import annotations

from ..code import Py, call, quoted
from ..diagnostics import Untranslated
from ..syntax import Node
from .package import Package


class NodeHttp(Package):
    """Write requests whose callbacks settle a ``new Promise``."""

    sources = frozenset({"http", "https"})

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        if path not in ("get", "request"):
            return None
        if self.sync or not self.is_in_promise(node):
            cause = f"{source}.{path} outside of a new Promise"
            raise Untranslated(f"{cause}: Python has httpx", cause)
        codes = self.plain_arguments(f"{source}.{path}", args, 1, 3)
        self.module.has_background = True
        return call(f"js.node_{path}", quoted(source), *codes)

    def value(self, source: str, path: str, node: Node) -> Py | None:
        if path or self.sync or not self.is_in_promise(node):
            return None
        self.module.has_background = True
        return Py(f"js.{source.upper()}")
