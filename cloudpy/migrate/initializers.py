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


def may_be_unset(variable: Variable) -> bool:
    """Return whether a ``var`` may be read before it is assigned, or is assigned in some branch alone."""
    if is_set_by_loops(variable):
        return False
    declarator = variable.node.parent
    outer = declarator.parent.parent if declarator is not None and declarator.parent is not None else None
    if outer is None or variable.value is None or outer.type in ("for_statement", "for_in_statement"):
        return True
    body = variable.scope.node.child_by_field_name("body") or variable.scope.node
    if any(read.start_byte < variable.node.start_byte for read in variable.reads):
        return True
    inside = all(outer.start_byte <= read.start_byte < outer.end_byte for read in variable.reads)
    return outer.id != body.id and (not inside or bool(variable.inside))


def is_set_by_loops(variable: Variable) -> bool:
    """Return whether each reading of a variable is in a ``for (x = …; …)`` that has set it."""
    reads = [read for read in variable.reads if not _is_set_here(read)]
    return bool(reads) and all(_is_set_around(read, variable) for read in reads)


def _is_set_here(name: Node) -> bool:
    around = name.parent
    return around is not None and around.type == "assignment_expression" and field(around, "left").id == name.id


def _is_set_around(read: Node, variable: Variable) -> bool:
    at = read.parent
    while at is not None and at.id != variable.scope.function.node.id:
        first = at.child_by_field_name("initializer") if at.type == "for_statement" else None
        if first is not None and first.end_byte <= read.start_byte and variable.name in _set_in(first):
            return True
        at = at.parent
    return False


def _set_in(node: Node) -> set[str]:
    """Return the names that the head of a loop sets."""
    if node.type in ("variable_declarator", "assignment_expression"):
        left, right = node.named_children[0], node.named_children[-1]
        return {text_of(left)} if left.type == "identifier" and left.id != right.id else set()
    if node.type in ("lexical_declaration", "variable_declaration", "expression_statement", "sequence_expression"):
        return {name for child in node.named_children for name in _set_in(child)}
    return set()
