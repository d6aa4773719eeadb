"""The constant server: answers every request with the same getOpenData reply, and does as little as it can."""

from __future__ import annotations

import asyncio

from cloudpy._wire import messages

REPLY = (
    b'{"errcode":0,"errmsg":"ok","data_list":[{"cloud_id":"xxx","json":{"cloudID":"xxx","data":'
    b'{"stepInfoList":[{"timestamp":1603641600,"step":1234}]}}}]}'
)
BODY = messages.encode("CommOpenApiResp", {"resp_data": REPLY, "content_type": "application/json; charset=UTF-8"})
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


class Constant(asyncio.Protocol):
    """Finds where a request ends (Node sends chunks, Python a length) and answers it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._end()) is not None:
            self._pending = self._pending[end:]
            self._transport.write(ANSWER)

    def _end(self) -> int | None:
        head = self._pending.find(b"\r\n\r\n")
        if head < 0:
            return None
        headers = self._pending[:head].lower()
        at = headers.find(b"content-length:")
        if at >= 0:
            end = head + 4 + int(headers[at + 15 :].split(b"\r\n", 1)[0])
            return end if len(self._pending) >= end else None
        found = self._pending.find(b"\r\n0\r\n\r\n", head)
        return found + 7 if found >= 0 else None


async def main() -> None:
    """Prints the port and serves until it is ended."""
    server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
