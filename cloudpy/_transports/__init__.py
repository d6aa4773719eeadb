"""The only I/O of a call: ``send(request, timeout) -> Response``, awaited or blocking.

A transport raises Failure and nothing else; whether to try again is decided above it (see ``_attempts``). Which
transport a call uses is looked up at each call, so a test kit can put its own in the place of both.
"""

from __future__ import annotations

import os
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from .flow import Sink, Source

    class BlockingTransport(Protocol):
        """Sends and waits for the whole answer, `timeout` seconds at most."""

        def send(self, request: Request, timeout: float) -> Response: ...

    class AsyncTransport(Protocol):
        """The same, awaited; cancelling it closes the request."""

        async def send(self, request: Request, timeout: float) -> Response: ...


CONNECT_TIMEOUT = 5.0  # seconds, when the call has more: a host that is silent so long is not there
MAX_ANSWER = 64 * 1024 * 1024  # bytes; more than any API answers, and a bound on what a broken server can make us hold


class Request:
    """One HTTP request: whole, or with a body that is read while it is sent.

    Attributes:
        sink: takes the body of an answer with status 200, of any size, which the Response then is without.
        pause: seconds without a byte in either direction after which it is given up; None for no such limit.
        idempotent: sending it twice does no more than sending it once. Any other takes a kept connection only when
            that was in use a moment ago, and is never sent again once something of it may have gone out.
        proxy: URL of the proxy it goes through, or an empty string.
        ca: file or folder with certificates to trust beside the system's, or an empty string.
    """

    __slots__ = ("body", "ca", "headers", "idempotent", "method", "pause", "proxy", "sink", "url")

    def __init__(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | Source,
        *,
        sink: Sink | None = None,
        pause: float | None = None,
        idempotent: bool = False,
        proxy: str = "",
        ca: str = "",
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.sink = sink
        self.pause = pause
        self.idempotent = idempotent
        self.proxy = proxy
        self.ca = ca

    def __repr__(self) -> str:  # no headers and no body: secrets are among them
        return f"Request({self.method} {self.url.partition('?')[0]})"


class Response:
    """One HTTP answer, whole; header names in lower case."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"


class Failure(Exception):  # noqa: N818 - an outcome that the attempts weigh, never seen by a user
    """No answer.

    Attributes:
        unsent: certainly nothing of the request was sent (not found, refused, unreachable, connecting took too long).
        stale: a connection kept from an earlier call turned out dead before any byte of the answer; unless it is
            `unsent` as well, the other end may have read the request.
        timed_out: the time was up.
    """

    def __init__(self, cause: str, *, unsent: bool = False, stale: bool = False, timed_out: bool = False) -> None:
        super().__init__(cause)
        self.cause = cause
        self.unsent = unsent
        self.stale = stale
        self.timed_out = timed_out


_blocking: BlockingTransport | None = None
_async: AsyncTransport | None = None
_creating = allocate_lock()


def blocking_transport() -> BlockingTransport:
    """Return the transport of the sync API; the first calls, from any number of threads, share one."""
    global _blocking
    transport = _blocking
    if transport is None:
        from .blocking import HTTPTransport  # not under the lock, which an import could wait for in a circle

        with _creating:
            transport = _blocking = _blocking or HTTPTransport()
    return transport


def async_transport() -> AsyncTransport:
    """Return the transport of the async API; the same for every loop."""
    global _async
    transport = _async
    if transport is None:
        from .aio import AIOTransport

        with _creating:
            transport = _async = _async or AIOTransport()
    return transport


def close() -> None:
    """Close the connections that the sync API keeps."""
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
    """The transports in use; None for one that no call has needed yet."""
    return _blocking, _async


def new() -> tuple[BlockingTransport, AsyncTransport]:
    """Both transports anew, whatever is in use at the moment."""
    from .aio import AIOTransport
    from .blocking import HTTPTransport

    return HTTPTransport(), AIOTransport()


class replaced:  # noqa: N801 - used as a statement: with replaced(…)
    """Every call in this process goes through the given transports until the block ends."""

    def __init__(self, *, blocking: BlockingTransport, asynchronous: AsyncTransport) -> None:
        self._now = blocking, asynchronous

    def __enter__(self) -> None:
        global _blocking, _async
        self._before = _blocking, _async
        _blocking, _async = self._now

    def __exit__(self, *_: object) -> None:
        global _blocking, _async
        _blocking, _async = self._before


def refused(error: BaseException, host: str, port: int) -> Failure:
    """The failure for a connection that did not come about, in the words Node has for it."""
    import errno
    import socket

    if isinstance(error, socket.gaierror):
        name = "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
        return Failure(f"getaddrinfo {name} {host}", unsent=True)
    number = getattr(error, "errno", None)
    # The errors of ssl are OSErrors whose number is OpenSSL's.
    name = "" if type(error).__module__ == "ssl" else errno.errorcode.get(number or 0, "")
    if not name:
        return Failure(f"connect to {host}:{port} failed: {getattr(error, 'verify_message', '') or error}", unsent=True)
    return Failure(f"connect {name} {host}:{port}", unsent=True)


def broken(error: BaseException, *, stale: bool = False) -> Failure:
    """The failure for a connection that broke off, in the words Node has for it."""
    import errno

    name = "" if type(error).__module__ == "ssl" else errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    if name in ("ECONNRESET", "EPIPE"):
        return Failure(f"{'read' if name == 'ECONNRESET' else 'write'} {name}", stale=stale)
    if not name and isinstance(error, ConnectionError):  # an event loop's own word for a connection that is gone
        return Failure("socket hang up", stale=stale)
    return Failure(name or f"{type(error).__name__}: {error}"[:300], stale=stale)
