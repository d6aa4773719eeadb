"""``cloud.signature``: a value that is computed when the call it stands in is encoded."""

from __future__ import annotations

from collections.abc import Mapping

from ..._wire.midas import MidasSignature
from ...errors import CloudSDKError
from .parameters import one, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAME = "signature"


def made(params: Mapping[str, Any] | None, keywords: dict[str, Any]) -> MidasSignature:
    """The value for ``signature({"type": "midas", "params": […], "secret": …})``.

    Raises:
        CloudSDKError: another type, no list of texts, or no secret.
    """
    given = one(_NAME, params, keywords)
    kind = given.get("type")
    if kind != "midas":
        raise refused(_NAME, f"type must be 'midas', the one that there is, got {kind!r}")
    names = given.get("params")
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise _wrong("params must be a list of the names of parameters", names)
    secret = given.get("secret")
    if not isinstance(secret, str) or not secret:  # its value is not for a message
        raise refused(_NAME, f"secret must be a text that is not empty, got {type(secret).__name__}")
    return MidasSignature(tuple(names), secret)


def _wrong(what: str, found: object) -> CloudSDKError:
    return refused(_NAME, f"{what}, got {found!r}")
