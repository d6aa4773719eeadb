"""What the parts of the translator share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .code import ATOM, AWAIT, Py
from .kinds import Kind
from .marks import Risk, Undone, Untranslated
from .syntax import FUNCTIONS, bare, line_of, optional_links

if TYPE_CHECKING:
    from .module import Module
    from .tree import Node
    from .variables import Variable

_WRITES = {"assignment_expression", "augmented_assignment_expression", "update_expression"}
_SIGNS = {"property_identifier", "optional_chain"}


class Base:
    """One file on its way to Python.

    Attributes:
        sync: whether it is written for ``cloudpy.sync``, without await.
        prelude: definitions that go before the statement that is being written.
        within: the functions around, outermost first; a lambda is one too.
        undone: variables that a marked statement would have declared or changed, by id.
        unfinished: ids of functions with a marked statement in them -> its line.
    """

    def __init__(self, module: Module, *, sync: bool = False) -> None:
        self.module = module
        self.names = module.names
        self.sync = sync
        self.prelude: list[str] = []
        self.present: set[int] = set()  # the nodes whose ?. is known to find an object
        self.within: list[Node] = []
        self.risks: list[Risk] = []
        self.undone: dict[int, Undone] = {}
        self.unfinished: dict[int, int] = {}
        self._callees: dict[int, set[int]] = {}

    # the parts call each other by these

    def expr(self, node: Node) -> Py:
        """A value."""
        raise NotImplementedError

    def cond(self, node: Node) -> Py:
        """A value of which only the truth counts."""
        raise NotImplementedError

    def loose(self, node: Node) -> Py:
        """A value where undefined and null are the same."""
        raise NotImplementedError

    def function(self, node: Node, hint: str = "") -> Py:
        """A function as a value."""
        raise NotImplementedError

    def call(self, node: Node) -> Py:
        """A call."""
        raise NotImplementedError

    def regex(self, node: Node) -> Py:
        """A regular expression, compiled."""
        raise NotImplementedError

    def assigned(self, left: Node, value: Py) -> Py:
        """An assignment that has a value."""
        raise NotImplementedError

    def arguments(self, nodes: list[Node]) -> list[Py]:
        """The arguments of a call."""
        raise NotImplementedError

    def block(self, node: Node) -> list[str]:
        """The lines of a block, or of a single statement."""
        raise NotImplementedError

    def bound(self, pattern: Node, value: Py, node: Node | None = None) -> list[str]:
        """The lines that take a value apart."""
        raise NotImplementedError

    def required_name(self, variable: Variable, node: Node) -> Py:
        """A name that comes from another file or a package, used as a value."""
        raise NotImplementedError

    def member(self, node: Node, owner: Node, name: str) -> Py | None:
        """A property of the SDK, of a package or of the platform."""
        raise NotImplementedError

    def platform_call(self, node: Node, callee: Node, given: list[Node]) -> Py | None:
        """A call of the SDK, of a package, of a promise; None for all else."""
        raise NotImplementedError

    def pattern_call(self, node: Node, owner: Node, name: str, given: list[Node]) -> Py:
        """A method that works with a regular expression."""
        raise NotImplementedError

    def new_cloud(self, node: Node) -> Py:
        """``new cloud.Cloud({…})``."""
        raise NotImplementedError

    def is_in_promise(self, node: Node) -> bool:
        """Whether it stands in the function of a ``new Promise``."""
        raise NotImplementedError

    def arithmetic_of(self, sign: str, one: Py, other: Py, left: Node, right: Node) -> Py:
        """``one sign other``."""
        raise NotImplementedError

    def is_database(self, node: Node) -> bool:
        """Whether an expression surely is an object of the database."""
        raise NotImplementedError

    def database_member(self, owner: Node, name: str) -> Py:
        """A property of an object of the database."""
        raise NotImplementedError

    def database_call(self, node: Node, callee: Node, given: list[Node]) -> Py:
        """A call of a method of an object of the database."""
        raise NotImplementedError

    def goes_async(self, node: Node) -> bool:
        """Whether a function gives a promise, and so becomes an ``async def``."""
        raise NotImplementedError

    def defined(self, function: Node, name: str) -> list[str]:
        """A function with a name."""
        raise NotImplementedError

    def imported(self, variable: Variable) -> list[str]:
        """What a require becomes."""
        raise NotImplementedError

    def taken_apart(self, pattern: Node, value: Node) -> list[str]:
        """``const {a, b} = value``."""
        raise NotImplementedError

    def top_statement(self, node: Node) -> list[str] | None:
        """``exports.main = …``, ``cloud.init(…)`` and the like; None for all else."""
        raise NotImplementedError

    def function_decorator(self) -> str:
        """Return ``cloud.function``, by the name that the SDK has in this file; it is imported."""
        raise NotImplementedError

    def is_plain(self, node: Node) -> bool:
        """Whether JSON surely has what an expression gives, with nothing undefined in it."""
        raise NotImplementedError

    def gives_nothing(self) -> bool:
        """Whether a bare return has to say what it gives."""
        raise NotImplementedError

    def result(self, node: Node) -> Py:
        """What a return statement gives."""
        raise NotImplementedError

    def statement_of(self, node: Node) -> list[str]:
        """A declaration or an expression in the head of a loop, as lines; what cannot be marks the whole loop."""
        raise NotImplementedError

    def step_of(self, node: Node) -> list[str]:
        """What is done after each round."""
        raise NotImplementedError

    def statement_lines(self, node: Node) -> list[str]:
        """The lines of a statement or of a comment."""
        raise NotImplementedError

    # ---- what they all need

    def kind(self, node: Node | None) -> Kind:
        """What an expression can be."""
        return self.module.kinds.of(node)

    def name_of(self, node: Node) -> Variable | None:
        """The variable that a name means."""
        return self.names.of.get(bare(node).id)

    def spare(self, base: str) -> str:
        """A name that nothing has."""
        name, count = base, 1
        while name in self.names.pythons or name in self._given:
            count += 1
            name = f"{base}_{count}"
        self._given.add(name)
        return name

    _given: set[str] = set()

    def waited(self, code: Py) -> Py:
        """``await code``; with the sync face nothing is awaited."""
        return code if self.sync else Py(f"await {code.at(ATOM)}", AWAIT)

    def risk(self, node: Node, why: str) -> None:
        """Notes a condition on which the translation stands."""
        self.risks.append(Risk(self.module.file, line_of(node), why))

    def called(self, function: Node) -> None:
        """Note that a function of this file is called here, which must not reach a mark while the file is imported."""
        if self.within:
            for around in self.within:
                self._callees.setdefault(around.id, set()).add(function.id)
            return
        line = self.reached(function.id)
        if line:
            refuse(f"it is done when the file is loaded, and reaches line {line}, which is not translated")

    def reached(self, function: int) -> int:
        """Return the line of a mark that a call of the function of that id may reach; 0 for none."""
        seen: set[int] = set()
        left = [function]
        while left:
            one = left.pop()
            if one in self.unfinished:
                return self.unfinished[one]
            seen.add(one)
            left += self._callees.get(one, set()) - seen
        return 0

    def is_pure(self, node: Node) -> bool:
        """Whether it can be left out, or evaluated twice, without a difference."""
        node = bare(node)
        if node.type in ("identifier", "string", "number", "true", "false", "null", "undefined"):
            return True
        if node.type in ("member_expression", "subscript_expression", "unary_expression", "binary_expression"):
            return all(self.is_pure(child) for child in node.named_children if child.type not in _SIGNS) and not (
                node.type == "unary_expression" and node.children[0].type == "delete"
            )
        if node.type in ("array", "object"):
            return not node.named_children
        if node.type == "template_string":
            return all(
                self.is_pure(child.named_children[0])
                for child in node.named_children
                if child.type == "template_substitution"
            )
        return False

    def open_links(self, node: Node) -> list[Node]:
        """Return the nodes with ``?.`` in a chain that may find nothing."""
        return [each for each in optional_links(node) if each.id not in self.present]

    def writes(self, node: Node) -> bool:
        """Whether anything is assigned in an expression, not in functions in it."""
        return node.type in _WRITES or any(
            self.writes(child) for child in node.named_children if child.type not in FUNCTIONS
        )

    def holds(self, node: Node, *types: str, deep: bool = False) -> bool:
        """Whether a node of these types is in an expression; not in functions in it, unless `deep`."""
        if node.type in types:
            return True
        return any(
            self.holds(child, *types, deep=deep)
            for child in node.named_children
            if deep or child.type in types or child.type not in FUNCTIONS
        )


def refuse(why: str) -> Py:
    """Gives up on a piece."""
    raise Untranslated(why)
