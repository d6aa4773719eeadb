"""A gateway that does to each request what the request itself asks for, and counts what it has read.

Run as a module it prints its port, and answers ``/report`` with its counts.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections import Counter

from cloudpy._wire import messages

LATE = 0.4  # seconds
FAULTS = ("none", "reset", "close", "late", "twice", "cut", "leave", "hints", "drip")
_TAG = re.compile(rb'"(\w+):(\d+)"')
_NAME = re.compile(rb'name="apiName"\r\n\r\n([\w.]+)')


def answer(tag: str) -> bytes:
    """The gateway's answer to the request with this tag."""
    body = messages.encode(
        "CommOpenApiResp",
        {"resp_data": json.dumps({"tag": tag}).encode(), "content_type": "application/json", "http_code": 200},
    )
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


class Gateway:
    """The connections' handler, and how often each call of each API was read."""

    def __init__(self) -> None:
        self.read: Counter[tuple[str, str]] = Counter()
        self.connections = 0
        self.faults: Counter[str] = Counter()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client is gone
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        if b" /report" in head.partition(b"\r\n")[0]:
            writer.write(self._report())
            return False
        asked, name = _TAG.search(body), _NAME.search(body)
        assert asked and name
        fault, tag = asked[1].decode(), asked[0].decode().strip('"')
        self.read[name[1].decode(), tag] += 1
        self.faults[fault] += 1
        return await getattr(self, f"_{fault}")(writer, answer(tag))  # type: ignore[no-any-return]

    def _report(self) -> bytes:
        twice = {f"{api} {tag}": count for (api, tag), count in self.read.items() if count > 1}
        body = json.dumps(
            {"read": self.read.total(), "twice": twice, "connections": self.connections, "faults": self.faults}
        ).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    async def _none(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        writer.write(data)
        return True

    async def _reset(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        sock: socket.socket = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    async def _close(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        return False

    async def _late(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        await asyncio.sleep(LATE)  # longer than the caller waits
        writer.write(data)
        return True

    async def _twice(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        writer.write(data + data)
        return True

    async def _cut(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        writer.write(data[: len(data) // 2])
        return False

    async def _leave(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        writer.write(data)  # and hang up without having said so
        return False

    async def _hints(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + data)
        return True

    async def _drip(self, writer: asyncio.StreamWriter, data: bytes) -> bool:
        for i in range(0, len(data), 16):
            writer.write(data[i : i + 16])
            await asyncio.sleep(0)
        return True


async def serve() -> None:
    server = await asyncio.start_server(Gateway(), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
