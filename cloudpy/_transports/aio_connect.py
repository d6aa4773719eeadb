"""Connect sockets over asyncio: several addresses in parallel, each step within its time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable
from typing import TypeVar

from .address import ATTEMPT_DELAY, CONNECT_TIMEOUT
from .failure import connect_failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .address import AddressInfo

T = TypeVar("T")


async def connect_any(loop: asyncio.AbstractEventLoop, addresses: list[AddressInfo]) -> socket.socket:
    """Return the first socket that connects; start the next attempt when one has failed or is silent."""
    if len(addresses) == 1:
        return await _connect_one(loop, addresses[0])
    queue = list(reversed(addresses))
    attempts: set[asyncio.Task[socket.socket]] = set()
    failure: BaseException | None = None
    try:
        while queue or attempts:
            if queue:
                attempts.add(loop.create_task(_connect_one(loop, queue.pop())))
            done, attempts = await asyncio.wait(
                attempts, timeout=ATTEMPT_DELAY if queue else None, return_when=asyncio.FIRST_COMPLETED
            )
            connected = [task.result() for task in done if task.exception() is None]
            for sock in connected[1:]:
                sock.close()
            if connected:
                return connected[0]
            for task in done:
                failure = failure or task.exception()
    finally:
        await _cancel(attempts)
    assert failure is not None
    raise failure


async def _cancel(attempts: set[asyncio.Task[socket.socket]]) -> None:
    for task in attempts:
        task.cancel()
    if attempts:
        await asyncio.wait(attempts)
    for task in attempts:
        if not task.cancelled() and task.exception() is None:
            task.result().close()


async def _connect_one(loop: asyncio.AbstractEventLoop, info: AddressInfo) -> socket.socket:
    family, kind, protocol, _, address = info
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        await within(CONNECT_TIMEOUT, loop.sock_connect(sock, address))
        return sock
    except BaseException as error:
        if sock is not None:
            sock.close()
        if isinstance(error, OSError) and not isinstance(error, asyncio.TimeoutError):
            raise connect_failure(error, *address[:2]) from None
        raise


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Return the result of `work`.

    asyncio.wait_for() of Python 3.10 and 3.11 can lose a result or a cancellation that arrives at the last moment.

    Raises:
        asyncio.TimeoutError: the time is up; `work` was cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=max(0.0, seconds))
        if task.done():
            return task.result()
        raise asyncio.TimeoutError
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled() and task.exception() is None:
                close = getattr(task.result(), "close", None)
                if close is not None:
                    close()
