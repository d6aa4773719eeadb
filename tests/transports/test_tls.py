"""TLS: whom the transports trust, and what they say when they do not."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy._transports import TransportFailure

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import Client, flags
from .proxy_server import proxy

CERTIFICATE = Path(__file__).parent / "self_signed.pem"  # for localhost, with its key; it guards nothing


@pytest.fixture
def names() -> list[str | None]:
    """The names that clients asked the TLS server for."""
    return []


@pytest.fixture
def tls_server(names: list[str | None]) -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _, name, __: names.append(name)
    context.load_cert_chain(CERTIFICATE)

    def script(peer: Peer) -> None:
        try:
            peer.sock = context.wrap_socket(peer.sock, server_side=True)
        except OSError:
            return
        echo(peer)

    with ScriptedServer(script) as server:
        yield server


def test_a_certificate_nobody_vouches_for(client: Client, tls_server: ScriptedServer) -> None:
    with pytest.raises(TransportFailure) as caught:
        client.send(f"https://localhost:{tls_server.port}/admin", b"secret")
    assert "self" in caught.value.cause and "signed certificate" in caught.value.cause
    assert {"not_sent": True} == flags(caught.value)
    assert [] == tls_server.received


def test_tls_where_the_server_speaks_plain_http(client: Client) -> None:
    with ScriptedServer(lambda peer: [peer.write(http(b"")), peer.closed_by_client()]) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(f"https://localhost:{server.port}/admin")
        assert f"connect to localhost:{server.port} failed" in caught.value.cause
        assert {"not_sent": True} == flags(caught.value)


def test_tls_with_a_certificate_that_is_trusted(
    client: Client, tls_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    for i in range(3):
        assert client.send(f"https://localhost:{tls_server.port}/admin", b"%d" % i).body == b"%d" % i
    assert 1 == tls_server.connections


def test_certificates_of_ones_own(client: Client, tls_server: ScriptedServer) -> None:
    url = f"https://localhost:{tls_server.port}/admin"
    for i in range(3):
        assert client.send(url, b"%d" % i, ca=str(CERTIFICATE)).body == b"%d" % i
    assert 1 == tls_server.connections
    with pytest.raises(TransportFailure, match="certificate"):  # what one trusts, another does not use
        client.send(url, b"x")
    with pytest.raises(TransportFailure, match=r"ca='nowhere\.pem' cannot be loaded"):
        client.send(url, b"x", ca="nowhere.pem")


def test_the_name_is_asked_for_and_checked(client: Client, tls_server: ScriptedServer, names: list[str | None]) -> None:
    with proxy(tls_server.port) as (address, _):  # whose every tunnel leads to localhost
        for host, name in (("localhost", "localhost"), ("other.test", "other.test")):
            try:
                client.send(f"https://{host}/admin", b"secret", ca=str(CERTIFICATE), proxy=f"http://{address}")
            except TransportFailure as failure:
                assert ("other.test", {"not_sent": True}) == (host, flags(failure))
                assert "Hostname mismatch" in failure.cause
            else:
                assert host == "localhost"
            assert name == names.pop()
    assert 1 == len(tls_server.received)


def test_large_bodies_over_tls(client: Client, tls_server: ScriptedServer) -> None:
    body = bytes(range(256)) * 20_000
    assert client.send(f"https://localhost:{tls_server.port}/admin", body, ca=str(CERTIFICATE)).body == body


def test_a_server_that_never_ends_the_handshake(client: Client) -> None:
    done = threading.Event()
    with ScriptedServer(lambda _: [done.wait(20)]) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(f"https://localhost:{server.port}/admin", timeout=0.3)
        done.set()
    assert "connect timeout" == caught.value.cause
    assert {"not_sent": True, "timed_out": True} == flags(caught.value)
