"""Help pages whose lines break by columns of the terminal, also in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ..i18n import current
from .columns import fill, width

_RAW = "\b"  # click's mark of a paragraph that keeps its lines


class HelpFormatter(click.HelpFormatter):
    """click's formatter, which counts characters instead of columns."""

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(" " * self.current_indent + heading + ("：" if current() == "zh" else ":") + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs, wrapped and indented."""
        self.write("\n".join(_lines(text, self.width, " " * self.current_indent)) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms and their descriptions."""
        rows = list(rows)
        first = min(max(width(term) for term, _ in rows), col_max) + col_spacing
        margin = " " * (self.current_indent + first)
        for term, text in rows:
            head = " " * self.current_indent + term
            lines = fill(text, max(self.width - len(margin), 10))
            if not lines:
                self.write(f"{head}\n")
                continue
            if width(term) + col_spacing > first:
                self.write(f"{head}\n")
                head = ""
            self.write(head + " " * (len(margin) - width(head)) + lines[0] + "\n")
            self.write("".join(f"{margin}{line}\n" for line in lines[1:]))


class Context(click.Context):
    """A context whose help pages `HelpFormatter` writes."""

    formatter_class = HelpFormatter


def _lines(text: str, columns: int, indent: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        if lines:
            lines.append("")
        head, _, rest = paragraph.strip("\n").partition("\n")
        if head.strip() == _RAW:
            lines += [indent + line for line in rest.splitlines()]
        else:
            lines += [indent + line for line in fill(paragraph, columns - len(indent))]
    return lines
