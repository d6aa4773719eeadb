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
_PLAIN = frozenset((str, int, float, bool, type(None)))  # values that have no keys
_NONE: set[str] = set()


def snake(key: str) -> str:
    """``cloudidList`` -> ``cloudid_list``"""
    found = _UPPER.sub(lambda match: ("_" if match.start() else "") + match[0].lower(), key)
    if len(_snakes) < _CACHE_SIZE and len(key) <= _LONGEST:
        _snakes[key] = found
    return found


def camel(key: str) -> str:
    """``cloudid_list`` -> ``cloudidList``"""
    found = _FOLD.sub(lambda match: match[1].upper(), key)
    if len(_camels) < _CACHE_SIZE and len(key) <= _LONGEST:
        _camels[key] = found
    return found


def to_snake(value: Any) -> Any:
    """`value` with every key of every object in snake_case."""
    return _convert(value, _snakes, snake)


def to_camel(value: Any) -> Any:
    """`value` with every key of every object in camelCase."""
    return _convert(value, _camels, camel)


def _convert(value: Any, known: dict[str, str], fold: Callable[[str], str]) -> Any:
    if isinstance(value, (list, tuple)):
        return [item if type(item) in _PLAIN else _convert(item, known, fold) for item in value]
    if type(value) is dict or isinstance(value, Mapping):
        out: dict[Any, Any] = {}
        renamed: set[str] = _NONE
        for key, item in value.items():
            if type(item) not in _PLAIN:
                item = _convert(item, known, fold)
            new = (known.get(key) or fold(key)) if isinstance(key, str) else key
            if new != key:
                if renamed is _NONE:
                    renamed = set()
                renamed.add(new)
            elif key in renamed:
                continue
            out[new] = item
        return out
    return value
