"""Decimal128, BSON's decimal number: 34 digits, and an exponent from -6176 to 6111."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

# For calculations: Python's own context would round to 28 digits. What is too large becomes infinite, as in MongoDB.
CONTEXT = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, clamp=1, traps=[InvalidOperation])
_TEXT = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,9})?|inf(?:inity)?|nan)\Z", re.ASCII | re.IGNORECASE
)


def rounded(text: str) -> Decimal:
    """Return the nearest decimal number.

    Raises:
        ValueError: the text is not a number.
    """
    if not _TEXT.match(text):
        raise ValueError(f"not a decimal number: {text[:80]}")
    number = CONTEXT.create_decimal(text)
    return Decimal("NaN") if number.is_nan() else number


def exact(text: str) -> Decimal:
    """Return the decimal number of a text.

    Raises:
        ValueError: the text is not a number, or has more digits or a larger exponent than a decimal number.
    """
    number = rounded(text)
    if not number.is_nan() and number != Decimal(text):
        raise ValueError(f"more than a decimal number holds: {text[:80]}")
    return number
