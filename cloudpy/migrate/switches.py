"""``switch``: an ``if`` for each case."""

from __future__ import annotations

from collections.abc import Callable

from .code import AND, COMPARE, TERNARY, Py, indented
from .context import Context, Part
from .diagnostics import Untranslated
from .jstypes import NUMBERS, TEXTS, js_type
from .jumps import Loop
from .nodes import FUNCTIONS, LOOPS, always_ends, child_nodes, field, maybe_field, text_of
from .operators import Operators
from .syntax import Node

# Lines that are written twice, where a case goes on into the next
_MAX_REPEATED = 30
_OWN_BREAK = LOOPS | FUNCTIONS | {"switch_statement", "class_body"}


class Switches(Part):
    """Write ``switch``."""

    def __init__(self, context: Context, operators: Operators) -> None:
        super().__init__(context)
        self.operators = operators
        context.statements["switch_statement"] = self._switch_statement

    def _switch_statement(self, node: Node) -> list[str]:
        value, cases = field(node, "value"), child_nodes(field(node, "body"))
        lines: list[str] = []
        subject: Py | None = None
        is_fixed = value.type in ("true", "string", "number")
        if not self.is_pure(value) or (not is_fixed and any(map(self._has_effects, cases))):
            name = self.unique_name("case")
            lines.append(f"{name} = {self.expr(value)}")
            subject = Py(name)
        groups: list[tuple[list[Node], list[Node]]] = []
        tests: list[Node] = []
        bodies = [_body_of(case) for case in cases]
        repeated = 0
        for at, case in enumerate(cases):
            tests.append(case)
            if not bodies[at] and at < len(cases) - 1:
                continue
            body = list(bodies[at])
            last = at
            while last < len(cases) - 1 and not _ends(body):
                last += 1
                body += bodies[last]
                repeated += sum(each.end_row - each.row + 1 for each in bodies[last])
            groups.append((tests, body))
            tests = []
        if repeated > _MAX_REPEATED:
            raise Untranslated("a case that falls through to long ones")
        if all(_is_plain(body) for _, body in groups):
            return lines + self._chain(subject, value, groups, self._flow)
        loop = Loop(is_block=True, is_switch=True)
        self.context.loops.append(loop)
        try:
            inner = self._chain(subject, value, groups, self._all)
        finally:
            self.context.loops.pop()
        around = self.context.loops[-1] if self.context.loops else None
        return lines + loop.framed(["while True:", *indented([*inner, "break"])], around)

    def _chain(
        self,
        subject: Py | None,
        value: Node,
        groups: list[tuple[list[Node], list[Node]]],
        write: Callable[[list[Node]], list[str]],
    ) -> list[str]:
        lines: list[str] = []
        word, otherwise = "if", None
        for tests, body in groups:
            if any(test.type == "switch_default" for test in tests):
                if any(map(self._has_effects, tests)):
                    raise Untranslated("a case beside default whose value has side effects")
                otherwise = write(body)
                continue
            lines += [f"{word} {self._test(subject, value, tests)}:", *indented(write(body))]
            word = "elif"
        if otherwise is not None:
            lines += ["else:", *indented(otherwise)] if lines else otherwise
        return lines

    def _all(self, body: list[Node]) -> list[str]:
        """Write statements, a ``break`` as what it is in Python."""
        return [line for each in body for line in self.statement_lines(each)]

    def _has_effects(self, case: Node) -> bool:
        """Whether a case's own value may change what the switch looks at."""
        test = maybe_field(case, "value")
        return test is not None and not self.is_pure(test)

    def _test(self, subject: Py | None, value: Node, tests: list[Node]) -> str:
        expected = [field(test, "value") for test in tests]
        code = subject or self.operators.nullish(value)
        if all(each.type == "string" for each in expected):
            if len(expected) == 1:
                return f"{code.at(COMPARE + 1)} == {self.expr(expected[0])}"
            texts = ", ".join(str(self.expr(each)) for each in expected)
            is_text = self.type_of(value) and self.type_of(value) <= TEXTS
            return (
                f"{code.at(COMPARE + 1)} in ({texts})"
                if is_text
                else " or ".join(f"{code.at(COMPARE + 1)} == {self.expr(each)}" for each in expected)
            )
        is_bool = all(self.type_of(each) == js_type("bool") for each in expected)
        if text_of(value) == "true" and subject is None and is_bool:
            return " or ".join(self.operators.condition(each).at(TERNARY + 2) for each in expected)
        exact = subject or self.expr(value)
        same = self.type_of(value) and self.type_of(value) <= NUMBERS
        if same and all(each.type == "number" for each in expected):
            return " or ".join(f"{exact.at(COMPARE + 1)} == {self.expr(each)}" for each in expected)
        return " or ".join(self.operators.equality.strict(value, each, exact).at(AND) for each in expected)

    def _flow(self, body: list[Node]) -> list[str]:
        """Write statements up to a ``break``; what follows an ``if`` with one becomes its other branch."""
        lines: list[str] = []
        for at, each in enumerate(body):
            rest = body[at + 1 :]
            if each.type == "break_statement" and not child_nodes(each):
                return lines
            if each.type == "statement_block":
                return lines + self._flow([*each.named_children, *rest])
            if each.type == "if_statement" and _has_break(each):
                return lines + self._branches(each, rest)
            lines += self.statement_lines(each)
            if always_ends(each):
                return lines
        return lines

    def _branches(self, node: Node, rest: list[Node]) -> list[str]:
        test = self.operators.condition(field(node, "condition"))
        other = maybe_field(node, "alternative")
        yes, no = [field(node, "consequence")], child_nodes(other)[:1] if other is not None else []
        if self.context.prelude:
            raise Untranslated("a function in a condition before a break")
        then = self._flow(yes if _ends(yes) else [*yes, *rest])
        otherwise = self._flow(no if _ends(no) else [*no, *rest])
        return [f"if {test}:", *indented(then), *(["else:", *indented(otherwise)] if otherwise else [])]


def _is_plain(body: list[Node]) -> bool:
    """Whether branches alone do what the breaks of a case do."""
    for at, each in enumerate(body):
        rest = body[at + 1 :]
        if each.type == "break_statement" and not child_nodes(each):
            return True
        if each.type == "statement_block":
            return _is_plain([*child_nodes(each), *rest])
        if not _has_break(each):
            continue
        if each.type != "if_statement":
            return False
        other = maybe_field(each, "alternative")
        yes, no = [field(each, "consequence")], child_nodes(other)[:1] if other is not None else []
        if rest and not _ends(yes) and not _ends(no):
            return False
        return _is_plain(yes if _ends(yes) else [*yes, *rest]) and _is_plain(no if _ends(no) else [*no, *rest])
    return True


def _has_break(node: Node) -> bool:
    """Whether a statement has a ``break`` of the switch around it."""
    if node.type == "break_statement":
        return not child_nodes(node)
    return any(_has_break(child) for child in node.named_children if child.type not in _OWN_BREAK)


def _ends(body: list[Node]) -> bool:
    """Whether nothing goes on after these statements."""
    for each in body:
        if each.type in ("break_statement", "continue_statement") or always_ends(each):
            return True
        if each.type == "statement_block" and _ends(child_nodes(each)):
            return True
        if each.type == "if_statement":
            other = maybe_field(each, "alternative")
            if other is not None and _ends([field(each, "consequence")]) and _ends(child_nodes(other)[:1]):
                return True
    return False


def _body_of(case: Node) -> list[Node]:
    value = case.child_by_field_name("value")
    return [child for child in _children(case) if value is None or child.id != value.id]


def _children(node: Node) -> list[Node]:
    result = list(node.named_children)
    while result and result[-1].type == "comment" and all(child.type == "comment" for child in result):
        result.pop()
    return result
