"""Whoever wants to know of each call: callbacks of ``cloud.on_call``, spans, and a line for the debug log.

A call is watched where it is driven (see ``_attempts``), so that every call of a Cloud is, whatever it asks for. With
nobody watching it costs the look at two variables.
"""

from __future__ import annotations

import sys
import time
from _thread import allocate_lock

from .._error_codes import INVALID_PARAM
from ..errors import CloudSDKError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Protocol

    from .config import Config

    class Called(Protocol):
        """What a call says of itself."""

        config: Config
        name: str
        api: str
        seq_id: str

        def secrets(self) -> Iterable[str]:
            """What must not stand in the text of an error, beside the secrets of init() and of the variables."""

    Ended = Callable[["CallRecord"], object]
    Watcher = Callable[["CallRecord"], "Ended | None"]


class CallRecord:
    """One call, when it has ended. No value of its parameters or results is in it, and no secret.

    Attributes:
        name: what was called, as errors show it: ``openapi.cloudbase.getOpenData``, ``callFunction``.
        api: the same as an error's ``api``: ``cloudbase.getOpenData``, ``callFunction``, ``database.getDocument``.
        collection: the collection of a call of the database, whose operation is `name`: ``collection.get``; else empty.
        duration: seconds, with all attempts and pauses.
        error: what was raised (a CloudSDKError, a cancellation, …), or None.
        attempts: how many requests were sent, 0 when it was refused before; an upload sends two.
        request_size: bytes of the bodies that were sent, all attempts together.
        response_size: bytes of the bodies that came back.
        request_id: what the gateway or our own request calls the call; give it to support. Empty when none was sent.
        server: host, or host and port, that was called last; empty when none was.
    """

    __slots__ = (
        "api",
        "attempts",
        "collection",
        "duration",
        "error",
        "name",
        "request_id",
        "request_size",
        "response_size",
        "server",
    )

    def __init__(self, name: str, api: str) -> None:
        self.name = name
        self.api = api
        self.collection = ""
        self.duration = 0.0
        self.error: BaseException | None = None
        self.attempts = 0
        self.request_size = 0
        self.response_size = 0
        self.request_id = ""
        self.server = ""

    @property
    def errCode(self) -> int | None:  # noqa: N802 - WeChat's spelling
        """0, or the errCode of the error; None for an error that has none, such as a cancellation."""
        return 0 if self.error is None else getattr(self.error, "errCode", None)

    def __repr__(self) -> str:
        told = "ok" if self.error is None else f"{type(self.error).__name__} {self.errCode}"
        return f"<CallRecord {self.name}: {told}, {self.duration:.3f} s, attempts={self.attempts}>"


class Watchers:
    """Those that watch the calls of one Cloud, or of all."""

    def __init__(self) -> None:
        self._watchers: tuple[Watcher, ...] = ()

    def add(self, watcher: Watcher) -> Callable[[], None]:
        """Lets `watcher` see each call as it begins; what it returns is called with the record when the call ended.

        Returns:
            A function that takes it away again; calls that have begun are seen to their end.
        """
        global _count
        with _lock:
            self._watchers = (*self._watchers, watcher)
            _count += 1
        there = [watcher]

        def remove() -> None:
            global _count
            with _lock:
                if there:
                    there.clear()
                    left = list(self._watchers)
                    left.remove(watcher)
                    self._watchers = tuple(left)
                    _count -= 1

        return remove

    def call_back(self, callback: Callable[[CallRecord], object]) -> Callable[[], None]:
        """``cloud.on_call(callback)``.

        Raises:
            ConfigError: `callback` cannot be called, or is an ``async def``.
        """
        code = getattr(callback, "__code__", None)
        if not callable(callback) or (code is not None and code.co_flags & _COROUTINE):
            raise ConfigError(
                INVALID_PARAM,
                "on_call:fail the callback must be a plain function that takes the record of a call, got"
                f" {'an async def' if callable(callback) else f'a {type(callback).__name__}'}; start tasks from within",
            )
        return self.add(lambda _: callback)

    def now(self) -> tuple[Watcher, ...]:
        """Those of this moment."""
        return self._watchers

    def __repr__(self) -> str:
        return f"<Watchers: {len(self._watchers)}>"


_COROUTINE = 0x80 | 0x200  # inspect.CO_COROUTINE and CO_ASYNC_GENERATOR, without importing it
_lock = allocate_lock()
_count = 0
everywhere = Watchers()
"""Of every Cloud in this process."""


class Watch:
    """What is seen of one call while it is driven."""

    __slots__ = ("_called", "_debug", "_ends", "_record", "_started")

    def __init__(self, debug: bool) -> None:
        self._called: Called | None = None
        self._debug = debug
        self._ends: list[Ended] = []
        self._record = CallRecord("", "")
        self._started = time.monotonic()

    def before(self, step: object) -> None:
        """A step is about to be taken."""
        called: Called | None = getattr(step, "call", None)
        if called is not None:
            self._begin(called)
        request: Any = getattr(step, "request", None)
        if request is not None:
            self._record.attempts += 1
            self._record.request_size += _size(request)
            self._record.server = request.url.split("/", 3)[2].rpartition("@")[2] if "://" in request.url else ""

    def after(self, outcome: object) -> None:
        """It was taken."""
        if hasattr(outcome, "status"):
            self._record.response_size += _size(outcome)

    def end(self, error: BaseException | None) -> None:
        """The call ended."""
        called, record = self._called, self._record
        if called is None:
            return
        record.duration = time.monotonic() - self._started
        record.error = error
        record.request_id = (error.requestId if isinstance(error, CloudSDKError) else "") or called.seq_id
        for ended in reversed(self._ends):
            _guarded(ended, record)
        if self._debug:
            _debug_line(record)

    def _begin(self, called: Called) -> None:
        first = self._called is None
        self._called = called
        if first:
            self._record.name, self._record.api = called.name, called.api
            self._record.collection = getattr(called, "collection", "")
            for watcher in (*everywhere.now(), *called.config.watchers.now()):
                ended = _guarded(watcher, self._record)
                if ended is not None:
                    self._ends.append(ended)


class Begin:
    """A step that takes nothing: who watches learns what is called."""

    __slots__ = ("call",)

    def __init__(self, call: Called) -> None:
        self.call = call

    def run(self, _: object) -> None:
        return None

    async def run_async(self, _: object) -> None:
        return None


def watched() -> bool:
    """Whether anybody wants to know of calls."""
    return _count > 0 or _debugging()


def watch() -> Watch | None:
    """What watches the call that begins now; None when nobody wants to know."""
    debug = _debugging()
    return Watch(debug) if _count or debug else None


def _debugging() -> bool:
    logging = sys.modules.get("logging")  # a program that reads logs has imported it
    get_logger = getattr(logging, "getLogger", None)  # None also while another thread is importing it
    return get_logger is not None and get_logger("cloudpy").isEnabledFor(10)


def _guarded(function: Callable[[CallRecord], Any], record: CallRecord) -> Any:
    """Whoever watches cannot break the call."""
    try:
        found = function(record)
    except Exception as error:
        from .log import logger

        logger().error("a watcher of calls failed at %s: %s", record.name, type(error).__name__, exc_info=True)
        return None
    return found


def _debug_line(record: CallRecord) -> None:
    from .log import logger

    logger().debug(
        "%s errCode=%s duration=%.1fms attempts=%d sent=%dB received=%dB requestId=%s",
        record.name,
        type(record.error).__name__ if record.errCode is None else record.errCode,
        record.duration * 1000,
        record.attempts,
        record.request_size,
        record.response_size,
        record.request_id,
    )


def _size(message: Any) -> int:
    """Bytes of a body, whole or streamed."""
    size = getattr(message, "size", None)
    if isinstance(size, int):
        return size
    body = getattr(message, "body", b"")
    try:
        return len(body)
    except TypeError:
        size = getattr(body, "size", 0)
        return size if isinstance(size, int) else 0
