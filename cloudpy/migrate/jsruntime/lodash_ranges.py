"""Lists that lodash makes: of pairs, of numbers, by chance."""

from __future__ import annotations

import math
import random
from typing import Any

from ..._undefined import UNDEFINED
from .coercion import number, text
from .lodash_lists import _count_of, _list, _of_items, iteratee
from .numbers import add
from .objects import get, put


def zip_of(*lists: Any) -> list[list[Any]]:
    """Return ``_.zip(...lists)``: as many as the longest has."""
    items = [each for each in lists if isinstance(each, list)]
    size = max(map(len, items), default=0)
    return [[each[at] if at < len(each) else UNDEFINED for each in items] for at in range(size)]


def zip_object(names: Any, items: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.zipObject(names, items)``."""
    found = _list(items)
    result: dict[str, Any] = {}
    for at, name in enumerate(_list(names)):
        put(result, name, found[at] if at < len(found) else UNDEFINED)
    return result


def from_pairs(value: Any) -> dict[str, Any]:
    """Return ``_.fromPairs(value)``."""
    return {text(get(pair, 0)): get(pair, 1) for pair in _list(value)}


def range_list(start: Any, end: Any = UNDEFINED, step: Any = UNDEFINED) -> list[Any]:
    """Return ``_.range(start, end, step)``."""
    first, last = (0, start) if end is UNDEFINED else (start, end)
    first, last = _finite(first), _finite(last)
    width = (1 if first < last else -1) if step is UNDEFINED else _finite(step)
    size = max(math.ceil((last - first) / (width or 1)), 0)
    result = []
    for _ in range(size):
        result.append(first)
        first = add(first, width)
    return result


def _finite(value: Any) -> Any:
    value = number(value)
    return 0 if value != value else value if math.isfinite(value) else math.copysign(1.7976931348623157e308, value)


def times(count: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.times(count, function)``."""
    function = iteratee(function)
    return [function(at) for at in range(_count_of(count))]


def sample(value: Any) -> Any:
    """Return ``_.sample(value)``: one of them, by chance."""
    items = [item for item, _ in _of_items(value)]
    return random.choice(items) if items else UNDEFINED


def sample_size(value: Any, count: Any = UNDEFINED) -> list[Any]:
    """Return ``_.sampleSize(value, count)``; ``_.shuffle(value)`` for all of them."""
    items = [item for item, _ in _of_items(value)]
    return random.sample(items, min(len(items), _count_of(count, 1)))


def shuffle(value: Any) -> list[Any]:
    """Return ``_.shuffle(value)``."""
    return sample_size(value, 2**32)
