"""Requests that nobody should send, as the bytes that go over the wire."""

from __future__ import annotations

import base64
import gzip
import json

from .serving import post

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
    "half of a surrogate pair": (post(b'{"a": "\\ud800"}'), {400}),
    "half of a surrogate pair in a name": (post(b'{"a": [{"\\udfff": 1}]}'), {400}),
    "chunks that are compressed": (
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", {501},
    ),
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
    # headers injected, requests smuggled
    "a bare LF in a header": (post(b"{}", {"X-A": "a\nX-WX-Source: wx_client"}), {400}),
    "a LF in the path": (b"GET /a\nX-WX-Source: a HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a CR in the path": (b"GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a path in Latin-1": (b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "no path": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a path that is a host": (b"GET evil.example:80 HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "a blank before a header's colon": (b"POST / HTTP/1.1\r\nHost : a\r\nContent-Length: 0\r\n\r\n", {400}),
    "a blank before the method": (b" POST / HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "tabs between method, path and version": (b"POST\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "http in small letters": (b"POST / http/1.1\r\nHost: a\r\n\r\n", {400}),
    "HTTP/1.2": (b"POST / HTTP/1.2\r\nHost: a\r\nContent-Length: 0\r\n\r\n", {400, 505}),
    "HTTP/2 without asking": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505}),
    "2,000 headers": (post(b"{}", {f"X-{number}": "a" for number in range(2000)}), {400}),
    "length and blank chunks": (post(b"0\r\n\r\n", {"Transfer-Encoding": "\tchunked"}), {400}),
    "length and identity": (post(b"{}", {"Transfer-Encoding": "identity"}), {400}),
    "a length in hex": (post(b"{}", {"Content-Length": "0x2"}), {400}),
    "a length in two pieces": (post(b"{}", {"Content-Length": "2 2"}), {400}),
    "a length with an underscore": (post(b"{}" * 5, {"Content-Length": "1_0"}), {400}),
    "a list of lengths": (post(b"{}", {"Content-Length": "2, 2"}), {400}),
    "a length in wide digits": (post(b"{}", {"Content-Length": "\uff12"}), {400}),
    "a negative chunk": (CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", {400, 0}),
    "a chunk larger than any": (CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n", {400, 0}),
    "JSON with a comment": (post(b"{} // c"), {400}),
    "JSON with a comma too many": (post(b'{"a": 1,}'), {400}),
    "a boundary beyond its length": (form("b" * 300, b"x"), {400}),
    "two contexts": (post(b"{}", {CONTEXT: packed({"uid": "a"}), CONTEXT.lower(): packed({"uid": "b"})}), {400}),
}  # fmt: skip


ASK = b'{"names": ["environment"]}'
NOBODY = {"context": {"environment": "{}"}}
NOTHING = {"context": {}}


def named(boundary: str, *lines: str) -> bytes:
    """A form with one field, whose part has these further lines."""
    head = "\r\n".join([f"--{boundary}", *lines, "", ""])
    return form(boundary, f"{head}x\r\n--{boundary}--\r\n".encode())


# name -> (bytes, what the handler sees: nobody, whatever the caller says of itself)
HARMLESS: dict[str, tuple[bytes, object]] = {
    "a forged user": (post(ASK, {"X-WX-OPENID": SECRET}), NOBODY),
    "a forged user of another mini program": (post(ASK, {"X-WX-FROM-OPENID": SECRET, "X-WX-APPID": "wx1"}), NOBODY),
    "a forged user with an empty source": (post(ASK, {"X-WX-OPENID": SECRET, "X-WX-Source": ""}), NOBODY),
    "a forged user with a blank source": (post(ASK, {"X-WX-OPENID": SECRET, "X-WX-Source": "  "}), NOBODY),
    "a forged user in underscores": (post(ASK, {"X_WX_OPENID": SECRET, "X_WX_SOURCE": "wx_client"}), NOBODY),
    "a forged user in the body": (post(b'{"names": ["environment"], "userInfo": {"openId": "o-1"}}'), NOBODY),
    "a forged token": (post(ASK, {"X-WX-CLOUDBASE-ACCESS-TOKEN": SECRET}), NOBODY),
    "credentials of another protocol": (post(ASK, {"X-Scf-Session-Token": SECRET, "X-Scf-Secret-Id": SECRET}), NOBODY),
    "a forged user behind the last chunk": (
        CHUNKED + b"%x\r\n%s\r\n0\r\nX-WX-Source: a\r\nX-WX-OPENID: o-1\r\n\r\n" % (len(ASK), ASK), NOBODY,
    ),
    "an extension of a chunk": (CHUNKED + b'%x;a="b"\r\n%s\r\n0\r\n\r\n' % (len(ASK), ASK), NOBODY),
    "a foreign host": (post(ASK, {"Host": "evil.example"}), NOBODY),
    "an address in the place of the path": (post(ASK, path="http://evil.example/x"), NOBODY),
    "a method that overrides": (post(ASK, {"X-HTTP-Method-Override": "DELETE"}), NOBODY),
    "another protocol": (post(ASK, {"Upgrade": "websocket", "Connection": "Upgrade"}), NOBODY),
    "a range without end": (post(ASK, {"Range": "bytes=0-18446744073709551615"}), NOBODY),
    "a wish that nobody knows": (post(ASK, {"Expect": "200-ok"}), NOBODY),
    "a key given twice": (post(b'{"names": ["environment"], "names": []}'), NOTHING),
    "keys that mean something elsewhere": (post(b'{"__proto__": {"a": 1}, "__class__": 1}'), NOTHING),
    "a number beyond all": (post(b'{"a": 1e400}'), NOTHING),
    "a file with a path for a name": (
        named("b", 'Content-Disposition: form-data; name="f"; filename="../../etc/passwd"'), NOTHING,
    ),
    "a part that says it is compressed": (
        named("b", 'Content-Disposition: form-data; name="f"', "Content-Encoding: gzip"), NOTHING,
    ),
    "a form in a form": (
        named("b", 'Content-Disposition: form-data; name="f"', "Content-Type: multipart/mixed; boundary=c"), NOTHING,
    ),
}  # fmt: skip
PATHS = [
    "/../../etc/passwd", "/..%2f..%2fetc/passwd", "//evil.example/x", "/%2e%2e/index.py", "/index.py", "/\\..\\x",
    "/a;b=c", "/%00", "/%0d%0aSet-Cookie:%20a=b", "/?a=%0d%0ab", "/~root", "/.git/config", "/_healthz/../x",
    "/..%c0%af..%c0%afetc/passwd", "/%252e%252e/etc/passwd", "/....//....//etc/passwd", "/proc/self/environ", "/.env",
]  # fmt: skip
