"""The two functions under comparison: their folders and languages."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Literal

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split

Language = Literal["node", "python"]
LABELS = {"node": "Node", "python": "Python"}
JS_SUFFIXES = (".js", ".cjs", ".mjs", ".ts")  # a compiled file comes before its source
_MAX_LISTED = 8  # files in a message


class UnusableError(Exception):
    """Something that a comparison needs is missing; says what was expected, what was found, what to do."""


class UnusableNeighbourError(UnusableError):
    """A function that is called by name cannot be loaded; events that do not call it can be compared."""


@dataclass(frozen=True)
class Function:
    """One function in its folder.

    Attributes:
        folder: an absolute path.
        language: ``node`` or ``python``.
        file: without its suffix, such as ``index``.
        name: what is exported or defined, such as ``main``.
    """

    folder: str
    language: Language
    file: str
    name: str

    @property
    def title(self) -> str:
        """The function's name, which is that of its folder."""
        return os.path.basename(self.folder) or "index"

    @property
    def filename(self) -> str:
        """Name of the file that exports or defines it."""
        if self.language == "python":
            return f"{self.file}.py"
        return next((name for name in _js_names(self.file) if os.path.isfile(f"{self.folder}/{name}")), "index.js")

    def sibling(self, name: str) -> str | None:
        """Return the path of another file in its folder, or None if it does not exist."""
        path = os.path.join(self.folder, name)
        return path if os.path.lexists(path) else None


def find_function(folder: str, handler: str = DEFAULT, language: Language | None = None) -> Function:
    """Return the function in `folder`.

    Raises:
        UnusableError: there is no such folder or file, or there are files of both languages and `language` is None.
    """
    try:
        path = FunctionDir(folder).folder
        file, name = split(handler)
    except LoadError as error:
        raise UnusableError(str(error)) from None
    has = {
        "node": any(os.path.isfile(os.path.join(path, each)) for each in _js_names(file)),
        "python": os.path.isfile(os.path.join(path, f"{file}.py")),
    }
    if language is None:
        if all(has.values()):
            raise UnusableError(
                f"{path} contains both {file}.js and {file}.py: choose one with node:{folder} or python:{folder}"
            )
        language = "python" if has["python"] else "node" if has["node"] else None
    if language is None or not has[language]:
        expected = {"node": f"{file}.js", "python": f"{file}.py", None: f"{file}.js or {file}.py"}[language]
        raise UnusableError(f"no {expected} in {path}{_advice(path)}")
    return Function(path, language, file, name)


def parse_folder(text: str) -> tuple[str, Language | None]:
    """Parse a folder of the command line: ``DIR``, ``node:DIR`` or ``python:DIR``."""
    for language in ("node", "python"):
        if text.startswith(f"{language}:") and not os.path.isdir(text):
            return text.partition(":")[2], language
    return text, None


def labels(left: Function, right: Function) -> tuple[str, str]:
    """Return the names of the two in a report."""
    if left.language != right.language:
        return LABELS[left.language], LABELS[right.language]
    return f"{LABELS[left.language]} 1", f"{LABELS[right.language]} 2"


def node_program() -> str:
    """Return the path of node.

    Raises:
        UnusableError: it is not installed.
    """
    path = shutil.which("node")
    if path is None:
        raise UnusableError("node is not on PATH: install Node.js 16 or later to run the Node function")
    return path


def node_modules(folder: str) -> str:
    """Return the node_modules that `folder` is or contains.

    Raises:
        UnusableError: it is not a folder.
    """
    if not os.path.isdir(folder):
        raise UnusableError(f"--node-modules {folder}: there is no such folder")
    inside = os.path.join(folder, "node_modules")
    return os.path.abspath(inside if os.path.isdir(inside) else folder)


def _js_names(file: str) -> list[str]:
    return [file + suffix for suffix in JS_SUFFIXES]


def _advice(folder: str) -> str:
    files = sorted(entry for entry in os.listdir(folder) if entry.endswith((*JS_SUFFIXES, ".py")))
    if files:
        example = os.path.splitext(files[0])[0]
        return f"; found {', '.join(files[:_MAX_LISTED])}: name the handler, such as --handler {example}.main"
    if os.path.isfile(os.path.join(folder, "package.json")):
        return "; found only a package.json"
    return "; it has no .js, .ts or .py file: is it the function's folder?"
