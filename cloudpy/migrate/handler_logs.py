"""What a handler of the program shows of an error that it does not expect: in the log, or by throwing it on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .nodes import (
    FUNCTIONS,
    arguments_of,
    child_nodes,
    field,
    has,
    maybe_field,
    parameters_of,
    string_value,
    strip,
    text_of,
)
from .syntax import Node

CONSOLE = re.compile(r"console\.(log|info|warn|error|debug)")
_LEAVES = {"return_statement", "break_statement", "continue_statement"}
# How an outcome of statements is called: the error is shown; it may be left before that; neither
_SHOWN, _LEFT, _ON = "shown", "left", "on"
# What only errors of Node, of a service or of the program itself have
_CODES = {"code", "errCode", "errcode", "errno", "status", "statusCode", "response"}
# Parts of an error that its traceback shows
_PARTS = {"message", "stack", "errMsg", "errmsg", "name", "errCode", "errcode", "toString"}
# Keys of a result, and the values that mean a failure
_FALSE_IF_FAILED = {"success", "ok", "isSuccess", "isOk", "status", "result", "succeeded"}
_NUMBERS = {"code", "errCode", "errcode", "errno", "status", "statusCode", "ret"}
_MESSAGES = {"message", "msg", "errMsg", "errmsg", "error", "err", "errMessage", "reason"}
_FAILURE = re.compile("fail|err|invalid|exception|失败|错误|异常|出错|fault", re.IGNORECASE)
# Shorter texts may be in a message of Python's own
_SURELY_OWN = 8


class Handler:
    """A ``catch`` clause, or a function that a promise calls with its error.

    Attributes:
        node: The clause, or the function.
        error: What the error is called; empty where it has no name.
        traced: Ids of the calls of the console that write the traceback.
        added: The statement before which a log of the error is added; None where none is.
        throws: Whether an unexpected error is thrown on; `is_loud`: whether it is, or its traceback is logged.
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self.body = field(node, "body")
        self.error = _parameter(node)
        self._names = {self.error} - {""}
        if self._names:
            self._names |= self._derived()
        self.traced: set[int] = set()
        self.added: Node | None = None
        self.throws = False
        self.is_loud = self._is_loud()

    def mentions(self, node: Node) -> bool:
        """Whether an expression has to do with the error."""
        return any(each.type in _NAMED and text_of(each) in self._names for each in _nodes(node))

    def is_part(self, node: Node) -> bool:
        """Whether an expression gives the error, or what its traceback shows of it, and nothing else."""
        node = strip(node)
        if node.type == "identifier":
            return text_of(node) == self.error != ""
        if node.type == "member_expression":
            return text_of(field(node, "property")) in _PARTS and self.is_part(field(node, "object"))
        if node.type == "call_expression":
            callee, args = strip(field(node, "function")), arguments_of(node)
            if text_of(callee) in ("String", "JSON.stringify"):
                return bool(args) and self.is_part(args[0])
            return not args and text_of(callee).endswith(".toString") and self.is_part(callee)
        if node.type == "binary_expression" and text_of(node.child_by_field_name("operator")) in ("||", "&&", "??"):
            parts = [field(node, "left"), field(node, "right")]
            return self.is_part(parts[0]) and (self.is_part(parts[1]) or parts[1].type == "string")
        if node.type == "ternary_expression":
            return all(self.is_part(field(node, each)) for each in ("consequence", "alternative"))
        return False

    def _derived(self) -> set[str]:
        """Return the names of what is made of the error."""
        found: set[str] = set()
        for each in _nodes(self.body):
            if each.type != "variable_declarator" or field(each, "name").type != "identifier":
                continue
            value = maybe_field(each, "value")
            if value is not None and any(
                part.type in _NAMED and text_of(part) in found | self._names for part in _nodes(value)
            ):
                found.add(text_of(field(each, "name")))
        return found

    # ---- what becomes of an error

    def _is_loud(self) -> bool:
        if self.body.type != "statement_block":
            return self._is_shown_by(self.body, must_mention=True)
        statements = child_nodes(self.body)
        if self._walk(statements, must_mention=True) == _SHOWN:
            return True
        self.traced.clear()
        if self._walk(statements, must_mention=False) == _SHOWN:
            return True
        self.traced = {each.id for each in _nodes(self.body) if _is_console(each) and self.mentions(each)}
        if self.traced or not self._reports():
            return False
        self.added = next((each for each in statements if not self._is_for_known(each)), None)
        return self.added is not None

    def _walk(self, statements: list[Node], *, must_mention: bool) -> str:
        """Return what becomes of an error of Python's own in these statements."""
        for each in statements:
            result = self._step(each, must_mention=must_mention)
            if result != _ON:
                return result
        return _ON

    def _step(self, node: Node, *, must_mention: bool) -> str:
        if node.type == "throw_statement":
            self.throws = True
            return _SHOWN
        if node.type == "return_statement":
            value = child_nodes(node)[0] if child_nodes(node) else None
            return _SHOWN if value is not None and self._is_shown_by(value, must_mention=must_mention) else _LEFT
        if node.type == "expression_statement":
            shown = self._is_shown_by(strip(child_nodes(node)[0]), must_mention=must_mention)
            return _SHOWN if shown else _ON
        if node.type == "statement_block":
            return self._walk(child_nodes(node), must_mention=must_mention)
        if node.type != "if_statement":
            return _LEFT if leaves(node) else _ON
        verdict = self._verdict(field(node, "condition"))
        other = maybe_field(node, "alternative")
        branches = [] if verdict is False else [[field(node, "consequence")]]
        if verdict is not True:
            branches.append(child_nodes(other) if other is not None else [])
        results = {self._walk(each, must_mention=must_mention) for each in branches}
        return results.pop() if len(results) == 1 else _LEFT if _LEFT in results else _ON

    def _is_shown_by(self, node: Node, *, must_mention: bool) -> bool:
        """Whether an expression logs the error, or rejects a promise with it."""
        if node.type != "call_expression":
            return False
        if text_of(node.child_by_field_name("function")) == "reject":
            self.throws = True
            return True
        if not _is_console(node):
            return False
        is_error = text_of(node.child_by_field_name("function")) == "console.error"
        if self.mentions(node) if must_mention else is_error:
            self.traced.add(node.id)
            return True
        return False

    def _is_for_known(self, node: Node) -> bool:
        """Whether a statement does nothing where the error is Python's own."""
        return (
            node.type == "if_statement"
            and maybe_field(node, "alternative") is None
            and self._verdict(field(node, "condition")) is False
        )

    def _verdict(self, node: Node) -> bool | None:
        """Return whether a condition holds for an error of Python's own; None where that is not certain."""
        node = strip(node)
        if node.type == "identifier" and text_of(node) == self.error != "":
            return True
        if node.type == "unary_expression" and has(node, "!"):
            inner = self._verdict(field(node, "argument"))
            return None if inner is None else not inner
        if node.type == "binary_expression":
            return self._of_binary(node)
        if node.type == "call_expression":
            callee, args = strip(field(node, "function")), arguments_of(node)
            is_asked = callee.type == "member_expression" and text_of(field(callee, "property")) == "includes"
            is_own = len(args) == 1 and args[0].type == "string" and _is_own_text(string_value(args[0]))
            return False if is_asked and is_own and self.mentions(field(callee, "object")) else None
        return False if self._is_code(node) else None

    def _of_binary(self, node: Node) -> bool | None:
        sign, left, right = (text_of(node.child_by_field_name("operator")), field(node, "left"), field(node, "right"))
        if sign in ("&&", "||"):
            one, other = self._verdict(left), self._verdict(right)
            deciding = sign == "||"
            return deciding if deciding in (one, other) else None if None in (one, other) else not deciding
        if sign in ("===", "==", "!==", "!=") and self._is_code(left) and _is_literal(right):
            return sign[0] == "!"
        return None

    def _is_code(self, node: Node) -> bool:
        """Whether it reads a code of the error, which Python's own have not."""
        return (
            node.type == "member_expression"
            and text_of(field(node, "property")) in _CODES
            and strip(field(node, "object")).type == "identifier"
            and text_of(strip(field(node, "object"))) == self.error != ""
        )

    # ---- what it says to its caller

    def _reports(self) -> bool:
        """Whether the handler says, in its result or in what it stores, that something has failed."""
        return any(map(self._is_report, _parts_of(self.body)))

    def _is_report(self, node: Node) -> bool:
        if node.type == "pair":
            return _says_failed(_key(node), field(node, "value")) or self.mentions(field(node, "value"))
        if node.type == "assignment_expression":
            left, right = field(node, "left"), field(node, "right")
            key = text_of(field(left, "property")) if left.type == "member_expression" else ""
            return _says_failed(key, right) or self.mentions(right)
        if node.type == "return_statement":
            value = child_nodes(node)[0] if child_nodes(node) else None
            if value is None or value.type == "object":
                return False
            callee = text_of(value.child_by_field_name("function"))
            return self.mentions(value) or _FAILURE.search(callee) is not None
        return node.type == "call_expression" and any(map(self.mentions, arguments_of(node)))


_NAMED = {"identifier", "shorthand_property_identifier"}


def leaves(node: Node) -> bool:
    """Whether a statement may leave what is around it, but for throwing."""
    return node.type in _LEAVES or any(leaves(child) for child in node.named_children if child.type not in FUNCTIONS)


def _parameter(handler: Node) -> str:
    if handler.type == "catch_clause":
        node = maybe_field(handler, "parameter")
    else:
        found = parameters_of(handler)
        node = found[0] if found else None
    if node is not None and node.type == "required_parameter":
        node = field(node, "pattern")
    return text_of(node) if node is not None and node.type == "identifier" else ""


def _nodes(root: Node) -> Iterator[Node]:
    yield root
    for child in root.named_children:
        yield from _nodes(child)


def _parts_of(root: Node) -> Iterator[Node]:
    """Return the nodes of a handler, but for conditions and what is only logged."""
    yield root
    for child in root.named_children:
        if _is_console(child):
            continue
        if root.type == "if_statement" and child.id == root.named_children[0].id:
            continue
        yield from _parts_of(child)


def _is_console(node: Node) -> bool:
    return (
        node.type == "call_expression" and CONSOLE.fullmatch(text_of(node.child_by_field_name("function"))) is not None
    )


def is_printed(node: Node) -> bool:
    """Whether a value is an argument of ``console.log`` and the like."""
    arguments = node.parent
    return arguments is not None and arguments.parent is not None and _is_console(arguments.parent)


def _is_literal(node: Node) -> bool:
    return node.type in ("number", "string") or (node.type == "unary_expression" and has(node, "-"))


def _is_own_text(text: str) -> bool:
    """Whether a string is surely in no message of Python's own."""
    return len(text) >= _SURELY_OWN or not text.isascii()


def _key(pair: Node) -> str:
    key = field(pair, "key")
    return string_value(key) if key.type == "string" else text_of(key)


def _says_failed(key: str, value: Node) -> bool:
    written = text_of(value)
    if value.type == "false":
        return key in _FALSE_IF_FAILED
    if _is_literal(value) and value.type != "string":
        return key in _NUMBERS and written not in ("0", "200")
    return value.type in ("string", "template_string") and key in _MESSAGES and _FAILURE.search(written) is not None
