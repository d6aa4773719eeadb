"""The constant server: answer every request with the same getOpenData response, with as little work as possible.

``python -m benchmarks.server [SIZE]`` prints its port; the data of its response has about SIZE bytes.
"""

from __future__ import annotations

import asyncio
import json
import sys

from cloudpy._wire import messages

_STEPS = {"timestamp": 1603641600, "step": 1234}


def response(size: int = 0) -> bytes:
    """Return the response with `size` bytes of data, or as many as a real call has."""
    count = max(1, size // len(json.dumps(_STEPS)))
    data = {"cloudID": "xxx", "data": {"stepInfoList": [_STEPS] * count}}
    reply = {"errcode": 0, "errmsg": "ok", "data_list": [{"cloud_id": "xxx", "json": data}]}
    text = json.dumps(reply, separators=(",", ":")).encode()
    message = {"resp_data": text, "content_type": "application/json; charset=UTF-8"}
    body = messages.encode("CommOpenApiResp", message)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Constant(asyncio.Protocol):
    """Find the end of each request (Node sends chunks, Python a length) and respond."""

    def __init__(self, response: bytes) -> None:
        self._response = response

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while (end := self._end()) is not None:
            self._pending = self._pending[end:]
            self._transport.write(self._response)

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


async def main(size: int) -> None:
    constant = response(size)
    server = await asyncio.get_running_loop().create_server(lambda: Constant(constant), "127.0.0.1", 0, backlog=6000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 0))
