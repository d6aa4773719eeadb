"""What a program has found out about a value before it reads it again: that it is there, a list, a string."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Hashable, Iterator
from operator import itemgetter

from .jstypes import LISTS, NIL, NUMBERS, OBJECTS, TEXTS, JsType, js_type
from .module import Module
from .nodes import (
    FUNCTIONS,
    LOOPS,
    always_ends,
    arguments_of,
    child_nodes,
    field,
    has,
    maybe_field,
    string_value,
    strip,
    text_of,
)
from .syntax import Node
from .variables import Variable

# Methods that lists alone have: of anything else they raise
_OF_LISTS = {"map", "filter", "some", "every", "find", "findIndex", "reduce", "push", "pop", "shift", "unshift"}
_OF_LISTS |= {"splice", "sort", "reverse", "join", "flat", "flatMap"}
# Methods that strings alone have
_OF_TEXTS = {"trim", "toUpperCase", "toLowerCase", "startsWith", "endsWith", "charAt", "charCodeAt", "padStart"}
_OF_TEXTS |= {"padEnd", "split", "substring", "substr", "replace", "replaceAll", "localeCompare", "match", "repeat"}
_OF_TEXTS |= {"trimStart", "trimEnd"}
_IDS = TEXTS | NUMBERS
_BLOCKS = {"statement_block", "program", "switch_case"}
_SHORT = {"&&", "||", "??"}
_WITH_SIGNS = {"binary_expression", "augmented_assignment_expression"}
_KINDS = {"string": TEXTS, "number": NUMBERS, "boolean": js_type("bool"), "undefined": js_type("undef")}
_LITERALS = {"string": TEXTS, "number": NUMBERS, "null": js_type("null"), "undefined": js_type("undef")}
_LITERALS |= {"true": js_type("bool"), "false": js_type("bool")}
# Of these, ``forEach`` and ``for … of`` raise
_HAS_NO_EACH = TEXTS | NIL | NUMBERS | OBJECTS | js_type("bool date err fn regex")
_IS_NOT_ITERABLE = _HAS_NO_EACH - TEXTS
# What changes properties without naming them
_COPYING = re.compile(
    r"Object\.assign\(\s*[^{\s]|define(?:Property|Properties)|\b_\.\w*(?:set|assign|merge|extend|default)"
)

# What takes items out of a list
_SHRINKING = re.compile(r"\b(?:pop|shift|splice|pull\w*|delete)\b|\.length\s*(?:=[^=]|[-+*/]=|--)")
_MOST_ITEMS = 9  # which a comparison with a length is remembered for

# What is known of a value: the kinds it can only be (None for all), and those it cannot be
Fact = tuple[JsType | None, JsType]
_IS_LIST: Fact = (LISTS, frozenset())
_IS_TEXT: Fact = (TEXTS, frozenset())
_IS_THERE: Fact = (None, NIL)
_IS_FALSE: Fact = (NIL | NUMBERS | TEXTS | {"bool"}, frozenset())
_Facts = list[tuple[Hashable, Fact, Node]]


class Narrowing:
    """What is known of the values of one file at the places where they are read."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.names = module.names
        self._known: dict[int, list[Fact]] = {}
        self._said: dict[int, dict[Hashable, dict[Fact, list[tuple[int, Node]]]]] = {}  # by block, value and fact
        self._has_getters = bool(re.search(r"\bget\s+[\w#$]+\s*\(|\bProxy\b", module.text))
        self._may_change = "*" in self.names.put or bool(_COPYING.search(module.text))
        self._may_shrink = bool(_SHRINKING.search(module.text))

    def narrowed(self, node: Node, type_: JsType) -> JsType:
        """Return what a name, or a property of one, can be where it stands, of what it can be at all."""
        if node.id not in self._known:
            key = self._key(node)
            self._known[node.id] = [] if key is None else [*self._facts_at(node, key)]
        for only, never in self._known[node.id]:
            left = (type_ if only is None else type_ & only) - never
            type_ = left or type_  # of what is no value of JavaScript's own, nothing is said
        return type_

    def is_id(self, node: Node) -> bool:
        """Whether the program has taken a value for the id of a document, which is a string or a number."""
        key = self._key(node)
        return key is not None and any(only == _IDS for only, _ in self._facts_at(node, key))

    def has_item(self, owner: Node, place: int) -> bool:
        """Whether the program has seen that a list has more than `place` items: ``if (rows.length === 0) return``."""
        key = self._key(owner)
        if self._may_shrink or not isinstance(key, tuple) or "length" in self.names.put:
            return False
        facts = self._facts_at(owner, (key[0], "length", *key[1:]))
        return any(f"at most {place}" in never for _, never in facts)

    def _is_module(self, callee: Node) -> bool:
        """Whether a method is one of a package, which may be called as that of a string."""
        owner = strip(field(callee, "object"))
        variable = self.names.of.get(owner.id) if owner.type == "identifier" else None
        return variable is not None and (variable.kind == "import" or id(variable) in self.module.requires)

    def _key(self, node: Node) -> Hashable | None:
        """Return what stands for a value that does not change: a constant, or what is read of one."""
        node, path = strip(node), []
        while node.type == "member_expression" and not has(node, "optional_chain"):
            name = text_of(field(node, "property"))
            if name in self.names.put:
                return None
            path.append(name)
            node = strip(field(node, "object"))
        variable = self.names.of.get(node.id) if node.type == "identifier" else None
        if variable is None or not variable.is_constant or _is_shared(variable) or (path and self._has_getters):
            return None
        return (id(variable), *path)

    # ---- where a place is

    def _facts_at(self, place: Node, key: Hashable) -> Iterator[Fact]:
        child, at = place, place.parent
        is_again = False  # whether what follows the place may have run before it
        while at is not None and at.type not in ("function_declaration", "method_definition", "class_body"):
            if at.type in _BLOCKS:
                found = self._before(at, child, key)
            else:
                found = [each for each in self._facts_of(at, child) if each[0] == key]
            yield from (fact for _, fact, node in found if self._lasts(key, node, at if is_again else place, place))
            is_again |= at.type in LOOPS or at.type in FUNCTIONS
            child, at = at, at.parent

    def _lasts(self, key: Hashable, since: Node, until: Node, place: Node) -> bool:
        """Whether nothing changes a property between two places; a constant alone does not change."""
        if not isinstance(key, tuple) or len(key) == 1:
            return True
        if not self._may_change and len(self.module.others) == 0:
            return True
        return until is place and not _does_something(_between(since, place))

    def _facts_of(self, around: Node, child: Node) -> _Facts:
        """Return what is known at a child of a node, when it is reached."""
        kind = around.type
        if kind in ("if_statement", "ternary_expression"):
            condition = field(around, "condition")
            if _is(around, "consequence", child):
                return [*self._when(condition, is_true=True), *self._uses(condition)]
            if _is(around, "alternative", child):
                return [*self._when(condition, is_true=False), *self._uses(condition)]
        elif kind == "while_statement" and _is(around, "body", child):
            return self._when(field(around, "condition"), is_true=True)
        elif kind == "binary_expression" and _is(around, "right", child):
            sign, left = text_of(around.child_by_field_name("operator")), field(around, "left")
            if sign in ("&&", "||"):
                return [*self._when(left, is_true=sign == "&&"), *self._uses(left)]
        elif kind == "for_in_statement" and _is(around, "body", child):
            return self._walked(around)
        return []

    def _before(self, block: Node, child: Node, key: Hashable) -> _Facts:
        """Return what the statements before one say of a value: each fact once, by the last that says it."""
        if block.id not in self._said:
            said: dict[Hashable, dict[Fact, list[tuple[int, Node]]]] = {}
            for each in block.named_children:
                for of, fact, node in self._after(each):
                    said.setdefault(of, {}).setdefault(fact, []).append((each.end_byte, node))
            self._said[block.id] = said
        result: _Facts = []
        for fact, places in self._said[block.id].get(key, {}).items():
            last = bisect_right(places, child.start_byte, key=itemgetter(0))
            if last:
                result.append((key, fact, places[last - 1][1]))
        return result

    def _after(self, statement: Node) -> _Facts:
        """Return what is known after a statement."""
        kind, facts = statement.type, []
        if kind in ("expression_statement", "lexical_declaration", "variable_declaration"):
            facts = self._uses(statement)
        elif kind == "if_statement":
            condition = field(statement, "condition")
            facts = [*self._uses(condition)]
            if maybe_field(statement, "alternative") is None and _leaves(field(statement, "consequence")):
                facts += self._when(condition, is_true=False)
        elif kind == "for_in_statement":
            facts = [*self._walked(statement), *self._uses(field(statement, "right"))]
        return facts

    def _walked(self, loop: Node) -> _Facts:
        right = field(loop, "right")
        is_plain = text_of(loop.child_by_field_name("operator")) == "of" and not has(loop, "await")
        key = self._key(right) if is_plain else None
        return [] if key is None else [(key, (None, _IS_NOT_ITERABLE), right)]

    # ---- what conditions say

    def _when(self, condition: Node, *, is_true: bool) -> _Facts:
        """Return what is known where a condition is true, or where it is false."""
        condition = strip(condition)
        if condition.type == "unary_expression" and has(condition, "!"):
            return self._when(field(condition, "argument"), is_true=not is_true)
        if condition.type == "binary_expression" and text_of(field(condition, "operator")) in ("&&", "||"):
            if (text_of(field(condition, "operator")) == "&&") != is_true:
                return self._uses(condition)
            sides = (field(condition, "left"), field(condition, "right"))
            return [fact for side in sides for fact in self._when(side, is_true=is_true)]
        return [*self._said_by(condition, is_true=is_true), *self._uses(condition)]

    def _said_by(self, condition: Node, *, is_true: bool) -> _Facts:
        """Return what is known where a condition without ``&&`` and ``||`` is true, or where it is false."""
        if condition.type == "binary_expression":
            sign, left, right = (
                text_of(condition.child_by_field_name("operator")),
                field(condition, "left"),
                field(condition, "right"),
            )
            counted = _counted(sign, left, right, is_true=is_true)
            if counted is not None:
                key = self._key(counted[0])
                return [] if key is None else [(key, (None, _more_than(counted[1])), condition)]
            if sign in ("===", "!==", "==", "!="):
                return self._compared(left, right, is_same=(sign[0] == "=") == is_true, is_strict=len(sign) == 3)
            return []
        if condition.type == "call_expression" and text_of(field(condition, "function")) == "Array.isArray":
            args = arguments_of(condition)
            key = self._key(args[0]) if len(args) == 1 else None
            return [] if key is None else [(key, _of(LISTS, is_true=is_true), condition)]
        key = self._key(condition)
        if key is None:
            return []
        if is_true and _is_length(condition):
            return [(key, (None, NIL | _more_than(0)), condition)]
        return [(key, _IS_THERE if is_true else _IS_FALSE, condition)]

    def _compared(self, left: Node, right: Node, *, is_same: bool, is_strict: bool) -> _Facts:
        if left.type == "unary_expression" and has(left, "typeof") and right.type == "string":
            key, kind = self._key(field(left, "argument")), _KINDS.get(string_value(right))
            return [] if key is None or kind is None else [(key, _of(kind, is_true=is_same), right)]
        if _literal(right) not in _LITERALS:
            left, right = right, left
        key, kind = self._key(left), _LITERALS.get(_literal(right))
        is_nil = kind is not None and kind <= NIL
        if key is None or kind is None or not (is_nil or (is_same and is_strict)):
            return []
        return [(key, _of(kind if is_strict else NIL, is_true=is_same), right)]

    # ---- what uses say

    def _uses(self, node: Node) -> _Facts:
        """Return what is known after an expression that surely is evaluated: it would have raised."""
        if node.type in FUNCTIONS or node.type == "class_body" or node.type.endswith("_pattern"):
            return []
        result: _Facts = []
        children = child_nodes(node)
        sign = text_of(node.child_by_field_name("operator")) if node.type in _WITH_SIGNS else ""
        if node.type == "ternary_expression" or sign.rstrip("=") in _SHORT or has(node, "optional_chain"):
            children = children[:1]  # the rest may be missing
        elif node.type == "member_expression":
            key = self._key(field(node, "object"))
            result = [] if key is None else [(key, _IS_THERE, node)]
        elif node.type == "call_expression":
            if _is_optional(node):
                return []
            callee = strip(field(node, "function"))
            name = text_of(field(callee, "property")) if callee.type == "member_expression" else ""
            if name in _OF_LISTS | _OF_TEXTS | {"forEach"} and not self.module.has_own_method(name):
                key = None if self._is_module(callee) else self._key(field(callee, "object"))
                fact: Fact = _IS_LIST if name in _OF_LISTS else _IS_TEXT if name in _OF_TEXTS else (None, _HAS_NO_EACH)
                result = [] if key is None else [(key, fact, node)]
            elif name == "doc" and _is_collection(field(callee, "object")):
                key = self._key(arguments_of(node)[0]) if arguments_of(node) else None
                result = [] if key is None else [(key, (_IDS, frozenset()), node)]
        return result + [fact for child in children for fact in self._uses(child)]


_OPPOSITE = {">": "<=", "<=": ">", "<": ">=", ">=": "<", "===": "!==", "!==": "===", "==": "!=", "!=": "=="}
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


def _is_length(node: Node) -> bool:
    return node.type == "member_expression" and text_of(field(node, "property")) == "length"


def _counted(sign: str, left: Node, right: Node, *, is_true: bool) -> tuple[Node, int] | None:
    """Return the length, and what it is more than, of a comparison with a number."""
    left, right = strip(left), strip(right)
    if _is_length(right):
        left, right, sign = right, left, _TURNED.get(sign, sign)
    if not _is_length(left) or right.type != "number" or not text_of(right).isdecimal() or sign not in _OPPOSITE:
        return None
    number = int(text_of(right))
    match sign if is_true else _OPPOSITE[sign]:
        case ">":
            return left, number
        case ">=" | "===" | "==":
            return (left, number - 1) if number else None
        case "!==" | "!=" if number == 0:
            return left, 0
    return None


def _more_than(count: int) -> JsType:
    """Return the marks of a length that is greater: what it is not."""
    return frozenset(f"at most {each}" for each in range(min(count, _MOST_ITEMS) + 1))


def _of(kind: JsType, *, is_true: bool) -> Fact:
    return (kind, frozenset()) if is_true else (None, kind)


def _literal(node: Node) -> str:
    return "undefined" if text_of(node) == "undefined" else node.type


def _is(around: Node, name: str, child: Node) -> bool:
    found = around.child_by_field_name(name)
    return found is not None and found.start_byte <= child.start_byte and child.end_byte <= found.end_byte


def _is_optional(node: Node) -> bool:
    """Whether a part of a chain may be missing."""
    at: Node | None = node
    while at is not None and at.type in ("member_expression", "call_expression", "subscript_expression"):
        if has(at, "optional_chain"):
            return True
        at = at.child_by_field_name("function" if at.type == "call_expression" else "object")
    return False


def _is_shared(variable: Variable) -> bool:
    """Whether it is another one in each round of a loop, under the same name, or may be set by another file."""
    around = variable.node.parent
    return variable.kind == "global" or (
        variable.kind == "var" and around is not None and around.type == "for_in_statement"
    )


def _is_collection(node: Node) -> bool:
    callee = strip(node).child_by_field_name("function")
    return callee is not None and text_of(callee.child_by_field_name("property")) == "collection"


def _leaves(statement: Node) -> bool:
    """Whether nothing after a statement in its block runs."""
    statement = strip(statement)
    if statement.type in ("continue_statement", "break_statement"):
        return True
    if statement.type == "statement_block" and child_nodes(statement):
        return _leaves(child_nodes(statement)[-1]) or always_ends(statement)
    return always_ends(statement)


def _between(since: Node, place: Node) -> list[Node]:
    """Return what stands between two places."""
    around = since
    while around.parent is not None and around.end_byte < place.end_byte:
        around = around.parent
    pending, result = [around], []
    while pending:
        node = pending.pop()
        if node.end_byte <= since.end_byte or node.start_byte >= place.start_byte:
            continue
        if since.end_byte <= node.start_byte and node.end_byte <= place.start_byte:
            result.append(node)
        else:
            pending += node.named_children
    return result


def _does_something(nodes: list[Node]) -> bool:
    kinds = ("call_expression", "new_expression", "await_expression", "yield_expression", "assignment_expression")
    return any(node.type in kinds or _does_something(node.named_children) for node in nodes)
