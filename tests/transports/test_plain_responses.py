"""The short way for plain responses: what it reads is what the parser reads from the same bytes."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cloudpy._transports.failure import TransportFailure
from cloudpy._transports.http1 import ResponseReader, read_plain

MAX_BODY = 40
NAMES = "Content-Length content-length Connection Proxy-Connection Transfer-Encoding Upgrade Keep-Alive TE X-A Date - 1"
VALUES = [
    "5",
    "0",
    "05",
    "+5",
    "5,5",
    "41",
    "٥",
    "keep-alive",
    "Keep-Alive",
    "keep-alive, x",
    "close",
    "chunked",
    "h2c",
]
VALUES += ["a b", "", '"', "x\ty", "é", "x" * 300, "99999999999999999999"]
COLONS = [": "] * 6 + [":", " : ", ":\t", ":  "]
ENDS = [""] * 6 + [" ", "\t"]
STARTS = ["HTTP/1.1 200 OK"] * 6 + ["HTTP/1.0 200 OK", "HTTP/1.1 200", "HTTP/1.1 204 OK", "HTTP/1.1 100 Continue"]
ODD = b"\r\n\t :\x00\x7f\xff0A"


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """Return a response that is nearly plain, with a few bytes changed, inserted or removed."""
    body = draw(st.binary(max_size=6))
    header = st.tuples(*map(st.sampled_from, (NAMES.split(), COLONS, VALUES, ENDS))).map("".join)
    lines = draw(st.lists(header, max_size=4))
    if draw(st.integers(0, 4)):
        lines.insert(draw(st.integers(0, len(lines))), f"Content-Length: {len(body)}")
    text = "\r\n".join([draw(st.sampled_from(STARTS)), *lines, "", ""])
    data = bytearray(text.encode() + body)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 1))] = draw(st.sampled_from([b"", *(bytes((byte,)) for byte in ODD)]))
    return bytes(data)


def parsed(data: bytes) -> tuple[int, str, dict[str, str], bytes] | None:
    """Return the response that the parser reads if it is complete and the connection can be kept."""
    reader = ResponseReader(MAX_BODY)
    try:
        reader.feed(data)
    except TransportFailure:
        return None
    response = reader.response()
    if not reader.complete or not reader.reusable:
        return None
    return response.status, response.reason, response.headers, response.body


def check(data: bytes) -> bool:
    plain = read_plain(data, MAX_BODY)
    if plain is not None:
        assert parsed(data) == (plain.status, plain.reason, plain.headers, plain.body)
    return plain is not None


@given(responses())
def test_a_response_read_the_short_way_is_what_the_parser_reads(data: bytes) -> None:
    check(data)


def test_no_header_beside_the_length_makes_a_difference() -> None:
    for line in map("".join, itertools.product(NAMES.split(), set(COLONS), VALUES, set(ENDS))):
        for body in (b"", b"hello"):
            length = f"Content-Length: {len(body)}"
            for lines in ((line,), (line, length), (length, line)):
                check("\r\n".join([STARTS[0], *lines, "", ""]).encode() + body)


@given(st.binary(max_size=MAX_BODY), st.sampled_from(["", "Connection: keep-alive\r\n", "X-A: b c\r\nDate: 1\r\n"]))
def test_a_plain_response_is_read_the_short_way(body: bytes, headers: str) -> None:
    head = f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()
    assert check(head + body)
    for end in range(len(head), len(head) + len(body)):
        assert not check((head + body)[:end])
    assert not check(head + body + b"x")
    assert read_plain(head + body, len(body) - 1) is None
