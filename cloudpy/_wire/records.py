"""Values of JSON that read otherwise than plain dicts and lists do: missing keys, and truth as in JavaScript."""

from __future__ import annotations

import sys

from .._undefined import NAN, UNDEFINED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Record(dict):  # type: ignore[type-arg]  # a subclass of dict[str, Any] would need typing at run time
    """A dict with string keys; `missing` is the value of a key that it does not have."""

    __slots__ = ()

    missing: Any = None

    def __missing__(self, key: object) -> Any:
        return self.missing

    def __copy__(self) -> Record:
        return type(self)(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Record:
        from copy import deepcopy

        copy = memo[id(self)] = type(self)()
        copy.update((key, deepcopy(value, memo)) for key, value in self.items())
        return copy

    def __reduce__(self) -> tuple[Any, ...]:  # pickled as a dict: a class made at run time has no name to be found by
        return dict, (dict(self),)


class JavaScriptObject(Record):
    """A dict that is true when it is empty; a key that it does not have reads as UNDEFINED.

    Brackets with an integer read the key of that text, as in JavaScript: ``found[1]`` is ``found["1"]``.
    """

    __slots__ = ()

    missing = UNDEFINED

    def __missing__(self, key: object) -> Any:
        return self.get(str(key), UNDEFINED) if type(key) is int else UNDEFINED

    def __bool__(self) -> bool:
        return len(self) > 0 or not _asked_by_json()


class JavaScriptArray(list):  # type: ignore[type-arg]  # as above
    """A list that is true when it is empty. Slices and sums of it are plain lists."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return len(self) > 0 or not _asked_by_json()

    def __copy__(self) -> JavaScriptArray:
        return type(self)(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> JavaScriptArray:
        from copy import deepcopy

        copy = memo[id(self)] = type(self)()
        copy.extend(deepcopy(value, memo) for value in self)
        return copy

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


def _asked_by_json() -> bool:
    """Whether json's encoder asks for the truth: with an indent, it writes ``]`` for an empty list that is true."""
    return bool(sys._getframe(2).f_globals.get("__name__") == "json.encoder")  # noqa: SLF001


def reader(missing: Any) -> Callable[[Any], Any]:
    """Return a function that gives a value of JSON with the dicts in it as records.

    Args:
        missing: what a missing key reads as.
    """
    kind = type("Record", (Record,), {"__slots__": (), "missing": missing})

    def read(value: Any) -> Any:
        if isinstance(value, dict):
            return kind((key, read(item)) for key, item in value.items())
        return [read(item) for item in value] if isinstance(value, list) else value

    return read


def javascript(value: Any) -> Any:
    """Return a value of JSON as JavaScript reads it: missing keys are UNDEFINED, empty dicts and lists are true."""
    if isinstance(value, dict):
        return JavaScriptObject((key, javascript(item)) for key, item in value.items())
    if isinstance(value, list):
        return JavaScriptArray(map(javascript, value))
    return NAN if isinstance(value, float) and value != value else value


def errors_as_objects(value: Any) -> Any:
    """Return a value with each exception in it as JSON.stringify writes an error: an object with its own attributes."""
    if isinstance(value, dict):
        return {key: errors_as_objects(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [errors_as_objects(item) for item in value]
    if getattr(value, "isPlain", False):  # an error of the SDK that has no code in Node
        return {}
    if isinstance(value, BaseException) and not hasattr(type(value), "toJSON"):
        return {
            key: errors_as_objects(item) for key, item in vars(value).items() if key[:1] != "_" and key != "message"
        }
    return value
