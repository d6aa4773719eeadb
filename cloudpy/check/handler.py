"""The handler: it must exist, take what the platform passes, and be awaited if it is async."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..runtime.loader import DEFAULT
from .finding import Finding
from .folder import ENTRY, Folder
from .resolver import Local, Resolver
from .source import FunctionNode, Source

_SERVERS = ("scf_bootstrap", "Dockerfile", "container.config.json")
_SETTINGS = "cloudbaserc.json"


def findings(handler: str, sources: list[Source], resolver: Resolver, unreadable: set[str]) -> Iterator[Finding]:
    """Yield the errors of the handler ``file.function``.

    Args:
        handler: its name.
        sources: the function's code.
        resolver: of the same code.
        unreadable: files with a syntax error.
    """
    module, _, function = handler.rpartition(".")
    file = f"{module}.py"
    if file in unreadable:
        return
    source = next((source for source in sources if source.name == file), None)
    if source is None:
        others = ", ".join(source.name for source in sources[:5] if "/" not in source.name)
        hint = f"found {others}: rename one, or pass --handler" if others else "write it"
        yield Finding(file, 0, "error", "handler", f"there is no {file} with {function}(event, context); {hint}")
        return
    if handler == "index.main" and function not in source.scope.bindings and "main_handler" in source.scope.bindings:
        function = "main_handler"  # as the runtime does
    if function not in source.scope.bindings:
        if "*" in source.scope.bindings:
            return
        names = [node.name for node in source.tree.body if isinstance(node, FunctionNode)]
        defined = f"it defines {', '.join(names[:5])}" if names else "it defines no function"
        yield Finding(file, 0, "error", "handler", f"{file} has no {function}(event, context); {defined}")
        return
    for value in resolver.name(function, source.scope):
        if isinstance(value, Local) and isinstance(value.node, FunctionNode) and not _is_wrapped(value.node):
            problem = _parameter_problem(value.node)
            if problem:
                text = f"{function} {problem}; the platform passes two by position: {function}(event, context)"
                yield Finding(value.scope.source.name, value.node.lineno, "error", "handler", text)


def undecorated_findings(handler: str, sources: list[Source], resolver: Resolver, folder: Folder) -> Iterator[Finding]:
    """Yield an error for an ``async def`` without ``@cloud.function`` that the platform itself would call.

    The entry that ``cloudpy package`` writes, ``cloudpy serve`` and containers await the handler: a folder that is
    meant for one of these has no finding.
    """
    module, _, function = handler.rpartition(".")
    source = next((source for source in sources if source.name == f"{module}.py"), None)
    if source is None or _is_awaited(folder, handler):
        return
    for value in resolver.name(function, source.scope):
        # another decorator may make it a plain function
        if isinstance(value, Local) and isinstance(value.node, ast.AsyncFunctionDef) and not value.node.decorator_list:
            text = (
                f"{function} is an async def, which an event function's Python does not await: decorate it with"
                f" @cloud.function, or set {ENTRY.removesuffix('.py')}.main as the handler of what `cloudpy package`"
                " builds"
            )
            yield Finding(value.scope.source.name, value.node.lineno, "error", "handler", text)


def _is_wrapped(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a decorator other than ``@cloud.function`` may change its parameters."""
    return any(ast.unparse(each).rpartition(".")[2] != "function" for each in node.decorator_list)


def _parameter_problem(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return why two positional arguments do not match the parameters; empty when they do."""
    arguments = node.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    required = [each.arg for each, default in keywords if default is None]
    if required:
        return f"needs {', '.join(required)} as keyword"
    if len(names) - len(arguments.defaults) <= 2 and (len(names) >= 2 or arguments.vararg is not None):
        return ""
    return f"takes {len(names)} parameter{'' if len(names) == 1 else 's'}" + (f" ({', '.join(names)})" if names else "")


def _is_awaited(folder: Folder, handler: str) -> bool:
    """Whether the folder shows that the handler is awaited where it runs."""
    if any((folder.path / name).exists() for name in (ENTRY, *_SERVERS)):
        return True
    if (folder.path / "cloudpy").is_dir() or next(folder.path.glob("*.dist-info"), None):
        return False  # libraries are installed in it: the folder is uploaded as it is
    settings = list(_function_settings(folder))
    return bool(settings) and not any(_calls(each, handler) for each in settings)


def _function_settings(folder: Folder) -> Iterator[dict[str, Any]]:
    """Yield the function's settings in the project's cloudbaserc.json."""
    for parent in (folder.path, *folder.path.parents[:2]):
        settings = _read(parent / _SETTINGS)
        functions = settings.get("functions") if isinstance(settings, dict) else None
        for each in functions if isinstance(functions, list) else []:
            if isinstance(each, dict) and each.get("name") == folder.path.name:
                yield each


def _calls(function: dict[str, Any], handler: str) -> bool:
    return (
        function.get("type") != "HTTP"
        and str(function.get("runtime", "")).startswith("Python")
        and function.get("handler", DEFAULT) == handler
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
