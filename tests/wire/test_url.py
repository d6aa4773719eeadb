"""Addresses of files as they travel: what Node's URL makes of the same text."""

from __future__ import annotations

import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy._wire.url import normalize

HOSTS = ["h", "H.example.COM", "127.0.0.1", "[::1]", "h:80", "h:8080", "h:", "h:0080", "h:443", "a-b_c.d"]
pieces = st.sampled_from(
    [
        "",
        "a",
        "B c",
        "..",
        ".",
        "%2e",
        ".%2E",
        "%zz",
        "中",
        "a'b",
        '"<>`{}',
        "^|[]",
        "~!$&()*+,;=:@",
        "\x7f",
        "é%41",
        "...",
    ]
)
paths = st.lists(pieces, max_size=5).map("/".join)
queries = st.sampled_from(["", "?", "?a=1&b=2", "?a b'\"<>", "?中^`{|}", "?a?b", "#x", "?#", "?a#b?c", "?%zz\\"])
separators = st.sampled_from(["/", "\\", "//", ""])
spaces = st.sampled_from(["", " ", "\n", "\t"])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["http", "https", "HTTP"]))
    path = draw(separators) + draw(paths)
    host = draw(st.sampled_from(HOSTS))
    if path and path[0] not in "/\\":
        path = f"/{path}"
    return draw(spaces) + f"{scheme}://{host}{path}{draw(queries)}" + draw(spaces)


@pytest.mark.once()
@settings(max_examples=4, deadline=None)
@given(sample=st.lists(addresses(), min_size=150, max_size=150))
def test_they_are_nodes(sample: list[str]) -> None:
    program = (
        "const whole = t => { const u = new URL(t); return `${u.protocol}//${u.host}${u.pathname}${u.search}` };"
        "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0, 'utf8')).map(whole)))"
    )
    done = subprocess.run(["node", "-e", program], input=json.dumps(sample), capture_output=True, text=True, check=True)
    for address, theirs in zip(sample, json.loads(done.stdout), strict=True):
        assert normalize(address) == theirs, repr(address)


@given(address=addresses())
def test_what_travels_is_plain_and_stays_as_it_is(address: str) -> None:
    once = normalize(address)
    assert once.isascii() and once.isprintable() and " " not in once and "#" not in once
    assert normalize(once) == once


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "http://", "http:///", "ftp://h/a", "//h/a", "http://a b/", "http://h:99999/", "http://h:x/",
     "http://user:word@h/", "http://[::1/", "http://h:" + "9" * 5000, "http://%00/", "http://\ud800/"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):
        normalize(text)
