"""Listening sockets, and the maximum number of connections of a process."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_CONNECTIONS = 10_000
_MIN_CONNECTIONS = 16
_NOT_COUNTED = 32  # connections that are accepted and not counted yet, or closed and still open for a moment
_MAX_RAISED = 8192  # files; programs that a function starts get the same limit, and some walk through all of them


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address to listen on."""
    return host.lower() == "localhost" or is_loopback_address(host)


def is_loopback_address(host: str) -> bool:
    """Whether `host` is an IP address of loopback; also IPv4 in IPv6 notation."""
    if not is_address(host):
        return False
    address = ipaddress.ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def is_address(host: str) -> bool:
    """Whether `host` is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def host_name(host: str) -> str:
    """Return the name in a Host header, in lower case and without the port: ``[::1]:80`` is ``::1``."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def bind_socket(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that is bound and does not listen yet.

    Args:
        host: the address.
        port: 0 for any free one.
        shared: whether other processes may bind the same port.

    Raises:
        OSError: the address cannot be bound.
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


def max_connections(share: float) -> int:
    """Return how many connections a server may have, so that it takes at most `share` of the files of the process."""
    files = _limits()[0]
    if files is None:
        return MAX_CONNECTIONS
    return max(_MIN_CONNECTIONS, min(int(files * share) - _NOT_COUNTED, MAX_CONNECTIONS))


def raise_file_limit() -> None:
    """Raise the limit as far as the system lets us: 1,024, the usual one, is less than the requests at once."""
    soft, hard = _limits()
    target = _MAX_RAISED if hard is None else min(hard, _MAX_RAISED)
    if soft is not None and soft < target:
        import resource

        with contextlib.suppress(OSError, ValueError):  # macOS has a lower limit than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def _limits() -> tuple[int | None, int | None]:
    """Return the limit in force and the highest one; None if there is no limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None, None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    infinite = resource.RLIM_INFINITY
    return None if soft == infinite else soft, None if hard == infinite else hard
