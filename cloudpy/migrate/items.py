"""Items of lists, and values of objects by a key that is computed."""

from __future__ import annotations

from .code import ATOM, COMPARE, OR, TERNARY, Py
from .context import Part
from .jstypes import LISTS, NIL, OBJECTS, READABLE, RECORD, RECS, TEXTS, JsType, js_type
from .nodes import child_nodes, field, has, text_of
from .places import is_own_place, is_swapped, measured, random_list
from .plain_keys import is_asked, is_counted, is_read_on, is_taken_for_object, may_be_place
from .syntax import Node

_MAX_REPEATED = 40  # characters of what is written twice


class Items(Part):
    """Write ``list[0]``, ``list[i]`` and ``table[key]``; None is given for what Python reads otherwise."""

    def of_loop(self, node: Node) -> Py | None:
        """Write the item that a loop around is at."""
        name = self.context.items.get((text_of(field(node, "object")), text_of(field(node, "index"))))
        return Py(name) if name is not None and not has(node, "optional_chain") else None

    def by_key(self, node: Node, owner: Node, index: Node) -> Py | None:
        """Write ``owner[key]`` of an object, by a key that is a string; None for other keys and owners."""
        type_, keys = self.type_of(owner), self.type_of(index)
        is_lookup = self.context.lookups.takes(self.types, owner, index)
        if not is_lookup and (not keys or not keys <= TEXTS or not type_ & OBJECTS):
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
        is_first = text_of(index) == "0" and not _may_be_of_text(node)  # an object may have the key 1, and no more
        if not is_known and not ((is_read or is_first) and self._is_list_or_raises(node, owner, index)):
            return None
        if not is_number and not (self.type_of(index) and self.type_of(index) <= js_type("lit nat")):
            return None
        code, place = self.expr(owner), self.expr(index)
        item = f"{code.at(ATOM)}[{place}]"
        if is_read or (is_number and self.types.surely_has(owner, int(text_of(index)))):
            return Py(item)  # of a missing item JavaScript reads nothing either: an error in both
        if not is_number:
            is_there = (is_counted(node, index) and not is_asked(node)) or self.is_own_place(owner, index)
            is_there |= is_swapped(node)
            return Py(item) if is_there and type_ <= LISTS and self.types.facts.is_loud(node) else None
        if not type_ <= LISTS and not is_first:
            return None
        number = int(text_of(index))
        is_short = len(code.text) <= _MAX_REPEATED and self.is_pure(owner) and not self.context.in_lambda
        if type_ <= LISTS and not is_short and number == 0:
            return Py(f"next(iter({code}), js.UNDEFINED)")
        if not is_short:
            return None
        is_false_when_empty = type_ <= LISTS and not type_ & js_type("recs data")
        test = code.at(OR) if number == 0 and is_false_when_empty else f"len({code}) > {number}"
        return Py(f"{item} if {test} else js.UNDEFINED", TERNARY)

    def last(self, node: Node, owner: Node, index: Node) -> Py | None:
        """Write ``list[list.length - 1]``, and ``list[Math.floor(Math.random() * list.length)]``."""
        counted = _counted_from(index)
        if counted is None or text_of(counted) != text_of(owner) or not self.is_pure(owner):
            return None
        type_, code = self.type_of(owner), self.expr(owner)
        is_last = index.type == "binary_expression"
        is_read = is_read_on(owner) and not (type_ & TEXTS and _may_be_of_text(node))
        is_known = bool(type_) and type_ <= (LISTS if is_last else LISTS | {"ascii"})
        if not is_known and not (type_ & LISTS and self._is_taken_for_list(owner, type_)):
            return None
        if not is_known and not is_read and (not is_last or _may_be_of_text(node)):
            return None
        if is_read or (not is_last and self.types.facts.is_loud(node)):  # of an empty list there is an error
            return Py(f"{code.at(ATOM)}[-1]" if is_last else f"random.choice({code})")
        if not is_last or len(code.text) > _MAX_REPEATED:
            return None
        test = code.at(OR) if is_known and not type_ & js_type("recs data") else f"len({code}) > 0"
        return Py(f"{code.at(ATOM)}[-1] if {test} else js.UNDEFINED", TERNARY)

    def swapped(self, left: Node, right: Node) -> str | None:
        """Write ``[list[i], list[j]] = [list[j], list[i]]``; None for all other assignments to a pattern."""
        targets, values = child_nodes(left), child_nodes(right)
        if left.type != "array_pattern" or right.type != "array" or len(targets) != 2 or len(values) != 2:
            return None
        if [*map(text_of, targets)] != [*map(text_of, reversed(values))] or not self.types.facts.is_loud(left):
            return None
        if not all(map(self.is_item, targets)):
            return None
        one, other = (
            f"{self.expr(field(each, 'object')).at(ATOM)}[{self.expr(field(each, 'index'))}]" for each in targets
        )
        return f"{one}, {other} = {other}, {one}"

    def is_there(self, node: Node) -> Py | None:
        """Write ``rows[0]`` as a condition: of documents, whether there are so many; None for all other conditions."""
        if node.type != "subscript_expression" or has(node, "optional_chain"):
            return None
        owner, index = field(node, "object"), field(node, "index")
        is_place = index.type == "number" and text_of(index).isdecimal()
        type_ = self.type_of(owner)
        if not is_place or not type_ or not type_ <= RECS:
            return None
        if not self.types.items(type_, self.types.sites(owner)) <= OBJECTS:
            return None
        return Py(f"len({self.expr(owner)}) > {text_of(index)}", COMPARE)

    def is_item(self, node: Node) -> bool:
        """Whether Python reads and sets an item, or raises: of a list, at a place that is not negative."""
        if node.type != "subscript_expression" or not self.is_pure(node) or has(node, "optional_chain"):
            return False
        owner, index = field(node, "object"), field(node, "index")
        type_, kind = self.type_of(owner), self.type_of(index)
        is_list = bool(type_) and (type_ <= LISTS | NIL or (type_ & LISTS and self._is_taken_for_list(owner, type_)))
        return bool(kind) and kind <= js_type("lit nat") and bool(is_list)

    def _is_taken_for_list(self, owner: Node, type_: JsType) -> bool:
        return is_taken_for_object(self.types, owner, type_, self.types.sites(owner))

    def is_own_place(self, owner: Node, index: Node) -> bool:
        """Whether an index, which is not negative, is taken from the length of its list."""
        variable = self.variable_of(index)
        is_set_once = variable is not None and variable.is_constant and not variable.patterned
        return is_own_place(owner, index, variable.value if variable is not None and is_set_once else None)

    def _is_list_or_raises(self, node: Node, owner: Node, index: Node) -> bool:
        """Whether what may be anything is taken for a list: by its first items, or all of them in a loop."""
        is_place = index.type == "number" or is_counted(node, index)
        return is_place and is_taken_for_object(self.types, owner, self.type_of(owner), self.types.sites(owner))


def _counted_from(index: Node) -> Node | None:
    """Return the list whose last place, or one at random, an index is."""
    if index.type != "binary_expression":
        return random_list(index)
    is_last = text_of(field(index, "right")) == "1" and has(index, "-")
    return measured(field(index, "left")) if is_last else None


def _may_be_of_text(item: Node) -> bool:
    """Whether what is read of an item is there if it is a character, which may be another one in Python."""
    around = item.parent
    while around is not None and around.type in ("parenthesized_expression", "non_null_expression"):
        around = around.parent
    if around is None or around.type not in ("subscript_expression", "member_expression"):
        return False
    return around.type == "subscript_expression" or text_of(field(around, "property")) == "length"
