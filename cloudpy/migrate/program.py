"""The files of one function: the modules that it requires in and beside its folder, and their names in Python."""

from __future__ import annotations

import dataclasses
import posixpath
import sys
from pathlib import Path

from ..runtime.function_dir import SHARED
from .module import Module
from .nodes import imported_from, required
from .source import in_plain_forms
from .syntax import Node, parse

CODE = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts")


@dataclasses.dataclass
class Program:
    """The files that a function consists of.

    A shared folder beside the function, ``../common``, becomes the package ``common`` of its draft: a function is
    uploaded alone.

    Attributes:
        keep_names: Whether variables keep the names that they have in JavaScript.
        modules: Path, relative to the function's folder -> file; what a file requires comes before it.
        data: Path in the draft -> path of a JSON file, relative to the function's folder.
        circular: Path of a file -> what it requires, and is required by: as it is written -> the file.
    """

    keep_names: bool = False
    modules: dict[str, Module] = dataclasses.field(default_factory=dict)
    data: dict[str, str] = dataclasses.field(default_factory=dict)
    circular: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    _names: dict[str, str] = dataclasses.field(default_factory=dict)

    def python_name(self, file: str) -> str:
        """Return the module name for a file, different from those of all other files."""
        name = python_name(_inside(file))
        while self._names.setdefault(name, file) != file:
            name = f"shared.{name}"
        return name


def read_program(folder: Path, entry: str, *, keep_names: bool = False) -> Program:
    """Read the file `entry` of a function's folder, and what it requires.

    Raises:
        SyntaxProblem: A file is not valid JavaScript.
        OSError: A file cannot be read.
    """
    program = Program(keep_names)
    for path in folder.rglob("*"):  # its own files have their names first
        if path.suffix in CODE and "node_modules" not in path.parts:
            program.python_name(path.relative_to(folder).as_posix())
    _read(folder, entry, program, [])
    for module in program.modules.values():
        module.later = {source: program.modules[file] for source, file in program.circular.get(module.file, {}).items()}
    return program


def _read(folder: Path, name: str, program: Program, around: list[str]) -> None:
    text = in_plain_forms((folder / name).read_text("utf-8-sig", "replace"), name)
    root = parse(text, name)
    others: dict[str, Module] = {}
    data: dict[str, str] = {}
    read_files: set[str] = set()
    python = program.python_name(name)
    for source in _sources(root):
        file = _resolve(folder, name, source)
        if file in around:
            program.circular.setdefault(name, {})[source] = file
        if file is None or file in around or file == name:
            continue  # marked where it is used
        if file.endswith(".json"):
            target = _inside(file)
            program.data[target] = file
            read_files.add(file)
            data[source] = "../" * (python.count(".") if around else 0) + target
            continue
        if file not in program.modules:
            _read(folder, file, program, [*around, name])
        others[source] = program.modules[file]
    module = Module(name, text, others, data, root, is_entry=not around, keep_names=program.keep_names)
    module.python = python
    module.read_files = read_files
    program.modules[name] = module


def _sources(root: Node) -> list[str]:
    sources: list[str] = []

    def walk(node: Node) -> None:
        source = required(node)
        if not source and node.type in ("import_statement", "export_statement"):
            source = imported_from(node)
        if source.startswith("."):
            sources.append(source)
        for child in node.named_children:
            walk(child)

    walk(root)
    return list(dict.fromkeys(sources))


def _resolve(folder: Path, name: str, source: str) -> str | None:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), source))
    tries = [path, *(f"{path}{ending}" for ending in (*CODE, ".json")), *(f"{path}/index{ending}" for ending in CODE)]
    return next((each for each in tries if each.endswith((*CODE, ".json")) and (folder / each).is_file()), None)


def _inside(file: str) -> str:
    """Return where a file is in the draft: one of a folder beside the function is in a folder of that name."""
    inner = file.replace("../", "")
    return inner.removeprefix(f"{SHARED}/") if file != inner else inner


def python_name(file: str) -> str:
    """Return ``lib.my_util`` for ``lib/my-util.js``: a name that hides no module of the standard library."""
    stem = file.rpartition(".")[0]
    parts = ["".join(each if each.isalnum() or each == "_" else "_" for each in part) for part in stem.split("/")]
    if parts[0] in ("js", "cloudpy") or parts[0] in sys.stdlib_module_names:
        parts[0] += "_"
    return ".".join(parts)
