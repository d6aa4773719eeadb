"""The events that the platform hands to a handler."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["client", "timer", "message", "http"]


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


def timer_event(name: str = "timer", *, message: str = "", when: str = "") -> dict[str, Any]:
    """What a timer's trigger sends; nobody calls.

    Args:
        name: of the trigger, as in config.json.
        message: the trigger's own text.
        when: as in ``2019-02-21T11:49:00Z``; now when empty.
    """
    when = when or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"Type": "Timer", "TriggerName": name, "Time": when, "Message": message}


def message_event(
    content: str = "", *, openid: str, kind: str = "text", when: float | None = None, **fields: Any
) -> dict[str, Any]:
    """What message push (消息推送) sends; the handler answers ``"success"``.

    Args:
        content: ``Content`` of a text.
        openid: who sends it.
        kind: ``MsgType``: ``text``, ``event``, ``image``, ``miniprogrampage``, …
        when: seconds since 1970; now when None.
        fields: further ones, as ``Event="user_enter_tempsession"``; they replace those made here.
    """
    created = int(time.time() if when is None else when)
    event: dict[str, Any] = {"FromUserName": openid, "ToUserName": "gh_local", "CreateTime": created, "MsgType": kind}
    if kind == "text":
        event["Content"] = content
    if kind != "event":
        event["MsgId"] = created * 10**7 + int.from_bytes(os.urandom(3), "big") % 10**7
    return {**event, **fields}


def http_event(
    path: str = "/",
    *,
    method: str = "GET",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: str | bytes = "",
    env: str = "local",
) -> dict[str, Any]:
    """What the HTTP access service (HTTP 访问服务) sends.

    Args:
        body: bytes travel as base64.
        env: the environment's id.
    """
    encoded = isinstance(body, bytes)
    if isinstance(body, bytes):
        from base64 import b64encode

        body = b64encode(body).decode()
    request = {"requestId": os.urandom(16).hex(), "envId": env, "appId": 1250000000, "uin": 100000000000}
    return {
        "path": path,
        "httpMethod": method.upper(),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query or {}),
        "requestContext": request,
        "body": body,
        "isBase64Encoded": encoded,
    }


def kind_of(event: Mapping[str, Any]) -> Kind:
    """Who sends such an event; ``client`` when nothing tells."""
    if event.get("Type") == "Timer" and "TriggerName" in event:
        return "timer"
    if "httpMethod" in event and "requestContext" in event:
        return "http"
    if "MsgType" in event and "FromUserName" in event:
        return "message"
    return "client"
