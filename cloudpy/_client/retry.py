"""When to try again, and until when: one logic for both faces, as a generator that is driven with or without await.

It yields Send and Wait steps and is sent what came of each. A reused connection that was dead is replaced once, at
once, when nothing was sent on it or the API is safe to repeat. Failures before anything was sent are retried as often
as ``retries`` says, with full jitter; so is errcode -1 (system busy) for APIs that are safe to repeat. One deadline
bounds it all, and it never lies beyond the function's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator

from .._transports import Response, TransportFailure
from ..errors import CloudSDKError, SystemBusyError
from . import hooks
from .context import in_thread, invocation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol, TypeVar

    from .._transports import AsyncTransport, BlockingTransport, Request
    from .hooks import Called

    T = TypeVar("T")
    Outcome = Response | TransportFailure | str | None

    class Step(Protocol):
        """Something that takes time or needs the network, done either way."""

        def run(self, transport: BlockingTransport) -> Outcome: ...
        async def run_async(self, transport: AsyncTransport) -> Outcome: ...

    Steps = Generator[Step, Outcome, T]

_FIRST_PAUSE = 0.2  # seconds, doubled for each further attempt; the pause is a random part of it
_LONGEST_PAUSE = 3.0


class Send:
    """Send this; what comes of it is a Response or a TransportFailure."""

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
    """Let this many seconds pass."""

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


def _jitter(longest: float) -> float:
    import random  # here: it is not needed at a cold start

    return random.uniform(0, longest)


def attempts(
    *,
    build: Callable[[], Request],
    read: Callable[[Response], T],
    fail: Callable[[TransportFailure], CloudSDKError],
    timeout: float,
    retries: int = 0,
    repeatable: bool = False,
    call: Called | None = None,
    clock: Callable[[], float] = time.monotonic,
    jitter: Callable[[float], float] = _jitter,
) -> Steps[T]:
    """The steps of one call.

    Args:
        build: makes the request, afresh for each attempt (it is signed with the time).
        read: the result of an answer, or raises.
        fail: the error for a failure.
        timeout: seconds for all attempts and pauses together.
        retries: further attempts.
        repeatable: whether asking twice does no more than asking once: then WeChat's "system busy" may be answered by
            asking again, and so may a kept connection that turned out dead.
        call: what is called: whoever watches calls learns of it, and no error shows its secrets.
    """
    steps = _attempts(build, read, fail, timeout, retries, repeatable, clock, jitter)
    if call is None:
        return (yield from steps)
    if hooks.watched():
        yield hooks.Begin(call)
    try:
        return (yield from steps)
    except CloudSDKError as error:
        from . import redact  # here: it is needed when something went wrong

        redact.error(error, call.config, call.secrets())
        raise


def _attempts(
    build: Callable[[], Request],
    read: Callable[[Response], T],
    fail: Callable[[TransportFailure], CloudSDKError],
    timeout: float,
    retries: int,
    repeatable: bool,
    clock: Callable[[], float],
    jitter: Callable[[float], float],
) -> Steps[T]:
    deadline = clock() + timeout
    late = "request timeout"
    running = invocation.get()
    if running is not None and running.ended and in_thread.get():
        running = None  # it has no time left, but the error to come is another: this thread has no user
    if running is not None and running.deadline is not None and running.deadline < deadline:
        deadline = running.deadline
        late = "request timeout: the function's own time is up"
    replaced = False
    attempt = 0
    while True:
        left = deadline - clock()
        if left <= 0:
            raise fail(TransportFailure(late, timed_out=True))
        request = build()
        request.idempotent = repeatable
        answer = yield Send(request, left)
        if isinstance(answer, TransportFailure):
            if answer.stale_connection and not replaced and (repeatable or answer.not_sent):
                replaced = True
                continue
            error = fail(answer)
            if not answer.not_sent:
                raise error
        else:
            assert isinstance(answer, Response)
            try:
                return read(answer)
            except SystemBusyError as busy:
                if not repeatable:
                    raise
                error = busy
        if attempt >= retries:
            raise error
        pause = jitter(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt))
        if pause >= deadline - clock():
            raise error
        attempt += 1
        yield Wait(pause)


def drive(steps: Steps[T], transport: BlockingTransport) -> T:
    """Runs the steps, blocking."""
    outcome: Outcome = None
    watch = hooks.watch()
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                value: T = done.value
                break
            if watch is None:
                outcome = step.run(transport)
            else:
                watch.before(step)
                outcome = step.run(transport)
                watch.after(outcome)
    except BaseException as error:
        if watch is not None:
            watch.end(error)
        raise
    finally:
        steps.close()  # what they hold open is not left to whoever holds the traceback
    if watch is not None:
        watch.end(None)
    return value


async def drive_async(steps: Steps[T], transport: AsyncTransport) -> T:
    """Runs the steps, awaiting."""
    outcome: Outcome = None
    watch = hooks.watch()
    try:
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as done:
                value: T = done.value
                break
            if watch is None:
                outcome = await step.run_async(transport)
            else:
                watch.before(step)
                outcome = await step.run_async(transport)
                watch.after(outcome)
    except BaseException as error:
        if watch is not None:
            watch.end(error)
        raise
    finally:
        steps.close()
    if watch is not None:
        watch.end(None)
    return value
