"""The two transports behind one interface, so that one test covers both."""

from __future__ import annotations

import asyncio
from typing import Any

import uvloop

from cloudpy._transports import Request, Response, TransportFailure
from cloudpy._transports.aio import AIOTransport
from cloudpy._transports.blocking import HTTPTransport


def request(url: str, body: bytes = b"", *, idempotent: bool = True, **more: Any) -> Request:
    """Return a request; by default one that uses any kept connection, however slow the machine is."""
    host = url.split("/", 3)[2]
    return Request("POST", url, [("Host", host), ("Content-Type", "text/plain")], body, idempotent=idempotent, **more)


class BlockingClient:
    name = "blocking"

    def __init__(self, **options: Any) -> None:
        self.transport = HTTPTransport(**options)

    def send(self, url: str, body: bytes = b"", timeout: float = 20.0, **more: Any) -> Response:
        return self.transport.send(request(url, body, **more), timeout)

    def close(self) -> None:
        self.transport.close()


class AsyncClient:
    name = "async"

    def __init__(self, **options: Any) -> None:
        self.transport = AIOTransport(**options)
        self.loop = self.new_loop()

    @staticmethod
    def new_loop() -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    def send(self, url: str, body: bytes = b"", timeout: float = 20.0, **more: Any) -> Response:
        return self.loop.run_until_complete(self.transport.send(request(url, body, **more), timeout))

    def close(self) -> None:
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


class UvloopClient(AsyncClient):
    """The async transport on uvloop: nothing may depend on asyncio's own loop."""

    name = "uvloop"

    @staticmethod
    def new_loop() -> asyncio.AbstractEventLoop:
        return uvloop.new_event_loop()


Client = BlockingClient | AsyncClient
CLIENTS = (BlockingClient, AsyncClient, UvloopClient)


def flags(failure: TransportFailure) -> dict[str, bool]:
    """Return the flags of a failure that are set."""
    flags = {"not_sent": failure.not_sent, "stale_connection": failure.stale_connection, "timed_out": failure.timed_out}
    return {name: value for name, value in flags.items() if value}
