"""Clients that open connections and do little: somebody else is always answered, and a line is logged about it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from cloudpy.local.http import connections as module
from cloudpy.local.http.connections import Connections

from .serving import PATIENCE, post, read_answer

FILES = 128  # that the process may have open
LIMITED = (
    f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}));"
    "from cloudpy.cli import main; main()"
)
# Takes every file that the process may open, and gives them back.
GREEDY = """
import os
taken = []

def main(event, context):
    if event.get("take"):
        try:
            while True:
                taken.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            return len(taken)
    while event.get("free") and taken:
        os.close(taken.pop())
    return "hello"
"""


class Limited:
    """``serve``, ``dev`` or ``gateway`` in a process that may open few files."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.lines: list[str] = []
        self.port = 0
        self._ready = threading.Event()
        place = {"serve": [str(folder / "hello")], "dev": [str(folder), "--json"], "gateway": ["--json"]}[kind]
        self.process = subprocess.Popen(
            [sys.executable, "-c", LIMITED, kind, *place, "--port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={name: value for name, value in os.environ.items() if not name.startswith(("WX_", "TCB_", "TENCENT"))},
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream,)) for stream in (self.process.stdout, self.process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Limited:
        assert self._ready.wait(PATIENCE), self.lines
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            for reader in self._readers:
                reader.join(PATIENCE)

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def status(self) -> int:
        """The status of a request like any other; of `dev` one that waits for no function."""
        path = {"serve": "/", "dev": "/hello", "gateway": "/cgi-bin/token"}[self.kind]
        with self.connect() as connection:
            connection.sendall(
                post(b"", {"Connection": "close"}, path, "GET")
                if self.kind == "dev"
                else post(b"{}", {"Connection": "close"}, path)
            )
            return read_answer(connection).status

    def _read(self, stream: Any) -> None:
        for line in stream:
            self.lines.append(line)
            try:
                url = json.loads(line).get("url")
            except ValueError:
                continue
            if url and not self.port:
                self.port = urlsplit(url).port or 0
                self._ready.set()
        stream.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "hello").mkdir()
    (folder / "hello" / "index.py").write_text(GREEDY, "utf-8")
    (folder / "hello" / "config.json").write_text('{"permissions": {"openapi": []}}', "utf-8")
    return folder


HEAD = b"POST /hello HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
SILENT = {
    "nothing": b"",
    "half of the headers": HEAD,
    "half of the body": HEAD + b"Content-Length: 100\r\n\r\n{",
    "an endless body": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "a request, and then nothing": HEAD + b"Content-Length: 2\r\n\r\n{}",
}


@pytest.mark.once
@pytest.mark.parametrize("kind", ["serve", "dev", "gateway"])
def test_somebody_else_is_answered_whatever_many_clients_leave_undone(kind: str, folder: Path) -> None:
    with Limited(kind, folder) as server:
        expected = server.status()
        for sent in SILENT.values():
            silent = []
            for _ in range(FILES + 20):
                silent.append(server.connect())
                silent[-1].sendall(sent)
            assert server.status() == expected
            for connection in silent:
                connection.close()
        about = [line for line in server.lines if "connections are open" in line]
        assert len(about) == 1
        assert "Traceback" not in "".join(server.lines)


@pytest.mark.once
def test_a_function_that_takes_every_file_is_logged_once(folder: Path) -> None:
    with Limited("serve", folder) as server, server.connect() as connection:
        connection.sendall(post(b'{"take": true}'))
        assert int(read_answer(connection).body) > 0
        waiting = [server.connect() for _ in range(3)]  # the system takes them, and the server cannot
        waiting[0].sendall(post(b"{}"))
        while not any("can open no more files" in line for line in server.lines):
            pass
        connection.sendall(post(b'{"free": true}'))
        assert read_answer(connection).body == b"hello"
        assert read_answer(waiting[0]).body == b"hello"
        for each in waiting:
            each.close()
        assert len([line for line in server.lines if '"log": "access"' not in line]) == 2  # and that it listens


@asynccontextmanager
async def listening(
    answer: Callable[[Connections, web.BaseRequest], Any], limit: int = 100
) -> AsyncIterator[tuple[Connections, Callable[[], Any], list[str]]]:
    """Connections that `answer`, what opens one, and what was logged."""
    said: list[str] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        await connections.body(request)
        response: web.StreamResponse = await answer(connections, request)
        return response

    connections = Connections(handler, limit=limit, max_body=1000, say=said.append)
    sock = socket.create_server(("127.0.0.1", 0))
    await connections.listen(sock)
    try:
        yield connections, lambda: asyncio.open_connection(*sock.getsockname()), said
    finally:
        await connections.close(timeout=0)


def run(main: Callable[[], Any]) -> None:
    asyncio.run(asyncio.wait_for(main(), PATIENCE))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HEAD_TIME", "BODY_TIME", "KEEP_ALIVE", "_SWEEP"):
        monkeypatch.setattr(module, name, 0.02)
    yield


async def hello(connections: Connections, request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(text="hello")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("sent", SILENT)
def test_one_that_is_silent_for_too_long_is_closed(sent: str) -> None:
    async def main() -> None:
        async with listening(hello) as (connections, connect, said):
            reader, writer = await connect()
            writer.write(SILENT[sent])
            await reader.read()  # until it is closed
            assert await connections.gone(PATIENCE)
            assert said == []
            writer.close()

    run(main)


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_nobody_reads_is_given_up() -> None:
    async def much(connections: Connections, request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * 50_000_000)

    async def main() -> None:
        async with listening(much) as (connections, connect, _):
            _, writer = await connect()
            writer.write(SILENT["a request, and then nothing"])
            writer.transport.pause_reading()
            assert await connections.gone(PATIENCE)
            writer.transport.abort()

    run(main)


def test_answers_that_nobody_reads_take_so_much_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SWEEP", 0.02)
    monkeypatch.setattr(module, "MAX_UNSENT", 120_000_000)

    async def much(connections: Connections, request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=b"x" * 50_000_000)

    async def main() -> None:
        async with listening(much) as (connections, connect, _):
            writers = []
            for _ in range(3):
                _, writer = await connect()
                writers.append(writer)
                writer.write(SILENT["a request, and then nothing"])
                writer.transport.pause_reading()
            while len(connections.connections) != 2:
                await asyncio.sleep(0)
            for writer in writers:
                writer.transport.abort()

    run(main)


def test_those_that_are_working_are_never_closed_for_others() -> None:
    async def main() -> None:
        release = asyncio.Event()
        begun = asyncio.Semaphore(0)

        async def wait(connections: Connections, request: web.BaseRequest) -> web.StreamResponse:
            begun.release()
            await release.wait()
            return web.Response(text="done")

        async with listening(wait, limit=2) as (_, connect, said):
            working = [await connect() for _ in range(2)]
            for _, writer in working:
                writer.write(SILENT["a request, and then nothing"])
                await begun.acquire()
            refused, other = await connect()
            assert (await refused.read()).startswith(b"HTTP/1.1 503 ")
            assert len(said) == 1
            release.set()
            for reader, writer in working:
                assert (await reader.readuntil(b"done")).startswith(b"HTTP/1.1 200 ")
                writer.close()
            other.close()

    run(main)


def test_the_one_that_has_waited_longest_is_closed_first() -> None:
    async def main() -> None:
        async with listening(hello, limit=3) as (_, connect, _):
            active, used, silent = [await connect() for _ in range(3)]
            for reader, writer in (used, active):
                writer.write(SILENT["a request, and then nothing"])
                await reader.readuntil(b"hello")
            newer = [await connect()]
            assert await silent[0].read() == b""
            newer.append(await connect())
            assert await used[0].read() == b""
            active[1].write(SILENT["a request, and then nothing"])
            await active[0].readuntil(b"hello")
            for _, writer in (active, used, silent, *newer):
                writer.close()

    run(main)
