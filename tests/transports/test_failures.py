"""No connection, no answer, no time: each failure says what Node says, and whether anything was sent."""

from __future__ import annotations

import gc
import os
import resource
import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from cloudpy import _transports
from cloudpy._transports import TransportFailure, address, blocking
from cloudpy._transports.failure import connect_failure, connection_failure

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import BlockingClient, Client, flags, request


def test_refused(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportFailure) as caught:
        client.send(f"http://127.0.0.1:{port}/admin")
    assert f"connect ECONNREFUSED 127.0.0.1:{port}" == caught.value.cause
    assert {"not_sent": True} == flags(caught.value)


def test_a_name_that_does_not_exist(client: Client) -> None:
    with pytest.raises(TransportFailure) as caught:
        client.send("http://no-such-host.invalid/admin")
    # a machine without a resolver cannot know that it does not
    assert caught.value.cause in (
        "getaddrinfo ENOTFOUND no-such-host.invalid",
        "getaddrinfo EAI_AGAIN no-such-host.invalid",
    )
    assert {"not_sent": True} == flags(caught.value)


def test_the_words_for_what_cannot_be_provoked_here() -> None:
    not_found = connect_failure(socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "host", 80)
    assert ("getaddrinfo ENOTFOUND host", {"not_sent": True}) == (not_found.cause, flags(not_found))
    for number, name in [(101, "ENETUNREACH"), (113, "EHOSTUNREACH")]:
        unreachable = connect_failure(OSError(number, "x"), "10.0.0.1", 80)
        assert (f"connect {name} 10.0.0.1:80", {"not_sent": True}) == (unreachable.cause, flags(unreachable))
    assert "write EPIPE" == connection_failure(BrokenPipeError(32, "x")).cause


def test_unreachable(client: Client) -> None:
    with pytest.raises(TransportFailure) as caught:
        client.send("http://255.255.255.255:80/admin")  # TCP to the broadcast address: the kernel itself says no
    assert caught.value.cause.startswith("connect E")
    assert caught.value.cause.endswith(" 255.255.255.255:80")
    assert {"not_sent": True} == flags(caught.value)


@pytest.fixture
def full_backlog() -> Iterator[int]:
    """The port of a socket that lets no further connection in and refuses none."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    while True:
        sock = socket.socket()
        waiting.append(sock)
        sock.settimeout(0.3)
        try:
            sock.connect(listener.getsockname())
        except TimeoutError:
            break
    yield listener.getsockname()[1]
    for sock in (listener, *waiting):
        sock.close()


def test_connecting_takes_too_long(client: Client, full_backlog: int) -> None:
    with pytest.raises(TransportFailure) as caught:
        client.send(f"http://127.0.0.1:{full_backlog}/admin", timeout=0.2)
    assert "connect timeout" == caught.value.cause
    assert {"not_sent": True, "timed_out": True} == flags(caught.value)


def test_several_silent_addresses_share_one_deadline(full_backlog: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with many addresses: all of them together get the time of the call."""
    asked = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", full_backlog))] * 10_000
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: asked)
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def select(_: object, timeout: float) -> list[object]:
        now[0] += timeout
        waits.append(timeout)
        return []

    waits: list[float] = []
    monkeypatch.setattr(selectors.PollSelector, "select", select)
    transport = blocking.HTTPTransport()
    with pytest.raises(TransportFailure) as caught:
        transport.send(request(f"http://many.test:{full_backlog}/admin"), 0.9)
    assert {"not_sent": True, "timed_out": True} == flags(caught.value)
    assert pytest.approx([0.25, 0.25, 0.25, 0.15]) == waits


def test_a_process_out_of_descriptors(client: Client) -> None:
    """The loop, the server and whatever else is open stay; only what the call would need is missing."""
    if client.name == "uvloop":
        pytest.skip("the loop itself takes descriptors each time it runs")
    with ScriptedServer(echo) as server:
        assert client.send(server.url, b"x").body == b"x"
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with ScriptedServer(echo) as other:
            gc.collect()  # what it would close later would leave a gap below the limit
            free = os.dup(0)
            os.close(free)
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))  # the next descriptor would be this one
            try:
                with pytest.raises(TransportFailure) as caught:
                    client.send(other.url, b"x")
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            assert f"connect EMFILE 127.0.0.1:{other.port}" == caught.value.cause
            assert {"not_sent": True} == flags(caught.value)
            assert client.send(other.url, b"y").body == b"y"


NO_ADDRESSES = [
    "http://127.0.0.1:99999/admin",
    "http://127.0.0.1:abc/admin",
    "http://127.0.0.1:-1/admin",
    "http://user:secret@127.0.0.1/admin",
    "http://:80/admin",
    "http://a..b/admin",
    f"http://{'a' * 64}.com/admin",
    "http://a\x00b/admin",
    "http://a b/admin",
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_a_failure_too(client: Client, url: str) -> None:
    with pytest.raises(TransportFailure) as caught:
        client.send(url)
    assert not caught.value.stale_connection
    assert "secret" not in caught.value.cause


@pytest.mark.parametrize("path", ["", "?x=1", "/", "/?x=1", "/a//b?x=/y?z"])
def test_any_path_travels_as_it_is(client: Client, path: str) -> None:
    with ScriptedServer(echo) as server:
        assert client.send(f"http://127.0.0.1:{server.port}{path}", b"x").body == b"x"
        target = path if path.startswith("/") else f"/{path}"
        assert f"POST {target} HTTP/1.1" == server.received[0][1].line


def test_a_name_and_an_ipv6_address_work_as_hosts(client: Client) -> None:
    with ScriptedServer(echo) as server:
        assert client.send(f"http://localhost:{server.port}/", b"x").body == b"x"
    assert ("::1", 8080) == address.split_authority("[::1]:8080", 80)
    assert ("::1", 80) == address.split_authority("[::1]", 80)
    assert ("host", 443) == address.split_authority("host", 443)
    assert ("host", 443) == address.split_authority("host:", 443)


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1"])
def test_a_line_break_in_a_header_is_refused(client: Client, value: str) -> None:
    with ScriptedServer(echo) as server:
        asked = request(server.url, b"x")
        asked.headers.append(("X-TCB-Source", value))
        with pytest.raises(TransportFailure) as caught:
            if isinstance(client, BlockingClient):
                client.transport.send(asked, 20.0)
            else:
                client.loop.run_until_complete(client.transport.send(asked, 20.0))
        assert {} == flags(caught.value)
        assert [] == server.received


def test_headers_beyond_latin_1_travel_as_utf_8(client: Client) -> None:
    seen: list[bytes] = []

    def script(peer: Peer) -> None:
        seen.append(peer.sock.recv(65536))
        peer.write(http(b""))

    with ScriptedServer(script) as server:
        asked = request(server.url)
        asked.headers.append(("X-TCB-Source", "微信"))
        if isinstance(client, BlockingClient):
            client.transport.send(asked, 20.0)
        else:
            client.loop.run_until_complete(client.transport.send(asked, 20.0))
    assert "X-TCB-Source: 微信\r\n".encode() in seen[0]


def test_a_large_request_arrives_whole(client: Client) -> None:
    body = bytes(range(256)) * 20_000
    with ScriptedServer(echo) as server:
        assert client.send(server.url, body).body == body


def test_a_transport_says_nothing_of_headers_and_bodies() -> None:
    asked = _transports.Request("POST", "http://h/admin?env=e", [("Authorization", "secret")], b"secret")
    assert "Request(POST http://h/admin)" == repr(asked)
    assert "Response(200, 6 bytes)" == repr(_transports.Response(200, "OK", {"set-cookie": "secret"}, b"secret"))
