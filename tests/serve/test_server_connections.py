"""The connections of ``serve``: pipelining, half-closed ones, slow readers, and those that wait too long."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from cloudpy.runtime import Handler, connection, connections
from cloudpy.runtime.access_log import JsonLog
from cloudpy.runtime.adapters import RuntimeConfig, adapter_for
from cloudpy.runtime.executor import InvocationExecutor
from cloudpy.runtime.server import FunctionServer

from .serving import PATIENCE, post

pytestmark = pytest.mark.once
BODY = b'{"a": 1}'


@asynccontextmanager
async def serving(handler: Callable[[Any, Any], Any]) -> AsyncIterator[tuple[str, int]]:
    stop, ready = asyncio.Event(), asyncio.Event()
    sock = socket.create_server(("127.0.0.1", 0))
    address = sock.getsockname()
    adapter = adapter_for("http", RuntimeConfig({}, timeout=5, production=True))
    lines: list[bytes] = []
    executor = InvocationExecutor(Handler(handler))
    server = FunctionServer(adapter, executor, JsonLog(lines.append), concurrency=100, max_body=10_000)
    task = asyncio.create_task(server.serve(sock, stop, ready.set))
    await ready.wait()
    try:
        yield address
    finally:
        stop.set()
        await task


def run(main: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(main(), PATIENCE))


async def echo(event: Any, context: Any) -> Any:
    await asyncio.sleep(0)
    return event


def blocking_echo(event: Any, context: Any) -> Any:
    return event


async def response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    names = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    return int(head.split()[1]), await reader.readexactly(int(names.get(b"content-length", b"0")))


@pytest.mark.parametrize("handler", [echo, blocking_echo])
def test_pipelined_requests_are_answered_in_their_order(handler: Callable[[Any, Any], Any]) -> None:
    async def main() -> None:
        async with serving(handler) as address:
            reader, writer = await asyncio.open_connection(*address)
            for start in (0, 40):
                writer.write(b"".join(post(b"[%d]" % number) for number in range(start, start + 40)))
                for number in range(start, start + 40):
                    assert await response(reader) == (200, b"[%d]" % number)
            writer.close()

    run(main)


def test_garbage_behind_a_request_costs_it_nothing() -> None:
    async def main() -> None:
        async with serving(echo) as address:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(post(BODY) + b"\x00garbage\r\n\r\n")
            assert await response(reader) == (200, BODY)
            assert await reader.read() == b""
            writer.close()

    run(main)


def test_a_client_that_closes_its_side_is_answered() -> None:
    async def main() -> None:
        async with serving(echo) as address:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(post(BODY))
            writer.write_eof()
            assert await response(reader) == (200, BODY)
            assert await reader.read() == b""
            writer.close()

    run(main)


def test_a_client_gets_to_read_why_its_large_body_is_rejected() -> None:
    async def main() -> None:
        async with serving(echo) as address:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(post(b"x" * 5_000_000))
            assert (await response(reader))[0] == 413
            assert await reader.read() == b""
            writer.close()

    run(main)


def test_a_slow_reader_gets_everything() -> None:
    async def large(event: Any, context: Any) -> Any:
        return "x" * 3_000_000

    async def main() -> None:
        async with serving(large) as address:
            reader, writer = await asyncio.open_connection(*address, limit=1000)
            writer.write(post(BODY) * 3)
            for _ in range(3):
                assert await response(reader) == (200, b"x" * 3_000_000)
            writer.close()

    run(main)


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HEAD_TIMEOUT", "BODY_TIMEOUT", "KEEP_ALIVE", "LINGER"):
        monkeypatch.setattr(connection, name, 0.02)
    monkeypatch.setattr(connections, "SWEEP_INTERVAL", 0.02)
    yield


@pytest.mark.usefixtures("short_timeouts")
@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", b""), (b"POST", b""), (post(BODY)[:-1], b"408"), (post(BODY), b"200"), (post(BODY) + b"POST", b"200")],
    ids=["nothing", "half of a head", "half of a body", "a request", "a request and a half"],
)
def test_a_connection_that_waits_too_long_is_closed(sent: bytes, status: bytes) -> None:
    async def main() -> None:
        async with serving(echo) as address:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(sent)
            data = await reader.read()
            assert data[9:12] == status
            assert data.count(b"HTTP/1.1") == (1 if status else 0)
            writer.close()

    run(main)


@pytest.mark.usefixtures("short_timeouts")
def test_a_response_that_nobody_reads_is_given_up() -> None:
    sizes: list[int] = []

    async def large(event: Any, context: Any) -> Any:
        return "x" * 5_000_000

    async def main() -> None:
        async with serving(large) as address:
            sock = socket.create_connection(address)
            sock.sendall(post(BODY))
            loop = asyncio.get_running_loop()
            while True:  # until the server has reset the connection
                await asyncio.sleep(0.02)
                try:
                    sock.send(b"x")
                except OSError:
                    break
                sizes.append(1)
            sock.close()
            assert loop.is_running()

    run(main)
