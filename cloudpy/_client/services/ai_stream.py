"""Streamed answers: one download for any number of readers, each of which starts at the first event."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from ..._wire import jsontext
from ..._wire.event_stream import EventStreamParser
from .ai_request import failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..retry import Steps

    Decode = Callable[[dict[str, Any]], tuple[bool, Any]]  # an event -> whether it is the last, and its item or None

_MAX_HEAD = 64 * 1024  # bytes of an answer without events that are looked at for an error
END = "[DONE]"


class Items:
    """Bytes in, items out; an answer that is JSON instead of events is an error of the gateway's."""

    def __init__(self, decode: Decode) -> None:
        self._parser = EventStreamParser()
        self._decode = decode
        self._head = b""
        self._any = False
        self.ended = False

    def feed(self, data: bytes, *, final: bool = False) -> list[Any]:
        """Return the items that end in these bytes.

        Raises:
            CloudSDKError: the gateway rejected the call, with status 200.
        """
        items = []
        for event in self._parser.feed(data, final=final):
            self._any = True
            self.ended, item = self._decode(event)
            if self.ended:
                break
            if item is not None:
                items.append(item)
        if not self._any and len(self._head) < _MAX_HEAD:
            self._head += data
        if final:
            self.ended = True
            self._check_head()
        return items

    def _check_head(self) -> None:
        if self._any or self._head.lstrip()[:1] != b"{":
            return
        try:
            value = jsontext.parse_strictly(self._head)
        except (ValueError, RecursionError):
            return
        if isinstance(value, Mapping) and value.get("code") not in (None, "NORMAL"):
            raise failure(value["code"], value.get("message", ""), str(value.get("requestId") or ""))


def json_of(event: Mapping[str, Any]) -> tuple[bool, Any]:
    """Return whether an event is the last one, and its JSON; None, with a warning, when it is not JSON."""
    data = event["data"]
    if data == END:
        return True, None
    try:
        return False, jsontext.parse_strictly(data)
    except (ValueError, RecursionError):
        from ..logging import logger

        logger().warning("ai: skipped an event of the response that is not JSON")
        return False, None


class AsyncFeed:
    """What a download yields, awaited; in any number of tasks of one loop."""

    def __init__(self, open_steps: Callable[[Any], Steps[bytes]], decode: Decode) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._bytes: deque[bytes] = deque()
        self._items: list[Any] = []
        self._decoder = Items(decode)
        self._task = self._loop.create_task(self._run(open_steps(self)))
        self._task.add_done_callback(lambda _: self._changed.set())

    async def open(self) -> AsyncFeed:
        """Wait for the first bytes, or the error.

        Raises:
            CloudSDKError: the request failed.
        """
        await self._wait()
        if self._task.done() and not self._bytes:
            self._task.result()
        return self

    async def get(self, position: int) -> Any:
        """Return the item at `position`, or None when there are no more."""
        while position >= len(self._items):
            if self._decoder.ended:
                return None
            if self._bytes:
                self._items += self._decoder.feed(self._bytes.popleft())
                if self._decoder.ended:
                    self._task.cancel()  # type: ignore[unreachable]
            elif self._task.done():
                self._task.result()
                self._items += self._decoder.feed(b"", final=True)
            else:
                await self._wait()
        return self._items[position]

    async def iterate(self, read: Callable[[Any], Any] = lambda item: item) -> AsyncIterator[Any]:
        """Yield what `read` makes of each item, but for None."""
        position = 0
        while (item := await self.get(position)) is not None:
            position += 1
            value = read(item)
            if value is not None:
                yield value

    def write(self, data: memoryview) -> None:
        """Take bytes of the download, in whatever thread."""
        self._loop.call_soon_threadsafe(self._add, bytes(data))

    async def aclose(self) -> None:
        """End the download."""
        import asyncio

        self._task.cancel()
        await asyncio.wait([self._task])

    def _add(self, data: bytes) -> None:
        self._bytes.append(data)
        self._changed.set()

    async def _run(self, steps: Steps[bytes]) -> None:
        from .. import retry

        rest = await retry.run_async(steps)
        if rest:
            self._add(rest)

    async def _wait(self) -> None:
        if not self._bytes and not self._task.done():
            self._changed.clear()
            await self._changed.wait()


class SyncFeed:
    """The same, blocking: the download has a thread of its own."""

    def __init__(self, open_steps: Callable[[Any], Steps[bytes]], decode: Decode) -> None:
        import contextvars
        import queue
        import threading

        self._queue: queue.SimpleQueue[bytes | BaseException | None] = queue.SimpleQueue()
        self._waiting: deque[bytes | BaseException | None] = deque()
        self._items: list[Any] = []
        self._decoder = Items(decode)
        self._closed = False
        self._lock = threading.Lock()
        context = contextvars.copy_context()  # whose function it is
        steps = open_steps(self)
        threading.Thread(target=context.run, args=(self._run, steps), name="cloudpy-ai", daemon=True).start()

    def open(self) -> SyncFeed:
        """Wait for the first bytes, or the error; as of ``AsyncFeed``."""
        first = self._queue.get()
        if isinstance(first, BaseException):
            raise first
        self._waiting.append(first)
        return self

    def get(self, position: int) -> Any:
        """As of ``AsyncFeed``."""
        with self._lock:
            while position >= len(self._items):
                if self._decoder.ended:
                    return None
                data = self._waiting.popleft() if self._waiting else self._queue.get()
                if isinstance(data, BaseException):
                    self._waiting.append(data)  # for the next one that asks
                    raise data
                self._items += self._decoder.feed(data or b"", final=data is None)
                if self._decoder.ended:
                    self.close()  # type: ignore[unreachable]
            return self._items[position]

    def iterate(self, read: Callable[[Any], Any] = lambda item: item) -> Iterator[Any]:
        """As of ``AsyncFeed``."""
        position = 0
        while (item := self.get(position)) is not None:
            position += 1
            value = read(item)
            if value is not None:
                yield value

    def write(self, data: memoryview) -> None:
        """Take bytes of the download."""
        if self._closed:
            raise ValueError("nobody reads it any more")
        self._queue.put(bytes(data))

    def close(self) -> None:
        """End the download, when its next bytes arrive."""
        self._closed = True

    def _run(self, steps: Steps[bytes]) -> None:
        from .. import retry

        try:
            rest = retry.run(steps)
            if rest:
                self._queue.put(rest)
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)
