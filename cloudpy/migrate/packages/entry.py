"""How calls are written that a helper, or one expression of Python, does."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """How a call is written.

    Attributes:
        python: the function of Python; or an expression, in which ``{0}`` is the first argument and ``{args}`` all.
        least: how many arguments it has at least; `most`: at most.
        result: words of the type that it gives; a number means bytes, or a string where that argument is an
            encoding.
        awaits: what its promise resolves to; empty for what gives no promise.
    """

    python: str
    least: int
    most: int
    result: str
    awaits: str = ""
