"""A requirements.txt and the files that it names, as the lines that pip would read."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAME = "requirements.txt"
_COMMENT = re.compile(r"(^|\s+)#.*$")
_OPTION = re.compile(
    r"(?P<name>--requirement|--constraint|--find-links|-[rcf])(?P<equals>\s*=\s*|\s+|(?<=-[rcf]))(?P<value>.+)"
)
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MOST = 100  # files
# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
_MARKS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on a line, without its comment.

    Attributes:
        file: which file, seen from the function's folder, with ``/``.
        number: from 1; the first of several that backslashes join.
    """

    text: str
    file: str
    number: int

    @property
    def distribution(self) -> str:
        """The distribution that it asks for, normalised; empty when it is an option, or names none."""
        match = _REQUIREMENT.match(self.text)
        name = match[0] if match else self.text.partition("#egg=")[2].strip()
        return re.sub(r"[-_.]+", "-", name).lower()


class RequirementsError(Exception):
    """A file cannot be read.

    Attributes:
        file, number: the line that names it.
    """

    def __init__(self, text: str, file: str, number: int) -> None:
        super().__init__(text)
        self.file = file
        self.number = number


def read(folder: Path) -> list[Line]:
    """The lines of requirements.txt in `folder`; in the place of ``-r FILE`` those of that file. Empty without one.

    Paths in ``-c`` and ``--find-links``, which pip takes from the file they stand in, become addresses (``file:///…``).

    Raises:
        RequirementsError: a file that is named is not there, names itself, or is an address.
    """
    path = folder / NAME
    return list(_lines(path, folder, ())) if path.is_file() else []


def _lines(path: Path, folder: Path, above: tuple[Path, ...]) -> Iterator[Line]:
    shown = os.path.relpath(path, folder).replace(os.sep, "/")
    for number, text in _joined(_decoded(path.read_bytes())):
        option = _OPTION.fullmatch(text)
        if option is None:
            yield Line(text, shown, number)
            continue
        name, value = option["name"], option["value"].strip("\"'")
        beside = path.parent / value
        if name in ("-c", "--constraint") and "://" not in value and not beside.is_file():
            raise RequirementsError(f"there is no file {value} beside {shown}", shown, number)
        if name not in ("-r", "--requirement"):
            # as an address: its spaces and quotes mean nothing
            yield Line(f"{name} {beside.resolve().as_uri()}" if beside.exists() else text, shown, number)
            continue
        if "://" in value:
            text = f"{value} is an address: save the file beside requirements.txt, and name it there"
            raise RequirementsError(text, shown, number)
        if not beside.is_file():
            raise RequirementsError(f"there is no file {value} beside {shown}", shown, number)
        if beside.resolve() in (path.resolve(), *above) or len(above) > _MOST:
            raise RequirementsError(f"{value} names itself, through -r", shown, number)
        yield from _lines(beside, folder, (*above, path.resolve()))


def _decoded(data: bytes) -> str:
    """The text of a file as pip reads it: UTF-16 and UTF-32 by their byte order mark, as PowerShell writes them."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line that says something; a backslash at the end joins the next."""
    held, begun = "", 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        begun = begun or number
        # a comment ends the joining, as with pip
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            held += line[:-1]
            continue
        found = _COMMENT.sub("", held + line).strip()
        if found:
            yield begun, found
        held, begun = "", 0
