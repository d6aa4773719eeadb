"""Bar charts as SVG, readable on light and on dark pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_LABELS, _BARS, _VALUES = 210, 430, 80  # pixels across
_BAR, _GAP, _TOP = 16, 10, 46  # pixels down
_COLORS = ("#3572a5", "#c9742b", "#5b8c3a", "#8a5fb0")  # at least 3:1 on white and on GitHub's dark background
_STYLE = """
text { font: 12px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600 }
.axis { stroke: #8c959f }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .axis { stroke: #6e7681 } }
"""


def bar_chart(title: str, series: Sequence[str], rows: Mapping[str, Sequence[float]], digits: int = 0) -> str:
    """Return horizontal bars as SVG.

    Args:
        title: what the figures are.
        series: the names of the bars of each row.
        rows: label -> the values, one for each of `series`.
        digits: decimal places of the values.
    """
    largest = max(value for values in rows.values() for value in values) or 1.0
    width = _LABELS + _BARS + _VALUES
    row_height = _BAR * len(series) + _GAP
    height = _TOP + row_height * len(rows) + 4
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="4" y="18">{escape(title)}</text>',
        *_legend(series),
    ]
    for index, (label, values) in enumerate(rows.items()):
        top = _TOP + index * row_height
        middle = top + (row_height - _GAP) / 2 + 4
        lines.append(f'<text x="{_LABELS - 8}" y="{middle:.1f}" text-anchor="end">{escape(label)}</text>')
        for number, value in enumerate(values):
            y = top + number * _BAR
            length = max(1.0, value / largest * _BARS)
            color = _COLORS[number % len(_COLORS)]
            lines.append(f'<rect x="{_LABELS}" y="{y}" width="{length:.1f}" height="{_BAR - 2}" fill="{color}"/>')
            lines.append(f'<text x="{_LABELS + length + 6:.1f}" y="{y + 11}">{value:,.{digits}f}</text>')
    lines.append(f'<line class="axis" x1="{_LABELS}" x2="{_LABELS}" y1="{_TOP - 6}" y2="{height - 4}"/>')
    return "\n".join([*lines, "</svg>", ""])


def _legend(series: Sequence[str]) -> list[str]:
    if len(series) < 2:
        return []
    lines, x = [], _LABELS
    for number, name in enumerate(series):
        lines.append(f'<rect x="{x}" y="25" width="10" height="10" fill="{_COLORS[number % len(_COLORS)]}"/>')
        lines.append(f'<text x="{x + 15}" y="34">{escape(name)}</text>')
        x += 34 + 7 * len(name)
    return lines
