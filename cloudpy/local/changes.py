"""Notices of what changed in a local WeChat, for pages that show it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Literal

Kind = Literal["users", "storage", "database", "responses", "pay", "media", "tokens"]
Subscriber = Callable[[str, Any], None]


class Changes:
    """Calls its subscribers with the kind and the value of each change, in the thread that makes the change.

    A subscriber must return at once: the changed store may be locked.
    """

    def __init__(self) -> None:
        self._subscribers: tuple[Subscriber, ...] = ()
        self._lock = threading.Lock()

    @property
    def watched(self) -> bool:
        """Whether there is a subscriber; without one no value has to be made."""
        return bool(self._subscribers)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Add a subscriber, and return a function that removes it."""
        with self._lock:
            self._subscribers = (*self._subscribers, subscriber)

        def unsubscribe() -> None:
            with self._lock:
                self._subscribers = tuple(one for one in self._subscribers if one is not subscriber)

        return unsubscribe

    def publish(self, kind: Kind, value: Any = None) -> None:
        """Report a change; `value` is a JSON value that names what changed."""
        for subscriber in self._subscribers:
            subscriber(kind, value)

    def __repr__(self) -> str:
        return f"<Changes with {len(self._subscribers)} subscribers>"
