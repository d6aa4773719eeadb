"""Who calls a function of the local cloud, by the headers of a request."""

from __future__ import annotations

from collections.abc import Sequence

from ..runtime.errors import RequestRejected
from ..runtime.origin_check import single
from ..runtime.sockets import is_loopback_address

IDENTITY = {"x-wx-openid": "openid", "x-wx-unionid": "unionid", "x-wx-appid": "appid"}
_MAX_LEN = 128  # characters of an openid


def identity(headers: Sequence[tuple[str, str]], peer: str) -> dict[str, str]:
    """Return ``openid``, ``unionid`` and ``appid`` as far as the request names them.

    Args:
        peer: the address that the request comes from.

    Raises:
        RequestRejected: another machine names a user, or an id is invalid.
    """
    found: dict[str, str] = {}
    for header, name in IDENTITY.items():
        value = single(headers, header)
        if not value:
            continue
        if not is_loopback_address(peer):
            raise RequestRejected(403, "INVALID_REQUEST_SOURCE", f"{header} is believed from this machine alone")
        if len(value) > _MAX_LEN or not value.isascii() or not value.isprintable() or " " in value:
            raise RequestRejected(
                400, "INVALID_PARAM", f"{header} must be up to {_MAX_LEN} ASCII characters without blanks"
            )
        found[name] = value
    return found
