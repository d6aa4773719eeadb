"""Thirty events, and the user who sends them."""

from __future__ import annotations

from typing import Any

OPENID = "o-alice"
# What an event function finds in its context, or the process in its environment.
VARIABLES = {"WX_OPENID": OPENID, "WX_APPID": "wx1", "WX_CONTEXT_KEYS": "WX_OPENID,WX_APPID", "WX_API_TOKEN": "dG9r=="}

EVENTS: list[dict[str, Any]] = [
    {},
    {"a": 1},
    {"名": "值", "emoji": "🐼"},
    {"text": "line\nbreak\ttab \u2028 \x7f \\ \" '"},
    {"empty": "", "none": None, "yes": True, "no": False},
    {"numbers": [0, -1, 1.5, 1e300, 2**53 + 1, 10**40]},
    {"nested": {"list": [[], {}, [[1]]]}},
    {"": "an empty key"},
    {"long": "x" * 20_000},
    {"many": list(range(500))},
    {"pair": "\U0001f4a1, and U+FFFD \ufffd"},
    {"Type": "Timer", "TriggerName": "daily", "Time": "2019-02-21T11:49:00Z", "Message": ""},
    {"ToUserName": "gh_1", "FromUserName": "o", "CreateTime": 1700000000, "MsgType": "text", "Content": "hi"},
    {"action": "CheckContainerPath", "and": "more than the probe"},
    {"httpMethod": "GET", "path": "/x", "headers": {}, "queryStringParameters": {"a": "1"}, "body": ""},
    {"cloudID": "xxx", "userInfo": {"appId": "wx1", "openId": "o"}},
    {"type": "Buffer", "data": [1, 2, 3]},
    {"__proto__": {"polluted": True}},
    {"date": "2026-11-22T15:22:24.309Z"},
    {"semicolon": "a=b;c=d"},
    {"deep": [[[[[[[[[[[[[[[[[[[["bottom"]]]]]]]]]]]]]]]]]]]]},
    {"keys": {str(number): number for number in range(200)}},
    {"zero width": "a\u200bb\ufeff"},
    {"errCode": 0, "errMsg": "ok"},
    {"statusCode": 201, "body": "in the event, not in the result"},
    {"kind": "bytes"},
    {"kind": "tuple"},
    {"kind": "cloud error"},
    {"kind": "nothing"},
    {"kind": "user"},
]


def expected(event: dict[str, Any]) -> Any:
    """What programs/answers gives, as it is sent."""
    return {
        "bytes": {"photo": {"type": "Buffer", "data": [0, 255]}},
        "tuple": {"pair": [1, 2]},
        "cloud error": {"errCode": -604101, "errMsg": "openapi.a.b:fail no permission"},
        "nothing": None,
        "user": {"openid": OPENID},
    }.get(event.get("kind", ""), {"seen": event})
