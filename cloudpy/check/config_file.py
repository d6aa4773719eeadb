"""A function's config.json: what it says, on which line, and how to add to it without disturbing the rest."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._client.permissions import from_file, misplaced, wrong_key
from ..errors import ConfigError

NAME = "config.json"
_SPACE = re.compile(r"[ \t\r\n]*")


class ConfigFile:
    """The config.json of the function in `folder`, which may not be there.

    Attributes:
        allowed: API name -> the line that lists it.
        value: the whole content; {} when there is none or it is of no use.
        error: what is wrong with the file; empty when nothing is.
        wrong_key: a list of APIs that is not read, as (line, sentence).
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._load()

    def _load(self) -> None:
        self.exists = os.path.lexists(self.path)
        self.value: dict[str, Any] = {}
        self.allowed: dict[str, int] = {}
        self.error = ""
        self.wrong_key: tuple[int, str] | None = None
        self._text = ""
        if self.exists:
            try:
                allowed = from_file(os.fspath(self.path)).allowed
                # newlines as they are: what is written back keeps them
                self._text = self.path.read_bytes().decode()
                self.value = json.loads(self._text)
            except ConfigError as error:
                self.error = error.errMsg.removeprefix(f"init:fail {self.path} ")
            else:
                self.allowed = {name: self._line_of(name) for name in sorted(allowed)}
                keys = misplaced(self.value)
                if keys:
                    self.wrong_key = (self.line(*keys), wrong_key(keys))

    def line(self, *path: str | int) -> int:
        """The line of a value in the file, by its keys and indexes; 0 when it is not there."""
        span = _span(self._text, path)
        return self._text.count("\n", 0, span[0]) + 1 if span else 0

    def allow(self, apis: Sequence[str]) -> list[str]:
        """Adds `apis` to ``permissions.openapi``; what is there stays as it is, to the letter.

        Returns:
            Those that were added.

        Raises:
            OSError: the file cannot be written.
            ValueError: the file there is, is unusable; see `error`.
        """
        if self.error:
            raise ValueError(self.error)
        new = [api for api in dict.fromkeys(apis) if api not in self.allowed]
        if new:
            _write(self.path, self._with(new))
            self._load()
        return new

    def _with(self, new: list[str]) -> str:
        span = _span(self._text, ("permissions", "openapi"))
        if span is None or self._text[span[0]] != "[":
            permissions = self.value.get("permissions") or {}
            value = {**self.value, "permissions": {**permissions, "openapi": new}}
            return json.dumps(value, ensure_ascii=False, indent=_indent(self._text)) + "\n"
        inside = self._text[span[0] + 1 : span[1] - 1]
        names = [json.dumps(name, ensure_ascii=False) for name in new]
        newline = "\r\n" if "\r\n" in inside else "\n"
        if "\n" in inside:
            first = re.search(r"\n([ \t]*)\S", inside)
            margin = first[1] if first else "      "
            body, end = inside.rstrip(), inside[len(inside.rstrip()) :]
            added = f",{newline}{margin}".join(names)
            joined = f"{body},{newline}{margin}{added}{end}" if body else f"{newline}{margin}{added}{end}"
        else:
            joined = ", ".join([*([inside.strip()] if inside.strip() else []), *names])
        return f"{self._text[: span[0] + 1]}{joined}{self._text[span[1] - 1 :]}"

    def _line_of(self, name: str) -> int:
        names = self.value["permissions"]["openapi"]
        return next(
            (self.line("permissions", "openapi", index) for index, each in enumerate(names) if each.strip() == name), 0
        )


def _span(text: str, path: Sequence[str | int]) -> tuple[int, int] | None:
    """Where the value at `path` begins and ends in `text`, which is JSON."""
    at = _skip(text, 0)
    for step in path:
        found = _member(text, at, step)
        if found is None:
            return None
        at = found
    return at, _end(text, at) if at < len(text) else at


def _member(text: str, at: int, step: str | int) -> int | None:
    """Where the member `step` of the object or list at `at` begins."""
    if text[at : at + 1] != ("[" if isinstance(step, int) else "{"):
        return None
    at, index = _skip(text, at + 1), 0
    while text[at] not in "]}":
        key: str | int = index
        if isinstance(step, str):
            key, at = json.JSONDecoder().raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if key == step:
            return at
        at = _skip(text, _end(text, at))
        at, index = _skip(text, at + 1) if text[at] == "," else at, index + 1
    return None


def _end(text: str, at: int) -> int:
    return json.JSONDecoder().raw_decode(text, at)[1]


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _indent(text: str) -> int | str:
    found = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    return found[1] if found else 2


def _write(path: Path, text: str) -> None:
    """In one step: a reader sees the file as it was or as it will be."""
    target = Path(os.path.realpath(path))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".config", suffix=".json")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
