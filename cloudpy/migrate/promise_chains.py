"""Chains of promises that are awaited, in the source: ``await a.then(…).catch(…)`` as ``await``, ``try`` and ``catch``.

What comes out is JavaScript of the same meaning, with each line where it was. All that reads a program then knows
``await`` alone. A chain that nobody awaits, and one in an uncommon form, stays as it is.
"""

from __future__ import annotations

import re

from .callbacks import Unfit, is_in_try, names_in
from .chain_writer import METHODS, ChainWriter, Facts, Use
from .executors import statements_of
from .nodes import FUNCTIONS, child_nodes, field, is_async, is_generator, maybe_field, strip, text_of
from .syntax import Node, parse

_CALL = re.compile(r"\.\s*(?:then|catch|finally)\s*\(|\bnew\s+Promise\b")
_ASYNC = re.compile(r"\basync\s+function\s+(\w+)|\bconst\s+(\w+)\s*=\s*async\b")
_LISTS = {"program", "statement_block", "switch_case", "switch_default"}
# A chain in a callback of a chain is found when the one around is gone.
_MAX_DEPTH = 8


def awaited(text: str, file: str) -> str:
    """Return the source of a file with the chains that are awaited written out.

    Raises:
        SyntaxProblem: It is not valid JavaScript.
    """
    for _ in range(_MAX_DEPTH):
        if not _CALL.search(text):
            break
        root = parse(text, file)
        if _has_own_methods(root):
            break
        edits = _edits(root, Facts(names_in(root), {one or other for one, other in _ASYNC.findall(text)}))
        if not edits:
            break
        source = text.encode()
        for start, end, new in reversed(edits):
            source = source[:start] + new.encode() + source[end:]
        text = source.decode()
    return text


def _has_own_methods(root: Node) -> bool:
    """Whether the program defines a method with the name of one of a promise."""
    pending = [root]
    while pending:
        node = pending.pop()
        pending += node.named_children
        name = node.child_by_field_name("name") or node.child_by_field_name("key")
        if node.type in ("method_definition", "pair", "field_definition") and text_of(name).strip("'\"") in METHODS:
            return True
        if node.type == "assignment_expression":
            left = field(node, "left")
            if left.type == "member_expression" and text_of(field(left, "property")) in METHODS:
                return True
    return False


def _edits(root: Node, facts: Facts) -> list[tuple[int, int, str]]:
    """Return (start, end, text) of what is replaced, in order; nothing in it overlaps."""
    edits: list[tuple[int, int, str]] = []

    def walk(node: Node, function: Node | None) -> None:
        if function is not None and is_async(function) and not is_generator(function):
            try:
                new = _statement(node, function, facts)
            except Unfit:
                new = ""
            if new:
                is_listed = node.parent is not None and node.parent.type in _LISTS
                edits.append((node.start_byte, node.end_byte, new if is_listed else f"{{ {new} }}"))
                return
        for child in node.named_children:
            walk(child, node if node.type in FUNCTIONS else function)

    walk(root, None)
    return sorted(edits)


def _statement(node: Node, function: Node, facts: Facts) -> str:
    """Write a statement whose chain is awaited; nothing for any other."""
    value = child_nodes(node)
    if node.type == "return_statement" and value:
        chain, is_inside = _awaited(value[0]), is_in_try(node, function)
        made = strip(value[0]) if chain is None else chain
        if made.type == "new_expression":
            return statements_of(made, is_awaited=is_inside) if chain is not None or not is_inside else ""
        if chain is None and not is_inside:
            chain = strip(value[0])
        body = field(function, "body")
        is_end = node.parent == body and child_nodes(body)[-1] == node
        return _write(chain, Use("return ", is_end=is_end), facts)
    if node.type == "expression_statement" and len(value) == 1:
        expression = strip(value[0])
        if expression.type != "assignment_expression":
            return _write(_awaited(expression), Use(""), facts)
        chain, left = _awaited(field(expression, "right")), field(expression, "left")
        if left.type == "identifier":
            return _write(chain, Use(f"{left.text} = ", {left.text}), facts)
        return _write_then(chain, f"{left.text} = ", names_in(left), facts)
    if node.type in ("lexical_declaration", "variable_declaration") and len(value) == 1:
        given, name = maybe_field(value[0], "value"), maybe_field(value[0], "name")
        if given is None or name is None or value[0].child_by_field_name("type") is not None:
            return ""
        chain, kind = _awaited(given), node.children[0].type
        if name.type != "identifier":
            return _write_then(chain, f"{kind} {name.text} = ", names_in(name), facts)
        return _write(chain, Use(f"{name.text} = ", {name.text}, is_declared=True), facts, kind)
    return ""


def _write(chain: Node | None, use: Use, facts: Facts, kind: str = "") -> str:
    """Write a chain, and what becomes of its value, as statements; `kind` is the word of a declaration."""
    if chain is None or chain.type != "call_expression":
        return ""
    writer = ChainWriter(chain, facts)
    if not writer.links:
        return ""
    declared = f"{'let' if kind == 'const' else kind} {use.before.removesuffix(' = ')}; " if kind else ""
    if writer.catching:
        return declared + writer.guarded(use)
    writer.run(use)
    if kind and not writer.statements:
        return f"{kind} {use.of(writer.value)}{writer.tail}"
    end = use.of(writer.value) if not writer.has_left else ""
    if not writer.statements and use.before:
        return f"{end}{writer.tail}"
    return f"{declared}{{ {writer.statements}{end}{writer.tail} }}"


def _write_then(chain: Node | None, before: str, names: set[str], facts: Facts) -> str:
    """Write a chain, and a statement that takes its value."""
    if chain is None or chain.type != "call_expression":
        return ""
    writer = ChainWriter(chain, facts)
    if writer.links and not writer.catching:
        writer.run(Use("=", names))
        if not writer.statements:
            return f"{before}{writer.value};{writer.tail}"
    name = facts.fresh("result", "found", "outcome")
    written = _write(chain, Use(f"{name} = ", {name}), facts, "let")
    return f"{written} {before}{name};" if written else ""


def _awaited(value: Node) -> Node | None:
    """Return what an expression awaits."""
    value = strip(value)
    return strip(child_nodes(value)[0]) if value.type == "await_expression" and child_nodes(value) else None
