"""Socket addresses, TLS contexts and proxy tunnels, for opening connections."""

from __future__ import annotations

import socket
import time

from .._wire.proxy import Proxy
from .failure import TransportFailure
from .http1 import MAX_HEAD, ResponseReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

    # As of socket.getaddrinfo()
    AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]

CONNECT_TIMEOUT = 5.0  # seconds for each step of opening a connection, within the time of the call
ATTEMPT_DELAY = 0.25  # seconds without an answer after which the next address is tried as well (RFC 8305)


class Target:
    """Where a connection leads, and how.

    Args:
        authority: ``host``, ``host:port`` or ``[ipv6]:port``.
        proxy: URL of the proxy, or an empty string.
        ca: file or folder with certificates to trust beside the system's, or an empty string.

    Raises:
        TransportFailure: the authority or the proxy is not a valid address.
    """

    __slots__ = ("ca", "host", "port", "proxy", "tls")

    def __init__(self, scheme: str, authority: str, proxy: str = "", ca: str = "") -> None:
        self.tls = scheme == "https"
        self.host, self.port = split_authority(authority, 443 if self.tls else 80)
        try:
            self.proxy = Proxy(proxy) if proxy else None
        except ValueError as error:
            raise TransportFailure(f"invalid proxy: {error}", not_sent=True) from None
        self.ca = ca

    @property
    def next_hop(self) -> tuple[str, int]:
        """Host and port that the socket connects to."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.host, self.port)


def split_authority(authority: str, default: int) -> tuple[str, int]:
    """Split ``host``, ``host:port`` or ``[ipv6]:port``.

    Raises:
        TransportFailure: the authority is invalid.
    """
    host, colon, port = authority.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = authority, ""
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0
    if not host or "@" in host or (port and not 0 < number < 65536):
        shown = authority.rpartition("@")[2]  # without a password
        raise TransportFailure(f"invalid address {shown!r}: expected host or host:port", not_sent=True)
    return host.strip("[]"), number or default


def parse_ip(host: str, port: int) -> list[AddressInfo]:
    """Return the address of an IP literal; an empty list for a name, which must be looked up."""
    for family, address in ((socket.AF_INET, (host, port)), (socket.AF_INET6, (host, port, 0, 0))):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]
    return []


def interleave_families(addresses: list[AddressInfo]) -> list[AddressInfo]:
    """Alternate between IPv6 and IPv4, starting with the preferred family.

    A network without IPv6 then costs one attempt, instead of one for each IPv6 address.
    """
    if len(addresses) < 2:
        return addresses
    first = [info for info in addresses if info[0] == addresses[0][0]]
    others = [info for info in addresses if info[0] != addresses[0][0]]
    alternating = [info for pair in zip(first, others, strict=False) for info in pair]
    shorter = min(len(first), len(others))
    return alternating + first[shorter:] + others[shorter:]


def seconds_left(deadline: float) -> float:
    """Return the seconds until `deadline`, a value of time.monotonic().

    Raises:
        TimeoutError: the deadline has passed.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


class TLSContexts:
    """The TLS contexts of one transport, created on first use."""

    def __init__(self) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}

    def get(self, ca: str) -> ssl.SSLContext:
        """Return the context that trusts the system's certificates and those of `ca`.

        Raises:
            TransportFailure: `ca` cannot be read, or contains no certificate.
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
                    raise TransportFailure(f"ca={ca!r} cannot be loaded: {error}", not_sent=True) from None
            self._contexts[ca] = context
        return context


class TunnelReader:
    """Reads the response of a proxy to CONNECT."""

    def __init__(self) -> None:
        self._head = b""

    def feed(self, data: bytes) -> bool:
        """Read bytes from the proxy, or b"" at the end of the connection; return whether the tunnel is open.

        Raises:
            TransportFailure: the proxy refused, or does not speak HTTP.
        """
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            if not data or len(head) > MAX_HEAD:
                raise TransportFailure("the proxy closed the connection before it opened a tunnel", not_sent=True)
            return False
        reader = ResponseReader(MAX_HEAD)
        try:
            reader.feed(head + end)
        except TransportFailure as failure:
            raise TransportFailure(f"the proxy does not speak HTTP: {failure.cause}", not_sent=True) from None
        if not 200 <= reader.status < 300:
            response = reader.response()
            raise TransportFailure(
                f"the proxy refused a tunnel: {response.status} {response.reason}".rstrip(), not_sent=True
            )
        if rest:
            raise TransportFailure("the proxy sent more than its response to CONNECT", not_sent=True)
        return True
