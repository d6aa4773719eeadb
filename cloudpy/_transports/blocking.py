"""The blocking transport: sockets with one deadline for a whole exchange."""

from __future__ import annotations

import _thread
import atexit
import os
import select
import socket
import time
from collections.abc import Callable

from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused
from .address import ATTEMPT_DELAY, Target, TLSContexts, TunnelReader, connect_timeout, numeric, ordered, seconds_left
from .http1 import ResponseReader, chunk, request_head, target_of
from .pool import IDLE_TIMEOUT, Pool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .address import AddressInfo

_READ_SIZE = 64 * 1024  # bytes
_NEVER = float("inf")


class HTTPTransport:
    """Safe to share between threads, and after a fork (a child never uses its parent's connections).

    Args:
        idle: seconds a connection is kept unused.
        largest: bytes of a response body; one that has more is refused.
        clock: what the age of kept connections is read from.
    """

    def __init__(
        self, *, idle: float = IDLE_TIMEOUT, largest: int = MAX_ANSWER, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._largest = largest
        self._pool: Pool[_Connection] = Pool(idle, clock)
        self._open: set[_Connection] = set()  # those in use as well
        self._tls = TLSContexts()
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._reset_after_fork)

    def send(self, request: Request, timeout: float) -> Response:
        deadline = time.monotonic() + timeout
        scheme, authority, path = target_of(request.url)
        head = request_head(request, path)
        address = (scheme, authority, request.proxy, request.ca)
        connection = self._pool.get(address, idempotent=request.idempotent)
        reused = connection is not None
        if connection is None:
            target = Target(*address)
            connection = _Connection(connect(target, self._tls, deadline), self._open)
        keep = False
        try:
            response, keep = connection.exchange(request, head, deadline, self._largest)
            return response
        except Failure as failure:
            if reused and connection.lost and not connection.heard:
                # Its like, unused as long, are dead as well: the next attempt is to be a new connection.
                self._pool.close(address)
                failure.stale = True
                failure.unsent = not connection.sent
            raise
        finally:
            if keep:
                self._pool.put(address, connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._pool.close()

    def _reset_after_fork(self) -> None:
        self._pool.reset_after_fork()
        inherited, self._open = list(self._open), set()
        for connection in inherited:  # our copies of the parent's sockets, those in use by its threads too
            connection.close()


class _Connection:
    """One connection, and the exchange of one request for one response on it.

    Attributes:
        sent: bytes of the current request that the system has taken.
        heard: a byte of the current response has come.
        lost: the other end has closed or reset it.
    """

    def __init__(self, sock: socket.socket, open_: set[_Connection]) -> None:
        self._sock = sock
        self._open = open_
        self._poll: Any = None
        if hasattr(select, "poll"):  # select() itself fails on descriptors above 1023; Windows has nothing else
            self._poll = select.poll()
            self._poll.register(sock, select.POLLIN)
        self.idle_since = 0.0
        self.sent = 0
        self.heard = False
        self.lost = False
        open_.add(self)

    def silent(self) -> bool:
        """Whether there is nothing to read: a kept connection that has something was closed, or talks out of turn."""
        if getattr(self._sock, "pending", int)():  # read and decrypted already
            return False
        return not (self._poll.poll(0) if self._poll is not None else select.select([self._sock], [], [], 0)[0])

    def exchange(self, request: Request, head: bytes, deadline: float, largest: int) -> tuple[Response, bool]:
        """Return the response, and whether the connection may carry another request.

        Raises:
            Failure: there is none.
        """
        self.sent, self.heard = 0, False
        pause = _NEVER if request.pause is None else request.pause
        reader = ResponseReader(largest, streaming=request.sink is not None)
        try:
            unsent = self._send(request, head, deadline, pause)
            while True:
                self._sock.settimeout(min(seconds_left(deadline), pause))
                try:
                    data = self._sock.recv(_READ_SIZE)
                except ConnectionError as error:
                    raise unsent or error from None
                self.heard = self.heard or bool(data)
                if data:
                    reader.feed(data)
                else:
                    self.lost = True
                    reader.feed_eof()
                if reader.streaming:
                    assert request.sink is not None
                    if body := reader.take():
                        request.sink.write(body)
                        request.sink.passed(reader.length)
                if reader.complete:
                    return reader.response(), reader.reusable and not unsent
        except OSError as error:
            if isinstance(error, TimeoutError) and error.errno is None:  # with a number it is the network's, not ours
                raise Failure("request timeout", timed_out=True) from None
            self.lost = True
            raise broken(error) from None

    def _send(self, request: Request, head: bytes, deadline: float, pause: float) -> OSError | None:
        """Send the request; return the error that kept its end from being sent.

        A server that refuses a request may answer and close without reading it: then its answer is read all the same.
        """
        body = request.body
        try:
            if type(body) is bytes:
                self._write(head + body, deadline, pause)  # one write: a second one could wait for a round trip
                return None
            assert not isinstance(body, bytes)
            while True:
                piece = body.read()
                data = piece if body.length is not None else chunk(piece)
                self._write(head + data if head else data, deadline, pause)
                head = b""
                body.passed(len(piece))
                if not piece or body.sent == body.length:
                    return None
                if not self.silent():
                    return ConnectionError()
        except (BrokenPipeError, ConnectionResetError) as error:
            if not self.sent:
                raise
            return error

    def _write(self, data: bytes, deadline: float, pause: float) -> None:
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(min(seconds_left(deadline), pause))
            count = self._sock.send(rest)
            self.sent += count
            rest = rest[count:]

    def close(self) -> None:
        self._open.discard(self)
        self._sock.close()


def connect(target: Target, tls: TLSContexts, deadline: float) -> socket.socket:
    """Open a connection.

    Raises:
        Failure: there is none; nothing was sent.
    """
    host, port = target.next_hop
    sock = _first_of(ordered(_resolve(host, port, deadline)), host, port, deadline)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        if target.proxy:
            sock.sendall(target.proxy.connect_request(target.host, target.port))
            tunnel = TunnelReader()
            while not tunnel.feed(sock.recv(_READ_SIZE)):
                sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        if target.tls:
            sock = tls.get(target.ca).wrap_socket(sock, server_hostname=target.host)
        return sock
    except BaseException as error:
        sock.close()
        if isinstance(error, TimeoutError):
            raise connect_timeout() from None
        if isinstance(error, OSError):
            raise refused(error, target.host, target.port) from None
        if isinstance(error, ValueError):  # a name that TLS cannot ask for
            raise Failure(f"{target.host!r} is not an address: {error}", unsent=True) from None
        raise


def _resolve(host: str, port: int, deadline: float) -> list[AddressInfo]:
    """Look a name up, in a thread: the system's own time limit can be longer than the call's."""
    found = numeric(host, port)
    if found:
        return found
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
    except RuntimeError:  # the process may have no more threads
        look_up()
    if not done.acquire(timeout=max(0.0, deadline - time.monotonic())):
        raise connect_timeout()
    result = outcome[0]
    if isinstance(result, OSError):
        raise refused(result, host, port) from None
    if isinstance(result, ValueError):
        raise Failure(f"{host!r} is not an address: {result}", unsent=True) from None
    if isinstance(result, BaseException):
        raise result
    if not result:
        raise Failure(f"getaddrinfo ENOTFOUND {host}", unsent=True)
    return result  # type: ignore[no-any-return]


def _first_of(found: list[AddressInfo], host: str, port: int, deadline: float) -> socket.socket:
    """Return a socket connected to one of the addresses: see `_race` for more than one."""
    if len(found) > 1:
        return _race(found, host, port, deadline)
    family, kind, protocol, _, where = found[0]
    sock: socket.socket | None = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(min(seconds_left(deadline), CONNECT_TIMEOUT))
        sock.connect(where)
        return sock
    except OSError as error:
        if sock is not None:
            sock.close()
        if isinstance(error, TimeoutError) and error.errno is None:
            raise connect_timeout() from None
        raise refused(error, host, port) from None


def _race(found: list[AddressInfo], host: str, port: int, deadline: float) -> socket.socket:
    """Try the addresses in turn, the next one when the one before failed or is silent; the first to connect counts."""
    import selectors  # here: most hosts have one address

    # Neither needs a descriptor of its own, which a process may be out of
    kind_of_selector = getattr(selectors, "PollSelector", selectors.SelectSelector)
    queue = list(reversed(found))
    failure: Failure | None = None
    next_start = 0.0
    with kind_of_selector() as selector:
        try:
            while queue or selector.get_map():
                now = time.monotonic()
                if now >= deadline:
                    raise connect_timeout()
                if queue and (now >= next_start or not selector.get_map()):
                    family, kind, protocol, _, where = queue.pop()
                    next_start = now + ATTEMPT_DELAY
                    try:
                        sock = socket.socket(family, kind, protocol)
                    except OSError as error:
                        failure = failure or refused(error, host, port)
                        continue
                    sock.setblocking(False)
                    number = sock.connect_ex(where)
                    selector.register(sock, selectors.EVENT_WRITE, now + CONNECT_TIMEOUT)
                    if number and number not in _IN_PROGRESS:
                        failure = failure or refused(OSError(number, ""), host, port)
                        next_start = 0.0
                        _drop(selector, sock)
                    continue
                wake = min(
                    [deadline, *(key.data for key in selector.get_map().values()), *([next_start] * bool(queue))]
                )
                for key, _ in selector.select(max(0.0, wake - now)):
                    ready: Any = key.fileobj
                    number = ready.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not number:
                        selector.unregister(ready)
                        return ready  # type: ignore[no-any-return]
                    failure = failure or refused(OSError(number, ""), host, port)
                    _drop(selector, ready)
                    next_start = 0.0
                now = time.monotonic()
                for key in [key for key in selector.get_map().values() if key.data <= now]:
                    failure = failure or connect_timeout()
                    _drop(selector, key.fileobj)
        finally:
            for key in list(selector.get_map().values()):
                _drop(selector, key.fileobj)
    raise failure or connect_timeout()


def _drop(selector: Any, sock: Any) -> None:
    selector.unregister(sock)
    sock.close()


def _in_progress() -> frozenset[int]:
    import errno

    names = ("EINPROGRESS", "EWOULDBLOCK", "WSAEWOULDBLOCK", "WSAEINPROGRESS")
    return frozenset(getattr(errno, name) for name in names if hasattr(errno, name))


_IN_PROGRESS = _in_progress()
