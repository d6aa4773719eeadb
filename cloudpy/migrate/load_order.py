"""Which files open the database while they are loaded, and so have to come after ``cloud.init()``."""

from __future__ import annotations

from .module import Module
from .nodes import FUNCTIONS, field, required, text_of
from .syntax import Node


def follows_init(node: Node) -> bool:
    """Whether the statement around `node` at the top of a file comes after ``cloud.init()``."""
    while node.parent is not None and node.parent.type != "program":
        node = node.parent
    before = node.parent.named_children if node.parent is not None else []
    return any(each.start_byte < node.start_byte and _calls_at_load(each, ".init") for each in before)


def needs_init(module: Module) -> bool:
    """Whether a file, or one that it requires, opens the database when it is loaded, without an own ``init()``."""
    if _calls_at_load(module.root, ".init"):
        return False
    if _calls_at_load(module.root, ".database") or any(needs_init(other) for other in module.others.values()):
        return True
    return _runs_functions(module.root, module) and _opens_database(module)  # new Store() whose constructor opens it


def _calls_at_load(node: Node, name: str) -> bool:
    if node.type in FUNCTIONS:
        return False
    if node.type == "call_expression" and text_of(field(node, "function")).endswith(name):
        return True
    return any(_calls_at_load(child, name) for child in node.named_children)


def _runs_functions(node: Node, module: Module) -> bool:
    """Whether a function or a class of the program is called when the file is loaded."""
    if node.type in FUNCTIONS:
        return False
    if node.type in ("call_expression", "new_expression") and not required(node):
        callee = field(node, "function" if node.type == "call_expression" else "constructor")
        while callee.type in ("member_expression", "parenthesized_expression"):
            callee = field(callee, "object") if callee.type == "member_expression" else callee.named_children[0]
        variable = module.names.of.get(callee.id)
        source = module.requires.get(id(variable), ("", ""))[0] if variable is not None else ""
        if callee.type in FUNCTIONS or (variable is not None and source[:1] in ("", ".")):
            return True
    return any(_runs_functions(child, module) for child in node.named_children)


def _opens_database(module: Module) -> bool:
    return ".database(" in module.text or any(_opens_database(other) for other in module.others.values())
