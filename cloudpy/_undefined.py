"""JavaScript's undefined: a key with this value is omitted from what is sent."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Undefined:
    """The type of ``UNDEFINED``, of which there is one. It is false; reading a key of it raises TypeError."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __getitem__(self, key: object) -> Any:
        raise TypeError(f"Cannot read properties of undefined (reading {str(key)!r})")

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __copy__(self) -> Undefined:
        return self

    def __deepcopy__(self, _: object) -> Undefined:
        return self

    def __reduce__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined()
