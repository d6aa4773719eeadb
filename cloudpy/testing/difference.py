"""What differs between documents: those that are missing, those that are more, and their fields by path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .any import is_any

MAX_LINES = 30
MAX_CHARACTERS = 200  # of a value


def differences(expected: Iterable[Any], actual: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the differences, one line each; none when the documents are the same in any order.

    A document is known by its ``_id``; one expected without an ``_id`` is compared with those that are left.
    """
    left = list(actual)
    lines: list[str] = []
    anonymous: list[Any] = []
    for document in expected:
        if not isinstance(document, Mapping) or "_id" not in document:
            anonymous.append(document)
            continue
        same = next((one for one in left if _equal(one.get("_id"), document["_id"])), None)
        if same is None:
            lines.append(f"- {_shown(document)}: missing")
        else:
            left.remove(same)
            lines += [f"  {same['_id']!r}{line}" for line in _compare(document, same, "")]
    for document in anonymous:
        without = [{key: value for key, value in one.items() if key != "_id"} for one in left]
        if document in without:
            del left[without.index(document)]
        elif without and isinstance(document, Mapping):
            near = min(range(len(left)), key=lambda index: len([*_compare(document, without[index], "")]))
            lines += [f"  {left[near].get('_id')!r}{line}" for line in _compare(document, without[near], "")]
            del left[near]
        else:
            lines.append(f"- {_shown(document)}: missing")
    lines += [f"+ {_shown(document)}: not expected" for document in left]
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], f"… and {len(lines) - MAX_LINES} more"]


def _compare(expected: Any, actual: Any, path: str) -> Iterator[str]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key in dict.fromkeys((*expected, *actual)):
            here = f"{path}.{key}"
            if key not in actual:
                yield f"{here}: {_shown(expected[key])} expected, missing"
            elif key not in expected:
                yield f"{here}: {_shown(actual[key])} found, not expected"
            else:
                yield from _compare(expected[key], actual[key], here)
    elif isinstance(expected, (list, tuple)) and isinstance(actual, list) and len(expected) == len(actual):
        for index, pair in enumerate(zip(expected, actual, strict=True)):
            yield from _compare(*pair, f"{path}[{index}]")
    elif not _equal(expected, actual):
        yield f"{path}: {_shown(expected)} expected, {_shown(actual)} found"


def _equal(expected: Any, actual: Any) -> bool:
    if isinstance(expected, bool) is not isinstance(actual, bool) and not is_any(expected):
        return False  # 1 is not True in a document
    return bool(expected == actual)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= MAX_CHARACTERS else text[:MAX_CHARACTERS] + "…"
