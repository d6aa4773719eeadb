"""Bodies that are read while they are sent, and answers that are written while they come, by both transports."""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cloudpy._transports import Request, Response, TransportFailure
from cloudpy._transports.streams import CHUNK_SIZE, DownloadStream, UploadStream

from ..scripted_server import Peer, ScriptedServer, echo, held, http, once
from .clients import BlockingClient, Client, flags


def send(client: Client, request: Request, timeout: float = 20.0) -> Response:
    if isinstance(client, BlockingClient):
        return client.transport.send(request, timeout)
    return client.loop.run_until_complete(client.transport.send(request, timeout))


def put(server: ScriptedServer, body: Any, **more: Any) -> Request:
    return Request("PUT", server.url, [("Host", f"127.0.0.1:{server.port}")], body, idempotent=True, **more)


def get(server: ScriptedServer, sink: DownloadStream, **more: Any) -> Request:
    return Request(
        "GET", server.url, [("Host", f"127.0.0.1:{server.port}")], b"", download=sink, idempotent=True, **more
    )


@pytest.mark.parametrize("size", [0, 1, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE + 17])
def test_a_body_of_known_length(client: Client, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    told: list[tuple[int, int | None]] = []
    with ScriptedServer(echo) as server:
        for _ in range(2):
            source = UploadStream(io.BytesIO(content), size, lambda *numbers: told.append(numbers))  # type: ignore[arg-type]
            assert send(client, put(server, source)).body == content
        if isinstance(client, BlockingClient):  # aiohttp drops one whose answer comes before it has ended its writing
            assert server.connections == 1
        assert {received.headers["content-length"] for _, received in server.received} == {str(size)}
    assert [one for one in told if one[0] == size] == ([(size, size)] * 2 if size else [])
    assert sorted(one[0] for one in told) == sorted(
        [min(end, size) for end in range(CHUNK_SIZE, size + CHUNK_SIZE, CHUNK_SIZE)] * 2
    )


def test_a_body_of_unknown_length_goes_in_chunks(client: Client) -> None:
    raw: list[bytes] = []

    def script(peer: Peer) -> None:
        data = b""
        while not data.endswith(b"0\r\n\r\n"):
            data += peer.sock.recv(65536)
        raw.append(data)
        peer.write(http(b"ok"))

    with ScriptedServer(script) as server:
        source = UploadStream(io.BytesIO(b"x" * (CHUNK_SIZE + 5)), None)
        assert send(client, put(server, source)).body == b"ok"
    head, _, body = raw[0].partition(b"\r\n\r\n")
    assert b"transfer-encoding: chunked" in head.lower() and b"content-length" not in head.lower()
    found = b""
    while body != b"0\r\n\r\n":
        size, _, body = body.partition(b"\r\n")
        found, body = found + body[: int(size, 16)], body[int(size, 16) + 2 :]
    assert found == b"x" * (CHUNK_SIZE + 5)


@pytest.mark.parametrize("size", [0, 5, 3 * CHUNK_SIZE + 1])
def test_an_answer_into_a_sink(client: Client, size: int) -> None:
    with ScriptedServer(held(http(b"z" * size))) as server:
        for _ in range(2):
            file = io.BytesIO()
            response = send(client, get(server, DownloadStream(file)))
            assert (response.status, response.body, file.getvalue()) == (200, b"", b"z" * size)
        assert server.connections == 1


def test_an_answer_larger_than_what_is_held_in_memory(make_client: Callable[..., Client]) -> None:
    client = make_client(max_body=1000)
    with ScriptedServer(held(http(b"z" * 100_000))) as server:
        file = io.BytesIO()
        send(client, get(server, DownloadStream(file)))
        assert len(file.getvalue()) == 100_000
        with pytest.raises(TransportFailure, match="the limit is 1000"):
            send(client, put(server, b""))


def test_only_a_success_goes_into_the_sink(client: Client) -> None:
    with ScriptedServer(held(http(b"<Error/>", status="404 Not Found"))) as server:
        file = io.BytesIO()
        response = send(client, get(server, DownloadStream(file)))
    assert (response.status, response.body, file.getvalue()) == (404, b"<Error/>", b"")


@pytest.mark.parametrize("answer", [http(b"z" * 1000)[:-1], http(b"z" * 1000)[:-1000]])
def test_an_answer_that_breaks_off(client: Client, answer: bytes) -> None:
    with ScriptedServer(once(answer)) as server, pytest.raises(TransportFailure) as caught:
        send(client, get(server, DownloadStream(io.BytesIO())))
    assert caught.value.cause == "aborted"
    assert flags(caught.value) == {}


def test_a_refusal_before_the_body_is_through(client: Client) -> None:
    """The server answers after the head and reads no further; the rest of the body is not waited for."""
    refusal = http(b"<Error/>", "Connection: close", status="403 Forbidden")

    def script(peer: Peer) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += peer.sock.recv(1000)
        peer.write(refusal)
        with contextlib.suppress(ConnectionError):
            while peer.sock.recv(1 << 20):  # a reset would take the answer away with it
                pass

    class Endless:
        """A file that does not come to its end before the answer is there."""

        def __init__(self) -> None:
            self.read_so_far = 0

        def read(self, size: int) -> bytes:
            self.read_so_far += size
            return b"x" * size

    with ScriptedServer(script) as server:
        file = Endless()
        response = send(client, put(server, UploadStream(file, 1 << 40)), 60.0)
    assert (response.status, response.body) == (403, b"<Error/>")


def test_a_pause_is_not_waited_for_but_slowness_is(client: Client) -> None:
    go = threading.Event()

    def slow(peer: Peer) -> None:
        peer.read()
        peer.write(http(b"z" * 8)[:-8])
        for _ in range(8):
            go.wait(0.15)  # the server's own pace: together it takes longer than the pause that is allowed
            peer.write(b"z")

    with ScriptedServer(slow) as server:
        file = io.BytesIO()
        send(client, get(server, DownloadStream(file), idle_timeout=1.0))
        assert file.getvalue() == b"z" * 8

    def silent(peer: Peer) -> None:
        peer.read()
        peer.write(http(b"z" * 8)[:-4])
        peer.closed_by_client()

    with ScriptedServer(silent) as server, pytest.raises(TransportFailure) as caught:
        send(client, get(server, DownloadStream(io.BytesIO()), idle_timeout=0.2))
    assert flags(caught.value) == {"timed_out": True}


def test_a_server_that_stops_reading(client: Client) -> None:
    def script(peer: Peer) -> None:
        peer.sock.recv(10)
        done.wait(60)

    done = threading.Event()
    try:
        with ScriptedServer(script) as server:
            source = UploadStream(io.BytesIO(b"x" * 40_000_000), 40_000_000)
            with pytest.raises(TransportFailure) as caught:
                send(client, put(server, source, idle_timeout=0.3))
            done.set()
    finally:
        done.set()
    assert flags(caught.value) == {"timed_out": True}


class Broken:
    def read(self, size: int) -> bytes:
        raise OSError(5, "Input/output error")

    def write(self, data: Any) -> int:
        raise OSError(28, "No space left on device")


def test_what_the_files_themselves_raise_is_kept(client: Client) -> None:
    with ScriptedServer(held(http(b"zz"))) as server:
        source = UploadStream(Broken(), 10)
        with pytest.raises(TransportFailure):
            send(client, put(server, source, idle_timeout=5.0))
        assert source.failure and "Input/output error" in source.failure.cause
        short = UploadStream(io.BytesIO(b"123"), 10)
        with pytest.raises(TransportFailure):
            send(client, put(server, short, idle_timeout=5.0))
        assert short.failure and "ended after 3 bytes, and had 10" in short.failure.cause
        sink = DownloadStream(Broken())
        with pytest.raises(TransportFailure):
            send(client, get(server, sink, idle_timeout=5.0))
        assert sink.failure and "No space left" in sink.failure.cause
        stopped = UploadStream(io.BytesIO(b"x" * 10), 10, lambda *_: 1 / 0)
        with pytest.raises(TransportFailure):
            send(client, put(server, stopped, idle_timeout=5.0))
        assert isinstance(stopped.error, ZeroDivisionError)


def test_a_source_is_read_again_from_its_beginning_where_that_can_be(client: Client) -> None:
    file = io.BytesIO(b"skipped, then sent")
    file.seek(9)
    source = UploadStream(file, 9)
    with ScriptedServer(echo) as server:
        assert send(client, put(server, source)).body == b"then sent"
        assert source.rewind()
        assert send(client, put(server, source)).body == b"then sent"
    piped = UploadStream(io.BytesIO(b"x"), None)
    assert piped.rewind()  # nothing was read yet
    piped.read()
    assert not piped.rewind()
