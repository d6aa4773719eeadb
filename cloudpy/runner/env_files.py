"""``.env`` files, read as python-dotenv reads them, except that invalid lines are errors."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable

from .process import base_environment, is_platform_variable

NAMES = (".env", ".env.local")  # the later one overrides; see `env_files`
_NEWLINE = re.compile(r"\r\n|\n|\r")
_MAX_BYTES = 1024 * 1024


class DotenvError(Exception):
    """A .env file that cannot be used; the message names file and line, and never shows a value."""


def function_environment(folder: str, warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables for a function's process: the shell's, overridden by its .env files.

    Args:
        folder: absolute path of the function. If it is inside the current folder, that one's .env files count too.
        warn: called with a sentence for each name that a file defines twice.

    Raises:
        DotenvError: a file cannot be used.
    """
    return {**base_environment(), **file_variables(folder, warn)}


def file_variables(folder: str, warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables of `function_environment` that come from files, without those that the platform sets."""
    here = os.path.realpath(os.curdir)
    project = here if folder == here or folder.startswith(os.path.join(here, "")) else None
    variables = read_all(env_files(project, folder), warn)
    return {name: value for name, value in variables.items() if not is_platform_variable(name)}


def env_files(project: str | None, function: str) -> list[str]:
    """Return the paths of a function's .env files that exist; a later one overrides an earlier one.

    The order: the project's .env, the function's .env, the project's .env.local, the function's .env.local.
    """
    folders = [project, function] if project and project != function else [function]
    paths = [os.path.join(folder, name) for name in NAMES for folder in folders if folder]
    return [path for path in paths if os.path.lexists(path)]


def read_all(paths: Iterable[str], warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables of several files; a later file overrides an earlier one.

    Args:
        paths: of the files.
        warn: called with a sentence for each name that a file defines twice.

    Raises:
        DotenvError: a file cannot be used.
    """
    variables: dict[str, str] = {}
    for path in paths:
        variables.update(read(path, warn))
    return variables


def read(path: str, warn: Callable[[str], object]) -> dict[str, str]:
    """Return the variables of one file.

    Raises:
        DotenvError: it cannot be read, or has a line that is not ``NAME=value``.
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
    """Return the variables in the bytes of a file; `path` is its name in errors.

    Raises:
        DotenvError: see `read`.
    """
    import dotenv  # here: most functions have no such file
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
            raise DotenvError(f"{where}: NUL character; a variable cannot contain it")
        if binding.error:
            raise DotenvError(
                f"{where}: expected NAME=value; a quoted value ends with the same quote, and a comment may follow it"
            )
        if binding.key is None:
            continue
        if binding.value is None:
            raise DotenvError(f"{where}: expected NAME=value, but the line has no =")
        if binding.key in lines:
            warn(f"{where}: {binding.key} is already defined on line {lines[binding.key]}; the later line counts")
        lines[binding.key] = line
    values = dotenv.dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in values.items() if value is not None}
