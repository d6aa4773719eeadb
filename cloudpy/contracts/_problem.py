"""One thing that is wrong with parameters or a reply, and the words it is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` is where (`cloudidList[2]`, empty for the whole), `message` says what was wanted and what was found."""

    path: str
    message: str

    def __str__(self) -> str:
        return self.message


_ARTICLE = {
    "string": "a string",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "a list",
}


def describe(value: Any) -> str:
    """`value` for a message, with its JSON type, cut short: `7 (an integer)`, `'abc' (a string)`."""
    if value is None:
        return "None (null)"
    if isinstance(value, bool):
        return f"{value} (a boolean)"
    if isinstance(value, int):
        return f"{value} (an integer)" if abs(value) < 10**40 else "a very large integer"
    if isinstance(value, float):
        return f"{value!r} (a number)"
    if isinstance(value, str):
        return f"{value if len(value) <= 40 else value[:37] + '...'!r} (a string)"
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return f"a {type(value).__name__}"


A_FILE = "a file, {'contentType': 'image/png', 'value': bytes}"


def wanted(spec: Mapping[str, Any]) -> str:
    """What a JSON Schema wants, in words: `a list of strings`, `a number or a string`; "" when it takes anything."""
    kinds = spec.get("type", [])
    if kinds == "file":
        return A_FILE
    item = spec.get("items", {}).get("type")
    if kinds == "array" and isinstance(item, str):
        return f"a list of {item}s"
    return " or ".join(_ARTICLE.get(each, each) for each in ([kinds] if isinstance(kinds, str) else kinds))


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose problems are told: an API's parameters or its reply."""

    api: str
    noun: Literal["parameter", "reply key"]

    def problem(self, path: str, says: str) -> Problem:
        """The problem that at `path` something is amiss, as `says` tells."""
        if not path:
            whole = "the parameters" if self.noun == "parameter" else "the reply"
            return Problem(path, f"{self.api}: {whole} {says}")
        return Problem(path, f"{self.api}: {self.noun} '{path}' {says}")
