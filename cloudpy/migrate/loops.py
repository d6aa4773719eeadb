"""Loops."""

from __future__ import annotations

import re
import textwrap

from .assignments import Assignments
from .code import Py, call, indented, negated, reads_key
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .index_loops import IndexLoop, index_loop
from .jstypes import LISTS, LOOPED, NIL, OBJECTS, TEXTS, WHOLE, js_type
from .jumps import Loop, jump
from .matches import walk_of
from .nodes import FUNCTIONS, LOOPS, child_nodes, field, has, maybe_field, strip, text_of
from .operators import Operators
from .patterns import Patterns
from .syntax import Node
from .variables import Variable, snake_case


class Loops(Part):
    """Write ``for`` and ``while``."""

    def __init__(
        self,
        context: Context,
        operators: Operators,
        patterns: Patterns,
        functions: Functions,
        assignments: Assignments,
    ) -> None:
        super().__init__(context)
        self.operators = operators
        self.functions = functions
        self.patterns = patterns
        self.assignments = assignments
        self._writers = {
            "while_statement": self._while_statement,
            "do_statement": self._do_statement,
            "for_statement": self._for_statement,
            "for_in_statement": self._for_in_statement,
        }
        context.statements |= dict.fromkeys(self._writers, self._loop)
        context.statements |= {
            "break_statement": self._break_statement,
            "continue_statement": self._continue_statement,
            "labeled_statement": self._labeled_statement,
        }

    def _loop(self, node: Node) -> list[str]:
        """Write a loop, and what goes on after it in a loop around it."""
        label = node.parent if node.parent is not None and node.parent.type == "labeled_statement" else None
        name = text_of(label.child_by_field_name("label")) if label is not None else ""
        loops = self.context.loops
        loop = Loop(name, is_last=bool(loops) and _is_last(label or node))
        loops.append(loop)
        try:
            lines = self._writers[node.type](node)
        finally:
            loops.pop()
        return loop.framed(lines, loops[-1] if loops else None)

    def _while_statement(self, node: Node) -> list[str]:
        walk = self._over_matches(node)
        if walk is not None:
            return walk
        if self.has_node(field(node, "condition"), *FUNCTIONS):
            raise Untranslated("a function in the condition of a loop")
        test = self.operators.condition(field(node, "condition"))
        return [f"while {test}:", *self._looped(node, [])]

    def _over_matches(self, node: Node) -> list[str] | None:
        """Write a ``while`` over the matches of a regular expression; None for any other loop."""
        walk = walk_of(self, node)
        if walk is None:
            return None
        over = call("js.match_all", self.expr(walk.text), self.expr(walk.pattern))
        lines = [f"for {walk.found.python} in {over}:", *self._looped(node, [])]
        return [*lines, "else:", f"    {walk.found.python} = None"] if walk.is_used_after else lines

    def _looped(self, node: Node, step: list[str]) -> list[str]:
        """Write the body of a loop; `step` is what ``continue`` does first."""
        self.context.loops[-1].step = step
        return indented([*self.block(field(node, "body")), *step])

    def _do_statement(self, node: Node) -> list[str]:
        test = self.operators.condition(field(node, "condition"))
        if self.context.prelude:
            raise Untranslated("a function in the condition of a loop")

        return ["while True:", *self._looped(node, [f"if {negated(test)}:", "    break"])]

    def _break_statement(self, node: Node) -> list[str]:
        if child_nodes(node):
            return self._jump(node, "break")
        loops = self.context.loops
        if loops and loops[-1].is_block and not loops[-1].is_switch:
            return self._jump_out("break")
        return ["break"]

    def _continue_statement(self, node: Node) -> list[str]:
        if child_nodes(node):
            return self._jump(node, "continue")
        if self.context.loops and self.context.loops[-1].is_block:
            return self._jump_out("continue")
        return [*(self.context.loops[-1].step if self.context.loops else []), "continue"]

    def _jump_out(self, word: str) -> list[str]:
        """Write a ``break`` or ``continue`` of the loop around a block that is a loop in Python."""
        loops = self.context.loops
        last = len(loops) - 1
        while last and loops[last].is_block and not (word == "break" and loops[last].is_switch):
            last -= 1
        return jump(loops, loops[last], word, self._flag(loops[last], f"{word}_loop"))

    def _jump(self, node: Node, word: str) -> list[str]:
        """Write ``break label`` or ``continue label``."""
        label, loops = text_of(child_nodes(node)[0]), self.context.loops
        target = next((loop for loop in reversed(loops) if loop.label == label), None)
        if target is None:
            raise Untranslated(f"a {word} to {label}, which is no loop")
        return jump(loops, target, word, self._flag(target, f"{word}_{snake_case(label)}"))

    def _flag(self, target: Loop, name: str) -> str:
        return target.names.get(name) or target.names.setdefault(name, self.unique_name(name))

    def _labeled_statement(self, node: Node) -> list[str]:
        body = field(node, "body")
        if body.type in self._writers:
            return self._loop(body)
        if body.type != "statement_block":
            raise Untranslated("a label of what is no loop")
        loop = Loop(text_of(node.child_by_field_name("label")), is_block=True)
        self.context.loops.append(loop)
        try:
            lines = self.block(body)
        finally:
            self.context.loops.pop()
        around = self.context.loops[-1] if self.context.loops else None
        return loop.framed(["while True:", *indented(lines), "    break"], around)

    def _for_statement(self, node: Node) -> list[str]:
        over = index_loop(self, node)
        counted = self._over_items(node, over) if over is not None else self._counted(node)
        if counted is not None:
            return counted
        start, test, step = (node.child_by_field_name(name) for name in ("initializer", "condition", "increment"))
        lines: list[str] = []
        if start is not None and start.type != "empty_statement":
            lines += self._first_lines(start)
        if test is not None and test.type == "expression_statement":
            test = child_nodes(test)[0]
        steps: list[str] = []
        for each in _sequence(step):
            steps += self.step_of(each)
        tested = "True" if test is None or test.type == "empty_statement" else str(self.operators.condition(test))
        if self.context.prelude:
            raise Untranslated("a function in the head of a loop")
        return [*lines, f"while {tested}:", *self._looped(node, steps)]

    def _over_items(self, node: Node, over: IndexLoop) -> list[str] | None:
        """Write a loop over the items of a list, and their numbers where they are used."""
        items, key = self.context.items, (text_of(over.owner), over.index.name)
        code = self.expr(over.owner)
        items[key] = over.item
        try:
            body = self._looped(node, [])
        finally:
            del items[key]
        own = f"    {over.item} = {over.item}"  # what the program calls the item
        body = [each for each in body if each != own] or ["    pass"]
        text = textwrap.dedent("\n".join(body))
        if not over.is_list and not reads_key(text, over.item):
            code = call("js.array", code)
        index = over.index.python
        if re.search(rf"\b{index}\b", text):
            return [f"for {index}, {over.item} in enumerate({code}):", *body]
        return [f"for {over.item} in {code}:", *body]

    def _first_lines(self, node: Node) -> list[str]:
        if node.type in self.context.statements:
            return self.raw_statement(node)
        return [line for each in _sequence(node) for line in self.step_of(each)]

    def _counted(self, node: Node) -> list[str] | None:
        """Write ``for i in range(…)``, where nothing can tell the difference."""
        first_line, test, step = (node.child_by_field_name(name) for name in ("initializer", "condition", "increment"))
        if (
            first_line is None
            or first_line.type != "lexical_declaration"
            or len(child_nodes(first_line)) != 1
            or test is None
            or step is None
        ):
            return None
        test = strip(child_nodes(test)[0]) if test.type == "expression_statement" else strip(test)
        declarator = child_nodes(first_line)[0]
        name, first = field(declarator, "name"), maybe_field(declarator, "value")
        variable = self.names.of.get(name.id)
        if (
            variable is None
            or first is None
            or self.type_of(first) != js_type("lit")
            or test.type != "binary_expression"
        ):
            return None
        step = strip(step)
        sign = text_of(test.child_by_field_name("operator"))
        if (
            step.type != "update_expression"
            or not has(step, "++")
            or sign not in ("<", "<=")
            or len(variable.writes) != 1
        ):
            return None
        if text_of(field(test, "left")) != variable.name or text_of(field(step, "argument")) != variable.name:
            return None
        limit, body = field(test, "right"), field(node, "body")
        over = ""
        if limit.type == "member_expression" and text_of(field(limit, "property")) == "length":
            owner = field(limit, "object")
            holder = self.variable_of(owner) if owner.type == "identifier" else None
            if (
                holder is None
                or not self.type_of(owner)
                or not self.type_of(owner) <= LISTS
                or not self._stays(holder, body)
            ):
                return None
            over = text_of(owner)
        elif limit.type == "identifier":
            holder = self.variable_of(limit)
            if holder is None or not holder.is_constant or not (self.type_of(limit) and self.type_of(limit) <= WHOLE):
                return None
        elif self.type_of(limit) != js_type("lit") or limit.type != "number":
            return None
        end = str(self.expr(limit)) + (" + 1" if sign == "<=" else "")
        start = "" if text_of(first) == "0" else f"{self.expr(first)}, "
        if over and sign == "<":
            self.context.ranges.append((over, variable.name))
        try:
            return [f"for {variable.python} in range({start}{end}):", *self._looped(node, [])]
        finally:
            if over and sign == "<":
                self.context.ranges.pop()

    def _stays(self, variable: Variable, body: Node) -> bool:
        """Return whether a list keeps its length while a body runs: it is only read, by index or by length."""
        for read in variable.reads:
            if not body.start_byte <= read.start_byte < body.end_byte:
                continue
            use = read.parent
            if (
                use is None
                or use.type not in ("subscript_expression", "member_expression")
                or field(use, "object").id != read.id
            ):
                return False
            if use.type == "member_expression" and text_of(field(use, "property")) not in (
                "length",
                "join",
                "indexOf",
                "includes",
                "map",
                "filter",
                "slice",
            ):
                return False
        if variable.writes:
            return False
        # another name for the same list could change it: it must have none
        fresh = variable.value is not None and strip(variable.value).type in ("array", "call_expression")
        return (
            fresh
            and not variable.inside
            and all(
                read.parent is not None
                and read.parent.type in ("subscript_expression", "member_expression", "return_statement")
                for read in variable.reads
            )
        )

    def _for_in_statement(self, node: Node) -> list[str]:
        left, right = field(node, "left"), field(node, "right")
        variable = self.variable_of(left) if left.type == "identifier" else None
        if not text_of(node.child_by_field_name("kind")) and (variable is None or variable.kind == "const"):
            raise Untranslated("a loop over what is declared before it, and is no variable")
        code = self.expr(right)
        waits = has(node, "await")
        if text_of(node.child_by_field_name("operator")) == "in":
            if self._deletes(field(node, "body")):
                raise Untranslated("keys are deleted during the loop over them")
            self.caveat(node, "for … in: keys that are added while it runs are not visited") if self._changes(
                right, field(node, "body")
            ) else None
            over = call("js.keys" if self.type_of(right) and self.type_of(right) <= OBJECTS else "js.keys_in", code)
        else:
            type_ = self.type_of(right)
            is_plain = bool(type_) and not type_ <= NIL and type_ <= LOOPED | TEXTS | js_type("map set")
            generator = self.generator_of(right)
            if generator is not None and self.is_async(generator) and not waits:
                raise Untranslated("an async generator in a loop without await")
            is_plain = is_plain or generator is not None
            over = code if is_plain else call("js.iterate", code)
            if waits:
                over = code  # as the functions write it below
            if over.text.startswith("js.iterate") and over.text.endswith("js.UNDEFINED)"):
                raise Untranslated("a loop over undefined")
        before, self.context.prelude = self.context.prelude, []
        first: list[str] = []
        if left.type == "identifier":
            target, first = self.names.of[left.id].python, []
        elif (
            left.type == "array_pattern"
            and right.type == "call_expression"
            and text_of(right).startswith("Object.entries(")
            and 1 <= len(child_nodes(left)) <= 2
            and all(each.type == "identifier" for each in child_nodes(left))
            and text_of(left).count(",") == len(child_nodes(left)) - 1
        ):
            names = [self.names.of[each.id].python for each in child_nodes(left)]
            target, first = ", ".join(names if len(names) == 2 else [*names, self.unique_name("_")]), []
        else:
            target = self.unique_name("item")
            first = self.patterns.bind(left, Py(target), left)
        body = self._looped(node, [])
        if over.text.startswith("js.iterate(") and not first and self._raises_for_others(right, body, target):
            over = code
        head = self.functions.each_awaited(right, code, target) if waits else f"for {target} in {over}"
        return [*before, f"{head}:", *(indented(first) if first else []), *body]

    def _raises_for_others(self, owner: Node, body: list[str], item: str) -> bool:
        """Whether a loop raises for all but a list, where nothing hides that: it reads a key of each item."""
        is_loud = bool(self.type_of(owner) & LISTS) and self.types.facts.is_loud(owner)
        return is_loud and reads_key(textwrap.dedent("\n".join(body)), item)

    def _deletes(self, node: Node) -> bool:
        return self.has_node(node, "unary_expression", deep=True) and "delete " in text_of(node)

    def _changes(self, owner: Node, body: Node) -> bool:
        return f"{text_of(owner)}[" in text_of(body) and "] =" in text_of(body)

    def step_of(self, node: Node) -> list[str]:
        if node.type == "update_expression":
            return self.assignments.update(node)
        if node.type == "augmented_assignment_expression":
            return self.assignments.augment(node)
        if node.type == "assignment_expression":
            return self.assignments.assign(node)
        if node.type == "call_expression" and ".set" in text_of(field(node, "function")):
            return self.context.write_effect(node)  # that of a date
        raise Untranslated("a loop step that is not an assignment")


def _is_last(node: Node) -> bool:
    """Whether nothing follows a statement in the body of the loop around it."""
    while node.parent is not None and node.parent.type == "statement_block":
        if child_nodes(node.parent)[-1].id != node.id:
            return False
        node = node.parent
        if node.parent is not None and node.parent.type in LOOPS:
            return True
    return node.parent is not None and node.parent.type in LOOPS


def _sequence(node: Node | None) -> list[Node]:
    if node is None:
        return []
    node = strip(node)
    return (
        [each for part in child_nodes(node) for each in _sequence(part)]
        if node.type == "sequence_expression"
        else [node]
    )
