"""The sync face's transport: http.client, with connections kept for the next call."""

from __future__ import annotations

import atexit
import http.client
import io
import os
import select
import socket
import threading
import time
from typing import Any

from . import CONNECT_TIMEOUT, MAX_ANSWER, Failure, Request, Response, broken, refused

_IDLE = 4.8  # seconds a connection is kept unused; Node's agent keeps it as long, servers longer
_KEPT = 10  # connections kept for one address
_CHUNK = 64 * 1024

_Address = tuple[str, str]  # scheme, host:port


class HTTPTransport:
    """Safe to share between threads, and after a fork (a child never uses its parent's connections)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[_Address, list[_Connection]] = {}
        self._pid = os.getpid()
        atexit.register(self.close)

    def send(self, request: Request, timeout: float) -> Response:
        deadline = time.monotonic() + timeout
        scheme, _, rest = request.url.partition("://")
        host, _, path = rest.partition("/")
        address = (scheme, host)
        connection = self._take(address)
        reused = connection is not None
        if connection is None:
            connection = _connect(scheme, host, deadline)
        kept = False
        try:
            response = connection.exchange(request, f"/{path}", deadline, reused)
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
                connection.close()

    def close(self, address: _Address | None = None) -> None:
        """Closes every kept connection, or those to one address."""
        with self._lock:
            addresses = list(self._idle) if address is None else [address]
            connections = [connection for one in addresses for connection in self._idle.pop(one, ())]
        for connection in connections:
            connection.close()

    def _take(self, address: _Address) -> _Connection | None:
        if self._pid != os.getpid():
            # After a fork the sockets are the parent's too: letting go of them here closes our copies alone.
            self._lock = threading.Lock()
            self._idle = {}
            self._pid = os.getpid()
        while True:
            with self._lock:
                kept = self._idle.get(address)
                if not kept:
                    return None
                connection = kept.pop()
            if connection.usable():
                return connection
            connection.close()

    def _keep(self, address: _Address, connection: _Connection) -> None:
        connection.kept_since = time.monotonic()
        with self._lock:
            kept = self._idle.setdefault(address, [])
            if len(kept) < _KEPT:
                kept.append(connection)
                return
        connection.close()


class _Connection:
    """One connection and the exchange of one request for one answer on it."""

    def __init__(self, http_connection: http.client.HTTPConnection) -> None:
        self._http = http_connection
        self._reader = _DeadlineReader(http_connection.sock)
        self.kept_since = 0.0
        self.will_close = True

    def usable(self) -> bool:
        """Whether the connection is young and silent; a kept one that has bytes to read was closed by the server."""
        if time.monotonic() - self.kept_since > _IDLE:
            return False
        return not _readable(self._http.sock)

    def exchange(self, request: Request, target: str, deadline: float, reused: bool) -> Response:
        sock: socket.socket = self._http.sock
        self._reader.begin(deadline)
        try:
            sock.settimeout(_left(deadline))
            head = [f"{request.method} {target} HTTP/1.1"]
            head += [f"{name}: {value}" for name, value in request.headers]
            head.append(f"Content-Length: {len(request.body)}\r\n\r\n")
            # One write for head and body: http.client's own request() makes two, and a round trip longer.
            sock.sendall("\r\n".join(head).encode("latin-1", "replace") + request.body)
            response = http.client.HTTPResponse(self._reader, method=request.method)  # type: ignore[arg-type]
            response.begin()
            body = _whole(response)
        except TimeoutError:
            raise Failure("request timeout", timed_out=True) from None
        except (http.client.RemoteDisconnected, ConnectionError) as error:
            silent = self._reader.received == 0
            if isinstance(error, http.client.RemoteDisconnected):
                raise Failure("socket hang up", stale=reused and silent) from None
            raise broken(error, stale=reused and silent) from None
        except http.client.IncompleteRead:
            raise Failure("aborted") from None
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise broken(error) from None
        self.will_close = response.will_close or self._reader.left_over
        headers = {name.lower(): value for name, value in reversed(response.getheaders())}
        return Response(response.status, response.reason, headers, body)

    def close(self) -> None:
        self._http.close()


class _Buffer(io.BufferedReader):
    """What an answer reads from: closing it ends the answer, not the connection, and tells of bytes behind it."""

    def close(self) -> None:
        reader = self.raw
        assert isinstance(reader, _DeadlineReader)
        reader.ended = True
        if not self.closed:
            reader.left_over = bool(self.peek(1))


class _DeadlineReader(io.RawIOBase):
    """Bytes from a socket, each read bounded by what is left until one deadline for the whole answer."""

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self._deadline = 0.0
        self.begin(0.0)

    def begin(self, deadline: float) -> None:
        """Gets ready for the next answer."""
        self._deadline = deadline
        self.received = 0
        self.ended = False
        self.left_over = False

    def makefile(self, _mode: str) -> _Buffer:
        """What http.client asks a socket for, to read an answer from."""
        return _Buffer(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return None
        self._sock.settimeout(_left(self._deadline))
        count: int = self._sock.recv_into(buffer)
        self.received += count
        return count


def _connect(scheme: str, host: str, deadline: float) -> _Connection:
    timeout = min(_left(deadline), CONNECT_TIMEOUT)
    connection: http.client.HTTPConnection
    try:
        if scheme == "https":
            connection = http.client.HTTPSConnection(host, timeout=timeout)
        else:
            connection = http.client.HTTPConnection(host, timeout=timeout)
        connection.connect()
    except TimeoutError:
        raise Failure("connect timeout", unsent=True, timed_out=True) from None
    except OSError as error:
        raise refused(error, connection.host, connection.port) from None
    except (http.client.HTTPException, ValueError) as error:
        raise Failure(f"{host!r} is no address: {error}", unsent=True) from None
    return _Connection(connection)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _whole(response: http.client.HTTPResponse) -> bytes:
    if response.length is not None and response.length > MAX_ANSWER:
        raise ValueError(f"the answer has {response.length} bytes, more than the {MAX_ANSWER} taken")
    if response.length is not None:
        return response.read()
    chunks, size = [], 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > MAX_ANSWER:
            raise ValueError(f"the answer has more than the {MAX_ANSWER} bytes taken")
        chunks.append(chunk)
    return b"".join(chunks)


def _readable(sock: socket.socket) -> bool:
    if hasattr(select, "poll"):  # select() itself fails on descriptors above 1023; Windows has nothing else
        poller = select.poll()
        poller.register(sock, select.POLLIN)
        return bool(poller.poll(0))
    return bool(select.select([sock], [], [], 0)[0])
