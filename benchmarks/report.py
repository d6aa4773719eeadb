"""Common to the benchmarks: the constant server, medians, and the sections of the page performance.md."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .chinese import in_chinese

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "en" / "performance.md"
CHINESE_PAGE = ROOT / "docs" / "zh" / "performance.md"
IMAGES = ROOT / "docs" / "images"
Figures = dict[str, float]


@contextmanager
def constant_server(size: int = 0) -> Iterator[str]:
    """Run ``benchmarks.server`` in another process, and return its URL.

    Args:
        size: bytes of data in each response; 0 for those of a real call.
    """
    command = [sys.executable, "-m", "benchmarks.server", str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/admin"
        finally:
            server.terminate()


def medians(rounds: Mapping[str, Sequence[Figures]]) -> dict[str, Figures]:
    """Return the median of each figure, for each contestant."""
    return {
        name: {figure: statistics.median(one[figure] for one in figures) for figure in figures[0]}
        for name, figures in rounds.items()
    }


def machine(rounds: int) -> str:
    """Return the sentence above a table."""
    return f"Medians of {rounds} rounds, Python {platform.python_version()}, {os.cpu_count()} cores."


def write_section(name: str, text: str) -> None:
    """Replace the section between the markers of this name in both languages of performance.md.

    Raises:
        SystemExit: a page has no such markers.
    """
    for page, words in ((PAGE, text), (CHINESE_PAGE, in_chinese(text))):
        page.write_text(replaced(page.read_text("utf-8"), name, words), "utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """Return the page with another text in the section of this name."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    head, found, rest = page.partition(begin)
    _, ended, tail = rest.partition(end)
    if not found or not ended:
        raise SystemExit(f"performance.md has no markers {begin.strip()} and {end}")
    return f"{head}{begin}{text.strip()}\n{end}{tail}"


def write_image(name: str, svg: str) -> str:
    """Write docs/images/NAME.svg, and its Chinese twin NAME.zh.svg; return the path that the English page refers to."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text(svg, "utf-8")
    (IMAGES / f"{name}.zh.svg").write_text(in_chinese(svg), "utf-8")
    return f"../images/{name}.svg"
