"""Lists: what the methods of arrays do, and how functions are called by them."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

from ..._undefined import UNDEFINED
from ..._wire.jsontext import text as as_text
from ...errors import NotTranslated
from .coercion import _units, call, iterate, number, text
from .objects import get
from .texts import _clamped, _pairs, _position
from .values import Host, same, truthy


def array(value: Any, method: str = "map") -> list[Any]:
    """Return the list that `method` is called on; raise JavaScript's error for any other value."""
    if isinstance(value, list):
        return value
    if value in (None, UNDEFINED):
        raise TypeError(f"Cannot read properties of {as_text(value)} (reading '{method}')")
    if hasattr(value, "_js_host") or (isinstance(value, dict) and callable(value.get(method))):  # with Host, key.method
        raise NotTranslated(f"{method} of a {type(value).__name__} is not translated")
    raise TypeError(f"{method} is not a function")


def _indexed(items: list[Any]) -> Any:
    """Yield index and item, of as many as there are now: what is added meanwhile is not visited."""
    for index in range(len(items)):
        if index < len(items):
            yield index, items[index]


def map_list(value: Any, function: Any) -> list[Any]:
    """Return ``value.map(function)``."""
    items = array(value, "map")
    return [call(function, item, index, items) for index, item in _indexed(items)]


def flat_map(value: Any, function: Any) -> list[Any]:
    """Return ``value.flatMap(function)``."""
    return flat(map_list(value, function))


def filter_list(value: Any, function: Any) -> list[Any]:
    """Return ``value.filter(function)``."""
    items = array(value, "filter")
    return [item for index, item in _indexed(items) if truthy(call(function, item, index, items))]


def each_indexed(value: Any) -> Any:
    """Return what ``value.forEach`` goes through: item and index, of a Map value and key."""
    if hasattr(value, "_entries"):  # with Map, Set
        return [(item, key) for key, item in value._entries.values()]
    if hasattr(value, "forEach"):  # with Host, Object
        pairs: list[Any] = []
        value.forEach(lambda item, key: pairs.append((item, key)))
        return pairs
    return ((item, index) for index, item in _indexed(array(value, "forEach")))


def each(value: Any) -> Any:
    """Return the items that ``value.forEach`` goes through."""
    return (item for item, _ in each_indexed(value))


def for_each(value: Any, function: Any) -> Any:
    """Return ``value.forEach(function)``."""
    for item, index in each_indexed(value):
        call(function, item, index, value)
    return UNDEFINED


def some(value: Any, function: Any) -> bool:
    """Return ``value.some(function)``."""
    items = array(value, "some")
    return any(truthy(call(function, item, index, items)) for index, item in _indexed(items))


def every(value: Any, function: Any) -> bool:
    """Return ``value.every(function)``."""
    items = array(value, "every")
    return all(truthy(call(function, item, index, items)) for index, item in _indexed(items))


def find(value: Any, function: Any) -> Any:
    """Return ``value.find(function)``: undefined if nothing matches."""
    items = array(value, "find")
    return next((item for at, item in _indexed(items) if truthy(call(function, item, at, items))), UNDEFINED)


def find_index(value: Any, function: Any) -> int:
    """Return ``value.findIndex(function)``: -1 if nothing matches."""
    items = array(value, "findIndex")
    return next((at for at, item in _indexed(items) if truthy(call(function, item, at, items))), -1)


def reduce(value: Any, function: Any, *start: Any) -> Any:
    """Return ``value.reduce(function, start)``."""
    items = array(value, "reduce")
    if len(items) == 0 and not start:  # an empty list from outside is true
        raise TypeError("Reduce of empty array with no initial value")
    result = start[0] if start else items[0]
    for index in range(0 if start else 1, len(items)):
        result = call(function, result, items[index], index, items)
    return result


def _parts(value: Any, method: str) -> Any:
    if isinstance(value, (list, bytes)):
        return value
    return _units(value) if isinstance(value, str) else array(value, method)


def slice_of(value: Any, start: Any = UNDEFINED, end: Any = UNDEFINED) -> Any:
    """Return ``value.slice(start, end)`` of an array, a string or a Buffer."""
    parts = _parts(value, "slice")
    size = len(parts)
    cut = parts[_clamped(start, size, 0, True) : _clamped(end, size, math.inf, True)]
    return _pairs(cut) if isinstance(cut, str) else cut


def at(value: Any, position: Any) -> Any:
    """Return ``value.at(position)``: counted from the end when negative."""
    parts, index = _parts(value, "at"), _position(position)
    index += len(parts) if index < 0 else 0
    return parts[index] if 0 <= index < len(parts) else UNDEFINED


def includes(value: Any, part: Any) -> bool:
    """Return ``value.includes(part)`` of an array or a string."""
    if isinstance(value, str):
        return text(part) in value
    items = array(value, "includes")
    return any(same(item, part) or (item != item and part != part) for item in items)


def index_of(value: Any, part: Any, start: Any = 0) -> int:
    """Return ``value.indexOf(part, start)`` of an array or a string; -1 if `part` is missing."""
    if isinstance(value, str):
        units = _units(value)
        return units.find(_units(text(part)), _clamped(start, len(units)))
    items = array(value, "indexOf")
    first_line = _clamped(start, len(items), from_end=True)
    return next((index for index in range(first_line, len(items)) if same(items[index], part)), -1)


def last_index_of(value: Any, part: Any) -> int:
    """Return ``value.lastIndexOf(part)`` of an array or a string; -1 if `part` is missing."""
    if isinstance(value, str):
        return _units(value).rfind(_units(text(part)))
    items = array(value, "lastIndexOf")
    return next((index for index in reversed(range(len(items))) if same(items[index], part)), -1)


def join(value: Any, separator: Any = ",") -> str:
    """Return ``value.join(separator)``."""
    separator = "," if separator is UNDEFINED else text(separator)
    items = array(value, "join")
    return _pairs(separator.join("" if item in (None, UNDEFINED) else text(item) for item in items))


def join_all(value: Any, *right_type: Any) -> Any:
    """Return ``value.concat(...others)`` of an array or a string."""
    if isinstance(value, str):
        return _pairs(value + "".join(map(text, right_type)))
    joined = list(array(value, "concat"))
    for other in right_type:
        joined += other if isinstance(other, list) else [other]
    return joined


def flat(value: Any, depth: Any = 1) -> list[Any]:
    """Return ``value.flat(depth)``."""
    result: list[Any] = []
    for item in array(value, "flat"):
        result += flat(item, depth - 1) if isinstance(item, list) and depth >= 1 else [item]
    return result


def push(value: Any, *items: Any) -> int:
    """Return ``value.push(...items)``: how many there are then."""
    array(value, "push").extend(items)
    return len(value)


def unshift(value: Any, *items: Any) -> int:
    """Return ``value.unshift(...items)``: how many there are then."""
    array(value, "unshift")[:0] = items
    return len(value)


def pop(value: Any) -> Any:
    """Return ``value.pop()``: undefined when it is empty."""
    return array(value, "pop").pop() if array(value, "pop") else UNDEFINED


def shift(value: Any) -> Any:
    """Return ``value.shift()``: undefined when it is empty."""
    return array(value, "shift").pop(0) if array(value, "shift") else UNDEFINED


def splice(value: Any, start: Any = UNDEFINED, *more: Any) -> list[Any]:
    """Return ``value.splice(start, count, ...items)``: what was taken out."""
    items = array(value, "splice")
    first_line = _clamped(start, len(items), from_end=True)
    count = _clamped(more[0], len(items) - first_line) if more else 0 if start is UNDEFINED else len(items) - first_line
    used = items[first_line : first_line + count]
    items[first_line : first_line + count] = more[1:]
    return used


def reverse(value: Any) -> list[Any]:
    """Return ``value.reverse()``, in place."""
    array(value, "reverse").reverse()
    return value  # type: ignore[no-any-return]


def sort(value: Any, compare: Any = UNDEFINED) -> list[Any]:
    """Return ``value.sort(compare)``, in place; without `compare` in the order of the texts, undefined last."""
    items = array(value, "sort")
    last = [item for item in items if item is UNDEFINED]
    rest = [item for item in items if item is not UNDEFINED]
    if compare is UNDEFINED:
        rest.sort(key=lambda item: text(item).encode("utf-16-be", "surrogatepass"))
    else:
        rest.sort(key=functools.cmp_to_key(_comparing(compare)))
    items[:] = rest + last
    return items


def _comparing(compare: Callable[..., Any]) -> Callable[[Any, Any], int]:
    def way(left: Any, right: Any) -> int:
        result = number(call(compare, left, right))
        return 1 if result > 0 else -1 if result < 0 else 0

    return way


def array_from(value: Any, function: Any = UNDEFINED) -> list[Any]:
    """Return ``Array.from(value, function)``."""
    if isinstance(value, dict):
        size = _clamped(get(value, "length"), 2**32)
        items = [get(value, index) for index in range(size)]
    elif isinstance(value, (bool, int, float)):
        items = []  # it has no length
    else:
        items = list(iterate(value))
    return items if function is UNDEFINED else [call(function, item, index) for index, item in enumerate(items)]


class Iterator(Host):
    """What ``keys``, ``values`` and ``entries`` of arrays, Maps and Sets give: it can be gone through once."""

    def __init__(self, items: Iterable[Any]) -> None:
        self._items = iter(items)

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return next(self._items)

    def next(self) -> dict[str, Any]:
        """Return the next item, or that it has ended."""
        for item in self._items:
            return {"value": item, "done": False}
        return {"value": UNDEFINED, "done": True}

    def toJSON(self) -> dict[str, Any]:
        """Return what ``JSON.stringify`` sees of it."""
        return {}
