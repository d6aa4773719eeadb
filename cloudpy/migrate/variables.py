"""Which variable a name means, who writes it, who captures it, and what it is called in Python."""

from __future__ import annotations

import builtins
import keyword
import re
from bisect import bisect_left
from dataclasses import dataclass
from dataclasses import field as made

from .nodes import (
    FUNCTIONS,
    LOOPS,
    becomes_loop,
    child_nodes,
    field,
    has,
    maybe_field,
    parameters_of,
    strip,
    text_of,
)
from .syntax import Node

_BLOCKS = {"statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_body", "class_body"}
# The modules and builtins that translated code uses; a name of the program's own gives way.
RESERVED = {
    *(
        "js",
        "asyncio",
        "base64",
        "contextlib",
        "datetime",
        "hashlib",
        "hmac",
        "json",
        "logging",
        "math",
        "os",
        "pathlib",
    ),
    *("cls", "self"),  # the first parameter of a method
    *("random", "re", "time", "urllib", "uuid", "main_", "Path", "ZoneInfo", "timedelta", "timezone"),
    *keyword.kwlist,
    *(name for name in dir(builtins) if name[0].islower()),
    *("Exception", "TypeError", "print"),
}


# Where a word begins in camelCase
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_STRICT = {"import_statement", "export_statement"}
# What the platform declares
_PLATFORM = {"exports", "module", "require", "console", "process", "global", "globalThis", "Buffer", "Promise"}


@dataclass(eq=False)
class Variable:
    """One declared name.

    Attributes:
        kind: var, let, const, function, parameter, catch, import, class, global (assigned, but not declared).
        value: what it is declared with; None when it has none, or gets it by a pattern.
        source: for one out of a pattern: (the pattern's whole value, the pattern); None otherwise.
        writes: what is assigned later; None for what is not a plain ``=``.
        reads: where it is read.
        inside: the functions that use it and do not declare it.
        around: those, and the functions around them that do not declare it either.
    """

    name: str
    kind: str
    scope: Scope
    node: Node
    value: Node | None = None
    patterned: bool = False
    writes: list[tuple[str, Node]] = made(default_factory=list)
    reads: list[Node] = made(default_factory=list)
    inside: set[int] = made(default_factory=set)
    around: set[int] = made(default_factory=set)
    python: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether it is never assigned after its declaration."""
        return not self.writes


def snake_case(name: str) -> str:
    """Return ``open_id`` for ``openId``."""
    return _WORDS.sub("_", name).lower()


class Scope:
    """A function, a block, or the file.

    Attributes:
        is_round: Whether it is a function that is written as the body of a loop.
    """

    def __init__(self, node: Node, parent: Scope | None) -> None:
        self.node = node
        self.parent = parent
        self.names: dict[str, Variable] = {}
        self.is_round = parent is not None and node.type in FUNCTIONS and becomes_loop(node)
        self.is_function = parent is None or (node.type in FUNCTIONS and not self.is_round)
        self.function: Scope = self if self.is_function or parent is None else parent.function
        # of a function: the variables of functions around it that it assigns
        self.assigns: list[Variable] = []

    def find(self, name: str) -> Variable | None:
        """Return the variable that a name means here."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def is_inside(self, other: Scope) -> bool:
        """Whether it is `other` or lies in it."""
        scope: Scope | None = self
        while scope is not None:
            if scope is other:
                return True
            scope = scope.parent
        return False

    @property
    def of_var(self) -> Scope:
        """The scope that a ``var`` belongs to."""
        scope = self
        while not (scope.is_function or scope.is_round) and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def is_in_loop(self) -> bool:
        """Whether a loop of the same function goes through it."""
        scope: Scope | None = self
        while scope is not None and not scope.is_function:
            if (
                scope.is_round
                or scope.node.type in LOOPS
                or (scope.node.parent is not None and scope.node.parent.type in LOOPS)
            ):
                return True
            scope = scope.parent
        return False


class Names:
    """All variables of one file.

    Attributes:
        of: id of an identifier's node -> its variable; names of the platform (Math, require) have none.
        scopes: id of a node that opens a scope -> the scope.
        put: names of properties that are assigned, deleted or added anywhere; ``*`` when that cannot be told.
        captured: id of a function's node -> the variables that it uses and does not declare.
        pythons: all names that Python has for them.
    """

    def __init__(self, root: Node, *, keep_names: bool = False) -> None:
        self._keeps_names = keep_names
        self.of: dict[int, Variable] = {}
        self.scopes: dict[int, Scope] = {}
        self.put: set[str] = set()
        self.captured: dict[int, list[Variable]] = {}
        self.all: list[Variable] = []
        self.root = Scope(root, None)
        self.scopes[root.id] = self.root
        self._uses: list[tuple[Node, Scope, str]] = []
        self._visit(root, self.root)
        self._declare_globals()
        for node, scope, how in self._uses:
            self._use(node, scope, how)
        self._named: dict[str, list[Variable]] = {}
        self._name()
        self.pythons = set(self._named)
        self._by_place = sorted(self.all, key=lambda variable: variable.node.start_byte)
        self._places = [variable.node.start_byte for variable in self._by_place]

    def declared_in(self, node: Node) -> list[Variable]:
        """Return the variables that are declared in a piece of the source."""
        start, end = (bisect_left(self._places, place) for place in (node.start_byte, node.end_byte))
        return self._by_place[start:end]

    def scope_of(self, node: Node) -> Scope:
        """Return the scope that a node stands in."""
        around: Node | None = node
        while around is not None:
            if around.id in self.scopes:
                return self.scopes[around.id]
            around = around.parent
        return self.root

    def _visit(self, node: Node, scope: Scope) -> None:
        kind = node.type
        if kind in FUNCTIONS:
            name = node.child_by_field_name("name")
            if kind in ("function_declaration", "generator_function_declaration") and name is not None:
                self._declare(name, "function", scope, node)
            scope = self._open(node, scope)
            if kind == "function_expression" and name is not None:
                self._declare(name, "function", scope, node)
            for parameter in parameters_of(node):
                self._pattern(parameter, "parameter", scope, None)
        elif kind in _BLOCKS and not (kind == "statement_block" and node.parent and node.parent.type in FUNCTIONS):
            scope = self._open(node, scope)
            if kind == "catch_clause" and node.child_by_field_name("parameter") is not None:
                self._pattern(field(node, "parameter"), "catch", scope, None)
            if kind == "for_in_statement":
                self._for_in(node, scope)
        elif kind == "class_declaration":
            self._declare(field(node, "name"), "class", scope, node)
        elif kind == "enum_declaration":
            self._declare(field(node, "name"), "const", scope, node)
        elif kind in ("lexical_declaration", "variable_declaration"):
            form = "var" if kind == "variable_declaration" else text_of(node.child_by_field_name("kind")) or "let"
            for declarator in child_nodes(node):
                self._pattern(field(declarator, "name"), form, scope, maybe_field(declarator, "value"))
        elif kind == "import_statement":
            self._import(node, scope)
            return
        elif kind in ("identifier", "shorthand_property_identifier"):
            self._uses.append((node, scope, "read"))
        elif kind in ("assignment_expression", "augmented_assignment_expression"):
            self._assigned(field(node, "left"), scope, "=" if kind[0:2] == "as" else "op", node)
        elif kind == "update_expression":
            self._assigned(field(node, "argument"), scope, "op", node)
        elif kind == "unary_expression" and has(node, "delete"):
            self._noted(field(node, "argument"))
        for child in node.named_children:
            self._visit(child, scope)

    def _open(self, node: Node, scope: Scope) -> Scope:
        self.scopes[node.id] = Scope(node, scope)
        return self.scopes[node.id]

    def _for_in(self, node: Node, scope: Scope) -> None:
        kind = text_of(node.child_by_field_name("kind"))
        if kind:
            self._pattern(field(node, "left"), kind, scope, None)
        else:
            self._assigned(field(node, "left"), scope, "op", node)

    def _declare(self, node: Node, kind: str, scope: Scope, value: Node | None, patterned: bool = False) -> None:
        home = scope.of_var if kind == "var" else scope
        name = text_of(node)
        result = home.names.get(name)
        if result is None:
            result = Variable(name, kind, home, node, value, patterned)
            home.names[name] = result
            self.all.append(result)
        elif value is not None or patterned:
            result.writes.append(("=" if not patterned else "op", value or node))
        self.of[node.id] = result

    def _pattern(self, node: Node, kind: str, scope: Scope, value: Node | None, patterned: bool = False) -> None:
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            self._declare(node, kind, scope, value, patterned)
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            self._pattern(field(node, "left"), kind, scope, None, True)
        elif node.type in ("required_parameter", "optional_parameter"):
            self._pattern(field(node, "pattern"), kind, scope, None, node.child_by_field_name("value") is not None)
        elif node.type == "pair_pattern":
            self._pattern(field(node, "value"), kind, scope, None, True)
        elif node.type in ("object_pattern", "array_pattern", "rest_pattern"):
            for child in child_nodes(node):
                self._pattern(child, kind, scope, None, True)

    def _import(self, node: Node, scope: Scope) -> None:
        def walk(part: Node) -> None:
            if has(part, "type"):  # of TypeScript: nothing is left of it
                return
            if part.type == "import_specifier":
                self._declare(maybe_field(part, "alias") or field(part, "name"), "import", scope, node)
            elif part.type == "identifier":
                self._declare(part, "import", scope, node)
            elif part.type != "string":
                for child in child_nodes(part):
                    walk(child)

        walk(node)

    def _assigned(self, left: Node, scope: Scope, how: str, node: Node) -> None:
        left = strip(left)
        if left.type == "identifier":
            self._uses.append((left, scope, how))
        elif left.type in ("member_expression", "subscript_expression"):
            self._noted(left)
        else:
            for child in child_nodes(left):
                if child.type == "pair_pattern":
                    child = field(child, "value")
                self._assigned(child, scope, "op", node)
            if left.type == "shorthand_property_identifier_pattern":
                self._uses.append((left, scope, "op"))

    def _noted(self, left: Node) -> None:
        left = strip(left)
        if left.type == "member_expression" and text_of(field(left, "object")) not in ("exports", "module.exports"):
            name = text_of(field(left, "property"))
        elif left.type == "subscript_expression":
            index = field(left, "index")
            name = text_of(index)[1:-1] if index.type == "string" else "*"
        else:
            return
        self.put.add(name)

    def _declare_globals(self) -> None:
        """Declare what is assigned without a declaration, as sloppy code does: a global of the whole program."""
        if any(
            child.type in _STRICT or text_of(child).strip("'\";") == "use strict" for child in self.root.node.children
        ):
            return
        for node, scope, how in self._uses:
            name = text_of(node)
            if how != "read" and scope.find(name) is None and name not in _PLATFORM:
                self._declare(node, "global", self.root, None)

    def _use(self, node: Node, scope: Scope, how: str) -> None:
        result = scope.find(text_of(node))
        if result is None:
            return
        self.of[node.id] = result
        function = scope.function
        if result.scope.function is not function:
            at: Scope | None = function
            while at is not None and at.function is not result.scope.function:
                result.around.add(at.function.node.id)
                at = at.function.parent
            if function.node.id not in result.inside:
                result.inside.add(function.node.id)
                self.captured.setdefault(function.node.id, []).append(result)
            if how != "read" and result not in function.assigns:
                function.assigns.append(result)
        if how == "read":
            if node.id != result.node.id:
                result.reads.append(node)
        else:
            parent = node.parent
            is_plain = how == "=" and parent is not None and parent.type == "assignment_expression"
            result.writes.append(("=", field(parent, "right")) if is_plain and parent else ("op", parent or node))

    def _name(self) -> None:
        for variable in self.all:
            is_class = variable.value is not None and strip(variable.value).type.startswith("class")
            is_class |= variable.name[:1].isupper() and any(_is_constructor(read) for read in variable.reads)
            base = self.python_name("agg" if variable.name == "$" else variable.name, is_class=is_class)
            name, count = base, 1
            while self._clashes(variable, name):
                count += 1
                name = f"{base}_{count}" if base[-1] != "_" else f"{base}{count}"
            variable.python = name
            self._named.setdefault(name, []).append(variable)

    def python_name(self, name: str, *, is_class: bool = False) -> str:
        """Return the Python name for a name: in snake case, except for classes and constants."""
        base = re.sub(r"\W", "_", name.replace("$", "_"))
        if not self._keeps_names and not is_class and not name.isupper():
            base = snake_case(base)
        return f"{base}_" if base in RESERVED else base

    def _clashes(self, variable: Variable, name: str) -> bool:
        for other in self._named.get(name, ()):
            if other.scope.function is not variable.scope.function:
                # an outer name must stay what it is where an inner function uses it
                if variable.scope.function.node.id in other.around:
                    return True
                if other.scope.function.node.id in variable.around:
                    return True
                continue
            nested = other.scope.is_inside(variable.scope) or variable.scope.is_inside(other.scope)
            if nested or other.inside or variable.inside or (other.kind == "catch") != (variable.kind == "catch"):
                return True
        return False


def _is_constructor(read: Node) -> bool:
    return read.parent is not None and read.parent.type == "new_expression"
