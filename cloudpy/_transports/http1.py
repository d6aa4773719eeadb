"""HTTP/1.1 without I/O: encode the head of a request, read a response. Both transports use it.

The parser is llhttp, the parser of Node, through httptools. This module adds limits, rejects ambiguous framing, and
decides whether the connection can be reused.
"""

from __future__ import annotations

import sys

from .._wire.javascript import utf8
from .failure import TransportFailure
from .message import EncodedRequest, Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from httptools import HttpResponseParser

    from .message import Address

MAX_BODY = 64 * 1024 * 1024  # bytes; larger than any API response
MAX_HEAD = 64 * 1024  # bytes
MAX_HEADERS = 256
_LARGE_HEAD = f"the response has a head of more than {MAX_HEAD} bytes"
_PLAIN_START = b"HTTP/1.1 200 OK\r\n"
_MAX_PLAIN_HEAD = 8 * 1024  # bytes
_FRAMING = frozenset(("connection", "proxy-connection", "transfer-encoding", "upgrade"))
_MAX_FRAMING = 8  # times the body: a chunk of one byte has five bytes of framing


def split_url(url: str) -> tuple[str, str, str]:
    """Return the scheme, the authority and the request target of `url`."""
    scheme, _, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    if "?" in authority:  # no path: the query follows the authority
        authority, _, query = rest.partition("?")
        return scheme, authority, f"/?{query}"
    return scheme, authority, f"/{path}"


def encode_head(request: Request, target: str) -> bytes:
    """Return the request line and the headers.

    Raises:
        TransportFailure: one of them contains a line break.
    """
    lines = [f"{request.method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    body = request.body
    length = len(body) if type(body) is bytes else body.length  # type: ignore[union-attr]
    lines.append("Transfer-Encoding: chunked\r\n\r\n" if length is None else f"Content-Length: {length}\r\n\r\n")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise TransportFailure("Parse Error: the URL or a header of the request contains a line break")
    return utf8(head)


def encode(request: Request) -> tuple[Address, bytes]:
    """Return where a request goes, and its head.

    Raises:
        TransportFailure: the URL or a header contains a line break.
    """
    if type(request) is EncodedRequest:
        return request.address, request.head
    scheme, authority, target = split_url(request.url)
    return (scheme, authority, request.proxy, request.ca), encode_head(request, target)


def encode_chunk(data: bytes) -> bytes:
    """Return `data` as a chunk of a chunked body; b"" ends the body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def read_plain(data: bytes, max_body: int) -> Response | None:
    """Return the response if `data` is one in the form that nearly all have, and nothing else; None for the rest.

    It takes a fourth of a ResponseReader's time, which would return the same for the same bytes: status 200, plain
    headers, none that changes the framing or ends the connection, and a body of Content-Length, complete.
    """
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(_PLAIN_START) or len(head) > _MAX_PLAIN_HEAD or len(body) > max_body or not head.isascii():
        return None
    headers: dict[str, str] = {}
    for line in head[len(_PLAIN_START) :].decode("ascii").split("\r\n"):
        name, _, value = line.partition(": ")
        # A name of letters, digits and hyphens, and a value without control characters: no part is in question.
        if not line.isprintable() or not name.replace("-", "").isalnum() or not value or value != value.strip():
            return None
        name = name.lower()
        if name in headers or (name in _FRAMING and (name != "connection" or value.lower() != "keep-alive")):
            return None
        headers[name] = value
    length = headers.get("content-length", "")
    if not length.isdigit() or int(length) != len(body):
        return None
    return Response(200, "OK", headers, body)


def _check_parser() -> None:
    """Look for the parser, which is loaded once a response needs it: before that, nothing may have been sent.

    Raises:
        ImportError: it is not installed, or built for another Python or another system.
    """
    folders: Sequence[str] | None = None
    for name in ("httptools", "httptools.parser", "httptools.parser.parser"):
        if name in sys.modules:  # or None, which forbids its import
            spec = getattr(sys.modules[name], "__spec__", None)
        else:
            finders = (getattr(finder, "find_spec", None) for finder in sys.meta_path)
            spec = next((found for find in finders if find and (found := find(name, folders))), None)
        if spec is None:
            raise _no_parser(f"No module named {name!r}")
        folders = spec.submodule_search_locations


def _no_parser(cause: object) -> ImportError:
    return ImportError(
        f"cloudpy's calls need httptools, built for this Python and this system ({cause}): run"
        " `pip install httptools` here; for the cloud, `cloudpy package` includes the right one",
        name="httptools",
    )


def _httptools() -> ModuleType:
    try:
        import httptools
    except ImportError as error:
        raise _no_parser(error) from error
    return httptools


_check_parser()


class ResponseReader:
    """Reads one response.

    Args:
        max_body: limit in bytes for a body that is collected in memory.
        streaming: read the body of a response with status 200 with `take`, without a limit.

    Attributes:
        started: a byte of the response has arrived.
        complete: the response has ended.
        reusable: the connection can carry another request.
        streaming: the body must be read with `take`.
        buffered: the number of bytes that `take` would return.
        length: the value of Content-Length, if any.
    """

    __slots__ = (
        "_body",
        "_failure",
        "_final",
        "_framing",
        "_head_size",
        "_headers",
        "_in_head",
        "_max_body",
        "_parser",
        "_reason",
        "_size",
        "_streams",
        "_until_eof",
        "buffered",
        "complete",
        "length",
        "reusable",
        "started",
        "status",
        "streaming",
    )

    def __init__(self, max_body: int, *, streaming: bool = False) -> None:
        self._max_body = max_body
        self._streams = streaming
        self._parser: HttpResponseParser | None = None
        self._failure: TransportFailure | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._reason = b""
        self._body: list[bytes] = []
        self._size = 0
        self._framing = 0
        self._head_size = 0
        self._in_head = True
        self._until_eof = False
        self._final = False
        self.buffered = 0
        self.status = 0
        self.length: int | None = None
        self.started = False
        self.complete = False
        self.reusable = False
        self.streaming = False

    def feed(self, data: bytes | memoryview) -> bool:
        """Read bytes from the connection; return whether the response is complete.

        Raises:
            TransportFailure: the bytes are not a valid response, or exceed a limit.
        """
        httptools = _httptools()
        parser = self._parser
        if parser is None:
            parser = self._parser = httptools.HttpResponseParser(self)
        self.started = True
        self._framing += len(data)
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # 101: what follows is not HTTP
            self.complete, self.reusable = True, False
        except httptools.HttpParserError as error:
            if not self.complete:
                self._parser = None
                raise self._failure or TransportFailure(f"Parse Error: {error}"[:300]) from None
            self.reusable = False  # bytes after the response
        if self.complete:
            self._parser = None  # it refers to this object
        elif self._framing > MAX_HEAD + _MAX_FRAMING * self._size:
            self._parser = None
            raise TransportFailure(
                f"Parse Error: {_LARGE_HEAD if self._in_head else 'the response has more framing than body'}"
            )
        return self.complete

    def feed_eof(self) -> None:
        """Note the end of the connection.

        Raises:
            TransportFailure: the response is not complete.
        """
        self._parser = None
        if self._until_eof:
            self.complete = True
        elif not self.complete:
            raise TransportFailure("aborted" if not self._in_head else "socket hang up")

    def take(self) -> bytes:
        """Return the part of a streamed body that arrived since the last call."""
        data = b"".join(self._body)
        self._body.clear()
        self.buffered = 0
        return data

    def response(self) -> Response:
        """Return the response; its body is empty when it was streamed."""
        headers: dict[str, str] = {}
        for name, value in self._headers:
            headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t"))
        return Response(self.status, self._reason.decode("latin-1"), headers, b"".join(self._body))

    # Called by the parser

    def on_message_begin(self) -> None:
        if self._final:
            raise ValueError("bytes after the response")  # never shown: see feed()

    def on_status(self, reason: bytes) -> None:
        self._reason += reason
        self._head_size += len(reason)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # the trailers of a chunked body are ignored
            self._headers.append((name, value))
            self._head_size += len(name) + len(value)
            if len(self._headers) > MAX_HEADERS:
                raise self._error(f"the response has more than {MAX_HEADERS} headers")
            if self._head_size > MAX_HEAD:
                raise self._error(_LARGE_HEAD)

    def on_headers_complete(self) -> None:
        parser = self._parser
        assert parser is not None
        status = self.status = parser.get_status_code()
        version = parser.get_http_version()
        if version != "1.1" and version != "1.0":
            raise self._error(f"HTTP/{version}")
        if status < 200 and status != 101:
            return
        self._in_head = False
        self._final = True
        lengths, coding = [], None
        for name, value in self._headers:
            if len(name) == 14 and name.lower() == b"content-length":
                lengths.append(value)
            elif len(name) == 17 and name.lower() == b"transfer-encoding":
                coding = value if coding is None else coding + b", " + value
        if len(lengths) > 1 or not all(length.isdigit() for length in lengths):
            raise self._error(f"Content-Length {b', '.join(lengths).decode('latin-1')!r}")
        if coding is not None and (lengths or coding.lower() != b"chunked"):
            duplicate = " beside a Content-Length" if lengths else ""
            raise self._error(f"Transfer-Encoding {coding.decode('latin-1')!r}{duplicate}")
        if status in (101, 204, 304):
            pass
        elif lengths:
            self.length = int(lengths[0])
        else:
            self._until_eof = coding is None
        self.streaming = self._streams and status == 200
        if self.length is not None and self.length > self._max_body and not self.streaming:
            raise self._error(f"the response has {self.length} bytes, the limit is {self._max_body}", prefix="")
        self.reusable = parser.should_keep_alive() and not self._until_eof and status != 101

    def on_body(self, data: bytes) -> None:
        self._size += len(data)
        self._framing -= len(data)
        if self._size > self._max_body and not self.streaming:
            raise self._error(f"the response has more bytes than the limit of {self._max_body}", prefix="")
        self.buffered += len(data)
        self._body.append(data)

    def on_message_complete(self) -> None:
        if self._final:
            self.complete = True
        else:  # an interim response: read the next one
            self._headers.clear()
            self._reason = b""
            self._framing = self._head_size = 0

    def _error(self, cause: str, prefix: str = "Parse Error: ") -> TransportFailure:
        self._failure = TransportFailure(f"{prefix}{cause}"[:300])
        return self._failure
