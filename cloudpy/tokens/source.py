"""A shared value in one process: cached, refreshed before it expires, by one caller at a time."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import Future

from .._client.access_token import TokenSource, give_up
from .._client.logging import logger
from ..errors import SYSTEM_ERROR, CallTimeoutError, CloudSDKError
from ..stores.store import Entry
from .shared import SharedValue

# WeChat hands out a new token in the last five minutes of two hours, during which both are valid.
AHEAD = 300.0 / 7200.0  # the share of its life for which a value is refreshed ahead of its end
_MARGIN = 0.01  # the share of its life, and …
_MAX_MARGIN = 5.0  # … the seconds for which it is no longer used: a request takes its time to WeChat
_PAUSE = 0.2  # the share of the remaining time after which a refresh that failed is tried again
_DEFAULT_WAIT = 15.0  # seconds


class SharedSource(TokenSource):
    """Where calls get the value from: memory, else the store, else WeChat.

    Args:
        name: what it is called in errors.
        shared: the value in the store.
    """

    def __init__(self, name: str, shared: SharedValue) -> None:
        super().__init__(self._never)
        self._name = name
        self._shared = shared
        self._due = float("inf")  # the time of time.monotonic() to refresh at

    def __repr__(self) -> str:
        return f"<{self._name}>"

    @staticmethod
    def _never() -> str:
        raise AssertionError("asked through the shared value")

    def is_ready(self, stale: str = "") -> bool:
        """As of ``TokenSource``; a value that ends soon is given while one of the callers has another fetched."""
        if not self.is_good(stale):
            return False
        if time.monotonic() >= self._due:
            self._refresh_ahead()
        return True

    def get(self, stale: str = "", ends: float | None = None) -> str | None:
        """As of ``TokenSource``."""
        return self._token if self.is_ready(stale) else super().get(stale, ends)

    def _ask(self, stale: str, ends: float | None) -> Entry:
        end = time.monotonic() + _DEFAULT_WAIT if ends is None else ends
        entry = self._shared.obtain(stale, end, refused=bool(stale))
        if entry is None:
            words = "request timeout: another process refreshes it, and did not end in time"
            raise CallTimeoutError(SYSTEM_ERROR, f"{self._name}:fail {words}")
        return entry

    def _keep(self, answer: Entry) -> str:
        now = time.monotonic()
        life = max(answer.seconds, 0.0)
        self._token = answer.value
        self._ends = now + life - min(_MAX_MARGIN, life * _MARGIN)
        # Each process draws its own moment, so that they do not all come at once; none so early that WeChat, whose
        # clock is not quite ours, would give the same token again.
        self._due = now + life - life * AHEAD * random.uniform(0.2, 0.8)
        return self._token

    def _refresh_ahead(self) -> None:
        """Have one thread refresh the value, unless somebody does already; nobody waits for it."""
        flight, leading = self._claim()
        if not leading:
            return
        try:
            threading.Thread(target=self._ahead, args=(flight,), name=self._name, daemon=True).start()
        except RuntimeError:  # no more threads: this process is about to end
            self._put_off()
            self._land()
            give_up(flight)

    def _ahead(self, flight: Future[str]) -> None:
        entry = None
        try:
            entry = self._shared.obtain_ahead(self._token, self._pause())
        except CloudSDKError as error:
            logger().warning("%s: the token ends soon, and no new one was to be had yet: %s", self._name, error.errMsg)
        except Exception:
            logger().exception("%s: the token ends soon, and no new one was to be had yet", self._name)
        if entry is None or entry.value == self._token:
            self._put_off()  # another process refreshes it, or nobody could
        if entry is not None and entry.value != self._token:
            self._keep(entry)
        self._land()
        if entry is None:
            give_up(flight)  # who waits by now, because the value was refused, asks for himself
        else:
            flight.set_result(self._token)

    def _put_off(self) -> None:
        self._due = time.monotonic() + self._pause()

    def _pause(self) -> float:
        return max(0.0, self._ends - time.monotonic()) * _PAUSE
