"""Tunnels through a proxy, for plain HTTP and for TLS, and what a proxy that refuses leads to."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import cloudpy
import cloudpy.sync
from cloudpy._transports import TransportFailure
from cloudpy._wire.proxy import Proxy, from_environment
from cloudpy.local import GatewayServer, load

from ..scripted_server import ScriptedServer, echo
from .clients import Client, flags
from .proxy_server import proxy
from .test_tls import CERTIFICATE, names, tls_server  # noqa: F401 - fixtures


def test_a_call_goes_through_the_tunnel_and_keeps_it(client: Client) -> None:
    with ScriptedServer(echo) as server, proxy(server.port) as (address, asked):
        for body in (b"1", b"2"):
            got = client.send("http://api.test:81/admin", body, proxy=f"http://{address}")
            assert got.body == body
        assert ["CONNECT api.test:81 HTTP/1.1"] == asked.lines
        assert [None] == asked.authorizations
        assert client.send(server.url, b"3").body == b"3"  # another address: not through the tunnel
        assert (1, 2) == (len(asked.lines), server.connections)


def test_user_and_password(client: Client) -> None:
    with ScriptedServer(echo) as server, proxy(server.port) as (address, asked):
        assert client.send("http://api.test/", b"x", proxy=f"http://al%40ice:p%3Aass@{address}/").body == b"x"
    scheme, _, credentials = str(asked.authorizations[0]).partition(" ")
    assert ("Basic", b"al@ice:p:ass") == (scheme, base64.b64decode(credentials))


def test_tls_is_spoken_with_the_server_and_not_with_the_proxy(client: Client, tls_server: ScriptedServer) -> None:  # noqa: F811
    with proxy(tls_server.port) as (address, asked):
        got = client.send("https://localhost/admin", b"secret", proxy=f"http://{address}", ca=str(CERTIFICATE))
        assert got.body == b"secret"
        assert ["CONNECT localhost:443 HTTP/1.1"] == asked.lines
        with pytest.raises(TransportFailure, match="certificate") as caught:
            client.send("https://localhost/admin", b"secret", proxy=f"http://{address}")
        assert flags(caught.value) == {"not_sent": True}


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "407 Proxy Authentication Required",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n<html>", "403 Forbidden"),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "does not speak HTTP"),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "more than its response to CONNECT"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000, "before it opened a tunnel"),
    ],
)
def test_a_proxy_that_opens_no_tunnel(client: Client, answer: bytes, cause: str) -> None:
    with ScriptedServer(echo) as server, proxy(server.port, answer) as (address, _):
        with pytest.raises(TransportFailure, match=cause) as caught:
            client.send("https://api.test/", b"secret", proxy=f"http://user:password@{address}")
        assert flags(caught.value) == {"not_sent": True}
        assert "password" not in caught.value.cause
        assert [] == server.received


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://proxy.test", "proxy.test", 8080),
        ("HTTP://proxy.test:3128/", "proxy.test", 3128),
        ("http://u:p@[::1]:81", "::1", 81),
    ],
)
def test_addresses_of_proxies(url: str, host: str, port: int) -> None:
    made = Proxy(url)
    assert (host, port) == (made.host, made.port)
    assert "u:p" not in repr(made)


@pytest.mark.parametrize(
    "url",
    ["proxy.test:3128", "https://proxy.test", "socks5://proxy.test", "http://", "http://:80", "http://a:b", "http://a:0",
     "http://a:99999", "http://a/path", "http://a b"],
)  # fmt: skip
def test_what_is_not_a_proxys_address(url: str) -> None:
    with pytest.raises(ValueError, match=r"^its? "):
        Proxy(url)


def test_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    assert "" == from_environment("https", "api.test")
    monkeypatch.setenv("HTTP_PROXY", "http://evil.test")  # under CGI a client can set it
    assert "" == from_environment("http", "api.test")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    assert "http://proxy.test" == from_environment("https", "api.test:443")
    assert "" == from_environment("http", "api.test")
    monkeypatch.setenv("all_proxy", "http://all.test")
    assert "http://all.test" == from_environment("http", "api.test")
    monkeypatch.setenv("NO_PROXY", "other.test, .weixin.qq.com,*.example.com example.org:443 [::1] 10.0.0.1")
    for host in (
        "api.weixin.qq.com",
        "weixin.qq.com:443",
        "a.example.com",
        "EXAMPLE.org",
        "[::1]:80",
        "::1",
        "10.0.0.1:8",
    ):
        assert "" == from_environment("https", host), host
    for host in ("api.qq.com", "notweixin.qq.com", "example.org.evil.test", "10.0.0.10", "[::2]:80"):
        assert "http://proxy.test" == from_environment("https", host), host
    monkeypatch.setenv("NO_PROXY", "*")
    assert "" == from_environment("https", "api.test")


def test_a_whole_call_through_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "local.yaml").write_text("users: [{openid: o-1}]\n")
    with GatewayServer(load(tmp_path / "local.yaml")) as wechat, proxy(wechat.port) as (address, asked):
        token = wechat.backend.tokens.access_token(wechat.backend.users.appid)[0]
        common = {"transport": "https", "access_token": token, "serviceUrl": wechat.url, "config": None}
        straight = cloudpy.sync.createNewInstance(**common)  # type: ignore[arg-type]
        monkeypatch.setenv("http_proxy", f"http://{address}")
        assert 0 == straight.openapi.wxacode.get(path="a")["errCode"]
        assert [] == asked.lines  # the variable alone changes nothing
        for given in (f"http://{address}", "environment"):
            one = cloudpy.sync.createNewInstance(**common, proxy=given)  # type: ignore[arg-type]
            assert 0 == one.openapi.wxacode.get(path="a")["errCode"]
        assert {f"CONNECT 127.0.0.1:{wechat.port} HTTP/1.1"} == set(asked.lines)
        dead = cloudpy.sync.createNewInstance(**common, proxy="http://u:long-password@127.0.0.1:1")  # type: ignore[arg-type]
        with pytest.raises(cloudpy.TransportError, match=r"ECONNREFUSED 127\.0\.0\.1:1") as caught:
            dead.openapi.wxacode.get(path="a")
        assert "long-password" not in f"{caught.value!r}{caught.value}{dead!r}"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"proxy": "http://proxy.test"}, "proxy needs transport='https'"),
        ({"ca": "x.pem"}, "ca needs transport='https'"),
        ({"transport": "https", "proxy": 5}, "proxy must be 'http://host:port' or 'environment', got 5"),
        ({"transport": "https", "proxy": "socks5://u:secretword@h"}, "SOCKS proxies are not supported"),
        ({"transport": "https", "ca": "nowhere.pem"}, "ca='nowhere.pem' has no certificates to load"),
        ({"transport": "https", "ca": str(Path(__file__))}, "has no certificates to load"),
        ({"transport": "https", "ca": ""}, "ca must be the path of a PEM file"),
    ],
)
def test_options_that_cannot_be(options: dict[str, object], words: str) -> None:
    with pytest.raises(cloudpy.ConfigError) as caught:
        cloudpy.createNewInstance(config=None, **options)  # type: ignore[arg-type]
    assert words in caught.value.errMsg
    assert "secretword" not in caught.value.errMsg
