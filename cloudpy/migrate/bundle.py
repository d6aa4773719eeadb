"""Cuts the helpers that a program uses out of ``jsruntime`` and makes its ``js.py`` of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from .code import import_block

_FOLDER = Path(__file__).parent / "jsruntime"
_ORDER = (
    "values", "coercion", "texts", "numbers", "number_texts", "maths", "lists", "objects", "accessors", "arrays",
    "jsons", "collections_", "date_parsing", "dates", "days", "patterns", "promises", "codecs", "documents", "locales",
    "routers", "http", "node_http", "ciphers", "tokens", "sheets", "files", "addresses", "digests", "clients",
    "caches", "lodash_objects", "lodash_lists", "lodash_ranges", "lodash_texts", "date_texts", "moments",
    "date_steps", "date_forms", "workbooks", "xmls", "mails", "sqls", "mysqls",
    "qr_codes", "pictures", "pages",
)  # fmt: skip
_CALLED_BY_OTHERS = {"toJSON"}  # results are made JSON by cloudpy
HEAD = '''\
"""What JavaScript does and Python does not; made by `cloudpy migrate`, only what this function uses.

null is None, undefined is UNDEFINED: a key that is missing reads as UNDEFINED, and results and
parameters omit UNDEFINED, as in JSON. Objects are dicts, arrays are lists.
"""

from __future__ import annotations
'''


class _Pieces:
    def __init__(self) -> None:
        self.text: dict[str, str] = {}
        self.node: dict[str, ast.stmt] = {}
        self.imports = {
            "UNDEFINED": "from cloudpy import UNDEFINED",
            "javascript": "from cloudpy._wire.records import javascript",
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
            if not node.level and node.module != "__future__":
                for alias in node.names:
                    self.imports[alias.name] = f"from {node.module} import {alias.name}"
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
        self.node[name] = node
        lines = text.splitlines()
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        self.text[name] = "\n".join(lines[first - 1 : node.end_lineno])


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
        names: of helpers.
        methods: names of attributes that the program uses.
        shared: whether several functions use it.
    """
    pieces = _pieces()
    expected: set[str] = set()
    methods = set(methods)
    left = sorted(names)
    texts: dict[str, str] = {}
    while True:
        while left:
            name = left.pop()
            if name in pieces.node and name not in expected:
                expected.add(name)
                texts[name] = _cut(pieces, name, methods)
                left += sorted(_names(texts[name]) & pieces.node.keys() - expected)
                methods |= _attributes(texts[name])
        again = {name: _cut(pieces, name, methods) for name in expected}
        left = sorted({each for text in again.values() for each in _names(text)} & pieces.node.keys() - expected)
        grown = again != texts
        texts = again
        for text in again.values():
            methods |= _attributes(text)
        if not left and not grown:
            break
    body = [texts[name] for name in pieces.node if name in expected]
    mentioned = {each for text in texts.values() for each in _names(text)}
    whole = "\n".join(texts.values())
    imports = sorted(
        line
        for name, line in pieces.imports.items()
        if name in mentioned or ("." in name and name.partition(".")[0] in mentioned and f"{name}." in whole)
    )
    typing = [line for line in imports if line.startswith(("from typing", "from collections.abc"))]
    rest = [line for line in imports if line not in typing]
    parts = [HEAD.replace("this function uses", "these functions use") if shared else HEAD]
    if rest:
        standard = [line for line in rest if "cloudpy" not in line]
        groups = (standard, [line for line in rest if line not in standard])
        parts.append("\n\n".join("\n".join(import_block(group)) for group in groups if group) + "\n")
    if typing:
        parts.append(
            "TYPE_CHECKING = False\nif TYPE_CHECKING:\n"
            + "\n".join(f"    {line}" for line in import_block(typing))
            + "\n"
        )
    return "\n".join(parts) + "\n\n" + "\n\n\n".join(body) + "\n"


@cache
def _names(text: str) -> frozenset[str]:
    """Return the names that a piece takes from the file: those that it reads and does not bind itself."""
    read: set[str] = set()
    bound: set[str] = set()
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return frozenset(read - bound)


def _cut(pieces: _Pieces, name: str, methods: set[str]) -> str:
    node, text = pieces.node[name], pieces.text[name]
    if not isinstance(node, ast.ClassDef) or name.startswith("_"):
        return text
    lines = text.splitlines()
    start = node.lineno
    for each in reversed(node.body):
        if isinstance(each, ast.FunctionDef) and each.name[:2] != "__" and each.name not in methods | _CALLED_BY_OTHERS:
            first = min([each.lineno, *(mark.lineno for mark in each.decorator_list)]) - start
            last = (each.end_lineno or each.lineno) - start + 1
            del lines[first - 1 if first and not lines[first - 1].strip() else first : last]
    return "\n".join(lines)


def helpers() -> list[str]:
    """Return the names of all helpers."""
    return [name for name in _pieces().node if not name.startswith("_")]


def everything() -> str:
    """Return all helpers as one file."""
    methods = {name for text in _pieces().text.values() for name in _methods(text)}
    return bundle(set(_pieces().node), methods)


def _methods(text: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
