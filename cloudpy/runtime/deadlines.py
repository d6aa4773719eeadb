"""Time limits of many invocations, with one timer of the loop between them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic

_FEW = 1000


class Deadline:
    """One time limit; ``end`` is called when it has passed, unless it was cancelled before."""

    __slots__ = ("at", "end")

    def __init__(self, at: float, end: Callable[[], object]) -> None:
        self.at = at
        self.end: Callable[[], object] | None = end

    def cancel(self) -> None:
        """It no longer counts."""
        self.end = None

    def __repr__(self) -> str:
        return f"<Deadline at {self.at:.3f}{'' if self.end else ', cancelled'}>"


class Deadlines:
    """Deadlines in the order in which they pass; safe in one loop only.

    A function has one time limit, so that each new deadline is the last to pass and goes to the end: that costs a
    hundredth of what a timer of the loop costs. One that is earlier than the last gets a timer of its own.
    """

    def __init__(self) -> None:
        self._waiting: deque[Deadline] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._enough = _FEW

    def add(self, seconds: float, end: Callable[[], object]) -> Deadline:
        """Lets ``end`` be called `seconds` from now."""
        deadline = Deadline(monotonic() + seconds, end)
        waiting = self._waiting
        while waiting and waiting[0].end is None:  # what is done with stands in front, as a rule
            waiting.popleft()
        if len(waiting) > self._enough:  # one that is waited for stands in front of many that are done with
            self._waiting = waiting = deque(one for one in waiting if one.end is not None)
            self._enough = 2 * len(waiting) + _FEW
        if waiting and waiting[-1].at > deadline.at:
            asyncio.get_running_loop().call_later(seconds, _pass, deadline)
            return deadline
        waiting.append(deadline)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._look)
        return deadline

    def close(self) -> None:
        """No deadline passes any more."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        waiting, now = self._waiting, monotonic()
        self._timer = None
        while waiting and (waiting[0].end is None or waiting[0].at <= now):
            _pass(waiting.popleft())
        if waiting:
            self._timer = asyncio.get_running_loop().call_later(waiting[0].at - now, self._look)

    def __repr__(self) -> str:
        return f"<Deadlines, {len(self._waiting)} at most>"


def _pass(deadline: Deadline) -> None:
    end, deadline.end = deadline.end, None
    if end is not None:
        end()
