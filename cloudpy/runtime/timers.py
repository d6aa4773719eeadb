"""Fire the timers of config.json: invoke the function at the time of its trigger."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timezone

from .._client.permissions import read_file
from ..errors import ConfigError
from .cron import Timer, read_timers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .access_log import JsonLog
    from .adapters import RuntimeConfig
    from .executor import InvocationExecutor

    class Marks(Protocol):
        """The part of a store (``cloudpy.stores``) that decides which of several instances fires."""

        def add(self, key: str, seconds: float) -> bool:
            """Return whether the mark was new."""


MAX_LATE = 10.0  # seconds: a time that is longer ago was missed, and is reported instead of fired
_MAX_SLEEP = 1.0  # seconds until timers are looked up again: a file may have been saved
_MARKED = 24 * 3600.0  # seconds that a mark is kept
_CLOCK_SET_BACK = 60.0  # seconds
# getWXContext() only has what is listed, and nothing where no name is.
_LISTED = {"TCB_CONTEXT_KEYS": "TCB_SOURCE", "WX_CONTEXT_KEYS": "WX_APPID"}


class Scheduler:
    """Fires timers at their times, each time at most once.

    Args:
        timers: returns the timers there are now.
        fire: is called with a timer and its time.
        missed: is called with a timer, the first time that passed unnoticed, and how many did: the machine was asleep,
            or the process busy.
        failed: is called with a timer, its time, and the error of the store or of `fire`; the timer was not fired.
        store: decides among several instances; None when there is one.
        clock, sleep: for tests.
    """

    def __init__(
        self,
        timers: Callable[[], Iterable[Timer]],
        fire: Callable[[Timer, datetime], object],
        *,
        missed: Callable[[Timer, datetime, int], object],
        failed: Callable[[Timer, datetime, Exception], object],
        store: Marks | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self._timers = timers
        self._fire = fire
        self._missed = missed
        self._failed = failed
        self._store = store
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Fire timers until cancelled."""
        last = self._clock()
        while True:
            timers = list(self._timers())
            await self._sleep(self._pause(timers, last))
            now = self._clock()
            if now < last - _CLOCK_SET_BACK:
                last = now
            if now <= last:
                continue
            for timer in timers:
                for moment in self._due(timer, last, now):
                    if await self._is_ours(timer, moment):
                        try:
                            self._fire(timer, moment)
                        except Exception as error:  # the other timers, and its next time, are not its fault
                            self._failed(timer, moment, error)
            last = now

    def _pause(self, timers: list[Timer], last: float) -> float:
        after = datetime.fromtimestamp(last, timezone.utc)
        times = [moment.timestamp() for timer in timers if (moment := timer.cron.next_after(after))]
        return max(0.0, min([_MAX_SLEEP, *(moment - self._clock() for moment in times)]))

    def _due(self, timer: Timer, last: float, now: float) -> list[datetime]:
        """Return the times of a timer after `last` and up to `now`, without those missed."""
        due: list[datetime] = []
        first: datetime | None = None
        count = 0
        moment = timer.cron.next_after(datetime.fromtimestamp(last, timezone.utc))
        while moment is not None and moment.timestamp() <= now:
            if now - moment.timestamp() <= MAX_LATE:
                due.append(moment)
            else:
                first = first or moment
                count += 1
            moment = timer.cron.next_after(moment)
        if first is not None:
            self._missed(timer, first, count)
        return due

    async def _is_ours(self, timer: Timer, moment: datetime) -> bool:
        if self._store is None:
            return True
        key = f"timer:{timer.function}:{timer.name}:{int(moment.timestamp())}"
        try:
            return await asyncio.get_running_loop().run_in_executor(None, self._store.add, key, _MARKED)
        except Exception as error:  # a store of the user's may raise anything; at most once holds
            self._failed(timer, moment, error)
            return False


def server_scheduler(
    folder: str, executor: InvocationExecutor, config: RuntimeConfig, log: JsonLog, store: Marks | None
) -> Scheduler:
    """Return the scheduler of a function that is served: it reads config.json and writes what it does to the log."""
    # here: `cloudpy dev` and `run` only read timers
    from .adapters import InvocationRequest
    from .adapters.respond import stack_of
    from .context import request_id
    from .events import timer_event

    path = os.path.join(folder, "config.json")
    timers: list[Timer] = []
    invalid: list[str] = []
    problem = "config.json has no valid trigger of the type timer"
    try:
        timers, invalid = read_timers(config.function, read_file(path) if os.path.exists(path) else {})
    except ConfigError as error:
        problem = error.errMsg.removeprefix("init:fail ")
    for text in invalid:
        log.line("timer", error=f"a timer will not fire: {text}")
    for timer in timers:
        moment = timer.cron.next_after(datetime.now(timezone.utc))
        log.line("timer", timer=timer.name, next=f"{moment:%Y-%m-%d %H:%M:%S} (UTC+8)" if moment else "never")
    if not timers:
        log.line("timer", error=f"no timer will fire: {problem}")

    def fire(timer: Timer, moment: datetime) -> None:
        when = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        request = request_id()
        variables = {"TRIGGER_SRC": "timer", "TCB_SOURCE": "wx_trigger", **_LISTED}
        event = timer_event(timer.name, when=when)
        begun = time.perf_counter()

        def done(result: Any, error: BaseException | None) -> None:  # noqa: ARG001  the caller passes it
            ms = round((time.perf_counter() - begun) * 1000, 2)
            if error is None:
                log.line("timer", requestId=request, timer=timer.name, time=when, ms=ms)
            else:
                log.line("timer", requestId=request, timer=timer.name, time=when, ms=ms, error=type(error).__name__)
                log.line("error", requestId=request, stack=stack_of(error))

        context = config.context(variables, request)
        call = InvocationRequest(event, context, variables, request, config.timeout)
        executor.start(
            call, done, lambda: log.line("error", requestId=request, stack="the timer's handler does not end")
        )

    def missed(timer: Timer, first: datetime, count: int) -> None:
        log.line("timer", timer=timer.name, error=f"missed {count} times since {first:%Y-%m-%d %H:%M:%S} (UTC+8)")

    def failed(timer: Timer, moment: datetime, error: Exception) -> None:  # noqa: ARG001  the caller passes it
        log.line("timer", timer=timer.name, error=f"not fired: {error}")

    return Scheduler(lambda: timers, fire, missed=missed, failed=failed, store=store)
