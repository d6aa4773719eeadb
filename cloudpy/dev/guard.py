"""Which requests to the local cloud are answered: those of programs on this machine, and of its own page."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..functions.errors import RefusedError
from ..local.hosts import LOOPBACK, host_name, is_address, is_loopback, is_loopback_address

IDENTITY = {"x-wx-openid": "openid", "x-wx-unionid": "unionid", "x-wx-appid": "appid"}
_LONGEST = 128  # characters of an openid


class Guard:
    """Looks at what a request says of itself. Without sockets.

    Args:
        host: the address that is listened on.
        hosts: further names by which it may be called.
    """

    def __init__(self, host: str, hosts: Collection[str] = ()) -> None:
        self._open = not is_loopback(host)
        self._hosts = {name.lower() for name in (*LOOPBACK, host, *hosts)}

    def check(self, method: str, headers: Sequence[tuple[str, str]]) -> None:
        """Lets a request through, or raises.

        Raises:
            RefusedError: a web page of another origin has sent it, or may have by a trick of DNS.
        """
        host = _single(headers, "host")
        name = host_name(host)
        # A trick of DNS needs a name: an address in figures is safe, where others than this machine may come at all.
        if name not in self._hosts and not (self._open and is_address(name)):
            raise RefusedError(
                403,
                "INVALID_REQUEST_SOURCE",
                f"the local cloud does not answer to this Host, only to {', '.join(sorted(self._hosts))}",
            )
        origin = _single(headers, "origin")
        if origin and origin.lower() != f"http://{host}".lower():
            raise RefusedError(
                403, "INVALID_REQUEST_SOURCE", "a web page of another origin may not use the local cloud"
            )
        # A browser says where a request comes from; a link to the page may be followed from anywhere.
        site = _single(headers, "sec-fetch-site")
        if site not in ("", "none", "same-origin") and method not in ("GET", "HEAD"):
            raise RefusedError(
                403, "INVALID_REQUEST_SOURCE", "a web page of another origin may not use the local cloud"
            )

    @staticmethod
    def identity(headers: Sequence[tuple[str, str]], peer: str) -> dict[str, str]:
        """``openid``, ``unionid``, ``appid`` as far as the request names them.

        Args:
            peer: the address that it comes from.

        Raises:
            RefusedError: another machine says who it is, or an id is none.
        """
        found: dict[str, str] = {}
        for header, name in IDENTITY.items():
            value = _single(headers, header)
            if not value:
                continue
            if not is_loopback_address(peer):
                raise RefusedError(403, "INVALID_REQUEST_SOURCE", f"{header} is believed from this machine alone")
            if len(value) > _LONGEST or not value.isascii() or not value.isprintable() or " " in value:
                raise RefusedError(
                    400, "INVALID_PARAM", f"{header} must be up to {_LONGEST} ASCII characters without blanks"
                )
            found[name] = value
        return found


def _single(headers: Sequence[tuple[str, str]], name: str) -> str:
    values = {value for key, value in headers if key.lower() == name}
    if len(values) > 1:
        raise RefusedError(400, "BAD_REQUEST", f"the header {name} is there twice, with different values")
    return values.pop().strip() if values else ""
