"""The events that the platform hands to a handler."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def client_event(
    data: Mapping[str, Any] | None = None, *, openid: str | None = None, appid: str = ""
) -> dict[str, Any]:
    """The event of a call from a mini program: its `data`, with ``userInfo`` that says who calls.

    Args:
        data: what the mini program gives to ``wx.cloud.callFunction``.
        openid: the caller; without one (a call from a server) ``userInfo`` holds the appid alone.
        appid: the mini program.
    """
    user = {"appId": appid} if openid is None else {"appId": appid, "openId": openid}
    return {**(data or {}), "userInfo": user}
