"""Callbacks of promises: their parts, what they declare, and whether what they give may be a promise."""

from __future__ import annotations

import re

from .nodes import (
    FUNCTIONS,
    arguments_of,
    child_nodes,
    field,
    is_generator,
    optional_links,
    parameters_of,
    strip,
    text_of,
)
from .syntax import Node

_OPENAPI = re.compile(r"\w+\.openapi(?:\.\w+)+")
_COMPARED = re.compile(r"(?:_|\w+\.command)\.(?:eq|neq|gt|gte|lt|lte)")
_KEPT = re.compile(r"/\*.*?\*/|//[^\n]*|\n", re.DOTALL)
_NAMES = {"identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"}
_NO_PROMISE = {
    "object",
    "array",
    "string",
    "number",
    "template_string",
    "true",
    "false",
    "null",
    "undefined",
    "update_expression",
    "arrow_function",
    "function_expression",
    "regex",
    "await_expression",
}
_PLAIN = _NO_PROMISE - {"object", "array", "template_string", "update_expression", "await_expression"}
# What the SDK refuses at once, where it is given something else: strings and numbers, an object
_FIXED = {"collection", "doc", "limit", "skip", "orderBy"}
_DESCRIBED = {"where", "field", "add", "update", "set", "callFunction"}


class Unfit(Exception):
    """A chain that stays as it is."""


def parts_of(function: Node) -> tuple[Node | None, Node]:
    """Return the parameter of a callback, and its body."""
    if function.type not in ("arrow_function", "function_expression") or is_generator(function):
        raise Unfit
    parameters, body = parameters_of(function), function.child_by_field_name("body")
    if (
        body is None
        or len(parameters) > 1
        or (parameters and parameters[0].type not in ("identifier", "object_pattern", "array_pattern"))
    ):
        raise Unfit
    if not is_plain_function(function):
        raise Unfit
    body = body if body.type == "statement_block" else strip(body)
    if "var" in declared_in(body):
        raise Unfit
    return (parameters[0] if parameters else None), body


def is_plain_function(function: Node) -> bool:
    """Whether its body means the same without the function around."""
    if function.type == "arrow_function":
        return True
    is_bound = function.child_by_field_name("name") is not None or is_generator(function)
    return not is_bound and not _mentions(field(function, "body"), {"this", "super"}, {"arguments"})


def _mentions(node: Node, types: set[str], names: set[str]) -> bool:
    if node.type in types or (node.type == "identifier" and node.text in names):
        return True
    return any(_mentions(child, types, names) for child in node.named_children)


def sets(node: Node, names: set[str]) -> bool:
    """Whether a body gives one of its names another value."""
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        if names_in(field(node, "left")) & names:
            return True
    elif node.type == "update_expression" and names_in(node) & names:
        return True
    return any(sets(child, names) for child in node.named_children)


def has_functions(node: Node) -> bool:
    return any(child.type in FUNCTIONS or has_functions(child) for child in node.named_children)


def identifiers(node: Node) -> list[Node]:
    found = [node] if node.type in _NAMES else []
    for child in node.named_children:
        found += identifiers(child)
    return found


def names_in(node: Node) -> set[str]:
    return {each.text for each in identifiers(node)}


def declared_in(node: Node) -> set[str]:
    """Return the names that a body declares, without those of functions in it; ``var`` if one is a ``var``."""
    names: set[str] = set()
    for child in node.named_children:
        if child.type == "variable_declaration":
            names.add("var")
        if child.type == "variable_declarator":
            names |= names_in(field(child, "name"))
        if child.type in ("for_in_statement", "catch_clause"):
            names |= {each.text for each in identifiers(child.named_children[0])}
        if child.type not in FUNCTIONS:
            names |= declared_in(child)
    return names


def begins_chain(name: Node) -> bool:
    """Whether a name is the first of a chain of properties and calls."""
    around = name.parent
    if around is None or around.type not in ("member_expression", "subscript_expression"):
        return around is not None and around.type in ("arrow_function", "parenthesized_expression")
    return field(around, "object").id == name.id


def may_be_promise(value: Node, parameter: str) -> bool:
    """Whether a value may be a promise; what is read of a result is not one."""
    value = strip(value)
    if value.type in _NO_PROMISE:
        return False
    if value.type == "unary_expression" or value.text.startswith("console."):
        return False
    if value.type == "binary_expression":
        if text_of(value.child_by_field_name("operator")) not in ("&&", "||", "??"):
            return False
        return any(may_be_promise(field(value, side), parameter) for side in ("left", "right"))
    if value.type == "ternary_expression":
        return any(may_be_promise(field(value, side), parameter) for side in ("consequence", "alternative"))
    if value.type in ("member_expression", "subscript_expression"):
        at = value
        while at.type in ("member_expression", "subscript_expression"):
            at = field(at, "object")
        return at.type != "identifier" or at.text != parameter
    return value.type != "identifier" or value.text not in (parameter, "undefined")


def settled(value: Node, parameter: str) -> str:
    """Write a value of a callback, awaited if it may be a promise."""
    value = strip(value)
    return f"await {grouped(value)}" if may_be_promise(value, parameter) else value.text


def grouped(value: Node) -> str:
    simple = value.type in (
        "call_expression",
        "identifier",
        "member_expression",
        "subscript_expression",
        "new_expression",
    )
    return value.text if simple else f"({value.text})"


def comments_of(text: str) -> str:
    return "".join(_KEPT.findall(text))


def comments_between(before: Node, after: Node) -> str:
    """Return the comments and the ends of lines between two nodes."""
    return _between(before, before.end_byte, after.start_byte)


def comments_after(function: Node, call: Node) -> str:
    return _between(call, function.end_byte, call.end_byte)


def _between(node: Node, start: int, end: int) -> str:
    return comments_of(node.source[start:end].decode())


def cannot_throw(base: Node, asyncs: set[str]) -> bool:
    """Whether a call surely gives a promise: an async function, a query without values that the SDK may refuse."""
    if base.type == "identifier":
        return True
    if base.type != "call_expression" or not all(map(is_safe, arguments_of(base))):
        return False
    callee, args = strip(field(base, "function")), arguments_of(base)
    if callee.type == "identifier":
        return callee.text in asyncs
    if callee.type != "member_expression":
        return False
    name, owner = text_of(field(callee, "property")), field(callee, "object")
    if name in _FIXED and not all(each.type in ("string", "number") for each in args):
        return False
    if name in _DESCRIBED and [each.type for each in args] != ["object"]:
        return False
    if name == "where" and not _has_literal(args[0]):  # refused at once where all of its values are undefined
        return False
    if _OPENAPI.fullmatch(callee.text) or name == "callFunction" or name == "collection":
        return owner.type in ("identifier", "member_expression")
    if name in _FIXED | _DESCRIBED | {"get", "count", "remove"}:
        return owner.type == "identifier" or cannot_throw(owner, asyncs)
    return False


def _has_literal(condition: Node) -> bool:
    values = [field(each, "value") for each in child_nodes(condition) if each.type == "pair"]
    known = ("string", "number", "true", "false")
    return not child_nodes(condition) or any(each.type in known or _is_comparison(each) for each in values)


def _is_comparison(value: Node) -> bool:
    """Whether a value is ``_.eq(1)``: a condition of the database, which takes all that it is given."""
    return (
        value.type == "call_expression"
        and _COMPARED.fullmatch(text_of(value.child_by_field_name("function"))) is not None
        and all(map(is_safe, arguments_of(value)))
    )


def is_safe(value: Node) -> bool:
    """Whether to make a value does nothing else, and cannot throw."""
    value = strip(value)
    if value.type in ("object", "array"):
        return all(
            is_safe(field(each, "value"))
            if each.type == "pair" and field(each, "key").type != "computed_property_name"
            else is_safe(each)
            for each in child_nodes(value)
        )
    if value.type == "member_expression":
        return text_of(field(value, "object")) == "event" and not optional_links(value)
    return value.type in _PLAIN | {"identifier", "shorthand_property_identifier"} or _is_comparison(value)


def is_in_try(node: Node, function: Node) -> bool:
    at = node.parent
    while at is not None and at.id != function.id:
        if at.type == "try_statement":
            return True
        at = at.parent
    return False


def goes_to_promise(node: Node) -> bool:
    """Whether a value is in a list that ``Promise.all`` and the like get."""
    at: Node | None = node
    while at is not None and at.type not in FUNCTIONS and not at.type.endswith("_statement"):
        around = at.parent
        if at.type == "arguments" and around is not None and around.type == "call_expression":
            callee = text_of(around.child_by_field_name("function"))
            if callee.startswith("Promise."):
                return True
            if not callee.endswith((".concat", ".filter", ".slice")):
                return False
        at = around
    return False
