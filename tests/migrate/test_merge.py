"""Merging a new draft into one that was edited: no edited line is lost."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudpy.migrate.merge import merge

LINES = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "c",
            "if x:",
            "    return 1",
            "",
            "# TODO(migrate): why",
            '    raise NotTranslated("a.js:1: why")',
            '    raise NotTranslated("a.js:2: why")',
        ]
    ),
    max_size=14,
)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that has other work
ENDS = st.sampled_from(["\n", ""])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text whose last line may lack its end."""
    lines = draw(LINES)
    return "\n".join(lines) + (draw(ENDS) if lines else "")


@st.composite
def changed(draw: st.DrawFn, text: str, mark: str) -> str:
    """A text with some lines replaced, added and removed; what is new contains `mark`."""
    result = []
    for number, line in enumerate(text.splitlines()):
        change = draw(st.sampled_from(["keep", "keep", "keep", "replace", "add", "remove"]))
        if change == "add":
            result.append(f"{mark}{number}")
        if change == "replace":
            result.append(f"{mark}{line}")
        elif change != "remove":
            result.append(line)
    return "".join(f"{line}\n" for line in result)


def edited_lines(base: str, edited: str) -> list[str]:
    """The lines of `edited` that `base` does not have in their place."""
    one, two = base.splitlines(), edited.splitlines()
    codes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    return [line for tag, _, _, start, end in codes if tag in ("replace", "insert") for line in two[start:end]]


def is_within(lines: list[str], text: str) -> bool:
    """Whether the lines stand in the text in their order."""
    rest = iter(text.splitlines())
    return all(line in rest for line in lines)


@RELAXED
@given(texts(), texts())
def test_without_edits_the_result_is_the_new_draft(base: str, new: str) -> None:
    assert merge(base, base, new) == (new, [])


@RELAXED
@given(texts(), texts())
def test_without_changes_in_the_new_draft_the_result_is_the_edited_one(base: str, edited: str) -> None:
    assert merge(base, edited, base) == (edited, [])


@RELAXED
@given(texts(), texts())
def test_the_same_change_on_both_sides_is_no_conflict(base: str, edited: str) -> None:
    assert merge(base, edited, edited) == (edited, [])


@RELAXED
@given(texts(), texts(), texts())
def test_no_edited_line_is_lost_whatever_the_texts(base: str, edited: str, new: str) -> None:
    merged = merge(base, edited, new)[0]
    # of equal lines nobody can tell which one was added
    added = Counter(edited.splitlines()) - Counter(base.splitlines())
    assert is_within(edited_lines(base, edited), merged) or added <= Counter(merged.splitlines())


@RELAXED
@given(st.data(), texts())
def test_a_change_is_taken_or_named_as_a_conflict(data: st.DataObject, base: str) -> None:
    edited, new = data.draw(changed(base, "mine ")), data.draw(changed(base, "new "))
    merged, conflicts = merge(base, edited, new)
    assert is_within(edited_lines(base, edited), merged)
    named = [line for conflict in conflicts for line in conflict.new]
    for line in edited_lines(base, new):
        if line.startswith("new "):
            assert line in merged.splitlines() or line in named
    for conflict in conflicts:
        assert 1 <= conflict.line <= len(merged.splitlines()) + 1


def test_numbers_of_the_source_are_no_change_of_a_mark() -> None:
    base = 'def main():\n    # TODO(migrate): why\n    # a()\n    raise NotTranslated("a.js:3: why")\n'
    new = base.replace("js:3", "js:4").replace("main():\n", "main():\n    b()\n")
    assert merge(base, "def main():\n    a()\n", new) == ("def main():\n    b()\n    a()\n", [])
    assert merge(base, base + "c()\n", new) == (new + "c()\n", [])


def test_lines_of_both_sides() -> None:
    base = "import os\n\n\ndef main():\n    raise X\n\n\ndef other():\n    return 1\n"
    edited = base.replace("raise X", "return os.name")
    new = base.replace("import os\n", "import os\nimport re\n").replace("return 1", "return re")
    merged, conflicts = merge(base, edited, new)
    assert merged == new.replace("raise X", "return os.name") and not conflicts
    kept, conflicts = merge(base, edited, base.replace("raise X", "raise Y"))
    assert kept == edited
    assert [(each.line, each.new) for each in conflicts] == [(5, ("    raise Y",))]
