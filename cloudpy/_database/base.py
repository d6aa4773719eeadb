"""Errors of invalid values, JavaScript's names of types, and the base classes of values and namespaces."""

from __future__ import annotations

from collections.abc import Mapping

from .._undefined import JAVASCRIPT_VALUES, UNDEFINED
from ..errors import CloudSDKError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MAX_SHOWN = 60  # characters of a wrong value in an error


def invalid(text: str, hint: str = "") -> CloudSDKError:
    """Return the error of invalid input; nothing was sent.

    Args:
        text: that of Node, where Node has one; the whole of ``str()``, which is what Node calls ``error.message``.
        hint: what was found and what to do; errMsg and, from Python 3.11 on, the traceback have it too. Node has no
            hint, and no errCode and errMsg: neither has a handler with ``javascript_values``.
    """
    error = CloudSDKError(-1, f"{text}{hint}", api="database", message=text)
    if hint:
        error.isPlain = True
        if hasattr(error, "add_note"):
            error.add_note(hint.lstrip(":, "))
        if JAVASCRIPT_VALUES.get():
            vars(error).update(errCode=UNDEFINED, errMsg=UNDEFINED)
    return error


def typeof(value: Any) -> str:
    """Return the result of JavaScript's ``typeof``."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if value is UNDEFINED:
        return "undefined"
    return "object" if value is None or isinstance(value, (Mapping, list, tuple)) else type(value).__name__


def type_name(value: Any) -> str:
    """Return the Node package's name for the type of a value, such as ``array`` and ``null``."""
    if value is None:
        return "null"
    if isinstance(value, (list, tuple)):
        return "array"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "uint8array"
    return typeof(value)


def shown(value: Any) -> str:
    """Return an invalid value for an error: a short string or number itself, otherwise its type."""
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, str):
        return repr(value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}…")
    if isinstance(value, int) and value.bit_length() <= 64:
        return repr(value)
    kind = type(value).__name__
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


if TYPE_CHECKING:

    class Helpful:
        """Type checkers report every missing name."""

        __slots__ = ()
else:

    class Helpful:
        """Suggest a name when one is missing: ``_missing(name)``."""

        __slots__ = ()

        def __getattr__(self, name):
            raise AttributeError(self._missing(name))


def public_names(of: type) -> list[str]:
    """Return the public names of a class."""
    return [name for name in dir(of) if not name.startswith("_")]


class Frozen:
    """An immutable value: compared by its fields, hashable, with the constructor call as its repr.

    Attributes:
        _fields: the names of the fields, in the order of the constructor.
        _shown: the name in the repr.
    """

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _shown = ""

    def _set(self, **parts: Any) -> None:
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self._shown} is immutable: create another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self._shown} is immutable: create another one")

    def _parts(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash((type(self), self._parts()))

    def __repr__(self) -> str:
        return f"{self._shown}({', '.join(map(repr, self._parts()))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._parts()
