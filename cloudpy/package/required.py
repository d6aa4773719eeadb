"""The parts of cloudpy and its dependencies that a deployed function requires, and copying those of the SDK."""

from __future__ import annotations

import ast
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..check import requirements
from ..check.folder import Folder
from ..check.imports import DEVELOPER_TOOLS
from ..check.source import Source, read
from .errors import PackageError

SDK = Path(__file__).resolve().parent.parent
_LEFT_OUT = DEVELOPER_TOOLS | {"contracts", "_typed", "__main__.py", "py.typed"}


@dataclass(frozen=True, slots=True)
class RequiredParts:
    """What a package contains besides the user's files.

    Attributes:
        contracts: the API data, for ``init(transport=…)`` and ``init(validate=True)``.
        requirements: lines of requirements.txt, without cloudpy itself.
        dependencies: lines of the same form for what cloudpy requires.
    """

    contracts: bool
    requirements: tuple[str, ...]
    dependencies: tuple[str, ...]


def required_parts(folder: Folder, *, server: bool) -> RequiredParts:
    """Return what the code and the requirements.txt of a function require.

    Args:
        folder: of the function.
        server: the package runs its own server.

    Raises:
        PackageError: requirements.txt includes a file that cannot be read.
    """
    sources, _ = read(folder)
    options = {name for source in sources for name in _options(source)}
    try:
        lines = requirements.read(folder.path)
    except requirements.RequirementsError as error:
        raise PackageError(f"{error.file}:{error.number}: {error}") from None
    dependencies: list[str] = []
    imports = {name for source in sources for name in _imports(source)}
    if server or "cloudpy" in imports:
        dependencies.append("httptools>=0.6.4")
    if "aiohttp" in imports:  # it was installed with cloudpy, so a requirements.txt may lack it
        dependencies.append("aiohttp>=3.14.4")
    if options:
        dependencies.append("pyyaml>=6.0.2")
    if "validate" in options:
        dependencies.append("jsonschema>=4.20")
    users = tuple(line.text for line in lines if line.distribution != requirements.DISTRIBUTION)
    return RequiredParts(bool(options), users, tuple(dependencies))


def copy_sdk(folder: Path, *, contracts: bool) -> None:
    """Copy the SDK into `folder`, without the developer tools.

    Args:
        folder: the package; it gets a folder ``cloudpy``.
        contracts: include the API data.
    """

    def ignore(directory: str, names: list[str]) -> set[str]:
        ignored = {name for name in names if name == "__pycache__" or name.endswith((".pyc", ".pyi"))}
        if Path(directory) == SDK:
            ignored |= _LEFT_OUT - ({"contracts"} if contracts else set())
        if Path(directory) == SDK / "contracts":
            ignored |= {"descriptions", "descriptions.schema.json"}
        return ignored & set(names)

    shutil.copytree(SDK, folder / "cloudpy", ignore=ignore)


def _options(source: Source) -> set[str]:
    """Return the options that need the contracts, ``transport`` and ``validate``, if the code sets them."""
    pairs: list[tuple[object, ast.expr]] = []
    for node in source.nodes():
        if isinstance(node, ast.keyword):
            pairs.append((node.arg, node.value))
        elif isinstance(node, ast.Dict):
            pairs += [(getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)]
    return {
        str(name)
        for name, value in pairs
        if name in ("transport", "validate") and not (isinstance(value, ast.Constant) and not value.value)
    }


def _imports(source: Source) -> set[str]:
    """Return the top-level names of what a file imports."""
    names: set[str] = set()
    for node in source.nodes():
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names
