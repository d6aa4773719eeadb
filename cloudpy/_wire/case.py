"""Convert keys between camelCase and snake_case, in nested objects and arrays, exactly as the Node package does.

To snake: every ``A-Z`` becomes ``_`` and its lower case, without ``_`` at the start. To camel: only ``_`` before
``a-z`` is removed, so ``g_1h`` and the capitals of ``UPPER_case`` stay. When two keys become equal, the renamed one
wins. Values never change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_UPPER = re.compile("[A-Z]")
_FOLD = re.compile("_([a-z])")
# Keys repeat from call to call; the limits bound the memory when a caller sends new keys without end.
_MAX_CACHED = 4096  # keys
_MAX_LENGTH = 64  # characters of a cached key
_snakes: dict[str, str] = {}
_camels: dict[str, str] = {}
_PLAIN = frozenset((str, int, float, bool, type(None)))  # values that have no keys
_NONE: set[str] = set()


def snake(key: str) -> str:
    """Return ``cloudid_list`` for ``cloudidList``."""
    folded = _UPPER.sub(lambda match: ("_" if match.start() else "") + match[0].lower(), key)
    if len(_snakes) < _MAX_CACHED and len(key) <= _MAX_LENGTH:
        _snakes[key] = folded
    return folded


def camel(key: str) -> str:
    """Return ``cloudidList`` for ``cloudid_list``."""
    folded = _FOLD.sub(lambda match: match[1].upper(), key)
    if len(_camels) < _MAX_CACHED and len(key) <= _MAX_LENGTH:
        _camels[key] = folded
    return folded


def to_snake(value: Any) -> Any:
    """Return `value` with all keys in snake_case."""
    return _convert(value, _snakes, snake)


def to_camel(value: Any) -> Any:
    """Return `value` with all keys in camelCase."""
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
