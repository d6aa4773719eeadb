"""Protect a local server from web pages of other origins.

A page can send requests to any port of the machine that shows it. The browser sends the page's origin, and after DNS
rebinding, where a name of the page's resolves to this machine, the Host header has that name.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .errors import RequestRejected
from .sockets import LOOPBACK, host_name, is_address, is_loopback

_CODE = "INVALID_REQUEST_SOURCE"


class OriginCheck:
    """Compares what a request says of its source with the names of a server. Without sockets.

    Args:
        host: the address to listen on.
        hosts: further names by which the server may be called.
        advice: what to do about a rejected Host, for the error message.
        origins: other origins whose pages may send requests, such as ``http://localhost:5173``; in lower case.
        origin_advice: what to do about a rejected origin.
    """

    def __init__(
        self,
        host: str,
        hosts: Collection[str] = (),
        *,
        advice: str = "",
        origins: Collection[str] = (),
        origin_advice: str = "",
    ) -> None:
        self._open = not is_loopback(host)
        self._advice = f"; {advice}" if advice else ""
        self._hosts = {name.lower() for name in (*LOOPBACK, host, *hosts)}
        self._origins = frozenset(origins)
        self._origin_advice = f"; {origin_advice}" if origin_advice else ""

    def check(self, method: str, headers: Sequence[tuple[str, str]]) -> None:
        """Return if the request may be answered.

        Raises:
            RequestRejected: a web page of another origin has sent it, or may have by DNS rebinding.
        """
        host = single(headers, "host")
        name = host_name(host)
        # DNS rebinding needs a name: an IP address is safe, where other machines may connect at all.
        if name not in self._hosts and not (self._open and is_address(name)):
            known = ", ".join(sorted(self._hosts))
            raise RequestRejected(403, _CODE, f"this Host is not allowed; allowed: {known}{self._advice}")
        origin = single(headers, "origin")
        if origin.lower() in self._origins:
            return
        # A browser says where a request comes from; a link to a page may be followed from anywhere.
        site = single(headers, "sec-fetch-site")
        foreign_site = site not in ("", "none", "same-origin") and method not in ("GET", "HEAD")
        if foreign_site or (origin and origin.lower() != f"http://{host}".lower()):
            message = f"requests from web pages of another origin are not allowed{self._origin_advice}"
            raise RequestRejected(403, _CODE, message)

    def __repr__(self) -> str:
        return f"<OriginCheck for {', '.join(sorted(self._hosts))}>"


def single(headers: Sequence[tuple[str, str]], name: str) -> str:
    """Return the value of a header, empty when it is missing.

    Args:
        headers: names and values.
        name: in lower case.

    Raises:
        RequestRejected: it occurs twice, with different values.
    """
    values = {value for key, value in headers if key.lower() == name}
    if len(values) > 1:
        raise RequestRejected(400, "BAD_REQUEST", f"the header {name} occurs twice, with different values")
    return values.pop().strip() if values else ""
