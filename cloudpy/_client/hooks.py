"""Hooks on calls: callbacks of ``cloud.on_call``, spans, and a line in the debug log.

Calls are recorded where they are driven (see ``retry``), so every call of a Cloud is seen, whatever service it is for.
"""

from __future__ import annotations

import sys
import time
from _thread import allocate_lock

from ..errors import INVALID_PARAM, CloudSDKError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from typing import Any, Protocol

    class CallInfo(Protocol):
        """A call, as the hooks see it."""

        name: str
        api: str
        seq_id: str

        @property
        def hooks(self) -> CallHooks: ...

    OnEnd = Callable[["CallRecord"], object]
    OnStart = Callable[["CallRecord"], "OnEnd | None"]


class CallRecord:
    """One finished call. It holds no parameters, no results and no secrets.

    Attributes:
        name: the call, as errors show it: ``openapi.cloudbase.getOpenData``, ``callFunction``.
        api: the same as an error's ``api``: ``cloudbase.getOpenData``, ``callFunction``, ``database.getDocument``.
        collection: the collection of a database call, whose `name` is then ``collection.get`` and the like; else empty.
        duration: seconds, including all attempts and pauses.
        error: the exception that was raised (a CloudSDKError, a cancellation, …), or None.
        attempts: the number of requests sent, 0 for a call that was rejected before; an upload sends two.
        request_size: bytes of all request bodies.
        response_size: bytes of all response bodies.
        request_id: the id of the request, to give to support. Empty when none was sent.
        server: the host, or host and port, of the last request; empty when none was sent.
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
        """0, or the errCode of the error; None for an error without one, such as a cancellation."""
        return 0 if self.error is None else getattr(self.error, "errCode", None)

    def __repr__(self) -> str:
        outcome = "ok" if self.error is None else f"{type(self.error).__name__} {self.errCode}"
        return f"<CallRecord {self.name}: {outcome}, {self.duration:.3f} s, attempts={self.attempts}>"


class CallHooks:
    """The hooks on the calls of one Cloud, or of all of them."""

    def __init__(self) -> None:
        self._hooks: tuple[OnStart, ...] = ()

    def add(self, hook: OnStart) -> Callable[[], None]:
        """Call `hook` when a call starts, and the function it returns, if any, when the call has ended.

        Returns:
            A function that removes the hook. Calls that have started keep it to their end.
        """
        global _count
        with _lock:
            self._hooks = (*self._hooks, hook)
            _count += 1
        registered = [hook]

        def remove() -> None:
            global _count
            with _lock:
                if registered:
                    registered.clear()
                    hooks = list(self._hooks)
                    hooks.remove(hook)
                    self._hooks = tuple(hooks)
                    _count -= 1

        return remove

    def add_callback(self, callback: Any) -> Callable[[], None]:
        """Call `callback` with the record of each call that has ended.

        Raises:
            ConfigError: `callback` is not callable, or is an ``async def``.
        """
        code = getattr(callback, "__code__", None)
        if not callable(callback) or (code is not None and code.co_flags & _COROUTINE):
            raise ConfigError(
                INVALID_PARAM,
                "on_call:fail the callback must be a plain function that takes the record of a call, got"
                f" {'an async def' if callable(callback) else f'a {type(callback).__name__}'}; start tasks from within",
            )
        return self.add(lambda _: callback)

    def current(self) -> tuple[OnStart, ...]:
        """Return the hooks registered at this moment."""
        return self._hooks

    def __repr__(self) -> str:
        return f"<CallHooks: {len(self._hooks)}>"


_COROUTINE = 0x80 | 0x200  # inspect.CO_COROUTINE and CO_ASYNC_GENERATOR, without importing it
_DEBUG = 10  # logging.DEBUG, without importing it
_lock = allocate_lock()
_count = 0  # hooks registered, of all Clouds
_logger: logging.Logger | None = None
GLOBAL_HOOKS = CallHooks()  # on the calls of every Cloud in this process


class CallStarted:
    """A step that sends nothing: it names the call that the steps after it make."""

    __slots__ = ("call",)

    def __init__(self, call: CallInfo) -> None:
        self.call = call

    def run(self, _: object) -> None:
        return None

    async def run_async(self, _: object) -> None:
        return None


class CallRecorder:
    """Fills in the record of one call while it is driven."""

    __slots__ = ("_call", "_debug", "_on_end", "_record", "_started")

    def __init__(self, debug: bool) -> None:
        self._call: CallInfo | None = None
        self._debug = debug
        self._on_end: list[OnEnd] = []
        self._record = CallRecord("", "")
        self._started = time.monotonic()

    def before(self, step: object) -> None:
        """Record that a step is about to be taken."""
        call: CallInfo | None = getattr(step, "call", None)
        if call is not None:
            self._start(call)
        request: Any = getattr(step, "request", None)
        if request is not None:
            self._record.attempts += 1
            self._record.request_size += _size(request)
            self._record.server = request.url.split("/", 3)[2].rpartition("@")[2] if "://" in request.url else ""

    def after(self, outcome: object) -> None:
        """Record the outcome of a step."""
        if hasattr(outcome, "status"):
            self._record.response_size += _size(outcome)

    def end(self, error: BaseException | None) -> None:
        """Record the end of the call, and call the hooks."""
        call, record = self._call, self._record
        if call is None:
            return
        record.duration = time.monotonic() - self._started
        record.error = error
        record.request_id = (error.requestId if isinstance(error, CloudSDKError) else "") or call.seq_id
        for on_end in reversed(self._on_end):
            _guarded(on_end, record)
        if self._debug:
            _debug_line(record)

    def _start(self, call: CallInfo) -> None:
        is_first = self._call is None
        self._call = call
        if is_first:
            self._record.name, self._record.api = call.name, call.api
            self._record.collection = getattr(call, "collection", "")
            for hook in (*GLOBAL_HOOKS.current(), *call.hooks.current()):
                on_end = _guarded(hook, self._record)
                if on_end is not None:
                    self._on_end.append(on_end)


def are_active() -> bool:
    """Whether there is a hook on any calls, or a debug log."""
    return _count > 0 or _debug_enabled()


def recorder() -> CallRecorder | None:
    """Return the recorder of a call that starts now; None when there is no hook and no debug log."""
    debug = _debug_enabled()
    return CallRecorder(debug) if _count or debug else None


def _debug_enabled() -> bool:
    global _logger
    if _logger is None:
        logging = sys.modules.get("logging")  # a program that reads logs has imported it
        get_logger = getattr(logging, "getLogger", None)  # None also while another thread is importing it
        if get_logger is None:
            return False
        _logger = get_logger("cloudpy")
    return _logger.isEnabledFor(_DEBUG)


def _guarded(hook: Callable[[CallRecord], Any], record: CallRecord) -> Any:
    """Call a hook; an exception in it is logged and does not break the call."""
    try:
        return hook(record)
    except Exception as error:
        from .logging import logger

        logger().error("a hook on calls failed at %s: %s", record.name, type(error).__name__, exc_info=True)
        return None


def _debug_line(record: CallRecord) -> None:
    from .logging import logger

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
    """Return the bytes of a body, whole or streamed."""
    size = getattr(message, "size", None)
    if isinstance(size, int):
        return size
    body = getattr(message, "body", b"")
    try:
        return len(body)
    except TypeError:
        size = getattr(body, "size", 0)
        return size if isinstance(size, int) else 0
