"""Values of the event that the program itself takes for strings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from .inference import Types
from .jstypes import JSON, LISTS, NUMBERS, TEXTS
from .nodes import child_nodes, field, maybe_field, strip, text_of
from .plain_names import is_named_text
from .plain_signs import PlainSigns
from .syntax import Node, walk
from .variables import Variable

_DEFAULTS = ("assignment_pattern", "object_assignment_pattern")


class ExpectedTexts:
    """Decides which values of one file stand where Python takes strings alone, and raises for others.

    They are those that a person sends as strings: what selects a way through the program, what has a string in its
    place where it is missing, and what has the name of a string and is there.
    """

    def __init__(self, types: Types, signs: PlainSigns) -> None:
        self._types = types
        self._signs = signs

    def has(self, node: Node) -> bool:
        """Whether a value is taken for a string, and an error of another one would not be missed."""
        node = strip(node)
        type_ = self._types.of(node)
        is_open = bool(type_ & TEXTS) and type_ <= JSON | LISTS | NUMBERS | TEXTS | {"date"}
        if not is_open or not self._types.facts.is_loud(node):
            return False
        if node.type == "binary_expression":
            is_default = text_of(node.child_by_field_name("operator")) == "||" and field(node, "right").type == "string"
            return is_default and self._is_sent(field(node, "left"))
        if node.type not in ("identifier", "member_expression") or not self._is_sent(node):
            return False
        variable = self._types.names.of.get(node.id)
        if variable is not None and _has_default(variable):
            return True
        return self._selected(node) in self._selecting or ("null" not in type_ and is_named_text(node))

    def _is_sent(self, node: Node) -> bool:
        """Whether a value comes in the event, and the program has put no date there."""
        name = text_of(strip(node)).rpartition(".")[2]
        is_date = "date" in self._types.of(node) and not {name, "*"}.isdisjoint(self._types.names.put)
        return not is_date and self._signs.comes_in_event(node)

    @cached_property
    def _selecting(self) -> set[str]:
        """What is compared with several strings, or selects an item of an object."""
        compared: dict[str, set[str]] = {}
        for node in walk(self._types.module.root):
            for value, text in [*_compared(node), *self._looked_up(node)]:
                compared.setdefault(self._selected(value), set()).add(text)
        return {value for value, texts in compared.items() if len(texts) > 1} - {""}

    def _looked_up(self, node: Node) -> Iterator[tuple[Node, str]]:
        """Yield the value in ``routes[action]`` with the names in the object."""
        owner = strip(field(node, "object")) if node.type == "subscript_expression" else node
        variable = self._types.names.of.get(owner.id) if owner.type == "identifier" else None
        value = strip(variable.value) if variable is not None and variable.value is not None else None
        if variable is None or value is None or variable.patterned or value.type != "object" or owner.id == node.id:
            return
        for each in value.named_children:
            key = each.child_by_field_name("key") or each.child_by_field_name("name") or each
            if key.type in ("string", "property_identifier", "shorthand_property_identifier"):
                yield field(node, "index"), text_of(key)

    def _selected(self, node: Node) -> str:
        """Return what stands for a variable, or a property of one; empty for all else."""
        node, path = strip(node), ""
        while node.type == "member_expression":
            path = f".{text_of(field(node, 'property'))}{path}"
            node = strip(field(node, "object"))
        variable = self._types.names.of.get(node.id)
        return f"{id(variable)}{path}" if variable is not None else ""


def _compared(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield values that are compared with strings, and the strings."""
    if node.type == "binary_expression":
        if text_of(node.child_by_field_name("operator")) in ("===", "=="):
            left, right = strip(field(node, "left")), strip(field(node, "right"))
            if right.type == "string":
                yield left, text_of(right)[1:-1]
    elif node.type == "switch_statement":
        cases = [maybe_field(each, "value") for each in child_nodes(field(node, "body"))]
        for each in cases:
            if each is not None and each.type == "string":
                yield field(node, "value"), text_of(each)[1:-1]


def _has_default(variable: Variable) -> bool:
    """Whether a constant is a string where it is missing: ``{ folder = 'x' }``, ``event.folder || 'x'``."""
    pattern, value = variable.node.parent, variable.value
    if not variable.is_constant or pattern is None:
        return False
    if pattern.type in _DEFAULTS:
        return field(pattern, "right").type == "string"
    value = strip(value) if value is not None and not variable.patterned else None
    if value is None or value.type != "binary_expression":
        return False
    return text_of(value.child_by_field_name("operator")) == "||" and field(value, "right").type == "string"
