"""An async handler that the platform's Python would call itself, which awaits nothing."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any

from .finding import Finding
from .folder import Folder
from .meaning import Local, Meaning
from .source import Source

DEFAULT = "index.main"  # what CloudBase calls where nothing is said
ENTRY = "cloudpy_entry.py"  # as cloudpy package writes it
_SERVERS = ("scf_bootstrap", "Dockerfile", "container.config.json")
_SETTINGS = "cloudbaserc.json"


def findings(handler: str, sources: list[Source], meaning: Meaning, folder: Folder) -> Iterator[Finding]:
    """An error where an undecorated ``async def`` is itself what the platform would call.

    The entry that ``cloudpy package`` writes, ``cloudpy serve`` and containers await it: a folder that shows that it is
    meant for one of these has no finding.
    """
    module, _, function = handler.rpartition(".")
    source = next((source for source in sources if source.name == f"{module}.py"), None)
    if source is None or _is_awaited(folder, handler):
        return
    for value in meaning.name(function, source.scope):
        # what another decorator than ours makes of it cannot be told
        if isinstance(value, Local) and isinstance(value.node, ast.AsyncFunctionDef) and not value.node.decorator_list:
            yield Finding(
                value.scope.source.name,
                value.node.lineno,
                "error",
                "handler",
                f"{function} is an async def, and an event function's Python awaits no coroutine: put @cloud.function"
                f" above it, or set {ENTRY.removesuffix('.py')}.main as the handler of what `cloudpy package` makes",
            )


def _is_awaited(folder: Folder, handler: str) -> bool:
    """Whether the folder shows that something awaits the handler where it runs."""
    if any((folder.path / name).exists() for name in (ENTRY, *_SERVERS)):
        return True
    if (folder.path / "cloudpy").is_dir() or next(folder.path.glob("*.dist-info"), None):
        return False  # libraries are installed beside it, as for an upload of the folder as it is
    named = list(_functions(folder))
    return bool(named) and not any(_calls(each, handler) for each in named)


def _functions(folder: Folder) -> Iterator[dict[str, Any]]:
    """What the project's settings say of the function."""
    for above in (folder.path, *folder.path.parents[:2]):
        settings = _read(above / _SETTINGS)
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


def _read(path: Any) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
