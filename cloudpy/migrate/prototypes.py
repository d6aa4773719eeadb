"""Functions that are called with ``new``, and their prototypes, in the source: classes, on the same lines."""

from __future__ import annotations

import re

from .nodes import child_nodes, field, has, has_value, maybe_field, returns, strip, text_of
from .syntax import Node, parse

_PROTOTYPE = re.compile(r"\b(\w+)\.prototype\b")
# Some make sure of the `new`, which a class demands anyway.
_GUARD = r"if\s*\(\s*!\(this instanceof {name}\)\)\s*\{{?\s*return new {name}\([^()]*\);?\s*\}}?"
_FOR_IN = re.compile(r"\bfor\s*\(\s*(?:(?:var|let|const)\s+)?\w+\s+in\b")
_DECLARATIONS = {"variable_declaration", "lexical_declaration"}
_FUNCTIONS = {"function_expression", "function_declaration"}


class _Unfit(Exception):
    """The function has to stay one."""


def as_classes(text: str, file: str) -> str:
    """Return a file with ``function A() {…}`` and ``A.prototype.b = function () {…}`` as a class with its methods.

    Only where the methods follow the function, all uses are ``new A`` or hand the class on, and no loop over keys
    could find the methods: those of a class are not among them.

    Raises:
        SyntaxProblem: It is not valid JavaScript.
    """
    if not _PROTOTYPE.search(text) or _FOR_IN.search(text):
        return text
    root = parse(text, file)
    edits: list[tuple[int, int, str]] = []
    for name in dict.fromkeys(_PROTOTYPE.findall(text)):
        try:
            edits += _edits(root, name)
        except _Unfit:
            continue
    source = text.encode()
    for start, end, new in sorted(edits, reverse=True):
        source = source[:start] + new.encode() + source[end:]
    return source.decode()


def _edits(root: Node, name: str) -> list[tuple[int, int, str]]:
    statements = root.named_children
    at = next((place for place, each in enumerate(statements) if _made(each, name) is not None), None)
    if at is None:
        raise _Unfit
    function = _made(statements[at], name)
    assert function is not None
    edits = _constructor(statements[at], function, name)
    kept, last = {function.id}, statements[at]
    for each in statements[at + 1 :]:
        method = _method(each, name)
        if method is None and each.type == "comment":
            continue
        if method is None:
            break
        kept.add(method.id)
        edits += _method_edits(each, method)
        last = each
    if last is statements[at]:
        raise _Unfit
    end = last.end_byte
    edits = [each for each in edits if each[0] < end]
    _require_uses(root, name, {each.id for each in statements if _method(each, name) is not None}, last)
    return [*edits, (end, end, " }")]


def _made(statement: Node, name: str) -> Node | None:
    """Return the function that a statement declares with a name."""
    if statement.type == "function_declaration" and text_of(field(statement, "name")) == name:
        return statement
    if statement.type in _DECLARATIONS and len(child_nodes(statement)) == 1:
        declarator = child_nodes(statement)[0]
        value = maybe_field(declarator, "value")
        if text_of(field(declarator, "name")) == name and value is not None and value.type == "function_expression":
            return value
    return None


def _method(statement: Node, name: str) -> Node | None:
    """Return the function of ``name.prototype.method = function () {…}``."""
    if statement.type != "expression_statement":
        return None
    inner = child_nodes(statement)[0]
    if inner.type != "assignment_expression" or field(inner, "left").type != "member_expression":
        return None
    owner = field(field(inner, "left"), "object")
    if text_of(owner).replace(" ", "") != f"{name}.prototype":
        return None
    value = strip(field(inner, "right"))
    return value if value.type == "function_expression" else None


def _constructor(statement: Node, function: Node, name: str) -> list[tuple[int, int, str]]:
    body = field(function, "body")
    if has(function, "async") or has(function, "*"):
        raise _Unfit
    edits = [(statement.start_byte, field(function, "parameters").start_byte, f"class {name} {{ constructor")]
    if function is not statement:  # what follows the function: a semicolon
        edits.append((function.end_byte, statement.end_byte, ""))
    guards = [each for each in child_nodes(body) if re.fullmatch(_GUARD.format(name=name), text_of(each))]
    edits += [(each.start_byte, each.end_byte, "\n" * text_of(each).count("\n")) for each in guards]
    inside = [(each.start_byte, each.end_byte) for each in guards]
    if any(
        has_value(each) and not any(start < each.start_byte < end for start, end in inside) for each in returns(body)
    ):
        raise _Unfit
    return edits


def _method_edits(statement: Node, function: Node) -> list[tuple[int, int, str]]:
    inner = child_nodes(statement)[0]
    key = text_of(field(field(inner, "left"), "property"))
    if not key.isidentifier() or key == "constructor":
        raise _Unfit
    before = "async " if has(function, "async") else ""
    before += "*" if has(function, "*") else ""
    return [
        (statement.start_byte, field(function, "parameters").start_byte, before + key),
        (function.end_byte, statement.end_byte, ""),
    ]


def _require_uses(root: Node, name: str, methods: set[int], last: Node) -> None:
    """Refuse a function that is called without ``new``, or used in another way that a class is not."""

    def walk(node: Node, around: Node | None) -> None:
        if node.type in ("identifier", "shorthand_property_identifier") and text_of(node) == name:
            _require_use(node, name)
        for child in node.named_children:
            if node is root and child.id in methods:
                if child.start_byte > last.end_byte:
                    raise _Unfit  # a method that stands elsewhere
                walk(field(child_nodes(child)[0], "right"), child)
            else:
                walk(child, node)

    walk(root, None)


def _require_use(node: Node, name: str) -> None:
    around = node.parent
    if around is None:
        raise _Unfit
    kind, text = around.type, text_of(around)
    is_named = kind in (*_FUNCTIONS, "variable_declarator") and around.child_by_field_name("name") is node
    is_made = kind == "new_expression" and field(around, "constructor") is node
    is_compared = kind == "binary_expression" and has(around, "instanceof") and field(around, "right") is node
    is_exported = kind in ("pair", "object", "export_statement", "export_specifier") or (
        kind == "assignment_expression" and re.match(r"(?:module\.)?exports\b", text) is not None
    )
    if not (is_named or is_made or is_compared or is_exported):
        raise _Unfit
