"""The cloud database: its objects keep their names in Python, and the types of its results are known."""

from __future__ import annotations

from .code import ATOM, LAMBDA, Py, call
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import DATABASE, DAYS, ITEMS, NOTHING, NUMBERS, RECS, js_type
from .nodes import FUNCTIONS, child_nodes, field, strip, text_of
from .syntax import Node

_RENAMED = {"and": "and_", "or": "or_", "in": "in_", "not": "not_"}
_CALLBACKS = {"success", "fail", "complete"}  # of the mini program
_PLAIN = {"collection", "createCollection", "doc", "limit", "orderBy", "runTransaction", "skip"}


class Databases(Part):
    """Write ``db.collection(…).where(…).get()`` and the like."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)

    def member(self, owner: Node, name: str) -> Py:
        """Write ``db.command``, ``_.aggregate``, ``db.Geo``."""
        if self.type_of(owner) & js_type("query doc stages tx"):
            raise Untranslated(f"{name} of a database query that is not called")
        return Py(f"{self.expr(owner).at(ATOM)}.{_RENAMED.get(name, name)}")

    def call(self, node: Node, callee: Node, args: list[Node]) -> Py:
        """Write a step of a query, a command, or a call that is sent."""
        owner, name = field(callee, "object"), text_of(field(callee, "property"))
        if not self.types.of(node):
            raise Untranslated(f"the database has no {name} here")
        if "promise" in self.types.of(node) and args and args[0].type == "object":
            self._ignore_callbacks(args[0])
        code = f"{self.expr(owner).at(ATOM)}.{_RENAMED.get(name, name)}"
        if name in _PLAIN and not any(each.type == "spread_element" for each in args):
            arguments = [self.expr(each) for each in args]
        else:
            arguments = [self._document(each) for each in args]
        return Py(f"{code}({', '.join(each.at(LAMBDA) for each in arguments)})")

    def _ignore_callbacks(self, options: Node) -> None:
        for part in child_nodes(options):
            key = part.child_by_field_name("key") or part.child_by_field_name("name")
            if key is not None and text_of(key) in _CALLBACKS:
                self.context.ignored.add(part.id)
                self.caveat(part, f"{text_of(key)} is omitted: wx-server-sdk never calls it")

    def _document(self, node: Node) -> Py:
        if node.type == "spread_element":
            return Py(f"*js.document(list(js.iterate({self.expr(strip(child_nodes(node)[0]))})))")
        self._without_days(node)
        code = self.expr(node)
        return code if self.is_document(node) else call("js.document", code)

    def _without_days(self, node: Node) -> None:
        node = strip(node)
        if node.type in ("object", "array", "pair", "spread_element"):
            for part in child_nodes(node):
                self._without_days(part)
        elif self.type_of(node) & DAYS and self.type_of(node) <= DAYS:
            raise Untranslated("a date of a package in a document: the database has no form for it; give its toDate()")

    def is_document(self, node: Node) -> bool:
        """Whether the database takes a value as it is: nothing in it is an instance of a class of the program."""
        if not self.module.makes_instances:
            return True
        node = strip(node)
        type_ = self.type_of(node)
        if (type_ and type_ <= DATABASE | js_type("regex")) or node.type in FUNCTIONS:
            return True
        if node.type == "object":
            return all(
                (part.type == "pair" and self.is_document(field(part, "value")))
                or (part.type == "shorthand_property_identifier" and self.is_document(part))
                or (part.type == "spread_element" and self.is_document(child_nodes(part)[0]))
                for part in child_nodes(node)
            )
        if node.type == "array":
            return all(part.type != "spread_element" and self.is_document(part) for part in child_nodes(node))
        unchanged = (RECS | ITEMS | {"rec"}) if not self.names.put and not self.module.changes_objects else NOTHING
        return bool(type_) and type_ <= NUMBERS | js_type("ascii str bool null undef strs fn date") | unchanged
