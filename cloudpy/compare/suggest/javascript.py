"""JavaScript and TypeScript as the tree of `tree`."""

from __future__ import annotations

import math

from ...migrate import nodes
from ...migrate.nodes import child_nodes, maybe_field, string_value, strip, text_of
from ...migrate.syntax import Node, parse
from . import tree
from .tree import (
    Assign,
    Block,
    Call,
    Class,
    Const,
    Def,
    Default,
    Expr,
    Get,
    If,
    Items,
    Lambda,
    Loop,
    Name,
    Op,
    Record,
    Return,
    Statement,
    Switch,
)

_EQUAL = {"===": "==", "!==": "!="}
_LITERALS = {"true": True, "false": False, "null": None, "undefined": None}


def module(text: str, file: str) -> tree.Module:
    """Return the tree of a file.

    Raises:
        SyntaxProblem: it cannot be read.
        Missing: tree-sitter is not installed.
    """
    root = parse(text, file)
    exports: dict[str, str] = {}
    body: list[Statement] = []
    for node in root.named_children:
        if node.type == "export_statement":
            inner = node.child_by_field_name("declaration") or node.child_by_field_name("value")
            is_default = nodes.has(node, "default")
            if inner is not None:
                made = _statement(inner)
                body += made
                for one in made:
                    names = _declared(one)
                    if is_default and not names and isinstance(one, (Lambda, Record, Name)):
                        body.append(Assign(Name("export default"), one))
                        names = ["export default"]
                    exports.update({"default" if is_default else name: name for name in names})
            for clause in (each for each in child_nodes(node) if each.type == "export_clause"):
                for each in child_nodes(clause):
                    name = text_of(each.child_by_field_name("name"))
                    exports[text_of(each.child_by_field_name("alias")) or name] = name
        else:
            body += _statement(node)
    return tree.Module(tuple(body), exports)


def _declared(statement: Statement) -> list[str]:
    if isinstance(statement, (Def, Class)):
        return [statement.name]
    if isinstance(statement, Assign) and isinstance(statement.target, Name):
        return [statement.target.id]
    return []


def _body(node: Node | None) -> tuple[Statement, ...]:
    if node is None:
        return ()
    if node.type in ("statement_block", "program", "else_clause"):
        return tuple(each for child in child_nodes(node) for each in _statement(child))
    return tuple(_statement(node))


def _statement(node: Node) -> list[Statement]:
    kind = node.type
    if kind in ("lexical_declaration", "variable_declaration"):
        return [
            Assign(
                _expr(each.child_by_field_name("name")),
                _expr(each.child_by_field_name("value")),
                declares=kind == "lexical_declaration",
            )
            for each in child_nodes(node)
            if each.type == "variable_declarator"
        ]
    if kind in ("function_declaration", "generator_function_declaration"):
        return [Def(text_of(node.child_by_field_name("name")), _function(node))]
    if kind == "class_declaration":
        return [_class(node)]
    if kind == "import_statement":
        return _imported(node)
    if kind == "expression_statement":
        inner = child_nodes(node)
        return [_expr(inner[0])] if inner else []
    if kind == "if_statement":
        yes, no = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        return [If(_expr(node.child_by_field_name("condition")), _body(yes), _body(no))]
    if kind == "switch_statement":
        return [_switch(node)]
    if kind in nodes.LOOPS:
        return _loop(node)
    if kind == "try_statement":
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        parts = [_body(node.child_by_field_name("body"))]
        if handler is not None:
            parts.append((If(Name("an error"), _body(handler.child_by_field_name("body"))),))
        if last is not None:
            parts.append(_body(last.child_by_field_name("body")))
        return [Block(tuple(each for part in parts for each in part))]
    if kind in ("return_statement", "throw_statement"):
        inner = child_nodes(node)
        return [Return(_expr(inner[0]) if inner else tree.NONE)]
    if kind in ("statement_block", "labeled_statement"):
        return [Block(_body(node) if kind == "statement_block" else _body(child_nodes(node)[-1]))]
    if kind in ("break_statement", "continue_statement", "empty_statement", "comment", *nodes.TYPES):
        return []
    return [_expr(node)]


def _imported(node: Node) -> list[Statement]:
    source: Expr = Call(Name("require"), (Const(nodes.imported_from(node)),))
    made: list[Statement] = []
    for clause in (each for each in child_nodes(node) if each.type == "import_clause"):
        for each in child_nodes(clause):
            if each.type == "identifier":
                made.append(Assign(Name(text_of(each)), Op("default", (source,))))
            elif each.type == "namespace_import":
                made.append(Assign(Name(text_of(child_nodes(each)[0])), source))
            elif each.type == "named_imports":
                for one in child_nodes(each):
                    name = text_of(one.child_by_field_name("name"))
                    alias = text_of(one.child_by_field_name("alias")) or name
                    made.append(Assign(Name(alias), Get(source, Const(name))))
    return made


def _switch(node: Node) -> Switch:
    cases: list[tuple[tuple[Expr, ...], tuple[Statement, ...]]] = []
    waiting: list[Expr] = []
    for case in child_nodes(node.child_by_field_name("body")):
        value = case.child_by_field_name("value")
        if value is not None:
            waiting.append(_expr(value))
        inner = [each for each in child_nodes(case) if each is not value]
        if inner or value is None:
            body = tuple(each for child in inner for each in _statement(child))
            cases.append((tuple(waiting) if value is not None else (), body))
            waiting = []
    return Switch(_expr(node.child_by_field_name("value")), tuple(cases))


def _loop(node: Node) -> list[Statement]:
    body = _body(node.child_by_field_name("body"))
    if node.type == "for_in_statement":
        target, over = _expr(node.child_by_field_name("left")), _expr(node.child_by_field_name("right"))
        if nodes.has(node, "in"):
            over = Call(Get(Name("Object"), Const("keys")), (over,))
        return [Loop(target, over, body)]
    made: list[Statement] = []
    initializer, condition = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
    if initializer is not None:
        made += _statement(initializer)
    if condition is not None:
        made.append(_expr(condition) if condition.type != "expression_statement" else _statement(condition)[0])
    return [*made, Loop(None, None, body)]


def _class(node: Node) -> Class:
    methods: list[tuple[str, Expr]] = []
    for each in child_nodes(node.child_by_field_name("body")):
        name = text_of(each.child_by_field_name("name") or each.child_by_field_name("property"))
        if each.type == "method_definition":
            methods.append((name, _function(each)))
        elif each.type in ("field_definition", "public_field_definition"):
            methods.append((name, _expr(each.child_by_field_name("value"))))
    return Class(text_of(node.child_by_field_name("name")), tuple(methods))


def _function(node: Node) -> Lambda:
    body = node.child_by_field_name("body")
    if body is not None and body.type != "statement_block":
        statements: tuple[Statement, ...] = (Return(_expr(body)),)
    else:
        statements = _body(body)
    return Lambda(tuple(map(_expr, nodes.parameters_of(node))), statements, text_of(node.child_by_field_name("name")))


def _expr(node: Node | None) -> Expr:
    if node is None:
        return tree.NONE
    node = strip(node)
    kind = node.type
    if kind in ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"):
        name = text_of(node)
        return Const(None) if name == "undefined" else Name(name)
    if kind in ("this", "super"):
        return Name("this")
    if kind == "string":
        return Const(string_value(node))
    if kind == "number":
        return Const(_number(text_of(node)))
    if kind in _LITERALS:
        return Const(_LITERALS[kind])
    if kind == "template_string":
        pieces = child_nodes(node)
        texts = ["", *map(text_of, pieces), ""]
        parts = [
            tree.text_part(_expr(child_nodes(each)[0]), texts[index], texts[index + 2])
            for index, each in enumerate(pieces)
            if each.type == "template_substitution"
        ]
        return Op("text", tuple(parts)) if parts else Const(string_value(node))
    if kind == "regex":
        return tree.Pattern(text_of(node.child_by_field_name("pattern")))
    if kind == "member_expression":
        return Get(_expr(node.child_by_field_name("object")), Const(text_of(node.child_by_field_name("property"))))
    if kind == "subscript_expression":
        return Get(_expr(node.child_by_field_name("object")), _expr(node.child_by_field_name("index")))
    if kind == "call_expression":
        return Call(_expr(node.child_by_field_name("function")), tuple(map(_expr, nodes.arguments_of(node))))
    if kind == "new_expression":
        args = tuple(map(_expr, nodes.arguments_of(node)))
        return Call(_expr(node.child_by_field_name("constructor")), args, is_new=True)
    if kind in ("await_expression", "spread_element", "rest_pattern", "yield_expression"):
        inner = child_nodes(node)
        made = _expr(inner[0]) if inner else tree.NONE
        return Op("...", (made,)) if kind in ("spread_element", "rest_pattern") else made
    if kind in ("binary_expression", "augmented_assignment_expression"):
        operator = text_of(node.child_by_field_name("operator"))
        both = (_expr(node.child_by_field_name("left")), _expr(node.child_by_field_name("right")))
        if kind == "binary_expression":
            return Op(_EQUAL.get(operator, operator), both)
        return Assign(both[0], Op(operator[:-1], both))
    if kind == "unary_expression":
        return Op(text_of(node.child_by_field_name("operator")), (_expr(node.child_by_field_name("argument")),))
    if kind == "update_expression":
        return Op("-", (_expr(node.child_by_field_name("argument")), Const(1)))
    if kind == "ternary_expression":
        names = ("condition", "consequence", "alternative")
        return Op("?:", tuple(_expr(node.child_by_field_name(name)) for name in names))
    if kind in ("assignment_expression", "assignment_pattern", "object_assignment_pattern"):
        both = (_expr(node.child_by_field_name("left")), _expr(node.child_by_field_name("right")))
        return Assign(*both) if kind == "assignment_expression" else Default(*both)
    if kind in ("object", "object_pattern"):
        return Record(tuple(item for each in child_nodes(node) for item in _pair(each)))
    if kind in ("array", "array_pattern"):
        return Items(tuple(map(_expr, child_nodes(node))))
    if kind in nodes.FUNCTIONS:
        return _function(node)
    if kind == "sequence_expression":
        return Op(",", tuple(map(_expr, child_nodes(node))))
    if kind in ("required_parameter", "optional_parameter"):  # of TypeScript
        target = _expr(node.child_by_field_name("pattern"))
        value = maybe_field(node, "value")
        return target if value is None else Default(target, _expr(value))
    if kind == "class":
        made_class = _class(node)
        return Record(tuple(made_class.methods))
    return Op("text", tuple(map(_expr, child_nodes(node))))


def _pair(node: Node) -> list[tuple[str | Expr | None, Expr]]:
    if node.type in ("spread_element", "rest_pattern"):
        return [(None, _expr(child_nodes(node)[0]))]
    if node.type == "method_definition":
        return [(text_of(node.child_by_field_name("name")), _function(node))]
    if node.type in ("pair", "pair_pattern"):
        key = node.child_by_field_name("key")
        return [(_key(key), _expr(node.child_by_field_name("value")))]
    if node.type == "object_assignment_pattern":
        return [(text_of(node.child_by_field_name("left")), _expr(node))]
    return [(text_of(node), _expr(node))]


def _key(node: Node | None) -> str | Expr:
    if node is None:
        return ""
    if node.type == "string":
        return string_value(node)
    return _expr(child_nodes(node)[0]) if node.type == "computed_property_name" else text_of(node)


def _number(text: str) -> int | float | None:
    text = text.replace("_", "").rstrip("n")
    try:
        return int(text, 0)
    except ValueError:
        try:
            number = float(text)
        except ValueError:
            return 0
        return int(number) if number.is_integer() else 0 if math.isinf(number) else number
