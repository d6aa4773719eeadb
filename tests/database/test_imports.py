"""The engine stands alone: the standard library, regex and itself, no HTTP and no SDK."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from cloudpy.local import database

FOLDER = Path(database.__file__).parent
NETWORK = {"http", "socket", "ssl", "urllib", "asyncio", "socketserver", "xmlrpc", "ftplib"}


def test_it_imports_the_standard_library_regex_and_itself() -> None:
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, f"{path.name} imports from outside the engine"
                names = [node.module or ""] if node.level == 0 else []
            else:
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                top = name.partition(".")[0]
                assert top in ("__future__", "regex") or (top in sys.stdlib_module_names and top not in NETWORK), (
                    path.name,
                    name,
                )
