"""One deadline for a whole exchange, whatever the server does with the time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cloudpy._transports import TransportFailure

from ..scripted_server import Peer, ScriptedServer, echo
from .clients import Client


def _drip(before: bytes, piece: bytes) -> Callable[[Peer], None]:
    """One byte at a time, for ever: no single read is slow, the answer never ends."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.write(before)
        while all(peer.write(piece[i : i + 1]) for i in range(len(piece))):
            pass

    return script


def _stops_within_the_head(peer: Peer) -> None:
    peer.read()
    for byte in b"HTTP/1.1 200 OK\r\nContent-Le":
        peer.write(bytes((byte,)))
    peer.closed_by_client()


SLOW = {
    "silence": lambda peer: [peer.read(), peer.closed_by_client()],
    "head": _stops_within_the_head,
    "body": _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n", b"x"),
    "until-the-end": _drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    "chunks": _drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "interim": _drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "continue": _drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("script", SLOW.values(), ids=SLOW)
def test_one_deadline_for_the_whole_answer(client: Client, script: Callable[[Peer], None]) -> None:
    with ScriptedServer(script) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, timeout=0.3)
        assert caught.value.timed_out
        assert not caught.value.stale_connection
        assert len(server.received) <= 1


def test_the_deadline_holds_while_sending(client: Client) -> None:
    """A server that reads nothing, and a request that fits into no buffer."""
    done = threading.Event()
    with ScriptedServer(lambda peer: [done.wait(20)]) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, b"x" * 30_000_000, timeout=0.3)
        done.set()
        assert caught.value.timed_out


def test_no_time_at_all(client: Client) -> None:
    with ScriptedServer(echo) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, b"x", timeout=1e-9)
        assert caught.value.timed_out
        assert client.send(server.url, b"x").body == b"x"
