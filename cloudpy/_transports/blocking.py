"""The sync face's transport: http.client reads the answers, connections are kept for the next call."""

from __future__ import annotations

import atexit
import http.client
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from email.errors import MissingHeaderBodySeparatorDefect

from .._wire.javascript import utf8
from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused
from ._reader import DeadlineReader, left

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from .flow import Sink

_IDLE = 4.8  # seconds a connection is kept unused; Node's agent keeps it as long, servers longer
_KEPT = 10  # connections kept for one address
_PIECE = 64 * 1024  # bytes

_Address = tuple[str, str]  # scheme, host:port


class HTTPTransport:
    """Safe to share between threads, and after a fork (a child never uses its parent's connections).

    Args:
        idle: seconds a connection is kept unused.
        largest: bytes of an answer, its framing included; one that has more is refused.
        clock: what the age of kept connections is read from.
    """

    def __init__(
        self, *, idle: float = _IDLE, largest: int = MAX_ANSWER, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._age = idle
        self._largest = largest
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: dict[_Address, list[_Connection]] = {}
        self._open: set[_Connection] = set()  # those in use as well
        self._tls: ssl.SSLContext | None = None
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def send(self, request: Request, timeout: float) -> Response:
        deadline = time.monotonic() + timeout
        scheme, _, rest = request.url.partition("://")
        host, _, target = rest.partition("/")
        if "?" in host:  # an address without a path: the query follows the host
            host, _, target = rest.partition("?")
            target = f"?{target}"
        address = (scheme, host)
        connection = None if request.fresh else self._take(address)
        reused = connection is not None
        if connection is None:
            connection = self._connect(scheme, host, deadline)
        kept = False
        try:
            response = connection.exchange(request, f"/{target}", deadline, reused)
            kept = not connection.will_close
            return response
        except Failure as failure:
            if failure.stale:  # its like, kept as long, are dead as well: the next attempt is to be a new connection
                self.close(address)
            raise
        finally:
            if kept:
                self._keep(address, connection)
            else:
                self._drop(connection)

    def close(self, address: _Address | None = None) -> None:
        """Closes every kept connection, or those to one address."""
        with self._lock:
            addresses = list(self._idle) if address is None else [address]
            connections = [connection for one in addresses for connection in self._idle.pop(one, ())]
        for connection in connections:
            self._drop(connection)

    def _forget(self) -> None:
        """In the child after a fork: closes our copies of the parent's sockets, those in use by its threads too."""
        self._lock = threading.Lock()  # the old one may be held by a thread that is not here
        self._idle = {}
        inherited, self._open = self._open, set()
        for connection in inherited:
            connection.close()

    def _take(self, address: _Address) -> _Connection | None:
        while True:
            with self._lock:
                kept = self._idle.get(address)
                if not kept:
                    return None
                connection = kept.pop()
            if self._clock() - connection.kept_since <= self._age and connection.silent():
                return connection
            self._drop(connection)

    def _keep(self, address: _Address, connection: _Connection) -> None:
        connection.kept_since = self._clock()
        with self._lock:
            kept = self._idle.setdefault(address, [])
            if len(kept) < _KEPT:
                kept.append(connection)
                return
        self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        self._open.discard(connection)
        connection.close()

    def _connect(self, scheme: str, address: str, deadline: float) -> _Connection:
        host, port = _host_and_port(address, 443 if scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
        except OSError as error:
            raise refused(error, host, port) from None
        except ValueError as error:
            raise Failure(f"{address!r} is no address: {error}", unsent=True) from None
        failure: Failure | None = None
        for family, kind, protocol, _, where in found:
            # One by one with the time that is left: create_connection() would give each the whole of it.
            sock: socket.socket | None = None
            try:
                sock = socket.socket(family, kind, protocol)
                sock.settimeout(min(left(deadline), CONNECT_TIMEOUT))
                sock.connect(where)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection = _Connection(self._secured(sock, host) if scheme == "https" else sock, self._largest)
            except TimeoutError:
                failure = Failure("connect timeout", unsent=True, timed_out=True)
            except OSError as error:
                failure = refused(error, host, port)
            except ValueError as error:  # a name that TLS cannot ask for
                failure = Failure(f"{address!r} is no address: {error}", unsent=True)
            else:
                self._open.add(connection)
                return connection
            if sock is not None:
                sock.close()
        raise failure or Failure(f"getaddrinfo ENOTFOUND {host}", unsent=True)

    def _secured(self, sock: socket.socket, host: str) -> socket.socket:
        if self._tls is None:
            import ssl  # here: inside Tencent's network the gateway is plain http

            tls = ssl.create_default_context()
            tls.set_alpn_protocols(["http/1.1"])
            self._tls = tls
        return self._tls.wrap_socket(sock, server_hostname=host)


class _Connection:
    """One connection and the exchange of one request for one answer on it."""

    def __init__(self, sock: socket.socket, largest: int) -> None:
        self._sock = sock
        self._largest = largest
        self._reader = DeadlineReader(sock, largest)
        self.kept_since = 0.0
        self.will_close = True

    def silent(self) -> bool:
        """Whether there is nothing to read: a kept connection that has something was closed, or talks out of turn."""
        if hasattr(select, "poll"):  # select() itself fails on descriptors above 1023; Windows has nothing else
            poller = select.poll()
            poller.register(self._sock, select.POLLIN)
            return not poller.poll(0)
        return not select.select([self._sock], [], [], 0)[0]

    def exchange(self, request: Request, target: str, deadline: float, reused: bool) -> Response:
        self._reader.begin(deadline, request.pause, unbounded=request.sink is not None)
        response = http.client.HTTPResponse(self._reader, method=request.method)  # type: ignore[arg-type]
        sent = True
        try:
            self._sock.settimeout(left(deadline))
            if type(request.body) is bytes:
                # One write for head and body: http.client's own request() makes two, and a round trip longer.
                self._sock.sendall(_head(request, target) + request.body)
            else:
                sent = self._send(request, target, deadline)
            response.begin()
            while 101 < response.status < 200:  # early hints and the like; http.client passes over 100 alone
                response.headers = response.msg = None  # type: ignore[assignment]
                response.begin()
            if self._reader.cut:  # http.client takes a head that breaks off for a whole one
                raise Failure("socket hang up")
            _check_framing(response)
            if request.sink is not None and response.status == 200:
                body = _poured(response, request.sink)
            else:
                body = _whole(response, self._largest)
        except http.client.RemoteDisconnected:
            raise Failure("socket hang up", stale=reused and not self._reader.received) from None
        except http.client.IncompleteRead:
            raise Failure("aborted") from None
        except OSError as error:
            if isinstance(error, TimeoutError) and error.errno is None:  # with a number it is the network's, not ours
                raise Failure("request timeout", timed_out=True) from None
            raise broken(error, stale=reused and not self._reader.received) from None
        except (http.client.HTTPException, ValueError) as error:
            raise Failure(f"Parse Error: {error}"[:300]) from None
        finally:
            # One that was not read to its end would close itself when it is collected, after what it reads from.
            if not response.isclosed():
                response.close()
        self.will_close = response.will_close or self._reader.left_over or response.status == 101 or not sent
        headers = {name.lower(): value.strip() for name, value in reversed(response.getheaders())}
        return Response(response.status, response.reason, headers, body)

    def _send(self, request: Request, target: str, deadline: float) -> bool:
        """Sends a body that is read as it goes; False when the answer was there, or the line gone, before its end."""
        source = request.body
        assert not isinstance(source, bytes)
        pause = float("inf") if request.pause is None else request.pause
        ahead = _head(request, target)
        chunked = source.length is None
        while True:
            piece = source.read()
            data = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
            self._sock.settimeout(min(left(deadline), pause))
            try:
                self._sock.sendall(ahead + data if ahead else data)
            except (BrokenPipeError, ConnectionResetError):
                if self.silent():
                    raise
                return False  # a server that refuses may answer and close without reading to the end
            ahead = b""
            source.passed(len(piece))
            if not piece or source.sent == source.length:
                return True
            if not self.silent():
                return False

    def close(self) -> None:
        self._sock.close()


def _head(request: Request, target: str) -> bytes:
    lines = [f"{request.method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    length = len(request.body) if isinstance(request.body, bytes) else request.body.length
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    lines.append(f"{framing}\r\n\r\n")
    head = "\r\n".join(lines)
    if head.count("\n") != len(lines) + 1 or head.count("\r") != len(lines) + 1:
        raise ValueError("a header of the request, or its address, has a line break in it")
    return utf8(head)


def _check_framing(response: http.client.HTTPResponse) -> None:
    """Refuses an answer whose end is in doubt, where http.client would guess.

    A wrong guess makes the rest of one answer the beginning of the next.
    """
    headers = response.headers
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in headers.defects):
        raise ValueError("a header line without a colon")
    lengths = headers.get_all("content-length")
    if lengths and (len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit())):
        raise ValueError(f"Content-Length {', '.join(lengths)!r}")
    coding = headers.get("transfer-encoding")
    if coding and (lengths or not response.chunked):
        raise ValueError(f"Transfer-Encoding {coding!r}{' beside a Content-Length' if lengths else ''}")


def _whole(response: http.client.HTTPResponse, largest: int) -> bytes:
    if response.length is not None:
        if response.length > largest:
            raise Failure(f"the answer has {response.length} bytes, more than the {largest} taken")
        return response.read()
    # Piece by piece: http.client asks for the memory of a chunk before the chunk is there.
    return b"".join(iter(lambda: response.read(_PIECE), b""))


def _poured(response: http.client.HTTPResponse, sink: Sink) -> bytes:
    expected = response.length
    view = memoryview(bytearray(_PIECE))
    while count := response.readinto(view):
        sink.write(view[:count])
        sink.passed(expected)
    if expected is not None and sink.written != expected:  # read piece by piece, http.client does not mind
        raise http.client.IncompleteRead(b"")
    return b""


def _host_and_port(address: str, default: int) -> tuple[str, int]:
    """``host``, ``host:port`` or ``[ipv6]:port`` taken apart."""
    host, colon, port = address.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = address, ""
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
    if not host or "@" in host or (port and not 0 < number < 65536):
        raise Failure(f"{address.rpartition('@')[2]!r} is no address: host or host:port is wanted", unsent=True)
    return host.strip("[]"), number or default
