"""An async handler in a folder that goes up as it is: the platform's Python calls it, and awaits nothing."""

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
_ENTRY = "cloudpy_entry.py"  # as cloudpy package writes it
_SETTINGS = "cloudbaserc.json"


def findings(handler: str, sources: list[Source], meaning: Meaning, folder: Folder) -> Iterator[Finding]:
    """A hint where an undecorated ``async def`` is itself what the platform would call.

    Behind the entry that ``cloudpy package`` writes, behind ``cloudpy serve`` and in a container it is awaited, so a
    folder says something only when it shows that it is uploaded as it is: libraries are installed beside the code, or a
    cloudbaserc.json names the handler.
    """
    module, _, function = handler.rpartition(".")
    source = next((source for source in sources if source.name == f"{module}.py"), None)
    if source is None or (folder.path / _ENTRY).exists():
        return
    for value in meaning.name(function, source.scope):
        # what another decorator than ours makes of it cannot be told
        if isinstance(value, Local) and isinstance(value.node, ast.AsyncFunctionDef) and not value.node.decorator_list:
            sign = _sign(folder, handler)
            if sign:
                yield Finding(
                    value.scope.source.name,
                    value.node.lineno,
                    "hint",
                    "handler",
                    f"{function} is an async def, and {sign}: an event function's Python awaits no coroutine. Put"
                    f" @cloud.function above it, or upload what `cloudpy package --target scf` makes",
                )


def _sign(folder: Folder, handler: str) -> str:
    """By what the folder shows that it goes up as it is, in words; empty when by nothing."""
    if (folder.path / "cloudpy").is_dir() or next(folder.path.glob("*.dist-info"), None):
        return "libraries are installed beside it, as for an upload of the folder as it is"
    for above in (folder.path, *folder.path.parents[:2]):
        settings = _read(above / _SETTINGS)
        for each in settings.get("functions") or [] if isinstance(settings, dict) else []:
            if isinstance(each, dict) and each.get("name") == folder.path.name and _calls(each, handler):
                return f"{_SETTINGS} has the platform call {handler}"
    return ""


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
