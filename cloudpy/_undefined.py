"""JavaScript's undefined: a key with this value is omitted from what is sent."""

from __future__ import annotations

from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class JavaScriptNaN(float):
    """JavaScript's NaN: it is false, its text is ``NaN``, and what is calculated with it, or rounded, is itself."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "NaN"

    def __sub__(self, other: Any) -> Any:
        return self if isinstance(other, (int, float, Undefined)) else NotImplemented

    __add__ = __radd__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __sub__
    __floordiv__ = __rfloordiv__ = __sub__

    def __neg__(self) -> JavaScriptNaN:
        return self

    __pos__ = __abs__ = __floor__ = __ceil__ = __trunc__ = __neg__  # type: ignore[assignment]  # int, of a float

    def __round__(self, _: Any = None) -> Any:
        return self


NAN = JavaScriptNaN("nan")


class Undefined:
    """The type of ``UNDEFINED``, of which there is one.

    It calculates as JavaScript's undefined: the result is NaN, every ``<`` and ``>`` is false, and its text is
    ``undefined``. It is false itself; reading a key of it raises TypeError.
    """

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __getitem__(self, key: object) -> Any:
        raise TypeError(f"Cannot read properties of undefined (reading {str(key)!r})")

    def __str__(self) -> str:
        return "undefined"

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __format__(self, form: str) -> str:
        return format("undefined", form)

    def __add__(self, other: object) -> Any:
        if isinstance(other, str):
            return f"undefined{other}"
        return NAN if other is None or isinstance(other, (int, float, Undefined)) else NotImplemented

    def __radd__(self, other: object) -> Any:
        return f"{other}undefined" if isinstance(other, str) else self.__add__(other)

    def __sub__(self, _: object) -> float:
        return NAN

    __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = __sub__

    def __neg__(self) -> float:
        return NAN

    __pos__ = __floor__ = __ceil__ = __trunc__ = __neg__

    def __int__(self) -> int:
        raise TypeError("int() argument must be a string or a number, not UNDEFINED")

    def __float__(self) -> float:
        return float("nan")  # Python wants no subclass here

    def __lt__(self, _: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __copy__(self) -> Undefined:
        return self

    def __deepcopy__(self, _: object) -> Undefined:
        return self

    def __reduce__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined()

# Whether a handler with javascript_values is running
JAVASCRIPT_VALUES = ContextVar("javascript_values", default=False)
