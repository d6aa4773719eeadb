"""Assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import ATOM, COMPARE, Py, call, indented, negated
from .kinds import LISTS, NUMBERS, TEXTS, WHOLE, kind
from .syntax import bare, field, has, kids, text_of

if TYPE_CHECKING:
    from .tree import Node


class Assignments(Base):
    """What is stored in a name or in a property, as a statement."""

    def kept_promise(self, node: Node, code: Py) -> Py:
        """A promise that is not awaited where it is made, which runs meanwhile all the same."""
        if self.sync or "promise" not in self.kind(node):
            return code
        if self.kind(node) == kind("promise"):
            inner = bare(node)
            is_call = inner.type == "call_expression" and self.module.is_cloud_call(inner)
            if inner.type in ("identifier", "member_expression", "subscript_expression"):
                return code  # it was made before
            if not self.within:
                return refuse("a promise that is made when the file is loaded")
            if not is_call and self.module.kinds.sent(inner) is None:
                self.risk(node, "an async function runs until its first await at once in Node; here it begins later")
            return call("asyncio.ensure_future", code)
        return code

    def _flushed(self) -> list[str]:
        lines, self.prelude = self.prelude, []
        return lines

    def _assignment(self, node: Node) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        if (
            right.type == "assignment_expression"
            and left.type == "identifier"
            and field(right, "left").type == "identifier"
        ):
            lines = self._assignment(right)
            target = self.expr(left)
            return [*lines, f"{target} = {self.expr(field(right, 'left'))}"]
        if left.type in ("array_pattern", "object_pattern"):
            if (
                left.type == "array_pattern"
                and right.type == "array"
                and len(kids(left)) == len(kids(right))
                and all(each.type == "identifier" for each in kids(left))
                and all(each.type != "spread_element" for each in kids(right))
            ):
                return [
                    f"{', '.join(str(self.expr(each)) for each in kids(left))} = {', '.join(self.expr(each).at(COMPARE) for each in kids(right))}"  # noqa: E501
                ]
            return [refuse("an assignment to a pattern").text]
        value = self.expr(right)
        if left.type == "identifier":
            variable = self.name_of(left)
            if variable is None or variable.kind == "const" or id(variable) in self.module.requires:
                refuse(f"an assignment to {text_of(left)}, which is a constant or not declared")
            value = self.kept_promise(right, value)
            return [*self._flushed(), f"{self.expr(left)} = {value}"]
        return self.stored(left, value, right)

    def stored(self, left: Node, value: Py, right: Node | None) -> list[str]:
        """``owner.key = value`` as a statement."""
        owner, key = self.place_of(left)
        if self.kind(field(left, "object")) <= LISTS and left.type == "member_expression":
            refuse("a property of an array that is no index")
        simple = right is None or self.is_pure(right) or self.is_pure(field(left, "object"))
        index = field(left, "index") if left.type == "subscript_expression" else None
        texts = index is None or (bool(self.kind(index)) and self.kind(index) <= TEXTS)
        pure_index = index is None or self.is_pure(index) or right is None or self.is_pure(right)
        if self.kind(field(left, "object")) == kind("obj") and texts and simple and pure_index:
            return [f"{owner.at(ATOM)}[{key}] = {value}"]
        return [str(call("js.put", owner, key, value))]

    def place_of(self, left: Node) -> tuple[Py, Py]:
        """Owner and key of what is assigned."""
        place: tuple[Py, Py] = self.place(left)  # type: ignore[attr-defined]
        return place

    def _augmented(self, node: Node) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        sign = text_of(node.child_by_field_name("operator"))[:-1]
        if sign in ("||", "&&", "??"):
            if not self.is_pure(left):
                refuse("an assignment whose left side does something")
            old = self.cond(left) if sign != "??" else call("js.is_nil", self.loose(left))
            test = negated(old) if sign == "||" else old
            lines = (
                [f"{self.expr(left)} = {self.expr(right)}"]
                if left.type == "identifier"
                else self.stored(left, self.expr(right), right)
            )
            return [f"if {test}:", *indented(lines)]
        if left.type != "identifier":
            if not self.is_pure(left) or self.holds(right, "await_expression"):
                refuse("an assignment whose left side is read before the right side is done")
            value = self.arithmetic_of(sign, self.expr(left), self.expr(right), left, right)
            return self.stored(left, value, right)
        if self.holds(right, "await_expression"):
            refuse("the old value is read before the await")
        ones, others = self.kind(left), self.kind(right)
        value = self.arithmetic_of(sign, self.expr(left), self.expr(right), left, right)
        begin = f"{self.expr(left)} {sign} "
        if (
            ones
            and others
            and value.text.startswith(begin)
            and not value.text.startswith("js.")
            and (ones <= NUMBERS or sign == "+")
        ):
            return [f"{self.expr(left)} {sign}= {value.text[len(begin) :]}"]
        return [f"{self.expr(left)} = {value}"]

    def arithmetic_of(self, sign: str, one: Py, other: Py, left: Node, right: Node) -> Py:
        """``one sign other``."""
        found: Py = self.arithmetic(sign, one, other, left, right)  # type: ignore[attr-defined]
        return found

    def _update(self, node: Node) -> list[str]:
        argument = field(node, "argument")
        sign = "+" if has(node, "++") else "-"
        if argument.type == "identifier":
            code = self.expr(argument)
            if self.kind(argument) and self.kind(argument) <= WHOLE:
                return [f"{code} {sign}= 1"]
            number = code if self.kind(argument) <= NUMBERS else call("js.number", code)
            return [f"{code} = js.{'add' if sign == '+' else 'sub'}({number}, 1)"]
        if not self.is_pure(argument):
            refuse("++ and -- of something that does something")
        value = call("js.add" if sign == "+" else "js.sub", call("js.number", self.expr(argument)), "1")
        return self.stored(argument, value, None)
