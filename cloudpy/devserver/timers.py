"""Fires the timers of config.json at their times, while that is switched on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol

from ..runtime.cron import Timer
from ..runtime.events import timer_event

if TYPE_CHECKING:
    from ..local.users import User
    from .registry import Function
    from .reporter import ConsoleReporter


class Cloud(Protocol):
    """What timers need of the local cloud."""

    @property
    def functions(self) -> Mapping[str, Function]: ...

    def user(self, function: str) -> User: ...

    def invoke(self, name: str, event: Mapping[str, Any], user: User) -> Any: ...


class Timers:
    """The timers of all functions; a saved config.json counts at once.

    Args:
        cloud: whose functions are invoked.
        reporter: for timers that do not fire.

    Attributes:
        firing: whether they fire by themselves.
    """

    def __init__(self, cloud: Cloud, reporter: ConsoleReporter) -> None:
        self.firing = False
        self._cloud = cloud
        self._reporter = reporter
        self._reported: dict[str, tuple[str, ...]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def connect(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the loop that fires them."""
        self._loop = loop

    def switch(self, on: bool) -> None:
        """Fire them by themselves from now on, or no longer. Call it from any thread."""
        assert self._loop is not None, "connect() comes first"
        self.firing = on
        self._loop.call_soon_threadsafe(self._apply)

    def event(self, name: str, moment: datetime | None = None) -> dict[str, Any]:
        """Return the event of a timer, of now or of a moment."""
        when = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
        return timer_event(name, when=when)

    def _apply(self) -> None:
        if self.firing and self._task is None:
            from ..runtime.timers import Scheduler

            scheduler = Scheduler(self._timers, self._fire, missed=self._missed, failed=self._failed)
            self._task = asyncio.get_running_loop().create_task(scheduler.run())
        elif not self.firing and self._task is not None:
            self._task.cancel()
            self._task = None

    def _timers(self) -> list[Timer]:
        functions = list(self._cloud.functions.items())
        for name, one in functions:
            problems = one.config.unscheduled
            if self._reported.get(name, ()) != problems:  # when the file is saved, not each second
                self._reported[name] = problems
                for text in problems:
                    self._reporter.problem(f"{name}: a timer will not fire: {text}", function=name)
        return [replace(timer, function=name) for name, one in functions for timer in one.config.schedule]

    def _fire(self, timer: Timer, moment: datetime) -> None:
        event, user = self.event(timer.name, moment), self._cloud.user(timer.function)
        invoking = asyncio.get_running_loop().run_in_executor(None, self._cloud.invoke, timer.function, event, user)

        def ended(done: asyncio.Future[Any]) -> None:
            error = None if done.cancelled() else done.exception()
            if isinstance(error, Exception):
                self._failed(timer, moment, error)

        invoking.add_done_callback(ended)

    def _missed(self, timer: Timer, first: datetime, count: int) -> None:
        times = "once" if count == 1 else f"{count} times"
        text = f"{timer.function}: the timer {timer.name} was missed {times} since {first:%H:%M:%S} (UTC+8)"
        self._reporter.problem(text)

    def _failed(self, timer: Timer, moment: datetime, error: Exception) -> None:
        self._reporter.problem(
            f"{timer.function}: the timer {timer.name} was not fired at {moment:%H:%M:%S} (UTC+8): {error}"
        )

    def __repr__(self) -> str:
        return f"<Timers, {'on' if self.firing else 'off'}>"
