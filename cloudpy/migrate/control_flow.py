"""Conditions, return, throw, try."""

from __future__ import annotations

from .callback_loops import CallbackLoops
from .code import Py, call, indented
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .jstypes import js_type
from .nodes import FUNCTIONS, child_nodes, comment_lines, field, maybe_field, strip
from .operators import Operators
from .patterns import Patterns
from .syntax import Node

_PROMISE = js_type("promise")


class ControlFlow(Part):
    """Write ``if``, ``return``, ``throw`` and ``try``."""

    def __init__(
        self,
        context: Context,
        operators: Operators,
        patterns: Patterns,
        functions: Functions,
        callbacks: CallbackLoops,
    ) -> None:
        super().__init__(context)
        self.operators = operators
        self.callbacks = callbacks
        self.patterns = patterns
        self.functions = functions
        self._caught: dict[int, str] = {}  # id of a catch clause -> what ``except`` calls the error
        context.statements |= {
            "return_statement": self._return_statement,
            "throw_statement": self._throw_statement,
            "try_statement": self._try_statement,
            "if_statement": self._if_statement,
        }

    def _return_statement(self, node: Node) -> list[str]:
        going_on = self.callbacks.leave(node)
        if going_on is not None:
            return going_on
        args = child_nodes(node)
        if not args:
            return ["return js.UNDEFINED" if self.functions.returns_undefined() else "return"]
        value = strip(args[0])
        if self._keeps_promise(value):
            raise Untranslated("a promise inside a returned object or array")
        if self._is_in_try(node) and self._may_be_promise(value):
            if self.sync:
                raise Untranslated(
                    "a value that may be a promise is returned from a try: Node does not catch its failure there"
                )
            if self.context.within and self.is_async(self.context.within[-1]):
                self.context.flattened.add(self.context.within[-1].id)
                return [f"return {self.expr(value)}"]
        return [f"return {self.functions.returned_value(value)}"]

    def _may_be_promise(self, node: Node) -> bool:
        """Whether it is one, or is taken out of a literal that may keep one."""
        if "promise" in self.type_of(node):
            return True
        if node.type not in ("member_expression", "subscript_expression"):
            return False
        owner = strip(field(node, "object"))
        variable = self.variable_of(owner) if owner.type == "identifier" else None
        owner = strip(variable.value) if variable and variable.value is not None else owner
        return owner.type in ("array", "object") and self._has_promise(owner)

    def _has_promise(self, node: Node) -> bool:
        node = field(node, "value") if node.type == "pair" else strip(node)
        if node.type in ("array", "object", "spread_element"):
            return any(map(self._has_promise, child_nodes(node)))
        return self._may_be_promise(node)

    def _keeps_promise(self, node: Node) -> bool:
        """Return whether a literal has a promise in it."""
        node = strip(node)
        if node.type == "pair":
            node = field(node, "value")
        elif node.type not in ("array", "object"):
            return False
        if node.type in ("array", "object"):
            return any(map(self._keeps_promise, child_nodes(node))) or any(
                self.type_of(each) == _PROMISE for each in child_nodes(node)
            )
        return self.type_of(node) == _PROMISE

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
        value = strip(child_nodes(node)[0])
        code = self.expr(value)
        if self.type_of(value) != js_type("err"):
            code = call("js.thrown", code)
        handler = self._handler_around(node)
        if handler is None or (value.type == "identifier" and code.text == self._caught.get(handler.id)):
            return [f"raise {code}"]
        return [f"raise {code} from {self._caught.get(handler.id) or 'None'}"]

    def _handler_around(self, node: Node) -> Node | None:
        """Return the catch clause that a statement is in, inside its function."""
        at = node.parent
        while at is not None and at.type != "catch_clause" and at.type not in FUNCTIONS:
            at = at.parent
        return at if at is not None and at.type == "catch_clause" else None

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
            variable = self.variable_of(parameter) if parameter.type == "identifier" else None
            if variable is None:
                name = self.unique_name("error")
                first = self.patterns.bind(
                    parameter, Py(f"js.caught({name})") if self.types.facts.throws_values else Py(name), parameter
                )
            elif variable.reads or variable.writes:
                name = variable.python
                if variable.inside or variable.writes or self.types.facts.throws_values:
                    name = self.unique_name("error")
                    first = [f"{variable.python} = {f'js.caught({name})' if self.types.facts.throws_values else name}"]
        self._caught[node.id] = name
        return [f"except Exception{f' as {name}' if name else ''}:", *indented([*first, *self.block(body)])]

    def _if_statement(self, node: Node, word: str = "if") -> list[str]:
        test = self.operators.condition(field(node, "condition"))
        before = self.take_prelude()
        lines = [f"{word} {test}:", *indented(self.block(field(node, "consequence")))]
        other = maybe_field(node, "alternative")
        if other is not None:
            inner = child_nodes(other)[0]
            remarks = [
                line for child in other.named_children if child.type == "comment" for line in comment_lines(child)
            ]
            if inner.type == "if_statement" and not remarks:
                saved = self.context.prelude
                self.context.prelude = []
                more = self._if_statement(inner, "elif")
                clean = not self.context.prelude and more[0].startswith("elif")
                self.context.prelude = saved
                lines += more if clean else ["else:", *indented(self.statement_lines(inner))]
            else:
                lines += ["else:", *indented([*remarks, *self.block(inner)])]
        return [*before, *lines]
