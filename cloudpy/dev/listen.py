"""The socket of the local cloud."""

from __future__ import annotations

import os
import socket


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens, so that who comes early waits.

    Raises:
        OSError: the address cannot be listened on.
    """
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(128)
    except BaseException:
        sock.close()
        raise
    return sock
