"""Which room may import which, and through which door a heavy library comes in, read from the source itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "cloudpy"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the ground up; a room may import the rooms named, and itself.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "wire": {"errors"},
    "transports": {"errors", "wire"},
    "config": {"errors", "wire"},
    "database": {"errors", "wire", "config"},
    "call": {"errors", "wire", "transports", "config", "database"},
    "cloud": {"errors", "transports", "config", "call"},
    "functions": {"errors", "wire", "transports", "config", "cloud"},
    # the face has the decorator of the functions, and lets it import what it needs when it is used
    "face": {"errors", "transports", "config", "call", "cloud", "functions"},
    # imported by the user's program alone
    "otel": {"errors", "config"},
    # below this line is the developer's side: nothing above imports it
    "contracts": {"errors"},
    "local": {"errors", "wire", "transports", "config", "functions", "contracts"},
    "checks": {"errors", "config", "functions", "face", "contracts"},
    "testing": {
        "errors",
        "wire",
        "transports",
        "config",
        "database",
        "cloud",
        "functions",
        "face",
        "contracts",
        "local",
    },
    "packaging": {"errors", "config", "functions", "checks"},
    "compare": {"errors", "config", "functions", "local"},
    "dev": {"errors", "wire", "transports", "config", "functions", "contracts", "local"},
    "migrate": {"errors", "contracts", "checks"},
    "cli": {
        "errors",
        "wire",
        "transports",
        "config",
        "cloud",
        "functions",
        "face",
        "contracts",
        "local",
        "checks",
        "testing",
        "packaging",
        "compare",
        "dev",
        "migrate",
    },
}
ROOM_OF = {
    "errors": "errors",
    "_error_codes": "errors",
    "_version": "errors",
    "_repeatable": "errors",
    "_wire": "wire",
    "_transports": "transports",
    "_context": "config",
    "_config": "config",
    "_permissions": "config",
    "_options": "config",
    "_platform": "config",
    "_endpoint": "config",
    "_watch": "config",
    "_redact": "config",
    "_secrets": "config",
    "_secret_pairs": "config",
    "_secret_blocks": "config",
    "_logger": "config",
    "_log": "config",
    "_attempts": "call",
    "_tokens": "config",
    "_call": "call",
    "_database": "database",
    "_gateway": "call",
    "_services": "call",
    "_https": "call",
    "_checks": "call",
    "_namespace": "cloud",
    "_cloud": "cloud",
    "_fork": "cloud",
    "_accounts": "cloud",
    "_function": "face",
    "__init__": "face",
    "otel": "otel",
    "sync": "face",
    "functions": "functions",
    "contracts": "contracts",
    "local": "local",
    "checks": "checks",
    "packaging": "packaging",
    "compare": "compare",
    "testing": "testing",
    "dev": "dev",
    "migrate": "migrate",
    "cli": "cli",
    "__main__": "cli",
}
# Opened by init(transport="https" | "cloudrun") and init(validate=True), by no other call.
OPENS_CONTRACTS = {"_https", "_checks"}
# Library -> the modules it may be imported in.
DOORS = {
    # functions/server.py is the server of a deployed function: nothing imports it but whoever starts one
    "aiohttp": {
        "local/server.py",
        "local/server_files.py",
        "functions/server.py",
        "functions/connections.py",
        "dev/server.py",
    },
    "httptools": {"_transports/http1.py"},
    "click": {"cli/"},
    "dotenv": {"dev/dotenv.py"},
    "jsonschema": {"contracts/", "local/"},
    "opentelemetry": {"otel.py"},
    "packaging": {"checks/libraries.py"},
    "pytest": {"testing/plugin.py"},
    "rich": {"dev/terminal.py"},
    "watchfiles": {"dev/watch.py"},
    "yaml": {"contracts/", "local/"},
    "tree_sitter": {"migrate/syntax.py"},
    "tree_sitter_javascript": {"migrate/syntax.py"},
    "tree_sitter_typescript": {"migrate/syntax.py"},
}


def parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(PACKAGE).with_suffix("").parts


def imported(path: Path) -> list[tuple[str, ...]]:
    """Every name a module imports when it runs, absolute: ("cloudpy", "_wire", "case"), ("aiohttp",)."""
    package = ("cloudpy", *parts(path)[:-1])
    found: list[tuple[str, ...]] = []
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):  # what stands under `if TYPE_CHECKING:` only a type checker reads
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple(node.module.split(".")) if node.module else ()
            found += [(*base, alias.name) for alias in node.names]
    return found


def test_every_module_has_a_room() -> None:
    unknown = {parts(path)[0] for path in MODULES} - ROOM_OF.keys()
    assert set() == unknown, "give the new module a room in ROOM_OF"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts(path)))
def test_imports_point_one_way(path: Path) -> None:
    room = ROOM_OF[parts(path)[0]]
    allowed = ROOMS[room] | {room}
    for name in imported(path):
        if name[0] != "cloudpy" or len(name) == 1:
            continue
        # `from . import x` in the face may name a module or a thing of the package itself
        target = ROOM_OF.get(name[1], "face")
        if target == "contracts" and parts(path)[0] in OPENS_CONTRACTS:
            continue
        assert target in allowed, f"{'/'.join(parts(path))} ({room}) imports {'.'.join(name)} ({target})"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: "/".join(parts(path)))
def test_libraries_come_in_by_their_door(path: Path) -> None:
    here = path.relative_to(PACKAGE).as_posix()
    for name in imported(path):
        library = name[0]
        if library == "cloudpy" or library in sys.stdlib_module_names:
            continue
        doors = DOORS.get(library, set())
        assert any(here.startswith(door) for door in doors), f"{here} imports {library}; its doors are {sorted(doors)}"


ALONE = """
import importlib, os, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] == "cloudpy"]:
    del sys.modules[name]
for name in sys.argv[1:]:
    child = os.fork()  # it has the libraries, and nothing of the package yet
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
    names = [".".join(("cloudpy", *parts(path))).removesuffix(".__init__") for path in MODULES]
    names = [name for name in names if not name.endswith("__main__")]
    done = subprocess.run([sys.executable, "-c", ALONE, *names], capture_output=True, text=True, timeout=600)
    assert (0, "") == (done.returncode, done.stdout), done.stderr


def test_the_rooms_have_no_circle() -> None:
    order = list(ROOMS)
    for room, allowed in ROOMS.items():
        assert all(order.index(other) < order.index(room) for other in allowed), room
