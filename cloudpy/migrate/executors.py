"""``new Promise`` whose function settles it at its end, in the source: as the statements in it, with ``return``."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as made

from .callbacks import Unfit, comments_of, declared_in, grouped, identifiers, is_plain_function, may_be_promise
from .nodes import arguments_of, child_nodes, field, maybe_field, parameters_of, returns, strip, text_of
from .syntax import Node

_FUNCTIONS = ("arrow_function", "function_expression")


@dataclass
class _Settled:
    """The calls of ``resolve`` and ``reject``, each with the statement that it is, and the return after it."""

    names: list[str]
    is_awaited: bool
    spans: list[tuple[int, int, str, Node | None]] = made(default_factory=list)
    returns: set[int] = made(default_factory=set)
    is_in_try: bool = False
    must_leave: bool = False

    def settles(self, statement: Node) -> Node | None:
        """Return the call of ``resolve`` or ``reject`` that a statement is."""
        if statement.type not in ("expression_statement", "return_statement") or not child_nodes(statement):
            return None
        call = strip(child_nodes(statement)[0])
        if call.type != "call_expression" or text_of(field(call, "function")) not in self.names:
            return None
        if len(arguments_of(call)) > 1 or any(each.type == "spread_element" for each in arguments_of(call)):
            raise Unfit
        return call

    def walk(self, node: Node) -> None:
        """Note how a statement settles the promise; it must do so in the end."""
        call = self.settles(node)
        if call is not None:
            if self.must_leave and node.type != "return_statement":
                raise Unfit
            self._note(node, call, node.end_byte)
        elif node.type == "statement_block":
            self._sequence(child_nodes(node))
        elif node.type == "if_statement":
            other = maybe_field(node, "alternative")
            if other is None:
                raise Unfit
            self.walk(field(node, "consequence"))
            self.walk(child_nodes(other)[0])
        elif node.type == "try_statement" and maybe_field(node, "finalizer") is None:
            outer, self.is_in_try = self.is_in_try, True
            self.walk(field(node, "body"))
            self.is_in_try = outer
            self.walk(field(field(node, "handler"), "body"))
        else:
            raise Unfit

    def _note(self, node: Node, call: Node, end: int) -> None:
        if node.type == "return_statement":
            self.returns.add(node.id)
        args = arguments_of(call)
        word = "return" if text_of(field(call, "function")) == self.names[0] else "throw"
        is_late = self.is_awaited and bool(args) and may_be_promise(args[0], "")
        if self.is_in_try and (word == "throw" or is_late):
            raise Unfit  # its own handler would get it
        self.spans.append((node.start_byte, end, word, args[0] if args else None))

    def _sequence(self, statements: list[Node]) -> None:
        if len(statements) > 1 and statements[-1].type == "return_statement" and not child_nodes(statements[-1]):
            call = self.settles(statements[-2])
            if call is None:
                raise Unfit
            self._note(statements[-2], call, statements[-1].end_byte)
            self.returns.add(statements[-1].id)
            statements = statements[:-2]
        elif statements:
            self.walk(statements[-1])
            statements = statements[:-1]
        else:
            raise Unfit
        for each in statements:
            if each.type == "if_statement" and maybe_field(each, "alternative") is None and self._is_in(each):
                outer, self.must_leave = self.must_leave, True
                self.walk(field(each, "consequence"))
                self.must_leave = outer

    def _is_in(self, node: Node) -> bool:
        return any(each.text in self.names for each in identifiers(node))


def statements_of(promise: Node, *, is_awaited: bool) -> str:
    """Write ``return new Promise(…)`` as the statements of its function.

    Raises:
        Unfit: It is settled anywhere but at the end of these, or not always.
    """
    if text_of(promise.child_by_field_name("constructor")) != "Promise" or len(arguments_of(promise)) != 1:
        raise Unfit
    function = arguments_of(promise)[0]
    names = [text_of(each) for each in parameters_of(function)] if function.type in _FUNCTIONS else []
    body = function.child_by_field_name("body")
    if body is None or not 1 <= len(names) <= 2 or not is_plain_function(function) or "var" in declared_in(body):
        raise Unfit
    if body.type != "statement_block" or any(each.type == "function_declaration" for each in child_nodes(body)):
        raise Unfit
    found = _Settled(names, is_awaited)
    found.walk(body)
    used = sum(each.text in names for each in identifiers(body))
    if used != len(found.spans) + sum(_uses(value, names) for *_, value in found.spans):
        raise Unfit
    if any(_uses(value, names) for *_, value in found.spans) or {each.id for each in returns(body)} - found.returns:
        raise Unfit
    source, at, text = body.source, body.start_byte + 1, ""
    for start, end, word, value in sorted(found.spans, key=lambda span: span[:2]):
        text += source[at:start].decode()
        shown = "undefined" if value is None else grouped(value)
        if word == "return" and is_awaited and value is not None and may_be_promise(value, ""):
            shown = f"await {shown}"
        parts = [(start, end)] if value is None else [(start, value.start_byte), (value.end_byte, end)]
        text += f"{word} {shown};{''.join(comments_of(source[one:other].decode()) for one, other in parts)}"
        at = end
    before = comments_of(source[promise.start_byte : body.start_byte].decode())
    after = comments_of(source[body.end_byte : promise.end_byte].decode())
    return f"{{ {before}{text}{source[at : body.end_byte - 1].decode()} }}{after}"


def _uses(value: Node | None, names: list[str]) -> int:
    return sum(each.text in names for each in identifiers(value)) if value is not None else 0
