"""The console on a socket of its own, beside ``cloudpy gateway``."""

from __future__ import annotations

import socket
from collections.abc import Callable

from ...local.http.listener import Listener, LocalConnection
from ...runtime.adapters import Response
from ...runtime.errors import RequestRejected
from ...runtime.http1 import ReceivedRequest
from ...runtime.origin_check import OriginCheck
from ...runtime.sockets import max_connections
from .server import MAX_BODY, PATH, ConsoleServer

_FILES = 0.1  # share of the process's file descriptors for connections


class StandaloneConsole:
    """Serves the pages of a local WeChat without functions.

    Args:
        pages: to serve.
        host: the address of the socket.
        report: called with a sentence about too many connections.
    """

    def __init__(self, pages: ConsoleServer, host: str, report: Callable[[str], None]) -> None:
        self._pages = pages
        self._origin_check = OriginCheck(host)
        self._report = report
        self._listener: Listener | None = None

    async def start(self, sock: socket.socket) -> None:
        """Accept connections on a socket that is bound."""
        self._listener = Listener(self, limit=max_connections(_FILES), max_body=MAX_BODY, log=self._report)
        await self._listener.listen(sock)

    async def stop(self) -> None:
        """Tell the open pages, and close all connections."""
        self._pages.close()
        if self._listener is not None:
            await self._listener.shut_down(timeout=1.0)

    # What a connection calls

    def head_received(self, request: ReceivedRequest) -> None:
        """Reject a request of another origin before its body is read."""
        try:
            self._origin_check.check(
                request.method, [(name, value) for name, values in request.headers.items() for value in values]
            )
        except RequestRejected as error:
            request.reject(error.status, error.code, error.message)

    def request_received(self, connection: LocalConnection, request: ReceivedRequest) -> None:
        """Answer a request."""
        if request.rejection is not None:
            error = request.rejection
            connection.respond(
                request, Response(error.status, [("Content-Type", "text/plain")], error.message.encode())
            )
        elif request.target.startswith(PATH):
            connection.start(request, self._pages.answer(connection, request))
        else:
            connection.respond(request, Response(302, [("Location", PATH), ("Cache-Control", "no-store")]))

    def bad_request(self, reason: str) -> None:
        """Ignore what is not HTTP."""

    def __repr__(self) -> str:
        return f"<StandaloneConsole of {self._pages!r}>"
