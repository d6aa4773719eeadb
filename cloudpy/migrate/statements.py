"""Blocks, declarations, statements."""

from __future__ import annotations

import re

from .assignments import Assignments
from .callback_loops import CallbackLoops
from .classes import Classes
from .code import ATOM, AWAIT, call, indented, negated, quoted
from .context import Context, Part
from .database import Databases
from .diagnostics import Untranslated
from .failures import failing
from .functions import Functions
from .handlers import is_inside
from .imports import Imports
from .initializers import is_assigned_next, is_set_by_loops
from .jstypes import DAYS, LISTS, js_type
from .late_returns import other_branch
from .nodes import (
    FUNCTIONS,
    LOOPS,
    TYPES,
    arguments_of,
    child_nodes,
    comment_lines,
    field,
    has,
    maybe_field,
    strip,
    text_of,
)
from .operators import Operators
from .patterns import Patterns
from .routes import Routes
from .syntax import MAX_DEPTH, Node
from .todos import Todos

_PLAIN_VALUES = {"string", "number", "true", "false", "null", "undefined"}
_CHANGE = re.compile(r"\((\w+) := (.*)\)", re.DOTALL)
_WITH_BLOCKS = {"statement_block", "switch_body", "class_body"}


class Statements(Part):
    """Write blocks and simple statements."""

    def __init__(
        self,
        context: Context,
        todos: Todos,
        operators: Operators,
        patterns: Patterns,
        functions: Functions,
        assignments: Assignments,
        imports: Imports,
        classes: Classes,
        databases: Databases,
        callbacks: CallbackLoops,
        routes: Routes,
    ) -> None:
        super().__init__(context)
        self.todos = todos
        self.operators = operators
        self.patterns = patterns
        self.functions = functions
        self.assignments = assignments
        self.imports = imports
        self.classes = classes
        self.databases = databases
        self.callbacks = callbacks
        self.routes = routes
        context.statements |= {
            "lexical_declaration": self._lexical_declaration,
            "function_declaration": self._function_declaration,
            "too_deep": self._too_deep,
            "generator_function_declaration": self._function_declaration,
            "enum_declaration": self._enum_declaration,
            "expression_statement": self._expression_statement,
            "statement_block": self._statement_block,
            "variable_declaration": self._lexical_declaration,
        }
        context.write_block = self.block
        context.write_effect = self.effect
        context.write_statement = self.statement

    def block(self, node: Node) -> list[str]:
        if node.type not in ("statement_block", "program"):
            return self.statement(node)
        lines: list[str] = []
        children = node.named_children
        late = [child for child in children if child.type == "function_declaration" and self.is_called_early(child)]
        for child in late:
            lines += self.statement(child)
        return [*lines, *self._sequence(children, late)]

    def _sequence(self, children: list[Node], late: list[Node]) -> list[str]:
        """Write statements and comments, without those that are written already."""
        lines: list[str] = []
        before: Node | None = None
        for place, child in enumerate(children):
            if child.type == "comment":
                self.add_comment(child, before, lines)
            elif child not in late:
                if before is not None and lines and child.row - before.end_row > 1 and lines[-1]:
                    lines.append("")
                lines += self.statement(child)
            if child.id in self.context.splits:
                return [*lines, *other_branch(self._sequence(children[place + 1 :], late))]
            before = child
        return lines

    def is_called_early(self, function: Node) -> bool:
        variable = self.names.of.get(field(function, "name").id)
        if variable is None:
            return False
        return any(
            read.start_byte < function.start_byte and self.names.scope_of(read).function is variable.scope.function
            for read in variable.reads
        )

    def add_comment(self, node: Node, before: Node | None, lines: list[str]) -> None:
        result = comment_lines(node)
        if (
            before is not None
            and before.end_row == node.row
            and lines
            and len(result) == 1
            and not lines[-1].lstrip().startswith("#")
        ):
            lines[-1] += f"  {result[0]}"
        else:
            if before is not None and lines and node.row - before.end_row > 1 and lines[-1]:
                lines.append("")
            lines += result

    def statement(self, node: Node) -> list[str]:
        """Write one statement; one that cannot be translated becomes a todo."""
        if node.type in TYPES or node.type in ("empty_statement", "debugger_statement"):
            return []
        saved, marks = self.context.prelude, len(self.context.todos)
        self.context.prelude = []
        for variable in self.names.declared_in(node) if self.context.unavailable else ():
            self.context.unavailable.pop(id(variable), None)  # of an earlier look: whether it is made is found out here
        try:
            writer = self.context.statements.get(node.type)
            if writer is None:
                raise Untranslated(f"{node.type.replace('_', ' ')} is not translated")
            routed = self.routes.statement(node)
            lines = writer(node) if routed is None else routed
            inside = [] if node.type == "statement_block" else self._inner_comments(node)
            inner = [line for each in inside for line in comment_lines(each)]
            return [*inner, *self.context.log_added(node), *failing([*self.context.prelude, *lines])]
        except Untranslated as error:
            del self.context.todos[marks:]
            return self.todos.todo(node, str(error), error.cause)
        finally:
            self.context.prelude = saved

    def _inner_comments(self, node: Node) -> list[Node]:
        result: list[Node] = []
        for child in node.named_children:
            if child.type == "comment":
                result.append(child)
            elif (
                child.type not in _WITH_BLOCKS and not child.type.endswith("_statement") and child.type != "else_clause"
            ):
                result += self._inner_comments(child)
        return result

    def _lexical_declaration(self, node: Node) -> list[str]:
        lines: list[str] = []
        for declarator in child_nodes(node):
            name, value = field(declarator, "name"), maybe_field(declarator, "value")
            if name.type == "identifier":
                lines += self._declare(name, value)
            elif value is not None:
                imported = self.imports.destructured(name)
                code = self.patterns.destructure(name, value) if imported is None else imported
                lines += [*self.take_prelude(), *code]
        return lines

    def _declare(self, name: Node, value: Node | None) -> list[str]:
        """Write ``const name = value``."""
        variable = self.names.of[name.id]
        if id(variable) in self.module.requires:
            return self.imports.import_lines(variable)
        if value is None:
            is_set = variable.kind == "var" or is_assigned_next(variable) or is_set_by_loops(variable)
            return [] if is_set else [f"{variable.python} = js.UNDEFINED"]
        if value.type in FUNCTIONS and variable.is_constant:
            return self.functions.define(value, variable.python)
        if value.type == "class" and variable.is_constant:
            return self.classes.definition(value, variable.python)
        is_unused = self.context.within and not variable.reads and not variable.writes
        if is_unused and (strip(value).type in _PLAIN_VALUES or self._asks_for_caller(strip(value))):
            return []
        collected = self.callbacks.collected(value, variable.python)
        if collected is not None:
            return collected[0]
        code = self.assignments.started_promise(value, self.expr(value))
        is_call = strip(value).type in ("call_expression", "await_expression") and code.level >= AWAIT
        return [*self.take_prelude(), str(code) if is_unused and is_call else f"{variable.python} = {code}"]

    def _function_declaration(self, node: Node) -> list[str]:
        return self.functions.define(node, self.names.of[field(node, "name").id].python)

    def _too_deep(self, _: Node) -> list[str]:
        raise Untranslated(f"it is nested more than {MAX_DEPTH} levels deep")

    def _enum_declaration(self, node: Node) -> list[str]:
        parts, count = [], 0
        for each in child_nodes(field(node, "body")):
            if each.type == "enum_assignment":
                value = field(each, "value")
                code = self.expr(value)
                if value.type == "number":
                    count = int(text_of(value))
                    parts += [
                        f"{quoted(text_of(field(each, 'name')))}: {count}",
                        f'"{count}": {quoted(text_of(field(each, "name")))}',
                    ]
                    count += 1
                    continue
                parts.append(f"{quoted(text_of(field(each, 'name')))}: {code}")
            else:
                parts += [f"{quoted(text_of(each))}: {count}", f'"{count}": {quoted(text_of(each))}']
                count += 1
        return [f"{self.names.of[field(node, 'name').id].python} = {{{', '.join(parts)}}}"]

    def _expression_statement(self, node: Node) -> list[str]:
        return self.effect(strip(child_nodes(node)[0]))

    def _asks_for_caller(self, node: Node) -> bool:
        """Whether it is ``cloud.getWXContext()``, which does nothing but give a value."""
        callee = strip(field(node, "function")) if node.type == "call_expression" else None
        if callee is None or callee.type != "member_expression" or arguments_of(node):
            return False
        return text_of(field(callee, "property")) == "getWXContext" and self.module.is_cloud(callee)

    def effect(self, inner: Node) -> list[str]:
        """Write an expression whose value nobody uses."""
        if inner.type == "string" or self._asks_for_caller(inner):
            return []
        if inner.type == "sequence_expression":
            lines: list[str] = []
            for each in child_nodes(inner):
                written = self.effect(strip(each))
                lines += [*self.take_prelude(), *written]
            return lines
        if inner.type == "yield_expression":
            return self.functions.yields(inner)
        special = self.imports.top_statement(inner)
        if special is not None:
            return special
        if inner.type == "assignment_expression":
            return self.assignments.assign(inner)
        if inner.type == "augmented_assignment_expression":
            return self.assignments.augment(inner)
        if inner.type == "update_expression":
            return self.assignments.update(inner)
        if inner.type == "unary_expression" and inner.children[0].type == "delete":
            return [str(self.assignments.delete(field(inner, "argument")) or self.expr(inner))]
        if inner.type == "binary_expression" and text_of(inner.child_by_field_name("operator")) in ("&&", "||"):
            test = self.operators.condition(field(inner, "left"))
            test = test if has(inner, "&&") else negated(test)
            before = self.take_prelude()
            written = self.effect(strip(field(inner, "right")))
            return [*before, f"if {test}:", *indented([*self.take_prelude(), *written] or ["pass"])]
        if inner.type == "call_expression":
            return self._call_statement(inner)
        code = self.expr(inner)
        return [str(code)]

    def _call_statement(self, node: Node) -> list[str]:
        loop = self.callbacks.for_each(node)
        if loop is not None:
            return loop
        callee = strip(field(node, "function"))
        is_method = callee.type == "member_expression" and not self.open_links(node)
        if is_method and text_of(field(callee, "property")) == "push":
            pushed = self._push(field(callee, "object"), child_nodes(node.child_by_field_name("arguments")))
            if pushed is not None:
                return pushed
        if self.module.dotted(callee) == "Error.captureStackTrace":
            return []  # Python has the stack already
        staged = self.databases.stage_statement(node)
        if staged is not None:
            return staged
        if "promise" in self.type_of(node) and self.type_of(node) == js_type("promise") and not self.sync:
            is_sent = self.types.sent(node) is not None or self.module.is_cloud_call(node)
            if self.is_in_promise(node) and not is_sent:  # that promise waits for it
                return [str(call("asyncio.ensure_future", self.expr(node)))]
            if self.is_in_promise(node) or not self._may_wait(node):
                return [str(self.in_background(node, self.expr(node)))]
            self.caveat(node, "Node does not wait for this promise; here it finishes before the next line")
            return [str(self.awaited(self.expr(node)))]
        if self.sync and self.type_of(node) == js_type("promise"):
            self.caveat(node, "Node does not wait for this promise; here it finishes before the next line")
        code = self.expr(node)
        changed = _CHANGE.fullmatch(code.text)
        if changed and self.type_of(node) & DAYS:
            return [f"{changed[1]} = {changed[2]}"]  # a day of moment, which the call changes
        if "promise" in self.type_of(node) and not self.sync and code.text.startswith("js.call("):
            code = call("js.done", code)
        return [str(code)]

    def _may_wait(self, node: Node) -> bool:
        """Whether one call of the SDK, which Node does not wait for, may end before the next line, and fail there.

        What comes after it is sent after it in both. In a loop each would wait for the one before.
        """
        if self.types.sent(node) is None and not self.module.is_cloud_call(node):
            return False
        around: Node | None = node.parent
        while around is not None and around.type not in FUNCTIONS:
            if around.type in LOOPS:
                return False
            around = around.parent
        return around is not None and self.is_async(around) and self.types.facts.is_loud(node)

    def _push(self, owner: Node, args: list[Node]) -> list[str] | None:
        """Write ``items.push(…)``: all but lists have no ``append`` in Python either, and raise."""
        type_ = self.type_of(owner)
        is_own = any(map(self.module.has_own_method, ("push", "append", "extend"))) or self.module.source_of(owner)[0]
        is_late = any(self.has_node(each, "call_expression", "new_expression", "await_expression") for each in args)
        is_caught = is_inside(owner, self.types.facts.handlers.caught)  # JavaScript raises when the arguments are made
        if not args or not type_ & LISTS or self.has_assignment(owner):
            return None
        if not type_ <= LISTS and (is_own or (is_late and is_caught)):
            return None
        if len(args) == 1 and args[0].type != "spread_element":
            code = self.assignments.started_promise(args[0], self.expr(args[0]))
            return [f"{self.expr(owner).at(ATOM)}.append({code})"]
        items = self.arguments(args)
        over = items[0].text.removeprefix("*") if len(args) == 1 else f"[{', '.join(map(str, items))}]"
        return [f"{self.expr(owner).at(ATOM)}.extend({over})"]

    def _statement_block(self, node: Node) -> list[str]:
        return self.block(node)
