"""The parameters that stand in the code, held against the contract of their API."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from ..contracts import check_params
from .calls import ApiCall
from .finding import Finding


class _Unseen:
    """Stands for a value that only shows when the code runs."""

    def __repr__(self) -> str:
        return "…"


class _Reading:
    """Literals as values, with a note of what could not be read.

    Attributes:
        unseen: the paths at which an `_Unseen` stands, written as a Problem writes them.
        open: whether some object may hold more keys than are seen.
    """

    def __init__(self) -> None:
        self.unseen: set[str] = set()
        self.open = False

    def value(self, node: ast.expr, path: str) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            return -number if isinstance(number, int | float) else self._unseen(path)
        if isinstance(node, ast.List | ast.Tuple) and not any(isinstance(item, ast.Starred) for item in node.elts):
            return [self.value(item, f"{path}[{index}]") for index, item in enumerate(node.elts)]
        if isinstance(node, ast.Dict):
            return self.members([(_text(key), value) for key, value in zip(node.keys, node.values, strict=True)], path)
        return self._unseen(path)

    def members(self, pairs: list[tuple[str | None, ast.expr]], path: str) -> dict[str, Any]:
        found = {}
        for key, value in pairs:
            if key is None:
                self.open = True
            else:
                found[key] = self.value(value, f"{path}.{key}" if path else key)
        return found

    def _unseen(self, path: str) -> _Unseen:
        self.unseen.add(path)
        return _Unseen()


def findings(calls: list[ApiCall]) -> Iterator[Finding]:
    """Warnings about literal parameters; what is not literal is not judged."""
    for call in calls:
        if call.node is None:
            continue
        reading = _Reading()
        params = _given(call.node, reading)
        if not isinstance(params, dict):
            continue
        for problem in check_params(call.api, params, convert_case=call.convert_case):
            # how the value of an unseen key is wrong is not known, that there is no such key is
            if problem.path in reading.unseen and "is not known" not in problem.message:
                continue
            # a file is judged as a whole, and its bytes are hardly ever a literal
            inside = f"{problem.path}."
            if "must be a file" in problem.message and any(path.startswith(inside) for path in reading.unseen):
                continue
            if reading.open and ("is missing" in problem.message or " lack " in problem.message):
                continue
            yield Finding(call.file, call.line, "warning", "parameter", str(problem))


def _given(node: ast.Call, reading: _Reading) -> Any:
    if any(isinstance(argument, ast.Starred) for argument in node.args) or len(node.args) > 1:
        return None
    if node.args and node.keywords:
        return None
    if node.args:
        given = node.args[0]
        if isinstance(given, ast.Constant) and given.value is None:
            return {}
        return reading.value(given, "") if isinstance(given, ast.Dict) else None
    return reading.members([(keyword.arg, keyword.value) for keyword in node.keywords], "")


def _text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
