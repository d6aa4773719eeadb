"""What the source of a program shows of the values that it works with."""

from __future__ import annotations

import re

# What date packages are set up with, for the whole program: word -> what shows it
_DATE_SETTINGS = {
    "date-utils": r"['\"]date-utils['\"]",
    "zones": r"plugin/(?:utc|timezone)|moment-timezone|\.utcOffset\(|\.utc\(|\.tz\(",
    "zh-cn": r"\.locale\(\s*['\"]zh-cn['\"]",
    "customParseFormat": r"plugin/customParseFormat",
    "advancedFormat": r"plugin/advancedFormat",
    "localizedFormat": r"plugin/localizedFormat",
}
_LOOKS_AT_DATES = re.compile(
    r"\.(?:get|set)(?:UTC)?(?:Time|FullYear|Year|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)\b|new Date\([^)]"
    r"|toISOString|toJSON|\.toLocale|instanceof Date|Date\.parse|valueOf|dayjs|moment|date-utils|dateformat"
    r"|silly-datetime"
)
_MAKES_DATES = re.compile(r"\bDate\b(?!\.now\b)|dayjs|moment|date-")
_MAKES_INSTANCES = re.compile(r"\bclass\b|\bnew (?:Map|Set|WeakMap)\b")
# The functions that change what they are given; Object.assign({}, …) makes a new object
_CHANGES_OBJECTS = re.compile(r"Object\.assign\((?!\s*\{)|Object\.definePropert|__proto__|\bReflect\b")
_PACKAGE_OF_CHANGES = re.compile(r"""['"](?:lodash|underscore|ramda)\b""")
_CUTS = re.compile(r"\.(?:at|charAt|slice|split|substr|substring)\(|fromCharCode|\\u[dD][89abAB]")


def date_settings(text: str) -> frozenset[str]:
    """Return how date packages are set up: ``zones``, ``zh-cn``, and the plugins of dayjs that change what is known."""
    return frozenset(word for word, pattern in _DATE_SETTINGS.items() if re.search(pattern, text))


def handles_dates(text: str) -> bool:
    """Whether it looks at dates; those of documents are then made JavaScript's."""
    return bool(_LOOKS_AT_DATES.search(text))


def makes_dates(text: str) -> bool:
    """Whether it makes dates, or gets them from a package."""
    return bool(_MAKES_DATES.search(text))


def makes_instances(text: str) -> bool:
    """Whether it makes values, dates aside, that JSON has no form for."""
    return bool(_MAKES_INSTANCES.search(text))


def changes_objects(text: str) -> bool:
    """Whether it changes objects in ways that do not show what changes."""
    return bool(_CHANGES_OBJECTS.search(text) or _PACKAGE_OF_CHANGES.search(text))


def cuts_texts(text: str) -> bool:
    """Whether half a character may come of it, which Python does not print."""
    return bool(_CUTS.search(text))
