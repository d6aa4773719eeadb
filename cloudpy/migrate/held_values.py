"""What kinds of values a file lets into its helpers: others are not copied into ``js.py``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .module import Module
from .nodes import FUNCTIONS, child_nodes, field, text_of
from .syntax import Node, walk
from .variables import Variable

# What an error may be inside of on its way into the result
_AROUND = ("identifier", "shorthand_property_identifier", "pair", "object", "array", "new_expression")
_ERROR = re.compile(r"e|err|error|ex|exception|reason|fail\w*", re.IGNORECASE)
# Where bytes may come from; WeChat's APIs for messages and checks of texts give none
_BYTES = re.compile(
    r"\bBuffer\b|fileContent|downloadFile|arraybuffer|\bencoding\b|Uint8Array"
    r"|\bopenapi\b(?!\.(?:security|subscribeMessage|templateMessage|uniformMessage|customerServiceMessage)\b)"
    r"|(?:require\(|from )\s*['\"](?!\.|wx-server-sdk|tcb-router|moment|dayjs|lodash|axios|request)"
)

_MODULES = re.compile(
    r"(?:require|import)\(\s*(?!['\"]wx-server-sdk)|\bfrom\s*['\"](?!wx-server-sdk)|\bexports\b(?!\.main\s*=)"
)


def held_values(module: Module) -> set[str]:
    """Return where errors, bytes and modules may be met.

    ``error.caught`` is that properties of an error are read, ``error.returned`` that one becomes part of the result,
    ``error.any``, ``bytes.any`` and ``module.any`` that they may be anywhere. A helper without
    what it needs for them raises.
    """
    kinds = {"bytes.any"} if _BYTES.search(module.text) else set()
    kinds |= {"module.any"} if _MODULES.search(module.text) else set()
    for node in walk(module.root):
        kinds |= set(_of(node, module))
    return kinds


def _of(node: Node, module: Module) -> Iterator[str]:
    if node.type == "catch_clause" or node.type in FUNCTIONS:
        variable = _error(node, module)
        for read in variable.reads if variable is not None else ():
            is_message = node.type == "catch_clause" and _is_message(read)  # which is written as str(error)
            yield from () if is_message else _of_read(read, module)
    elif node.type == "call_expression" and text_of(field(node, "function")).endswith((".catch", ".then")):
        handlers = child_nodes(field(node, "arguments"))
        handlers = handlers if text_of(field(node, "function")).endswith(".catch") else handlers[1:]
        if any(each.type not in FUNCTIONS and not text_of(each).startswith("console.") for each in handlers):
            yield "error.any"
    elif node.type == "new_expression" and text_of(field(node, "constructor")).endswith("Error"):
        yield from _of_read(node, module)
    elif (node.type == "class_heritage" and text_of(node).endswith("Error")) or text_of(node) in (
        "allSettled",
        "promisify",
    ):
        yield "error.any"


def _error(node: Node, module: Module) -> Variable | None:
    """Return the parameter of a ``catch``, or the first one of a function where it is an error."""
    inner = node.child_by_field_name("parameter")
    if inner is None:
        parameters = node.child_by_field_name("parameters")
        inner = next(iter(child_nodes(parameters)), None) if parameters is not None else None
    if inner is not None and inner.type in ("required_parameter", "optional_parameter"):
        inner = field(inner, "pattern")
    if inner is None or inner.type != "identifier":
        return None
    is_handler = node.type == "catch_clause" or _is_handler(node) or _ERROR.fullmatch(text_of(inner))
    return module.names.of.get(inner.id) if is_handler else None


def _is_message(node: Node) -> bool:
    around = node.parent
    is_member = around is not None and around.type == "member_expression"
    return is_member and text_of(around).endswith((".message", ".stack"))


def _is_handler(node: Node) -> bool:
    """Whether a function is what ``.catch`` or the second place of ``.then`` gets."""
    call = node.parent.parent if node.parent is not None and node.parent.type == "arguments" else None
    if call is None or call.type != "call_expression":
        return False
    is_first = child_nodes(field(call, "arguments"))[0] is node
    return text_of(field(call, "function")).endswith(".catch" if is_first else (".catch", ".then"))


def _of_read(node: Node, module: Module) -> Iterator[str]:
    """Yield what an error that is read there is used for."""
    around = node.parent
    while around is not None and around.type in ("parenthesized_expression", "await_expression", "as_expression"):
        node, around = around, around.parent
    if around is None or around.type in ("throw_statement", "expression_statement", "if_statement"):
        return
    kind = around.type
    if kind == "member_expression":
        yield "error.any" if text_of(field(around, "property")) == "toString" else "error.caught"
    elif kind == "arguments" and around.parent is not None:
        callee = text_of(around.parent.child_by_field_name("function"))
        if not callee.startswith("console.") and callee not in ("reject", "Promise.reject"):
            yield "error.any"
    elif node.type == "new_expression" and kind == "variable_declarator" and field(around, "name").type == "identifier":
        for read in module.names.of[field(around, "name").id].reads:
            yield from _of_read(read, module)
    elif not _is_test(around, node):
        yield "error.returned" if _is_result(node, module) else "error.any"


def _is_test(around: Node, node: Node) -> bool:
    """Whether a value is only asked for its truth or its class there."""
    if around.type == "binary_expression":
        is_test = text_of(field(around, "operator")) in ("&&", "instanceof")
        return is_test and field(around, "left").id == node.id
    if around.type == "ternary_expression":
        return field(around, "condition").id == node.id
    return around.type == "unary_expression"


def _is_result(node: Node, module: Module) -> bool:
    """Whether a value becomes part of what ``main`` returns."""
    at: Node | None = node
    while at is not None and at.type in _AROUND:
        at = at.parent
    if at is None or at.type != "return_statement":
        return False
    while at is not None and at.type not in FUNCTIONS:
        at = at.parent
    return at is not None and module.main is not None and at.id == module.main.id
