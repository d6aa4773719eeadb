"""Strings and parts of objects as lodash makes them."""

from __future__ import annotations

import random
import re
from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import number, text, trim
from .lodash_lists import iteratee
from .lodash_objects import _own
from .numbers import ceil, floor, round_half_up
from .texts import lower, pad_end, pad_start, upper
from .values import is_nil, truthy


def _kept(value: Any, function: Any, wanted: bool) -> dict[str, Any]:
    made = iteratee(function)
    return {key: item for key, item in _own(value).items() if truthy(made(item, key)) is wanted}


def pick_by(value: Any, function: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.pickBy(value, function)``."""
    return _kept(value, function, True)


def omit_by(value: Any, function: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.omitBy(value, function)``."""
    return _kept(value, function, False)


def map_values(value: Any, function: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.mapValues(value, function)``."""
    made = iteratee(function)
    return {key: made(item, key, value) for key, item in _own(value).items()}


def map_keys(value: Any, function: Any = UNDEFINED) -> dict[str, Any]:
    """Return ``_.mapKeys(value, function)``."""
    made = iteratee(function)
    return {text(made(item, key, value)): item for key, item in _own(value).items()}


def find_key(value: Any, function: Any = UNDEFINED) -> Any:
    """Return ``_.findKey(value, function)``."""
    made = iteratee(function)
    return next((key for key, item in _own(value).items() if truthy(made(item, key, value))), UNDEFINED)


def text_of(value: Any = UNDEFINED) -> str:
    """Return ``_.toString(value)``: nothing is an empty string."""
    if isinstance(value, list):
        return ",".join(map(text, value))
    return "" if is_nil(value) else "-0" if value == 0 and str(value) == "-0.0" else text(value)


def trim_of(value: Any = UNDEFINED) -> str:
    """Return ``_.trim(value)``."""
    return trim(text_of(value))


def _simple(value: Any) -> str:
    """Return a string whose characters lodash counts as JavaScript does."""
    value = text_of(value)
    if re.search("[\u0300-\u036f\u200d\u20d0-\u20ff\ud800-\udfff\ufe0e-\ufe2f\U00010000-\U0010ffff]", value):
        raise NotTranslated("a character of several parts, which lodash counts as one, is not translated")
    return value


def pad_start_of(value: Any = UNDEFINED, size: Any = 0, filler: Any = UNDEFINED) -> str:
    """Return ``_.padStart(value, size, filler)``."""
    return pad_start(_simple(value), size, " " if filler is UNDEFINED else _simple(filler))


def pad_end_of(value: Any = UNDEFINED, size: Any = 0, filler: Any = UNDEFINED) -> str:
    """Return ``_.padEnd(value, size, filler)``."""
    return pad_end(_simple(value), size, " " if filler is UNDEFINED else _simple(filler))


def upper_first(value: Any = UNDEFINED) -> str:
    """Return ``_.upperFirst(value)``."""
    value = _simple(value)
    return upper(value[:1]) + value[1:]


def lower_first(value: Any = UNDEFINED) -> str:
    """Return ``_.lowerFirst(value)``."""
    value = _simple(value)
    return lower(value[:1]) + value[1:]


def capitalize(value: Any = UNDEFINED) -> str:
    """Return ``_.capitalize(value)``."""
    return upper_first(lower(text_of(value)))


_COMPOUND = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]|[0-9][a-zA-Z]|[a-zA-Z][0-9]|[^a-zA-Z0-9 ]")
_BREAK = r"[\x00-/:-@[-`{-\x7f]"
_WORDS = re.compile(
    rf"[A-Z]?[a-z]+(?={_BREAK}|[A-Z]|$)|[A-Z]+(?={_BREAK}|[A-Z][a-z]|$)|[A-Z]?[a-z]+|[A-Z]+"
    r"|\d*(?:1ST|2ND|3RD|(?![123])\dTH)(?=\b|[a-z_])|\d*(?:1st|2nd|3rd|(?![123])\dth)(?=\b|[A-Z_])|\d+",
    re.ASCII,
)


def _words_of(value: Any) -> list[str]:
    value = text_of(value).replace("'", "")
    if not value.isascii():
        raise NotTranslated("the words of a string beyond ASCII are not translated")
    pattern = _WORDS if _COMPOUND.search(value) else re.compile("[0-9A-Za-z]+")
    return [found[0] for found in pattern.finditer(value)]


def camel_case(value: Any = UNDEFINED) -> str:
    """Return ``_.camelCase(value)``."""
    words = [word.lower() for word in _words_of(value)]
    return "".join(word if not at else word[:1].upper() + word[1:] for at, word in enumerate(words))


def snake_case(value: Any = UNDEFINED) -> str:
    """Return ``_.snakeCase(value)``."""
    return "_".join(word.lower() for word in _words_of(value))


def kebab_case(value: Any = UNDEFINED) -> str:
    """Return ``_.kebabCase(value)``."""
    return "-".join(word.lower() for word in _words_of(value))


def start_case(value: Any = UNDEFINED) -> str:
    """Return ``_.startCase(value)``."""
    return " ".join(word[:1].upper() + word[1:] for word in _words_of(value))


def to_number_of(value: Any = UNDEFINED) -> Any:
    """Return ``_.toNumber(value)``."""
    return number(value)


def clamp(value: Any, low: Any, high: Any = UNDEFINED) -> Any:
    """Return ``_.clamp(value, low, high)``."""
    if high is UNDEFINED:
        low, high = UNDEFINED, low
    value = number(value)
    for bound, pick in ((high, min), (low, max)):
        if bound is not UNDEFINED and value == value:
            limit = number(bound)
            value = pick(value, limit if limit == limit else 0)
    return value


def _shifted(value: Any, digits: Any, function: Any) -> Any:
    value, places = number(value), number(digits)
    places = min(int(places), 292) if places == places else 0
    if not places or value != value or value in (float("inf"), float("-inf")):
        return function(value)
    shifted = function(number(f"{value!r}e{places}" if "e" not in f"{value!r}" else _moved_text(value, places)))
    return number(f"{shifted!r}e{-places}" if "e" not in f"{shifted!r}" else _moved_text(shifted, -places))


def _moved_text(value: Any, places: int) -> str:
    digits, _, exponent = f"{value!r}".partition("e")
    return f"{digits}e{int(exponent) + places}"


def round_to(value: Any, digits: Any = 0) -> Any:
    """Return ``_.round(value, digits)``."""
    return _shifted(value, digits, round_half_up)


def floor_to(value: Any, digits: Any = 0) -> Any:
    """Return ``_.floor(value, digits)``."""
    return _shifted(value, digits, floor)


def ceil_to(value: Any, digits: Any = 0) -> Any:
    """Return ``_.ceil(value, digits)``."""
    return _shifted(value, digits, ceil)


def random_between(low: Any = 0, high: Any = 1) -> int:
    """Return ``_.random(low, high)`` of integers."""
    low, high = number(low), number(high)
    if low != int(low) or high != int(high):
        raise NotTranslated("_.random of what are no integers is not translated")
    return random.randint(int(min(low, high)), int(max(low, high)))
