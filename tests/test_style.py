"""The words that the style page replaces stay out, and commit subjects fit on a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import commit_subject, structure

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    *map((ROOT / "docs").joinpath, ["calling.md", "commands.md"]),
]


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_words_that_are_out_stay_out(path: Path) -> None:
    assert [] == structure.words(structure.prose(path))


def test_words_are_found_in_code_and_pages(tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.write_text('"""Mend it."""\n\npatience = 1  # whoever asks\nraise ValueError("x is none")\n', "utf-8")
    assert ["mend", "is none", "whoever"] == structure.words(structure.prose(module))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Add a rule\n\nWhy.\n", None),
        ("x" * 72, None),
        ("x" * 73, "73 characters"),
        ("Add a rule.", "full stop"),
        ("\n", "empty"),
    ],
)
def test_a_commit_subject_fits_on_a_line(message: str, expected: str | None) -> None:
    problem = commit_subject.problem(message)
    assert problem is None if expected is None else expected in (problem or "")
