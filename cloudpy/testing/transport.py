"""The transports of the kit: to the local WeChat without sockets, or over them, telling the test what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from .._client.context import invocation
from .._transports import Request, Response, TransportFailure
from .clock import Clock
from .violations import Ledger

if TYPE_CHECKING:
    from .._transports import AsyncTransport, BlockingTransport

__tracebackhide__ = True  # a failing test shows the test, and the function, not these lines

Tape = Callable[[Request, "Response | TransportFailure"], None]


class Seam:
    """What both transports share: the ledger, and the tape that records at the moment, if any."""

    def __init__(self, ledger: Ledger, *, other_thread: bool) -> None:
        self._ledger = ledger
        self._other_thread = other_thread
        self.tape: Tape | None = None

    def done(self, request: Request, outcome: Response | TransportFailure) -> None:
        """Records what came of a request, and raises what the test has to complain of.

        Raises:
            UnexpectedCallError: there is something.
        """
        self._ledger.take(any_thread=self._other_thread)
        if self.tape:
            self.tape(request, outcome)


class Blocking:
    """What the sync face sends through."""

    def __init__(self, inner: BlockingTransport, seam: Seam) -> None:
        self.inner = inner
        self._seam = seam

    def send(self, request: Request, timeout: float) -> Response:
        try:
            response = self.inner.send(request, timeout)
        except TransportFailure as failure:
            self._seam.done(request, failure)
            raise
        self._seam.done(request, response)
        return response


class Awaited:
    """What the async face sends through."""

    def __init__(self, inner: AsyncTransport, seam: Seam) -> None:
        self.inner = inner
        self._seam = seam

    async def send(self, request: Request, timeout: float) -> Response:
        try:
            response = await self.inner.send(request, timeout)
        except TransportFailure as failure:
            self._seam.done(request, failure)
            raise
        self._seam.done(request, response)
        await asyncio.sleep(0)  # as a call over the network, it lets others run
        return response


class Pause:
    """Time that passes on the kit's clock, and of the time limit of the function that waits for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def blocking(self, seconds: float) -> None:
        self._clock.advance(seconds)
        running = invocation.get()
        if running is not None and running.deadline is not None:
            running.deadline -= seconds

    async def awaited(self, seconds: float) -> None:
        self.blocking(seconds)
