"""Functions of ``Math`` whose last digit may differ from V8's, and square roots."""

from __future__ import annotations

import math
from typing import Any

from ..._undefined import NAN
from .coercion import _exact, number


def _real(kind: Any, *values: Any) -> Any:
    numbers = [number(value) for value in values]
    try:
        return _exact(kind(*numbers))
    except ValueError:  # what is not defined there
        return NAN


def sine(value: Any) -> Any:
    """Return ``Math.sin(value)``."""
    return _real(math.sin, value)


def cosine(value: Any) -> Any:
    """Return ``Math.cos(value)``."""
    return _real(math.cos, value)


def arc_tangent(value: Any, other: Any) -> Any:
    """Return ``Math.atan2(value, other)``."""
    return _real(math.atan2, value, other)


def arc_sine(value: Any) -> Any:
    """Return ``Math.asin(value)``."""
    return _real(math.asin, value)


def arc_cosine(value: Any) -> Any:
    """Return ``Math.acos(value)``."""
    return _real(math.acos, value)


def logarithm(value: Any) -> Any:
    """Return ``Math.log(value)``."""
    value = number(value)
    return -math.inf if value == 0 else _real(math.log, value)


def exponential(value: Any) -> Any:
    """Return ``Math.exp(value)``."""
    try:
        return _real(math.exp, value)
    except OverflowError:
        return math.inf


def tangent(value: Any) -> Any:
    """Return ``Math.tan(value)``."""
    return _real(math.tan, value)


def arc_tangent_of(value: Any) -> Any:
    """Return ``Math.atan(value)``."""
    return _real(math.atan, value)


def logarithm_10(value: Any) -> Any:
    """Return ``Math.log10(value)``."""
    value = number(value)
    return -math.inf if value == 0 else _real(math.log10, value)


def logarithm_2(value: Any) -> Any:
    """Return ``Math.log2(value)``."""
    value = number(value)
    return -math.inf if value == 0 else _real(math.log2, value)


def hypotenuse(*values: Any) -> Any:
    """Return ``Math.hypot(...values)``."""
    return _real(math.hypot, *values)


def square_root(value: Any) -> Any:
    """Return ``Math.sqrt(value)``."""
    value = number(value)
    return _exact(math.sqrt(value)) if value >= 0 else NAN


def cube_root(value: Any) -> Any:
    """Return ``Math.cbrt(value)``."""
    value = number(value)
    if not math.isfinite(value) or value == 0:
        return value
    root = math.copysign(abs(value) ** (1 / 3), value)
    return round(root) if round(root) ** 3 == value else _exact(root)


def logarithm_of_1_plus(value: Any) -> Any:
    """Return ``Math.log1p(value)``."""
    value = number(value)
    return -math.inf if value == -1 else _real(math.log1p, value)


def exponential_minus_1(value: Any) -> Any:
    """Return ``Math.expm1(value)``."""
    value = number(value)
    return math.inf if value > 709 else value if value == 0 else _real(math.expm1, value)


def hyperbolic_tangent(value: Any) -> Any:
    """Return ``Math.tanh(value)``."""
    value = number(value)
    return value if value == 0 else _real(math.tanh, value)
