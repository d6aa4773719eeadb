"""Reading and writing keys of values of which little is known, as Python does it.

Where a value may be anything, most programs have an object there. Of an object, ``get`` and brackets do what JavaScript
does; of anything else they raise an error, which is right where nothing hides it.
"""

from __future__ import annotations

import re

from .contents import Contents, is_caller
from .heap import OUTSIDE, PACKAGE, Site
from .jstypes import OBJECTS, JsType, is_open
from .nodes import FUNCTIONS, field, has, strip, text_of
from .syntax import Node

# What programs call errors, of which Python has attributes, and what is read of them: ``err.response``
_ERRORS = re.compile(r"(?:(?:^|[._])(?:e|ex|exc|cause)|err(?:or)?s?\d*|reason|exception)(?=\.|$)", re.IGNORECASE)
# ``let shared = null; try { shared = require('./shared') }``: Python's module has attributes, no keys
_ASSIGNED_MODULE = re.compile(r"^\s*(?:try\s*\{\s*)?\w+\s*=\s*require\(", re.MULTILINE)
# Where undefined is as good as any value
_ASKING = ("||", "&&", "??", "==", "===", "!=", "!==", "in", "instanceof")


def is_taken_for_object(types: Contents, node: Node, type_: JsType, sites: set[Site]) -> bool:
    """Whether the value of a node, which may be anything, is read and written as an object.

    A Map or a Set of js.py raises, too: its ``get`` has one argument.
    """
    facts = types.facts
    return (
        bool(type_ & OBJECTS)
        and not facts.is_open
        and (is_open(type_) or not type_ & {"err", "inst"})
        and facts.is_loud(node)
        and not any(each.kind == PACKAGE for each in sites)
        and not _ERRORS.search(text_of(node))
        and not ("inst" in type_ and any(module.classes.has_instances() for module in facts.files))
        and not ("module" in type_ and any(_ASSIGNED_MODULE.search(module.text) for module in facts.files))
    )


def is_from_outside(types: Contents, sites: set[Site]) -> bool:
    """Whether a value, if it is an object at all, is part of what comes from outside, where undefined is read."""
    reads_undefined = any(".init(" in module.text for module in types.facts.files)
    return reads_undefined and bool(sites) and all(each.kind == OUTSIDE for each in sites)


def is_caller_at_load(sites: set[Site]) -> bool:
    """Whether a value can be what getWXContext() gives where a file is loaded: nobody calls there, and it is empty."""
    return any(is_caller(each) and each.node is not None and _function_around(each.node) is None for each in sites)


def _function_around(node: Node) -> Node | None:
    at = node.parent
    while at is not None and at.type not in FUNCTIONS:
        at = at.parent
    return at


def is_read_on(owner: Node) -> bool:
    """Whether a key of ``owner.name`` is read or set at once, so that undefined there is an error in both."""
    read = owner.parent
    around = read.parent if read is not None else None
    while around is not None and around.type in ("parenthesized_expression", "non_null_expression"):
        around = around.parent
    return (
        read is not None
        and around is not None
        and around.type in ("member_expression", "subscript_expression")
        and not has(around, "optional_chain")
        and strip(field(around, "object")).id == read.id
    )


def is_asked(node: Node) -> bool:
    """Whether a program asks if there is a value: undefined would do as well there."""
    around = node.parent
    while around is not None and around.type in ("parenthesized_expression", "non_null_expression"):
        node, around = around, around.parent
    if around is None or has(around, "optional_chain"):
        return True
    if around.type in ("unary_expression", "if_statement", "while_statement", "do_statement", "for_statement"):
        return True
    if around.type == "ternary_expression":
        return field(around, "condition").id == node.id
    return around.type == "binary_expression" and text_of(field(around, "operator")) in _ASKING


def is_counted(node: Node, index: Node) -> bool:
    """Whether the condition of a loop around says how far an index goes: ``i < …``."""
    at = node.parent
    while at is not None and at.type not in FUNCTIONS:
        test = at.child_by_field_name("condition") if at.type in ("for_statement", "while_statement") else None
        if test is not None and any(_limits(each, text_of(index)) for each in (test, *test.named_children)):
            return True
        at = at.parent
    return False


def _limits(node: Node, name: str) -> bool:
    node = strip(node)
    if node.type == "binary_expression" and text_of(field(node, "operator")) == "&&":
        return any(_limits(field(node, side), name) for side in ("left", "right"))
    return (
        node.type == "binary_expression"
        and text_of(field(node, "operator")) in ("<", "<=")
        and text_of(field(node, "left")) == name
    )


def may_be_place(index: Node, owner: Node) -> bool:
    """Whether a key is one of the places of a list that is gone through: ``for (const i in list) list[i]``."""
    at = index.parent
    while at is not None:
        if at.type == "for_in_statement" and text_of(field(at, "left")) == text_of(index):
            return text_of(field(at, "right")) == text_of(owner)
        at = at.parent
    return False
