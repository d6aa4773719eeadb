"""Whether parameters are those that an answer is meant for, and if not, where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def mismatch(wanted: Any, found: Any, path: str = "") -> str | None:
    """Where `found` is not as `wanted` says, in words, or None when it is.

    An object fits when every key that is wanted is there and fits: others may stand beside it. A list fits item by
    item. Anything else must be equal, and of one kind: True is not 1. A value that calls itself equal to everything,
    such as ``unittest.mock.ANY``, fits anything at any depth.
    """
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            return _differs(path, wanted, found)
        for key, item in wanted.items():
            where = f"{path}.{key}" if path else str(key)
            if key not in found:
                return f"{where} is missing"
            different = mismatch(item, found[key], where)
            if different:
                return different
        return None
    if isinstance(wanted, (list, tuple)):
        if not isinstance(found, (list, tuple)):
            return _differs(path, wanted, found)
        if len(wanted) != len(found):
            return f"{path or 'the list'} has {len(found)} items, {len(wanted)} are wanted"
        for index, (one, other) in enumerate(zip(wanted, found, strict=True)):
            different = mismatch(one, other, f"{path}[{index}]")
            if different:
                return different
        return None
    if isinstance(wanted, bool) != isinstance(found, bool) and type(wanted) in (bool, int, float):
        return _differs(path, wanted, found)
    return None if wanted == found else _differs(path, wanted, found)


def _differs(path: str, wanted: Any, found: Any) -> str:
    return f"{path or 'the value'} is {_short(found)}, {_short(wanted)} is wanted"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
