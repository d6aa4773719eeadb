"""Lengths of what may be a string or a list, asked to see whether it is empty: in both languages they tell the same."""

from __future__ import annotations

import re

from .catalog import METHODS
from .jstypes import JSON, LISTS, NUMBERS, TEXTS, JsType, js_type
from .module import Module
from .nodes import field, strip, text_of
from .syntax import Node

# Of what comes from outside: strings and lists have a length, an object has none in JavaScript
_OF_JSON = JSON | LISTS | NUMBERS | js_type("ascii date")
_ASKING = ("if_statement", "while_statement", "ternary_expression")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_WHETHER_EMPTY = {(sign, "0") for sign in (">", "===", "!==", "==", "!=", "<=")} | {("<", "1"), (">=", "1")}


def may_be_text_or_list(module: Module, owner: Node, type_: JsType) -> bool:
    """Whether a value from outside may be both, and the program does not take it for an object."""
    if not (type_ & TEXTS and type_ & LISTS and type_ <= _OF_JSON):
        return False
    name = re.escape(text_of(owner))
    used = set(re.findall(rf"(?<![\w.$]){name}\??\.(\w+)", module.text))
    return used <= METHODS.keys() | {"length"} and not re.search(
        rf"\{{\s*\.\.\.{name}\b|Object\.\w+\({name}\b|\bin {name}\b", module.text
    )


def has_objects(module: Module, owner: Node) -> bool:
    """Whether the program reads keys of the items of a value: it is a list, or the program fails."""
    name = re.escape(text_of(owner))
    found = set(re.findall(rf"(?<![\w.$]){name}\[\w+\]\.(\w+)", module.text))
    return bool(found - METHODS.keys() - {"length"})


def tells_emptiness(node: Node) -> bool:
    """Whether a length is compared with 0, or is a condition."""
    around = node.parent
    while around is not None and strip(around).id == node.id:
        around = around.parent
    if around is None:
        return False
    if around.type == "binary_expression":
        sign, left, right = text_of(field(around, "operator")), field(around, "left"), field(around, "right")
        if sign in ("&&", "||"):
            return (sign == "&&" and strip(left).id == node.id) or tells_emptiness(around)
        if strip(left).id == node.id:
            return (sign, text_of(right)) in _WHETHER_EMPTY
        return (_TURNED.get(sign, sign), text_of(left)) in _WHETHER_EMPTY
    if around.type == "unary_expression":
        return around.children[0].type == "!"
    return around.type in _ASKING and strip(field(around, "condition")).id == node.id
