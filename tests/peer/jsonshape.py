"""A JSON text with its objects in one order: so that two texts can be compared byte for byte but for the order of keys.

Texts and numbers are kept as they were written; a parser would hide how they were escaped.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+|[\[\]{},:]')


def in_one_order(text: str) -> str:
    """The text with the members of every object sorted; whitespace between tokens, which must not be there, stays."""
    tokens = _TOKEN.findall(text)
    assert "".join(tokens) == text, f"not a JSON text without spaces: {text[:200]!r}"
    value, end = _value(tokens, 0)
    assert end == len(tokens), f"more than one value: {text[:200]!r}"
    return value


def _value(tokens: list[str], at: int) -> tuple[str, int]:
    if tokens[at] == "{":
        return _members(tokens, at + 1)
    if tokens[at] == "[":
        return _items(tokens, at + 1)
    return tokens[at], at + 1


def _members(tokens: list[str], at: int) -> tuple[str, int]:
    members = []
    while tokens[at] != "}":
        key, colon = tokens[at], tokens[at + 1]
        assert colon == ":"
        value, at = _value(tokens, at + 2)
        members.append(f"{key}:{value}")
        at += tokens[at] == ","
    return "{" + ",".join(sorted(members)) + "}", at + 1


def _items(tokens: list[str], at: int) -> tuple[str, int]:
    items = []
    while tokens[at] != "]":
        value, at = _value(tokens, at)
        items.append(value)
        at += tokens[at] == ","
    return "[" + ",".join(items) + "]", at + 1
