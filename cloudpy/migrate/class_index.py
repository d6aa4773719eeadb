"""The classes of one file: which class a name or an instance has, and where its members come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .class_info import ClassInfo, class_info
from .nodes import FUNCTIONS, field, has, strip, text_of
from .syntax import Node
from .variables import Names, Variable

_CLASSES = {"class_declaration", "class", "abstract_class_declaration"}


class ClassIndex:
    """The classes of one file.

    Args:
        root: Of the syntax tree.
        names: Of the file.
        foreign: Returns the class that a name takes from another file of the program, or None.
    """

    def __init__(self, root: Node, names: Names, foreign: Callable[[Node], ClassInfo | None]) -> None:
        self._names = names
        self._foreign = foreign
        self._by_node: dict[int, ClassInfo] = {}
        self._reads: list[tuple[Node, str]] = []
        self._collect(root)

    def _collect(self, node: Node) -> None:
        if node.type in _CLASSES:
            self._by_node[node.id] = class_info(node)
        elif node.type == "member_expression":
            self._reads.append((strip(field(node, "object")), text_of(node.child_by_field_name("property"))))
        for child in node.named_children:
            self._collect(child)

    def info(self, node: Node) -> ClassInfo:
        """Return what the class of a node has."""
        return self._by_node[node.id]

    def owns(self, info: ClassInfo) -> bool:
        """Return whether a class is of this file."""
        return info.node.id in self._by_node

    def of_variable(self, variable: Variable | None) -> ClassInfo | None:
        """Return the class that a variable of this file stands for."""
        if variable is None or not variable.is_constant or variable.value is None or variable.patterned:
            return None
        return self._by_node.get(strip(variable.value).id)

    def of_export(self, value: Node) -> ClassInfo | None:
        """Return the class that an exported value is."""
        value = strip(value)
        return self._by_node.get(value.id) or self.of_variable(self._names.root.names.get(text_of(value)))

    def named(self, node: Node) -> ClassInfo | None:
        """Return the class that an expression stands for: its name, or ``this`` in a static method."""
        node = strip(node)
        if node.type == "identifier":
            return self.of_variable(self._names.of.get(node.id)) or self._foreign(node)
        if node.type == "member_expression" and not has(node, "optional_chain"):
            return self._foreign(node)
        if node.type == "this":
            info, member = self._around(node)
            return info if info is not None and member in info.statics.values() else None
        return None

    def instance_of(self, node: Node) -> ClassInfo | None:
        """Return the class of an instance: of ``this``, of ``new X()``, of a constant with such a value."""
        node = strip(node)
        if node.type == "this":
            info, member = self._around(node)
            return info if info is not None and member not in info.statics.values() else None
        if node.type == "new_expression":
            return self.named(field(node, "constructor"))
        if node.type == "identifier":
            variable = self._names.of.get(node.id)
            if variable is not None and variable.is_constant and variable.value is not None and not variable.patterned:
                value = strip(variable.value)
                return self.named(field(value, "constructor")) if value.type == "new_expression" else None
        return None

    def around(self, function: Node) -> ClassInfo | None:
        """Return the class that a method belongs to; None for any other function."""
        body = function.parent
        if function.id in self._by_node:
            return self._by_node[function.id]
        return self._by_node.get(body.parent.id) if body is not None and body.parent is not None else None

    def _around(self, node: Node) -> tuple[ClassInfo | None, Node | None]:
        """Return the class, and its member, that a ``this`` belongs to."""
        at = node.parent
        while at is not None and (at.type not in FUNCTIONS or at.type == "arrow_function"):
            if at.type.endswith("field_definition"):
                break
            at = at.parent
        if at is None or at.parent is None or at.parent.parent is None or at.parent.type != "class_body":
            return None, None
        return self._by_node.get(at.parent.parent.id), at

    def base(self, info: ClassInfo) -> ClassInfo | None:
        """Return the class of the program that a class extends."""
        return self.named(info.base) if info.base is not None else None

    def line(self, info: ClassInfo) -> list[ClassInfo]:
        """Return a class and what it extends, nearest first."""
        classes = [info]
        while (base := self.base(classes[-1])) is not None and base not in classes:
            classes.append(base)
        return classes

    def constructor(self, info: ClassInfo) -> Node | None:
        """Return the constructor that ``new`` calls; None if no class of the program has one."""
        return next((each.constructor for each in self.line(info) if each.constructor is not None), None)

    def is_error(self, info: ClassInfo) -> bool:
        """Whether it extends an error of JavaScript itself, maybe by other classes."""
        return self.line(info)[-1].is_error

    def has_instances(self) -> bool:
        """Whether a class of this file makes anything but errors."""
        return any(not self.is_error(info) for info in self._by_node.values())

    def member(self, info: ClassInfo, name: str, kind: str) -> Node | None:
        """Return the definition of a member, its own or inherited; `kind` is an attribute of `ClassInfo`."""
        for each in self.line(info):
            members: Mapping[str, Node | None] = getattr(each, kind)
            if name in members:
                return members[name] or each.node
        return None

    def is_overridden(self, info: ClassInfo, name: str) -> bool:
        """Whether a class of this file that extends it defines the method again."""
        others = [each for each in self._by_node.values() if each is not info]
        return any(name in each.methods and info in self.line(each) for each in others)

    def is_always_assigned(self, info: ClassInfo, name: str) -> bool:
        """Whether every instance has the field once it is constructed."""
        return any(name in each.assigned() for each in self.line(info))

    def has_ambiguous_static(self, info: ClassInfo) -> bool:
        """Whether a static member's name is read of other things, too: in Python an instance has it as well."""
        names = info.statics.keys() | info.static_fields.keys()
        return any(name in names and self.named(owner) is None for owner, name in self._reads)
