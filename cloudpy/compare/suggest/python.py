"""Python as the tree of `tree`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

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

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "==", ast.IsNot: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
    ast.GtE: ">=", ast.In: "includes", ast.NotIn: "includes", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Mod: "%",
    ast.FloorDiv: "/", ast.Pow: "*", ast.And: "&&", ast.Or: "||", ast.Not: "!", ast.USub: "-", ast.UAdd: "+",
}  # fmt: skip


def module(text: str, file: str) -> tree.Module:
    """Return the tree of a file.

    Raises:
        SyntaxError: it is no Python.
    """
    return tree.Module(_body(ast.parse(text, file).body))


def _body(nodes: Sequence[ast.stmt]) -> tuple[Statement, ...]:
    return tuple(each for node in nodes for each in _statement(node))


def _statement(node: ast.stmt) -> list[Statement]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return [Def(node.name, _function(node.args, _body(node.body), node.name))]
        case ast.ClassDef():
            methods = [each for each in node.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
            made = [(each.name, _function(each.args, _body(each.body), each.name, method=True)) for each in methods]
            return [Class(node.name, tuple(made))]
        case ast.Assign():
            return [Assign(_expr(target), _expr(node.value)) for target in node.targets]
        case ast.AnnAssign():
            return [Assign(_expr(node.target), _expr(node.value))] if node.value else []
        case ast.AugAssign():
            operator = _OPERATORS.get(type(node.op), "text")
            return [Assign(_expr(node.target), Op(operator, (_expr(node.target), _expr(node.value))))]
        case ast.If():
            return [If(_expr(node.test), _body(node.body), _body(node.orelse))]
        case ast.For() | ast.AsyncFor():
            return [Loop(_expr(node.target), _expr(node.iter), _body([*node.body, *node.orelse]))]
        case ast.While():
            return [_expr(node.test), Loop(None, None, _body([*node.body, *node.orelse]))]
        case ast.Try():
            handlers = [If(Name("an error"), _body(each.body)) for each in node.handlers]
            return [Block((*_body(node.body), *handlers, *_body([*node.orelse, *node.finalbody])))]
        case ast.With() | ast.AsyncWith():
            return [*(_expr(item.context_expr) for item in node.items), *_body(node.body)]
        case ast.Return():
            return [Return(_expr(node.value))]
        case ast.Raise():
            return [Return(_expr(node.exc))]
        case ast.Match():
            cases = tuple((_case_values(each.pattern), _body(each.body)) for each in node.cases)
            return [Switch(_expr(node.subject), cases)]
        case ast.Expr():
            return [_expr(node.value)]
        case ast.Import():
            return [_imported(alias.name, alias.asname or alias.name.partition(".")[0]) for alias in node.names]
        case ast.ImportFrom():
            name = "." * node.level + (node.module or "")
            return [
                Assign(Name(alias.asname or alias.name), Get(Call(Name("require"), (Const(name),)), Const(alias.name)))
                for alias in node.names
            ]
    return []


def _imported(name: str, inside: str) -> Statement:
    return Assign(Name(inside), Call(Name("require"), (Const(name),)))


def _case_values(pattern: ast.pattern) -> tuple[Expr, ...]:
    if isinstance(pattern, ast.MatchOr):
        return tuple(value for each in pattern.patterns for value in _case_values(each))
    if isinstance(pattern, ast.MatchValue):
        return (_expr(pattern.value),)
    return (Const(pattern.value),) if isinstance(pattern, ast.MatchSingleton) else ()


def _function(args: ast.arguments, body: tuple[Statement, ...], name: str = "", *, method: bool = False) -> Lambda:
    names = [each.arg for each in (*args.posonlyargs, *args.args)][1 if method else 0 :]
    first = len(names) - len(args.defaults)  # the first one with a default; below 0 where self has one
    defaults = [None] * first + list(args.defaults)[max(0, -first) :]
    params: list[Expr] = [
        Name(each) if value is None else Default(Name(each), _expr(value))
        for each, value in zip(names, defaults, strict=True)
    ]
    return Lambda((*params, *(Name(each.arg) for each in args.kwonlyargs)), body, name)


def _expr(node: ast.expr | None) -> Expr:
    match node:
        case None:
            return tree.NONE
        case ast.Name():
            return Name("this" if node.id == "self" else node.id)
        case ast.Constant():
            value = node.value
            return Const(value if value is None or isinstance(value, (str, int, float, bool)) else None)
        case ast.Attribute():
            return Get(_expr(node.value), Const(node.attr))
        case ast.Subscript():
            if isinstance(node.slice, ast.Slice):
                return Call(Get(_expr(node.value), Const("slice")), ())
            return Get(_expr(node.value), _expr(node.slice))
        case ast.Call():
            args = tuple(_expr(each) for each in node.args)
            keywords = tuple((each.arg, _expr(each.value)) for each in node.keywords if each.arg is not None)
            return Call(_expr(node.func), args, keywords)
        case ast.Await() | ast.Starred():
            made = _expr(node.value)
            return Op("...", (made,)) if isinstance(node, ast.Starred) else made
        case ast.BinOp():
            is_text = isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant)
            operator = "text" if is_text else _OPERATORS.get(type(node.op), "text")
            return Op(operator, (_expr(node.left), _expr(node.right)))
        case ast.BoolOp():
            return Op(_OPERATORS[type(node.op)], tuple(map(_expr, node.values)))
        case ast.UnaryOp():
            return Op(_OPERATORS.get(type(node.op), "text"), (_expr(node.operand),))
        case ast.Compare():
            return _comparison(node)
        case ast.IfExp():
            return Op("?:", (_expr(node.test), _expr(node.body), _expr(node.orelse)))
        case ast.JoinedStr():
            texts = ["", *(str(each.value) if isinstance(each, ast.Constant) else "" for each in node.values), ""]
            return Op(
                "text",
                tuple(
                    tree.text_part(_expr(each.value), texts[index], texts[index + 2])
                    for index, each in enumerate(node.values)
                    if isinstance(each, ast.FormattedValue)
                ),
            )
        case ast.Dict():
            return Record(tuple(_item(key, value) for key, value in zip(node.keys, node.values, strict=True)))
        case ast.List() | ast.Tuple() | ast.Set():
            return Items(tuple(map(_expr, node.elts)))
        case ast.Lambda():
            return _function(node.args, (Return(_expr(node.body)),))
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            return _comprehension(node.generators, node.elt)
        case ast.DictComp():
            return _comprehension(node.generators, node.value)
        case ast.NamedExpr():
            return Assign(_expr(node.target), _expr(node.value))
    return tree.NONE


def _item(key: ast.expr | None, value: ast.expr) -> tuple[str | Expr | None, Expr]:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value, _expr(value)
    return None if key is None else _expr(key), _expr(value)


def _comparison(node: ast.Compare) -> Expr:
    operands = [_expr(each) for each in (node.left, *node.comparators)]
    made = []
    for operator, left, right in zip(node.ops, operands, operands[1:], strict=False):
        name = _OPERATORS.get(type(operator), "text")
        if name == "includes":
            call: Expr = Call(Get(right, Const("includes")), (left,))
            made.append(Op("!", (call,)) if isinstance(operator, ast.NotIn) else call)
        else:
            made.append(Op(name, (left, right)))
    return made[0] if len(made) == 1 else Op("&&", tuple(made))


def _comprehension(generators: list[ast.comprehension], element: ast.expr) -> Expr:
    made = _expr(element)
    for each in reversed(generators):
        tests = tuple(_expr(test) for test in each.ifs)
        made = Call(Get(_expr(each.iter), Const("map")), (Lambda((_expr(each.target),), (*tests, Return(made))),))
    return made
