"""The function that the platform calls: whether it is there, and whether it takes what it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .finding import Finding
from .meaning import Local, Meaning
from .source import FunctionNode, Source


def findings(handler: str, sources: list[Source], meaning: Meaning, unreadable: set[str]) -> Iterator[Finding]:
    """What is wrong with the handler ``file.function``.

    Args:
        unreadable: files of which something was told already.
    """
    module, _, function = handler.rpartition(".")
    file = f"{module}.py"
    if file in unreadable:
        return
    source = next((source for source in sources if source.name == file), None)
    if source is None:
        others = ", ".join(source.name for source in sources[:5] if "/" not in source.name)
        found = f"found {others}: rename one, or give --handler" if others else "write it"
        yield Finding(file, 0, "error", "handler", f"there is no {file} with {function}(event, context); {found}")
        return
    if function not in source.scope.bindings:
        if "*" in source.scope.bindings:
            return
        named = [node.name for node in source.tree.body if isinstance(node, FunctionNode)]
        found = f"it defines {', '.join(named[:5])}" if named else "it defines no function"
        yield Finding(file, 0, "error", "handler", f"{file} has no {function}(event, context); {found}")
        return
    for value in meaning.name(function, source.scope):
        if isinstance(value, Local) and isinstance(value.node, FunctionNode) and not _is_changed(value.node):
            wrong = _parameters(value.node)
            if wrong:
                yield Finding(
                    value.scope.source.name,
                    value.node.lineno,
                    "error",
                    "handler",
                    f"{function} {wrong}; the platform calls it with two, by position: {function}(event, context)",
                )


def _is_changed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a decorator may make its parameters others; ``@cloud.function`` does not."""
    return any(ast.unparse(each).rpartition(".")[2] != "function" for each in node.decorator_list)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """What is wrong with the parameters, in words; empty when two by position fit."""
    given = node.args
    names = [each.arg for each in (*given.posonlyargs, *given.args)]
    needed = [each.arg for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value is None]
    if needed:
        return f"needs {', '.join(needed)} as keyword"
    if len(names) - len(given.defaults) <= 2 and (len(names) >= 2 or given.vararg is not None):
        return ""
    return f"takes {len(names)} parameter{'' if len(names) == 1 else 's'}" + (f" ({', '.join(names)})" if names else "")
