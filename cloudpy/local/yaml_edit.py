"""Changes of one entry in a YAML file, as text: comments and layout of everything else stay as they are."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

from .located_yaml import LocalDataError, parse

_BY_HAND = "cannot be changed without touching other lines: edit the entry by hand"


def set_entry(text: str, name: str, section: str, key: str, value: Any) -> str:
    """Return the text of a YAML file with one entry of a section set.

    An entry that exists is replaced where it is, with the comments inside of it above it; a new one is the last of its
    section, and a new section is the last of the file.

    Args:
        text: the file.
        name: name of the file, for errors.
        section: key of the file whose value is a mapping, such as ``answers``.
        key: key in the section.
        value: the new value, a mapping or a list of JSON values.

    Raises:
        LocalDataError: the file is invalid, or the entry cannot be changed alone.
    """
    before = parse(text.encode(), name).value
    wanted = copy.deepcopy(before)
    wanted[section] = {**(wanted.get(section) or {}), key: value}
    return _checked(_Editor(text).set(section, key, value), name, wanted)


def remove_entry(text: str, name: str, section: str, key: str) -> str:
    """Return the text of a YAML file without one entry of a section, and without the section if it was the last.

    Raises:
        LocalDataError: the file is invalid, or the entry cannot be removed alone.
    """
    wanted = copy.deepcopy(parse(text.encode(), name).value)
    if key not in (wanted.get(section) or {}):
        return text
    del wanted[section][key]
    if not wanted[section]:
        del wanted[section]
    return _checked(_Editor(text).remove(section, key), name, wanted)


def _checked(text: str, name: str, wanted: dict[str, Any]) -> str:
    """Return the text if its content is `wanted`: the last check of every edit."""
    try:
        found = parse(text.encode(), name).value
    except LocalDataError:
        raise LocalDataError(name, 0, _BY_HAND) from None
    if repr(found) != repr(wanted):  # equal and of the same types, in the same order
        raise LocalDataError(name, 0, _BY_HAND)
    return text


class _Entry(NamedTuple):
    """A key and its value in the text, and the positions of the start of the key and of the end of the value."""

    key: Any
    value: Any
    start: int
    end: int


class _Editor:
    """Edits the text of one file; `yaml` says where its nodes are."""

    def __init__(self, text: str) -> None:
        import yaml  # late: programs without a data file do not need it

        self._yaml = yaml
        self._text = text
        self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def set(self, section: str, key: str, value: Any) -> str:
        outer = self._entry(self._root, section) if self._root is not None else None
        if outer is None:
            return self._add(self._root, section, {key: value})
        if outer.value.id != "mapping":  # nothing, or null
            return self._replace(self._root, outer, section, {key: value})
        inner = self._entry(outer.value, key)
        if inner is not None:
            return self._replace(outer.value, inner, key, value)
        if not outer.value.value:  # {}
            return self._replace(self._root, outer, section, {key: value})
        return self._add(outer.value, key, value)

    def remove(self, section: str, key: str) -> str:
        outer = self._entry(self._root, section)
        assert outer is not None, "the caller has seen it"
        if len(outer.value.value) == 1:
            return self._cut(self._root, outer)
        inner = self._entry(outer.value, key)
        assert inner is not None, "the caller has seen it"
        return self._cut(outer.value, inner)

    def _entry(self, mapping: Any, key: str) -> _Entry | None:
        for key_node, value in mapping.value:
            if key_node.value == key:
                return _Entry(key_node, value, key_node.start_mark.index, self._end(value))
        return None

    def _end(self, node: Any) -> int:
        """Return the position after a node: a block collection ends with its last item."""
        if node.id == "scalar" or node.flow_style or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self._end(last[1] if node.id == "mapping" else last)

    def _trimmed(self, entry: _Entry) -> int:
        """Return the end of an entry without the empty lines that a block scalar ends with."""
        return entry.start + len(self._text[entry.start : entry.end].rstrip())

    def _replace(self, mapping: Any, entry: _Entry, key: str, value: Any) -> str:
        start, end = entry.start, self._trimmed(entry)
        flow = mapping.flow_style
        written = self._written(key, value, flow, entry.key.start_mark.column)
        comments = [] if flow else list(self._comments(start, end))
        indent = " " * entry.key.start_mark.column
        before = "".join(f"{comment}{self._newline}{indent}" for comment in comments)
        return self._text[:start] + before + written + self._text[end:]

    def _add(self, mapping: Any, key: str, value: Any) -> str:
        if mapping is None:
            return self._after(len(self._text), self._written(key, value, False, 0))
        if mapping.flow_style:
            written = self._written(key, value, True, 0)
            if not mapping.value:
                end = mapping.end_mark.index - 1
                return self._text[:end] + written + self._text[end:]
            end = self._end(mapping.value[-1][1])
            return f"{self._text[:end]}, {written}{self._text[end:]}"
        column = mapping.start_mark.column
        end = self._line_end(self._end(mapping.value[-1][1]))
        if mapping is self._root and self._is_blank(self._text[end:]):
            end = len(self._text)
        return self._after(end, " " * column + self._written(key, value, False, column))

    def _after(self, position: int, written: str) -> str:
        """Return the text with a line after a line that ends at `position`."""
        before = self._text[:position]
        if before and not before.endswith("\n"):
            before += self._newline
        return before + written + self._newline + self._text[position:]

    def _cut(self, mapping: Any, entry: _Entry) -> str:
        start, end = entry.start, self._trimmed(entry)
        if not mapping.flow_style:
            start = self._text.rfind("\n", 0, start) + 1
            return self._text[:start] + self._text[self._line_end(end) :]
        place = [key_node.start_mark.index for key_node, _ in mapping.value].index(start)
        if place + 1 < len(mapping.value):
            end = mapping.value[place + 1][0].start_mark.index
        elif place:
            start = self._end(mapping.value[place - 1][1])
        return self._text[:start] + self._text[end:]

    def _line_end(self, position: int) -> int:
        """Return the start of the next line; `position` itself if it starts one."""
        if position and self._text[position - 1] == "\n":
            return position
        found = self._text.find("\n", position)
        return len(self._text) if found < 0 else found + 1

    def _comments(self, start: int, end: int) -> Iterator[str]:
        """Yield the comments between two positions: what is between tokens and not blank."""
        last = start
        for token in self._yaml.scan(self._text, Loader=self._yaml.SafeLoader):
            first = token.start_mark.index
            if last < first <= end:
                for line in self._text[last:first].splitlines():
                    if "#" in line:
                        yield line[line.index("#") :]
            last = max(last, token.end_mark.index)

    @staticmethod
    def _is_blank(text: str) -> bool:
        return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())

    def _written(self, key: str, value: Any, flow: bool, column: int) -> str:
        dumped: str = self._yaml.dump(
            {key: value},
            Dumper=_dumper(self._yaml),
            allow_unicode=True,
            sort_keys=False,
            default_flow_style=bool(flow),
            width=float("inf"),
        )
        if flow:
            return dumped.strip()[1:-1]
        lines = dumped.rstrip("\n").split("\n")
        return f"{self._newline}{' ' * column}".join(lines)


def _dumper(yaml: Any) -> Any:
    class Dumper(yaml.SafeDumper):  # type: ignore[misc]
        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  its name in PyYAML
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  likewise
            super().increase_indent(flow, False)

    def text(dumper: Any, value: str) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if "\n" in value else None)

    Dumper.add_representer(str, text)
    return Dumper
