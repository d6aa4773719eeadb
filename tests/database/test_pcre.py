"""Regular expressions mean in the local database what they mean in PCRE, which MongoDB uses without ``(*UCP)``."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cloudpy.local.database import DatabaseError, Engine, Query
from cloudpy.local.database.pcre import Pattern, compile_regex, translated
from cloudpy.local.database.values import Regex
from tests.once import part

CASES = [
    (r"\bTom\b", "", "Tom说", True),  # 说 is no letter of a word there
    (r"\b说", "", "Tom说", True),
    (r"é\b", "", "é ", False),
    (r"\w说", "", "说说", False),
    (r"[\w]说", "", "a说", True),
    (r"^[\W_]+$", "", "说_é", True),
    (r"^\d$", "", "٣", False),
    (r"^[\D]$", "", "٣", True),
    (r"\s", "", "\u00a0", False),
    (r"\s", "", "\x0b", True),
    (r"É\w", "i", "éA", True),  # case is ignored beyond ASCII
    (r"\w", "i", "ſ", False),  # and adds nothing to \w
    (r"^\v$", "", "\u2028", True),
    (r"(?<n>a)(?<=a)b(?<!a)", "", "ab", True),
    (r"[(?<]", "", "<", True),
    (r"[]\d]", "", "]", True),
    (r"[^]\d]", "", "]", False),
    (r"[\b]", "", "\b", True),
    (r"[a\]\d]$", "", "5", True),
    (r"\\w", "", r"\w", True),
    (r"[\\w]$", "", "w", True),
    (r"^\x{4e2d}[\x{4e00}-\x{9fff}]\x{1F600}$", "", "中文😀", True),
    (r"^a{,2}$", "", "a{,2}", True),
    (r"^a{,2}$", "", "aa", False),
    (r"[{,2}]", "", ",", True),
    (r"a\z", "", "a\n", False),
    (r"a\Z", "", "a\n", True),
    ("# don't [ stop\n a\\d # (", "x", "a1", True),
]


@pytest.mark.parametrize(("pattern", "options", "text", "found"), CASES)
def test_cases(pattern: str, options: str, text: str, found: bool) -> None:
    assert (compile_regex(pattern, options).search(text) is not None) is found


TOKENS = st.sampled_from(
    [r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\b", r"\B", r"\\", r"\[", *"[]^-a0é说|+(?:)_ \n", "(?:", "[^"]
)


TEXTS = st.text("a0_- é说٣\u00a0\n[]^\\", min_size=1, max_size=6)  # of an empty one Python says that \B is not there


@settings(max_examples=part(3000, 300), deadline=None)
@given(st.lists(TOKENS, max_size=7).map("".join), st.lists(TEXTS, min_size=5))
def test_a_pattern_finds_what_it_finds_under_re_ascii(pattern: str, texts: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python's plans for [[
        try:
            expected = re.compile(pattern, re.ASCII)
        except re.error:
            assume(False)
        found = re.compile(translated(pattern))
    for text in texts:
        assert [match.span() for match in found.finditer(text)] == [match.span() for match in expected.finditer(text)]


@pytest.mark.parametrize("pattern", ["^(a|a)+$", "^(a|aa)+$"])
def test_a_search_that_would_take_years_is_an_error(pattern: str) -> None:
    engine = Engine()
    engine.create("c")
    engine.insert("c", [{"_id": 1, "s": "a" * 40 + "b!"}, {"_id": 2, "s": "a"}])
    query = Query({"s": Regex(pattern)})
    with pytest.raises(DatabaseError, match=r"operation exceeded time limit: the regular expression .*repeat no group"):
        engine.find("c", query)
    engine.remove("c", Query({"_id": 1}))
    assert [{"_id": 2, "s": "a"}] == engine.find("c", query), "the next operation has its time again"


@settings(max_examples=part(2000, 200), deadline=None)
@given(st.lists(TOKENS, max_size=7).map("".join), TEXTS)
def test_slow_and_quick_searches_find_the_same(pattern: str, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = Pattern(pattern, translated(pattern), 0)
        except re.error:
            assume(False)
        assert (compiled._quick(text) is None) is (compiled._search_slowly(text) is None)
