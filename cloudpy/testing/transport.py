"""Transports of the test kit: they forward a request, report its outcome to the test, and use the test clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._client.context import invocation
from .._transports import Request, Response, TransportFailure
from .violations import Violations

if TYPE_CHECKING:
    from .._transports import AsyncTransport, BlockingTransport

__tracebackhide__ = True  # a failing test shows the test and the function, not these lines

Recorder = Callable[[Request, "Response | TransportFailure"], None]


class TransportTap:
    """Sees the outcome of every request of both transports.

    Attributes:
        recorder: called with each request and its outcome; None when nothing is recorded.
    """

    def __init__(self, violations: Violations, *, other_thread: bool) -> None:
        self._violations = violations
        self._other_thread = other_thread
        self.recorder: Recorder | None = None

    def report(self, request: Request, outcome: Response | TransportFailure) -> None:
        """Raise the violation of a request, or record its outcome.

        Raises:
            UnexpectedCallError: the request caused a violation.
        """
        self._violations.raise_for_call(any_thread=self._other_thread)
        if self.recorder:
            self.recorder(request, outcome)


class BlockingTapTransport:
    """The transport of the blocking API."""

    def __init__(self, inner: BlockingTransport, tap: TransportTap) -> None:
        self.inner = inner
        self._tap = tap

    def send(self, request: Request, timeout: float) -> Response:
        try:
            response = self.inner.send(request, timeout)
        except TransportFailure as failure:
            self._tap.report(request, failure)
            raise
        self._tap.report(request, response)
        return response


class AsyncTapTransport:
    """The transport of the async API."""

    def __init__(self, inner: AsyncTransport, tap: TransportTap) -> None:
        self.inner = inner
        self._tap = tap

    async def send(self, request: Request, timeout: float) -> Response:
        try:
            response = await self.inner.send(request, timeout)
        except TransportFailure as failure:
            self._tap.report(request, failure)
            raise
        self._tap.report(request, response)
        await asyncio.sleep(0)  # lets other tasks run, as a call over the network does
        return response


class Clock:
    """The local WeChat's clock, which stands still until a test advances it.

    CloudIDs, tokens, server dates and timer events use it; ``time.time()`` does not.

    Args:
        start: seconds since 1970; this machine's time in whole seconds by default.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = float(int(time.time())) if start is None else float(start)

    def __call__(self) -> float:
        """Return seconds since 1970."""
        return self._now

    @property
    def now(self) -> datetime:
        """The time as a datetime in UTC."""
        return datetime.fromtimestamp(self._now, timezone.utc)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Advance the clock at once.

        Raises:
            ValueError: the sum is negative.
        """
        step = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if not step >= 0:
            raise ValueError(f"the clock cannot go back: advance() needs 0 seconds or more, got {step:g}")
        self._now += step

    def __repr__(self) -> str:
        return f"<Clock {self.now.isoformat(timespec='seconds')}>"


class FakeSleep:
    """Sleep that advances the kit's clock and uses up the time limit of the function that waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def blocking(self, seconds: float) -> None:
        self._clock.advance(seconds)
        running = invocation.get()
        if running is not None and running.deadline is not None:
            running.deadline -= seconds

    async def awaited(self, seconds: float) -> None:
        self.blocking(seconds)
