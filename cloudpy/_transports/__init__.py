"""The only I/O of a call: ``send(request, timeout) -> Response``, blocking or awaited.

A transport raises TransportFailure and nothing else; ``_client.retry`` decides whether to try again. The transport is
looked up at each call, so that a test kit can override both.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

from .failure import TransportFailure
from .message import EncodedRequest, Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class BlockingTransport(Protocol):
        """Send a request and wait at most `timeout` seconds for the whole response."""

        def send(self, request: Request, timeout: float) -> Response: ...

    class AsyncTransport(Protocol):
        """The same, awaited; cancelling it abandons the request."""

        async def send(self, request: Request, timeout: float) -> Response: ...


__all__ = [
    "EncodedRequest", "Request", "Response", "TransportFailure", "aclose", "async_transport", "blocking_transport",
    "close", "create", "current", "override",
]  # fmt: skip

_blocking: BlockingTransport | None = None
_async: AsyncTransport | None = None
_creating = allocate_lock()


def blocking_transport() -> BlockingTransport:
    """Return the transport of the sync API; threads that call it first at the same time get the same one."""
    global _blocking
    transport = _blocking
    if transport is None:
        from .blocking import HTTPTransport  # outside the lock: the import lock and ours could deadlock

        with _creating:
            transport = _blocking = _blocking or HTTPTransport()
    return transport


def async_transport() -> AsyncTransport:
    """Return the transport of the async API; all event loops share it."""
    global _async
    transport = _async
    if transport is None:
        from .aio import AIOTransport

        with _creating:
            transport = _async = _async or AIOTransport()
    return transport


def close() -> None:
    """Close the idle connections of the sync API."""
    if _blocking is not None and hasattr(_blocking, "close"):
        _blocking.close()


async def aclose() -> None:
    """Close the connections of the async API in the running loop."""
    if _async is not None and hasattr(_async, "aclose"):
        await _async.aclose()


def _reset_after_fork() -> None:
    global _creating
    _creating = allocate_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_reset_after_fork)


def current() -> tuple[BlockingTransport | None, AsyncTransport | None]:
    """Return the transports in use; None for one that no call has needed yet."""
    return _blocking, _async


def create() -> tuple[BlockingTransport, AsyncTransport]:
    """Return two new transports, whatever is in use."""
    from .aio import AIOTransport
    from .blocking import HTTPTransport

    return HTTPTransport(), AIOTransport()


class override:  # noqa: N801  used as a statement: with override(…)
    """Send every call of this process through these transports until the block ends."""

    def __init__(self, *, blocking: BlockingTransport, asynchronous: AsyncTransport) -> None:
        self._transports = blocking, asynchronous

    def __enter__(self) -> None:
        global _blocking, _async
        self._previous = _blocking, _async
        _blocking, _async = self._transports

    def __exit__(self, *_: object) -> None:
        global _blocking, _async
        _blocking, _async = self._previous
