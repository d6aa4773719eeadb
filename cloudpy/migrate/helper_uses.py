"""Which helpers Python code uses, and how: from that ``js.py`` is cut."""

from __future__ import annotations

import ast
from collections.abc import Container
from itertools import chain

from .jsruntime.objects import INBORN, METHODS

_METHODS = {*INBORN, *chain(*METHODS.values())}
_ENCODINGS = {"base64": "base64", "base64url": "base64", "hex": "hex", "latin1": "latin1", "binary": "latin1"}
_SIGNS = {
    ast.Sub: ("__sub__", "__rsub__"), ast.Lt: ("__lt__", "__gt__"), ast.Gt: ("__gt__", "__lt__"),
    ast.LtE: ("__le__", "__ge__"), ast.GtE: ("__ge__", "__le__"),
}  # fmt: skip
# Helpers that take positions or counts, and which argument is the first one
_POSITIONS = {
    "slice_of": 1,
    "substring": 1,
    "substr": 1,
    "index_of": 2,
    "starts_with": 2,
    "to_fixed": 1,
    "parse_int": 1,
}
_USUAL = {"to_fixed": range(101), "parse_int": (10,)}
SIGNS = {name for names in _SIGNS.values() for name in names}


def helper_uses(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return the helpers that are used, and the attributes that are named.

    ``stringify.2`` among the helpers is that it is called with a second argument, ``method.name`` that one is given
    the name of a method, ``error.caught`` that it may read one of an error, ``number.position`` that
    one is given a position that is no number in the code, ``then.any`` that the helper itself is given on;
    ``__sub__`` among the attributes is that something is subtracted.
    """
    helpers = word_kinds(tree)
    attributes: set[str] = set()
    plain: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            attributes.add(node.attr)
            if _is_js(node):
                helpers.add(node.attr)
                is_plain = id(node) in plain
                helpers |= set() if is_plain else {"number.position" if node.attr in _POSITIONS else f"{node.attr}.any"}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_js(node.func):
            positions = node.args[_POSITIONS.get(node.func.attr, len(node.args)) :]
            if all(_is_number(each, _USUAL.get(node.func.attr)) for each in positions):
                plain.add(id(node.func))
            is_open = any(isinstance(each, ast.Starred) for each in node.args)
            given = [at for at, each in enumerate(node.args, 1) if getattr(each, "value", each) is not None]
            helpers |= {f"{node.func.attr}.{at}" for at in (range(2, 10) if is_open else given) if at > 1}
            words = {each.value for each in node.args if isinstance(each, ast.Constant)}
            helpers |= {"method.name"} if words & _METHODS else set()
            helpers |= {"error.caught"} if words & {"message", "name"} else set()
            helpers |= {"key.name"} if "name" in words else set()
        elif isinstance(node, ast.BinOp | ast.AugAssign):
            attributes |= set(_SIGNS.get(type(node.op), ()))
        elif isinstance(node, ast.Compare):
            attributes |= {sign for each in node.ops for sign in _SIGNS.get(type(each), ())}
    helpers |= {"transaction"} if attributes & {"runTransaction", "startTransaction"} else set()
    return helpers, attributes


def word_kinds(tree: ast.AST) -> set[str]:
    """Return what the texts in the code ask for: ``encoding.hex``, ``key.toString``, ``key.method``."""
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    encodings = {_ENCODINGS.get(word.lower(), "") for word in words}
    kinds = {f"encoding.{each}" for each in encodings - {""}}
    kinds |= {"key.toString" for word in words if word in ("toString", "valueOf")}
    keys = {each for node in ast.walk(tree) for each in _keys(node) if isinstance(each, ast.Constant)}
    return kinds | {"key.method" for each in keys if each.value in METHODS[list]}


def _keys(node: ast.AST) -> list[ast.expr | None]:
    """Return the keys that a dict is made with, or given."""
    return node.keys if isinstance(node, ast.Dict) else [node.slice] if isinstance(node, ast.Subscript) else []


def _is_number(node: ast.expr, usual: Container[int] | None) -> bool:
    """Whether a number is written there, and one of the usual ones."""
    inner = node.operand if isinstance(node, ast.UnaryOp) and usual is None else node
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int) and (usual is None or inner.value in usual)


def _is_js(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "js"
