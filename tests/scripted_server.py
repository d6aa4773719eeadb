"""A TCP server on loopback that does, on each connection, exactly what a test's script says."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable


class Received:
    """One request as it came in."""

    def __init__(self, line: str, headers: dict[str, str], body: bytes) -> None:
        self.line = line
        self.headers = headers
        self.body = body


class Peer:
    """The server's side of one connection; `number` counts the connections from 0."""

    def __init__(self, sock: socket.socket, number: int, received: list[tuple[int, Received]]) -> None:
        self.sock = sock
        self.number = number
        self._received = received
        self._buffer = b""

    def read(self) -> Received | None:
        """The next request, or None when the client has closed."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        line, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)}
        self._buffer = rest
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        request = Received(line, headers, body)
        self._received.append((self.number, request))
        return request

    def _more(self) -> bool:
        try:
            chunk = self.sock.recv(65536)
        except OSError:
            return False
        self._buffer += chunk
        return bool(chunk)

    def write(self, data: bytes) -> bool:
        """Sends; False when the client is gone."""
        try:
            self.sock.sendall(data)
        except OSError:
            return False
        return True

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def closed_by_client(self) -> bool:
        """Waits for the client's next byte or its end; True for the end."""
        return not self._buffer and not self._more()


Script = Callable[[Peer], None]


class ScriptedServer:
    """Runs `script` in a thread for each connection, and closes the connection when the script returns."""

    def __init__(self, script: Script, listener: socket.socket | None = None) -> None:
        self._script = script
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/admin"
        self.received: list[tuple[int, Received]] = []
        self.connections = 0
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(sock, self.connections, self.received)
            self.connections += 1
            self._peers.append(peer)
            thread = threading.Thread(target=self._run, args=(peer,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, peer: Peer) -> None:
        try:
            self._script(peer)
        finally:
            peer.sock.close()

    def numbers(self) -> list[int]:
        """For each request that came, the number of the connection it came on."""
        return [number for number, _ in self.received]

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *(peer.sock for peer in self._peers)):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed already
        self._accepting.join()
        self._listener.close()
        for thread in self._threads:
            thread.join()


def http(body: bytes = b"", *headers: str, status: str = "200 OK", version: str = "1.1") -> bytes:
    """An HTTP answer with a Content-Length."""
    lines = [f"HTTP/{version} {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def echo(peer: Peer) -> None:
    """Answers every request with its own body."""
    while request := peer.read():
        if not peer.write(http(request.body)):
            return


def once(answer: bytes) -> Script:
    """Answers the first request of each connection with these bytes and closes."""

    def script(peer: Peer) -> None:
        if peer.read():
            peer.write(answer)
            # The end of the connection, not a reset for what was not read
            peer.sock.shutdown(socket.SHUT_WR)
            peer.closed_by_client()

    return script


def held(answer: bytes) -> Script:
    """Answers every request with these bytes and keeps the connection open until the client closes."""

    def script(peer: Peer) -> None:
        while peer.read():
            if not peer.write(answer):
                return

    return script
