"""Files of ``_shared`` beside a function's folder: those that the function imports are uploaded with it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ..runtime.function_dir import SHARED

PREFIX = f"../{SHARED}/"


def packaged_name(name: str) -> str:
    """Return where a file, relative to the function's folder, is in the package."""
    return name.removeprefix(PREFIX)


def shared_files(folder: Path, own: Iterable[str]) -> list[str]:
    """Return the files of ``_shared`` that code of a function imports, and the data beside them.

    Args:
        folder: of the function.
        own: its .py files that run, relative to the folder.

    Returns:
        Paths relative to the folder, ``../_shared/…``, sorted.
    """
    shared = folder.parent / SHARED
    if not shared.is_dir() or folder == shared:
        return []
    files = sorted(
        path.relative_to(shared).as_posix()
        for path in shared.rglob("*")
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in path.relative_to(shared).parts)
    )
    code = {name for name in files if name.endswith(".py")}
    mine = set(own)
    found: set[str] = set()
    queue = [folder / name for name in mine]
    while queue:
        path = queue.pop()
        package = path.parent.relative_to(shared).parts if path.is_relative_to(shared) else ()
        for name in _files_of(imported_modules(_read(path), list(package)), code):
            if name not in mine | found:  # the function's own file comes first
                found.add(name)
                queue.append(shared / name)
    folders = {name.rpartition("/")[0] for name in found}
    with_code = {name.rpartition("/")[0] for name in code}
    data = [name for name in files if name not in code and _home(name, lambda each: each in with_code) in folders]
    return sorted(PREFIX + name for name in (*found, *data))


def imported_modules(data: bytes, package: list[str]) -> Iterator[str]:
    """Yield what a file imports, as dotted names from the top; nothing of a file that is no Python.

    Args:
        data: of the file.
        package: the folders that it is in.
    """
    try:
        tree = ast.parse(data)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            yield whole
            yield from (f"{whole}.{alias.name}" if whole else alias.name for alias in node.names)


def files_of(module: str) -> list[str]:
    """Return the files that importing a module runs, if they exist: its own and the packages around it."""
    parts = module.split(".")
    parents = ["/".join([*parts[:end], "__init__.py"]) for end in range(1, len(parts) + 1)]
    return [f"{'/'.join(parts)}.py", *parents]


def _files_of(modules: Iterable[str], code: set[str]) -> set[str]:
    return {name for module in modules for name in files_of(module)} & code


def _home(name: str, has_code: Callable[[str], bool]) -> str:
    """Return the innermost folder around a file of data that has code; empty for the top."""
    folder = name.rpartition("/")[0]
    while folder and not has_code(folder):
        folder = folder.rpartition("/")[0]
    return folder


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
