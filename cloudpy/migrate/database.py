"""The cloud database: its objects keep their names in Python, and the types of its results are known."""

from __future__ import annotations

from .._database.database_command import command
from .code import ATOM, LAMBDA, Py, call
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import DATABASE, DAYS, ITEMS, NOTHING, NUMBERS, RECS, js_type
from .nodes import FUNCTIONS, child_nodes, field, strip, text_of
from .sdk import ignore_callbacks
from .syntax import Node

_RENAMED = {"and": "and_", "or": "or_", "in": "in_", "not": "not_"}
_WITHOUT_OPTIONS = {"get", "count"}
_COMMANDS = {name for name in dir(command) if name[0] != "_"}
_OPERATORS = {name for name in dir(command.aggregate) if name[0] != "_"}
_OUTSIDE = {"update", "remove", "count", "end"}  # of a query on a collection of a transaction
_PLAIN = {"collection", "createCollection", "doc", "limit", "orderBy", "runTransaction", "skip"}


def _sent(node: Node) -> str:
    """Return the last method of a chain that begins with ``transaction.collection(…)``; empty if it has ``doc``."""
    name = ""
    while node.parent is not None and node.parent.type == "member_expression" and node.parent.parent is not None:
        name = text_of(field(node.parent, "property"))
        node = node.parent.parent
        if name == "doc" or node.type != "call_expression":
            return ""
    return name


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
            ignore_callbacks(self, args[0])
        if self.type_of(owner) == js_type("cmd"):
            args = self._command_arguments(owner, name, args)
        if owner.type == "identifier" and self.type_of(owner) == js_type("stages"):
            self._require_one_aggregate(owner)
        is_sent = name in _WITHOUT_OPTIONS and self.type_of(owner) <= js_type("query doc")
        is_sent = is_sent or (name == "remove" and self.type_of(owner) == js_type("doc"))
        if is_sent and args and not self.has_node(args[0], "call_expression", "await_expression"):
            args = []  # Node does not look at them
        code = f"{self.expr(owner).at(ATOM)}.{_RENAMED.get(name, name)}"
        if self.type_of(owner) == js_type("tx") and _sent(node) in _OUTSIDE:
            code = "cloud.database().collection"
            self.caveat(node, f"{_sent(node)} of a query runs outside the transaction, as it does in Node")
        if name in _PLAIN and not any(each.type == "spread_element" for each in args):
            arguments = [self.expr(each) for each in args]
        else:
            arguments = [self._document(each) for each in args]
        return Py(f"{code}({', '.join(each.at(LAMBDA) for each in arguments)})")

    def _command_arguments(self, owner: Node, name: str, args: list[Node]) -> list[Node]:
        """Return the arguments that Node looks at.

        Raises:
            Untranslated: there is no such command: Node throws a TypeError.
        """
        python = _RENAMED.get(name, name)
        if owner.type == "call_expression" or text_of(owner).endswith(("Geo", "project")):
            return args
        if python not in _COMMANDS | _OPERATORS:
            raise Untranslated(f"the database has no command {name}: Node throws a TypeError here")
        if python in _OPERATORS - _COMMANDS and all(map(self.is_pure, args[1:])):
            return args[:1]
        return args

    def stage_statement(self, node: Node) -> list[str] | None:
        """Write a stage that a statement adds to an aggregate in a variable; Node changes it in place."""
        owner = node
        while owner.type == "call_expression" and strip(field(owner, "function")).type == "member_expression":
            owner = strip(field(strip(field(owner, "function")), "object"))
        if owner.type != "identifier" or {self.type_of(owner), self.type_of(node)} != {js_type("stages")}:
            return None
        name = self.expr(owner)
        return [f"{name} = {self.expr(node)}"]

    def _require_one_aggregate(self, owner: Node) -> None:
        """Raise if a variable's aggregate, which Node changes in place, is used again where that would be seen."""
        variable = self.variable_of(owner)
        if variable is None or len(variable.reads) < 2:
            return
        taken = []
        for read in variable.reads:
            top = read
            while top.parent is not None and top.parent.type in ("member_expression", "call_expression"):
                top = top.parent
            use = top.parent
            while use is not None and use.type in ("await_expression", "parenthesized_expression"):
                use = use.parent
            left = use.child_by_field_name("left") if use is not None else None
            again = left is not None and text_of(left) == text_of(read)
            if top is read or use is None:
                taken.append("")
            elif not again and (use.type != "expression_statement" or self.type_of(top) != js_type("stages")):
                taken.append(use.type)
        ends = len(taken) < 2 or set(taken) == {"return_statement"}
        if variable.inside or "" in taken or not ends:
            raise Untranslated("an aggregate that is used again: Node has added the stages to it in place")

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
