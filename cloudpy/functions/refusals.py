"""The connections of a server: how silent ones end, and what is said of requests that are not HTTP.

Never what was in them: aiohttp quotes the line that it could not read, tokens included, in its answer and in its log.
"""

from __future__ import annotations

import logging

from aiohttp import web

_ANSWER = "Bad Request: this is not HTTP/1.1\n"


class Handler(web.RequestHandler):  # type: ignore[misc, unused-ignore]  # aiohttp means it to be final
    """One connection, whose refusals quote nothing."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer to what could not be read, or handled."""
        return super().handle_error(request, status, exc, message if status == 500 else _ANSWER)

    def end_if_silent(self) -> None:
        """Ends the connection if it waits for a request: aiohttp's own ``close()`` leaves it open until the silence is
        as long as a kept connection may be silent."""
        if self._waiter is not None and not self._waiter.done():
            self.force_close()


class Server(web.Server):
    """Makes such connections."""

    __slots__ = ()

    def __call__(self) -> web.RequestHandler:
        handler = super().__call__()
        handler.__class__ = Handler  # there is no other way to say of which class they are to be
        return handler

    def end_silent(self) -> None:
        """Ends the connections that wait for a request."""
        for handler in self.connections:
            if isinstance(handler, Handler):
                handler.end_if_silent()


class KindAlone(logging.Filter):
    """Of the logger of a server: of errors in reading a request only their kind is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Takes the text of such an error away."""
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None and kind.__module__.startswith("aiohttp."):
            record.msg, record.args = "a request was refused: %s", (kind.__name__,)
            record.exc_info = record.exc_text = None
        return True
