"""Lengths of what may be a string or a list: which of them it is, by what the program does with it."""

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
# Methods of lists alone, and of strings alone
_OF_LISTS = "map|filter|some|every|find|findIndex|forEach|reduce|push|pop|shift|unshift|splice|sort|reverse|join|flat"
_OF_TEXTS = "trim|trimStart|trimEnd|toUpperCase|toLowerCase|startsWith|endsWith|split|replace|replaceAll|substring"
_OF_TEXTS += "|substr|charAt|charCodeAt|padStart|padEnd|match"
# What has such a name, from outside, has items
_PLURAL = re.compile(r"(?:list|arr|array|ids|[a-z]{2,}[^suia\W]s)$", re.IGNORECASE)


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


def is_taken_for_text(module: Module, owner: Node) -> bool:
    """Whether the program calls methods of strings on a value, or has a string in its place, and never one of lists."""
    return _is_used(module, owner, _OF_TEXTS, "''|\"\"") and not _is_used(module, owner, _OF_LISTS, r"\[")


def is_taken_for_list(module: Module, owner: Node) -> bool:
    """Whether the program calls methods of lists on a value, has a list in its place, or goes over it."""
    name = re.escape(text_of(_named(owner)))
    if _is_used(module, owner, _OF_TEXTS, "''|\"\"") or re.search(rf"typeof {name}\b", module.text):
        return False
    is_walked = re.search(rf"\bof {name}\)|\[\s*\.\.\.{name}\b|isArray\({name}\)", module.text)
    return (
        _is_used(module, owner, _OF_LISTS, r"\[")
        or is_walked is not None
        or has_objects(module, _named(owner))
        or _PLURAL.search(text_of(_named(owner))) is not None
    )


def _named(owner: Node) -> Node:
    """Return ``x`` of ``(x || [])``."""
    owner = strip(owner)
    return strip(field(owner, "left")) if owner.type == "binary_expression" else owner


def _is_used(module: Module, owner: Node, methods: str, default: str) -> bool:
    """Whether a method is called on a value, or a literal stands for it where it is missing."""
    name = re.escape(text_of(_named(owner)))
    return (
        re.search(rf"(?<![\w.$]){name}\??\.(?:{methods})\(", module.text) is not None
        or re.search(rf"(?<![\w.$]){name}\s*(?:=|\|\||=[^;\n]*\|\|)\s*(?:{default})", module.text) is not None
    )


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
