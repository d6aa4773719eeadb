"""The default of the event in the source, ``main = async (event = {}) =>``, which no call of the platform needs."""

from __future__ import annotations

import re

from .nodes import FUNCTIONS, field, parameters_of, strip, text_of
from .syntax import parse

_DEFAULT = re.compile(r"\bexports\.main\s*=\s*(?:async\b\s*)?(?:function\b[\s*]*\w*\s*)?\(\s*[^()]*?=\s*\{\s*\}")


def without_event_default(text: str, file: str) -> str:
    """Return a file whose ``exports.main`` takes the event as the platform gives it: always an object.

    With a default, the event would be an object of the program for all that reads it.

    Raises:
        SyntaxProblem: It is not valid JavaScript.
    """
    if not _DEFAULT.search(text) or len(re.findall(r"\bexports\.main\b", text)) > 1:
        return text
    for statement in parse(text, file).named_children:
        assignment = statement.named_children[0] if statement.type == "expression_statement" else None
        if assignment is None or assignment.type != "assignment_expression":
            continue
        function = strip(field(assignment, "right"))
        if text_of(field(assignment, "left")).endswith("exports.main") and function.type in FUNCTIONS:
            event = next(iter(parameters_of(function)), None)
            if event is not None and event.type == "assignment_pattern" and _is_empty(text_of(field(event, "right"))):
                source = text.encode()
                start, end = field(event, "left").end_byte, event.end_byte
                lines = source[start:end].count(b"\n")
                return (source[:start] + b"\n" * lines + source[end:]).decode()
    return text


def _is_empty(code: str) -> bool:
    return code.strip("{} \t\r\n") == ""
