"""JavaScript and TypeScript as trees, read by tree-sitter, and what their nodes are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .tree import Node, copied

if TYPE_CHECKING:
    import tree_sitter

FUNCTIONS = {
    "arrow_function",
    "function_expression",
    "function_declaration",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
}
LOOPS = {"for_statement", "for_in_statement", "while_statement", "do_statement"}
# What TypeScript adds and what is nothing when the program runs.
TYPESCRIPT = (".ts", ".mts", ".cts")
TYPES = {
    "type_annotation",
    "type_arguments",
    "type_parameters",
    "interface_declaration",
    "type_alias_declaration",
    "ambient_declaration",
    "accessibility_modifier",
}


class SyntaxProblem(Exception):
    """A file that is no JavaScript, or none that the grammar knows.

    Attributes:
        file: as it was given.
        line: from 1.
        why: what was expected there, and what was found.
    """

    def __init__(self, file: str, line: int, why: str) -> None:
        super().__init__(f"{file}:{line}: {why}")
        self.file = file
        self.line = line
        self.why = why


class Missing(Exception):
    """tree-sitter or one of its grammars is not installed; the message says what to install."""


def parse(text: str, file: str) -> Node:
    """Return the root of the tree of a file; ``.ts`` is read as TypeScript.

    Raises:
        SyntaxProblem: with the first line that cannot be read.
        Missing: the extra ``migrate`` is not installed.
    """
    try:
        import tree_sitter

        if file.endswith(TYPESCRIPT):
            import tree_sitter_typescript

            language = tree_sitter_typescript.language_typescript()
        else:
            import tree_sitter_javascript

            language = tree_sitter_javascript.language()
    except ImportError:
        raise Missing(
            "cloudpy migrate reads JavaScript with tree-sitter, which is not installed: pip install 'wx-cloudpy[migrate]'"  # noqa: E501
        ) from None
    source = text.encode()
    tree = tree_sitter.Parser(tree_sitter.Language(language)).parse(source)
    if tree.root_node.has_error:
        bad = _first_error(tree.root_node)
        written = (bad.text or b"").decode("utf-8", "replace").strip()
        found = (written.splitlines() or [""])[0][:40]
        name = "TypeScript" if file.endswith(TYPESCRIPT) else "JavaScript"
        what = f"expected {bad.type!r}" if bad.is_missing else f"expected {name}, found {found!r}"
        raise SyntaxProblem(file, bad.start_point.row + 1, what)
    return copied(tree, source)


def _first_error(node: tree_sitter.Node) -> tree_sitter.Node:
    while True:
        inner = next((child for child in node.children if child.has_error), None)
        if node.is_error or node.is_missing or inner is None:
            return node
        node = inner


def text_of(node: Node | None) -> str:
    """The source of a node; empty for none."""
    return node.text if node is not None else ""


def kids(node: Node | None) -> list[Node]:
    """The named children, without comments and types."""
    if node is None:
        return []
    return [child for child in node.named_children if child.type != "comment" and child.type not in TYPES]


def field(node: Node, name: str) -> Node:
    """The child that the grammar calls `name`, without parentheses and types around it."""
    found = node.child_by_field_name(name)
    if found is None:
        raise KeyError(f"{node.type} has no {name}")
    return bare(found)


def imported_from(node: Node) -> str:
    """What an import statement names as its source; empty for an export that names none."""
    given = node.child_by_field_name("source")
    for child in node.named_children:
        given = given or child.child_by_field_name("source")  # import name = require("source"), in TypeScript
    return string_value(given) if given is not None else ""


def maybe_field(node: Node, name: str) -> Node | None:
    """The same, or None."""
    found = node.child_by_field_name(name)
    return None if found is None else bare(found)


def bare(node: Node) -> Node:
    """The node without the parentheses, and the types of TypeScript, around it."""
    while node.type in (
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
    ):
        inner = kids(node)
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def has(node: Node, token: str) -> bool:
    """Whether a keyword or a sign stands in a node, not deeper."""
    return any(child.type == token for child in node.children)


def optional_links(node: Node) -> list[Node]:
    """Return the nodes with ``?.`` in the chain that ends in `node`, the last one first; parentheses end a chain."""
    found: list[Node] = []
    at: Node | None = node
    while at is not None:
        if has(at, "optional_chain"):
            found.append(at)
        if at.type in ("member_expression", "subscript_expression"):
            at = at.child_by_field_name("object")
        elif at.type == "call_expression":
            at = at.child_by_field_name("function")
        elif at.type == "non_null_expression":
            at = at.named_children[0]
        else:
            at = None
    return found


def line_of(node: Node) -> int:
    """Where it begins, from 1."""
    return node.row + 1


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call, bare."""
    return [bare(each) for each in kids(call.child_by_field_name("arguments"))]


def parameters_of(function: Node) -> list[Node]:
    """The patterns of a function's parameters; one with a default is an ``assignment_pattern``."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    return [each for each in kids(function.child_by_field_name("parameters"))]


def is_async(function: Node) -> bool:
    """Whether it says ``async``."""
    return has(function, "async")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_OCTAL = re.compile("[0-3][0-7]{0,2}|[4-7][0-7]?")


def string_value(node: Node) -> str:
    """What a string, or the fixed part of a template, stands for."""
    return "".join(unescaped(child) for child in node.named_children)


def unescaped(part: Node) -> str:
    """One fragment of a string or one escape."""
    written = text_of(part)
    if part.type != "escape_sequence":
        return written.replace("\r\n", "\n")
    rest = written[1:]
    if rest in _ESCAPES:
        return _ESCAPES[rest]
    if rest[:2] == "u{":
        return chr(int(rest[2:-1], 16))
    if rest[0] in "ux" and len(rest) > 1:
        return chr(int(rest[1:], 16))
    octal = _OCTAL.match(rest)
    return chr(int(octal[0], 8)) + rest[octal.end() :] if octal else rest


def joined_units(text: str) -> str:
    """Two escapes that are halves of one character, as that character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
