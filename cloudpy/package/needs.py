"""What the deployed function needs of cloudpy and of the libraries it depends on, read from the user's code."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from ..check import requirements
from ..check.folder import Folder
from ..check.requirements import DISTRIBUTION
from ..check.source import Source, read
from .errors import PackageError


@dataclass(frozen=True, slots=True)
class Needs:
    """What goes in beside the user's files.

    Attributes:
        calls: whether the function imports cloudpy, whose calls need httptools.
        asynchronous: whether it imports the API whose calls are awaited.
        contracts: cloudpy's data of the APIs, for ``init(transport=…)`` and ``init(validate=True)``.
        requirements: the lines of requirements.txt, without cloudpy itself.
        own: what cloudpy needs there, in lines of the same form.
    """

    calls: bool
    asynchronous: bool
    contracts: bool
    requirements: tuple[str, ...]
    own: tuple[str, ...]


def needs(folder: Folder, *, server: bool) -> Needs:
    """Reads the code and the requirements.txt.

    Args:
        server: whether the package serves by itself.

    Raises:
        PackageError: the requirements.txt names a file that cannot be read.
    """
    sources, _ = read(folder)
    asks = {name for source in sources for name in _options(source)}
    try:
        lines = requirements.read(folder.path)
    except requirements.RequirementsError as error:
        raise PackageError(f"{error.file}:{error.number}: {error}") from None
    wanted = [line.text for line in lines if line.distribution != DISTRIBUTION]
    own: list[str] = []
    imports = {name for source in sources for name in _imports(source)}
    calls = bool(imports & {"cloudpy", "cloudpy.sync"})
    if calls or server:
        own.append("httptools>=0.6.4")
    if "aiohttp" in imports:  # it came with cloudpy, so a requirements.txt may lack it
        own.append("aiohttp>=3.14.4")
    if asks:
        own.append("pyyaml>=6.0.2")
    if "validate" in asks:
        own.append("jsonschema>=4.20")
    return Needs(calls, "cloudpy" in imports, bool(asks), tuple(wanted), tuple(own))


def _options(source: Source) -> set[str]:
    """Which of the options that open the contracts are given a value somewhere."""
    given: list[tuple[object, ast.expr]] = []
    for node in source.nodes():
        if isinstance(node, ast.keyword):
            given.append((node.arg, node.value))
        elif isinstance(node, ast.Dict):
            given += [(getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True)]
    return {
        str(name)
        for name, value in given
        if name in ("transport", "validate") and not (isinstance(value, ast.Constant) and not value.value)
    }


def _imports(source: Source) -> set[str]:
    """Which of ``cloudpy`` (whose calls are awaited), ``cloudpy.sync`` and ``aiohttp`` a file imports."""
    found = set()
    for node in source.nodes():
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            names = [f"{module}.{alias.name}" if module == "cloudpy" else module for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == "aiohttp":
                found.add("aiohttp")
            elif name.partition(".")[0] == "cloudpy":
                found.add("cloudpy.sync" if name.startswith("cloudpy.sync") else "cloudpy")
    return found
