"""The reader of requests, without sockets: how the bytes are cut must not matter, and limits hold."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.runtime.adapters import Response
from cloudpy.runtime.http1 import MAX_HEAD, MAX_HEADERS, MAX_PIPELINED, BadRequest, RequestReader, response_head

pytestmark = pytest.mark.once
SUMMARY = tuple[str, str, bytes, bool, int]


def read(pieces: list[bytes], max_body: int = 1000) -> tuple[list[SUMMARY], str]:
    """Return the requests in `pieces`, and why reading ended early, if it did."""
    heads: list[str] = []
    reader = RequestReader(max_body, lambda request: heads.append(request.target))
    failure = ""
    for piece in pieces:
        try:
            reader.feed(piece)
        except BadRequest as error:
            failure = error.reason
            break
    found = [
        (each.method, each.target, each.body, each.keep_alive, each.rejection.status if each.rejection else 0)
        for each in reader.complete
    ]
    assert [target for _, target, *_ in found] == heads[: len(found)]
    return found, failure


def length(target: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {target} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunks(target: str, *parts: bytes, headers: tuple[str, ...] = ()) -> bytes:
    lines = [f"POST {target} HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", *headers, "", ""]
    body = b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in parts)
    return "\r\n".join(lines).encode() + body + b"0\r\nX-WX-OPENID: forged\r\n\r\n"


UPGRADE = ("Connection: Upgrade", "Upgrade: h2c")
STREAM = (
    length("/a", b"one")
    + chunks("/b", b"tw", b"o")
    + b"GET /c HTTP/1.1\r\nHost: a\r\n\r\n"
    + length("/d", b"GET /smuggled HTTP/1.1\r\n\r\n", *UPGRADE)
    + chunks("/e", b"x" * 300, headers=UPGRADE)
    + b"GET /f HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    + length("/g", b"", "Expect: 100-continue")
    + length("/h", b"last", "Connection: close")
    + length("/never", b"x")
)
EXPECTED = [
    ("POST", "/a", b"one", True, 0),
    ("POST", "/b", b"two", True, 0),
    ("GET", "/c", b"", True, 0),
    ("POST", "/d", b"GET /smuggled HTTP/1.1\r\n\r\n", True, 0),
    ("POST", "/e", b"x" * 300, True, 0),
    ("GET", "/f", b"", True, 0),
    ("POST", "/g", b"", True, 0),
    ("POST", "/h", b"last", False, 0),
]


def test_one_piece() -> None:
    assert read([STREAM]) == (EXPECTED, "")


@given(st.sets(st.integers(1, len(STREAM) - 1)))
def test_any_pieces(cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert read([STREAM[a:b] for a, b in pairwise(edges)]) == (EXPECTED, "")


def test_byte_by_byte() -> None:
    assert read([STREAM[index : index + 1] for index in range(len(STREAM))]) == (EXPECTED, "")


@given(st.binary(max_size=300), st.integers(0, len(STREAM)))
def test_garbage_never_makes_another_error(garbage: bytes, at: int) -> None:
    read([STREAM[:at] + garbage + STREAM[at:]])
    read([garbage])


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \x01\r\n\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET a.example HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n",
        b"GET / HTTP/1.1\r\n" + (b"X-A: " + b"b" * 20_000 + b"\r\n") * 4 + b"\r\n",
    ],
    ids=range(10),
)
def test_what_is_not_accepted(data: bytes) -> None:
    for pieces in ([data], [data[index : index + 7] for index in range(0, len(data), 7)]):
        found, failure = read(pieces)
        assert failure
        assert found == []


def test_a_head_without_end() -> None:
    assert read([b"GET / HTTP/1.1\r\nX-A: ", *[b"b" * 10_000] * (MAX_HEAD // 10_000 + 2)])[1]
    assert read([b"GET /", *[b"b" * 1000] * 9])[1]


def test_more_framing_than_body() -> None:
    extension = b"1;" + b"e" * 10_000 + b"\r\nx\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert read([head, *[extension] * 20])[1] == "more framing than body"
    many = [b"1\r\nx\r\n" * 100] * 100
    assert read([head, *many, b"0\r\n\r\n"], max_body=100_000) == ([("POST", "/", b"x" * 10_000, True, 0)], "")


def test_a_body_beyond_the_limit_is_dropped() -> None:
    for data in (length("/", b"x" * 1001), chunks("/", b"x" * 600, b"x" * 600)):
        assert read([data]) == ([("POST", "/", b"", False, 413)], "")


def test_pipelined_requests_have_a_limit() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    found, failure = read([request * (MAX_PIPELINED + 1)])
    assert (len(found), bool(failure)) == (MAX_PIPELINED, True)
    upgrades = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
    assert len(read([upgrades * 10_000])[0]) == MAX_PIPELINED


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb"])
def test_a_response_head_has_no_line_breaks_of_others(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        response_head(Response(200, [("X-A", value)]), "")
    assert response_head(Response(299, [("X-A", "b")], b"xy"), "") == (
        b"HTTP/1.1 299 \r\nX-A: b\r\nContent-Length: 2\r\n\r\n"
    )
