"""How a function ends, and what fails in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import Py, indented
from .kinds import kind
from .syntax import FUNCTIONS, bare, field, kids, maybe_field

if TYPE_CHECKING:
    from .tree import Node


_PROMISE = kind("promise")


class Endings(Base):
    """Return, throw, try."""

    def _return_statement(self, node: Node) -> list[str]:
        given = kids(node)
        if not given:
            return ["return js.UNDEFINED" if self.gives_nothing() else "return"]
        value = bare(given[0])
        if self._keeps_promise(value):
            refuse("a promise is kept in what is returned")
        if self._is_in_try(node) and self._may_be_promise(value):
            if self.sync:
                refuse("what may be a promise is returned out of a try: what fails in it is not caught here in Node")
            if self.within and self.goes_async(self.within[-1]):
                self.flattened.add(self.within[-1].id)
                return [f"return {self.expr(value)}"]
        return [f"return {self.result(value)}"]

    flattened: set[int]

    def _may_be_promise(self, node: Node) -> bool:
        """Whether it is one, or is taken out of a literal that may keep one."""
        if "promise" in self.kind(node):
            return True
        if node.type not in ("member_expression", "subscript_expression"):
            return False
        owner = bare(field(node, "object"))
        variable = self.name_of(owner) if owner.type == "identifier" else None
        owner = bare(variable.value) if variable and variable.value is not None else owner
        return owner.type in ("array", "object") and self._has_promise(owner)

    def _has_promise(self, node: Node) -> bool:
        node = field(node, "value") if node.type == "pair" else bare(node)
        if node.type in ("array", "object", "spread_element"):
            return any(map(self._has_promise, kids(node)))
        return self._may_be_promise(node)

    def _keeps_promise(self, node: Node) -> bool:
        """Whether a literal has a promise in it."""
        node = bare(node)
        if node.type == "pair":
            node = field(node, "value")
        elif node.type not in ("array", "object"):
            return False
        if node.type in ("array", "object"):
            return any(map(self._keeps_promise, kids(node))) or any(self.kind(each) == _PROMISE for each in kids(node))
        return self.kind(node) == _PROMISE

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
