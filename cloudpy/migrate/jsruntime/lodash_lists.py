"""Lists as lodash takes them: objects give their values, strings their characters, nothing gives no items."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from ..._undefined import NAN, UNDEFINED
from ...errors import NotTranslated
from .coercion import _units, call, number, text
from .lodash_objects import _is_list_like, get_path, has_path, is_match, matches_value
from .numbers import add, div, greater, is_number, less
from .objects import keys
from .values import is_nil, same, truthy


def _of_items(value: Any) -> list[tuple[Any, Any]]:
    """Return the items of a collection, each with its index or key."""
    if isinstance(value, (list, str)):
        return [(item, index) for index, item in enumerate(_units(value) if isinstance(value, str) else value)]
    if _is_list_like(value):
        raise NotTranslated("an object with a length, which lodash takes for a list, is not translated")
    if isinstance(value, dict) or hasattr(value, "_js_fields"):
        fields = value if isinstance(value, dict) else value._js_fields
        return [(fields[key], key) for key in keys(fields)]
    if is_nil(value) or isinstance(value, (bool, int, float)):
        return []
    raise NotTranslated(f"the items of a {type(value).__name__} are not translated")


def _list(value: Any) -> list[Any]:
    """Return a list, for what lodash takes as one; all else counts as empty."""
    if isinstance(value, list):
        return value
    if isinstance(value, str) or _is_list_like(value):
        raise NotTranslated("a string, or an object with a length, as a list is not translated")
    return []


def iteratee(value: Any = UNDEFINED) -> Callable[..., Any]:
    """Return the function that lodash makes of a function, of a key, of ``{key: value}`` or ``[key, value]``."""
    if is_nil(value):
        return lambda item=UNDEFINED, *_: item
    if callable(value):
        return lambda *arguments: call(value, *arguments)
    if isinstance(value, list):
        path, wanted = [*value, UNDEFINED, UNDEFINED][:2]

        def fits(item: Any = UNDEFINED, *_: Any) -> bool:
            found = get_path(item, path)
            return has_path(item, path) if found is UNDEFINED and wanted is UNDEFINED else matches_value(found, wanted)

        return fits
    if isinstance(value, dict):
        return lambda item=UNDEFINED, *_: is_match(item, value)
    return lambda item=UNDEFINED, *_: get_path(item, value)


def map_of(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.map(value, function)``."""
    function = iteratee(function)
    return [function(item, key, value) for item, key in _of_items(value)]


def filter_of(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.filter(value, function)``."""
    function = iteratee(function)
    return [item for item, key in _of_items(value) if truthy(function(item, key, value))]


def reject_of(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.reject(value, function)``."""
    function = iteratee(function)
    return [item for item, key in _of_items(value) if not truthy(function(item, key, value))]


def find_of(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.find(value, function)``."""
    function = iteratee(function)
    return next((item for item, key in _of_items(value) if truthy(function(item, key, value))), UNDEFINED)


def index_where(value: Any, function: Any = UNDEFINED) -> int:
    """Return ``_.findIndex(value, function)``."""
    function = iteratee(function)
    items = _list(value)
    return next((at for at, item in enumerate(items) if truthy(function(item, at, value))), -1)


def each_of(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.forEach(value, function)``: false ends it."""
    function = iteratee(function)
    for item, key in _of_items(value):
        if function(item, key, value) is False:
            break
    return value


def some_of(value: Any, function: Any = UNDEFINED) -> bool:
    """Return ``_.some(value, function)``."""
    function = iteratee(function)
    return any(truthy(function(item, key, value)) for item, key in _of_items(value))


def every_of(value: Any, function: Any = UNDEFINED) -> bool:
    """Return ``_.every(value, function)``."""
    function = iteratee(function)
    return all(truthy(function(item, key, value)) for item, key in _of_items(value))


def reduce_of(value: Any, function: Any, *start: Any) -> Any:
    """Return ``_.reduce(value, function, start)``."""
    function = iteratee(function)
    items = _of_items(value)
    if not start and not items:
        return UNDEFINED
    result = start[0] if start else items.pop(0)[0]
    for item, key in items:
        result = function(result, item, key, value)
    return result


def group_by(value: Any, function: Any = UNDEFINED) -> dict[str, list[Any]]:
    """Return ``_.groupBy(value, function)``."""
    function = iteratee(function)
    result: dict[str, list[Any]] = {}
    for item, _ in _of_items(value):
        result.setdefault(text(function(item)), []).append(item)
    return result


def key_by(value: Any, function: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.keyBy(value, function)``."""
    function = iteratee(function)
    return {text(function(item)): item for item, _ in _of_items(value)}


def count_by(value: Any, function: Any = UNDEFINED) -> dict[str, int]:
    """Return ``_.countBy(value, function)``."""
    return {key: len(items) for key, items in group_by(value, function).items()}


def includes_of(value: Any, wanted: Any) -> bool:
    """Return ``_.includes(value, wanted)``."""
    if isinstance(value, str):
        return text(wanted) in value
    return _holds([item for item, _ in _of_items(value)], wanted)


def partition(value: Any, function: Any = UNDEFINED) -> list[list[Any]]:
    """Return ``_.partition(value, function)``."""
    function = iteratee(function)
    result: list[list[Any]] = [[], []]
    for item, _ in _of_items(value):
        result[0 if truthy(function(item)) else 1].append(item)
    return result


def _compared(one: Any, other: Any) -> int:
    """Return how lodash sorts two values: null, undefined and NaN come last, in this order."""
    if same(one, other):
        return 0
    one_rank, other_rank = _rank(one), _rank(other)
    if one_rank or other_rank:
        return (one_rank > other_rank) - (one_rank < other_rank)
    return 1 if greater(one, other) else -1 if less(one, other) else 0


def _rank(value: Any) -> int:
    return 1 if value is None else 2 if value is UNDEFINED else 3 if value != value else 0


def order_by(value: Any, functions: Any = UNDEFINED, orders: Any = UNDEFINED) -> list[Any]:
    """Return ``_.orderBy(value, functions, orders)``."""
    given = functions if isinstance(functions, list) else [] if is_nil(functions) else [functions]
    signs = [each == "desc" for each in (orders if isinstance(orders, list) else [orders])]
    made = [functools.partial(_of_path, each) if isinstance(each, list) else iteratee(each) for each in given]
    made = made or [iteratee()]
    items = [([function(item) for function in made], item) for item, _ in _of_items(value)]

    def compare(one: Any, other: Any) -> int:
        for at, (left, right) in enumerate(zip(one[0], other[0], strict=True)):
            result = _compared(left, right)
            if result:
                return -result if at < len(signs) and signs[at] else result
        return 0

    return [item for _, item in sorted(items, key=functools.cmp_to_key(compare))]


def _of_path(path: list[Any], item: Any) -> Any:
    return get_path(item, path)


def sort_by(value: Any, *functions: Any) -> list[Any]:
    """Return ``_.sortBy(value, ...functions)``."""
    given = [each for one in functions for each in (one if isinstance(one, list) else [one])]
    return order_by(value, given)


def _same_value(one: Any, other: Any) -> bool:
    return same(one, other) or (one != one and other != other)


def _holds(items: list[Any], value: Any) -> bool:
    return any(_same_value(item, value) for item in items)


def uniq_by(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.uniqBy(value, function)``: the first of each."""
    function = iteratee(function)
    seen: list[Any] = []
    result: list[Any] = []
    plain: set[Any] = set()
    for item in _list(value):
        key = function(item)
        if isinstance(key, str) or is_number(key):
            if key in plain:
                continue
            plain.add(key)
        elif _holds(seen, key):
            continue
        else:
            seen.append(key)
        result.append(item)
    return result


def union_of(*lists: Any) -> list[Any]:
    """Return ``_.union(...lists)``."""
    return uniq_by([item for each in lists for item in _list(each)])


def difference(value: Any, *others: Any) -> list[Any]:
    """Return ``_.difference(value, ...others)``."""
    out = [item for each in others for item in _list(each)]
    return [item for item in _list(value) if not _holds(out, item)]


def intersection(*lists: Any) -> list[Any]:
    """Return ``_.intersection(...lists)``."""
    if not lists:
        return []
    return [item for item in uniq_by(lists[0]) if all(_holds(_list(each), item) for each in lists[1:])]


def without(value: Any, *items: Any) -> list[Any]:
    """Return ``_.without(value, ...items)``."""
    return [item for item in _list(value) if not _holds(list(items), item)]


def pull(value: Any, *items: Any) -> Any:
    """Return ``_.pull(value, ...items)``: the list itself, without them."""
    if isinstance(value, str):
        raise NotTranslated("_.pull of a string is not translated")
    if isinstance(value, list):
        value[:] = without(value, *items)
    return value


def remove_of(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.remove(value, function)``: what is removed from the list."""
    function = iteratee(function)
    items = _list(value)
    out = [truthy(function(item, at, value)) for at, item in enumerate(items)]
    result = [item for item, is_out in zip(items, out, strict=True) if is_out]
    items[:] = [item for item, is_out in zip(items, out, strict=True) if not is_out]
    return result


def compact(value: Any) -> list[Any]:
    """Return ``_.compact(value)``: what counts as true."""
    return [item for item in _list(value) if truthy(item)]


def chunk(value: Any, size: Any = 1) -> list[list[Any]]:
    """Return ``_.chunk(value, size)``."""
    size = _count_of(size)
    items = _list(value)
    return [items[at : at + size] for at in range(0, len(items), size)] if size else []


def _count_of(value: Any, default: int = 0) -> int:
    if value is UNDEFINED:
        return default
    value = number(value)
    return 0 if value != value else max(0, min(int(value) if math.isfinite(value) else 2**32 * (value > 0), 2**32))


def flatten(value: Any, depth: Any = 1) -> list[Any]:
    """Return ``_.flatten(value)``, ``_.flattenDepth(value, depth)``."""
    result: list[Any] = []
    for item in _list(value):
        result += flatten(item, depth - 1) if isinstance(item, list) and depth > 0 else [item]
    return result


def flatten_deep(value: Any) -> list[Any]:
    """Return ``_.flattenDeep(value)``."""
    return flatten(value, math.inf)


def flat_map_of(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``_.flatMap(value, function)``."""
    return flatten(map_of(value, function))


def first_of(value: Any) -> Any:
    """Return ``_.head(value)``."""
    return nth(value, 0)


def last_of(value: Any) -> Any:
    """Return ``_.last(value)``."""
    return nth(value, -1)


def nth(value: Any, place: Any = 0) -> Any:
    """Return ``_.nth(value, place)``: from the end, if it is negative."""
    items = _units(value) if isinstance(value, str) else _list(value)
    place = number(place)
    place = int(place) if math.isfinite(place) else 0 if place != place else len(items)
    return items[place] if -len(items) <= place < len(items) else UNDEFINED


def take(value: Any, count: Any = UNDEFINED) -> list[Any]:
    """Return ``_.take(value, count)``."""
    return _list(value)[: _count_of(count, 1)]


def drop(value: Any, count: Any = UNDEFINED) -> list[Any]:
    """Return ``_.drop(value, count)``."""
    return _list(value)[_count_of(count, 1) :]


def take_right(value: Any, count: Any = UNDEFINED) -> list[Any]:
    """Return ``_.takeRight(value, count)``."""
    items = _list(value)
    return items[max(0, len(items) - _count_of(count, 1)) :]


def drop_right(value: Any, count: Any = UNDEFINED) -> list[Any]:
    """Return ``_.dropRight(value, count)``; ``_.initial(value)``."""
    items = _list(value)
    return items[: max(0, len(items) - _count_of(count, 1))]


def sum_by(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.sumBy(value, function)``; ``_.sum(value)``."""
    items = _list(value)
    found = [each for each in map(iteratee(function), items) if each is not UNDEFINED]
    return add(*found) if len(found) > 1 else found[0] if found else UNDEFINED if len(items) else 0


def mean_by(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.meanBy(value, function)``; ``_.mean(value)``."""
    items = _list(value)
    return div(sum_by(items, function), len(items)) if len(items) else NAN


def max_by(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.maxBy(value, function)``; ``_.max(value)``."""
    return _best(value, function, greater)


def min_by(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.minBy(value, function)``; ``_.min(value)``."""
    return _best(value, function, less)


def _best(value: Any, function: Any, is_better: Callable[[Any, Any], bool]) -> Any:
    function, best, result = iteratee(function), UNDEFINED, UNDEFINED
    for item in _list(value):
        current = function(item)
        if is_nil(current) or not (current == current if best is UNDEFINED else is_better(current, best)):
            continue
        best, result = current, item
    return result
