"""An HTTP request and its response."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .streams import DownloadStream, UploadStream

    # Scheme, authority, URL of the proxy, file or folder of certificates: connections are kept by it.
    Address = tuple[str, str, str, str]


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

    __slots__ = ("_headers", "body", "ca", "download", "idempotent", "idle_timeout", "method", "proxy", "url")

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
        self._headers = headers
        self.body = body
        self.download = download
        self.idle_timeout = idle_timeout
        self.idempotent = idempotent
        self.proxy = proxy
        self.ca = ca

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers; a transport adds the length of the body."""
        return self._headers

    def __repr__(self) -> str:  # without headers and body, which hold secrets
        return f"Request({self.method} {self.url.partition('?')[0]})"


class EncodedRequest(Request):
    """A request whose head is encoded already: transports send `head` as it is.

    Attributes:
        address: scheme, authority, proxy and ca, by which connections are kept.
        head: the request line and the headers, with the length of the body.
    """

    __slots__ = ("address", "head")

    def __init__(self, method: str, url: str, address: Address, head: bytes, body: bytes) -> None:
        self.method = method
        self.url = url
        self.address = address
        self.head = head
        self.body = body
        self.download = self.idle_timeout = None
        self.idempotent = False
        self.proxy = self.ca = ""

    @property
    def headers(self) -> list[tuple[str, str]]:
        """The headers without the length of the body, as those of any request."""
        pairs = (line.partition(": ") for line in self.head.decode().split("\r\n")[1:-2])
        return [(name, value) for name, _, value in pairs if name != "Content-Length"]


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
