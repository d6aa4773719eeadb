"""What getOpenData, getVoIPSign and getCloudCallSign answer. Signatures are the same for the same request and user."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from .._wire import jsontext
from .._wire.javascript import utf8
from .responses import ApiResponse, error_response

if TYPE_CHECKING:
    from .backend import Backend
    from .calls import ApiRequest


def session_key(openid: str) -> str:
    """The key that a user's signatures are made with here; WeChat's own is the user's session_key, a secret."""
    return f"local session of {openid}"


def answer(backend: Backend, asked: ApiRequest) -> ApiResponse:
    """The answer to one of the three."""
    user = asked.caller.user if asked.caller else None
    wire = asked.wire
    if asked.api == "getOpenData":
        found = backend.open_data.look_up(wire["list"], user)
        return ApiResponse(jsontext.stringify({"list": found}).encode(), origin="open data")
    if user is None:
        return error_response(40003)
    if asked.api == "getVoIPSign":
        # As WeChat's documentation has it: the four, sorted as texts and put together.
        parts = sorted((backend.appid_of(asked), wire["group_id"], wire["nonce"], str(wire["timestamp"])))
    else:
        parts = wire["parameter_list"]
    signature = hmac.digest(utf8(session_key(user.openid)), utf8("".join(parts)), "sha256").hex()
    return ApiResponse(jsontext.stringify({"signature": signature}).encode(), origin="signature")
