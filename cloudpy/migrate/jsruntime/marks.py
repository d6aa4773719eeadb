"""What a draft raises where it is not finished."""

from __future__ import annotations

from typing import Any


class NotTranslated(BaseException):
    """A place that was not translated was reached.

    It is below ``BaseException``, so that the program's own ``except Exception`` does not take it for a failure of
    the program and go on with something else.
    """


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
