"""What the module of one npm package writes."""

from __future__ import annotations

from ..code import Py
from ..context import Part
from ..diagnostics import Untranslated
from ..nodes import strip
from ..syntax import Node
from .date_kinds import literal


class Package(Part):
    """The calls of one npm package, and the methods of the values that it gives.

    Each method returns None for what it does not know: the registry then marks it. It raises ``Untranslated`` where it
    knows better why there is no translation.

    Attributes:
        sources: the packages of npm that it writes; ``lodash/get`` belongs to ``lodash``.
        kinds: words of types whose methods it writes, see `kinds.METHODS`.
    """

    sources: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def call(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        """Write a call of a function of the package.

        Args:
            source: the package, without what follows in ``lodash/get``.
            path: of the function in it, with dots; empty for the package itself.
            args: of the call; one may be a spread.
            node: the call itself.
        """
        return None

    def new(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        """Write ``new package.path(…)``."""
        return None

    def value(self, source: str, path: str, node: Node) -> Py | None:
        """Write a function, or a constant, of the package that is not called here."""
        return None

    def method(self, owner: Node, name: str, args: list[Node], node: Node) -> Py | None:
        """Write ``owner.name(…)`` where `owner` is one of `kinds` for sure."""
        return None

    def property(self, owner: Node, name: str) -> Py | None:
        """Write ``owner.name`` where `owner` is one of `kinds` for sure."""
        return None

    def setting(self, source: str, path: str, args: list[Node]) -> bool:
        """Return whether a statement only sets the package up (``dayjs.extend(utc)``), and nothing stands for it."""
        return False

    def constant(self, node: Node) -> str | None:
        """Return the text of a string in the source, or of a constant that is one; None for anything else."""
        variable = self.names.of.get(strip(node).id)
        if variable is not None and variable.is_constant and variable.kind == "const" and not variable.patterned:
            return literal(variable.value)
        return literal(node)

    def plain_arguments(self, what: str, args: list[Node], least: int, most: int) -> list[Py]:
        """Write the arguments of a call.

        Raises:
            Untranslated: there is a spread, or there are fewer or more of them.
        """
        if not least <= len(args) <= most or any(each.type == "spread_element" for each in args):
            raise Untranslated(f"{what} with {len(args)} argument{'' if len(args) == 1 else 's'}")
        return self.arguments(args)
