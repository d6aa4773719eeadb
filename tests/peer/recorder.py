"""A server on loopback that records each request whole and gives the answer that the test has set."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.peer.recorded import Recorded

OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class Answer:
    """What the server does with a request once it has read it."""

    body: bytes = b""
    content_type: str | None = OCTETS
    status: int = 200
    reason: str = "OK"
    headers: tuple[tuple[str, str], ...] = ()
    # close: end the connection before any byte; reset: the same, rudely; truncate: end it in the middle of the body;
    # hang: say nothing until `release`.
    ending: Literal["answer", "close", "reset", "truncate", "hang", "drop connection after"] = "answer"

    def bytes(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {self.reason}"]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        lines += [f"{name}: {value}" for name, value in self.headers]
        length = len(self.body) + (100 if self.ending == "truncate" else 0)
        lines.append(f"Content-Length: {length}")
        return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + self.body


class Recorder:
    """Runs in a thread of its own from `start` to `stop`."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.choose: Callable[[Recorded], Answer] | None = None  # instead of `answer`, by the request
        self.requests: list[Recorded] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._started = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/admin"

    def start(self) -> Recorder:
        self._thread.start()
        self._started.wait()
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def take(self) -> list[Recorded]:
        """The requests since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def release(self) -> None:
        """Let go of the requests that hang; their connections end."""

        def open_and_shut() -> None:
            self._released.set()
            self._released = asyncio.Event()

        self._loop.call_soon_threadsafe(open_and_shut)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0, limit=1 << 24))
        self.port = server.sockets[0].getsockname()[1]
        self._loop.call_soon(self._started.set)
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections += 1
        number = self._connections
        try:
            while await self._serve(reader, writer, number):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client went away, or the test run ends
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int) -> bool:
        """One request and its answer; False when the connection is not to be used again."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head[:-4].split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        method, target, _ = first.split(" ", 2)
        body = await _body(reader, {name.lower(): value for name, value in headers})
        host = dict(headers).get("Host", "")
        self.requests.append(Recorded(method, target, headers, body, number, f"//{host}"))
        answer = self.choose(self.requests[-1]) if self.choose else self.answer
        if answer.ending == "close":
            return False
        if answer.ending == "hang":
            await self._released.wait()
            return False
        if answer.ending == "reset":
            rude = writer.get_extra_info("socket")
            rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        writer.write(answer.bytes())
        await writer.drain()
        return answer.ending == "answer"


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    chunks = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(chunks)
