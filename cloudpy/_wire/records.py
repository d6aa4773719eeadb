"""Records: dicts in which a missing key reads as a value instead of raising KeyError."""

from __future__ import annotations

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

    def __deepcopy__(self, memo: dict[int, Any]) -> Record:
        from copy import deepcopy

        copy = memo[id(self)] = type(self)()
        copy.update((key, deepcopy(value, memo)) for key, value in self.items())
        return copy

    def __reduce__(self) -> tuple[Any, ...]:  # pickled as a dict: a class made at run time has no name to be found by
        return dict, (dict(self),)


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


def errors_as_objects(value: Any) -> Any:
    """Return a value with each exception in it as JSON.stringify writes an error: an object with its own attributes."""
    if isinstance(value, dict):
        return {key: errors_as_objects(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [errors_as_objects(item) for item in value]
    if isinstance(value, BaseException) and not hasattr(type(value), "toJSON"):
        return {
            key: errors_as_objects(item) for key, item in vars(value).items() if key[:1] != "_" and key != "message"
        }
    return value
