"""requirements.txt: the lines that pip reads from it, and whether it has the SDK."""

from __future__ import annotations

import ast
import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import distribution
from .finding import Finding
from .folder import Folder
from .source import Source

DISTRIBUTION = distribution.NAME
NAME = "requirements.txt"
_COMMENT = re.compile(r"(^|\s+)#.*$")
_OPTION = re.compile(
    r"(?P<name>--requirement|--constraint|--find-links|-[rcf])(?P<equals>\s*=\s*|\s+|(?<=-[rcf]))(?P<value>.+)"
)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MAX_DEPTH = 100  # files
# UTF-32 first: its mark starts with that of UTF-16.
_ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
_ENCODINGS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its comment.

    Attributes:
        text: of the line.
        file: relative to the function's folder, with ``/``.
        number: from 1; the first of several that backslashes join.
    """

    text: str
    file: str
    number: int

    @property
    def distribution(self) -> str:
        """The normalised name of the distribution; empty for an option, a path or a URL."""
        match = _REQUIREMENT.match(self.text)
        name = match[0] if match else self.text.partition("#egg=")[2].strip()
        return re.sub(r"[-_.]+", "-", name).lower()


class RequirementsError(Exception):
    """A file cannot be read.

    Attributes:
        file: that names it.
        number: of the line.
    """

    def __init__(self, text: str, file: str, number: int) -> None:
        super().__init__(text)
        self.file = file
        self.number = number


def read(folder: Path) -> list[Line]:
    """Return the lines of requirements.txt in `folder`, with those of ``-r FILE`` in its place; empty without one.

    Paths in ``-c`` and ``--find-links``, which are relative to their file, become URLs (``file:///…``).

    Raises:
        RequirementsError: a file that it names is missing, includes itself, or is a URL.
    """
    path = folder / NAME
    return list(_lines(path, folder, ())) if path.is_file() else []


def _lines(path: Path, folder: Path, above: tuple[Path, ...]) -> Iterator[Line]:
    shown_path = os.path.relpath(path, folder).replace(os.sep, "/")
    for number, text in _joined(_decoded(path.read_bytes())):
        option = _OPTION.fullmatch(text)
        if option is None:
            yield Line(text, shown_path, number)
            continue
        name, value = option["name"], option["value"].strip("\"'")
        included = path.parent / value
        if name in ("-c", "--constraint") and "://" not in value and not included.is_file():
            raise RequirementsError(f"no file {value} next to {shown_path}", shown_path, number)
        if name not in ("-r", "--requirement"):
            # a URL needs no quoting
            yield Line(f"{name} {included.resolve().as_uri()}" if included.exists() else text, shown_path, number)
            continue
        if "://" in value:
            text = f"{value} is a URL: save the file next to requirements.txt, and name that"
            raise RequirementsError(text, shown_path, number)
        if not included.is_file():
            raise RequirementsError(f"no file {value} next to {shown_path}", shown_path, number)
        if included.resolve() in (path.resolve(), *above) or len(above) > MAX_DEPTH:
            raise RequirementsError(f"{value} includes itself through -r", shown_path, number)
        yield from _lines(included, folder, (*above, path.resolve()))


def _decoded(data: bytes) -> str:
    """Return the text of a file as pip reads it: UTF-16 and UTF-32 by their BOM, as PowerShell writes them."""
    for mark, encoding in _ENCODINGS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is not empty; a backslash at the end joins the next line."""
    joined, start = "", 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        start = start or number
        # a comment ends the joining, as with pip
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1]
            continue
        stripped = _COMMENT.sub("", joined + line).strip()
        if stripped:
            yield start, stripped
        joined, start = "", 0


def findings(folder: Folder, sources: list[Source]) -> Iterator[Finding]:
    """Yield what is missing from requirements.txt of code that imports cloudpy."""
    uses = any(name.split(".")[0] == "cloudpy" for source in sources for name in _imports(source))
    path = folder.path / NAME
    if not uses or (folder.path / "cloudpy").is_dir():
        return
    if not path.is_file():
        how = f"write one with the line {_line()}, for which `cloudpy package` takes the installed copy"
        yield Finding(NAME, 0, "warning", "requirements", f"there is no {NAME}; {how}")
        return
    try:
        lines = read(folder.path)
    except RequirementsError as error:
        yield Finding(error.file, error.number, "error", "requirements", str(error))
        return
    named = {line.distribution: line for line in lines if line.distribution}
    if DISTRIBUTION in named:
        return
    if "cloudpy" in named:
        text = f"cloudpy is another project on PyPI; write {_line()}"
        yield Finding(named["cloudpy"].file, named["cloudpy"].number, "error", "requirements", text)
    else:
        yield Finding(NAME, 1, "error", "requirements", f"the code imports cloudpy; add the line {_line()}")


def _line() -> str:
    """Return what pip can install; the bare name, which is on no index, only where nothing else is known."""
    return distribution.requirement() or DISTRIBUTION


def _imports(source: Source) -> Iterator[str]:
    for node in source.nodes():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
