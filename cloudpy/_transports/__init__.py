"""The only I/O of a call: ``send(request, timeout) -> Response``, awaited or blocking.

A transport raises Failure and nothing else; whether to try again is decided above it (see ``_attempts``). Which
transport a call uses is looked up at each call, so a test kit can put its own in the place of both.
"""

from __future__ import annotations

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
    """

    __slots__ = ("body", "headers", "method", "pause", "sink", "url")
    fresh = False

    def __init__(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | Source,
        *,
        sink: Sink | None = None,
        pause: float | None = None,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.sink = sink
        self.pause = pause

    def __repr__(self) -> str:  # no headers and no body: secrets are among them
        return f"Request({self.method} {self.url.partition('?')[0]})"


class FreshRequest(Request):
    """A request that must not be sent twice: it takes no connection kept from an earlier call, since one that turns out
    dead leaves open whether the other end carried it out."""

    __slots__ = ()
    fresh = True


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
        unsent: surely nothing of the request was sent (not found, refused, unreachable, connecting took too long).
        stale: a connection kept from an earlier call turned out dead before any byte of the answer.
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


def blocking_transport() -> BlockingTransport:
    """The transport of the sync face."""
    global _blocking
    if _blocking is None:
        from .blocking import HTTPTransport

        _blocking = HTTPTransport()
    return _blocking


def async_transport() -> AsyncTransport:
    """The transport of the async face; the first call imports aiohttp."""
    global _async
    if _async is None:
        from .aio import AIOTransport

        _async = AIOTransport()
    return _async


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
