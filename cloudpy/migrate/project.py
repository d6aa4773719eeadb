"""The drafts of a whole project: what its functions share, and the files around them."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..i18n import current, translated
from ..runtime.function_dir import SHARED
from .bundle import bundle
from .draft import Draft
from .draft_cache import CACHED
from .formatter import WIDTH
from .scaffold import first_test, local_yaml, shared_test

_TEMPLATES = Path(__file__).parent / "templates"
JS = "js.py"
# What a js.py may import that all functions pay for: modules that the SDK imports anyway, or that cost little
_LIGHT = {"__future__", "asyncio", "base64", "cloudpy", "collections", "contextvars", "datetime", "decimal",
          "functools", "json", "math", "re", "sys", "time", "typing"}  # fmt: skip
_PYPROJECT = """\
# SETTINGS
[tool.pytest.ini_options]
addopts = "--import-mode=importlib"

[tool.mypy]
files = ["."]
exclude = '^(dist|_shared|[^/]*[^/\\w][^/]*)/'  # MODULES
mypy_path = "$MYPY_CONFIG_FILE_DIR/_shared"
explicit_package_bases = true
ignore_missing_imports = true
disable_error_code = ["var-annotated"]  # EMPTY

[[tool.mypy.overrides]]  # OWN
module = "js"
follow_imports = "skip"

[tool.ruff]
extend-exclude = [".cloudpy"]
line-length = WIDTH
src = [".", "*", "_shared"]
target-version = "py310"

[tool.pyright]
extraPaths = ["_shared"]
"""
_GITIGNORE = """\
__pycache__/
.venv/
.env*.local
.cloudpy/*
!.cloudpy/migrate/
.node/
dist/
.pytest_cache/
.mypy_cache/
"""


@dataclass
class Output:
    """What is written to one folder.

    Attributes:
        target: the folder.
        files: path in it -> content.
        folders: those of the functions, relative to it; ``""`` for a function that is the folder itself.
        once: files that are a person's as soon as they are there: they are not written again.
        bundles: path of a ``js.py`` -> names of helpers, names of their methods.
        language: of the comments.
    """

    target: Path
    files: dict[str, bytes] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    once: set[str] = field(default_factory=set)
    bundles: dict[str, tuple[set[str], set[str]]] = field(default_factory=dict)
    language: str = field(default_factory=current)


def single(draft: Draft, target: Path) -> Output:
    """Return what is written of one function, which needs nothing beside its folder."""
    bundles = {JS: (draft.helpers, draft.attributes)} if JS in draft.files else {}
    return Output(target, dict(draft.files), [""], bundles=bundles)


def project(drafts: Sequence[Draft], target: Path, node: Path) -> Output:
    """Return what is written of all functions of a project; what they share is taken out of the drafts.

    Modules that are the same in several functions, and ``js.py``, are in ``_shared``, once.

    Args:
        drafts: of the functions, whose names differ.
        target: folder of the project.
        node: folder of the Node functions.
    """
    result = Output(target, folders=[draft.name for draft in drafts])
    shared = _share_modules(drafts)
    if shared:
        shared["test_shared.py"] = shared_test().encode()
    _share_helpers(drafts, shared, result)
    result.files |= {f"{SHARED}/{path}": content for path, content in shared.items()}
    for draft in drafts:
        del draft.files["local.yaml"]
        draft.files["test_index.py"] = first_test(draft.event, "../local.yaml").encode()
        result.files |= {f"{draft.name}/{path}": content for path, content in draft.files.items()}
        if JS in draft.files:
            result.bundles[f"{draft.name}/{JS}"] = (draft.helpers, draft.attributes)
    apis = [
        call.name.removeprefix("openapi.") for draft in drafts for call in draft.calls if call.name[:8] == "openapi."
    ]
    libraries = "".join(f"-r {draft.name}/requirements.txt\n" for draft in drafts)
    around = {
        ".gitignore": _GITIGNORE,
        "README.md": _readme(target, _relative(node, target), drafts),
        "local.yaml": local_yaml(apis),
        "pyproject.toml": _pyproject(),
        "requirements.txt": f"{_requirements_head()}{libraries}pytest\n",
    }
    result.files |= {path: text.encode() for path, text in around.items()}
    result.once = {".gitignore", "README.md", "pyproject.toml"}
    return result


def _pyproject() -> str:
    settings = translated("Settings of the tools: every function has a module named index, and tests of its own.")
    text = _PYPROJECT.replace("SETTINGS", settings).replace("WIDTH", str(WIDTH))
    text = text.replace("EMPTY", translated("of an empty list or dict"))
    text = text.replace("MODULES", translated("names that no module can have: run mypy in such a folder"))
    return text.replace("OWN", translated("a function may have a js.py of its own"))


def _requirements_head() -> str:
    lines = [
        translated("For development: the libraries of all functions, and pytest."),
        translated("Each function is uploaded alone; `cloudpy package` installs the requirements.txt of its folder."),
    ]
    return "".join(f"# {line}\n" for line in lines)


def _readme(target: Path, node: str, drafts: Sequence[Draft]) -> str:
    text = (_TEMPLATES / f"README.{current()}.md.tmpl").read_text("utf-8")
    packages = {name for draft in drafts for names in draft.packages.values() for name in names}
    listed = " ".join(["wx-server-sdk", *sorted(each for each in packages if re.fullmatch(r"[@\w./-]+", each))])
    text = text.replace("PROJECT_NAME", target.resolve().name).replace("NODE_PACKAGES", listed)
    if not re.fullmatch(r"[\w./:-]+", node):  # in a command, a space would end it
        text = re.sub(r"(?m)(?<=^cloudpy )(migrate |compare )(NODE_DIR\S*)", r'\1"\2"', text)
    return text.replace("NODE_DIR", node)


def _share_modules(drafts: Sequence[Draft]) -> dict[str, bytes]:
    """Take the modules that are the same in several drafts out of them, with the data that they read."""
    shared: dict[str, bytes] = {}
    groups: dict[str, dict[tuple[object, ...], list[Draft]]] = {}
    for draft in drafts:
        for path in draft.sources:
            if path != "index.py":
                data = tuple((name, draft.files[name]) for name in draft.reads[path])
                groups.setdefault(path, {}).setdefault((draft.files[path], *data), []).append(draft)
    taken: dict[int, set[str]] = {}
    for path, versions in sorted(groups.items()):
        users = max(versions.values(), key=len)
        read = {name: users[0].files[name] for name in users[0].reads[path]}
        if len(users) < 2 or any(shared.get(name, content) != content for name, content in read.items()):
            continue
        shared |= {path: users[0].files[path], **read}
        for draft in users:
            taken.setdefault(id(draft), set()).add(path)
    for draft in drafts:
        mine = taken.get(id(draft), set())
        still_read = {name for path, names in draft.reads.items() if path not in mine for name in names}
        for path in mine:
            draft.files.pop(path)
        for name in {name for path in mine for name in draft.reads[path]} - still_read:
            draft.files.pop(name, None)
    return shared


def _share_helpers(drafts: Sequence[Draft], shared: dict[str, bytes], result: Output) -> None:
    """Put the helpers of all drafts into one ``js.py``; a draft whose helpers import much keeps its own."""
    users = [draft for draft in drafts if JS in draft.files and _imported(draft.files[JS]) <= _LIGHT]
    if len(users) < 2:
        return
    helpers = {name for draft in users for name in draft.helpers}
    attributes = {name for draft in users for name in draft.attributes}
    for draft in users:
        del draft.files[JS]
    shared[JS] = bundle(helpers, attributes, shared=True).encode()
    result.bundles[f"{SHARED}/{JS}"] = (helpers, attributes)


@lru_cache(maxsize=CACHED)
def _imported(code: bytes) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names - {"urllib.parse"}


def _relative(folder: Path, start: Path) -> str:
    try:
        return Path(os.path.relpath(folder, start)).as_posix()
    except ValueError:  # on another drive
        return folder.as_posix()
