"""What two values differ in, path by path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from .paths import Path, spell
from .rules import Rules


class _Missing:
    def __repr__(self) -> str:
        return "(missing)"


MISSING: Final = _Missing()  # where one side has nothing at all
_MOST = 200  # differences of one event; beyond that nobody reads on


@dataclass(frozen=True)
class Difference:
    """One place where two sides differ; a side that has nothing there has ``MISSING``.

    `note` says what the two values do not show, and may be empty.
    """

    path: Path
    left: Any
    right: Any
    note: str = ""

    @property
    def place(self) -> str:
        """The path as it is written."""
        return spell(self.path)


def differences(left: Any, right: Any, path: Path, rules: Rules) -> list[Difference]:
    """Where two values differ that JSON has a form for, or bytes; the first two hundred places.

    ``1`` equals ``1.0`` and not ``"1"`` nor ``true``; a Buffer's JSON form equals the bytes in it.
    """
    found = []
    for one in _walk(left, right, path, rules):
        found.append(one)
        if len(found) == _MOST:
            break
    return found


def unpacked(value: Any) -> Any:
    """`value` with bytes in the place of Node's JSON form of a Buffer."""
    if isinstance(value, dict):
        if value.keys() == {"type", "data"} and value["type"] == "Buffer" and isinstance(value["data"], list):
            try:
                return bytes(value["data"])
            except (TypeError, ValueError):  # it only looks like one
                pass
        return {key: unpacked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [unpacked(item) for item in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


def _walk(left: Any, right: Any, path: Path, rules: Rules) -> Iterator[Difference]:
    if rules.ignores(path) or left is right:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(key for key in right if key not in left)]:
            yield from _walk(left.get(key, MISSING), right.get(key, MISSING), (*path, key), rules)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _lists(left, right, path, rules)
    elif not _same(left, right, path, rules):
        yield Difference(path, left, right, _note(left, right))


def _lists(left: list[Any], right: list[Any], path: Path, rules: Rules) -> Iterator[Difference]:
    indices = list(range(len(left))), list(range(len(right)))
    if rules.is_unordered(path):
        indices = _unmatched(left, right, path, rules)
    for index, other in zip_longest(*indices):
        here = MISSING if index is None else left[index]
        there = MISSING if other is None else right[other]
        yield from _walk(here, there, (*path, other if index is None else index), rules)


def _unmatched(left: list[Any], right: list[Any], path: Path, rules: Rules) -> tuple[list[int], list[int]]:
    """Where in both lists there is something that has no equal in the other one."""
    rest, alone = list(range(len(right))), []
    for index, item in enumerate(left):
        for other in rest:
            if next(_walk(item, right[other], (*path, index), rules), None) is None:
                rest.remove(other)
                break
        else:
            alone.append(index)
    return alone, rest


def _same(left: Any, right: Any, path: Path, rules: Rules) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or abs(left - right) <= rules.tolerance(path) or rules.same_time(path, left, right)
    if type(left) is not type(right):
        return False
    return bool(left == right) or rules.same_time(path, left, right)


def _note(left: Any, right: Any) -> str:
    if isinstance(left, bytes) and isinstance(right, bytes):
        size = min(len(left), len(right))
        offset = next((index for index in range(size) if left[index] != right[index]), size)
        return f"the bytes differ from offset {offset} on"
    if isinstance(left, str) and isinstance(right, str) and left.strip() == right.strip():
        return "but for blanks"
    number = next((one for one in (left, right) if isinstance(one, (int, float)) and not isinstance(one, bool)), None)
    text = next((one for one in (left, right) if isinstance(one, str)), None)
    return "a number and a text" if number is not None and text == str(number) else ""
