"""The socket of a server."""

from __future__ import annotations

import os
import socket


def bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that is bound and does not listen yet.

    Args:
        port: 0 for any free one.
        shared: lets other processes bind to the same port.

    Raises:
        OSError: the address cannot be listened on.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would share the port with a server that runs
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((host, port))
    except BaseException:
        sock.close()
        raise
    return sock
