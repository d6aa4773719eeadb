"""Parse JSON that nests deeper than Python's parser can, without recursion."""

from __future__ import annotations

from collections.abc import Callable
from json.decoder import scanstring  # type: ignore[attr-defined]
from json.scanner import NUMBER_RE as _NUMBER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SPACE = " \t\n\r"
_CONSTANTS = {"null": None, "true": True, "false": False}


def parse(text: str, number: Callable[[str], int | float]) -> Any:
    """Return the value of JSON of any depth; `number` converts the literal of a number.

    Raises:
        ValueError: the text is not JSON.
    """
    try:
        return _parse(text, number)
    except IndexError:
        raise ValueError("the JSON ends too early") from None


def _parse(text: str, number: Callable[[str], int | float]) -> Any:
    root: list[Any] = []
    open_: list[tuple[Any, str]] = [(root, "")]  # containers, each with the key that it has in the one around it
    position = _skip(text, 0)
    while True:
        container, _ = open_[-1]
        key = ""
        if isinstance(container, dict):
            if text[position] != '"':
                raise ValueError(f"a key is expected at {position}")
            key, position = scanstring(text, position + 1, True)
            position = _skip(text, position)
            if text[position] != ":":
                raise ValueError(f"a colon is expected at {position}")
            position = _skip(text, position + 1)
        character = text[position]
        if character in "[{":
            inner: Any = [] if character == "[" else {}
            position = _skip(text, position + 1)
            if text[position] != ("]" if character == "[" else "}"):
                open_.append((inner, key))
                continue
            position += 1
            value = inner
        else:
            value, position = _scalar(text, position, number)
        while True:  # the value is complete, and with it perhaps what it closes
            container, own = open_[-1]
            if isinstance(container, dict):
                container[key] = value
            else:
                container.append(value)
            position = _skip(text, position)
            if container is root:
                if position != len(text):
                    raise ValueError(f"something follows the value at {position}")
                return root[0]
            character = text[position]
            if character == ",":
                position = _skip(text, position + 1)
                break
            if character != ("}" if isinstance(container, dict) else "]"):
                raise ValueError(f"a comma or an end is expected at {position}")
            value, key = container, own
            open_.pop()
            position += 1


def _scalar(text: str, position: int, number: Callable[[str], int | float]) -> tuple[Any, int]:
    if text[position] == '"':
        return tuple(scanstring(text, position + 1, True))
    for name, value in _CONSTANTS.items():
        if text.startswith(name, position):
            return value, position + len(name)
    match = _NUMBER.match(text, position)
    if not match:
        raise ValueError(f"a value is expected at {position}")
    return number(match[0]), match.end()


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position
