"""The signature of the game-coin APIs (米大师, ``openapi.midas``), computed when the parameters are encoded."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import CloudSDKError
from . import case, jsontext
from .javascript import utf8
from .params import ComputedParam

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATHS = {
    "midas.cancelPay": "/cgi-bin/midas/cancelpay",
    "midas.cancelPaySandbox": "/cgi-bin/midas/sandbox/cancelpay",
    "midas.getBalance": "/cgi-bin/midas/getbalance",
    "midas.getBalanceSandbox": "/cgi-bin/midas/sandbox/getbalance",
    "midas.pay": "/cgi-bin/midas/pay",
    "midas.paySandbox": "/cgi-bin/midas/sandbox/pay",
    "midas.present": "/cgi-bin/midas/present",
    "midas.presentSandbox": "/cgi-bin/midas/sandbox/present",
}


class MidasSignature(ComputedParam):
    """The result of ``cloud.signature({"type": "midas", …})``: the value of the parameter ``sig``.

    Attributes:
        params: the names of the signed parameters, in camelCase.
    """

    __slots__ = ("_secret", "params")

    def __init__(self, params: tuple[str, ...], secret: str) -> None:
        self.params = params
        self._secret = secret

    def compute(self, api: str, params: Mapping[Any, Any]) -> str:
        """Return the hexadecimal HMAC-SHA256 of the parameters, the API's path and the secret.

        Raises:
            CloudSDKError: the API has no such signature, or a signed parameter is missing.
        """
        path = _PATHS.get(api)
        if path is None:
            raise _rejected(
                api, f"signature({{'type': 'midas'}}) is for {', '.join(sorted(_PATHS))}: nothing was sent to {api}"
            )
        pieces = []
        # JavaScript sorts by UTF-16 code units.
        for name in sorted(self.params, key=lambda name: name.encode("utf-16-be", "surrogatepass")):
            name = case.snake(name)
            if name not in params:
                raise _rejected(api, f"Cannot compute signature: lack of param '{name}'")
            try:
                pieces.append(f"{name}={jsontext.text(params[name])}")
            except ValueError as error:
                raise _rejected(api, f"parameter {error}") from None
        import hmac  # late: only a signature needs it

        source = f"{'&'.join(pieces)}&org_loc={path}&method=POST&secret={self._secret}"
        return hmac.digest(utf8(self._secret), utf8(source), "sha256").hex()

    def __repr__(self) -> str:  # without the secret
        return f"<signature of type 'midas' over {', '.join(self.params)}>"


def _rejected(api: str, what: str) -> CloudSDKError:
    text = f"openapi.{api}:fail {what}"
    return CloudSDKError(-1, text, api=api, message=text)
