"""The blocking transport: sockets, with one deadline for the whole exchange."""

from __future__ import annotations

import _thread
import atexit
import os
import select
import socket
import time
from collections.abc import Callable

from .address import (
    ATTEMPT_DELAY,
    CONNECT_TIMEOUT,
    Target,
    TLSContexts,
    TunnelReader,
    interleave_families,
    parse_ip,
    seconds_left,
)
from .failure import TransportFailure, connect_failure, connect_timeout, connection_failure
from .http1 import MAX_BODY, ResponseReader, encode, encode_chunk, read_plain
from .message import Request, Response
from .pool import IDLE_TIMEOUT, Pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .address import AddressInfo

READ_SIZE = 64 * 1024  # bytes
_NO_LIMIT = float("inf")
_TIMEOUT_PRECISION = 0.002  # seconds


class HTTPTransport:
    """Send requests over kept connections.

    Safe to share between threads, and after a fork: a child never uses its parent's connections.

    Args:
        idle_timeout: seconds that an idle connection is kept.
        max_body: limit in bytes for the body of a response.
        clock: returns the time in seconds, for the age of idle connections.
    """

    def __init__(
        self,
        *,
        idle_timeout: float = IDLE_TIMEOUT,
        max_body: int = MAX_BODY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_body = max_body
        self._pool: Pool[_Connection] = Pool(idle_timeout, clock)
        self._open: set[_Connection] = set()  # idle and in use
        self._tls = TLSContexts()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset_after_fork)

    def send(self, request: Request, timeout: float) -> Response:
        """Return the response.

        Args:
            request: what to send.
            timeout: seconds for all of it, connecting included.

        Raises:
            TransportFailure: there is no response.
        """
        deadline = time.monotonic() + timeout
        address, head = encode(request)
        connection = self._pool.get(address, idempotent=request.idempotent)
        reused = connection is not None
        if connection is None:
            target = Target(*address)
            connection = _Connection(connect(target, self._tls, deadline), self._open)
        reusable = False
        try:
            response, reusable = connection.exchange(request, head, deadline, self._max_body)
            return response
        except TransportFailure as failure:
            if reused and connection.lost and not connection.response_started:
                self._pool.close(address)  # the others have been idle longer and are dead too
                failure.stale_connection = True
                failure.not_sent = not connection.bytes_sent
            raise
        finally:
            if reusable:
                self._pool.put(address, connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close every idle connection."""
        self._pool.close()

    def _reset_after_fork(self) -> None:
        self._pool.reset_after_fork()
        inherited, self._open = list(self._open), set()
        for connection in inherited:  # copies of the parent's sockets, including those that its threads use
            connection.close()


class _Connection:
    """One connection, and the exchange of one request and one response over it.

    Attributes:
        bytes_sent: bytes of the current request that were passed to the kernel.
        response_started: a byte of the current response has arrived.
        lost: the other end has closed or reset the connection.
    """

    def __init__(self, sock: socket.socket, open_: set[_Connection]) -> None:
        self._sock = sock
        self._timeout = 0.0  # seconds, as set on the socket
        self._open = open_
        self._poll: Any = None
        if hasattr(select, "poll"):  # select() fails for descriptors above 1023; Windows has nothing else
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
        self.idle_since = 0.0
        self.bytes_sent = 0
        self.response_started = False
        self.lost = False
        open_.add(self)

    def is_usable(self) -> bool:
        """Whether there is nothing to read: neither the end of the connection nor bytes out of turn."""
        if getattr(self._sock, "pending", int)():  # read and decrypted already
            return False
        return not (self._poll.poll(0) if self._poll is not None else select.select([self._sock], [], [], 0)[0])

    def exchange(self, request: Request, head: bytes, deadline: float, max_body: int) -> tuple[Response, bool]:
        """Return the response, and whether the connection can carry another request.

        Raises:
            TransportFailure: there is no response.
        """
        self.bytes_sent, self.response_started = 0, False
        idle_timeout = _NO_LIMIT if request.idle_timeout is None else request.idle_timeout
        reader: ResponseReader | None = None
        try:
            send_error = self._send(request, head, deadline, idle_timeout)
            while True:
                self._set_timeout(min(seconds_left(deadline), idle_timeout))
                try:
                    data = self._sock.recv(READ_SIZE)
                except ConnectionError as error:
                    raise send_error or error from None
                if reader is None:
                    if request.download is None and (response := read_plain(data, max_body)) is not None:
                        self.response_started = True
                        return response, not send_error
                    reader = ResponseReader(max_body, streaming=request.download is not None)
                if data:
                    self.response_started = True
                    reader.feed(data)
                else:
                    self.lost = True
                    reader.feed_eof()
                if reader.streaming:
                    assert request.download is not None
                    if body := reader.take():
                        request.download.write(body)
                        request.download.advance(reader.length)
                if reader.complete:
                    return reader.response(), reader.reusable and not send_error
        except OSError as error:
            if isinstance(error, TimeoutError) and error.errno is None:  # with errno it is the network's timeout
                raise TransportFailure("request timeout", timed_out=True) from None
            self.lost = True
            raise connection_failure(error) from None

    def _send(self, request: Request, head: bytes, deadline: float, idle_timeout: float) -> OSError | None:
        """Send the request; return the error that stopped it after a part was sent.

        A server that rejects a request may respond and close without reading all of it: its response is still read.
        """
        body = request.body
        try:
            if type(body) is bytes:
                self._write(head + body, deadline, idle_timeout)  # at once: a second write could wait a round trip
                return None
            assert not isinstance(body, bytes)
            while True:
                chunk = body.read()
                data = chunk if body.length is not None else encode_chunk(chunk)
                self._write(head + data if head else data, deadline, idle_timeout)
                head = b""
                body.advance(len(chunk))
                if not chunk or body.sent == body.length:
                    return None
                if not self.is_usable():
                    return ConnectionError()
        except (BrokenPipeError, ConnectionResetError) as error:
            if not self.bytes_sent:
                raise
            return error

    def _write(self, data: bytes, deadline: float, idle_timeout: float) -> None:
        rest: bytes | memoryview = data
        while rest:
            self._set_timeout(min(seconds_left(deadline), idle_timeout))
            count = self._sock.send(rest)
            self.bytes_sent += count
            rest = memoryview(rest)[count:] if count < len(rest) else b""

    def _set_timeout(self, seconds: float) -> None:
        # A system call, which is saved while the timeout is right to a few milliseconds.
        if abs(seconds - self._timeout) > _TIMEOUT_PRECISION:
            self._timeout = seconds
            self._sock.settimeout(seconds)

    def close(self) -> None:
        self._open.discard(self)
        self._sock.close()


def connect(target: Target, tls: TLSContexts, deadline: float) -> socket.socket:
    """Return a connected socket, after the handshakes with a proxy and of TLS.

    Raises:
        TransportFailure: it cannot be opened; nothing was sent.
    """
    host, port = target.next_hop
    sock = _connect_any(interleave_families(_resolve(host, port, deadline)), host, port, deadline)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        if target.proxy:
            sock.sendall(target.proxy.connect_request(target.host, target.port))
            tunnel = TunnelReader()
            while not tunnel.feed(sock.recv(READ_SIZE)):
                sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        if target.tls:
            sock = tls.get(target.ca).wrap_socket(sock, server_hostname=target.host)
        return sock
    except BaseException as error:
        sock.close()
        if isinstance(error, TimeoutError):
            raise connect_timeout() from None
        if isinstance(error, OSError):
            raise connect_failure(error, target.host, target.port) from None
        if isinstance(error, ValueError):  # a name that TLS cannot ask for
            raise TransportFailure(f"invalid address {target.host!r}: {error}", not_sent=True) from None
        raise


def _resolve(host: str, port: int, deadline: float) -> list[AddressInfo]:
    """Look up a name, in a thread: the timeout of the system's resolver can be longer than the call's."""
    if addresses := parse_ip(host, port):
        return addresses
    outcome: list[Any] = []
    done = _thread.allocate_lock()
    done.acquire()

    def look_up() -> None:
        try:
            outcome.append(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except BaseException as error:
            outcome.append(error)
        done.release()

    try:
        _thread.start_new_thread(look_up, ())
    except RuntimeError:  # no more threads allowed
        look_up()
    if not done.acquire(timeout=max(0.0, deadline - time.monotonic())):
        raise connect_timeout()
    result = outcome[0]
    if isinstance(result, OSError):
        raise connect_failure(result, host, port) from None
    if isinstance(result, ValueError):
        raise TransportFailure(f"invalid address {host!r}: {result}", not_sent=True) from None
    if isinstance(result, BaseException):
        raise result
    if not result:
        raise TransportFailure(f"getaddrinfo ENOTFOUND {host}", not_sent=True)
    return result  # type: ignore[no-any-return]


def _connect_any(addresses: list[AddressInfo], host: str, port: int, deadline: float) -> socket.socket:
    """Return a socket connected to one of the addresses; `_race` handles more than one."""
    if len(addresses) > 1:
        return _race(addresses, host, port, deadline)
    family, kind, protocol, _, address = addresses[0]
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        sock.connect(address)
        return sock
    except OSError as error:
        if sock is not None:
            sock.close()
        if isinstance(error, TimeoutError) and error.errno is None:
            raise connect_timeout() from None
        raise connect_failure(error, host, port) from None


def _race(addresses: list[AddressInfo], host: str, port: int, deadline: float) -> socket.socket:
    """Return the first socket that connects; start the next attempt when one has failed or is silent."""
    import selectors  # late: most hosts have one address

    # Neither of these needs a descriptor, which the process may be out of.
    selector_class = getattr(selectors, "PollSelector", selectors.SelectSelector)
    queue = list(reversed(addresses))
    failure: TransportFailure | None = None
    next_start = 0.0
    with selector_class() as selector:
        try:
            while queue or selector.get_map():
                now = time.monotonic()
                if now >= deadline:
                    raise connect_timeout()
                if queue and (now >= next_start or not selector.get_map()):
                    next_start = now + ATTEMPT_DELAY
                    try:
                        _start_attempt(selector, queue.pop(), now + CONNECT_TIMEOUT)
                    except OSError as error:
                        failure = failure or connect_failure(error, host, port)
                        next_start = 0.0
                    continue
                limits = [deadline, *(key.data for key in selector.get_map().values()), *([next_start] * bool(queue))]
                for key, _ in selector.select(max(0.0, min(limits) - now)):
                    sock: Any = key.fileobj
                    number = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not number:
                        selector.unregister(sock)
                        return sock  # type: ignore[no-any-return]
                    failure = failure or connect_failure(OSError(number, ""), host, port)
                    _drop(selector, sock)
                    next_start = 0.0
                now = time.monotonic()
                for key in [key for key in selector.get_map().values() if key.data <= now]:
                    failure = failure or connect_timeout()
                    _drop(selector, key.fileobj)
        finally:
            for key in list(selector.get_map().values()):
                _drop(selector, key.fileobj)
    raise failure or connect_timeout()


def _start_attempt(selector: Any, info: AddressInfo, expires: float) -> None:
    """Begin to connect; `selector` will say when the socket is connected or has failed.

    Raises:
        OSError: the attempt has failed at once.
    """
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        number = sock.connect_ex(address)
        if number and number not in _IN_PROGRESS:
            raise OSError(number, "")
    except BaseException:
        sock.close()
        raise
    from selectors import EVENT_WRITE

    selector.register(sock, EVENT_WRITE, expires)


def _drop(selector: Any, sock: Any) -> None:
    selector.unregister(sock)
    sock.close()


def _in_progress() -> frozenset[int]:
    import errno

    names = ("EINPROGRESS", "EWOULDBLOCK", "WSAEWOULDBLOCK", "WSAEINPROGRESS")
    return frozenset(getattr(errno, name) for name in names if hasattr(errno, name))


_IN_PROGRESS = _in_progress()
