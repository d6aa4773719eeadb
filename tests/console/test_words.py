"""The words of the pages: every key that a page uses is there, in both languages, and every word is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cloudpy.devserver import console

STATIC = Path(console.__file__).parent / "static"
ENTRY = re.compile(r'^  "([\w.]+)": \[\s*("(?:[^"\\]|\\.)*"),\s*("(?:[^"\\]|\\.)*"),?\s*\],$', re.MULTILINE)
USED = re.compile(r'"([a-zA-Z]+\.[A-Za-z0-9_]+)"')
BEGUN = re.compile(r"`([a-zA-Z]+\.[A-Za-z_]*)\$\{")
pytestmark = pytest.mark.once

FILES = sorted((STATIC / "words").glob("*.js"))
WORDS = {key: (en, zh) for file in FILES for key, en, zh in ENTRY.findall(file.read_text("utf-8"))}
SOURCES = "\n".join(path.read_text("utf-8") for path in STATIC.rglob("*.js") if path.parent.name != "words")


def test_every_entry_is_read() -> None:
    for file in FILES:
        text = file.read_text("utf-8")
        assert len(ENTRY.findall(text)) == len(re.findall(r'^  "[\w.]+": \[', text, re.MULTILINE)), file.name


def test_every_key_that_is_used_has_words() -> None:
    spaces = {key.partition(".")[0] for key in WORDS}
    used = {key for key in re.findall(r'\bt\(\s*"([\w.]+)"', SOURCES)}
    assert sorted(used - WORDS.keys()) == []
    for begin in BEGUN.findall(SOURCES):
        if begin.partition(".")[0] in spaces:
            assert any(key.startswith(begin) for key in WORDS), begin


def test_no_words_are_left_over() -> None:
    used = set(USED.findall(SOURCES))
    begun = ("common.", *BEGUN.findall(SOURCES))
    assert sorted(key for key in WORDS if key not in used and not key.startswith(begun)) == []


def test_both_languages_have_the_same_values() -> None:
    for key, (en, zh) in WORDS.items():
        values = set(re.findall(r"\{(\w+)\}", en))
        assert values == set(re.findall(r"\{(\w+)\}", zh)), key
