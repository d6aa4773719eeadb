"""Streams of the async transport: files are read and written in threads, so that the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

from . import Failure
from .flow import PIECE, Sink, Source

T = TypeVar("T")


class Moves:
    """When a byte last went in either direction, and what becomes of a request in which none does for too long.

    Args:
        pause: seconds that may pass without one.
    """

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()

    def moved(self) -> None:
        """A byte went."""
        self._last = self._loop.time()

    async def watched(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` gives.

        Raises:
            Failure: too long nothing moved; `work` is cancelled then.
        """
        task = asyncio.ensure_future(work)
        try:
            while True:
                left = self._last + self._pause - self._loop.time()
                if left <= 0:
                    raise Failure("request timeout", timed_out=True)
                await asyncio.wait({task}, timeout=left)
                if task.done():
                    return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """What the function gives, called in a thread; one who is cancelled meanwhile goes on when it has ended.

    Else its file would be closed while the thread is at it, and the number of the file might be another one's by then.
    """
    work = asyncio.get_running_loop().run_in_executor(None, function, *arguments)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        raise


async def pieces(source: Source, moves: Moves | None) -> AsyncIterator[bytes]:
    """The pieces of a body, one as soon as the one before went out."""
    while source.sent != source.length and (piece := await in_thread(source.read)):
        yield piece
        if moves:
            moves.moved()
        source.passed(len(piece))


async def pour(content: Any, expected: int | None, sink: Sink, moves: Moves | None) -> None:
    """Writes the body of an answer into `sink` while it comes."""
    async for piece in content.iter_chunked(PIECE):
        if moves:
            moves.moved()
        await in_thread(sink.write, piece)
        sink.passed(expected)
