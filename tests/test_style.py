"""The words that the style page replaces stay out, and commit subjects fit on a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import commit_subject, structure

ROOT = Path(__file__).resolve().parent.parent
# CONTRIBUTING.md names the words, to say what to write instead.
PAGES = [*sorted(ROOT.glob("[!C]*.md")), ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("[!c]*.md"))]
PAGES += [path for path in sorted((ROOT / "docs").rglob("c*.md")) if path.name != "contributing.md"]
PACKAGES = sorted(
    path for path in (ROOT / "cloudpy").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
)


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_pages_have_no_word_that_is_out(path: Path) -> None:
    assert [] == structure.words(structure.prose(path))


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_have_no_word_that_is_out(path: Path) -> None:
    modules = [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    words = {module.relative_to(ROOT).as_posix(): structure.words(structure.prose(module)) for module in modules}
    assert {} == {module: found for module, found in words.items() if found}


def test_words_are_found_in_code_and_pages(tmp_path: Path) -> None:
    module = tmp_path / "a.py"
    module.write_text(
        '"""Mend it."""\n\npatience = 1  # whoever asks\nraise ValueError("x is none, not None: x is None")\n', "utf-8"
    )
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
