"""What web pages of others, other machines and odd clients try: refused, and still serving."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from .dev_process import Dev, write

BODY = b'{"a": 1}'
PAYLOAD = "<script>alert(1)</script><img src=x onerror='alert(2)'>\"'&"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = tmp_path_factory.mktemp("project")
    write(project / "one", index="def main(event, context):\n    return event\n")
    write(project / "raises", index="def main(event, context):\n    raise ValueError(event['text'])\n")
    write(project / "broken", index=f"def main(event, context):\n    return {PAYLOAD}\n")
    write(project, secret="SECRET = 'not to be served'\n")
    with Dev(project, "--env", "<b>env</b>") as dev:
        yield dev


@pytest.fixture(autouse=True)
def still_serving(dev: Dev) -> Iterator[None]:
    yield
    assert 200 == dev.post("one").status


def request(line: str, *headers: str, host: str = "127.0.0.1", body: bytes = b"") -> bytes:
    lines = [line, *([f"Host: {host}"] if host else []), *headers, "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def status(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "10.0.0.1", "[::2]", ""]
)
@pytest.mark.parametrize("line", ["POST /one HTTP/1.1", "GET / HTTP/1.1"])
def test_another_host(dev: Dev, line: str, host: str) -> None:
    body = BODY if line.startswith("POST") else b""
    assert status(dev.raw(request(line, host=host, body=body))) in (0, 400, 403)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:80"])
def test_a_host_of_this_machine(dev: Dev, host: str) -> None:
    assert 200 == status(dev.raw(request("POST /one HTTP/1.1", host=host, body=BODY)))


@pytest.mark.once(sample=4)
@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Origin: https://127.0.0.1",
        "Origin: http://127.0.0.1.evil.example",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Host: evil.example",
        "x-wx-openid: a b",
        "x-wx-openid: " + "x" * 200,
        "x-wx-openid: \xe9",
        "x-wx-openid: o-a\r\nx-wx-openid: o-b",
        "Content-Encoding: gzip",
    ],
)
def test_headers_of_others(dev: Dev, header: str) -> None:
    assert status(dev.raw(request("POST /one HTTP/1.1", header, body=BODY))) in (0, 400, 403, 415)


def test_its_own_page_may(dev: Dev) -> None:
    headers = ("Origin: http://127.0.0.1", "Sec-Fetch-Site: same-origin")
    answer = dev.raw(request("POST /one HTTP/1.1", *headers, body=BODY))
    assert 200 == status(answer)
    assert b"access-control" not in answer.lower()
    assert 200 == status(dev.raw(request("GET / HTTP/1.1", "Sec-Fetch-Site: cross-site")))  # a link that is followed


PATHS = """
/.. /../secret.py /%2e%2e/secret.py /one/ //one /one/index.py /. /%00 /one%00 /%ff /secret.py /\\one /one?x=1
/one?trigger=%0d%0aX:1 http://evil.example/one *
"""


@pytest.mark.once(sample=4)
@pytest.mark.parametrize("path", [*PATHS.split(), "/" + "a" * 9000])
def test_paths(dev: Dev, path: str) -> None:
    answer = dev.raw(request(f"POST {path} HTTP/1.1", body=BODY))
    assert status(answer) in (0, 400, 404, 414)
    assert b"not to be served" not in answer


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"])
def test_methods(dev: Dev, method: str) -> None:
    assert status(dev.raw(request(f"{method} /one HTTP/1.1"))) in (0, 400, 404, 405)


DEEP = b'{"a":' * 2000 + b"1" + b"}" * 2000
LONG = b'{"a": ' + b"9" * 10_000 + b"}"


@pytest.mark.once(sample=4)
@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"null", b"\xff{}", b'{"a": NaN}', b"[" * 100_000, DEEP, LONG])
def test_bodies(dev: Dev, body: bytes) -> None:
    answer = dev.request("POST", "/one", body)
    assert 400 == answer.status
    assert isinstance(answer.json()["errMsg"], str)


def test_a_huge_body(dev: Dev) -> None:
    assert 413 == status(dev.raw(request("POST /one HTTP/1.1", "Content-Length: 99999999999")))
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert status(dev.raw(request("POST /one HTTP/1.1", "Transfer-Encoding: chunked") + chunk * 8)) in (0, 413)
    assert 200 == dev.post("one", {"x": "y" * 2_000_000}).status


def test_bytes_that_are_no_request(dev: Dev) -> None:
    for data in (b"\x16\x03\x01\x02\x00", b"POST", b"GET / HTTP/9.9\r\n\r\n", b"POST /one HTTP/1.1\r\nHost: x\r\n\r\n"):
        with_end = data if data.endswith(b"\r\n\r\n") else data + b"\r\n\r\n"
        assert status(dev.raw(with_end)) in (0, 400, 403, 505)


def test_no_secret_is_said(dev: Dev) -> None:
    dev.post("one", {"a": 1}, x_wx_openid="o-z")
    dev.said(lambda line: line.get("user") == "o-z")
    said = json.dumps(dev.lines) + dev.request("GET", "/").body.decode() + dev.request("GET", "/one").body.decode()
    assert not any(word in said for word in ("AKIDlocal", "WX_API_TOKEN", "SECRETKEY", "ticket"))
