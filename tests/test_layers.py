"""Which package may import which, and where a heavy library is imported, read from the source."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import structure
from scripts.structure import top

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cloudpy"

pytestmark = pytest.mark.once

# From the bottom up. A package or module imports what is above it in this list, and itself.
LAYERS = [
    ["_version", "_undefined"],
    ["errors"],
    ["_wire"],
    ["_transports"],
    ["_database"],
    ["_client"],
    ["runtime"],
    ["stores"],
    ["tokens", "push"],
    ["_function", "functions", "otel", "asgi", "wsgi"],
    ["__init__", "sync"],
    # Developer tools: nothing above imports anything below.
    ["contracts"],
    ["distribution", "i18n"],
    ["pages"],
    ["local"],
    ["runner"],
    ["devserver", "testing", "check"],
    ["package", "migrate"],
    ["compare"],
    ["cli"],
    ["__main__"],
]
MAX_LEVELS = 10  # without __main__, which only starts the command
# init(transport="https" | "cloudrun") and init(validate=True) open the contracts, no other call does; nor do names,
# unless a tool looks at one or it is rejected.
EXCEPTIONS = {
    ("_client/catalogue.py", "contracts"),
    ("_client/https.py", "contracts"),
    ("_client/openapi.py", "contracts"),
}
# Library -> the only modules or packages that import it.
LIBRARIES = {
    "aiohttp": {
        "local/http/file_server.py",
        "local/http/connections.py",
    },
    "click": {"cli/"},
    "cryptography": {"push/crypto.py", "migrate/jsruntime/ciphers.py", "migrate/jsruntime/digests.py"},
    "dotenv": {"runner/env_files.py"},
    "httptools": {"_transports/http1.py", "runtime/http1.py"},
    "jinja2": {"pages/__init__.py"},
    "jwt": {"migrate/jsruntime/tokens.py"},
    "PIL": {"migrate/jsruntime/pictures.py"},
    "bs4": {"migrate/jsruntime/pages.py"},
    "pymysql": {"migrate/jsruntime/mysqls.py"},
    "qrcode": {"migrate/jsruntime/qr_codes.py"},
    "soupsieve": {"migrate/jsruntime/pages.py"},
    "bcrypt": {"migrate/jsruntime/digests.py"},
    "jsonschema": {"contracts/", "local/"},
    "openpyxl": {"migrate/jsruntime/sheets.py", "migrate/jsruntime/workbooks.py"},
    "opentelemetry": {"otel.py"},
    "packaging": {"check/libraries.py"},
    "pytest": {"testing/plugin.py"},
    "redis": {"stores/redis.py", "migrate/jsruntime/caches.py"},
    "regex": {"local/database/pcre.py"},
    "rich": {"devserver/reporter.py"},
    "tree_sitter": {"migrate/syntax.py"},
    "tree_sitter_javascript": {"migrate/syntax.py"},
    "tree_sitter_typescript": {"migrate/syntax.py"},
    "typing_extensions": {"_client/"},  # for type checkers alone
    "watchfiles": {"devserver/reloader.py"},
    "yaml": {"contracts/", "local/", "runner/deployment_files.py"},
}


MODULES = structure.modules(PACKAGE)
IMPORTS = {module: structure.imports(path, ROOT, set(MODULES)) for module, path in MODULES.items()}


def level(module: str) -> int:
    return next(index for index, names in enumerate(LAYERS) if top(module) in names)


def relative(module: str) -> str:
    return MODULES[module].relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    for target in IMPORTS[module] & MODULES.keys():
        if top(target) == top(module) or (relative(module), top(target)) in EXCEPTIONS:
            continue
        assert level(target) < level(module), f"{module} imports {target}, which is not below it in LAYERS"


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_imported_in_one_place(module: str) -> None:
    for library in {name.partition(".")[0] for name in IMPORTS[module]} - {"cloudpy"} - sys.stdlib_module_names:
        allowed = LIBRARIES.get(library, set())
        assert relative(module).startswith(tuple(allowed)), f"{module} imports {library}; see LIBRARIES"


def test_no_modules_import_one_another() -> None:
    graph = {module: targets & MODULES.keys() for module, targets in IMPORTS.items()}
    assert [] == list(structure.cycles(graph))


def test_the_chain_of_packages_is_short() -> None:
    graph: dict[str, set[str]] = {}
    for module, targets in IMPORTS.items():
        graph.setdefault(top(module), set()).update(top(target) for target in targets & MODULES.keys())
    del graph["__main__"]
    assert structure.levels({name: targets - {name} for name, targets in graph.items()}) <= MAX_LEVELS


def test_the_top_of_the_package_is_public() -> None:
    private = {path.stem for path in PACKAGE.glob("*.py") if path.stem.startswith("_") and path.stem[1] != "_"}
    assert {"_version", "_undefined", "_function"} == private


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
