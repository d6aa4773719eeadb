"""Retries and the deadline of a call: one generator for both APIs, run with or without await.

It yields steps (`Send`, `Wait`) and receives their outcomes. A stale connection is replaced once, immediately, when
nothing was sent on it or the call is idempotent. Failures before anything was sent are retried up to ``retries`` times,
with full jitter; so is errcode -1 (system busy) of an idempotent call. One deadline bounds everything, and it is never
later than the function's own.
"""

from __future__ import annotations

import time

from .. import _transports
from .._transports import Response, TransportFailure
from ..errors import CloudSDKError, SystemBusyError
from . import hooks
from .context import in_thread, invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import Any, Protocol, TypeVar

    from .._transports import AsyncTransport, BlockingTransport, Request

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)
    Outcome = Response | TransportFailure | str | None

    class Step(Protocol):
        """Something that takes time or needs the network, in either API."""

        def run(self, transport: BlockingTransport) -> Outcome: ...
        async def run_async(self, transport: AsyncTransport) -> Outcome: ...

    class Call(Protocol[T_co]):
        """One call, which may take several requests."""

        def build(self) -> Request:
            """Return the request of one attempt, which is signed with the time."""

        def read(self, response: Response) -> T_co:
            """Return the result of a response, or raise its error."""

        def fail(self, failure: TransportFailure) -> CloudSDKError:
            """Return the error of a failure."""

        def secrets(self) -> Iterable[str | None]:
            """Return the secrets that no error may show, besides those of the variables."""

    Steps = Generator[Step, Outcome, T]

_FIRST_PAUSE = 0.2  # seconds, doubled with each attempt; the pause is a random part of it
_MAX_PAUSE = 3.0  # seconds


class Send:
    """Send a request; the outcome is a Response or a TransportFailure."""

    __slots__ = ("request", "timeout")

    def __init__(self, request: Request, timeout: float) -> None:
        self.request = request
        self.timeout = timeout

    def run(self, transport: BlockingTransport) -> Outcome:
        try:
            return transport.send(self.request, self.timeout)
        except TransportFailure as failure:
            return failure

    async def run_async(self, transport: AsyncTransport) -> Outcome:
        try:
            return await transport.send(self.request, self.timeout)
        except TransportFailure as failure:
            return failure


class Wait:
    """Wait for some seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def run(self, _: BlockingTransport) -> Outcome:
        time.sleep(self.seconds)
        return None

    async def run_async(self, _: AsyncTransport) -> Outcome:
        import asyncio  # here: an async call has loaded it, a sync one does not need it

        await asyncio.sleep(self.seconds)
        return None


def jitter(max_seconds: float) -> float:
    """Return a random part of a pause."""
    import random  # here: it is not needed at a cold start

    return random.uniform(0, max_seconds)


def attempts(
    call: Call[T],
    timeout: float,
    retries: int = 0,
    *,
    idempotent: bool = False,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[float], float] = jitter,
) -> Steps[T]:
    """Return the steps of one call.

    Args:
        call: builds the requests and reads the responses.
        timeout: seconds for all attempts and pauses together.
        retries: further attempts.
        idempotent: whether calling twice has the effect of calling once: then "system busy" is retried, and a stale
            connection replaced, even if the request may have been read.
        clock: returns the current second.
        jitter: returns a random part of a pause.
    """
    try:
        deadline, late = _deadline(clock() + timeout)
        replaced = False
        attempt = 0
        while True:
            left = deadline - clock()
            if left <= 0:
                raise call.fail(TransportFailure(late, timed_out=True))
            request = call.build()
            request.idempotent = idempotent
            outcome = yield Send(request, left)
            if isinstance(outcome, Response):
                try:
                    return call.read(outcome)
                except SystemBusyError as busy:
                    if not idempotent:
                        raise
                    error: CloudSDKError = busy
            else:
                assert isinstance(outcome, TransportFailure)
                if outcome.stale_connection and not replaced and (idempotent or outcome.not_sent):
                    replaced = True
                    continue
                error = call.fail(outcome)
                if not outcome.not_sent:
                    raise error
            if attempt >= retries:
                raise error
            pause = jitter(min(_MAX_PAUSE, _FIRST_PAUSE * 2**attempt))
            if pause >= deadline - clock():
                raise error
            attempt += 1
            yield Wait(pause)
    except CloudSDKError as error:
        from . import redact  # here: it is needed after an error only

        redact.error(error, call.secrets())
        raise


def _deadline(deadline: float) -> tuple[float, str]:
    """Return the earlier one of the call's deadline and the function's, and the cause of a timeout."""
    running = invocation.get()
    if running is None or running.deadline is None or running.deadline >= deadline:
        return deadline, "request timeout"
    if running.ended and in_thread.get():
        # A thread that outlived its invocation has no time left, but gets a better error: that it has no user.
        return deadline, "request timeout"
    return running.deadline, "request timeout: the function's own time is up"


def run(steps: Steps[T]) -> T:
    """Run the steps of a call, blocking."""
    transport = _transports.blocking_transport()
    recorder = hooks.recorder()
    outcome: Outcome = None
    result: Any = None
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                result = stop.value
                break
            if recorder is None:
                outcome = step.run(transport)
            else:
                recorder.before(step)
                outcome = step.run(transport)
                recorder.after(outcome)
    except BaseException as error:
        if recorder is not None:
            recorder.end(error)
        raise
    finally:
        steps.close()  # closes their resources even if a traceback keeps them alive
    if recorder is not None:
        recorder.end(None)
    return result  # type: ignore[no-any-return]


async def run_async(steps: Steps[T]) -> T:
    """Run the steps of a call, awaiting."""
    transport = _transports.async_transport()
    recorder = hooks.recorder()
    outcome: Outcome = None
    result: Any = None
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                result = stop.value
                break
            if recorder is None:
                outcome = await step.run_async(transport)
            else:
                recorder.before(step)
                outcome = await step.run_async(transport)
                recorder.after(outcome)
    except BaseException as error:
        if recorder is not None:
            recorder.end(error)
        raise
    finally:
        steps.close()
    if recorder is not None:
        recorder.end(None)
    return result  # type: ignore[no-any-return]
