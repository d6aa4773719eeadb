"""Columns of a terminal: Chinese characters have two, and a line may break between them."""

from __future__ import annotations

import re
import unicodedata

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_CLOSING = "，。、；：？！）】》”’…"  # never at the start of a line
_OPENING = "（【《“‘"  # never at its end
_PIECES = re.compile(rf"\s+|[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)[{_CLOSING}]*|\S")


def width(text: str) -> int:
    """Return the number of columns of `text` in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def fill(text: str, columns: int) -> list[str]:
    """Return the lines of a paragraph, each of at most `columns` where words allow it."""
    lines, line = [], ""
    for piece in _PIECES.findall(" ".join(text.split())):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines
