"""Conditions, return, throw, try."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from .callback_loops import CallbackLoops
from .code import Py, call, indented
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .handler_logs import is_printed
from .jstypes import TEXTS, js_type
from .late_returns import late_returns
from .nodes import FUNCTIONS, child_nodes, comment_lines, field, maybe_field, strip
from .operators import Operators
from .patterns import Patterns
from .syntax import Node

_PROMISE = js_type("promise")
_REASON = re.compile(r"\.rollback\(\s*[^)\s]")


@dataclass
class _Caught:
    """An error that is caught: by which clause, what ``except`` calls it, and whether anything reads that name."""

    clause: Node
    name: str
    is_read: bool = False


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
        self._caught: dict[int, _Caught] = {}  # by the id of the catch clause
        self._late_name = ""
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
        before, code = self.callbacks.collected(value) or ([], None)
        if node.id in self.context.late:
            return [*before, f"{self.context.late[node.id]} = {code or self.expr(value)}"]
        if self._is_in_try(node) and self._may_be_promise(value):
            if self.sync:
                raise Untranslated(
                    "a value that may be a promise is returned from a try: Node does not catch its failure there"
                )
            if self.context.within and self.is_async(self.context.within[-1]):
                self.context.flattened.add(self.context.within[-1].id)
                return [*before, f"return {code or self.expr(value)}"]
        return [*before, f"return {self.functions.returned_value(value, code)}"]

    def _may_be_promise(self, node: Node) -> bool:
        """Whether it is one that may fail, or is taken out of a literal that may keep one."""
        if "promise" in self.type_of(node):
            return not self.is_resolved(node)
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
        clause = self._clause_around(node)
        caught = self._caught.get(clause.id) if clause is not None else None
        is_error = self.type_of(value) == js_type("err")
        if caught is not None and self._is_error_of(value, caught.clause):
            if is_error or not _REASON.search(self.module.text):  # the reason of a rollback may be what is thrown
                self.context.unwritten.add(value.id)
                return ["raise"]
            return [f"raise {call('js.thrown', self.expr(value))} from None"]
        code = self.expr(value)
        if not is_error:
            is_shown = self.type_of(value) <= TEXTS and self._is_only_shown(node)
            code = call("Exception" if is_shown and self.type_of(value) else "js.thrown", code)
        if caught is None or (value.type == "identifier" and code.text == caught.name):
            return [f"raise {code}"]
        caught.is_read = True
        return [f"raise {code} from {caught.name}"]

    def _is_only_shown(self, thrown: Node) -> bool:
        """Whether the handler around prints what is thrown, and uses it for nothing else."""
        at = thrown
        while at.parent is not None and at.type not in FUNCTIONS:
            handler = maybe_field(at.parent, "handler") if at.parent.type == "try_statement" else None
            if handler is not None and field(at.parent, "body").id == at.id:
                name = maybe_field(handler, "parameter")
                variable = self.variable_of(name) if name is not None and name.type == "identifier" else None
                return name is None or (variable is not None and all(map(is_printed, variable.reads)))
            at = at.parent
        return False

    def _clause_around(self, node: Node) -> Node | None:
        """Return the catch clause that a statement is in, inside its function."""
        at = node.parent
        while at is not None and at.type != "catch_clause" and at.type not in FUNCTIONS:
            at = at.parent
        return at if at is not None and at.type == "catch_clause" else None

    def _kept_promise(self, node: Node) -> str:
        """Return a name for the promise that a ``try`` ends with, which is awaited after it; or an empty string."""
        at = node.parent
        while at is not None and at.type not in FUNCTIONS:
            at = at.parent
        is_own = at is not None and bool(self.context.within) and at.id == self.context.within[-1].id
        if at is None or not is_own or self.sync or not self.is_async(at) or self._is_in_try(node):
            return ""
        found, splits = late_returns(node, self._may_be_promise)
        if not found or any(self.type_of(strip(child_nodes(each)[0])) != _PROMISE for each in found):
            return ""
        self._late_name = self._late_name or self.unique_name("pending")
        self.context.late |= {each.id: self._late_name for each in found}
        self.context.splits |= splits
        return self._late_name

    def _try_statement(self, node: Node) -> list[str]:
        late = self._kept_promise(node)
        body = self.block(field(node, "body"))
        lines = ["try:", *indented(body)]
        handler, last = maybe_field(node, "handler"), maybe_field(node, "finalizer")
        if handler is not None:
            caught = self._handler(handler)
            is_idle = caught[0] == "except Exception:" and caught[-1] == "    pass"
            if is_idle and not late and last is None and _is_simple(body):
                return [
                    *(line.strip() for line in caught[1:-1]),
                    "with contextlib.suppress(Exception):",
                    *indented(body),
                ]
            lines += caught
        if late:
            lines += ["else:", f"    return await {late}"]
        if last is not None:
            lines += ["finally:", *indented(self.block(field(last, "body")))]
        return lines

    def _handler(self, node: Node) -> list[str]:
        parameter, body = maybe_field(node, "parameter"), field(node, "body")
        variable = self.variable_of(parameter) if parameter is not None and parameter.type == "identifier" else None
        carries = self.types.may_get_value(node)
        is_own = variable is not None and not variable.inside  # Python forgets the name when the clause ends
        name = variable.python if variable is not None and is_own else self._error_name(node)
        self._caught[node.id] = caught = _Caught(node, name)
        value = call("js.caught", name) if carries else Py(name)
        first: list[str] = []
        if parameter is not None and variable is None:
            first = self.patterns.bind(parameter, value, parameter)
            caught.is_read = True
        lines = self.block(body)
        if variable is not None and (variable.writes or any(map(self._is_written, variable.reads))):
            caught.is_read = True
            first = [] if is_own and not carries else [f"{variable.python} = {value}"]
        return [f"except Exception{f' as {name}' if caught.is_read else ''}:", *indented([*first, *lines])]

    def _error_name(self, clause: Node) -> str:
        """Return a name for an error that has none of its own: the same for all of the file that are not nested."""
        if not self.context.error_name:
            self.context.error_name = self.unique_name("error")
        around = self._clause_around(clause)
        is_nested = around is not None and self._caught[around.id].name == self.context.error_name
        return self.unique_name("error") if is_nested else self.context.error_name

    def _is_written(self, read: Node) -> bool:
        return read.id not in self.context.unwritten

    def _is_error_of(self, name: Node, clause: Node) -> bool:
        """Whether a name is still the error that a catch clause got."""
        variable = self.variable_of(name)
        return (
            variable is not None
            and variable.kind == "catch"
            and variable.scope.node.id == clause.id
            and not variable.writes
            and not variable.patterned
        )

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


def _is_simple(lines: list[str]) -> bool:
    """Whether these lines are one statement without a block, which leaves nothing."""
    try:
        statements = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return len(statements) == 1 and isinstance(statements[0], (ast.Assign, ast.AugAssign, ast.Expr))
