"""Differences between two runs of one event: outcome, cloud calls, side effects, duration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from .rules import Path, Rules, spell


class _Missing:
    def __repr__(self) -> str:
        return "(missing)"


MISSING: Final = _Missing()  # in place of a value that one side does not have
_MAX_DIFFERENCES = 200  # of one event
# Calls whose failures Node's package gives no code of WeChat's, but its own keys: docs/en/differences.md
_UNMAPPED = re.compile(
    r"((?:callFunction|collection\.aggregate|createCollection|startTransaction|transaction\.\w+):fail )"
    r"(?:-\d+ [^.]*\. )?"
)
# What the errors of both languages say themselves, which a handler may put into its result
_OF_LANGUAGE = re.compile(
    r"Cannot (?:read|set) propert(?:y|ies) of |Cannot destructure property |Cannot convert undefined or null to object"
    r"|is not (?:a function|a constructor|iterable|defined|subscriptable|callable)\b|Invalid time value"
    r"|object has no attribute '|indices must be integers|unsupported operand type|can only concatenate "
    r"|not supported between instances of|must be str, not |must be real number, not |expected str instance"
    r"|object is not a mapping|does not support item assignment|has no len\(\)|Cannot create property "
    r"|must be of type .* Received |argument (?:should|must) be "
)
_CODES = ("errCode", "code", "requestId")


@dataclass(frozen=True)
class Difference:
    """One place where two sides differ.

    Attributes:
        path: of the place.
        left: value of the left side, or `MISSING`.
        right: value of the right side, or `MISSING`.
        note: what the two values do not show, or empty.
    """

    path: Path
    left: Any
    right: Any
    note: str = ""

    @property
    def place(self) -> str:
        """The path as text."""
        return spell(self.path)


def differences(left: Any, right: Any, path: Path, rules: Rules) -> list[Difference]:
    """Return where two values of JSON, or bytes, differ; at most 200 places.

    ``1`` equals ``1.0`` but neither ``"1"`` nor ``true``; a Buffer's JSON form equals its bytes.
    """
    diffs = []
    for difference in _walk(left, right, path, rules):
        diffs.append(difference)
        if len(diffs) == _MAX_DIFFERENCES:
            break
    return diffs


def decode_buffers(value: Any) -> Any:
    """Replace Node's JSON form of a Buffer with bytes."""
    if isinstance(value, dict):
        if value.keys() == {"type", "data"} and value["type"] == "Buffer" and isinstance(value["data"], list):
            try:
                return bytes(value["data"])
            except (TypeError, ValueError):  # it only looks like one
                pass
        return {key: decode_buffers(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [decode_buffers(item) for item in value]
    return bytes(value) if isinstance(value, (bytearray, memoryview)) else value


def _walk(left: Any, right: Any, path: Path, rules: Rules) -> Iterator[Difference]:
    if rules.ignores(path) or left is right:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(key for key in right if key not in left)]:
            if (key in _CODES and _is_failed_call(left, right)) or (key == "statusCode" and _are_uploads(left, right)):
                continue
            yield from _walk(left.get(key, MISSING), right.get(key, MISSING), (*path, key), rules)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _walk_lists(left, right, path, rules)
    elif not _equal(left, right, path, rules):
        yield Difference(path, left, right, _note(left, right))


def _is_failed_call(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether both are the error of one failed call for which Node's package has -1 where cloudpy has the real code."""
    text, other = left.get("errMsg"), right.get("errMsg")
    if not isinstance(text, str) or not isinstance(other, str) or not _UNMAPPED.match(text):
        return False
    return _without_code(text) == _without_code(other) and -1 in (left.get("errCode"), right.get("errCode"))


def _are_uploads(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Whether both are results of ``uploadFile``, whose status is always -1 in Node: docs/en/differences.md."""
    return left.get("errMsg") == right.get("errMsg") == "uploadFile:ok" and -1 in (
        left.get("statusCode"),
        right.get("statusCode"),
    )


def _is_same_error(left: str, right: str) -> bool:
    """Whether two texts are of one error, each in the words of its SDK or its language."""
    if _UNMAPPED.match(left):
        return _without_code(left) == _without_code(right)
    return _OF_LANGUAGE.search(left) is not None and _OF_LANGUAGE.search(right) is not None


def is_same_failure(message: str, text: str) -> bool:
    """Whether the errMsg of a call says what an error of Node's package says that has no errCode."""
    return _UNMAPPED.match(text) is not None and _UNMAPPED.sub("", text, count=1) == message


def _without_code(text: str) -> str:
    """Return the message of an error without the code that only cloudpy puts there."""
    return _UNMAPPED.sub(r"\1", text, count=1)


def _walk_lists(left: list[Any], right: list[Any], path: Path, rules: Rules) -> Iterator[Difference]:
    indices = list(range(len(left))), list(range(len(right)))
    if rules.is_unordered(path):
        indices = _unmatched(left, right, path, rules)
    for index, other in zip_longest(*indices):
        left_item = MISSING if index is None else left[index]
        right_item = MISSING if other is None else right[other]
        yield from _walk(left_item, right_item, (*path, other if index is None else index), rules)


def _unmatched(left: list[Any], right: list[Any], path: Path, rules: Rules) -> tuple[list[int], list[int]]:
    """Return the indices in both lists whose items have no equal in the other list."""
    rest, unmatched = list(range(len(right))), []
    for index, item in enumerate(left):
        for other in rest:
            if next(_walk(item, right[other], (*path, index), rules), None) is None:
                rest.remove(other)
                break
        else:
            unmatched.append(index)
    return unmatched, rest


def _equal(left: Any, right: Any, path: Path, rules: Rules) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right or abs(left - right) <= rules.tolerance(path) or rules.is_same_time(path, left, right)
    if type(left) is not type(right):
        return False
    if isinstance(left, str) and _is_same_error(left, right):
        return True
    return bool(left == right) or rules.is_same_time(path, left, right)


def _note(left: Any, right: Any) -> str:
    if isinstance(left, bytes) and isinstance(right, bytes):
        size = min(len(left), len(right))
        offset = next((index for index in range(size) if left[index] != right[index]), size)
        return f"the bytes differ from offset {offset}"
    if isinstance(left, str) and isinstance(right, str) and left.strip() == right.strip():
        return "only spaces differ"
    number, text = (right, left) if isinstance(left, str) else (left, right)
    is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
    return "a number and a string" if is_number and text == str(number) else ""
