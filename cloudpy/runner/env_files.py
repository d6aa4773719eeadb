"""``.env`` files, as python-dotenv reads them; what it would pass over is an error."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable

# The later wins; see `files_of`.
NAMES = (".env", ".env.local")
_NEWLINE = re.compile(r"\r\n|\n|\r")
_MAX_BYTES = 1024 * 1024


class DotenvError(Exception):
    """A .env file that cannot be used; the message names file and line, and never shows a value."""


def files_of(project: str | None, function: str) -> list[str]:
    """The .env files that count for a function, those that are there; what a later one says goes before.

    The order: the project's .env, the function's .env, the project's .env.local, the function's .env.local.
    """
    folders = [project, function] if project and project != function else [function]
    paths = [os.path.join(folder, name) for name in NAMES for folder in folders if folder]
    return [path for path in paths if os.path.lexists(path)]


def read_all(paths: Iterable[str], warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables of several files, the later ones going before.

    Args:
        warn: called with a sentence for each name that a file gives twice.

    Raises:
        DotenvError: one cannot be used.
    """
    found: dict[str, str] = {}
    for path in paths:
        found.update(read(path, warn))
    return found


def read(path: str, warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables of one file.

    Raises:
        DotenvError: it cannot be read, or a line of it is not ``NAME=value``.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise DotenvError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(data) > _MAX_BYTES:
        raise DotenvError(f"{path} is larger than 1 MB: is it a file of variables?")
    return parse(data, path, warn)


def parse(data: bytes, path: str, warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables in the bytes of a file, as python-dotenv reads them; `path` is its name in errors.

    Raises:
        DotenvError: see ``read``.
    """
    import dotenv  # here: no function needs it at its start
    from dotenv.parser import parse_stream

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DotenvError(f"{path}:{line}: this line is not UTF-8; save the file as UTF-8") from None
    lines: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(text)):
        blank = binding.original.string[: -len(binding.original.string.lstrip()) or None]
        line = binding.original.line + len(_NEWLINE.findall(blank))
        where = f"{path}:{line}"
        if "\0" in binding.original.string:
            raise DotenvError(f"{where}: there is a NUL character, which no variable can hold")
        if binding.error:
            raise DotenvError(
                f"{where}: expected NAME=value; a value in quotes ends with the same quote, and a comment may follow it"
            )
        if binding.key is None:
            continue
        if binding.value is None:
            raise DotenvError(f"{where}: a line is written NAME=value, this one has no =")
        if binding.key in lines:
            warn(f"{where}: {binding.key} is on line {lines[binding.key]} already; the later one counts")
        lines[binding.key] = line
    values = dotenv.dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value is not None}
