"""The time of the local WeChat, which stands still until a test moves it."""

from __future__ import annotations

import time
from datetime import datetime, timezone


class Clock:
    """The local WeChat's clock: CloudIDs, tokens, server dates and the events of timers go by it.

    ``time.time()`` does not.

    Args:
        start: seconds since 1970; the time of this machine, without parts of a second, when left out.
    """

    def __init__(self, start: float | None = None) -> None:
        self._now = float(int(time.time())) if start is None else float(start)

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self._now

    @property
    def now(self) -> datetime:
        """The time as a datetime in UTC."""
        return datetime.fromtimestamp(self._now, timezone.utc)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Lets time pass at once.

        Raises:
            ValueError: it would go back.
        """
        step = seconds + 60 * minutes + 3600 * hours + 86400 * days
        if not step >= 0:
            raise ValueError(f"time goes on: advance() takes 0 or more, got {step:g} seconds")
        self._now += step

    def __repr__(self) -> str:
        return f"<Clock {self.now.isoformat(timespec='seconds')}>"
