"""TLS: whom the transports trust, and what they say when they do not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloudpy._transports import Failure

from ..scripted_server import Peer, ScriptedServer, echo, http
from .faces import BlockingFace, Face, flags

CERTIFICATE = Path(__file__).parent / "self_signed.pem"  # for localhost, with its key; it guards nothing


@pytest.fixture
def tls_server() -> Iterator[ScriptedServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def script(peer: Peer) -> None:
        try:
            peer.sock = context.wrap_socket(peer.sock, server_side=True)
        except OSError:
            return
        echo(peer)

    with ScriptedServer(script) as server:
        yield server


def test_a_certificate_nobody_vouches_for(face: Face, tls_server: ScriptedServer) -> None:
    with pytest.raises(Failure) as caught:
        face.send(f"https://localhost:{tls_server.port}/admin", b"secret")
    assert "self" in caught.value.cause and "signed certificate" in caught.value.cause
    assert {"unsent": True} == flags(caught.value)
    assert [] == tls_server.received


def test_tls_where_the_server_speaks_plain_http(face: Face) -> None:
    with ScriptedServer(lambda peer: [peer.write(http(b"")), peer.closed_by_client()]) as server:
        with pytest.raises(Failure) as caught:
            face.send(f"https://localhost:{server.port}/admin")
        assert f"connect to localhost:{server.port} failed" in caught.value.cause
        assert {"unsent": True} == flags(caught.value)


def test_tls_with_a_certificate_that_is_trusted(tls_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    # the blocking face alone: aiohttp reads the system's certificates when it is imported
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    face = BlockingFace()
    for i in range(3):
        assert face.send(f"https://localhost:{tls_server.port}/admin", b"%d" % i).body == b"%d" % i
    assert 1 == tls_server.connections
    face.close()
