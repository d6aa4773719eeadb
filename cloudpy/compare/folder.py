"""The two folders that are compared: which of them is Node's and which Python's, and whether they can be run."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Literal

from ..runtime import FunctionDir, LoadError
from ..runtime.loader import DEFAULT, split

Language = Literal["node", "python"]
WORDS = {"node": "Node", "python": "Python"}


class UnusableError(Exception):
    """Something that a comparison needs is not there; says what was wanted, what was found, what to do."""


@dataclass(frozen=True)
class Function:
    """One function, in its folder.

    Attributes:
        folder: an absolute path.
        language: ``node`` or ``python``.
        file: without its suffix, ``index``.
        name: what is exported or defined, ``main``.
    """

    folder: str
    language: Language
    file: str
    name: str

    @property
    def title(self) -> str:
        """The folder's name, which is the function's."""
        return os.path.basename(self.folder) or "index"

    def beside(self, name: str) -> str | None:
        """The path of a file in its folder, if it is there."""
        path = os.path.join(self.folder, name)
        return path if os.path.lexists(path) else None


def function_in(folder: str, handler: str = DEFAULT, language: Language | None = None) -> Function:
    """The function in `folder`.

    Raises:
        UnusableError: there is no such folder, no such file in it, or files of both languages and nothing says which.
    """
    try:
        place = FunctionDir(folder).folder
        file, name = split(handler)
    except LoadError as error:
        raise UnusableError(str(error)) from None
    has = {
        "node": any(os.path.isfile(os.path.join(place, f"{file}{suffix}")) for suffix in (".js", ".cjs", ".mjs")),
        "python": os.path.isfile(os.path.join(place, f"{file}.py")),
    }
    if language is None:
        if all(has.values()):
            raise UnusableError(
                f"{place} holds both {file}.js and {file}.py: say which is meant, node:{folder} or python:{folder}"
            )
        language = "python" if has["python"] else "node" if has["node"] else None
    if language is None or not has[language]:
        wanted = {"node": f"{file}.js", "python": f"{file}.py", None: f"{file}.js and no {file}.py"}[language]
        raise UnusableError(f"no {wanted} in {place}{_instead(place)}")
    return Function(place, language, file, name)


def named(text: str) -> tuple[str, Language | None]:
    """A folder as it is given on the command line, ``DIR``, ``node:DIR`` or ``python:DIR``."""
    for language in ("node", "python"):
        if text.startswith(f"{language}:") and not os.path.isdir(text):
            return text.partition(":")[2], language
    return text, None


def labels(left: Function, right: Function) -> tuple[str, str]:
    """What the two are called in a report."""
    if left.language != right.language:
        return WORDS[left.language], WORDS[right.language]
    return f"{WORDS[left.language]} 1", f"{WORDS[right.language]} 2"


def node_program() -> str:
    """The path of node.

    Raises:
        UnusableError: it is not installed.
    """
    found = shutil.which("node")
    if found is None:
        raise UnusableError("node is not on PATH: install Node.js 16 or later, which the Node function is run with")
    return found


def modules_in(folder: str) -> str:
    """The node_modules that `folder` is, or holds.

    Raises:
        UnusableError: it is no folder.
    """
    if not os.path.isdir(folder):
        raise UnusableError(f"--node-modules {folder}: there is no such folder")
    inside = os.path.join(folder, "node_modules")
    return os.path.abspath(inside if os.path.isdir(inside) else folder)


def _instead(place: str) -> str:
    files = sorted(entry for entry in os.listdir(place) if entry.endswith((".js", ".cjs", ".mjs", ".py")))
    if files:
        return f"; found {', '.join(files[:8])}: name the handler, as in --handler {os.path.splitext(files[0])[0]}.main"
    if os.path.isfile(os.path.join(place, "package.json")):
        return "; there is a package.json alone"
    return "; it holds no .js and no .py file at all: is it the function's folder?"
