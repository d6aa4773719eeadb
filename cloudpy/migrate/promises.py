"""Promises: ``Promise.all``, ``new Promise``, ``.then``."""

from __future__ import annotations

from .code import Py, call
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import NUMBERS, js_type
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, parameters_of, strip, text_of
from .operators import Operators
from .syntax import Node


class Promises(Part):
    """Write what makes promises, and what waits for them."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators

    def new(self, node: Node, given: list[Node]) -> Py:
        """``new Promise(…)``: around a timer alone a pause, otherwise what it is in JavaScript."""
        if len(given) != 1 or given[0].type not in FUNCTIONS or not self.context.within:
            raise Untranslated("new Promise in this form")
        pause = self._pause(given[0])
        if pause is not None:
            seconds = self.operators.arithmetic("/", self.expr(pause), Py("1000"), pause, pause)
            return call("time.sleep" if self.sync else "asyncio.sleep", seconds)
        if self.sync:
            raise Untranslated("new Promise, without await")
        return call("js.promise", self.expr(given[0]))

    def _pause(self, executor: Node) -> Node | None:
        """The milliseconds of ``resolve => setTimeout(resolve, milliseconds)``."""
        body, parameters = field(executor, "body"), parameters_of(executor)
        if body.type == "statement_block" and len(child_nodes(body)) == 1:
            body = strip(child_nodes(child_nodes(body)[0])[0]) if child_nodes(child_nodes(body)[0]) else body
        if body.type != "call_expression" or text_of(body.child_by_field_name("function")) != "setTimeout":
            return None
        given = arguments_of(body)
        if len(given) != 2 or not parameters or text_of(given[0]) != text_of(parameters[0]):
            return None
        return given[1] if self.type_of(given[1]) and self.type_of(given[1]) <= NUMBERS else None

    def global_call(self, full: str, given: list[Node]) -> Py:
        if full in ("Promise.all", "Promise.allSettled") and len(given) == 1:
            return self._gathered(full, given[0])
        if full == "Promise.resolve" and not self.sync:
            return call("js.wait", *(self.arguments(given[:1]) or [Py("js.UNDEFINED")]))
        if full == "Promise.resolve" and len(given) == 1:
            return self.expr(given[0])
        raise Untranslated(f"{full} is not translated")

    def _gathered(self, full: str, given: Node) -> Py:
        if self.sync and full == "Promise.allSettled":
            raise Untranslated("Promise.allSettled without await")
        code = self.expr(given)
        if self.sync:
            self.caveat(given, "Promise.all: the calls are made one after the other")
            return code
        if full == "Promise.allSettled":
            return call("js.gather_settled", code)
        return call("js.gather", code)

    def then(self, callee: Node, given: list[Node]) -> Py:
        name, owner = text_of(field(callee, "property")), field(callee, "object")
        of = self.type_of(owner)
        if "promise" not in of or (of != js_type("promise") and self.module.has_own_method(name)):
            raise Untranslated(f".{name} of what may be no promise")
        if self.sync:
            raise Untranslated(f".{name} of a promise, without await: write it as try and except")
        most = 2 if name == "then" else 1
        if not 1 <= len(given) <= most:
            raise Untranslated(f".{name} with {len(given)} arguments")
        helper = {"then": "js.then", "catch": "js.catch", "finally": "js.last"}[name]
        return call(helper, self.expr(owner), *self.arguments(given))
