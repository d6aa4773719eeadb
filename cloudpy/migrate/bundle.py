"""Cuts the helpers that a program uses out of ``jsruntime`` and makes its ``js.py`` of them."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .code import import_block
from .helper_uses import SIGNS, word_kinds

_FOLDER = Path(__file__).parent / "jsruntime"
_ORDER = (
    "values", "coercion", "texts", "numbers", "number_texts", "maths", "lists", "objects", "accessors", "arrays",
    "jsons", "collections_", "date_parsing", "dates", "datetimes", "days", "patterns", "promises", "codecs",
    "documents", "locales", "routers", "http", "node_http", "ciphers", "tokens", "sheets", "files", "addresses",
    "digests", "clients", "caches", "lodash_objects", "lodash_lists", "lodash_ranges", "lodash_texts", "date_texts",
    "moments", "date_steps", "date_forms", "workbooks", "xmls", "mails", "sqls", "mysqls",
    "qr_codes", "pictures", "pages",
)  # fmt: skip
_UP = 3  # dots of an import from the package itself
_CALLED_BY_OTHERS = {"toJSON"}  # results are made JSON by cloudpy
HEAD = '''\
# ruff: noqa: E501, SIM905
"""What JavaScript does and Python does not, made by `cloudpy migrate`: only what this function uses."""
'''


class _Pieces:
    def __init__(self) -> None:
        self.text: dict[str, str] = {}
        self.node: dict[str, ast.stmt] = {}
        self.branches: dict[str, list[_Branch]] = {}
        self.imports = {
            "UNDEFINED": "from cloudpy import UNDEFINED",
        }
        for name in _ORDER:
            text = (_FOLDER / f"{name}.py").read_text("utf-8")
            for node in ast.parse(text).body:
                self._keep(node, text)
        clashes = self.node.keys() & self.imports.keys()
        if clashes:
            raise ValueError(f"{', '.join(sorted(clashes))}: imported, and defined by another helper, in one file")

    def _keep(self, node: ast.stmt, text: str) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports[alias.name] = f"import {alias.name}"
        elif isinstance(node, ast.ImportFrom):
            module = f"cloudpy.{node.module}" if node.level == _UP else node.module
            if node.level in (0, _UP) and module != "__future__":
                for alias in node.names:
                    name = alias.asname or alias.name
                    renamed = f" as {name}" if alias.asname else ""
                    self.imports.setdefault(name, f"from {module} import {alias.name}{renamed}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._add(node.name, node, text)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            self._add(node.targets[0].id, node, text)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._add(node.target.id, node, text)
        elif not isinstance(node, ast.Expr):
            raise ValueError(f"line {node.lineno} is no definition: it would not come into js.py")

    def _add(self, name: str, node: ast.stmt, text: str) -> None:
        if name in self.node:
            raise ValueError(f"{name} is defined twice: all helpers go into one file")
        lines = text.splitlines()
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        code = _untyped("\n".join(lines[first - 1 : node.end_lineno]))
        self.text[name] = code
        self.node[name] = ast.parse(code).body[0]
        self.branches[name] = list(_branches(self.node[name], code.splitlines()))


class _Branch(NamedTuple):
    """An ``if`` or ``elif`` that only programs with one of these need; a comment on its first line names them.

    They are helpers, or kinds of values (see ``held_values``), or ``stringify.2``: that it is given a second argument.
    """

    first: int
    last: int
    needs: frozenset[str]


_WITH = re.compile(r"  # with ([\w., ]+)$")


def _branches(node: ast.stmt, lines: list[str]) -> Iterator[_Branch]:
    for each in ast.walk(node):
        if isinstance(each, ast.If) and (mark := _WITH.search(lines[each.lineno - 1])):
            yield _Branch(each.lineno, each.body[-1].end_lineno or each.lineno, frozenset(mark[1].split(", ")))


def _untyped(code: str) -> str:
    """Return code without annotations: nothing else in a draft has any."""
    lines = [line.encode() for line in code.splitlines()]
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]

    def place(line: int | None, column: int | None) -> int:
        return starts[(line or 1) - 1] + (column or 0)

    content = b"\n".join(lines)
    cuts: list[tuple[int, int, bytes]] = []
    for node in ast.walk(ast.parse(code)):
        kind = getattr(node, "annotation", None) or getattr(node, "returns", None)
        if kind is None:
            continue
        start, end = place(kind.lineno, kind.col_offset), place(kind.end_lineno, kind.end_col_offset)
        if isinstance(node, ast.arg):
            start = place(node.lineno, node.col_offset) + len(node.arg)
            has_default = content[end : end + 3] == b" = "
            cuts.append((start, end + 3, b"=") if has_default else (start, end, b""))
        elif isinstance(node, ast.AnnAssign):
            cuts.append((place(node.target.end_lineno, node.target.end_col_offset), end, b""))
        else:
            cuts.append((start - len(" -> "), end, b""))
    for start, end, new in sorted(cuts, reverse=True):
        content = content[:start] + new + content[end:]
    return content.decode()


@cache
def _pieces() -> _Pieces:
    return _Pieces()


@cache
def _attributes(code: str) -> frozenset[str]:
    """Return every attribute that is named: only those methods of a class are needed."""
    return frozenset(node.attr for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Attribute))


def bundle(names: set[str], methods: set[str], *, shared: bool = False) -> str:
    """Return the text of ``js.py`` with `names` and what they need.

    Args:
        names: of helpers; and what else the program has that they deal with.
        methods: names of attributes that the program uses.
        shared: whether several functions use it.
    """
    pieces = _pieces()
    expected = names - pieces.node.keys()
    methods = set(methods)
    left = sorted(names)
    texts: dict[str, str] = {}
    while True:
        while left:
            name = left.pop()
            if name in pieces.node and name not in expected:
                expected.add(name)
                texts[name] = _cut(pieces, name, methods, expected)
                left += sorted(_names(texts[name]) & pieces.node.keys() - expected)
                expected |= word_kinds(pieces.node[name]) if name not in ("buffer", "digest", "text") else set()
                methods |= _attributes(texts[name])
        again = {name: _cut(pieces, name, methods, expected) for name in texts}
        left = sorted({each for text in again.values() for each in _names(text)} & pieces.node.keys() - expected)
        grown = again != texts
        texts = again
        for text in again.values():
            methods |= _attributes(text)
        if not left and not grown:
            break
    used = [name for name in pieces.node if name in expected]
    kinds = [isinstance(pieces.node[name], ast.Assign) for name in used]
    gaps = ["\n" if both == (True, True) else "\n\n\n" for both in itertools.pairwise(kinds)]
    body = "".join(texts[name] + gap for name, gap in zip(used, [*gaps, "\n"], strict=True))
    mentioned = {each for text in texts.values() for each in _names(text)}
    whole = "\n".join(texts.values())
    imports = sorted(
        line
        for name, line in pieces.imports.items()
        if name in mentioned or ("." in name and name.partition(".")[0] in mentioned and f"{name}." in whole)
    )
    if any("cloudpy._undefined" in line for line in imports):
        imports = [line.replace("cloudpy import UNDEFINED", "cloudpy._undefined import UNDEFINED") for line in imports]
    parts = [HEAD.replace("this function uses", "these functions use") if shared else HEAD]
    standard = [line for line in imports if "cloudpy" not in line]
    groups = (standard, [line for line in imports if line not in standard])
    if imports:
        parts.append("\n\n".join("\n".join(import_block(group)) for group in groups if group) + "\n")
    return "\n".join(parts) + "\n\n" + body


@cache
def _names(text: str) -> frozenset[str]:
    """Return the names that a piece takes from the file: those that it reads and does not bind itself."""
    tree = ast.parse(text)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return frozenset(set(_reads(tree, frozenset())) - bound)


def _reads(node: ast.AST, imported: frozenset[str]) -> Iterator[str]:
    """Yield the names that are read, without those that the function around imports itself."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        lines = [each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom)]
        imported |= {alias.asname or alias.name for each in lines for alias in each.names}
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in imported:
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _reads(child, imported)


def _cut(pieces: _Pieces, name: str, methods: set[str], helpers: set[str]) -> str:
    """Return a helper without the methods and branches that no program with these names needs."""
    node, lines = pieces.node[name], pieces.text[name].splitlines()
    dropped: set[int] = set()
    for branch in pieces.branches[name]:
        if not branch.needs & helpers:
            dropped |= set(range(branch.first, branch.last + 1))
    if isinstance(node, ast.ClassDef) and not name.startswith("_"):
        aliases = [each for each in node.body if isinstance(each, ast.Assign)]  # grey = gray
        methods = methods | {inner.id for each in aliases for inner in ast.walk(each) if isinstance(inner, ast.Name)}
        for each in node.body:
            if not isinstance(each, ast.FunctionDef) or (each.name[:2] == "__" and each.name not in SIGNS):
                continue
            if each.name not in methods | _CALLED_BY_OTHERS:
                first = min([each.lineno, *(mark.lineno for mark in each.decorator_list)])
                dropped |= set(range(first - (not lines[first - 2].strip()), (each.end_lineno or 0) + 1))
    return "\n".join(_WITH.sub("", line) for number, line in enumerate(lines, 1) if number not in dropped)


def helpers() -> list[str]:
    """Return the names of all helpers."""
    return [name for name in _pieces().node if not name.startswith("_")]


def has_helper(names: Iterable[str]) -> bool:
    """Whether one of the names is a helper, and not what a program holds or asks for beside them."""
    return not _pieces().node.keys().isdisjoint(names)


def everything() -> str:
    """Return all helpers as one file."""
    pieces = _pieces()
    methods = {name for text in pieces.text.values() for name in _methods(text)}
    needs = {name for branches in pieces.branches.values() for branch in branches for name in branch.needs}
    return bundle({*pieces.node, *needs}, methods)


def _methods(text: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
