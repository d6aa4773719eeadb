"""HTTP proxies: address, environment variables, and the request for a tunnel (CONNECT)."""

from __future__ import annotations

import os

DEFAULT_PORT = 8080


class Proxy:
    """The address of a proxy, and the credentials for it.

    Args:
        url: ``http://[user:password@]host[:port]``.

    Raises:
        ValueError: the URL is invalid; the message does not show it.
    """

    __slots__ = ("authorization", "host", "port")

    def __init__(self, url: str) -> None:
        scheme, separator, rest = url.partition("://")
        if not separator or scheme.lower() != "http":
            raise ValueError("it must begin with http://; https:// and SOCKS proxies are not supported")
        userinfo, _, authority = rest.rstrip("/").rpartition("@")
        host, colon, port = authority.rpartition(":")
        if not colon or port.endswith("]"):
            host, port = authority, ""
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError("its port must be a number from 1 to 65535")
        if not host or any(character in host for character in "/?# \t\r\n"):
            raise ValueError("it has no host, or something behind it")
        self.host = host.strip("[]")
        self.port = int(port or DEFAULT_PORT)
        self.authorization = _basic(userinfo) if userinfo else ""

    def __repr__(self) -> str:  # no password
        return f"Proxy({self.host}:{self.port})"

    def connect_request(self, host: str, port: int) -> bytes:
        """Return the request for a tunnel to `host`."""
        name = host if host.isascii() else host.encode("idna").decode()
        authority = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self.authorization:
            lines.append(f"Proxy-Authorization: {self.authorization}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")


def from_environment(scheme: str, authority: str) -> str:
    """Return the proxy for a ``host[:port]`` from the environment variables, or an empty string.

    Reads ``HTTPS_PROXY``, ``http_proxy``, ``ALL_PROXY`` and ``NO_PROXY``.
    """
    proxy = _variable(f"{scheme}_proxy") or _variable("all_proxy")
    return "" if not proxy or _listed(_host(authority), _variable("no_proxy")) else proxy


def _variable(name: str) -> str:
    # HTTP_PROXY in capitals is not read: under CGI a client can set it with the header "Proxy".
    return os.environ.get(name) or ("" if name == "http_proxy" else os.environ.get(name.upper(), ""))


def _host(authority: str) -> str:
    """Return ``host`` of ``host``, ``host:port``, ``[ipv6]:port`` or ``ipv6``, in lower case."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.lower() if authority.count(":") > 1 else authority.partition(":")[0].lower()


def _listed(host: str, no_proxy: str) -> bool:
    """Return whether ``NO_PROXY`` contains the host, a parent domain or ``*``; ports are ignored."""
    for entry in no_proxy.replace(",", " ").split():
        suffix = _host(entry).lstrip("*").lstrip(".")
        if entry == "*" or (suffix and (host == suffix or host.endswith(f".{suffix}"))):
            return True
    return False


def _basic(userinfo: str) -> str:
    from base64 import b64encode
    from urllib.parse import unquote_to_bytes

    return f"Basic {b64encode(unquote_to_bytes(userinfo)).decode()}"
