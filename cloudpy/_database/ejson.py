"""Encode the values of documents as canonical Extended JSON.

``encode`` returns a tree of dicts, lists, strings, booleans and None in which numbers and dates have their EJSON form;
``dumps`` writes such a tree as ``JSON.stringify`` does.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

from .._undefined import UNDEFINED
from .._wire import javascript
from .base import invalid
from .values import Geometry, RegExp, ServerDate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from typing import Any

    Document = dict[str, Any]

_INT32 = 2**31
_INT64 = 2**63
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)
_MAX_DEPTH = 200  # levels: MongoDB rejects more than 100, and Python's recursion limit is higher
_FLAGS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"), (re.VERBOSE, "x"))
_DECIMAL_DIGITS = 34


class Command:
    """A condition or a change of ``db.command``, which cannot be stored."""

    __slots__ = ()

    @property
    def shown(self) -> str:
        """The command for an error, without its operands: ``_.gt(…)``."""
        raise NotImplementedError


def encode(value: Any, path: str, *, on_command: Callable[[Command, str], Any] | None = None) -> Any:
    """Return the EJSON tree of a value.

    Args:
        value: the value.
        path: its name in an error: ``data.tags[0]``.
        on_command: returns the tree of a command; without it, commands are rejected.

    Raises:
        CloudSDKError: a part cannot be stored; the error names its path and the fix.
    """
    return _Encoder(on_command).encode(value, path, 0)


def dumps(tree: Any) -> str:
    """Return an EJSON tree as JSON, as the Node package writes it."""
    try:
        text: str = _write(tree)
    except TypeError:  # the operand of a command is undefined
        text = _write(_without_undefined(tree))
    return text if text.isascii() else javascript.escape_surrogates(text)


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def _without_undefined(tree: Any) -> Any:
    """Return a tree as JSON.stringify writes it: keys of undefined are omitted, items are null."""
    if isinstance(tree, dict):
        return {key: _without_undefined(value) for key, value in tree.items() if value is not UNDEFINED}
    if isinstance(tree, list):
        return [_without_undefined(value) for value in tree]
    return None if tree is UNDEFINED else tree


def nulls_in_lists(value: Any, *, in_list: bool = False, depth: int = 0) -> Any:
    """Return a value with null for the undefined keys of objects in its lists.

    Node omits such keys, but not where it passes a value to JSON as it is: a list that a condition compares with, and
    what ``_.set``, ``_.max``, ``_.min`` and ``_.push({each})`` take.
    """
    if depth > _MAX_DEPTH:
        return value  # it is an error where it is encoded
    if isinstance(value, (list, tuple)):
        return [nulls_in_lists(item, in_list=True, depth=depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {
            key: None if item is UNDEFINED and in_list else nulls_in_lists(item, in_list=in_list, depth=depth + 1)
            for key, item in value.items()
        }
    return value


class _Encoder:
    __slots__ = ("_on_command",)

    def __init__(self, on_command: Callable[[Command, str], Any] | None) -> None:
        self._on_command = on_command

    def encode(self, value: Any, path: str, depth: int) -> Any:
        kind = type(value)
        if kind is str or value is None or kind is bool:
            return value
        if kind is int:
            return integer(value, path)
        if kind is float:
            return number(value)
        if depth > _MAX_DEPTH:
            raise invalid(f"Cannot convert circular structure to JSON: {path[:80]}… contains itself, or nests too deep")
        if isinstance(value, (list, tuple)):
            return [self.encode(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
        if isinstance(value, Mapping):
            return {
                key_of(key, path): self.encode(item, f"{path}.{key}", depth + 1)
                for key, item in value.items()
                if item is not UNDEFINED
            }
        return self._special(value, path, depth)

    def _special(self, value: Any, path: str, depth: int) -> Any:
        if value is UNDEFINED:  # in a list, or the operand of a command
            return value
        if isinstance(value, datetime):
            return {"$date": {"$numberLong": str(milliseconds(value, path))}}
        if isinstance(value, ServerDate):
            return {"$tcb_server_date": {"offset": self.encode(value.offset, path, depth)}}
        if isinstance(value, Geometry):
            return {"type": type(value).__name__, "coordinates": self.encode(value.coordinates, path, depth + 1)}
        if isinstance(value, re.Pattern):
            return {"$regularExpression": {"pattern": _pattern(value, path), "options": _options(value)}}
        if isinstance(value, RegExp):
            return {"$regularExpression": {"pattern": value.regexp, "options": value.options}}
        to_datetime = getattr(type(value), "__cloudpy_datetime__", None)  # a date of another library
        if to_datetime is not None:
            found = to_datetime(value)
            if found != found:  # an invalid one, which the service refuses
                return {"$date": {"$numberLong": "NaN"}}
            return self.encode(found, path, depth)
        decimal = sys.modules.get("decimal")  # a Decimal exists only if the program has imported it
        if decimal is not None and isinstance(value, decimal.Decimal):
            return {"$numberDecimal": _decimal(value, path)}
        if isinstance(value, Command):
            if self._on_command is None:
                raise invalid(f"{path} is {value.shown}: a condition or a change cannot be stored")
            return self._on_command(value, path)
        if isinstance(value, str):  # a subclass, such as a member of a str enum
            return str.__str__(value)
        if isinstance(value, int):
            return integer(int(value), path)
        if isinstance(value, float):
            return number(float(value))
        fields = getattr(type(value), "__dataclass_fields__", None)
        if fields is not None and not isinstance(value, type):
            return {name: self.encode(getattr(value, name), f"{path}.{name}", depth + 1) for name in fields}
        raise invalid(f"{path} is {_unfit(value)}")


def integer(value: int, path: str) -> dict[str, str]:
    """Return the EJSON of an integer, exact.

    Raises:
        CloudSDKError: the integer has more than 64 bits.
    """
    if -_INT32 <= value < _INT32:
        return {"$numberInt": str(value)}
    if -_INT64 <= value < _INT64:
        return {"$numberLong": str(value)}
    raise invalid(
        f"{path} is an integer of more than 64 bits, which the database cannot store: use a string or a float"
    )


def number(value: float) -> dict[str, str]:
    """Return the EJSON of a float; an integral one is stored as an integer of the digits that JavaScript prints."""
    if value.is_integer():
        if -_INT32 <= value < _INT32:
            return {"$numberInt": str(int(value))}
        if -_INT64 <= value < _INT64:
            return {"$numberLong": javascript.number(value)}
    if value != value:
        return {"$numberDouble": "NaN"}
    if value in (float("inf"), float("-inf")):
        return {"$numberDouble": "Infinity" if value > 0 else "-Infinity"}
    return {"$numberDouble": javascript.number(value)}


def milliseconds(value: datetime, path: str) -> int:
    """Return the milliseconds since 1970 of an aware datetime.

    Raises:
        CloudSDKError: the datetime is naive.
    """
    if value.utcoffset() is None:
        raise invalid(
            f"{path} is a datetime without a time zone, {value!r}: use datetime.now(timezone.utc) for this instant, or"
            " value.astimezone() for one that means local time"
        )
    return (value - _EPOCH) // _MILLISECOND


def key_of(key: Any, path: str) -> str:
    """Return a key of an object as a string.

    Raises:
        CloudSDKError: the key is neither a string nor an integer.
    """
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    raise invalid(f"{path} has the key {key!r}: the keys of an object are strings")


def _pattern(value: re.Pattern[Any], path: str) -> str:
    if isinstance(value.pattern, str):
        return value.pattern
    raise invalid(f"{path} is a pattern of bytes: compile it from a string")


def _options(value: re.Pattern[Any]) -> str:
    return "".join(letter for flag, letter in _FLAGS if value.flags & flag)


def _decimal(value: Decimal, path: str) -> str:
    if len(value.as_tuple().digits) > _DECIMAL_DIGITS:
        raise invalid(f"{path} has more than the {_DECIMAL_DIGITS} digits that a decimal number of the database holds")
    if value.is_nan():
        return "NaN"
    return str(value)


# What to store instead of types that often end up in documents, by name, so that none needs an import.
_INSTEAD = {
    "UUID": "str(value)",
    "Enum": "value.value",
    "time": "value.isoformat()",
    "timedelta": "value.total_seconds()",
    "Path": "str(value)",
    "dict_keys": "list(value)",
    "dict_values": "list(value)",
    "generator": "list(value)",
    "range": "list(value)",
    "deque": "list(value)",
    "ndarray": "value.tolist()",
}


def _unfit(value: Any) -> str:
    kind = type(value).__name__
    if isinstance(value, (bytes, bytearray, memoryview)):
        return (
            f"{kind}, which the database does not store: upload them as a file (cloud.uploadFile) and store the fileID,"
            " or store base64.b64encode(data).decode()"
        )
    if isinstance(value, (set, frozenset)):
        return f"a {kind}, which has no order: store sorted(value), or list(value)"
    if isinstance(value, date):
        return f"a {kind} without a time: store a datetime with a time zone, or value.isoformat()"
    for base in type(value).__mro__:
        if base.__name__ in _INSTEAD:
            return f"a {kind}, which cannot be stored: store {_INSTEAD[base.__name__]}"
    if hasattr(type(value), "model_dump"):
        return f"a {kind}, which cannot be stored: store value.model_dump()"
    if hasattr(type(value), "__await__"):
        return f"a {kind}, which is not awaited: write await before the call"
    if callable(value):
        return f"a function ({getattr(value, '__name__', kind)}), which cannot be stored: was a call meant?"
    return (
        f"a {kind}, which cannot be stored: use a dict, list, str, int, float, bool, None, datetime, Decimal, a"
        " dataclass or db.Geo"
    )
