"""YAML files of plain data, with the line of every value."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import date
from typing import Any

MAX_FILE_BYTES = 5 * 1024 * 1024
_MAX_DEPTH = 60
_MAX_VALUES = 500_000
DOCUMENTS_KEY = "documents"  # of a file that holds a list of documents
DOCUMENTS: tuple[str, ...] = ("database", "collections")  # documents below have dates
_MAX_BITS = 13_000  # of an integer: hexadecimal ones and the like have no limit of their own
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "binary", "timestamp")}

_TOO_DEEP = f"is nested deeper than {_MAX_DEPTH} levels"

Path = tuple["str | int", ...]


class LocalDataError(ValueError):
    """An error in a data file of the local WeChat; the message names file, line, key and what to do.

    Attributes:
        path: path of the file.
        line: line from 1, or 0 for the file as a whole.
        what: the problem, without file and line.
    """

    def __init__(self, path: str, line: int, what: str) -> None:
        super().__init__(path, line, what)
        self.path = path
        self.line = line
        self.what = what

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}" if self.line else f"{self.path}: {self.what}"


class Document:
    """A YAML file as plain values, with the line of each."""

    def __init__(self, path: str, value: dict[str, Any], lines: dict[Path, int]) -> None:
        self.path = path
        self.value = value
        self._lines = lines

    def line(self, path: Path) -> int:
        """Return the line of a value, from 1; of the nearest container when the value is missing."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def part(self, path: Path) -> Document:
        """Return the mapping at `path` as a document with the same lines."""
        value: Any = self.value
        for step in path:
            value = value[step]
        size = len(path)
        lines = {where[size:]: line for where, line in self._lines.items() if where[:size] == path}
        return Document(self.path, value, {(): self.line(path), **lines})

    def only(self, keys: Collection[str]) -> Document:
        """Return the document with only these keys."""
        return Document(self.path, {key: item for key, item in self.value.items() if key in keys}, self._lines)

    def lines_of(self, keys: Collection[str]) -> dict[Path, int]:
        """Return the lines of the values of some keys, and of what is in them."""
        return {path: line for path, line in self._lines.items() if path and path[0] in keys}

    def with_lines_of(self, other: Document) -> Document:
        """Return this document with the lines of another one that has the same values."""
        return Document(self.path, self.value, other._lines)

    def error(self, path: Path, what: str) -> LocalDataError:
        """Return an error about the value at `path`, e.g. ``("users", 0, "openid")``."""
        return LocalDataError(self.path, self.line(path), f"{format_path(path)}: {what}" if path else what)


def format_path(path: Path) -> str:
    """Return a path as a string: ``users[0].openid``."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def read(path: str | os.PathLike[str]) -> Document:
    """Read a YAML file that has a mapping.

    Raises:
        LocalDataError: the file is missing, is not YAML, or has other than plain data in a mapping.
    """
    name = os.fspath(path)
    return parse(read_bytes(name), name)


def parse(content: bytes, name: str, *, list_under: str = "") -> Document:
    """Parse the content of a YAML file; raises like `read`.

    Args:
        content: content of the file.
        name: name of the file, for errors.
        list_under: also accept a list, as if it were in a mapping under this key.
    """
    import yaml  # late: programs without a data file do not need it

    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise LocalDataError(name, 1, "starts with a BOM: save it as UTF-8 without BOM")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LocalDataError(name, line, "is not UTF-8: save it as UTF-8") from None
    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_limits(name, yaml.parse(text, Loader=loader_class))
        loader = loader_class(text)
        try:
            node = loader.get_single_node()
            if node is None:
                return Document(name, {}, {(): 1})
            reader = _Reader(name, loader, list_under == DOCUMENTS_KEY)
            value = reader.value(node, ())
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        raise LocalDataError(name, 0, f"has the character {error.character!r}, which YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or error.context or "unexpected end").replace("\n", " ")
        if "nesting depth" in problem:  # PyYAML has a limit since 6.0.4, and looks ahead
            raise LocalDataError(name, mark.line + 1 if mark else 0, _TOO_DEEP) from None
        before = text.splitlines()[mark.line : mark.line + 1] if mark else []
        if mark and before and "\t" in before[0][: mark.column + 1]:
            problem = "tab in the indentation: indent with spaces"
        raise LocalDataError(name, mark.line + 1 if mark else 0, f"is not valid YAML: {problem}") from None
    except (yaml.YAMLError, RecursionError):
        raise LocalDataError(name, 0, "is not valid YAML") from None
    if list_under and isinstance(value, list):
        lines = {(list_under, *path): line for path, line in reader.lines.items()}
        return Document(name, {list_under: value}, {(): 1, **lines})
    if not isinstance(value, dict):
        raise LocalDataError(name, 1, f"expected a mapping (users:, open_data:, …), got {kind_of(value)}")
    return Document(name, value, reader.lines)


class _Reader:
    """Converts YAML's nodes to values, and collects the line of each."""

    def __init__(self, name: str, loader: Any, documents: bool) -> None:
        self._name = name
        self._loader = loader
        self._documents = documents
        self.lines: dict[Path, int] = {}

    def value(self, node: Any, path: Path) -> Any:
        line: int = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if node.id == "scalar":
            return self._scalar(node, path, line)
        if node.tag not in ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise self._error(line, path, f"the tag {node.tag!r} is not known; write plain YAML")
        if node.id == "sequence":
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        mapping: dict[str, Any] = {}
        for key_node, item in node.value:
            key_line = key_node.start_mark.line + 1
            if key_node.id != "scalar":
                raise self._error(key_line, path, "a key must be a plain string")
            key: str = key_node.value  # as written: an id that looks like a number stays a string
            inner = (*path, key)
            if key in mapping:
                raise self._error(key_line, inner, f"duplicate key, first in line {self.lines[inner]}: merge them")
            self.lines[inner] = key_line
            mapping[key] = self.value(item, inner)
        return mapping

    def _scalar(self, node: Any, path: Path, line: int) -> Any:
        if node.tag not in _SCALARS:
            raise self._error(line, path, f"the tag {node.tag!r} is not known; write plain YAML")
        try:
            value = self._loader.construct_object(node)
        except ValueError as error:
            raise self._error(line, path, f"cannot be read: {error}") from None
        if isinstance(value, int) and value.bit_length() > _MAX_BITS:
            raise self._error(line, path, "cannot be read: the number has more digits than Python prints (4,300)")
        if value is None or isinstance(value, (str, int, bytes)):
            return value
        if isinstance(value, float) and value - value == 0:
            return value
        if isinstance(value, date) and (path[:2] == DOCUMENTS or self._documents):
            return value
        text = str(node.value)[:40]
        raise self._error(line, path, f'JSON has no form for {text}: put it in quotes ("{text}")')

    def _error(self, line: int, path: Path, what: str) -> LocalDataError:
        return LocalDataError(self._name, line, f"{format_path(path)}: {what}" if path else what)


def read_bytes(name: str) -> bytes:
    """Return the content of a file; raises like `read`."""
    try:
        with open(name, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise LocalDataError(name, 0, "no such file") from None
    except IsADirectoryError:
        raise LocalDataError(name, 0, "is a directory; name the file in it") from None
    except OSError as error:
        what = "is a directory; name the file in it" if os.path.isdir(name) else f"cannot be read: {error.strerror}"
        raise LocalDataError(name, 0, what) from None
    if len(content) > MAX_FILE_BYTES:
        raise LocalDataError(name, 0, f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    return content


def _check_limits(name: str, events: Any) -> None:
    """Reject files that exhaust memory or stack: aliases, which can multiply, and deep nesting."""
    depth = values = 0
    for event in events:
        event_name = type(event).__name__
        line = event.start_mark.line + 1 if event.start_mark else 0
        if event_name == "AliasEvent":
            raise LocalDataError(name, line, f"aliases are not supported: write out the value of *{event.anchor}")
        if event_name.endswith("StartEvent") and event_name[0] in "MS" and event_name != "StreamStartEvent":
            depth += 1
        elif event_name in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1
        values += 1  # noqa: SIM113  the count starts elsewhere
        if depth > _MAX_DEPTH:
            raise LocalDataError(name, line, _TOO_DEEP)
        if values > _MAX_VALUES:
            raise LocalDataError(name, line, f"has more than {_MAX_VALUES} values")


def kind_of(value: Any) -> str:
    """Return the kind of a value, for a message."""
    names = {dict: "a mapping", list: "a list", str: "a string", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "bytes" if isinstance(value, bytes) else f"the number {str(value)[:30]}")
