"""The packages whose functions are written one for one: see `tables`."""

from __future__ import annotations

from ..code import ATOM, TERNARY, Py, call
from ..diagnostics import Untranslated
from ..jstypes import NIL
from ..nodes import text_of
from ..syntax import Node
from .entry import Entry
from .package import Package
from .tables import CAVEATS, CLASSES, FUNCTIONS, MEMBERS, METHODS, VALUES


class Tabled(Package):
    """Write what the tables say."""

    sources = frozenset(FUNCTIONS) | frozenset(VALUES) | frozenset(CLASSES)
    kinds = frozenset(METHODS)

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        entry = FUNCTIONS.get(source, {}).get(path)
        if entry is not None and source in CAVEATS:
            self.caveat(node, CAVEATS[source])
        return self._written(entry, f"{source}.{path}" if path else source, args) if entry is not None else None

    def new(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        entry = CLASSES.get(source, {}).get(path)
        return self._written(entry, f"new {source}.{path}" if path else f"new {source}", args) if entry else None

    def value(self, source: str, path: str, node: Node) -> Py | None:
        python = VALUES.get(source, {}).get(path)
        return Py(python) if python is not None else None

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        word = self._kind(owner)
        entry = METHODS[word].get(name)
        if entry is None:
            raise Untranslated(f"{name} of {text_of(owner)[:40]} is not translated", f"{name} of a {word}")
        self._refuse_promise(entry, name)
        self.context.attributes.add(name)
        return call(f"{self.expr(owner).at(ATOM)}.{entry.python}", *self.plain_arguments(name, args, *entry[1:3]))

    def property(self, owner: Node, name: str) -> Py | None:
        word = self._kind(owner)
        if name not in MEMBERS.get(word, {}):
            raise Untranslated(f"{name} of {text_of(owner)[:40]} is not translated", f"{name} of a {word}")
        return Py(f"{self.expr(owner).at(ATOM)}.{name}")

    def _kind(self, owner: Node) -> str:
        words = self.type_of(owner) - NIL
        if len(words) > 1:
            raise Untranslated(f"{text_of(owner)[:40]} may be one of {', '.join(sorted(words))}")
        return next(iter(words))

    def _written(self, entry: Entry, what: str, args: list[Node]) -> Py:
        self._refuse_promise(entry, what)
        codes = self.plain_arguments(what, args, entry.least, entry.most)
        if "{" in entry.python:
            written = [code.at(TERNARY) for code in codes]
            return Py(entry.python.format(*written, args=", ".join(written)))
        is_expression = entry.most == 0 and not entry.python.startswith("js.")
        return Py(entry.python) if is_expression else call(entry.python, *codes)

    def _refuse_promise(self, entry: Entry, what: str) -> None:
        if self.sync and entry.awaits:
            raise Untranslated(f"{what} without await is not translated")
