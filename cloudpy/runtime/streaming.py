"""Streamed response bodies: chunks from a handler's generator, within the time limit of the invocation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextvars import Context, copy_context
from functools import partial
from time import monotonic
from typing import Any

from .._client.context import Invocation, invocation
from .adapters import InvocationRequest
from .adapters.stream import StreamingResponse
from .errors import TimeLimitError
from .executor import CANCEL_GRACE


async def encoded_pieces(
    call: InvocationRequest, response: StreamingResponse, started: float
) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of the pieces; they are made with the identity of the invocation.

    Args:
        call: the invocation.
        response: its pieces are read.
        started: when the invocation began, by ``time.monotonic()``.

    Raises:
        TimeLimitError: the invocation takes longer than ``call.timeout`` seconds.
        ResultError: a piece cannot be sent.
        Exception: what the generator raises.
    """
    deadline = started + call.timeout
    current = Invocation(call.variables, deadline, call.request_id, alone=False)
    context = copy_context()
    context.run(invocation.set, current)
    queue: asyncio.Queue[Any] = asyncio.Queue(1)
    # One task for the whole generator: a timeout or a lock inside it may span pieces.
    producer = context.run(asyncio.ensure_future, _produce(response.pieces, queue, context.copy()))
    try:
        while True:
            if queue.empty() and not producer.done():
                piece = await _wait_for_piece(queue, producer, deadline, call.timeout)
            elif not queue.empty():
                piece = queue.get_nowait()
            else:
                await producer  # raises what the generator raised
                return
            if piece is not _END:
                yield response.encode_piece(piece)
    finally:
        current.ended = True
        producer.cancel()
        await asyncio.wait([producer], timeout=CANCEL_GRACE)


async def _wait_for_piece(
    queue: asyncio.Queue[Any], producer: asyncio.Future[None], deadline: float, timeout: float
) -> Any:
    """Return the next piece, or ``_END`` when the generator has ended meanwhile.

    Raises:
        TimeLimitError: the deadline has passed.
    """
    piece = asyncio.ensure_future(queue.get())
    done, _ = await asyncio.wait({piece, producer}, timeout=deadline - monotonic(), return_when=asyncio.FIRST_COMPLETED)
    if piece in done:
        return piece.result()
    piece.cancel()
    if not done:
        raise TimeLimitError(timeout)
    return _END


_END = object()


async def _produce(source: Any, queue: asyncio.Queue[Any], context: Context) -> None:
    """Put the pieces of a generator into `queue`; a generator that is not async runs in threads."""
    try:
        if hasattr(source, "__anext__"):
            async for piece in source:
                await queue.put(piece)
        else:
            loop = asyncio.get_running_loop()
            while (piece := await loop.run_in_executor(None, partial(context.run, next, source, _END))) is not _END:
                await queue.put(piece)
    finally:
        await _close(source)


async def _close(source: Any) -> None:
    """Let a generator that was not read to its end run its ``finally``."""
    if hasattr(source, "aclose"):
        await source.aclose()
    elif hasattr(source, "close"):
        try:
            source.close()
        except ValueError:  # a thread is still inside; its end ends the generator
            pass
