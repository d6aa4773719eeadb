"""Edits of one entry of a local.yaml: that entry changes, and no other line of the file does."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.local import LocalDataError
from cloudpy.local.located_yaml import parse
from cloudpy.local.yaml_edit import remove_entry, set_entry

from ..once import part

FILE = """\
# who uses it
users:
  - openid: o-alice   # the first one calls
  - {openid: o-bob,   appid: wx2}

answers:   # what WeChat answers
  # a list
  a.b.c:
    - when: {kind: one}
      error: {errCode: 40003}   # not a user
      # once
      times: 1
    - text: |
        two
        lines

  d.e: {reply: {x: 1}}  # the last one

# the end
database: {folder: .data}
"""


def change(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    found = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line.rstrip("\r\n") for line in found if line[0] in "+-"]


def edit(text: str, key: str, value: Any) -> str:
    return set_entry(text, "local.yaml", "answers", key, value)


def test_an_entry_is_replaced_with_its_comments_above_it() -> None:
    after = edit(FILE, "a.b.c", {"fault": "reset"})
    assert (
        "  # a list\n  # not a user\n  # once\n  a.b.c:\n    fault: reset\n\n  d.e: {reply: {x: 1}}  # the last one\n"
        in after
    )
    assert after.startswith(FILE[: FILE.index("  a.b.c")])
    assert after.endswith(FILE[FILE.index("\n  d.e") :])


def test_a_new_entry_is_the_last_of_its_section() -> None:
    assert change(FILE, edit(FILE, "x.y", {"reply": {"text": "是\n否", "on": "yes"}})) == [
        "+   x.y:",
        "+     reply:",
        '+       text: "是\\n否"',
        "+       'on': 'yes'",
    ]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "answers:\n  a.b:\n    fault: reset\n"),
        ("# nothing yet", "# nothing yet\nanswers:\n  a.b:\n    fault: reset\n"),
        ("env: e\r\n", "env: e\r\nanswers:\r\n  a.b:\r\n    fault: reset\r\n"),
        ("answers:\nenv: e\n", "answers:\n  a.b:\n    fault: reset\nenv: e\n"),
        ("answers: {}  # none\nenv: e\n", "answers:\n  a.b:\n    fault: reset  # none\nenv: e\n"),
        ("answers: {c.d: {x: 1}}\n", "answers: {c.d: {x: 1}, a.b: {fault: reset}}\n"),
        ("answers: {a.b: {x: 1}, c.d: {}}\n", "answers: {a.b: {fault: reset}, c.d: {}}\n"),
        ("{env: e}", "{env: e, answers: {a.b: {fault: reset}}}"),
        ("env: e\n...\n", "env: e\nanswers:\n  a.b:\n    fault: reset\n...\n"),
        ("---\nenv: e\n# end\n", "---\nenv: e\n# end\nanswers:\n  a.b:\n    fault: reset\n"),
        ("answers:\n    c.d: {x: 1}\nenv: e", "answers:\n    c.d: {x: 1}\n    a.b:\n      fault: reset\nenv: e"),
        ("answers:\n  a.b:\n    text: |\n      x\nenv: e\n", "answers:\n  a.b:\n    fault: reset\nenv: e\n"),
    ],
)
def test_each_form_of_a_file(text: str, after: str) -> None:
    assert edit(text, "a.b", {"fault": "reset"}) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (FILE, FILE.replace("  d.e: {reply: {x: 1}}  # the last one\n", "")),
        ("answers:\n  d.e: {}\nenv: e\n", "env: e\n"),
        ("answers: {a: {}, d.e: {}, f: {}}\n", "answers: {a: {}, f: {}}\n"),
        ("answers: {a: {}, d.e: {}}\n", "answers: {a: {}}\n"),
        ("{answers: {d.e: {}}}", "{}"),
        ("env: e\n", "env: e\n"),
    ],
)
def test_an_entry_is_removed(text: str, after: str) -> None:
    assert remove_entry(text, "local.yaml", "answers", "d.e") == after


def test_what_cannot_be_changed_alone_is_refused() -> None:
    with pytest.raises(LocalDataError, match="edit the entry by hand"):
        edit("answers:\n  ? a.b\n  : {x: 1}\n", "a.b", {"fault": "reset"})
    with pytest.raises(LocalDataError, match="is not valid YAML"):
        edit("answers: {", "a.b", {"x": 1})


# Random files: layout, comments and entries as people write them.

names = st.sampled_from(["a.b", "c.d", "e.f", "12345", "yes", "是.否", "g h", "#i", "j: k"])
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8) | st.sampled_from(
    ["yes", "null", "1e3", "0x10", "2026-01-02", "a: b", "- a", "#c", "a\nb", " x ", "", "'", '"', "~", "=", "<<"]
)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
values = st.dictionaries(
    texts,
    st.recursive(
        scalars | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=6,
    ),
    min_size=1,
    max_size=3,
)
styles = st.sampled_from(
    [
        ("{key}: {{x: 1}}",),
        ("{key}: {{x: 1}}  # why",),
        ("{key}:", "  x: 1"),
        (
            "{key}:  # why",
            "  # inside",
            "  - when: {{y: 2}}",
            "    # deep",
            "    text: 'it''s'  # after",
            "  - delay: 1",
        ),
        ("{key}:", "  text: |", "    one", "", "    two"),
        ("{key}:", "  text: >-", "    one", "    two", ""),
        ("", "# above", '{key}: {{"x": [1,', "    2]}}", ""),
        ("{key}:", "- fault: reset"),
    ]
)


@st.composite
def files(draw: st.DrawFn) -> str:
    lines = draw(st.sampled_from([[], ["# top", ""], ["---", "appid: wx1"], ["users: [{openid: o}]  # one"]]))
    lines = [*lines, draw(st.sampled_from(["answers:", "answers:   # all", "'answers':"]))]
    indent = draw(st.sampled_from([" ", "  ", "    "]))
    for key in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        written = key if key[0].isalpha() and ":" not in key and key != "yes" else f'"{key}"'
        lines += [(indent + line).rstrip() if line else line for line in (s.format(key=written) for s in draw(styles))]
    last = draw(st.sampled_from([[], ["", "# the end"], ["", "env: e  # its id"], ["permissions: all", "# done"]]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    # The last line of a block scalar would not be the same with a newline after it.
    return end.join([*lines, *last]) + (draw(st.sampled_from(["", end])) if last else end)


@settings(max_examples=part(150, 20), deadline=None)
@given(files(), names, values)
def test_everything_else_is_unchanged(text: str, key: str, value: dict[str, Any]) -> None:
    before = parse(text.encode(), "local.yaml").value
    after = edit(text, key, value)
    found = parse(after.encode(), "local.yaml").value
    assert repr(found["answers"].pop(key)) == repr(value)
    before["answers"].pop(key, None)
    assert found == before
    comments = [line[line.rindex("#") :].strip() for line in text.splitlines() if "# " in line]
    assert all(after.count(comment) >= comments.count(comment) for comment in comments)
    head = text.index("answers")
    assert after[:head] == text[:head]
    if key not in parse(text.encode(), "local.yaml").value["answers"]:
        assert [line for line in change(text, after) if line[0] == "-" and not text.endswith(line[2:])] == []
        removed = remove_entry(after, "local.yaml", "answers", key)
        assert removed.rstrip() == text.rstrip()


@settings(max_examples=part(80, 20), deadline=None)
@given(files(), names)
def test_a_removal_changes_nothing_else(text: str, key: str) -> None:
    before = parse(text.encode(), "local.yaml").value
    after = remove_entry(text, "local.yaml", "answers", key)
    before["answers"].pop(key, None)
    if not before["answers"]:
        del before["answers"]
    assert parse(after.encode(), "local.yaml").value == before
    kept = after.splitlines()
    assert not [line for line in kept if line not in text.splitlines()]
