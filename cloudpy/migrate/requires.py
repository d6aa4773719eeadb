"""What a name is required from."""

from __future__ import annotations

from collections.abc import Callable

from .nodes import FUNCTIONS, field, imported_from, maybe_field, required, strip, text_of
from .syntax import Node
from .variables import Variable

SDK = "wx-server-sdk"
_OF_SDK = {
    "callFunction",
    "database",
    "deleteFile",
    "downloadFile",
    "getTempFileURL",
    "getWXContext",
    "logger",
    "uploadFile",
}


def source_of_variable(
    variable: Variable, source_of_value: Callable[[Node], tuple[str, str]]
) -> tuple[str, str] | None:
    """Return what a variable is required from, and the name in it ("" for the whole); None for any other variable.

    Args:
        variable: of a file.
        source_of_value: returns what a value is required from, if that is a file of the program as a whole, or a
            package, and the name in it: ``common`` of ``const { utils } = common``.
    """
    if variable.kind == "import" and variable.value is not None:
        spec = variable.node.parent
        name = text_of(field(spec, "name")) if spec is not None and spec.type == "import_specifier" else ""
        return imported_from(variable.value), name
    declarator: Node | None = variable.node
    while declarator is not None and declarator.type != "variable_declarator":
        declarator = declarator.parent if declarator.type not in FUNCTIONS else None
    value = maybe_field(declarator, "value") if declarator is not None else None
    if value is None or not variable.is_constant or declarator is None:
        return None
    name, whole = "", value
    if value.type == "member_expression" and required(field(value, "object")) and not variable.patterned:
        name, value = text_of(field(value, "property")), field(value, "object")
    source = required(value)
    is_pattern = field(declarator, "name").type == "object_pattern"
    if not source or is_package(source):
        other, inner = source_of_value(whole)
        if is_package(other) or (is_pattern and not source):
            source, name = other, inner
    if source and not variable.patterned:
        return source, name
    if not source or not is_pattern:
        return None
    part = variable.node.parent
    pair = part if part is not None and part.type == "pair_pattern" else None
    pattern = pair.parent if pair is not None else part
    if pattern is None or pattern.id != field(declarator, "name").id:
        return None  # deeper in the pattern, or with a default value
    key = text_of(field(pair, "key")) if pair is not None else variable.name
    return source, f"{name}.{key}" if name else key


def is_package(source: str) -> bool:
    """Whether something is required from a package of npm, or of Node itself."""
    return bool(source) and not source.startswith(".") and source != SDK


def chosen(node: Node, is_cloud: Callable[[Node], bool]) -> Node:
    """Return ``a`` of ``cloud.logger ? a : b``, which asks whether the SDK has what it has; another value as it is."""
    node = strip(node)
    test = strip(field(node, "condition")) if node.type == "ternary_expression" else node
    if test is node or test.type != "member_expression" or text_of(field(test, "property")) not in _OF_SDK:
        return node
    owner = strip(field(test, "object"))
    return strip(field(node, "consequence")) if owner.type == "identifier" and is_cloud(owner) else node
