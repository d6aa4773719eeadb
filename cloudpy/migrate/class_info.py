"""What a class of the program has: its members, its base, and which of its fields are always there."""

from __future__ import annotations

import keyword
from dataclasses import dataclass, field

from .nodes import child_nodes, has, maybe_field, parameters_of, returns, strip, text_of
from .syntax import Node

ERRORS = {"Error", "TypeError", "RangeError"}


@dataclass(eq=False)
class ClassInfo:
    """A class.

    Attributes:
        base: The expression after ``extends``.
        methods: Name -> definition; `getters`, `setters` and `statics` likewise.
        fields: Pairs of name and value of the instance; `static_fields` of the class itself.
        unsupported: Why the class cannot be translated; empty if it can.
    """

    node: Node
    base: Node | None = None
    constructor: Node | None = None
    methods: dict[str, Node] = field(default_factory=dict)
    getters: dict[str, Node] = field(default_factory=dict)
    setters: dict[str, Node] = field(default_factory=dict)
    statics: dict[str, Node] = field(default_factory=dict)
    fields: list[tuple[str, Node | None]] = field(default_factory=list)
    static_fields: dict[str, Node | None] = field(default_factory=dict)
    unsupported: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it extends an error of JavaScript itself."""
        return self.base is not None and text_of(self.base) in ERRORS

    def assigned(self) -> set[str]:
        """Return the names of fields that every instance has once it is constructed."""
        names = {name for name, _ in self.fields}
        if self.constructor is not None:
            for statement in child_nodes(self.constructor.child_by_field_name("body")):
                if statement.type == "return_statement" or returns(statement):
                    break
                inner = child_nodes(statement)[:1] if statement.type == "expression_statement" else []
                if inner and inner[0].type == "assignment_expression":
                    left = strip(inner[0].children[0])
                    if left.type == "member_expression" and left.children[0].type == "this":
                        names.add(text_of(maybe_field(left, "property")))
        return names


def class_info(node: Node) -> ClassInfo:
    """Return what a class has."""
    info = ClassInfo(node)
    for child in child_nodes(node):
        if child.type == "class_heritage":
            inner = child_nodes(child)[0]  # TypeScript has an extends_clause in it
            info.base = strip(child_nodes(inner)[0] if inner.type == "extends_clause" else inner)
            if info.base.type != "identifier":
                info.unsupported = "a class that extends an expression"
    for member in child_nodes(node.child_by_field_name("body")):
        if member.type == "method_definition":
            _add_method(info, member)
        elif member.type in ("field_definition", "public_field_definition"):
            _add_field(info, member)
        else:
            info.unsupported = f"a {member.type.replace('_', ' ')} in a class"
    return info


def _add_method(info: ClassInfo, member: Node) -> None:
    name = _member_name(info, maybe_field(member, "name"))
    if name == "valueOf":
        info.unsupported = "valueOf: a method that JavaScript calls implicitly"
    elif name == "constructor":
        info.constructor = member
        for each in parameters_of(member):  # constructor (private name: string), in TypeScript
            if any(child.type in ("accessibility_modifier", "readonly") for child in each.children):
                target = maybe_field(each, "pattern")
                info.fields.append((text_of(target), target))
    elif has(member, "static"):
        if has(member, "get") or has(member, "set"):
            info.unsupported = "a static getter or setter"
        info.statics[name] = member
    elif has(member, "get"):
        info.getters[name] = member
    elif has(member, "set"):
        info.setters[name] = member
    else:
        info.methods[name] = member


def _add_field(info: ClassInfo, member: Node) -> None:
    name = _member_name(info, maybe_field(member, "property") or maybe_field(member, "name"))
    if has(member, "static"):
        info.static_fields[name] = maybe_field(member, "value")
    else:
        info.fields.append((name, maybe_field(member, "value")))


def _member_name(info: ClassInfo, node: Node | None) -> str:
    name = text_of(node)
    if node is None or node.type not in ("property_identifier", "private_property_identifier"):
        info.unsupported = "a class member whose name is computed"
    elif not is_attribute(name):
        info.unsupported = f"the member {name} of a class: Python has no attribute of that name"
    return name


def is_attribute(name: str) -> bool:
    """Whether Python can write it as an attribute."""
    plain = name.removeprefix("#")
    return plain.isidentifier() and not keyword.iskeyword(plain) and plain[:2] != "__"


def attribute(name: str) -> str:
    """Return the attribute for a member: ``#name`` is ``__name``, private to the class in Python, too."""
    return f"__{name[1:]}" if name.startswith("#") else name
