"""Checks what the inference says of a program: in Node, the value of each expression has one of the kinds claimed."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator

from cloudpy.migrate.inference import Types
from cloudpy.migrate.jstypes import ANY, JsType
from cloudpy.migrate.nodes import field, optional_links, text_of
from cloudpy.migrate.syntax import Node
from tests.migrate.both import HERE, NPM, Snippet

# Expressions whose kinds are not plain from their form
_CHECKED = {
    "array", "assignment_expression", "augmented_assignment_expression", "await_expression", "binary_expression",
    "call_expression", "identifier", "member_expression", "new_expression", "sequence_expression",
    "shorthand_property_identifier", "subscript_expression", "ternary_expression", "this", "unary_expression",
    "update_expression",
}  # fmt: skip
# What a part of such a node names is no value that is read
_NAMES = {
    "assignment_expression": "left", "augmented_assignment_expression": "left", "update_expression": "argument",
    "for_in_statement": "left", "call_expression": "function", "new_expression": "constructor",
    "variable_declarator": "name", "pair": "key", "method_definition": "name", "function_declaration": "name",
    "function_expression": "name", "generator_function_declaration": "name", "class_declaration": "name",
    "class": "name", "field_definition": "property", "assignment_pattern": "left",
    "object_assignment_pattern": "left", "labeled_statement": "label", "arrow_function": "parameter",
}  # fmt: skip
_DECLARING = {
    "formal_parameters", "array_pattern", "object_pattern", "rest_pattern", "pair_pattern", "catch_clause",
    "class_heritage", "break_statement", "continue_statement",
}  # fmt: skip
_CHAINED = {"member_expression", "subscript_expression", "call_expression"}


def wrong(pieces: Iterable[tuple[Snippet, Types]]) -> tuple[list[str], int]:
    """Return what is claimed and is not so, a line each, and how many values were looked at."""
    asked, nodes = [], {}
    for piece, types in pieces:
        nodes[piece.id] = claims = list(_claims(types))
        asked.append({
            "id": piece.id, "source": _checked(types, claims), "events": piece.events,
            "claims": [sorted(type_) for _, type_ in claims],
            "sums": [at for at, (node, _) in enumerate(claims) if _is_loud(node, types)],
        })  # fmt: skip
    done = subprocess.run(
        ["node", str(HERE / "kinds_runner.js")], input=json.dumps(asked), capture_output=True, encoding="utf-8",
        timeout=300, check=True, env={"TZ": "Asia/Shanghai", "PATH": "/usr/bin:/bin:/usr/local/bin", "NODE_PATH": str(NPM)},  # noqa: E501
    )  # fmt: skip
    told, checked = [], 0
    for found in map(json.loads, done.stdout.splitlines()):
        assert not found["isBroken"], found["id"]
        checked += found["checked"]
        for number, kinds in found["wrong"].items():
            node, type_ = nodes[found["id"]][int(number)]
            told.append(f"{found['id']}: {text_of(node)} is {kinds}, not {sorted(type_)}; in {text_of(node.parent)}")
    return told, checked


def _claims(types: Types) -> Iterator[tuple[Node, JsType]]:
    """Yield the expressions of which anything is known."""
    pending = [types.module.root]
    while pending:
        node = pending.pop()
        if node.type in _CHECKED and _is_read(node) and not _is_named(node, types):
            type_ = types.of(node)
            if not type_ >= ANY:
                yield node, type_
        pending += node.named_children


def _is_named(node: Node, types: Types) -> bool:
    """Whether it is a name that the program does not declare, or a call that stands where no other expression can."""
    if node.type == "identifier":
        return node.id not in types.names.of
    return text_of(node).startswith(("module.", "exports", "super", "require("))


def _is_loud(node: Node, types: Types) -> bool:
    """Whether Python raises where it is a text, NaN or undefined: a sum, what a datetime gives, a length."""
    if node.type == "member_expression":
        return text_of(field(node, "property")) == "length"  # of what has none
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "member_expression":
        return types.is_datetime(field(callee, "object"))
    return text_of(node.child_by_field_name("operator")) in ("+", "+=")


def _is_read(node: Node) -> bool:
    """Whether a call may stand in its place."""
    around = node.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    if around is None or around.type in _DECLARING or (around.type in _CHAINED and optional_links(node)):
        return False
    if around.type == "unary_expression" and around.children[0].type in ("delete", "typeof"):
        return False
    named = around.child_by_field_name(_NAMES.get(around.type, "")) if around.type in _NAMES else None
    return named is None or not named.start_byte <= node.start_byte < named.end_byte


def _checked(types: Types, claims: list[tuple[Node, JsType]]) -> str:
    """Return the source with a check around each of these expressions."""
    edits: list[tuple[int, int, int, str]] = []
    for number, (node, _) in enumerate(claims):
        name = f"{text_of(node)}: " if node.type == "shorthand_property_identifier" else ""
        edits.append((node.start_byte, 1, -node.end_byte, f"{name}__kind({number}, ("))
        edits.append((node.end_byte, 0, -node.start_byte, "))"))
    source, at, parts = types.module.root.source, 0, []
    for place, _, _, text in sorted(edits):
        parts += [source[at:place], text.encode()]
        at = place
    return b"".join([*parts, source[at:]]).decode()
