"""``for (let i = 0; i < rows.length; i++)`` over a list that stays as it is, as ``for row in rows``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .catalog import METHODS
from .context import Part
from .jstypes import LISTS, NIL
from .nodes import child_nodes, field, has, maybe_field, strip, text_of
from .syntax import Node
from .variables import Variable, snake_case

_CHANGING = r"\.(?:splice|shift|unshift|pop|push|sort|reverse|fill|copyWithin)\("


@dataclass
class IndexLoop:
    """A loop over the items of a list.

    Attributes:
        owner: The list.
        index: The variable that counts.
        item: What an item is called in Python.
        is_list: Whether it surely goes over a list; otherwise it has to read a key of each item.
    """

    owner: Node
    index: Variable
    item: str
    is_list: bool


def index_loop(part: Part, node: Node) -> IndexLoop | None:
    """Return what a ``for`` goes over, if each round reads an item of a list that nothing changes meanwhile."""
    head = _head(part, node)
    if head is None:
        return None
    index, owner = head
    body, name = field(node, "body"), text_of(owner)
    root = strip(owner)
    while root.type == "member_expression" and not has(root, "optional_chain"):
        if text_of(field(root, "property")) in part.names.put:
            return None
        root = strip(field(root, "object"))
    variable = part.variable_of(root) if root.type == "identifier" else None
    if variable is None or variable.kind in ("global", "import") or _is_written(variable, node):
        return None
    last = re.escape(name.rpartition(".")[2])
    if re.search(rf"\b{last}{_CHANGING}", part.module.text) or re.search(_CHANGING, _calls_of(body)):
        return None
    uses = _subscripts(body, name)
    items = [each for each in uses if text_of(field(each, "index")) == index.name]
    if not items or any(map(_is_target, uses)) or _others(body, name) != len(uses):
        return None
    if any(part.variable_of(field(each, "index")) is not index or _root(part, each) is not variable for each in items):
        return None  # of a function in it that has another variable of the name
    type_ = part.type_of(owner)
    is_list = bool(type_ & LISTS) and type_ <= LISTS | NIL
    if not is_list and not (
        type_ & LISTS and part.types.facts.is_loud(owner) and any(_reads_key(part, each) for each in items)
    ):
        return None
    return IndexLoop(owner, index, _item_name(part, body, items, name), is_list)


def _head(part: Part, node: Node) -> tuple[Variable, Node] | None:
    """Return the counting variable and the list of ``let i = 0; i < list.length; i++``."""
    first, test, step = (maybe_field(node, name) for name in ("initializer", "condition", "increment"))
    if first is None or test is None or step is None or first.type != "lexical_declaration":
        return None
    test, step = strip(child_nodes(test)[0] if test.type == "expression_statement" else test), strip(step)
    declarators = child_nodes(first)
    if len(declarators) != 1 or text_of(maybe_field(declarators[0], "value")) != "0":
        return None
    index = part.names.of.get(field(declarators[0], "name").id)
    if index is None or len(index.writes) != 1 or index.inside or not re.fullmatch(r"\w+\+\+|\+\+\w+", text_of(step)):
        return None
    if test.type != "binary_expression" or text_of(field(test, "operator")) != "<" or index.name not in text_of(step):
        return None
    limit = strip(field(test, "right"))
    if text_of(field(test, "left")) != index.name or limit.type != "member_expression" or has(limit, "optional_chain"):
        return None
    owner = strip(field(limit, "object"))
    is_path = re.fullmatch(r"[\w$]+(?:\.[\w$]+)*", text_of(owner)) is not None
    return (index, owner) if text_of(field(limit, "property")) == "length" and is_path else None


def _is_written(variable: Variable, loop: Node) -> bool:
    """Whether a variable is assigned while a loop runs."""
    return bool(variable.writes) and (
        bool(variable.inside) or any(loop.start_byte <= each.start_byte < loop.end_byte for _, each in variable.writes)
    )


def _subscripts(node: Node, name: str) -> list[Node]:
    """Return the places that read an item of a list by its name."""
    is_one = node.type == "subscript_expression" and text_of(field(node, "object")) == name
    found = [node] if is_one and not has(node, "optional_chain") else []
    return found + [each for child in node.named_children for each in _subscripts(child, name)]


def _others(body: Node, name: str) -> int:
    """Return how often a body names a list, its length aside."""
    return len(re.findall(rf"(?<![\w.$]){re.escape(name)}\b(?!\.length\b(?!\s*(?:[-+]?=[^=]|\+\+|--)))", text_of(body)))


def _calls_of(body: Node) -> str:
    """Return the text of what may make a list shorter or mix its items: calls on other names for it."""
    return re.sub(r"\.push\(", "(", text_of(body))


def _is_target(node: Node) -> bool:
    """Whether an item is replaced or deleted."""
    at = node.parent
    if at is None or at.type in ("update_expression", "array_pattern", "object_pattern", "pair_pattern"):
        return True
    if at.type in ("assignment_expression", "augmented_assignment_expression"):
        return field(at, "left").id == node.id
    return at.type == "unary_expression" and has(at, "delete")


def _item_name(part: Part, body: Node, items: list[Node], name: str) -> str:
    """Return what the program calls an item, or a name after that of the list."""
    statements = (
        [each for each in child_nodes(body) if each.type != "comment"] if body.type == "statement_block" else []
    )
    first = statements[0] if statements else None
    if first is not None and first.type in ("lexical_declaration", "variable_declaration"):
        declarators = child_nodes(first)
        value = maybe_field(declarators[0], "value")
        variable = part.names.of.get(field(declarators[0], "name").id)
        is_alone = len(declarators) == 1 and value is not None and strip(value).id == items[0].id
        if is_alone and variable is not None and variable.kind in ("const", "let") and variable.is_constant:
            return variable.python
    last = snake_case(name.rpartition(".")[2])
    one = re.sub(r"_?(?:list|arr|array)$", "", last) if not last.endswith("s") else re.sub(r"(?<=[^su])s$", "", last)
    one = re.sub(r"ie$", "y", one) if last.endswith("ies") else one
    base, context = one if one and one != last and one.isidentifier() else "item", part.context
    if base not in context.item_names or base in context.items.values():
        base = part.unique_name(base)  # otherwise it is that of another loop, which has ended
    context.item_names.add(base)
    return base


def _root(part: Part, node: Node) -> Variable | None:
    """Return the variable that a path begins with."""
    while node.type in ("member_expression", "subscript_expression"):
        node = strip(field(node, "object"))
    return part.variable_of(node)


def _reads_key(part: Part, item: Node) -> bool:
    """Whether the program reads a key of an item, at once or by the name that it gives it: it is no character."""
    at = item.parent
    if at is None:
        return False
    if at.type == "member_expression":
        return text_of(field(at, "property")) not in METHODS.keys() | {"length"}
    variable = part.names.of.get(field(at, "name").id) if at.type == "variable_declarator" else None
    return variable is not None and any(
        read.parent is not None
        and read.parent.type == "member_expression"
        and field(read.parent, "object").id == read.id
        and text_of(field(read.parent, "property")) not in METHODS.keys() | {"length"}
        for read in variable.reads
    )
