"""Sets of the program in Python's own forms: ``list(dict.fromkeys(ids))``, ``set()``, ``in``."""

from __future__ import annotations

from .code import ATOM, COMPARE, Py, call
from .context import Context, Part
from .jstypes import LISTS, NIL, TEXTS, WHOLE, JsType
from .lookups import is_named, is_statement
from .nodes import (
    FUNCTIONS,
    arguments_of,
    child_nodes,
    field,
    has,
    is_called,
    maybe_field,
    parameters_of,
    strip,
    text_of,
)
from .syntax import Node
from .variables import Variable

# Methods whose result has items of the list that they are called on
_SAME = {"filter", "slice", "concat", "reverse", "sort", "flat"}
# Python tells them apart, or finds them equal, as JavaScript does
_PLAIN = TEXTS | WHOLE | NIL


class PlainSets(Part):
    """Write a Set; None is given for what the class Set of ``js`` has to do."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._known: dict[int, str] = {}

    # ---- without a name

    def unique(self, node: Node) -> Py | None:
        """Write the list of ``new Set(list)``, which is spread, or given to ``Array.from``."""
        node = strip(node)
        args = arguments_of(node) if self._is_new(node) else []
        if len(args) != 1 or not self._has_alike(args[0]):
            return None
        return Py(f"list(dict.fromkeys({self.expr(args[0])}))")

    def _is_new(self, node: Node) -> bool:
        is_set = node.type == "new_expression" and text_of(field(node, "constructor")) == "Set"
        return is_set and self.variable_of(field(node, "constructor")) is None

    def _has_alike(self, given: Node) -> bool:
        """Whether it surely is a list, whose items Python tells apart as JavaScript does."""
        type_ = self.type_of(given)
        if not type_ or not type_ <= LISTS:
            return False
        items = self.types.items(type_, self.types.sites(given))
        return self._is_plain(items) or (self.types.facts.is_loud(given) and self._are_named(given))

    def _is_plain(self, type_: JsType) -> bool:
        return bool(type_) and type_ <= _PLAIN

    def _are_named(self, given: Node) -> bool:
        """Whether the items of a list have a name of ids or texts: ``rows.map(row => row._id)``."""
        given = strip(given)
        if given.type == "array":
            spread = [strip(child_nodes(each)[0]) for each in child_nodes(given) if each.type == "spread_element"]
            return len(spread) == len(child_nodes(given)) > 0 and all(map(self._are_named, spread))
        if given.type == "identifier":
            variable = self.variable_of(given)
            value = variable.value if variable is not None and variable.is_constant else None
            return value is not None and strip(value).type != "array" and self._are_named(value)
        if given.type != "call_expression" or field(given, "function").type != "member_expression":
            return False
        name, args = text_of(field(field(given, "function"), "property")), arguments_of(given)
        if name in _SAME:
            more = args if name == "concat" else []
            return all(map(self._are_named, [field(field(given, "function"), "object"), *more]))
        if name != "map" or not args or args[0].type not in FUNCTIONS:
            return False
        return len(parameters_of(args[0])) == 1 and is_named(self.types, field(args[0], "body"))

    # ---- with a name

    def made(self, node: Node) -> Py | None:
        """Write ``new Set()`` that is the value of a constant of which only members are asked."""
        around = node.parent
        name = maybe_field(around, "name") if around is not None and around.type == "variable_declarator" else None
        variable = self.names.of.get(name.id) if name is not None and name.type == "identifier" else None
        kind = self._kind(variable) if variable is not None else ""
        if not kind:
            return None
        args = arguments_of(node)
        if not args:
            return Py("{}" if kind == "dict" else "set()")
        return call("dict.fromkeys" if kind == "dict" else "set", self.expr(args[0]))

    def size(self, owner: Node) -> Py | None:
        """Write ``names.size``."""
        return call("len", self.expr(owner)) if self._kind_of(owner) else None

    def taken(self, given: Node) -> Py | None:
        """Write the list of a Set: ``[...names]``, ``Array.from(names)``; None for what is no Set in Python's form."""
        given = strip(given)
        return call("list", self.expr(given)) if self._kind_of(given) else self.unique(given)

    def method(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write ``names.has(name)``, and ``names.add(name)`` as a statement."""
        kind = self._kind_of(owner)
        if not kind or len(args) != 1:
            return None
        code, item = self.expr(owner).at(ATOM), self.expr(args[0])
        if name == "has":
            return Py(f"{item.at(COMPARE + 1)} in {code}", COMPARE)
        if name == "add":
            return call(f"{code}.add", item) if kind == "set" else Py(f"{code}[{item}] = True")
        return call(f"{code}.discard", item) if kind == "set" else Py(f"{code}.pop({item}, None)")

    def _kind_of(self, owner: Node) -> str:
        variable = self.variable_of(owner) if owner.type == "identifier" else None
        return self._kind(variable) if variable is not None else ""

    def _kind(self, variable: Variable) -> str:
        """Return ``set``; ``dict`` for one whose order is seen; nothing for what stays a Set of ``js``."""
        if id(variable) not in self._known:
            self._known[id(variable)] = self._found(variable)
        return self._known[id(variable)]

    def _found(self, variable: Variable) -> str:
        value = strip(variable.value) if variable.value is not None else None
        if value is None or not variable.is_constant or variable.patterned or not self._is_new(value):
            return ""
        given = arguments_of(value)
        if len(given) > 1 or (given and not self._has_alike(given[0])) or id(variable) in self.module.requires:
            return ""
        uses = [self._use(read) for read in variable.reads]
        if not all(uses) or self._is_exported(variable):
            return ""
        if "listed" not in uses:
            return "set"
        return "dict" if "in an arrow" not in uses else ""

    def _is_exported(self, variable: Variable) -> bool:
        return any(text_of(value) == variable.name for value in self.module.exports.values())

    def _use(self, read: Node) -> str:
        """Return how a Set is used; nothing for what a set of Python does not do alike."""
        around = read.parent
        if around is None:
            return ""
        if around.type == "for_in_statement":
            is_over = field(around, "right").id == read.id and text_of(around.child_by_field_name("operator")) == "of"
            return "listed" if is_over and not self._changes(around, read) else ""
        if around.type == "spread_element":
            is_alone = (
                around.parent is not None and around.parent.type == "array" and len(child_nodes(around.parent)) == 1
            )
            return "listed" if is_alone else ""
        if around.type == "arguments" and around.parent is not None:
            is_from = self.module.dotted(field(around.parent, "function")) == "Array.from"
            return "listed" if is_from and len(child_nodes(around)) == 1 else ""
        if around.type != "member_expression" or has(around, "optional_chain"):
            return ""
        name = text_of(field(around, "property"))
        if name == "size":
            return "asked"
        call_ = around.parent
        if not is_called(around) or call_ is None or name not in ("has", "add", "delete"):
            return ""
        args = arguments_of(call_)
        if len(args) != 1 or args[0].type == "spread_element" or (name != "has" and not is_statement(call_)):
            return ""
        use = "asked" if name == "has" or not has(call_.parent or call_, "=>") else "in an arrow"
        return use if self._is_alike(args[0]) else ""

    def _is_alike(self, item: Node) -> bool:
        type_ = self.type_of(item)
        return self._is_plain(type_) or (self.types.facts.is_loud(item) and is_named(self.types, item))

    def _changes(self, loop: Node, read: Node) -> bool:
        """Whether a loop changes what it goes over, which Python refuses."""
        body = text_of(field(loop, "body"))
        return f"{text_of(read)}.add(" in body or f"{text_of(read)}.delete(" in body
