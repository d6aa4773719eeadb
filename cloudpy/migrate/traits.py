"""What the source of a program shows of the values that it works with."""

from __future__ import annotations

import re

_LOOKS_AT_DATES = re.compile(
    r"\.(?:get|set)(?:UTC)?(?:Time|FullYear|Year|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)\b|new Date\([^)]"
    r"|toISOString|toJSON|\.toLocale|instanceof Date|Date\.parse|valueOf|dayjs|moment"
)
_MAKES_DATES = re.compile(r"\bDate\b(?!\.now\b)|dayjs|moment|date-")
_MAKES_INSTANCES = re.compile(r"\bclass\b|\bnew (?:Map|Set|WeakMap)\b")
_CUTS = re.compile(r"\.(?:at|charAt|slice|split|substr|substring)\(|fromCharCode|\\u[dD][89abAB]")


def handles_dates(text: str) -> bool:
    """Whether it looks at dates; those of documents are then made JavaScript's."""
    return bool(_LOOKS_AT_DATES.search(text))


def makes_dates(text: str) -> bool:
    """Whether it makes dates, or gets them from a package."""
    return bool(_MAKES_DATES.search(text))


def makes_instances(text: str) -> bool:
    """Whether it makes values, dates aside, that JSON has no form for."""
    return bool(_MAKES_INSTANCES.search(text))


def cuts_texts(text: str) -> bool:
    """Whether half a character may come of it, which Python does not print."""
    return bool(_CUTS.search(text))
