"""Lists are lists on GitHub and on the site, whose Markdown wants four spaces and an empty line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.page import ROOT, prose

PAGES = sorted((ROOT / "docs").rglob("*.md"))
ITEM = re.compile(r"[-*] |\d+\. ")


def broken(text: str) -> list[str]:
    """The lines that the site does not show as what they are on GitHub."""
    lines = prose(text).splitlines()
    found = [line for line in lines if re.match(r" {1,3}([-*] |\d+\. )", line)]  # nested, with too few spaces
    for before, line in zip(["", *lines], lines, strict=False):
        continues = not before or ITEM.match(before.lstrip()) or before.startswith(" ")
        if ITEM.match(line) and not continues:  # a list without an empty line above it
            found.append(line)
    blocks = r"^```$\n+(?:.*\n+)??([2-9]\d*\. .*)$"  # a number that begins again at 1 after a block of the list
    return found + re.findall(blocks, text, re.MULTILINE)


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_lists_are_the_same_on_the_site(page: Path) -> None:
    assert [] == broken(page.read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1. a\n   - b\n", ["   - b"]),
        ("a:\n- b\n", ["- b"]),
        ("1. a\n\n```sh\nx\n```\n\n2. b\n", ["2. b"]),
        ("1. a\n    - b\n    - c\n2. d\n\n    ```sh\n    x\n    ```\n\n3. e\n", []),
    ],
)
def test_broken_lists_are_found(text: str, found: list[str]) -> None:
    assert broken(text) == found
