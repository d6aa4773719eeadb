"""The level of a line that a function printed, by its look: a function's output has no levels of its own."""

from __future__ import annotations

import re
from typing import Literal

Level = Literal["error", "warning", "info", "debug", "print"]
LEVELS: tuple[Level, ...] = ("error", "warning", "info", "debug", "print")

_WORDS: dict[str, Level] = {
    "critical": "error",
    "fatal": "error",
    "error": "error",
    "exception": "error",
    "warning": "warning",
    "warn": "warning",
    "info": "info",
    "debug": "debug",
}
# At the beginning, after a time or a bracket: "ERROR:root:…", "[WARNING] …", "2026-01-01 10:00:00,123 INFO …"
_LEVEL = re.compile(rf"^[\[<(]?[\d\s:,.TZ+/-]{{0,40}}[\s|\[<(-]*({'|'.join(_WORDS)})\b", re.IGNORECASE)
_RAISED = re.compile(r"^(Traceback \(most recent call last\)|[A-Za-z_][\w.]*(Error|Exception)(: |$))")


def level_of(line: str) -> Level:
    """Return the level of a line."""
    match = _LEVEL.match(line[:80])
    if match:
        # "info" as the first word of a sentence is no level; "INFO", "Info:" and "[info]" are
        word = match[1]
        after = line[match.end() : match.end() + 1]
        if word.isupper() or after in (":", "]", ">", ")", "|"):
            return _WORDS[word.lower()]
    if _RAISED.match(line[:120]):
        return "error"
    return "print"
