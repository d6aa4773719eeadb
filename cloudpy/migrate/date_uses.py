"""What becomes of a date, or of a part of one, where it is used."""

from __future__ import annotations

from .module import Module
from .nodes import (
    FUNCTIONS,
    LOOPS,
    arguments_of,
    field,
    is_async,
    is_generator,
    maybe_field,
    parameters_of,
    strip,
    text_of,
)
from .syntax import Node
from .variables import Names, Variable

_CHECKS = ("isNaN", "Number.isNaN", "isFinite", "Number.isFinite")
_CONDITIONS = {"if_statement", "while_statement", "do_statement", "ternary_expression", "for_statement"}


def is_checked(time: Node, names: Names) -> bool:
    """Whether ``isNaN(date.getTime())`` asks for an invalid date, which a datetime cannot be."""
    around = time.parent
    if around is not None and around.type == "variable_declarator":
        variable = names.of.get(field(around, "name").id)
        return variable is not None and any(map(_is_in_check, variable.reads))
    return _is_in_check(time)


def is_tested(node: Node, around: Node) -> bool:
    """Whether only its truth counts: a date is true."""
    while True:
        operator = text_of(around.child_by_field_name("operator"))
        if around.type == "unary_expression" and operator == "!":
            return True
        if around.type in _CONDITIONS:
            test = maybe_field(around, "condition")
            return test is not None and test.start_byte <= node.start_byte < test.end_byte
        is_part = around.type == "binary_expression" and operator in ("&&", "||")
        if is_part and operator == "&&" and node.start_byte < field(around, "right").start_byte:
            return True
        if not (is_part or around.type == "parenthesized_expression") or around.parent is None:
            return False
        around = around.parent


def is_again(variable: Variable, read: Node) -> bool:
    """Whether a loop goes on from a place to the change of a date that is made before the loop."""
    at: Node | None = read
    while at is not None:
        inside = at.start_byte <= variable.node.start_byte < at.end_byte
        if at.type in LOOPS | FUNCTIONS and (not inside or at.type == "for_statement"):
            return True
        if inside:
            return False
        at = at.parent
    return False


def _is_in_check(node: Node) -> bool:
    around = node.parent
    if around is not None and around.type == "binary_expression":
        return text_of(field(around, "operator")) == "||"  # NaN is replaced
    call = around.parent if around is not None and around.type == "arguments" else None
    return call is not None and text_of(call.child_by_field_name("function")) in _CHECKS


def is_asked(read: Node) -> bool:
    """Whether a date is only asked, compared or copied where it is read."""
    around = read.parent
    if around is not None and around.type == "arguments":
        return around.parent is not None and around.parent.type == "new_expression"
    return around is not None and around.type in ("member_expression", "binary_expression")


def is_set(read: Node) -> bool:
    """Whether a date is changed where it is read."""
    around = read.parent
    is_method = around is not None and around.type == "member_expression"
    return is_method and around is not None and text_of(field(around, "property")).startswith("set")


def is_shown(node: Node, module: Module, seen: set[int]) -> bool:
    """Whether a number becomes only part of texts, or is asked in conditions: there, NaN does what it does in Node."""
    around = node.parent
    while around is not None and around.type == "parenthesized_expression":
        node, around = around, around.parent
    if around is None or around.id in seen:
        return False
    seen.add(around.id)
    kind = around.type
    if kind == "template_substitution":
        return True
    if kind == "binary_expression":
        return _is_shown_in(around, node, module, seen)
    if kind == "variable_declarator":
        return _is_read_as_shown(module.names.of.get(field(around, "name").id), module, seen)
    if kind == "member_expression":
        call = around.parent
        is_method = call is not None and call.type == "call_expression" and not arguments_of(call)
        return is_method and text_of(field(around, "property")) == "toString"
    if kind == "array":
        joined = around.parent.parent if around.parent is not None else None
        return joined is not None and text_of(joined).startswith(f"{text_of(around)}.join(")
    if kind == "pair":
        return text_of(field(around, "key")).strip("'\"") not in module.read_keys
    return kind == "arguments" and _is_passed_as_shown(around, node, module, seen)


def _is_shown_in(binary: Node, node: Node, module: Module, seen: set[int]) -> bool:
    sign = text_of(field(binary, "operator"))
    if sign in ("===", "!==", "==", "!="):
        return True
    left, right = field(binary, "left"), field(binary, "right")
    other = right if left.id == node.id else left
    if sign in ("<", ">", "<=", ">="):
        around = binary.parent
        while around is not None and around.type == "parenthesized_expression":
            around = around.parent
        return (
            around is not None and around.type in ("if_statement", "ternary_expression") and _is_condition(around, node)
        )
    if sign == "+" and _is_text(other):
        return True
    return sign in ("+", "-") and strip(other).type == "number" and is_shown(binary, module, seen)


def _is_condition(around: Node, node: Node) -> bool:
    test = field(around, "condition")
    return test.start_byte <= node.start_byte < test.end_byte


def _is_text(node: Node) -> bool:
    node = strip(node)
    if node.type in ("string", "template_string"):
        return True
    if node.type != "binary_expression" or text_of(field(node, "operator")) != "+":
        return False
    return _is_text(field(node, "left")) or _is_text(field(node, "right"))


def _is_passed_as_shown(arguments: Node, node: Node, module: Module, seen: set[int]) -> bool:
    call = arguments.parent
    if call is None or call.type != "call_expression":
        return False
    callee, args = strip(field(call, "function")), arguments_of(call)
    if text_of(callee) == "String":
        return True
    function = module.known_function(callee)
    place = next((at for at, each in enumerate(args) if each.id == node.id), -1)
    if (
        function is None
        or is_async(function)
        or is_generator(function)
        or not 0 <= place < len(parameters_of(function))
    ):
        return False
    return _is_read_as_shown(module.names.of.get(parameters_of(function)[place].id), module, seen)


def _is_read_as_shown(variable: Variable | None, module: Module, seen: set[int]) -> bool:
    is_plain = variable is not None and not variable.patterned and not variable.writes
    return is_plain and variable is not None and all(is_shown(each, module, seen) for each in variable.reads)


def reads_of(root: Node, key: str) -> list[Node] | None:
    """Return where a key is read by its name; None where it is read in another way, too."""
    found, pending = [], [root]
    while pending:
        node = pending.pop()
        pending += node.named_children
        if node.type == "subscript_expression" and text_of(field(node, "index")).strip("'\"`") == key:
            return None
        if node.type == "shorthand_property_identifier_pattern" and text_of(node) == key:
            return None
        if node.type == "pair_pattern" and text_of(field(node, "key")).strip("'\"") == key:
            return None
        if node.type == "member_expression" and text_of(field(node, "property")) == key:
            around = node.parent
            is_target = around is not None and around.type == "assignment_expression"
            if is_target and around is not None and field(around, "left").id == node.id:
                return None
            found.append(node)
    return found
