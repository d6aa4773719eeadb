"""Variables that need no value where they are declared: what follows assigns them."""

from __future__ import annotations

from .callbacks import names_in
from .nodes import always_ends, child_nodes, field, maybe_field, strip, text_of
from .syntax import Node
from .variables import Variable


def is_assigned_next(variable: Variable) -> bool:
    """Return whether what follows ``let x;`` surely assigns it before anything reads it."""
    declaration = variable.node.parent.parent if variable.node.parent is not None else None
    if variable.inside or declaration is None or declaration.parent is None:
        return False
    statements = child_nodes(declaration.parent)
    return any(each is declaration for each in statements) and _sets(
        statements[next(at for at, each in enumerate(statements) if each is declaration) + 1 :], variable.name
    )


def _sets(statements: list[Node], name: str) -> bool:
    """Whether one of these statements assigns a variable before any of them reads it."""
    for node in statements:
        if _is_set_by(node, name):
            return True
        if name in names_in(node):
            return False
    return False


def _is_set_by(node: Node, name: str) -> bool:
    """Whether a statement assigns a variable whatever happens in it, and does not read it before."""

    def sets_or_ends(part: Node) -> bool:
        return _is_set_by(part, name) or (always_ends(part) and name not in names_in(part))

    match node.type:
        case "expression_statement":
            written = strip(child_nodes(node)[0])
            if written.type != "assignment_expression" or text_of(field(written, "left")) != name:
                return False
            return name not in names_in(field(written, "right"))
        case "statement_block":
            return _sets(child_nodes(node), name)
        case "else_clause":
            return _is_set_by(child_nodes(node)[0], name)
        case "if_statement":
            other = maybe_field(node, "alternative")
            if other is None or name in names_in(field(node, "condition")):
                return False
            ways = [field(node, "consequence"), child_nodes(other)[0] if other.type == "else_clause" else other]
            return all(map(sets_or_ends, ways)) and any(_is_set_by(each, name) for each in ways)
        case "try_statement":
            handler, last = maybe_field(node, "handler"), maybe_field(node, "finalizer")
            if last is not None and name in names_in(last):
                return False
            return _is_set_by(field(node, "body"), name) and (handler is None or sets_or_ends(field(handler, "body")))
    return False
