"""The one exception that a transport raises."""

from __future__ import annotations


class TransportFailure(Exception):  # noqa: N818  an outcome that the retry logic judges, never shown to a user
    """No response.

    Attributes:
        not_sent: certainly no byte of the request was sent (host not found, connection refused, connect timeout).
        stale_connection: a kept connection was dead before the first byte of the response; unless `not_sent` is set
            as well, the server may have read the request.
        timed_out: the deadline has passed.
    """

    def __init__(
        self, cause: str, *, not_sent: bool = False, stale_connection: bool = False, timed_out: bool = False
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.not_sent = not_sent
        self.stale_connection = stale_connection
        self.timed_out = timed_out


def connect_failure(error: BaseException, host: str, port: int) -> TransportFailure:
    """Return the failure for a connection that could not be opened, worded as in Node."""
    import errno
    import socket

    if isinstance(error, socket.gaierror):
        name = "EAI_AGAIN" if error.errno == socket.EAI_AGAIN else "ENOTFOUND"
        return TransportFailure(f"getaddrinfo {name} {host}", not_sent=True)
    number = getattr(error, "errno", None)
    # The errors of ssl are OSErrors whose number is OpenSSL's.
    name = "" if type(error).__module__ == "ssl" else errno.errorcode.get(number or 0, "")
    if not name:
        reason = getattr(error, "verify_message", "") or error
        return TransportFailure(f"connect to {host}:{port} failed: {reason}", not_sent=True)
    return TransportFailure(f"connect {name} {host}:{port}", not_sent=True)


def connect_timeout() -> TransportFailure:
    """Return the failure for a connection that took too long to open."""
    return TransportFailure("connect timeout", not_sent=True, timed_out=True)


def connection_failure(error: BaseException) -> TransportFailure:
    """Return the failure for a connection that broke, worded as in Node."""
    import errno

    name = "" if type(error).__module__ == "ssl" else errno.errorcode.get(getattr(error, "errno", None) or 0, "")
    if name in ("ECONNRESET", "EPIPE"):
        return TransportFailure(f"{'read' if name == 'ECONNRESET' else 'write'} {name}")
    if not name and isinstance(error, ConnectionError):  # how an event loop says that the connection is gone
        return TransportFailure("socket hang up")
    return TransportFailure(name or f"{type(error).__name__}: {error}"[:300])
