"""Loops over all matches of a regular expression."""

from __future__ import annotations

from typing import NamedTuple

from .context import Part
from .jstypes import TEXTS
from .nodes import arguments_of, child_nodes, field, string_value, strip, text_of
from .syntax import Node
from .variables import Variable


class Walk(NamedTuple):
    """``while ((found = pattern.exec(text)) !== null)``.

    Attributes:
        is_used_after: Whether the last match, null, is read outside of the loop.
    """

    found: Variable
    pattern: Node
    text: Node
    is_used_after: bool


def walk_of(part: Part, node: Node) -> Walk | None:
    """Return what a ``while`` goes through; None unless it does nothing else with the regular expression."""
    test = field(node, "condition")
    if test.type == "binary_expression" and field(test, "right").type == "null":
        test = field(test, "left") if text_of(test.child_by_field_name("operator")) in ("!==", "!=") else test
    if test.type != "assignment_expression" or field(test, "left").type != "identifier":
        return None
    found, value = part.variable_of(field(test, "left")), field(test, "right")
    callee = field(value, "function") if value.type == "call_expression" else value
    if callee.type != "member_expression" or text_of(field(callee, "property")) != "exec" or found is None:
        return None
    pattern, args = part.variable_of(field(callee, "object")), arguments_of(value)
    if pattern is None or len(args) != 1 or args[0].type != "identifier" or len(pattern.reads) != 1 or pattern.writes:
        return None
    flags = flags_of(pattern)
    text = part.variable_of(args[0])
    if "g" not in flags or "y" in flags or text is None or text.writes or not part.type_of(args[0]):
        return None
    if not part.type_of(args[0]) <= TEXTS or len(found.writes) != 1 or found.value is not None:
        return None
    if part.names.scope_of(node) is not pattern.scope:
        return None  # it may begin where an earlier loop stopped
    outside = any(not node.start_byte <= read.start_byte < node.end_byte for read in found.reads)
    return Walk(found, field(callee, "object"), args[0], outside or bool(found.inside))


def flags_of(variable: Variable) -> str:
    """Return the flags of a constant that is a regular expression; empty for any other, and where it has none."""
    return (regex_flags(variable.value) or "") if variable.value is not None and variable.is_constant else ""


def regex_flags(value: Node) -> str | None:
    """Return the flags of a literal, or of ``new RegExp(text, "g")``; None for anything else."""
    value = strip(value)
    if value.type == "regex":
        parts = child_nodes(value)
        return text_of(parts[1]) if len(parts) > 1 else ""
    if value.type != "new_expression" or text_of(field(value, "constructor")) != "RegExp":
        return None
    args = arguments_of(value)
    if len(args) == 2 and args[1].type == "string" and set(string_value(args[1])) <= set("gi"):
        return string_value(args[1])
    return "" if len(args) == 1 else None


def keeps_position(part: Part, name: Node) -> bool:
    """Whether a regular expression is a constant whose ``exec`` and ``test`` go on where they stopped."""
    variable = part.variable_of(name)
    flags = flags_of(variable) if variable is not None else ""
    if variable is None or "y" in flags:
        return "y" in flags
    uses = [read.parent for read in variable.reads if read.parent is not None]
    named = {text_of(use.child_by_field_name("property")) for use in uses}
    if "g" not in flags or not named & {"exec", "test", "lastIndex"}:
        return False
    loop: Node | None = uses[0]
    while loop is not None and loop.type not in ("while_statement", "statement_block"):
        loop = loop.parent
    return loop is None or loop.type != "while_statement" or walk_of(part, loop) is None
