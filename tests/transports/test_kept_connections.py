"""Connections kept for the next call: used again, noticed when dead, replaced once and only when that is safe."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cloudpy._transports import TransportFailure, pool
from cloudpy._transports.blocking import HTTPTransport
from cloudpy._transports.http1 import ResponseReader

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import Client, request


def test_one_connection_serves_many_calls(client: Client) -> None:
    with ScriptedServer(echo) as server:
        assert [b"%d" % i for i in range(50)] == [client.send(server.url, b"%d" % i).body for i in range(50)]
        assert [0] * 50 == server.numbers()


def test_the_address_decides_which_connection(client: Client) -> None:
    with ScriptedServer(echo) as one, ScriptedServer(echo) as two:
        for _ in range(3):
            assert client.send(one.url, b"one").body == b"one"
            assert client.send(two.url, b"two").body == b"two"
        assert (1, 1) == (one.connections, two.connections)


def test_a_connection_that_the_server_closed_in_between_is_not_used(client: Client) -> None:
    closed = threading.Event()

    def script(peer: Peer) -> None:
        request = peer.read()
        assert request is not None
        peer.write(http(request.body))
        if peer.number == 0:
            peer.sock.shutdown(1)
            closed.set()
            peer.closed_by_client()
        else:
            echo(peer)

    with ScriptedServer(script) as server:
        assert client.send(server.url, b"1").body == b"1"
        assert closed.wait(20)
        # The end is on its way over loopback already: the client either sees it, or is told that the line was stale.
        try:
            answer = client.send(server.url, b"2")
        except TransportFailure as failure:
            assert failure.stale_connection
            answer = client.send(server.url, b"2")
        assert answer.body == b"2"
        assert server.numbers() == [0, 1]


def _dies_at_the_second_request(before: bytes, reset: bool) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        first = peer.read()
        assert first is not None
        peer.write(http(first.body))
        if peer.read() is None:
            return
        peer.write(before)
        if reset:
            peer.reset()

    return script


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_dies_without_a_byte_is_stale(client: Client, reset: bool) -> None:
    with ScriptedServer(_dies_at_the_second_request(b"", reset)) as server:
        client.send(server.url, b"1")
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, b"2")
        assert caught.value.stale_connection
        assert not caught.value.not_sent
        assert caught.value.cause in ("socket hang up", "read ECONNRESET")


@pytest.mark.parametrize("begun", [b"H", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"])
@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_dies_within_the_answer_is_not_stale(
    client: Client, begun: bytes, reset: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = threading.Event()

    def script(peer: Peer) -> None:
        first = peer.read()
        assert first is not None
        peer.write(http(first.body))
        if peer.read() is None:
            return
        peer.write(begun)
        if reset:
            assert heard.wait(20)  # a reset may overtake the bytes before it
            peer.reset()

    with ScriptedServer(script) as server:
        client.send(server.url, b"1")
        _tell_when_heard(monkeypatch, heard)
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, b"2")
        assert not caught.value.stale_connection
        assert len(server.received) == 2


def _tell_when_heard(monkeypatch: pytest.MonkeyPatch, heard: threading.Event) -> None:
    """Sets the event once the client has taken bytes of the next answer from its socket."""
    feed = ResponseReader.feed

    def told(reader: ResponseReader, data: bytes) -> bool:
        complete = feed(reader, data)
        heard.set()
        return complete

    monkeypatch.setattr(ResponseReader, "feed", told)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_fresh_connection_that_dies_is_not_stale(client: Client, reset: bool) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        if reset:
            peer.reset()

    with ScriptedServer(script) as server:
        with pytest.raises(TransportFailure) as caught:
            client.send(server.url, b"1")
        assert (False, False, False) == (caught.value.stale_connection, caught.value.not_sent, caught.value.timed_out)
        assert caught.value.cause == ("read ECONNRESET" if reset else "socket hang up")
        assert len(server.received) == 1


def test_a_stale_connection_takes_its_like_along() -> None:
    """Those kept beside a dead one are as old: the next attempt is a new connection, or it would fail as well."""
    both_in = threading.Barrier(2)

    def script(peer: Peer) -> None:
        first = peer.read()
        assert first is not None
        if first.body == b"together":
            both_in.wait(20)
        peer.write(http(first.body))
        if peer.number < 2:
            peer.read()  # … and hang up
        else:
            echo(peer)

    transport = HTTPTransport()
    with ScriptedServer(script) as server:
        pair = [
            threading.Thread(target=transport.send, args=(request(server.url, b"together"), 20.0)) for _ in range(2)
        ]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        with pytest.raises(TransportFailure) as caught:
            transport.send(request(server.url, b"a"), 20.0)
        assert caught.value.stale_connection
        assert transport.send(request(server.url, b"b"), 20.0).body == b"b"
        assert server.connections == 3
        transport.close()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_idle_connection_ages_out() -> None:
    clock = Clock()
    transport = HTTPTransport(clock=clock)
    with ScriptedServer(echo) as server:
        for pause, connections in [(0.0, 1), (4.7, 1), (4.9, 2), (4.7, 2), (100.0, 3)]:
            clock.now += pause
            assert transport.send(request(server.url, b"x", idempotent=True), 20.0).body == b"x"
            assert connections == server.connections
        transport.close()


def test_what_must_not_be_sent_twice_takes_a_connection_that_was_in_use_a_moment_ago() -> None:
    clock = Clock()
    transport = HTTPTransport(clock=clock)
    with ScriptedServer(echo) as server:
        for pause, idempotent, connections in [
            (0.0, False, 1),
            (0.9, False, 1),
            (1.1, False, 2),
            (1.1, True, 2),  # the newer of the two that are there
            (0.9, False, 2),
            (4.9, False, 3),
        ]:
            clock.now += pause
            assert transport.send(request(server.url, b"x", idempotent=idempotent), 20.0).body == b"x"
            assert connections == server.connections
        transport.close()


def test_a_connection_with_no_time_to_idle_is_not_used_again(make_client: Callable[..., Client]) -> None:
    client = make_client(idle_timeout=-1.0)
    with ScriptedServer(echo) as server:
        assert [b"1", b"2", b"3"] == [client.send(server.url, body).body for body in (b"1", b"2", b"3")]
        assert server.numbers() == [0, 1, 2]


def test_no_more_than_a_few_connections_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MAX_CONNECTIONS", 10)
    all_in = threading.Barrier(30)

    def script(peer: Peer) -> None:
        while received := peer.read():
            all_in.wait(20)
            peer.write(http(received.body))

    transport = HTTPTransport()
    with ScriptedServer(script) as server:
        threads = [threading.Thread(target=transport.send, args=(request(server.url, b"x"), 20.0)) for _ in range(30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.connections == 30
        assert 10 == len(transport._open) == len(transport._pool.connections())
        transport.close()
        assert not transport._open


@pytest.mark.parametrize(
    "header",
    ["Connection: close", "connection: CLOSE", "Connection: keep-alive, close"],
    ids=["close", "CLOSE", "list"],
)
def test_connection_close_is_heeded(client: Client, header: str) -> None:
    def script(peer: Peer) -> None:
        received = peer.read()
        assert received is not None
        peer.write(http(received.body, header))
        assert peer.closed_by_client()

    with ScriptedServer(script) as server:
        assert [b"1", b"2"] == [client.send(server.url, body).body for body in (b"1", b"2")]
        assert server.numbers() == [0, 1]


def test_http_1_0_is_one_answer_a_connection(client: Client) -> None:
    def script(peer: Peer) -> None:
        received = peer.read()
        assert received is not None
        peer.write(http(received.body, version="1.0"))
        assert peer.closed_by_client()

    with ScriptedServer(script) as server:
        assert [b"1", b"2"] == [client.send(server.url, body).body for body in (b"1", b"2")]


def test_http_1_0_with_keep_alive_is_kept(client: Client) -> None:
    def script(peer: Peer) -> None:
        while received := peer.read():
            peer.write(http(received.body, "Connection: keep-alive", version="1.0"))

    with ScriptedServer(script) as server:
        assert [b"1", b"2"] == [client.send(server.url, body).body for body in (b"1", b"2")]
        assert server.numbers() == [0, 0]
