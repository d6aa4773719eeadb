"""How a function ends, and what fails in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import Py, indented
from .kinds import kind
from .syntax import FUNCTIONS, bare, field, kids, maybe_field

if TYPE_CHECKING:
    from tree_sitter import Node


class Endings(Base):
    """Return, throw, try."""

    def _return_statement(self, node: Node) -> list[str]:
        given = kids(node)
        if not given:
            return ["return js.UNDEFINED" if self.gives_nothing() else "return"]
        value = bare(given[0])
        if self._is_in_try(node) and self._may_be_promise(value):
            refuse("what may be a promise is returned out of a try without await: what fails in it is not caught here")
        return [f"return {self.result(value)}"]

    def _may_be_promise(self, node: Node) -> bool:
        """Whether it is one, or holds one that is kept in a literal."""
        node = bare(node)
        if "promise" in self.kind(node):
            return True
        if node.type in ("member_expression", "subscript_expression"):
            owner = bare(field(node, "object"))
            variable = self.name_of(owner) if owner.type == "identifier" else None
            owner = bare(variable.value) if variable and variable.value is not None else owner
            return owner.type in ("array", "object") and self._may_be_promise(owner)
        if node.type == "pair":
            return self._may_be_promise(field(node, "value"))
        return node.type in ("array", "object", "spread_element") and any(map(self._may_be_promise, kids(node)))

    def _is_in_try(self, node: Node) -> bool:
        at: Node | None = node.parent
        child: Node = node
        while at is not None and at.type not in FUNCTIONS:
            if at.type == "try_statement" and (
                (child.id == field(at, "body").id and maybe_field(at, "handler") is not None)
                or maybe_field(at, "finalizer") is not None
            ):
                return True
            child = at
            at = child.parent
        return False

    def _throw_statement(self, node: Node) -> list[str]:
        value = bare(kids(node)[0])
        code = self.expr(value)
        if self.kind(value) == kind("err"):
            return [f"raise {code}"]
        return [f"raise js.thrown({code})"]

    def _try_statement(self, node: Node) -> list[str]:
        lines = ["try:", *indented(self.block(field(node, "body")))]
        handler, last = maybe_field(node, "handler"), maybe_field(node, "finalizer")
        if handler is not None:
            lines += self._handler(handler)
        if last is not None:
            lines += ["finally:", *indented(self.block(field(last, "body")))]
        return lines

    def _handler(self, node: Node) -> list[str]:
        parameter = maybe_field(node, "parameter")
        body = field(node, "body")
        first: list[str] = []
        name = ""
        if parameter is not None:
            variable = self.name_of(parameter) if parameter.type == "identifier" else None
            if variable is None:
                name = self.spare("error")
                first = self.bound(
                    parameter, Py(f"js.caught({name})") if self.module.throws_values else Py(name), parameter
                )
            elif variable.reads or variable.writes:
                name = variable.python
                if variable.inside or variable.writes or self.module.throws_values:
                    name = self.spare("error")
                    first = [f"{variable.python} = {f'js.caught({name})' if self.module.throws_values else name}"]
        return [f"except Exception{f' as {name}' if name else ''}:", *indented([*first, *self.block(body)])]
