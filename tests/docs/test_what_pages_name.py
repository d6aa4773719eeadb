"""What the pages name is there, and is written so that a search finds it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cloudpy
import cloudpy.sync
import cloudpy.testing

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = [*PAGES, *sorted((ROOT / "cloudpy").rglob("*.py")), *sorted((ROOT / "examples").rglob("*.py"))]
NAME = re.compile(r"(?<![\w.\-/@])cloud\.([A-Za-z_]\w*)")
# Lines that say that a name is not there, or that are Node's or the mini program's.
NOT_OURS = re.compile(
    r"missing|not here|registered above|marked|out of|没有|wx\.cloud|require\(|exports\.|\bconst\b"
    r"|tencent\.com|weixin\.qq\.com"
)


@pytest.mark.once()
@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_names_of_the_sdk_exist(page: Path) -> None:
    wrong = [
        f"{page.relative_to(ROOT)}:{number}: cloud.{name}"
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1)
        for name in NAME.findall(line)
        if not hasattr(cloudpy, name) and not NOT_OURS.search(line)
    ]
    assert [] == wrong


@pytest.mark.once()
def test_codes_are_written_with_an_ascii_minus() -> None:
    minus = re.compile(r"(?<!\d)[\u2212\u2013\u2010\uff0d](?=\d)")
    wrong = [str(path.relative_to(ROOT)) for path in SOURCES if minus.search(path.read_text("utf-8"))]
    assert [] == wrong
