"""From the authority of a URL to addresses of sockets, TLS contexts and tunnels: what opening a connection needs."""

from __future__ import annotations

import socket
import time

from .._wire.proxy import Proxy
from . import Failure
from .http1 import MAX_HEAD, ResponseReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

    # As of socket.getaddrinfo()
    AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

ATTEMPT_DELAY = 0.25  # seconds after which the next address is tried beside one that is silent (RFC 8305)


class Target:
    """One address that connections are kept for: what of a request decides over its connection.

    Args:
        authority: ``host``, ``host:port`` or ``[ipv6]:port``.
        proxy: URL of the proxy, or an empty string.
        ca: file or folder with certificates to trust beside the system's, or an empty string.

    Raises:
        Failure: the authority is not an address.
    """

    __slots__ = ("ca", "host", "port", "proxy", "tls")

    def __init__(self, scheme: str, authority: str, proxy: str = "", ca: str = "") -> None:
        self.tls = scheme == "https"
        self.host, self.port = host_and_port(authority, 443 if self.tls else 80)
        try:
            self.proxy = Proxy(proxy) if proxy else None
        except ValueError as error:
            raise Failure(f"the proxy is not an address: {error}", unsent=True) from None
        self.ca = ca

    @property
    def next_hop(self) -> tuple[str, int]:
        """Where the socket is connected to."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.host, self.port)


def host_and_port(authority: str, default: int) -> tuple[str, int]:
    """Split ``host``, ``host:port`` or ``[ipv6]:port``.

    Raises:
        Failure: it is none of them.
    """
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
    if not host or "@" in host or (port and not 0 < number < 65536):
        raise Failure(f"{authority.rpartition('@')[2]!r} is not an address: host or host:port is expected", unsent=True)
    return host.strip("[]"), number or default


def numeric(host: str, port: int) -> list[AddressInfo]:
    """Return the address that `host` is written as, or nothing when it is a name that must be looked up."""
    for family, where in ((socket.AF_INET, (host, port)), (socket.AF_INET6, (host, port, 0, 0))):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)]
    return []


def ordered(found: list[AddressInfo]) -> list[AddressInfo]:
    """Return the addresses with the families in turn, the preferred one first: a network without IPv6 costs one
    attempt, not one for each of its addresses."""
    if len(found) < 2:
        return found
    first = [info for info in found if info[0] == found[0][0]]
    others = [info for info in found if info[0] != found[0][0]]
    turns = [info for pair in zip(first, others, strict=False) for info in pair]
    shorter = min(len(first), len(others))
    return turns + first[shorter:] + others[shorter:]


def seconds_left(deadline: float) -> float:
    """Return the seconds until `deadline` on time.monotonic().

    Raises:
        TimeoutError: there are none.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def connect_timeout() -> Failure:
    """The failure for a connection that took too long."""
    return Failure("connect timeout", unsent=True, timed_out=True)


class TLSContexts:
    """The TLS contexts of one transport, made when they are needed."""

    def __init__(self) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}

    def get(self, ca: str) -> ssl.SSLContext:
        """Return the context that trusts the system's certificates, and those of `ca`.

        Raises:
            Failure: `ca` cannot be read, or has no certificate.
        """
        context = self._contexts.get(ca)
        if context is None:
            import os
            import ssl  # here: inside Tencent's network the gateway is plain http

            context = ssl.create_default_context()
            context.set_alpn_protocols(["http/1.1"])
            if ca:
                try:
                    context.load_verify_locations(**{"capath" if os.path.isdir(ca) else "cafile": ca})
                except OSError as error:
                    raise Failure(f"ca={ca!r} cannot be loaded: {error}", unsent=True) from None
            self._contexts[ca] = context
        return context


class TunnelReader:
    """Reads what a proxy says to CONNECT."""

    def __init__(self) -> None:
        self._head = b""

    def feed(self, data: bytes) -> bool:
        """Take bytes from the proxy, none for its end; return whether the tunnel is open.

        Raises:
            Failure: the proxy refused, or what it says is not HTTP.
        """
        self._head += data
        head, end, behind = self._head.partition(b"\r\n\r\n")
        if not end:
            if not data or len(head) > MAX_HEAD:
                raise Failure("the proxy closed the connection before it opened a tunnel", unsent=True)
            return False
        reader = ResponseReader(MAX_HEAD)
        try:
            reader.feed(head + end)
        except Failure as failure:
            raise Failure(f"the proxy does not speak HTTP: {failure.cause}", unsent=True) from None
        if not 200 <= reader.status < 300:
            response = reader.response()
            raise Failure(f"the proxy refused a tunnel: {response.status} {response.reason}".rstrip(), unsent=True)
        if behind:
            raise Failure("the proxy sent more than its answer to CONNECT", unsent=True)
        return True
