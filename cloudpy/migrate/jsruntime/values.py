"""What a value is: undefined, truth, types, equality; and what was not translated."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated


class Object:
    """What the classes of a program derive from; their fields are attributes, ``#name`` is ``__name``."""

    @property
    def _js_fields(self) -> dict[str, Any]:
        private = tuple(f"_{each.__name__.lstrip('_')}__" for each in type(self).__mro__)
        return {name: value for name, value in self.__dict__.items() if not name.startswith(private)}


class Host:
    """What Node or a package makes: its methods and properties have JavaScript's names, and there are no others."""

    _js_host = True


class RangeError(Exception):
    """JavaScript's error of that name."""


def undeclared(name: str) -> Any:
    """Raise what reading a name that nobody declares throws."""
    raise NameError(f"{name} is not defined")


def no_function(callee: str) -> Any:
    """Raise what the call of a method that is not there throws."""
    raise TypeError(f"{callee} is not a function")


class Thrown(Exception):
    """Carries a value that is thrown and is no error."""


def is_nil(value: Any) -> bool:
    """Whether a value is null or undefined."""
    return value is None or value is UNDEFINED


def truthy(value: Any) -> bool:
    """Return whether ``if (value)`` holds: empty lists and dicts do, NaN does not."""
    if isinstance(value, float):
        return value == value and value != 0
    return isinstance(value, (list, dict, bytes)) or bool(value)


def either(value: Any, other: Any) -> Any:
    """Return ``value || other``."""
    return value if truthy(value) else other


def typeof(value: Any) -> str:
    """Return ``typeof value``."""
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, (int, float)):
        return "boolean" if isinstance(value, bool) else "number"
    return "string" if isinstance(value, str) else "function" if callable(value) else "object"


def same(left: Any, right: Any) -> bool:
    """Return ``left === right``: the same text, number or truth value, or the very same object."""
    plain = (str, int, float)
    if isinstance(left, plain) and isinstance(right, plain):
        return isinstance(left, bool) is isinstance(right, bool) and left == right
    return left is right


def thrown(value: Any) -> BaseException:
    """Return what to raise for ``throw value``."""
    return value if isinstance(value, BaseException) else Thrown(value)


def caught(error: Exception) -> Any:
    """Return what ``catch`` gets: the error, or the value that was thrown."""
    if type(error).__name__ == "TransactionRolledBackError":  # with transaction
        return error if error.reason is None else error.reason  # type: ignore[attr-defined]
    return error.args[0] if isinstance(error, Thrown) else error


def todo(why: str) -> Any:
    """Return what stands for a value that was not translated; using it raises ``NotTranslated``."""
    return _Todo(why)


class _Todo:
    def __init__(self, why: str) -> None:
        self._why = why

    def __getattr__(self, name: str) -> Any:
        if name[:2] == "__":
            raise AttributeError(name)
        raise NotTranslated(self._why)

    def __call__(self, *_: Any) -> Any:
        raise NotTranslated(self._why)

    __bool__ = __iter__ = __getitem__ = __contains__ = __len__ = __str__ = __call__
