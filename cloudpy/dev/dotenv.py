"""``.env`` files: ``NAME=value`` lines, read strictly, so that a slip is told and not guessed at."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

# The later wins; see `files_of`.
NAMES = (".env", ".env.local")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"', "$": "$", "'": "'"}
_MOST = 1024 * 1024  # bytes


class DotenvError(Exception):
    """A .env file that cannot be used; the message names file and line, and never shows a value."""


def files_of(project: str | None, function: str) -> list[str]:
    """The .env files that count for a function, those that are there; what a later one says goes before.

    The order: the project's .env, the function's .env, the project's .env.local, the function's .env.local.
    """
    folders = [project, function] if project and project != function else [function]
    paths = [os.path.join(folder, name) for name in NAMES for folder in folders if folder]
    return [path for path in paths if os.path.lexists(path)]


def read_all(paths: Iterable[str]) -> dict[str, str]:
    """The variables of several files, the later ones going before.

    Raises:
        DotenvError: one cannot be used.
    """
    found: dict[str, str] = {}
    for path in paths:
        found.update(read(path))
    return found


def read(path: str) -> dict[str, str]:
    """The variables of one file.

    Raises:
        DotenvError: it cannot be read, or a line of it is none of ``NAME=value``.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise DotenvError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(data) > _MOST:
        raise DotenvError(f"{path} is larger than 1 MB: is it a file of variables?")
    return parse(data, path)


def parse(data: bytes, path: str = ".env") -> dict[str, str]:
    """The variables in the bytes of a file; `path` is its name in errors.

    A value is taken as it stands, without blanks around it; `` #`` begins a remark. In single quotes everything stands
    for itself; in double quotes ``\\n \\r \\t \\\\ \\" \\$ \\'`` are escapes. Nothing is put in the place of ``$NAME``.

    Raises:
        DotenvError: see ``read``.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        where = f"{path}:{number}"
        try:
            line = raw.decode().strip()
        except UnicodeDecodeError:
            raise DotenvError(f"{where}: this line is not UTF-8; save the file as UTF-8") from None
        if not line or line.startswith("#"):
            continue
        if "\0" in line:
            raise DotenvError(f"{where}: there is a NUL character, which no variable can hold")
        name, found_sign, rest = line.partition("=")
        name = name.strip()
        if name.startswith("export "):
            name = name[7:].strip()
        if not found_sign:
            raise DotenvError(f"{where}: a line is written NAME=value, this one has no =")
        if not _NAME.fullmatch(name):
            raise DotenvError(
                f"{where}: what stands before = is no name of a variable: letters, digits and _, no digit first"
            )
        if name in found:
            raise DotenvError(f"{where}: {name} is there already, on line {lines[name]}; leave one of them")
        found[name], lines[name] = _value(rest.strip(), where, name), number
    return found


def _value(text: str, where: str, name: str) -> str:
    if text[:1] not in ("'", '"'):
        return re.split(r"(?:^|\s)#", text, maxsplit=1)[0].rstrip()
    quote, value, at = text[0], "", 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\\" and quote == '"':
            at += 1
            escaped = text[at : at + 1]
            if escaped not in _ESCAPED:
                raise DotenvError(
                    f"{where}: {name} has an escape that is none of \\n \\r \\t \\\\ \\\" \\$ \\'; write \\\\ for a"
                    " backslash, or single quotes around the value"
                )
            value += _ESCAPED[escaped]
        else:
            value += text[at]
        at += 1
    if at >= len(text):
        raise DotenvError(f"{where}: {name} begins with {quote} and does not end with it; a value is one line")
    after = text[at + 1 :].strip()
    if after and not after.startswith("#"):
        raise DotenvError(f"{where}: something follows the closing {quote} of {name}; remarks begin with #")
    return value
