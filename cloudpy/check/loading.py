"""Calls that are made while the function is loaded, when nobody has called it yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .finding import Finding
from .meaning import Local, Meaning
from .sdk import call_sites
from .source import FunctionNode, Scope, Source


def findings(meaning: Meaning) -> Iterator[Finding]:
    """An error for each call at the top of a file, and for each in a function that is called there."""
    early = _called_early(meaning)
    for source in meaning.sources:
        for node, name in call_sites(meaning, source):
            function = source.scopes[node].function
            if function is None and _is_main_guarded(node, source):
                continue
            if function is None or function.node in early:
                where = "" if function is None else f", by way of {early[function.node]}"
                yield Finding(
                    source.name,
                    node.lineno,
                    "error",
                    "loading",
                    f"{name} is called while the function is loaded{where}: there is no invocation yet, so no caller"
                    " and no credentials; call it in main()（加载阶段没有调用者，请在 main 中调用）",
                )


def _called_early(meaning: Meaning) -> dict[ast.AST, str]:
    """The user's functions that run while a file is loaded -> the place that calls them."""
    found: dict[ast.AST, str] = {}
    waiting: list[tuple[ast.AST, Source, str]] = []

    def add(node: ast.Call, source: Source, place: str) -> None:
        for value in meaning.of(node.func, source.scopes[node]):
            target: ast.AST | None = value.node if isinstance(value, Local) else None
            if isinstance(target, ast.ClassDef):
                target = next((each for each in target.body if _is_init(each)), None)
            if isinstance(target, FunctionNode) and target not in found and isinstance(value, Local):
                found[target] = place
                waiting.append((target, value.scope.source, place))

    for source in meaning.sources:
        for node in source.nodes():
            if isinstance(node, ast.Call) and source.scopes[node].function is None:
                if not _is_main_guarded(node, source):
                    add(node, source, f"{source.name}:{node.lineno}")
    while waiting:
        function, source, place = waiting.pop()
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _nearest(source.scopes[node]) is function:
                add(node, source, place)
    return found


def _nearest(scope: Scope) -> ast.AST | None:
    return scope.function.node if scope.function is not None else None


def _is_init(node: ast.AST) -> bool:
    return isinstance(node, FunctionNode) and node.name == "__init__"


def _is_main_guarded(node: ast.AST, source: Source) -> bool:
    """Whether it stands under ``if __name__ == "__main__":``, which the platform does not run."""
    around = source.parent(node)
    while around is not None:
        if isinstance(around, ast.If) and "__name__" in ast.unparse(around.test):
            return True
        around = source.parent(around)
    return False
