"""Bodies of any size over asyncio: files are read and written in threads, and nothing is read ahead of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from . import Failure
from .flow import Sink, Source
from .http1 import ResponseReader, chunk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .aio import _Connection

T = TypeVar("T")


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function in a thread; a caller that is cancelled meanwhile goes on when it has ended.

    Else its file would be closed while the thread uses it, and the number of the file might be another one's by then.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise


class IdleTimeout:
    """Fails the exchange of a connection when no byte goes in either direction for too long."""

    def __init__(self, connection: _Connection, transport: asyncio.Transport, seconds: float) -> None:
        self._connection = connection
        self._transport = transport
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self.moved()
        self._timer = self._loop.call_later(seconds, self._check)

    def moved(self) -> None:
        """Note that a byte went."""
        self._last = self._loop.time()

    def _check(self) -> None:
        waiting = self._transport.get_write_buffer_size()
        if waiting < self._waiting:
            self.moved()
        self._waiting = waiting
        left = self._last + self._seconds - self._loop.time()
        if left <= 0:
            self._connection.fail(Failure("request timeout", timed_out=True))
        else:
            self._timer = self._loop.call_later(left, self._check)

    def cancel(self) -> None:
        """Watch no longer."""
        self._timer.cancel()


async def send_stream(connection: _Connection, transport: asyncio.Transport, head: bytes, body: Source) -> bool:
    """Send a body while it is read; return False when the response was there, or the end, before its end.

    Raises:
        Failure: the file cannot be read.
    """
    while not connection.settled:
        piece = await in_thread(body.read)
        if connection.settled:
            break
        data = piece if body.length is not None else chunk(piece)
        transport.write(head + data if head else data)
        head = b""
        while not connection.writable and not connection.settled:
            await connection.wait()
        if not connection.writable:
            break
        if connection.idle_timeout is not None:
            connection.idle_timeout.moved()
        body.passed(len(piece))
        if not piece or body.sent == body.length:
            return True
    return False


async def write_stream(
    connection: _Connection, transport: asyncio.Transport, reader: ResponseReader, sink: Sink
) -> None:
    """Write what has come of a body.

    Raises:
        Failure: the file cannot be written.
    """
    while body := reader.take():
        await in_thread(sink.write, body)
        sink.passed(reader.length)
        if connection.idle_timeout is not None:
            connection.idle_timeout.moved()
        if connection.reading_paused and not transport.is_closing():
            connection.reading_paused = False
            transport.resume_reading()
