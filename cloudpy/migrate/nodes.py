"""Questions about the nodes of a syntax tree."""

from __future__ import annotations

import re

from .syntax import Node

FUNCTIONS = {
    "arrow_function",
    "function_expression",
    "function_declaration",
    "generator_function",
    "generator_function_declaration",
    "method_definition",
}
LOOPS = {"for_statement", "for_in_statement", "while_statement", "do_statement"}
# What TypeScript adds, and what is nothing when the program runs
TYPES = {
    "type_annotation",
    "type_arguments",
    "type_parameters",
    "interface_declaration",
    "type_alias_declaration",
    "ambient_declaration",
    "accessibility_modifier",
    "abstract_method_signature",
    "method_signature",
    "index_signature",
    "function_signature",
}


# Properties that every object has
INBORN = {
    "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
    "__proto__",
}  # fmt: skip
# What Python's source may not hold, not even in a comment, or takes for the end of a line
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


def text_of(node: Node | None) -> str:
    """Return the source of a node, or an empty string."""
    return node.text if node is not None else ""


def child_nodes(node: Node | None) -> list[Node]:
    """Return the named children, without comments and types."""
    if node is None:
        return []
    return [child for child in node.named_children if child.type != "comment" and child.type not in TYPES]


def field(node: Node, name: str) -> Node:
    """Return the child that the grammar calls `name`, stripped of parentheses and types."""
    result = node.child_by_field_name(name)
    if result is None:
        raise KeyError(f"{node.type} has no {name}")
    return strip(result)


def imported_from(node: Node) -> str:
    """Return what an import statement names as its source; empty for an export that names none."""
    args = node.child_by_field_name("source")
    for child in node.named_children:
        args = args or child.child_by_field_name("source")  # import name = require("source"), in TypeScript
    return string_value(args) if args is not None else ""


def maybe_field(node: Node, name: str) -> Node | None:
    """Return the child that the grammar calls `name`, stripped, or None."""
    result = node.child_by_field_name(name)
    return None if result is None else strip(result)


def strip(node: Node) -> Node:
    """Return the node without the parentheses and the TypeScript types around it."""
    while node.type in (
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
    ):
        inner = child_nodes(node)
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def has(node: Node, token: str) -> bool:
    """Return whether a keyword or an operator is a direct child of a node."""
    return any(child.type == token for child in node.children)


def optional_links(node: Node) -> list[Node]:
    """Return the nodes with ``?.`` in the chain that ends in `node`, the last one first; parentheses end a chain."""
    result: list[Node] = []
    at: Node | None = node
    while at is not None:
        if has(at, "optional_chain"):
            result.append(at)
        if at.type in ("member_expression", "subscript_expression"):
            at = at.child_by_field_name("object")
        elif at.type == "call_expression":
            at = at.child_by_field_name("function")
        elif at.type == "non_null_expression":
            at = at.named_children[0]
        else:
            at = None
    return result


def line_of(node: Node) -> int:
    """Return the line where a node begins, from 1."""
    return node.row + 1


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call, bare."""
    return [strip(each) for each in child_nodes(call.child_by_field_name("arguments"))]


def parameters_of(function: Node) -> list[Node]:
    """Return the patterns of a function's parameters; one with a default is an ``assignment_pattern``."""
    single = function.child_by_field_name("parameter")
    if single is not None:
        return [single]
    return list(child_nodes(function.child_by_field_name("parameters")))


def is_async(function: Node) -> bool:
    """Whether it says ``async``."""
    return has(function, "async")


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_OCTAL = re.compile("[0-3][0-7]{0,2}|[4-7][0-7]?")


def string_value(node: Node) -> str:
    """Return what a string, or the fixed part of a template, stands for."""
    return "".join(unescaped(child) for child in node.named_children)


def unescaped(part: Node) -> str:
    """Return the value of one fragment of a string, or of one escape."""
    written = text_of(part)
    if part.type != "escape_sequence":
        return written.replace("\r\n", "\n")
    rest = written[1:]
    if rest in _ESCAPES:
        return _ESCAPES[rest]
    if rest[:2] == "u{":
        return chr(int(rest[2:-1], 16))
    if rest[0] in "ux" and len(rest) > 1:
        return chr(int(rest[1:], 16))
    octal = _OCTAL.match(rest)
    return chr(int(octal[0], 8)) + rest[octal.end() :] if octal else rest


def joined_units(text: str) -> str:
    """Join two escapes that are halves of one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def required(node: Node | None) -> str:
    """Return the text in ``require('…')``, or an empty string."""
    if node is None or node.type != "call_expression" or text_of(node.child_by_field_name("function")) != "require":
        return ""
    args = arguments_of(node)
    return string_value(args[0]) if len(args) == 1 and args[0].type == "string" else ""


def returns(node: Node) -> list[Node]:
    """Return the return statements of a function's body, not of functions in it."""
    result: list[Node] = []
    for child in node.named_children:
        if child.type == "return_statement":
            result.append(child)
        elif child.type not in FUNCTIONS and child.type != "class_body":
            result += returns(child)
    return result


def has_value(node: Node) -> bool:
    """Whether a return statement gives something."""
    return maybe_field(node, "value") is not None or bool(child_nodes(node))


def is_called(node: Node) -> bool:
    """Whether it is what a call calls."""
    at = node.parent
    return at is not None and at.type == "call_expression" and field(at, "function").id == node.id


def is_target(node: Node) -> bool:
    """Whether a property is assigned, deleted or called."""
    at = node.parent
    if at is None:
        return False
    if at.type in ("assignment_expression", "augmented_assignment_expression"):
        return field(at, "left").id == node.id
    return is_called(node) or at.type == "update_expression" or (at.type == "unary_expression" and has(at, "delete"))


def is_generator(function: Node) -> bool:
    """Whether it says ``function*``."""
    return function.type.startswith("generator") or has(function, "*")


def uses_arguments(function: Node) -> bool:
    """Whether a function, or an arrow function in it, uses ``arguments``."""

    def uses(node: Node) -> bool:
        if node.type == "identifier" and text_of(node) == "arguments":
            return True
        inner = FUNCTIONS - {"arrow_function"} | {"class_body"}
        return any(uses(child) for child in node.named_children if child.type not in inner)

    body = field(function, "body")
    return function.type != "arrow_function" and "arguments" in text_of(body) and uses(body)


def passed_to(function: Node) -> tuple[str, Node | None]:
    """Return the method, and its owner, that a function is an argument of."""
    arguments = function.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    if call is None or call.type != "call_expression":
        return "", None
    callee = strip(field(call, "function"))
    if callee.type != "member_expression" or arguments_of(call)[0].id != function.id:
        return "", None
    return text_of(field(callee, "property")), field(callee, "object")


# Methods that call the function that they are given before they return
_AT_ONCE = {"map", "filter", "forEach", "some", "every", "find", "findIndex", "flatMap", "sort", "reduce", "replace"}


_PATTERNS = {"identifier", "object_pattern", "array_pattern"}
_PLAIN = {"string", "number", "true", "false", "null", "identifier", "array", "object", "template_string"}


def becomes_loop(function: Node) -> bool:
    """Whether a function is written as the body of a ``for``: of ``items.forEach(item => { … });`` as a statement.

    So are those of ``reduce``, and of several statements those of ``map`` and ``filter``, whose result is declared or
    returned. A function that is made in it and may outlive the round needs variables of its own; it keeps the
    function around.
    """
    if function.type not in ("arrow_function", "function_expression") or is_async(function) or is_generator(function):
        return False
    name, owner = passed_to(function)
    call = function.parent.parent if function.parent is not None else None
    if owner is None or call is None or call.parent is None or optional_links(call):
        return False
    args, parameters, body = arguments_of(call), parameters_of(function), field(function, "body")
    if name == "reduce":
        fits = len(args) == 2 and len(parameters) in (2, 3) and parameters[0].type == "identifier" and _is_made(args[1])
        parameters = parameters[1:]
    elif name in ("map", "filter"):
        fits = len(args) == 1 and body.type == "statement_block" and len(child_nodes(body)) > 1 and always_ends(body)
    else:
        fits = name == "forEach" and len(args) == 1 and call.parent.type == "expression_statement"
    if not fits or (name != "forEach" and not _is_kept(call)):
        return False
    if len(parameters) not in (1, 2) or any(each.type not in _PATTERNS for each in parameters):
        return False
    if function.type != "arrow_function" and (
        function.child_by_field_name("name") is not None or uses_arguments(function) or _has_this(body)
    ):
        return False
    return all_at_once(body)


def _is_kept(call: Node) -> bool:
    """Whether the value of a call is declared as a variable, or returned."""
    around = call.parent
    if around is None or around.type != "variable_declarator":
        return around is not None and around.type == "return_statement"
    declaration = around.parent
    return (
        field(around, "name").type == "identifier"
        and declaration is not None
        and declaration.type == "lexical_declaration"
        and (declaration.parent is None or declaration.parent.type not in LOOPS)
    )


def _is_made(node: Node) -> bool:
    """Whether a value is a literal, or a new Map or Set: nothing happens when it is made."""
    if node.type == "new_expression":
        return text_of(field(node, "constructor")) in ("Map", "Set") and not arguments_of(node)
    return node.type in _PLAIN and all(
        _is_made(field(each, "value") if each.type == "pair" else each)
        for each in child_nodes(node)
        if each.type not in ("string_fragment", "escape_sequence", "shorthand_property_identifier")
    )


def all_at_once(node: Node) -> bool:
    """Whether all functions in a piece of the source are called where they stand, and are gone afterwards."""
    if node.type in ("class", "class_declaration"):
        return False
    if node.type in FUNCTIONS:
        name, owner = passed_to(node)
        if owner is None or name not in _AT_ONCE or is_async(node) or is_generator(node):
            return False
    return all(map(all_at_once, node.named_children))


def _has_this(node: Node) -> bool:
    return node.type == "this" or any(map(_has_this, node.named_children))


def always_ends(node: Node) -> bool:
    """Return whether a statement never goes on to the next one."""
    node = strip(node)
    if node.type in ("return_statement", "throw_statement"):
        return True
    if node.type == "statement_block":
        return any(always_ends(child) for child in child_nodes(node))
    if node.type == "if_statement":
        other = maybe_field(node, "alternative")
        return other is not None and always_ends(field(node, "consequence")) and always_ends(child_nodes(other)[0])
    if node.type == "try_statement":
        last = maybe_field(node, "finalizer")
        if last is not None and always_ends(field(last, "body")):
            return True
        handler = maybe_field(node, "handler")
        return always_ends(field(node, "body")) and (handler is None or always_ends(field(handler, "body")))
    return False


def comment_lines(node: Node) -> list[str]:
    """Return the lines of a comment, as Python writes them."""
    written = text_of(node)
    if written.startswith("//"):
        return [f"# {UNPRINTABLE.sub(' ', written[2:]).strip()}".rstrip()]
    inner = written[2:-2].strip("*").splitlines()
    lines = [UNPRINTABLE.sub(" ", line).strip().removeprefix("*").strip() for line in inner]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return [f"# {line}".rstrip() for line in lines] or ["#"]


def exports_this(node: Node) -> bool:
    """Return whether a ``this`` is the exports of its file: in ``exports.f = function () { … }`` and the like."""
    at: Node | None = node.parent
    while at is not None and (at.type not in FUNCTIONS or at.type == "arrow_function"):
        if at.type.endswith("field_definition"):
            return False
        at = at.parent
    return is_commons(node) if at is None else is_exported_method(at)


def is_commons(node: Node) -> bool:
    """Return whether `this` at the top of the file is its exports: not in ES modules."""
    root = node
    while root.parent is not None:
        root = root.parent
    source = text_of(root)
    es_module = any(child.type in ("import_statement", "export_statement") for child in root.named_children)
    return not es_module and re.search(r"module\.exports\s*=[^=]", source) is None


def is_exported_method(function: Node) -> bool:
    """Return whether a function is assigned to the exports, or is in an object that is; ``main`` has no such `this`."""
    at = function.parent
    name = function.child_by_field_name("name") or (at.child_by_field_name("key") if at is not None else None)
    if text_of(name) == "main":
        return False
    if at is not None and at.type == "pair":
        at = at.parent
    if at is not None and at.type == "object":
        at = at.parent
        return at is not None and at.type == "assignment_expression" and text_of(field(at, "left")) == "module.exports"
    left = text_of(field(at, "left")) if at is not None and at.type == "assignment_expression" else ""
    return left.rpartition(".")[0] in ("exports", "module.exports") and not left.endswith(".main")


def first_name(call: Node) -> Node:
    """Return the name that a callee begins with."""
    node = strip(field(call, "function"))
    while node.type == "member_expression":
        node = strip(field(node, "object"))
    return node


def in_parentheses(node: Node) -> tuple[Node, Node | None]:
    """Return a node with its parentheses, and what they are in."""
    around = node.parent
    while around is not None and strip(around).id == strip(node).id:
        node, around = around, around.parent
    return node, around
