"""Which package may import which, and where a heavy library is imported, read from the source."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cloudpy"

# From the bottom up. A package or module imports what is above it in this list, and itself.
LAYERS = [
    ["_version", "_error_codes"],
    ["errors"],
    ["_wire"],
    ["_transports"],
    ["_database"],
    ["_client"],
    ["runtime"],
    ["_function", "otel"],
    ["__init__", "sync"],
    # Developer tools: nothing above imports anything below.
    ["contracts"],
    ["local"],
    ["runner"],
    ["devserver", "testing", "check", "compare"],
    ["package", "migrate"],
    ["cli"],
    ["__main__"],
]
# init(transport="https" | "cloudrun") and init(validate=True) open the contracts, no other call does.
EXCEPTIONS = {
    ("_client/https.py", "contracts"),
    ("_client/validation.py", "contracts"),
    ("_database/selection.py", "_client"),
}
# Library -> the only modules or packages that import it.
LIBRARIES = {
    "aiohttp": {
        "local/http/server.py",
        "local/http/file_bodies.py",
        "runtime/server.py",
        "runtime/connections.py",
        "devserver/server.py",
    },
    "click": {"cli/"},
    "dotenv": {"runner/env_files.py"},
    "httptools": {"_transports/http1.py"},
    "jsonschema": {"contracts/", "local/"},
    "opentelemetry": {"otel.py"},
    "packaging": {"check/libraries.py"},
    "pytest": {"testing/plugin.py"},
    "rich": {"devserver/reporter.py"},
    "tree_sitter": {"migrate/syntax.py", "migrate/tree.py"},
    "tree_sitter_javascript": {"migrate/syntax.py"},
    "tree_sitter_typescript": {"migrate/syntax.py"},
    "typing_extensions": {"_client/"},  # for type checkers alone
    "watchfiles": {"devserver/reloader.py"},
    "yaml": {"contracts/", "local/"},
}


def module_name(path: Path) -> str:
    return ".".join(("cloudpy", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


PATHS = sorted(PACKAGE.rglob("*.py"))
MODULES = {module_name(path): path for path in PATHS}


@cache
def imported(path: Path) -> frozenset[str]:
    """Return every module or library that a file imports: early, late and for types alone."""
    package = ("cloudpy", *path.relative_to(PACKAGE).parts[:-1])
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*package[: len(package) - node.level + 1], *([node.module] if node.module else [])))
            base = base if node.level else node.module or ""
            full = (f"{base}.{alias.name}" for alias in node.names)
            names.update(name if name in MODULES else base for name in full)
    return frozenset(names)


def top(module: str) -> str:
    """Return the package or module directly below `cloudpy` that `module` belongs to."""
    return module.split(".")[1] if "." in module else "__init__"


def level(module: str) -> int:
    return next(index for index, names in enumerate(LAYERS) if top(module) in names)


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", PATHS, ids=relative)
def test_imports_point_one_way(path: Path) -> None:
    module = module_name(path)
    for target in imported(path) & MODULES.keys():
        if top(target) == top(module) or (relative(path), top(target)) in EXCEPTIONS:
            continue
        assert level(target) < level(module), f"{module} imports {target}, which is not below it in LAYERS"


@pytest.mark.parametrize("path", PATHS, ids=relative)
def test_a_library_is_imported_in_one_place(path: Path) -> None:
    for library in {name.partition(".")[0] for name in imported(path)} - {"cloudpy"} - sys.stdlib_module_names:
        allowed = LIBRARIES.get(library, set())
        assert relative(path).startswith(tuple(allowed)), f"{relative(path)} imports {library}; see LIBRARIES"


def cycles() -> Iterator[list[str]]:
    """Yield the groups of modules that import one another, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for target in sorted(imported(MODULES[module]) & MODULES.keys() - {module}):
            if target not in order:
                yield from visit(target)
                lowest[module] = min(lowest[module], lowest[target])
            elif target in stack:
                lowest[module] = min(lowest[module], order[target])
        if lowest[module] == order[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                yield sorted(group)

    for module in MODULES:
        if module not in order:
            yield from visit(module)


# Packages that still have cycles inside; the list only shrinks.
CYCLIC = {
    "_client",
    "_database",
    "_transports",
    "devserver",
    "local",
    "migrate",
    "testing",
}


def test_no_modules_import_one_another() -> None:
    assert CYCLIC == {top(module) for group in cycles() for module in group}


def test_the_top_of_the_package_is_public() -> None:
    private = {path.stem for path in PACKAGE.glob("*.py") if path.stem.startswith("_") and path.stem[1] != "_"}
    assert {"_version", "_error_codes", "_function"} == private


ALONE = """
import importlib, os, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] == "cloudpy"]:
    del sys.modules[name]
for name in sys.argv[1:]:
    child = os.fork()  # the libraries are loaded, nothing of the package is
    if not child:
        try:
            importlib.import_module(name)
        except BaseException as error:
            print(f"{name}: {error!r}", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.mark.once
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_every_module_can_be_imported_first() -> None:
    names = [name for name in MODULES if not name.endswith("__main__")]
    done = subprocess.run([sys.executable, "-c", ALONE, *names], capture_output=True, text=True, timeout=600)
    assert (0, "") == (done.returncode, done.stdout), done.stderr
