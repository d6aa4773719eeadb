"""Every block of code in docs/en/testing.md and its Chinese twin runs, and fails where it is said to fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGES = ("en/testing.md", "zh/testing.md")
BLOCK = re.compile(r"^```(\w+)[ ]?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    """Language, file and text of each block."""
    return BLOCK.findall((DOCS / page).read_text("utf-8"))


def pytest_run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", timeout=300)


@pytest.mark.once()
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_the_page_runs(page: str, tmp_path: Path) -> None:
    expected: list[str] = []
    tests = 0
    for language, file, text in blocks(page):
        assert file, f"a block in {language} that is not run"
        if language == "text":
            expected += text.splitlines()
            continue
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), f"{file} is there twice"
        path.write_text(text, "utf-8")
        tests += len(re.findall(r"^ *def test_", text, re.MULTILINE)) if not file.startswith("wrong/") else 0
    wrong = pytest_run(tmp_path / "wrong")
    assert expected and "1 failed" in wrong.stdout
    for line in expected:
        assert line in wrong.stdout
    (tmp_path / "wrong" / "test_typo.py").unlink()
    done = pytest_run(tmp_path)
    assert f"{tests} passed" in done.stdout, done.stdout


def test_both_pages_run_the_same_files() -> None:
    one, other = ({file for _, file, _ in blocks(page)} for page in PAGES)
    assert one == other
