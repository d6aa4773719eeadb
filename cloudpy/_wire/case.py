"""camelCase to snake_case and back, through objects and arrays, exactly as the Node package folds them.

To snake: every ``A-Z`` becomes ``_`` and its lower case, without the ``_`` at the start. To camel: only ``_`` before
``a-z`` folds, so ``g_1h`` and the capitals of ``UPPER_case`` stay. When two keys become one, the one that was renamed
wins. Values are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UPPER = re.compile("[A-Z]")
_FOLD = re.compile("_([a-z])")
# Keys repeat from call to call; the bounds keep a caller who sends endless new keys from filling memory.
_CACHE_SIZE = 4096
_LONGEST = 64  # characters of a key that is remembered
_snakes: dict[str, str] = {}
_camels: dict[str, str] = {}


def snake(key: str) -> str:
    """``cloudidList`` -> ``cloudid_list``"""
    found = _snakes.get(key)
    if found is None:
        found = _UPPER.sub(lambda match: ("_" if match.start() else "") + match[0].lower(), key)
        if len(_snakes) < _CACHE_SIZE and len(key) <= _LONGEST:
            _snakes[key] = found
    return found


def camel(key: str) -> str:
    """``cloudid_list`` -> ``cloudidList``"""
    found = _camels.get(key)
    if found is None:
        found = _FOLD.sub(lambda match: match[1].upper(), key)
        if len(_camels) < _CACHE_SIZE and len(key) <= _LONGEST:
            _camels[key] = found
    return found


def to_snake(value: Any) -> Any:
    """`value` with every key of every object in snake_case."""
    return _convert(value, snake)


def to_camel(value: Any) -> Any:
    """`value` with every key of every object in camelCase."""
    return _convert(value, camel)


def _convert(value: Any, fold: Callable[[str], str]) -> Any:
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is list or isinstance(value, (list, tuple)):
        return [_convert(item, fold) for item in value]
    if kind is not dict and not isinstance(value, Mapping):
        return value
    out: dict[Any, Any] = {}
    renamed: set[str] | None = None
    for key, item in value.items():
        new = fold(key) if isinstance(key, str) else key
        if new is key or new == key:
            if renamed is not None and key in renamed:
                continue
        else:
            if renamed is None:
                renamed = set()
            renamed.add(new)
        out[new] = _convert(item, fold)
    return out
