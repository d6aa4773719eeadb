"""Server-sent events: what has changed, for every open page.

Events are kept for a while, so that a page which was away for a moment misses nothing. A page that is too slow, or was
away for too long, is sent ``reset``: it must load its data again.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

_KEPT = 2000  # events
_MAX_KEPT = 8 * 1024 * 1024  # bytes of them
_PAUSE = 0.05  # seconds in which events gather before they are sent
_HEARTBEAT = 15.0  # seconds without an event before a comment is sent, which finds out whether the page is still there


class EventHub:
    """Passes events from any thread on to the pages."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._last = 0
        self._waiting: dict[object, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}
        self._closed = False

    @property
    def is_watched(self) -> bool:
        """Whether a page is open."""
        return bool(self._waiting)

    def publish(self, kind: str, value: Any = None) -> None:
        """Tell every open page what has changed. Call it from any thread.

        Args:
            kind: what it is: ``invocation``, ``log``, ``users``, …
            value: JSON, as small as is enough to show the change.
        """
        data = json.dumps(value, separators=(",", ":")).encode()
        with self._lock:
            if self._closed:
                return
            self._last += 1
            self._add(self._last, b"id: %d\nevent: %s\ndata: %s\n\n" % (self._last, kind.encode(), data))
            self._wake()

    def close(self) -> None:
        """Tell every page that the server ends, and end the streams."""
        with self._lock:
            self._closed = True
            self._wake()

    async def stream(self, after: int | None = None) -> AsyncIterator[bytes]:
        """Yield the events as bytes of an event stream, until the server ends.

        Args:
            after: id of the last event that the page has; None for new ones only.
        """
        key, changed = object(), asyncio.Event()
        with self._lock:
            position = self._last if after is None or after > self._last else after
            self._waiting[key] = (asyncio.get_running_loop(), changed)
        try:
            yield b"retry: 1000\nid: %d\nevent: hello\ndata: {}\n\n" % position
            while True:
                data, position, ended = self._after(position)
                if data:
                    yield data
                if ended:
                    return
                try:
                    await asyncio.wait_for(changed.wait(), _HEARTBEAT)
                except asyncio.TimeoutError:
                    yield b": still here\n\n"
                    continue
                await asyncio.sleep(_PAUSE)
                changed.clear()
        finally:
            with self._lock:
                del self._waiting[key]

    def _after(self, position: int) -> tuple[bytes, int, bool]:
        """Return the events after `position`, the id of the last one, and whether the server ends."""
        with self._lock:
            first = self._kept[0][0] if self._kept else self._last + 1
            if position < self._last and position < first - 1:
                data = b"id: %d\nevent: reset\ndata: {}\n\n" % self._last
            else:
                data = b"".join(event for number, event in self._kept if number > position)
            if self._closed:
                data += b"event: end\ndata: {}\n\n"
            return data, self._last, self._closed

    def _add(self, number: int, event: bytes) -> None:
        self._kept.append((number, event))
        self._bytes += len(event)
        while len(self._kept) > _KEPT or self._bytes > _MAX_KEPT:
            self._bytes -= len(self._kept.popleft()[1])

    def _wake(self) -> None:
        for loop, changed in list(self._waiting.values()):
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)

    def __repr__(self) -> str:
        return f"<EventHub: {self._last} events, {len(self._waiting)} pages>"
