"""Each page is there in both languages, and the Chinese one has the words of mini program developers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.page import ROOT, prose

DOCS = ROOT / "docs"
CHINESE = [ROOT / "README.zh-CN.md", ROOT / "examples" / "README.zh-CN.md", *sorted((DOCS / "zh").rglob("*.md"))]
# What a translation carries over -> what WeChat's documentation and its developers say.
CARRIED_OVER = {
    "您": "你",
    "热更新": "热重载",
    "契约": "接口定义",
    "发行包": "包",
    "打桩": "mock 数据",
    "编一个": "自动生成 mock 数据",
}

BROKEN = re.compile(r"[\u4e00-\u9fff]+\n *[\u4e00-\u9fff]+")


@pytest.mark.once(sample=1)
def test_every_page_is_there_in_both_languages() -> None:
    english, chinese = (
        {path.relative_to(DOCS / language).as_posix() for path in (DOCS / language).rglob("*.md")}
        for language in ("en", "zh")
    )
    assert chinese - {"contributing.md"} == english  # the English one is CONTRIBUTING.md


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("page", CHINESE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_chinese_has_no_word_that_a_translation_carries_over(page: Path) -> None:
    text = prose(page.read_text("utf-8"))
    assert {} == {word: better for word, better in CARRIED_OVER.items() if word in text}


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("page", CHINESE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_chinese_lines_do_not_break_inside_of_a_sentence(page: Path) -> None:
    # a browser shows the break as a space between two characters
    assert [] == BROKEN.findall(prose(page.read_text("utf-8")))


def test_a_break_inside_of_a_sentence_is_found() -> None:
    assert ["云函数就是一个\n文件夹"] == BROKEN.findall(
        "# 编写\n\n云函数就是一个\n文件夹，\n里面有代码。\n\n- 一\n- 二\n"
    )
