"""Loops, switch, and values taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import ATOM, COMPARE, TERNARY, Py, call, indented, quoted
from .kinds import LISTS, TEXTS, WHOLE, kind
from .syntax import FUNCTIONS, arguments_of, bare, field, has, kids, maybe_field, string_value, text_of

if TYPE_CHECKING:
    from .tree import Node
    from .variables import Variable


class Loops(Base):
    """``for``, ``while``, ``switch``, patterns."""

    ranges: list[tuple[str, str]]
    steps: list[list[str]]  # what ``continue`` does first, of each loop around
    in_switch: int

    def _while_statement(self, node: Node) -> list[str]:
        if self.holds(field(node, "condition"), *FUNCTIONS):
            refuse("a function in the condition of a loop")
        test = self.cond(field(node, "condition"))
        return [f"while {test}:", *self.looped(node, [])]

    def looped(self, node: Node, step: list[str]) -> list[str]:
        """The body of a loop; `step` is what ``continue`` does before."""
        kept, self.in_switch = self.in_switch, 0
        self.steps.append(step)
        try:
            lines = self.block(field(node, "body"))
        finally:
            self.steps.pop()
            self.in_switch = kept
        return indented([*lines, *step])

    def _do_statement(self, node: Node) -> list[str]:
        test = self.cond(field(node, "condition"))
        if self.prelude:
            refuse("a function in the condition of a loop")
        from .code import negated

        return ["while True:", *self.looped(node, [f"if {negated(test)}:", "    break"])]

    def _break_statement(self, node: Node) -> list[str]:
        if kids(node):
            refuse("a break to a label")
        if self.in_switch:
            refuse("a break in the middle of a case")
        return ["break"]

    def _continue_statement(self, node: Node) -> list[str]:
        if kids(node):
            refuse("a continue to a label")
        return [*(self.steps[-1] if self.steps else []), "continue"]

    def _labeled_statement(self, node: Node) -> list[str]:
        return [refuse("a label").text]

    # ---- for (;;)

    def _for_statement(self, node: Node) -> list[str]:
        counted = self._counted(node)
        if counted is not None:
            return counted
        begin, test, step = (node.child_by_field_name(name) for name in ("initializer", "condition", "increment"))
        lines: list[str] = []
        if begin is not None and begin.type != "empty_statement":
            lines += self.statement_of(begin)
        if test is not None and test.type == "expression_statement":
            test = kids(test)[0]
        steps: list[str] = []
        for each in _sequence(step):
            steps += self.step_of(each)
        asked = "True" if test is None or test.type == "empty_statement" else str(self.cond(test))
        if self.prelude:
            refuse("a function in the head of a loop")
        return [*lines, f"while {asked}:", *self.looped(node, steps)]

    def _counted(self, node: Node) -> list[str] | None:
        """``for i in range(…)``, where nothing can tell the difference."""
        begin, test, step = (node.child_by_field_name(name) for name in ("initializer", "condition", "increment"))
        if (
            begin is None
            or begin.type != "lexical_declaration"
            or len(kids(begin)) != 1
            or test is None
            or step is None
        ):
            return None
        test = bare(kids(test)[0]) if test.type == "expression_statement" else bare(test)
        declarator = kids(begin)[0]
        name, first = field(declarator, "name"), maybe_field(declarator, "value")
        variable = self.names.of.get(name.id)
        if variable is None or first is None or self.kind(first) != kind("lit") or test.type != "binary_expression":
            return None
        step = bare(step)
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
            holder = self.name_of(owner) if owner.type == "identifier" else None
            if holder is None or not self.kind(owner) or not self.kind(owner) <= LISTS or not self._stays(holder, body):
                return None
            over = text_of(owner)
        elif limit.type == "identifier":
            holder = self.name_of(limit)
            if holder is None or not holder.is_constant or not (self.kind(limit) and self.kind(limit) <= WHOLE):
                return None
        elif self.kind(limit) != kind("lit") or limit.type != "number":
            return None
        end = str(self.expr(limit)) + (" + 1" if sign == "<=" else "")
        start = "" if text_of(first) == "0" else f"{self.expr(first)}, "
        if over and sign == "<":
            self.ranges.append((over, variable.name))
        try:
            return [f"for {variable.python} in range({start}{end}):", *self.looped(node, [])]
        finally:
            if over and sign == "<":
                self.ranges.pop()

    def _stays(self, holder: Variable, body: Node) -> bool:
        """Whether a list keeps its length while a body runs: it is only read, by index or by length."""
        for read in holder.reads:
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
        if holder.writes:
            return False
        # another name for the same list could change it: it must have none
        fresh = holder.value is not None and bare(holder.value).type in ("array", "call_expression")
        return (
            fresh
            and not holder.inside
            and all(
                read.parent is not None
                and read.parent.type in ("subscript_expression", "member_expression", "return_statement")
                for read in holder.reads
            )
        )

    # ---- for … of, for … in

    def _for_in_statement(self, node: Node) -> list[str]:
        if has(node, "await"):
            refuse("for await")
        left, right = field(node, "left"), field(node, "right")
        if not text_of(node.child_by_field_name("kind")):
            refuse("a loop over a variable that is declared before it")
        code = self.expr(right)
        if text_of(node.child_by_field_name("operator")) == "in":
            if self._deletes(field(node, "body")):
                refuse("keys are deleted while they are gone through")
            self.risk(node, "for … in: keys that are added while it runs are not visited") if self._changes(
                right, field(node, "body")
            ) else None
            over = call("js.keys" if self.kind(right) == kind("obj") else "js.keys_in", code)
        else:
            of = self.kind(right)
            over = code if of and of <= LISTS | TEXTS | kind("map set") else call("js.iterate", code)
            if over.text.startswith("js.iterate") and over.text.endswith("js.UNDEFINED)"):
                refuse("a loop over nothing")
        before, self.prelude = self.prelude, []
        first: list[str] = []
        if left.type == "identifier":
            target, first = self.names.of[left.id].python, []
        elif (
            left.type == "array_pattern"
            and right.type == "call_expression"
            and text_of(right).startswith("Object.entries(")
            and 1 <= len(kids(left)) <= 2
            and all(each.type == "identifier" for each in kids(left))
            and text_of(left).count(",") == len(kids(left)) - 1
        ):
            names = [self.names.of[each.id].python for each in kids(left)]
            target, first = ", ".join(names if len(names) == 2 else [*names, self.spare("_")]), []
        else:
            target = self.spare("item")
            first = self.bound(left, Py(target), left)
        return (
            [*before, f"for {target} in {over}:", *indented(first), *self.looped(node, [])]
            if first
            else [*before, f"for {target} in {over}:", *self.looped(node, [])]
        )

    def _deletes(self, node: Node) -> bool:
        return self.holds(node, "unary_expression", deep=True) and "delete " in text_of(node)

    def _changes(self, owner: Node, body: Node) -> bool:
        return f"{text_of(owner)}[" in text_of(body) and "] =" in text_of(body)

    # ---- switch

    def _switch_statement(self, node: Node) -> list[str]:
        value, cases = field(node, "value"), kids(field(node, "body"))
        lines: list[str] = []
        if not self.is_pure(value):
            name = self.spare("case")
            lines.append(f"{name} = {self.expr(value)}")
            subject: Py | None = Py(name)
        else:
            subject = None
        word, tests, otherwise = "if", [], None
        groups: list[tuple[list[Node], list[Node]]] = []
        for at, case in enumerate(cases):
            body = _body_of(case)
            tests.append(case)
            is_last = at == len(cases) - 1
            if not body and not is_last:
                continue
            if body and not is_last and not self._ends(body[-1]):
                refuse("a case that falls through to the next")
            groups.append((tests, body))
            tests = []
        parts: list[tuple[str, list[str]]] = []
        for tests, body in groups:
            inner = self._case(body)
            if any(test.type == "switch_default" for test in tests):
                otherwise = inner
                continue
            parts.append((self._test(subject, value, tests), inner))
        for test, inner in parts:
            lines += [f"{word} {test}:", *indented(inner)]
            word = "elif"
        if otherwise is not None:
            lines += ["else:", *indented(otherwise)] if parts else otherwise
        return lines

    def _ends(self, node: Node) -> bool:
        if node.type in ("break_statement", "continue_statement"):
            return True
        if node.type == "statement_block" and kids(node):
            return self._ends(kids(node)[-1]) or self.module.always_ends(node)
        return self.module.always_ends(node)

    def _test(self, subject: Py | None, value: Node, tests: list[Node]) -> str:
        wanted = [field(test, "value") for test in tests]
        code = subject or self.loose(value)
        if all(each.type == "string" for each in wanted):
            if len(wanted) == 1:
                return f"{code.at(COMPARE + 1)} == {self.expr(wanted[0])}"
            texts = ", ".join(str(self.expr(each)) for each in wanted)
            is_text = self.kind(value) and self.kind(value) <= TEXTS
            return (
                f"{code.at(COMPARE + 1)} in ({texts})"
                if is_text
                else " or ".join(f"{code.at(COMPARE + 1)} == {self.expr(each)}" for each in wanted)
            )
        if not all(self.is_pure(each) for each in wanted):
            refuse("a case that does something")
        if text_of(value) == "true" and subject is None:
            if not all(self.kind(each) == kind("bool") for each in wanted):
                refuse("a switch over true")
            return " or ".join(self.cond(each).at(TERNARY + 2) for each in wanted)
        exact = subject or self.expr(value)
        same = self.kind(value) and self.kind(value) <= kind("lit nat int real num")
        if same and all(each.type == "number" for each in wanted):
            return " or ".join(f"{exact.at(COMPARE + 1)} == {self.expr(each)}" for each in wanted)
        return " or ".join(f"js.same({exact}, {self.expr(each)})" for each in wanted)

    def _case(self, body: list[Node]) -> list[str]:
        if len(body) == 1 and body[0].type == "statement_block":
            body = _children(body[0])
        if body and body[-1].type == "break_statement" and not kids(body[-1]):
            body = body[:-1]
        self.in_switch += 1
        try:
            lines: list[str] = []
            for each in body:
                lines += self.statement_lines(each)
            return lines
        finally:
            self.in_switch -= 1

    # ---- patterns

    def taken_apart(self, pattern: Node, value: Node) -> list[str]:
        code = self.expr(value)
        if value.type == "identifier" or (
            pattern.type == "object_pattern"
            and len(kids(pattern)) == 1
            and kids(pattern)[0].type == "shorthand_property_identifier_pattern"
        ):
            return self.bound(pattern, code, value)
        if (
            pattern.type == "array_pattern"
            and value.type == "await_expression"
            and self.kind(value) == kind("arr")
            and text_of(value).startswith("await Promise.all([")
            and len(kids(arguments_of(bare(kids(value)[0]))[0])) == len(kids(pattern))
            and all(each.type == "identifier" for each in kids(pattern))
            and text_of(pattern).count(",") == len(kids(pattern)) - 1
        ):
            return [f"{', '.join(self.names.of[each.id].python for each in kids(pattern))} = {code}"]
        name = self.spare("found")
        return [f"{name} = {code}", *self.bound(pattern, Py(name), value)]

    def bound(self, pattern: Node, value: Py, node: Node | None = None) -> list[str]:
        if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
            return [f"{self.names.of[pattern.id].python} = {value}"]
        if pattern.type in ("assignment_pattern", "object_assignment_pattern"):
            target, default = field(pattern, "left"), field(pattern, "right")
            plain = target.type in ("identifier", "shorthand_property_identifier_pattern")
            name = self.names.of[target.id].python if plain else self.spare("found")
            kept, self.prelude = self.prelude, []
            code = self.expr(default)
            before, self.prelude = self.prelude, kept
            lines = [f"{name} = {value}", f"if {name} is js.UNDEFINED:", *indented([*before, f"{name} = {code}"])]
            return lines if plain else [*lines, *self.bound(target, Py(name))]
        if pattern.type == "object_pattern":
            return self._object_pattern(pattern, value, node)
        if pattern.type == "array_pattern":
            return self._array_pattern(pattern, value, node)
        return [refuse(f"{pattern.type.replace('_', ' ')} is not translated").text]

    def _object_pattern(self, pattern: Node, value: Py, node: Node | None) -> list[str]:
        lines: list[str] = []
        taken: list[str] = []
        parts = kids(pattern)
        if not parts:
            refuse("an empty pattern")
        result = self.module.kinds.result(node) if node is not None and node.type != pattern.type else None
        for part in parts:
            if part.type == "rest_pattern":
                name = self.names.of[kids(part)[0].id].python
                lines.append(f"{name} = js.rest_of({value}, {', '.join(taken)})")
                continue
            key_node, target = part, part
            if part.type == "pair_pattern":
                key_node, target = field(part, "key"), field(part, "value")
            elif part.type == "object_assignment_pattern":
                key_node = field(part, "left")
            if key_node.type == "computed_property_name":
                refuse("a computed key in a pattern")
            key = quoted(string_value(key_node) if key_node.type == "string" else text_of(key_node))
            taken.append(key)
            if node is not None and node.type != pattern.type and self.is_database(node):
                lines += self.bound(target, Py(f"{value.at(ATOM)}.{text_of(key_node)}"))
            elif result is not None and text_of(key_node) in result:
                lines += self.bound(target, Py(f"{value.at(ATOM)}[{key}]"))
            else:
                lines += self.bound(target, call("js.get", value, key))
        return lines

    def _array_pattern(self, pattern: Node, value: Py, node: Node | None) -> list[str]:
        parts = kids(pattern)
        if text_of(pattern).replace(" ", "").startswith("[,") or ",," in text_of(pattern).replace(" ", ""):
            refuse("an array pattern with holes")
        of = self.kind(node) if node is not None and node.type != pattern.type else frozenset()
        lines: list[str] = []
        if not (of and of <= LISTS):
            name = self.spare("items")
            lines.append(f"{name} = list(js.iterate({value}))")
            value = Py(name)
        for index, part in enumerate(parts):
            if part.type == "rest_pattern":
                lines += self.bound(kids(part)[0], Py(f"{value.at(ATOM)}[{index}:]"))
            else:
                lines += self.bound(part, call("js.get", value, str(index)))
        return lines


def _sequence(node: Node | None) -> list[Node]:
    if node is None:
        return []
    node = bare(node)
    return [each for part in kids(node) for each in _sequence(part)] if node.type == "sequence_expression" else [node]


def _body_of(case: Node) -> list[Node]:
    value = case.child_by_field_name("value")
    return [child for child in _children(case) if value is None or child.id != value.id]


def _children(node: Node) -> list[Node]:
    found = list(node.named_children)
    while found and found[-1].type == "comment" and all(child.type == "comment" for child in found):
        found.pop()
    return found
