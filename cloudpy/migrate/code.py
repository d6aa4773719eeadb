"""Python as text, with how tightly it binds, and its literals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from .jsruntime.objects import INBORN, METHODS

# From the loosest to the tightest, as in Python's grammar. ORDERED is a comparison of what may be an invalid date:
# where it does not hold, the opposite one need not hold.
COMMA, LAMBDA, TERNARY, OR, AND, NOT, ORDERED, COMPARE, BITS, ADD, MUL, UNARY, POWER, AWAIT, ATOM = range(15)

# Names that texts, lists, numbers or errors have without anybody having put them there
_NOT_OWN = {*INBORN, *chain(*METHODS.values())} | {
    "length",
    "message",
    "name",
    "stack",
    "args",
    "with_traceback",
    "add_note",
    "toJSON",
}
_NOT_OWN |= {"index", "input", "groups", "indices"}  # of what a pattern has found
# What Python's own errors have, and those of the SDK for Python
_OF_PYTHON = set(
    """
    characters_written colno derive doc encoding end end_lineno end_offset errno exceptions filename filename2 isPlain
    lineno msg obj object offset path pos print_file_and_line reason rid start strerror subgroup text value
    """.split()
)

_STRING = re.compile(r"""[rf]?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_COMPARISON = re.compile(" (?:is not|is|not in|in|[!=]=|[<>]=?) ")
_OPPOSITES = {" is not ": " is ", " not in ": " in ", " != ": " == "}
_OPPOSITES |= {opposite: sign for sign, opposite in _OPPOSITES.items()}


class Py(NamedTuple):
    """An expression: its text, and the level of its outermost operator."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """Return the text, in parentheses where `level` is wanted and it binds looser."""
        return self.text if self.level >= level else f"({self.text})"

    def __str__(self) -> str:
        return self.text


def quoted(text: str) -> str:
    """Return a Python literal, in double quotes unless that costs escapes."""
    plain = repr(text)
    if plain[0] == '"' or '"' in text:
        return plain
    return '"' + plain[1:-1].replace("\\'", "'") + '"'


def call(name: str, *arguments: Py | str) -> Py:
    """Return ``name(arguments)``."""
    return Py(f"{name}({', '.join(each if isinstance(each, str) else each.at(LAMBDA) for each in arguments)})")


def getter(key: str) -> str:
    """Return the helper that reads a property of any value, by the literal of its name: a short one for most names."""
    name = key.strip('"')
    return "js.member" if _is_own(name) else "js.get"


def _is_own(name: str) -> bool:
    return name.isidentifier() and name[0] != "_" and name not in _NOT_OWN


def attribute(error: Py, name: str, missing: str) -> Py | None:
    """Return the reading of a property of an error; None for those that errors of Python have by themselves."""
    if not _is_own(name) or name in _OF_PYTHON:
        return None
    return call("getattr", error, quoted(name), missing)


def indented(lines: list[str]) -> list[str]:
    """Return the lines one level deeper; at least ``pass``."""
    if all(not line.strip() or line.lstrip().startswith("#") for line in lines):
        lines = [*lines, "pass"]
    return [f"    {line}" if line else line for line in lines]


def negated(code: Py) -> Py:
    """Return ``not code``, simpler where there is a way."""
    if code.level == COMPARE:
        signs = [*_COMPARISON.finditer(_outermost(code.text))]
        opposite = _OPPOSITES.get(signs[0][0]) if len(signs) == 1 else None
        if opposite is not None:
            return Py(code.text[: signs[0].start()] + opposite + code.text[signs[0].end() :], COMPARE)
    if code.level == NOT:
        inner = code.text.removeprefix("not ")
        is_bool = inner.startswith(("js.truthy(", "isinstance("))  # or a comparison with it
        return Py(inner, COMPARE) if is_bool else Py(f"bool({inner})")
    return Py(f"not {code.at(NOT)}", NOT)


def reads_key(code: str, name: str) -> bool:
    """Whether code surely reads a key of the variable `name`: an expression, or one of the first statements."""
    try:
        return _reads_key(_certain(ast.parse(code).body, name), name)
    except SyntaxError:
        return False


def defines_reader(lines: list[str], function: str) -> bool:
    """Whether a function that is defined there surely reads a key of its first parameter."""
    for each in ast.parse("\n".join(lines)).body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == function:
            name = each.args.args[0].arg
            return _reads_key(_certain(each.body, name), name)
    return False


def _certain(statements: list[ast.stmt], name: str) -> list[ast.stmt]:
    """Return the statements that surely run, as long as the variable `name` has its first value."""
    for at, each in enumerate(statements):
        if not isinstance(each, ast.Expr | ast.Assign | ast.FunctionDef | ast.AsyncFunctionDef):
            return statements[: at + 1]
        if isinstance(each, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in each.targets):
            return statements[: at + 1]
    return statements


def _reads_key(nodes: Iterable[ast.AST], name: str) -> bool:
    return any(_reads(node, name) or _reads_key(_evaluated(node, name), name) for node in nodes)


def _reads(node: ast.AST, name: str) -> bool:
    """Whether it is ``name["key"]`` or ``name.get``."""
    if isinstance(node, ast.Subscript):
        is_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    else:
        is_key = isinstance(node, ast.Attribute) and node.attr == "get"
    return is_key and isinstance(node.value, ast.Name) and node.value.id == name  # type: ignore[attr-defined]


def _evaluated(node: ast.AST, name: str) -> list[ast.AST]:
    """Return the parts of a piece of code that surely are evaluated with it, where `name` is a character."""
    if isinstance(node, ast.BoolOp):
        first = node.values[0]
        is_asked = isinstance(node.op, ast.And) and isinstance(first, ast.Name) and first.id == name
        return [*node.values[: 2 if is_asked else 1]]
    if isinstance(node, ast.IfExp | ast.If | ast.While):
        return [node.test]
    if isinstance(node, ast.Compare):
        return [node.left, node.comparators[0]]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return [node.generators[0].iter]
    if isinstance(node, ast.For | ast.AsyncFor):
        return [node.iter]
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return [node.value] if node.value is not None else []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    is_plain = isinstance(node, ast.expr | ast.keyword | ast.Expr | ast.Return) and not isinstance(node, ast.Lambda)
    return [*ast.iter_child_nodes(node)] if is_plain else []


def _outermost(text: str) -> str:
    """Return the code with blanks in place of strings and of what is in brackets."""
    result, depth = [], 0
    for each in _STRING.sub(lambda part: "_" * len(part[0]), text):
        depth -= each in ")]}"
        result.append("_" if depth else each)
        depth += each in "([{"
    return "".join(result)


def import_block(lines: Iterable[str]) -> list[str]:
    """Return import lines as isort leaves them: sorted, and one for all names of a module that keep their name."""
    names: dict[str, set[str]] = {}
    result: dict[str, tuple[bool, str, str]] = {}
    for line in lines:
        module, is_from, imported = line.removeprefix("from ").partition(" import ")
        if is_from and " as " not in imported:
            names.setdefault(module, set()).update(imported.split(", "))
        else:
            result[line] = (bool(is_from), module, imported)
    for module, found in names.items():
        result[f"from {module} import {', '.join(sorted(found, key=_case))}"] = (True, module, "")
    return sorted(result, key=result.__getitem__)


def _case(name: str) -> tuple[int, str]:
    """Sort constants first, then classes, as isort does."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name
