"""What a server says beyond its answer is never taken for the answer to the next call."""

from __future__ import annotations

import threading

import pytest

from cloudpy._transports import TransportFailure
from cloudpy._transports.aio import AIOTransport

from ..scripted_server import Peer, ScriptedServer, echo, http
from .clients import Client


@pytest.mark.parametrize("extra", [http(b"not yours"), b"x", b"HTTP/1.1 200 OK\r\n"], ids=["answer", "byte", "head"])
def test_bytes_right_behind_an_answer_never_answer_the_next_call(client: Client, extra: bytes) -> None:
    def script(peer: Peer) -> None:
        while received := peer.read():
            if not peer.write(http(received.body) + extra):
                return

    with ScriptedServer(script) as server:
        for i in range(5):
            body = b"%d" % i
            try:
                assert client.send(server.url, body).body == body
            except TransportFailure as failure:
                # allowed: the bytes came in later and broke the next answer; never allowed: a wrong answer
                assert failure.cause.startswith(("Parse Error", "socket hang up"))


@pytest.mark.parametrize("extra", [http(b"not yours"), b"x", b"HTTP/1.1 200 OK\r\n"], ids=["answer", "byte", "head"])
def test_bytes_that_come_while_nobody_asked_never_answer_the_next_call(client: Client, extra: bytes) -> None:
    said = threading.Event()
    answered = threading.Event()

    def script(peer: Peer) -> None:
        if peer.number == 0:
            received = peer.read()
            assert received is not None
            peer.write(http(received.body))
            assert answered.wait(20)
            peer.write(extra)
            said.set()
        echo(peer)

    with ScriptedServer(script) as server:
        assert client.send(server.url, b"1").body == b"1"
        answered.set()
        assert said.wait(20)
        if isinstance(client.transport, AIOTransport):
            _let_the_loop_read(client)
        assert client.send(server.url, b"2").body == b"2"
        assert server.numbers() == [0, 1]


def _let_the_loop_read(client: Client) -> None:
    import asyncio

    async def turns() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    client.loop.run_until_complete(turns())  # type: ignore[union-attr]
