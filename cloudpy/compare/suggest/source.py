"""Read the source of a function, Node or Python, and propose events for it."""

from __future__ import annotations

import os

from ..function import Function, UnusableError
from . import tree
from .proposal import Proposal, propose
from .reader import Reader

_SUFFIXES = ("", ".js", ".cjs", ".mjs", ".ts", "/index.js", "/index.ts")


def suggest(function: Function, count: int) -> Proposal:
    """Return at most `count` events for a function, by what its code reads.

    Raises:
        UnusableError: its file cannot be read, or tree-sitter is not installed.
    """
    path = os.path.join(function.folder, function.filename)
    try:
        module = _module(path)
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error.strerror}") from None
    reader = Reader(_load_python if function.language == "python" else _load_node)
    reader.read(module, path, function.name)
    return propose(reader, count)


def _module(path: str) -> tree.Module:
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    if path.endswith(".py"):
        from . import python

        try:
            return python.module(text, path)
        except SyntaxError as error:
            raise UnusableError(f"{path}:{error.lineno}: {error.msg}") from None
    from ...migrate.syntax import Missing, SyntaxProblem
    from . import javascript

    try:
        return javascript.module(text, path)
    except (SyntaxProblem, Missing) as error:
        raise UnusableError(str(error)) from None


def _load_node(name: str, file: str) -> tuple[tree.Module, str] | None:
    if not name.startswith("."):
        return None
    path = os.path.normpath(os.path.join(os.path.dirname(file), name))
    return _first([path + suffix for suffix in _SUFFIXES])


def _load_python(name: str, file: str) -> tuple[tree.Module, str] | None:
    dots = len(name) - len(name.lstrip("."))
    folder = os.path.dirname(file)
    for _ in range(dots - 1):
        folder = os.path.dirname(folder)
    path = os.path.join(folder, *name[dots:].split("."))
    return None if os.path.basename(path) == "js" else _first([f"{path}.py", os.path.join(path, "__init__.py")])


def _first(paths: list[str]) -> tuple[tree.Module, str] | None:
    for path in paths:
        if os.path.isfile(path) and path.endswith((".js", ".cjs", ".mjs", ".ts", ".py")):
            try:
                return _module(path), path
            except (OSError, UnusableError):
                return None
    return None
