"""Arrays: how they are made, and the less common of their methods; copies of values."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED, Undefined
from ...errors import NotTranslated
from .coercion import call, number
from .lists import Iterator, _indexed, array, sort
from .numbers import is_number
from .objects import keys
from .texts import _clamped
from .values import RangeError, truthy


def array_of(*items: Any) -> list[Any]:
    """Return ``Array(...items)``: one number is how many there are."""
    if len(items) != 1 or not is_number(items[0]):
        return list(items)
    if items[0] != items[0] or items[0] != int(items[0]) or not 0 <= items[0] < 2**32:
        raise RangeError("Invalid array length")
    if items[0] > 10_000_000:
        raise NotTranslated("an array of more than ten million items")
    return [UNDEFINED] * int(items[0])


def filled(value: Any, new: Any, start: Any = 0, end: Any = UNDEFINED) -> list[Any]:
    """Return ``value.fill(new, start, end)``, in place."""
    items = array(value, "fill")
    for index in range(_clamped(start, len(items), 0, True), _clamped(end, len(items), len(items), True)):
        items[index] = new
    return items


def reduce_right(value: Any, function: Any, *start: Any) -> Any:
    """Return ``value.reduceRight(function, start)``."""
    items = array(value, "reduceRight")
    if not items and not start:
        raise TypeError("Reduce of empty array with no initial value")
    result = start[0] if start else items[-1]
    for index in range(len(items) - (1 if start else 2), -1, -1):
        result = call(function, result, items[index], index, items)
    return result


def find_last(value: Any, function: Any) -> Any:
    """Return ``value.findLast(function)``."""
    items = array(value, "findLast")
    return next(
        (item for at, item in reversed(list(_indexed(items))) if truthy(call(function, item, at, items))), UNDEFINED
    )


def find_last_index(value: Any, function: Any) -> int:
    """Return ``value.findLastIndex(function)``."""
    items = array(value, "findLastIndex")
    return next((at for at, item in reversed(list(_indexed(items))) if truthy(call(function, item, at, items))), -1)


def to_sorted(value: Any, compare: Any = UNDEFINED) -> list[Any]:
    """Return ``value.toSorted(compare)``."""
    return sort(list(array(value, "toSorted")), compare)


def to_reversed(value: Any) -> list[Any]:
    """Return ``value.toReversed()``."""
    return array(value, "toReversed")[::-1]


def with_item(value: Any, position: Any, new: Any) -> list[Any]:
    """Return ``value.with(position, new)``."""
    items = list(array(value, "with"))
    index = number(position)
    index = 0 if index != index else int(max(-(2**53), min(index, 2**53)))
    index += len(items) if index < 0 else 0
    if not 0 <= index < len(items):
        raise RangeError("Invalid index : " + str(index))
    items[index] = new
    return items


def keys_of(value: Any) -> Any:
    """Return ``value.keys()`` of an array, a Map or a Set."""
    return value.keys() if hasattr(value, "_js_host") else Iterator(range(len(array(value, "keys"))))


def values_of(value: Any) -> Any:
    """Return ``value.values()`` of an array, a Map or a Set."""
    return value.values() if hasattr(value, "_js_host") else Iterator(array(value, "values"))


def entries_of(value: Any) -> Any:
    """Return ``value.entries()`` of an array, a Map or a Set."""
    if hasattr(value, "_js_host"):
        return value.entries()
    return Iterator([index, item] for index, item in enumerate(array(value, "entries")))


def clone(value: Any) -> Any:
    """Return ``structuredClone(value)`` of plain data."""
    return _cloned(value, {})


def _cloned(value: Any, done: dict[int, Any]) -> Any:
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, list):
        done[id(value)] = items = []
        items += [_cloned(item, done) for item in value]
        return items
    if isinstance(value, dict):
        done[id(value)] = copied = {}
        copied.update({key: _cloned(value[key], done) for key in keys(value)})
        return copied
    if isinstance(value, (str, int, float, bytes, Undefined, type(None))):
        return value
    raise NotTranslated(f"structuredClone of a {type(value).__name__} is not translated")


_KINDS = ((list, "Array"), (str, "String"), (bool, "Boolean"), ((int, float), "Number"), (BaseException, "Error"))


def kind_of(value: Any) -> str:
    """Return ``Object.prototype.toString.call(value)``."""
    if value in (None, UNDEFINED):
        return "[object Null]" if value is None else "[object Undefined]"
    name = next((name for kind, name in _KINDS if isinstance(value, kind)), "")  # type: ignore[arg-type]
    if not name and type(value).__name__ in ("Date", "Map", "Set") and not hasattr(value, "_js_fields"):
        name = type(value).__name__
    if not name and isinstance(value, bytes):
        name = "Uint8Array"
    if not name:
        name = "Function" if callable(value) else "RegExp" if type(value).__module__ == "re" else "Object"
    return f"[object {name}]"
