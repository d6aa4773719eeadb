"""Requests that nobody should send: each refused, none of their secrets logged, and the server serves on."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator

import pytest

from .serving import PROGRAMS, Serving, post

SECRET = "t0p-s3cr3t"
CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
TRUSTED = {"X-WX-Source": "wx_client"}
CONTEXT = "X-Cloudbase-Context"


def packed(value: object) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


def bomb(size: int) -> bytes:
    return gzip.compress(b'{"uid": "' + b"a" * size + b'"}')


def form(boundary: str, body: bytes) -> bytes:
    return post(body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


# name -> (bytes, statuses that are a refusal; 0 is hanging up)
HOSTILE: dict[str, tuple[bytes, set[int]]] = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50 + b"\r\n\r\n", {400, 0}),
    "garbage": (bytes(range(256)) * 4 + b"\r\n\r\n", {400, 0}),
    "HTTP/9.9": (b"POST / HTTP/9.9\r\n\r\n", {400, 505}),
    "no version": (b"GET /\r\n\r\n", {400, 0}),
    "a space in the path": (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a NUL in the path": (b"GET /a\x00b HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a path that never ends": (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", {400}),
    "a header that never ends": (post(b"{}", {"X-A": "a" * 200_000}), {400}),
    "a header without a name": (post(b"{}", {"": "a"}), {400}),
    "a space in a header's name": (post(b"{}", {"X A": "a"}), {400}),
    "a NUL in a header": (post(b"{}", {"X-A": "a\x00b"}), {400}),
    "a bare CR in a header": (post(b"{}", {"X-A": "a\rb: c"}), {400}),
    "a folded header": (post(b"{}", {"X-A": "a\r\n b"}), {400}),
    "two lengths": (b"POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}abc", {400}),
    "a negative length": (post(b"{}", {"Content-Length": "-1"}), {400}),
    "a length with a plus": (post(b"{}", {"Content-Length": "+2"}), {400}),
    "a length in words": (post(b"{}", {"Content-Length": "two"}), {400}),
    "length and chunks": (post(b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}), {400}),
    "an unknown transfer coding": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, zip\r\n\r\n0\r\n\r\n",
        {400, 501},
    ),
    "broken chunks": (CHUNKED + b"ZZ\r\n{}\r\n", {400, 0}),
    "TRACE": (post(b"{}", method="TRACE"), {405}),
    "CONNECT": (b"CONNECT example.com:443 HTTP/1.1\r\nHost: a\r\n\r\n", {400, 405}),
    "a method of its own": (post(b"{}", method="BREW"), {400, 405}),
    "a length beyond the limit": (post(b"", {"Content-Length": "99999999999"}), {413}),
    "a body beyond the limit": (post(b" " * 200_000), {413, 0}),
    "chunks beyond the limit": (
        CHUNKED + (b"8000\r\n" + b" " * 0x8000 + b"\r\n") * 4 + b"0\r\n\r\n", {413, 0},
    ),
    "a compressed body": (post(gzip.compress(b"{}"), {"Content-Encoding": "gzip"}), {415}),
    "a bomb in the body": (post(bomb(10_000_000), {"Content-Encoding": "gzip"}), {415}),
    "a deflated body": (post(b"x", {"Content-Encoding": "deflate"}), {415}),
    "a body in brotli": (post(b"x", {"Content-Encoding": "br"}), {415}),
    "two content codings": (post(b"x", {"Content-Encoding": "gzip, gzip"}), {415}),
    "no JSON": (post(b"{"), {400}),
    "nothing but blanks": (post(b"   "), {400}),
    "two JSON texts": (post(b"{}{}"), {400}),
    "single quotes": (post(b"{'a': 1}"), {400}),
    "NaN": (post(b'{"a": NaN}'), {400}),
    "Infinity": (post(b'{"a": -Infinity}'), {400}),
    "not UTF-8": (post(b'{"a": "\xff\xfe"}'), {400}),
    "UTF-16": (post('{"a": 1}'.encode("utf-16")), {400}),
    "a control character in a text": (post(b'{"a": "\x00"}'), {400}),
    "deep lists": (post(b"[" * 30_000), {400}),
    "deep lists that end": (post(b"[" * 30_000 + b"]" * 30_000), {400}),
    "deep objects": (post(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), {400}),
    "lists just too deep": (post(b"[" * 600 + b"]" * 600), {400}),
    "a number of 90,000 digits": (post(b'{"a": ' + b"9" * 90_000 + b"}"), {400}),
    "a form of 2,000 fields": (
        post(b"a=1&" * 2000, {"Content-Type": "application/x-www-form-urlencoded"}), {400},
    ),
    "a form that is not ASCII": (post(b"\xff=1", {"Content-Type": "application/x-www-form-urlencoded"}), {400}),
    "a form with broken escapes": (post(b"a=%ff", {"Content-Type": "application/x-www-form-urlencoded"}), {400}),
    "a multipart form without a boundary": (post(b"x", {"Content-Type": "multipart/form-data"}), {400}),
    "a multipart form without an end": (form("b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'), {400}),
    "a multipart form of 5,000 parts": (form("b", b"--b\r\n\r\n\r\n" * 5000 + b"--b--"), {400}),
    "a part without a name": (form("b", b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n"), {400}),
    "a part without an end of headers": (form("b", b"--b\r\nContent-Disposition: x\r\n--b--\r\n"), {400}),
    "an unknown charset": (post(b"x", {"Content-Type": "text/plain; charset=zlib_codec"}), {415}),
    "a wrong charset": (post(b"\xff", {"Content-Type": "text/plain; charset=utf-8"}), {400}),
    "two users": (post(b"{}", {**TRUSTED, "X-WX-OPENID": SECRET, "x-wx-openid": "o-2"}), {400}),
    "a user who is not ASCII": (post(b"{}", {**TRUSTED, "X-WX-OPENID": "o-\u540d"}), {400}),
    "a user with a tab": (post(b"{}", {**TRUSTED, "X-WX-OPENID": f"o\t{SECRET}"}), {400}),
    "two sources": (post(b"{}", {"X-WX-Source": "a", "x-wx-source": "b"}), {400}),
    "a context that is no base64": (post(b"{}", {CONTEXT: SECRET + "!"}), {400}),
    "a context that is no JSON": (post(b"{}", {CONTEXT: base64.b64encode(SECRET.encode()).decode()}), {400}),
    "a context that is no object": (post(b"{}", {CONTEXT: packed([SECRET])}), {400}),
    "a context cut short": (post(b"{}", {CONTEXT: packed({"uid": SECRET * 20})[:40]}), {400}),
    "a context of another kind": (post(b"{}", {CONTEXT: base64.b64encode(b"\x1f\x8b" + b"x" * 40).decode()}), {400}),
    "a bomb in the context": (post(b"{}", {CONTEXT: base64.b64encode(bomb(10_000_000)).decode()}), {400}),
    "a context too deep": (post(b"{}", {CONTEXT: base64.b64encode(b"[" * 9000).decode()}), {400}),
    "two contexts": (post(b"{}", {CONTEXT: packed({"uid": "a"}), CONTEXT.lower(): packed({"uid": "b"})}), {400}),
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with Serving(PROGRAMS / "raises", "--max-body", "100000", "--trust-headers", "--production") as server:
        yield server


def test_there_are_more_than_sixty() -> None:
    assert len(HOSTILE) > 60


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_the_next_one_served(server: Serving, name: str) -> None:
    data, statuses = HOSTILE[name]
    answer = server.send(data)
    assert answer.status in statuses, answer
    assert SECRET.encode() not in answer.body
    assert b"Traceback" not in answer.body
    assert server.post({"names": ["time_limit_in_ms"]}).json() == {"context": {"time_limit_in_ms": 60000}}


def test_what_is_logged_of_them_holds_no_secret(server: Serving) -> None:
    tokens = {"X-WX-CLOUDBASE-ACCESS-TOKEN": SECRET, "Authorization": SECRET, CONTEXT: packed({"uid": SECRET})}
    assert server.post({}, {**TRUSTED, **tokens}, f"/?token={SECRET}").status == 200
    assert server.send(post(b"{", {**TRUSTED, **tokens})).status == 400
    assert server.post({"end of this test": True}, {"X-Request-Id": "the-last"}).status == 200
    server.line("access", requestId="the-last")
    assert SECRET not in server.text
    assert "refused" in {line["log"] for line in server.lines}


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd", "/..%2f..%2fetc/passwd", "//evil.example/x", "/%2e%2e/index.py", "/index.py", "/\\..\\x",
        "/a;b=c", "/%00", "/%0d%0aSet-Cookie:%20a=b", "/?a=%0d%0ab", "/~root", "/.git/config", "/_healthz/../x",
    ],
)  # fmt: skip
def test_a_path_leads_nowhere_but_to_the_handler(server: Serving, path: str) -> None:
    answer = server.post({"names": ["function_name"]}, path=path)
    assert answer.status == 200
    assert answer.json() == {"context": {"function_name": "index"}}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("value", ["a\u001b[31mred", "x" * 500, "a b", "{}", "1\ttab", "'; drop"])
def test_a_request_id_that_cannot_be_logged_safely_is_replaced(server: Serving, value: str) -> None:
    answer = server.post({}, {"X-Request-Id": value})
    assert answer.status in (200, 400)  # aiohttp itself refuses some
    assert answer.headers.get("x-request-id", "") != value


def test_many_slow_bodies_keep_nobody_else_from_being_served(server: Serving) -> None:
    slow = [server.connect() for _ in range(100)]
    for connection in slow:
        connection.sendall(post(b'{"a', {"Content-Length": "50000"}))
    assert server.post({}).status == 200
    for connection in slow:
        connection.close()
    assert server.post({}).status == 200
