"""The pages' templates: every value is escaped, nothing is fetched from elsewhere, a missing variable is an error."""

from __future__ import annotations

import re
import subprocess
import sys

import jinja2
import pytest

from cloudpy import pages

pytestmark = pytest.mark.once

HOSTILE = "<script>alert('x')</script>&\""


def compare(**changes: object) -> str:
    difference = (HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    comparison = {"name": HOSTILE, "event": HOSTILE, "differences": [difference]}
    values = {"equal": False, "summary": HOSTILE, "notes": [HOSTILE], "labels": (HOSTILE, HOSTILE)}
    return pages.render("compare.html", title=HOSTILE, comparisons=[comparison], **values, **changes)


def test_every_value_is_escaped() -> None:
    page = compare()
    assert "<script" not in page
    assert 12 == page.count("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#34;")


def test_a_page_needs_nothing_beside_it() -> None:
    page = compare()
    assert not re.search(r"src=|<link|@import|url\(|https?://", page)
    assert "color-scheme: light dark" in page
    assert "{%" not in page
    assert "{{" not in page


def test_the_nonce_is_on_the_style() -> None:
    assert '<style nonce="abc">' in compare(nonce="abc")
    assert "<style>" in compare()


def test_a_missing_variable_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="comparisons"):
        pages.render("compare.html", title="", equal=True, summary="", notes=[], labels=("", ""))


def test_jinja2_is_imported_with_the_first_page() -> None:
    program = "import sys, cloudpy.pages, cloudpy.devserver.run, cloudpy.compare.files; print('jinja2' in sys.modules)"
    assert "False" == subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip()
