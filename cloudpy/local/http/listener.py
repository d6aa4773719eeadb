"""The listening end of the local servers, the gateway and ``dev``: connections whose requests coroutines answer."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from ...runtime.adapters import Response
from ...runtime.connection import Connection
from ...runtime.connections import Connections
from ...runtime.http1 import ReceivedRequest

_BACKLOG = 1024  # connections that the system accepts before we do
_ACCEPTED_AT_ONCE = 8  # more would be open before the first of them is counted
_log = logging.getLogger("cloudpy.local.http")


class LocalConnection(Connection):
    """A connection whose requests are answered by coroutines."""

    _task: asyncio.Task[None] | None = None
    _cancels = False

    @property
    def peer(self) -> str:
        """The address of the client."""
        name = self._transport.get_extra_info("peername") if self._transport else None
        return str(name[0]) if isinstance(name, tuple) else ""

    def start(self, request: ReceivedRequest, answer: Coroutine[Any, Any, None], *, cancel: bool = False) -> None:
        """Run a coroutine that answers a request; if it fails, the response is 500.

        Args:
            request: to answer.
            answer: calls `respond`.
            cancel: cancel it if the client leaves.
        """

        async def run() -> None:
            try:
                await answer
            except Exception:
                _log.exception("a request failed")
                self.respond(request, Response(500), close=True)

        self._cancels = cancel
        self._task = asyncio.get_running_loop().create_task(run())

    def truncate(self, response: Response) -> None:
        """Send a response and close the connection before its end."""
        if self._transport is not None:
            headers = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
            length = len(response.body) + 100
            self._transport.write(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n".encode())
            self._transport.write(response.body)
        self.hang_up()

    async def send_pieces(self, response: Response, pieces: Iterable[bytes]) -> None:
        """Send a response whose body travels in pieces, and close the connection.

        Args:
            response: status and headers.
            pieces: of the body.
        """
        if self._transport is not None:
            headers = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
            head = f"HTTP/1.1 {response.status} OK\r\n{headers}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            self._transport.write(head.encode())
        for piece in [*filter(None, pieces), b""]:
            if self._transport is not None:
                self._transport.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await asyncio.sleep(0)  # so that each travels alone
        self.hang_up()

    def hang_up(self, *, reset: bool = False) -> None:
        """Close the connection without a response.

        Args:
            reset: with a TCP reset instead of an orderly end.
        """
        transport = self._transport
        self._closing = True
        if transport is not None and reset:
            linger = struct.pack("ii", 1, 0)
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        elif transport is not None:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._task is not None and self._cancels:
            self._task.cancel()


class Listener(Connections):
    """Accepts connections on a socket.

    Args:
        handler: answers requests; see `runtime.connection`.
        limit: connections at once.
        max_body: bytes of a request's body.
        log: called with a sentence about too many connections.
        factory: class of the connections.
    """

    def __init__(
        self,
        handler: Any,
        *,
        limit: int,
        max_body: int,
        log: Callable[[str], None],
        factory: type[LocalConnection] = LocalConnection,
    ) -> None:
        super().__init__(limit=limit, log=log)
        self._handler = handler
        self._max_body = max_body
        self._factory = factory
        self._server: asyncio.Server | None = None
        self._previous_handler: Any = None

    def __call__(self) -> LocalConnection:
        """Return a new connection."""
        return self._factory(self._handler, self, self._max_body)

    async def listen(self, sock: socket.socket) -> None:
        """Accept connections on `sock`, which is bound."""
        self._server = await self._loop.create_server(self, sock=sock, backlog=_ACCEPTED_AT_ONCE)
        sock.listen(_BACKLOG)
        self._previous_handler = self._loop.get_exception_handler()
        self._loop.set_exception_handler(self._loop_error)

    async def shut_down(self, timeout: float) -> None:
        """Accept no more connections and close those there are, the working ones after `timeout` seconds."""
        if self._server is not None:
            self._server.close()
        if self._loop.get_exception_handler() == self._loop_error:
            self._loop.set_exception_handler(self._previous_handler)
        await asyncio.sleep(0)  # one that was just accepted becomes a connection
        self.close_idle()
        if not await self.gone(timeout):
            self.abort()
            await self.gone(0.1)
        self.close()

    def _loop_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "socket.accept()" in context.get("message", ""):  # asyncio logs a traceback for each attempt
            self.log_full("the process can open no more files (ulimit -n): new connections wait")
        elif self._previous_handler is not None:
            self._previous_handler(loop, context)
        else:
            loop.default_exception_handler(context)
