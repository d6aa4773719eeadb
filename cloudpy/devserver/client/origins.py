"""Origins of web pages that may call the local cloud, and the headers of CORS for them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from ...runtime.adapters import Response
from ...runtime.http1 import ReceivedRequest

_BY_NAME = {"servicewechat.com": "https://servicewechat.com"}  # the simulator of WeChat DevTools
_METHODS = "GET, POST"
_HEADERS = "content-type, x-wx-openid, x-wx-unionid, x-wx-appid"
_MAX_AGE = 600  # seconds for which a browser remembers the answer


class OriginError(ValueError):
    """The text is not an origin; the message says what one looks like."""


def parse_origin(text: str) -> str:
    """Return an origin as browsers send it; ``servicewechat.com`` is known by its name.

    Raises:
        OriginError: the text is something else.
    """
    name = text.strip().lower().removesuffix("/")
    if name in _BY_NAME:
        return _BY_NAME[name]
    try:
        parts = urlsplit(name)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    netloc = (f"[{host}]" if ":" in host else host) + ("" if port is None else f":{port}")
    if parts.scheme not in ("http", "https") or not host or f"{parts.scheme}://{netloc}" != name or "*" in name:
        raise OriginError(
            f"{text!r} is not an origin; expected a scheme and a host, such as http://localhost:5173, or"
            " servicewechat.com for the simulator of WeChat DevTools"
        )
    default = {"http": 80, "https": 443}[parts.scheme]
    return name.removesuffix(f":{default}") if port == default else name


class Cors:
    """Answers what browsers ask before and after a request of another origin.

    Args:
        origins: those that may call, as `parse_origin` returns them.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self.origins = frozenset(origins)

    def headers(self, request: ReceivedRequest) -> list[tuple[str, str]]:
        """Return the headers with which the page may read a response; none for other origins."""
        if not self.origins:
            return []
        origin = request.headers.get("origin", [""])[0]
        found = [("Vary", "Origin")]
        if origin.lower() in self.origins:
            found += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "X-Request-Id")]
        return found

    def preflight(self, request: ReceivedRequest) -> Response:
        """Return the response to OPTIONS, beside `headers`: what pages of this origin may send."""
        headers: list[tuple[str, str]] = []
        if len(self.headers(request)) > 1:
            headers = [
                ("Access-Control-Allow-Methods", _METHODS),
                ("Access-Control-Allow-Headers", _HEADERS),
                ("Access-Control-Max-Age", str(_MAX_AGE)),
            ]
            if request.headers.get("access-control-request-private-network") == ["true"]:
                headers.append(("Access-Control-Allow-Private-Network", "true"))
        return Response(204, headers)

    def __repr__(self) -> str:
        return f"<Cors for {', '.join(sorted(self.origins)) or 'no origin'}>"
