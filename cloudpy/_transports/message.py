"""An HTTP request and its response."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .streams import DownloadStream, UploadStream


class Request:
    """One HTTP request, whole, or with a body that is read while it is sent.

    Attributes:
        download: receives the body of a response with status 200, of any size; the Response then has no body.
        idle_timeout: seconds without a byte in either direction after which the request fails; None for no limit.
        idempotent: sending it twice has the effect of sending it once. A request that is not idempotent uses a kept
            connection only when that was in use a moment ago, and is never resent once a byte of it may have gone out.
        proxy: URL of the proxy to use, or an empty string.
        ca: file or folder with certificates to trust beside the system's, or an empty string.
    """

    __slots__ = ("body", "ca", "download", "headers", "idempotent", "idle_timeout", "method", "proxy", "url")

    def __init__(
        self,
        method: str,
        url: str,
        headers: list[tuple[str, str]],
        body: bytes | UploadStream,
        *,
        download: DownloadStream | None = None,
        idle_timeout: float | None = None,
        idempotent: bool = False,
        proxy: str = "",
        ca: str = "",
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.download = download
        self.idle_timeout = idle_timeout
        self.idempotent = idempotent
        self.proxy = proxy
        self.ca = ca

    def __repr__(self) -> str:  # without headers and body, which hold secrets
        return f"Request({self.method} {self.url.partition('?')[0]})"


class Response:
    """One HTTP response, complete; header names are in lower case."""

    __slots__ = ("body", "headers", "reason", "status")

    def __init__(self, status: int, reason: str, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"
