"""Text of users on a terminal: nothing in it is obeyed."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.runtime.printable import printable

SGR = re.compile(r"\x1b\[[0-9;:]*m")
TEXTS = st.text(st.characters(codec=None) | st.sampled_from("\x1b\x9b\r\x07\x08\u202e\ud800[]m;0"))


@given(TEXTS)
def test_no_control_character_is_left_and_the_rest_stays(text: str) -> None:
    shown = printable(text)
    controls = [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") and c not in "\t\n"]
    assert controls == []
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    shown.encode()
    assert printable(shown) == shown


@given(st.recursive(TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8))
def test_json_stays_the_same_json(value: object) -> None:
    for text in (json.dumps(value, ensure_ascii=False), json.dumps(value, indent=2)):
        assert json.loads(printable(text)) == json.loads(text)


@given(TEXTS)
def test_colours_alone_pass_and_end_with_the_text(text: str) -> None:
    shown = printable(text, colours=True)
    assert "\x1b" not in SGR.sub("", shown)
    assert "\x1b" not in shown or shown.endswith("\x1b[0m")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m"),
        ("\x1b[38;5;1mred", "\x1b[38;5;1mred\x1b[0m"),
        ("\x1b]52;c;cHduZWQ=\x07", "\\u001b]52;c;cHduZWQ=\\u0007"),
        ("\x1b[2J\rfake", "\\u001b[2J\\u000dfake"),
        ("\x9b31m", "\\u009b31m"),
        ("名\t👩‍👧", "名\t👩‍👧"),
    ],
)
def test_what_a_function_prints(text: str, shown: str) -> None:
    assert printable(text, colours=True) == shown
