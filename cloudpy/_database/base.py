"""The error of a value that cannot be sent, and JavaScript's names for the types in its text."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import CloudSDKError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


MAX_SHOWN = 60  # characters of a wrong value in an error


def invalid(text: str) -> CloudSDKError:
    """Return the error of what is refused before anything is sent. The text begins as Node's, where Node has one."""
    return CloudSDKError(-1, text, api="database", message=text)


def typeof(value: Any) -> str:
    """Return what JavaScript's ``typeof`` says of the value."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if value is None or isinstance(value, (Mapping, list, tuple)) else type(value).__name__


def type_name(value: Any) -> str:
    """Return the name that the Node package has for the type of the value: ``array``, ``null``, …"""
    if value is None:
        return "null"
    if isinstance(value, (list, tuple)):
        return "array"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "uint8array"
    return typeof(value)


def shown(value: Any) -> str:
    """Return a wrong value for an error: a short string or a number as it is, of anything else only what it is."""
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
        """Type checkers report every name that is not there."""

        __slots__ = ()
else:

    class Helpful:
        """Says which name was meant when one is not there: ``_missing(name)``."""

        __slots__ = ()

        def __getattr__(self, name):
            raise AttributeError(self._missing(name))


def public_names(of: type) -> list[str]:
    """Return the names that a class offers."""
    return [name for name in dir(of) if not name.startswith("_")]


class Frozen:
    """A value that does not change: equal by its parts, hashable, and shown as the call that makes it.

    Attributes:
        _fields: the names of its parts, in the order of the constructor.
        _shown: its name in a repr.
    """

    __slots__ = ()
    _fields: tuple[str, ...] = ()
    _shown = ""

    def _set(self, **parts: Any) -> None:
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{self._shown} cannot be changed: make another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{self._shown} cannot be changed: make another one")

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
