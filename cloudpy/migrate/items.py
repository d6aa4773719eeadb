"""Items of lists, and values of objects by a key that is computed."""

from __future__ import annotations

from .code import ATOM, OR, TERNARY, Py
from .context import Part
from .jstypes import LISTS, NIL, OBJECTS, READABLE, RECORD, TEXTS, js_type
from .nodes import field, text_of
from .plain_keys import is_asked, is_counted, is_read_on, is_taken_for_object, may_be_place
from .syntax import Node

_MAX_REPEATED = 40  # characters of what is written twice


class Items(Part):
    """Write ``list[0]``, ``list[i]`` and ``table[key]``; None is given for what Python reads otherwise."""

    def by_key(self, node: Node, owner: Node, index: Node) -> Py | None:
        """Write ``owner[key]`` of an object, by a key that is a string; None for other keys and owners."""
        type_, keys = self.type_of(owner), self.type_of(index)
        if not keys or not keys <= TEXTS or not type_ & OBJECTS:
            return None
        if not type_ <= OBJECTS | NIL and not self._is_object_or_raises(node, owner, index):
            return None
        code, key = self.expr(owner).at(ATOM), self.expr(index)
        is_plain = type_ <= RECORD or is_read_on(owner) or ("obj" not in type_ and type_ <= READABLE)
        return Py(f"{code}[{key}]" if is_plain else f"{code}.get({key}, js.UNDEFINED)")

    def _is_object_or_raises(self, node: Node, owner: Node, index: Node) -> bool:
        """Whether Python raises an error that nothing hides where a value is no object."""
        type_ = self.type_of(owner)
        if may_be_place(index, owner):
            return False
        is_plain = type_ <= READABLE | {"obj"} and self.types.facts.is_loud(node)
        return is_plain or is_taken_for_object(self.types, owner, type_, self.types.sites(owner))

    def item(self, node: Node, owner: Node, index: Node) -> Py | None:
        """Write an item of a list by an index that is not negative; an item that is not there is undefined."""
        type_ = self.type_of(owner)
        is_number = index.type == "number" and text_of(index).isdecimal()
        plain = self.plain_to_read(node)
        is_read = is_read_on(owner) and not (type_ & TEXTS and _may_be_of_text(node))
        if not type_ & LISTS:
            return None
        is_known = type_ <= (READABLE | {"obj"} if plain == READABLE else LISTS | NIL)
        if not is_known and not (is_read and self._is_list_or_raises(node, owner, index)):
            return None
        if not is_number and not (self.type_of(index) and self.type_of(index) <= js_type("lit nat")):
            return None
        code, place = self.expr(owner), self.expr(index)
        item = f"{code.at(ATOM)}[{place}]"
        if is_read or (is_number and self.types.surely_has(owner, int(text_of(index)))):
            return Py(item)  # of a missing item JavaScript reads nothing either: an error in both
        if not type_ <= LISTS:
            return None
        if not is_number:
            is_there = is_counted(node, index) and not is_asked(node) and self.types.facts.is_loud(node)
            return Py(item) if is_there else None
        number = int(text_of(index))
        if not self.is_pure(owner) or len(code.text) > _MAX_REPEATED or self.context.in_lambda:
            return None
        is_false_when_empty = not type_ & js_type("recs data")
        test = code.at(OR) if number == 0 and is_false_when_empty else f"len({code}) > {number}"
        return Py(f"{item} if {test} else js.UNDEFINED", TERNARY)

    def _is_list_or_raises(self, node: Node, owner: Node, index: Node) -> bool:
        """Whether what may be anything is taken for a list: by its first items, or all of them in a loop."""
        is_place = index.type == "number" or is_counted(node, index)
        return is_place and is_taken_for_object(self.types, owner, self.type_of(owner), self.types.sites(owner))


def _may_be_of_text(item: Node) -> bool:
    """Whether what is read of an item is there if it is a character, which may be another one in Python."""
    around = item.parent
    while around is not None and around.type in ("parenthesized_expression", "non_null_expression"):
        around = around.parent
    return around is not None and (
        around.type == "subscript_expression" or text_of(field(around, "property")) == "length"
    )
