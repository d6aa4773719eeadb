"""HTTP/1.1 requests as bytes, without I/O: the reader of a connection's requests, and the bytes of a response.

The parser is llhttp, Node's own, by way of httptools. It leaves some things open that are decided here: limits, which
framing is accepted, and when a connection ends.
"""

from __future__ import annotations

from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from .adapters import Request, Response
from .errors import RequestRejected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TARGET = 8 * 1024  # bytes of a path with its query
MAX_HEADER = 32 * 1024  # bytes of one header: a context header with credentials takes several thousand
MAX_HEAD = 64 * 1024  # bytes of a request line with its headers
MAX_HEADERS = 128
MAX_PIPELINED = 64  # requests that a client sends without waiting for a response
_MAX_FRAMING = 8  # times the body: chunks of one byte have five bytes of framing each
_METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
_STATUS_LINES = {200: "HTTP/1.1 200 OK\r\n"}
_WITHOUT_BODY = (204, 304)


class BadRequest(Exception):  # noqa: N818  the status of the response
    """Bytes that are no HTTP/1.1 request; the connection cannot be used further.

    Attributes:
        reason: for the log; it never quotes the request.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ReceivedRequest(Request):
    """A request as it comes in.

    Attributes:
        complete: the body has ended.
        keep_alive: the connection may carry another request.
        expects_continue: the client waits for ``100 Continue`` before it sends the body.
        max_body: bytes of the body; more are rejected.
        rejection: why no handler is called for it; the body is dropped then.
        size: bytes of the body so far.
        takes_chunks: the client speaks HTTP/1.1, and reads a body in chunks.
    """

    __slots__ = (
        "_pieces",
        "complete",
        "expects_continue",
        "keep_alive",
        "max_body",
        "rejection",
        "size",
        "takes_chunks",
    )

    def __init__(self, method: str, target: str, headers: dict[str, list[str]], keep_alive: bool) -> None:
        super().__init__(method, target)
        self.headers = headers
        self.keep_alive = keep_alive
        self.takes_chunks = True
        self.complete = False
        self.expects_continue = False
        self.rejection: RequestRejected | None = None
        self.size = 0
        self.max_body = 0
        self._pieces: list[bytes] = []

    def add(self, data: bytes) -> None:
        """Add a piece of the body."""
        self.size += len(data)
        if self.rejection is None:
            self._pieces.append(data)

    def reject(self, status: int, code: str, message: str) -> None:
        """Drop the body, and answer with an error; the first one counts."""
        self._pieces.clear()
        self.rejection = self.rejection or RequestRejected(status, code, message)

    def finish(self) -> None:
        """Note that the body has ended."""
        self.complete = True
        self.body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()


class RequestReader:
    """Splits the bytes of one connection into requests.

    Args:
        max_body: bytes of a request's body.
        on_head: called with each request when its headers are complete; it may reject the request.

    Attributes:
        complete: requests to be answered, oldest first.
        current: the request whose body is being read, if any.
        in_head: a request line or headers are being read.
        closed: no further request is read.
    """

    __slots__ = (
        "_declined",
        "_failure",
        "_framing",
        "_head_size",
        "_headers",
        "_max_body",
        "_names",
        "_on_head",
        "_parser",
        "_target",
        "closed",
        "complete",
        "current",
        "in_head",
    )

    def __init__(self, max_body: int, on_head: Callable[[ReceivedRequest], None]) -> None:
        self._max_body = max_body
        self._on_head = on_head
        self._parser: HttpRequestParser | None = None
        self._failure = ""
        self._declined = False  # the body is read of a request that offers another protocol
        self._target = b""
        self._headers: dict[str, list[str]] = {}
        self._names = 0
        self._head_size = 0
        self._framing = 0  # bytes of the current request that are not body
        self.complete: deque[ReceivedRequest] = deque()
        self.current: ReceivedRequest | None = None
        self.in_head = False
        self.closed = False

    def feed(self, data: bytes) -> None:
        """Take bytes from the connection.

        Raises:
            BadRequest: they are not HTTP/1.1, or exceed a limit.
        """
        if self.closed:
            return
        parser = self._parser
        if parser is None:
            parser = self._parser = HttpRequestParser(self)
        if self.in_head or self.current is not None:
            self._framing += len(data)
        else:
            self._framing = 0
        try:
            parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            self._decline_upgrade(data[upgrade.args[0] :])
        except HttpParserError as error:
            if not self.closed:  # else they are bytes behind the last request
                self.close()
                raise BadRequest(self._failure or type(error).__name__) from None
        if self._framing > MAX_HEAD and not self.closed:
            size = 0 if self.current is None else self.current.size
            if self.in_head or self._framing > MAX_HEAD + _MAX_FRAMING * size:
                self.close()
                raise BadRequest("more framing than body")

    def _decline_upgrade(self, rest: bytes) -> None:
        """Go on with HTTP/1.1 after a request that offers another protocol, as clients of HTTP/2 do.

        The parser stops at the end of such a head. Another one receives the body's framing, and reads on.
        """
        request = self.current
        self._parser = None
        if request is not None:
            self._declined = True
            length = request.headers.get("content-length")
            framing = f"Content-Length: {length[0]}" if length else "Transfer-Encoding: chunked"
            rest = f"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n".encode() + rest
        elif self.complete and self.complete[-1].method == "CONNECT":
            self.complete[-1].keep_alive = False
            self.close()
        if rest and not self.closed:
            self.feed(rest)

    def close(self) -> None:
        """Read no further request."""
        self.closed = True
        self._parser = None  # it refers to this object

    # What the parser calls

    def on_message_begin(self) -> None:
        if self.closed:
            raise ValueError("bytes behind the last request")  # not shown to anyone: see feed()
        if self._declined:
            return
        self.in_head = True
        self._target = b""
        self._headers = {}
        self._names = self._head_size = self._framing = 0
        if len(self.complete) >= MAX_PIPELINED:
            raise self._error("too many requests without waiting for a response")

    def on_url(self, target: bytes) -> None:
        if self._declined:
            return
        self._target += target
        if len(self._target) > MAX_TARGET:
            raise self._error("a target that is too long")

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._declined:
            return
        self._names += 1
        size = len(name) + len(value)
        self._head_size += size
        if self._names > MAX_HEADERS or size > MAX_HEADER or self._head_size > MAX_HEAD:
            raise self._error("too many headers, or headers that are too long")
        if not self.in_head:  # trailers of a chunked body are read and dropped: they may claim anything
            return
        text = value.decode("utf-8", "surrogateescape").strip(" \t")
        if not text.isprintable() and any((c < " " and c != "\t") or c == "\x7f" for c in text):
            raise self._error("a control character in a header")
        self._headers.setdefault(name.decode("ascii").lower(), []).append(text)

    def on_headers_complete(self) -> None:
        parser = self._parser
        assert parser is not None
        self.in_head = False
        if self._declined:
            return
        if parser.get_http_version() not in ("1.1", "1.0"):
            raise self._error("a version other than HTTP/1.1 and HTTP/1.0")
        method = parser.get_method().decode("ascii")
        target = self._target
        # in the authority form of CONNECT, and in the asterisk form, there is no path
        if method != "CONNECT" and not target.startswith((b"/", b"http://", b"https://")):
            raise self._error("a target without a path")
        if not target.isascii() or not target.decode("ascii").isprintable() or b" " in target:
            raise self._error("a target that is not printable ASCII")
        request = ReceivedRequest(method, target.decode("ascii"), self._headers, parser.should_keep_alive())
        request.max_body = self._max_body
        self._check_framing(request, parser.get_http_version())
        if method not in _METHODS:
            request.reject(405, "INVALID_METHOD", "this method is not supported")
        self.current = request
        self._on_head(request)

    def on_body(self, data: bytes) -> None:
        request = self.current
        assert request is not None
        self._framing -= len(data)
        request.add(data)
        if request.size > request.max_body:
            self._reject_size(request)

    def on_message_complete(self) -> None:
        request = self.current
        if request is None:  # the head was not accepted
            return
        upgrades = self._parser is not None and self._parser.should_upgrade() and request.method != "CONNECT"
        if upgrades and not request.headers.keys().isdisjoint(("content-length", "transfer-encoding")):
            return  # the parser has left the body out: see _decline_upgrade()
        self.current = None
        self._declined = False
        request.finish()
        self.complete.append(request)
        if not request.keep_alive:
            self.closed = True

    def _check_framing(self, request: ReceivedRequest, version: str) -> None:
        headers = request.headers
        if len(headers.get("host", ())) > 1:
            raise self._error("more than one Host")
        lengths = headers.get("content-length", [])
        coding = headers.get("transfer-encoding")
        if len(lengths) > 1 or not all(length.isascii() and length.isdigit() for length in lengths):
            raise self._error("an invalid Content-Length")
        if coding is not None:
            if lengths or version == "1.0":
                raise self._error("an invalid Transfer-Encoding")
            if [value.lower() for value in coding] != ["chunked"]:
                request.keep_alive = False
                request.reject(501, "BAD_REQUEST", "chunked is the only supported transfer encoding")
        if lengths and int(lengths[0][:20]) > request.max_body:
            self._reject_size(request)
        request.takes_chunks = version == "1.1"
        if version == "1.1" and "expect" in headers:
            request.expects_continue = headers["expect"][0].lower() == "100-continue"

    def _reject_size(self, request: ReceivedRequest) -> None:
        request.keep_alive = False
        request.reject(413, "EXCEED_MAX_PAYLOAD_SIZE", f"the body is larger than {request.max_body} bytes")

    def _error(self, reason: str) -> ValueError:
        self._failure = reason
        return ValueError(reason)


def response_head(response: Response, headers: str, *, with_length: bool = True) -> bytes:
    """Return the status line and the headers of a response.

    Args:
        response: its body is only measured.
        headers: further ones, each ending in CRLF.
        with_length: whether the length of the body is known.

    Raises:
        ValueError: a header has a line break in it.
    """
    lines = _STATUS_LINES.get(response.status) or _status_line(response.status)
    count = 1
    for name, value in response.headers:
        lines += f"{name}: {value}\r\n"
        count += 1
    if lines.count("\n") != count or lines.count("\r") != count:
        raise ValueError("a header of the response has a line break in it")
    if with_length and response.status not in _WITHOUT_BODY:
        lines += f"Content-Length: {len(response.body)}\r\n"
    return f"{lines}{headers}\r\n".encode("latin-1", "replace")


def has_body(response: Response, method: str) -> bool:
    """Whether the body of a response is sent."""
    return bool(response.body) and method != "HEAD" and response.status not in _WITHOUT_BODY


def _status_line(status: int) -> str:
    from http import HTTPStatus  # here: most responses are 200, and the import takes milliseconds

    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    line = _STATUS_LINES[status] = f"HTTP/1.1 {status} {phrase}\r\n"
    return line
