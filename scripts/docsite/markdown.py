"""Pieces of Markdown that the generators share."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; empty when there are no rows."""
    lines = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) + "\n"


def cell(text: str) -> str:
    """Return a text that stays in its cell: no newline; outside of code no bar, no brace (of attributes)."""
    parts = " ".join(text.split()).split("`")
    parts[::2] = [part.replace("|", "\\|").replace("{", "&#123;") for part in parts[::2]]
    return "`".join(parts)


def code(value: object) -> str:
    """Return a value as inline code."""
    return f"`{value}`" if str(value) else ""


def fence(language: str, text: str, title: str = "") -> str:
    """Return a block of code."""
    mark = "````" if "```" in text else "```"
    named = f' title="{title}"' if title else ""
    return f"{mark}{language}{named}\n{text.rstrip()}\n{mark}\n"


def as_json(value: Any, width: int = 88) -> str:
    """Return JSON, on one line where it fits; bytes are shown as ``<bytes>``."""
    line = json.dumps(value, ensure_ascii=False, default=lambda _: "<bytes>")
    return line if len(line) <= width else json.dumps(value, ensure_ascii=False, indent=2, default=lambda _: "<bytes>")


def indented(text: str, by: int = 4) -> str:
    """Return a text as the content of a tab or an admonition."""
    return textwrap.indent(text, " " * by)


def tabs(content: Mapping[str, str]) -> str:
    """Return tabs, name -> Markdown."""
    return "".join(f'=== "{name}"\n\n{indented(text)}\n' for name, text in content.items())
