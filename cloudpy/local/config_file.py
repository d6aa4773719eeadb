"""A function's config.json: its values with their lines, and adding permissions to it."""

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
    """The config.json of the function in `folder`; it may be missing.

    Attributes:
        allowed: API name -> the line that lists it.
        value: the content; {} when it is missing or invalid.
        error: why the file is invalid; empty when it is not.
        wrong_key: line and text for a list of APIs under a wrong key.
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
                # keeps the newlines as they are
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
        """Return the line of the value at a path of keys and indexes; 0 when it is missing."""
        span = _span(self._text, path)
        return self._text.count("\n", 0, span[0]) + 1 if span else 0

    def allow(self, apis: Sequence[str]) -> list[str]:
        """Add `apis` to ``permissions.openapi``; the rest of the file does not change.

        Returns:
            The APIs that were added.

        Raises:
            OSError: the file cannot be written.
            ValueError: the file is invalid; see `error`.
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
    """Return start and end of the value at `path` in JSON text."""
    start = _skip(text, 0)
    for step in path:
        member = _member(text, start, step)
        if member is None:
            return None
        start = member
    return start, _end(text, start) if start < len(text) else start


def _member(text: str, at: int, step: str | int) -> int | None:
    """Return the start of the member `step` of the object or list at `at`."""
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
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _indent(text: str) -> int | str:
    match = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    return match[1] if match else 2


def _write(path: Path, text: str) -> None:
    """Write atomically: readers see the old file or the new one."""
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
