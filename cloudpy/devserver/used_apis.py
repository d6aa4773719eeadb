"""The APIs that a function's code calls, as far as its text shows: ``cloud.openapi.a.b(…)``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_MAX_SIZE = 1024 * 1024  # bytes of a file


def used_apis(files: Iterable[str]) -> set[str]:
    """Return the names after ``openapi`` in the calls of some files, such as ``subscribeMessage.send``.

    Args:
        files: paths; what is not Python is skipped.
    """
    found: set[str] = set()
    for path in files:
        if not path.endswith(".py"):
            continue
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read(_MAX_SIZE))
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # it cannot be loaded either, which is reported
        found.update(_called(tree))
    return found


def _called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        names: list[str] = []
        part: ast.expr = node.func
        while isinstance(part, ast.Attribute) and part.attr != "openapi":
            names.append(part.attr)
            part = part.value
            if isinstance(part, ast.Call):  # openapi(options).a.b
                part = part.func
        is_openapi = isinstance(part, ast.Attribute) or (isinstance(part, ast.Name) and part.id == "openapi")
        if is_openapi and len(names) > 1:
            yield ".".join(reversed(names))
