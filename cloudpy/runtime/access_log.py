"""The log of a server: one JSON object per line on standard error, which the platform's log service indexes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio


DELAY = 0.02  # seconds that a line may wait for others: one write each would cost a tenth of a small invocation


_second = (0, "")  # the last one that was written out: many a request falls into it


def stamp(now: float | None = None) -> str:
    """`now`, by default the present, in seconds since 1970, as ``2026-11-22T15:22:24.309Z``."""
    global _second
    now = time.time() if now is None else now
    whole = int(now)
    second, text = _second
    if second != whole:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        _second = (whole, text)
    return f"{text}.{int((now - whole) * 1000):03d}Z"


class JsonLog:
    """Writes lines; in an event loop, those of a moment together.

    Args:
        write: called with the bytes of whole lines. Default: write to standard error.
    """

    def __init__(self, write: Callable[[bytes], None] | None = None) -> None:
        self._write = write or _to_stderr
        self._lines: list[str] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Collect lines and write them together, until None is passed."""
        self.flush()
        self._loop = loop

    def line(self, kind: str, **fields: str | int | float) -> None:
        """Write ``{"time", "log": kind, …}``."""
        # ASCII: a line break or an escape sequence in a path cannot become one of the log or of a terminal
        texts = [f'"{name}": {quote(value) if type(value) is str else repr(value)}' for name, value in fields.items()]
        self._add(f'{{"time": "{stamp()}", "log": "{kind}", {", ".join(texts)}}}')

    def access(
        self, request_id: str, method: str, path: str, status: int, seconds: float, asked: int, sent: int, error: str
    ) -> None:
        """Write the line of one request, as ``line("access", …)`` would; there are thousands a second.

        Args:
            request_id: id of the request.
            method: of the request.
            path: without the query.
            status: of the response.
            seconds: duration.
            asked: bytes of the request's body.
            sent: bytes of the response's body.
            error: a sentence or the name of an exception; empty for none.
        """
        problem = f', "error": {quote(error)}' if error else ""
        self._add(
            f'{{"time": "{stamp()}", "log": "access", "requestId": {quote(request_id)}, "method": {quote(method)},'
            f' "path": {quote(path)}, "status": {status}, "ms": {seconds * 1000:.2f}, "reqSize": {asked},'
            f' "resSize": {sent}{problem}}}'
        )

    def _add(self, line: str) -> None:
        self._lines.append(line)
        if self._loop is None:
            self.flush()
        elif len(self._lines) == 1:
            self._loop.call_later(DELAY, self.flush)

    def flush(self) -> None:
        """Write the lines that wait."""
        lines, self._lines = self._lines, []
        if lines:
            self._write(("\n".join(lines) + "\n").encode())

    def __repr__(self) -> str:
        return "<JsonLog>"


def _to_stderr(data: bytes) -> None:
    while data:
        try:
            data = data[os.write(2, data) :]
        except InterruptedError:
            continue
        except OSError:  # closed, or its reader is gone: serving goes on
            return
