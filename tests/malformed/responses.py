"""Answers that no gateway should give, by the hundred, the same ones in every run."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

from cloudpy._wire import messages
from cloudpy._wire.answer import GATEWAY_JSON

from ..scripted_server import http

BODY = b'{"errcode":0,"errmsg":"ok","data_list":[{"cloud_id":"xxx","json":{"step_info":[{"step":1234,"t":1.5}]}}]}'
REAL = messages.encode(
    "CommOpenApiResp",
    {
        "resp_data": BODY,
        "content_type": "application/json; charset=utf-8",
        "http_code": 200,
        "headers": [{"key": "content-type", "value": "application/json"}],
    },
)
DEEP = 100_000
TYPES: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e300,
    10**30,
    "",
    "text",
    "\ud800",
    [],
    [1],
    {},
    {"a": 1},
    [[]],
    "-1",
    "1e5",
]
PLACES = ("errcode", "errmsg", "code", "message", "requestId", "data_list", "errCode", "errMsg")
CONTENT_TYPES = ("application/json", "text/plain", "image/png", "")


def message(body: bytes, content_type: str = "application/json") -> bytes:
    return messages.encode("CommOpenApiResp", {"resp_data": body, "content_type": content_type})


def bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies of an answer with status 200, each with a name."""
    draw = random.Random(1234)
    for end in range(len(REAL)):
        yield f"cut at {end}", REAL[:end]
    for bit in range(len(REAL) * 8):
        flipped = bytearray(REAL)
        flipped[bit // 8] ^= 1 << bit % 8
        yield f"bit {bit} flipped", bytes(flipped)
    for position in range(0, len(REAL), 3):
        yield f"byte {position} gone", REAL[:position] + REAL[position + 1 :]
        yield f"byte {position} twice", REAL[:position] + REAL[position : position + 1] + REAL[position:]
    for end in range(0, len(BODY), 2):
        for content_type in ("application/json", "text/plain"):
            yield f"{content_type} cut at {end}", message(BODY[:end], content_type)
    for place in PLACES:
        for value in TYPES:
            text = json.dumps({"errcode": 0, place: value}).encode()
            yield f"{place}={value!r} inside", message(text)
            yield f"{place}={value!r} outside", text
            yield (
                f"{place}={value!r} beside a code",
                json.dumps({"code": "SYS_ERR", "message": "m", place: value}).encode(),
            )
    for value in TYPES:
        yield f"root {value!r}", message(json.dumps(value).encode())
        yield f"root {value!r} outside", json.dumps(value).encode()
    for name, text in texts():
        for content_type in CONTENT_TYPES:
            yield f"{name} as {content_type}", message(text, content_type)
        yield f"{name} outside", text
    for name, wire in wires():
        yield name, wire
    for i in range(200):
        yield f"random {i}", draw.randbytes(draw.randrange(200))
        yield f"random {i} inside", message(draw.randbytes(draw.randrange(100)), draw.choice(CONTENT_TYPES))


def texts() -> Iterator[tuple[str, bytes]]:
    """JSON, or what was meant to be."""
    yield "lists 100,000 deep", b"[" * DEEP + b"]" * DEEP
    yield "objects 100,000 deep", b'{"a":' * DEEP + b"1" + b"}" * DEEP
    yield "deep and open", b"[" * DEEP
    for depth in (100, 300, 500, 900, 990, 1500, 3000, 5000, 9000, 20_000):
        yield f"lists {depth} deep", b"[" * depth + b"]" * depth
        yield f"a_b {depth} deep", b'{"a_b":' * depth + b"1" + b"}" * depth
        for place in ("errmsg", "message", "errcode", "code"):
            other = b'"errcode":5' if place == "errmsg" else b'"code":"X"' if place == "message" else b'"x":1'
            yield f"{place} {depth} deep", b'{%b,"%b":' % (other, place.encode()) + b"[" * depth + b"]" * depth + b"}"
    yield "10,000 digits", b'{"a":' + b"9" * 10_000 + b"}"
    yield "4,300 digits", b'{"a":' + b"9" * 4300 + b"}"
    yield "errcode of 4,300 digits", b'{"errcode":' + b"9" * 4300 + b"}"
    yield "errcode of 10,000 digits", b'{"errcode":' + b"9" * 10_000 + b"}"
    yield "errcode text of 10,000 digits", b'{"errcode":"' + b"9" * 10_000 + b'"}'
    yield "errcode in other digits", '{"errcode":"٣"}'.encode()
    yield "message of 4,300 digits", b'{"code":"X","message":' + b"9" * 4300 + b"}"
    yield "10,000 decimals", b'{"a":0.' + b"1" * 10_000 + b"}"
    for number in (
        b"1e999",
        b"-1e999",
        b"1e-999",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"01",
        b"+1",
        b".5",
        b"1.",
        b"0x1",
    ):
        yield f"number {number!r}", b'{"a":' + number + b"}"
        yield f"errcode {number!r}", b'{"errcode":' + number + b"}"
    yield from [
        ("invalid UTF-8", b'{"a":"\xff\xfe"}'),
        ("a surrogate in UTF-8", b'{"a":"\xed\xa0\x80"}'),
        ("half a pair", b'{"errcode":1,"errmsg":"\\ud800"}'),
        ("UTF-16", '{"a":1}'.encode("utf-16")),
        ("UTF-32", '{"a":1}'.encode("utf-32")),
        ("a byte order mark", b'\xef\xbb\xbf{"a":1}'),
        ("NUL", b'{"a":"\x00"}\x00'),
        ("a key twice", b'{"errcode":0,"errcode":40003}'),
        ("an empty key", b'{"":1,"_":2,"__":3}'),
        ("__proto__", b'{"__proto__":{"a":1},"constructor":2}'),
        ("two values", b'{"a":1}{"b":2}'),
        ("a comma too much", b'{"a":1,}'),
        ("HTML", b"<html><body>502 Bad Gateway</body></html>"),
        ("a bad escape", b'{"a":"\\x41"}'),
        ("half an escape", b'{"a":"\\u12'),
        ("white space", b"  \r\n\t "),
    ]


def wires() -> Iterator[tuple[str, bytes]]:
    """Bytes that are nearly a CommOpenApiResp."""
    for number in range(1, 8):
        for wire in range(8):
            yield f"field {number} in wire type {wire}", bytes((number << 3 | wire,)) + b"\x01" * 12
    yield "groups 100,000 deep", b"\x7b" * DEEP + b"\x7c" * DEEP
    yield "groups open", b"\x7b" * DEEP
    yield "a length of 2**63", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f"
    yield "a length of 2**31", b"\x0a\xff\xff\xff\xff\x07"
    yield "an endless varint", b"\x18" + b"\xff" * 1000
    yield "field number 0", b"\x02\x00"
    yield "an error_code of -2**31", b"\x18\x80\x80\x80\x80\xf8\xff\xff\xff\xff\x01"
    yield "an error_code of 2**64 - 1", b"\x18" + b"\xff" * 9 + b"\x01"
    yield "100,000 headers", b"\x2a\x00" * DEEP
    yield "100,000 contents", b"\x12\x01a" * DEEP
    yield "a content type that is no UTF-8", message(BODY).replace(b"application/json", b"application/\xff\xfe\xfd\xfc")
    yield "a content type of 1 MB", message(BODY, "application/json" * 65536)


def answers() -> Iterator[tuple[str, bytes]]:
    """Whole HTTP answers: the bodies above in right framing are for the reader; these are broken below it."""
    whole = http(REAL, "Content-Type: application/octet-stream")
    for end in range(0, len(whole), 4):
        yield f"http cut at {end}", whole[:end]
    head = whole.index(b"\r\n\r\n")
    for bit in range(0, (head + 4) * 8, 5):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        yield f"http bit {bit} flipped", bytes(flipped)
    draw = random.Random(99)
    for i in range(40):
        yield f"http random {i}", draw.randbytes(draw.randrange(300))
    for status in (100, 101, 199, 204, 205, 301, 304, 400, 401, 403, 413, 418, 429, 500, 502, 503, 504, 599, 600, 999):
        yield f"status {status}", http(REAL, status=f"{status} x")
    for served in (GATEWAY_JSON, "application/json", "text/html", "", "\xff\xfe", "multipart/mixed", "message/rfc822"):
        for body in (b'{"code":"SYS_ERR","message":"m"}', BODY, REAL, b"", b"null", b"[" * DEEP, b'{"code":[1]}'):
            yield f"{body[:20]!r} served as {served!r}", http(body, f"Content-Type: {served}")
