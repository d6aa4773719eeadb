"""An HTTP proxy on loopback that opens tunnels, and says what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..scripted_server import Peer, ScriptedServer


class Asked:
    """What a proxy was asked for: the first lines and the headers of its requests."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.authorizations: list[str | None] = []


@contextmanager
def proxy(port: int, answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> Iterator[tuple[str, Asked]]:
    """A proxy whose every tunnel leads to `port`; its address, and what it was asked."""
    asked = Asked()

    def script(peer: Peer) -> None:
        request = peer.read()
        if request is None:
            return
        asked.lines.append(request.line)
        asked.authorizations.append(request.headers.get("proxy-authorization"))
        peer.write(answer)
        if b" 200 " not in answer.partition(b"\r\n")[0]:
            peer.closed_by_client()
            return
        with socket.create_connection(("127.0.0.1", port)) as upstream:
            back = threading.Thread(target=_copy, args=(upstream, peer.sock))
            back.start()
            _copy(peer.sock, upstream)
            back.join()

    with ScriptedServer(script) as server:
        yield f"127.0.0.1:{server.port}", asked


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass  # either side may be reset
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it is gone already
