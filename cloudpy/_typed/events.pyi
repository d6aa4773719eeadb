"""Types of what a handler receives and what `getWXContext()` returns. They are plain dicts at run time."""

from typing import Any, Literal, TypeAlias, TypedDict

from typing_extensions import NotRequired

Event: TypeAlias = dict[str, Any]
"""The event of a call from a mini program: its data, and ``userInfo``."""

class Context(TypedDict):
    """The context of an invocation, as the platform's Python passes it."""

    request_id: str
    function_name: str
    function_version: str
    memory_limit_in_mb: int
    time_limit_in_ms: int
    namespace: str
    """Id of the environment."""
    environment: str
    """Environment variables as a JSON object."""
    environ: str
    """Environment variables as ``A=1;B=2``."""
    tencentcloud_region: str
    tencentcloud_appid: str
    tencentcloud_uin: str

class TimerEvent(TypedDict):
    """The event of a timer (定时触发器)."""

    Type: Literal["Timer"]
    TriggerName: str
    Time: str
    """UTC: ``2019-02-21T11:49:00Z``."""
    Message: str

class HttpEvent(TypedDict):
    """The event of the HTTP access service (HTTP 访问服务)."""

    path: str
    httpMethod: str
    headers: dict[str, str]
    """Names in lower case."""
    queryStringParameters: dict[str, str]
    requestContext: dict[str, Any]
    body: str
    """Base64 if `isBase64Encoded`."""
    isBase64Encoded: bool

class PushMessage(TypedDict):
    """The event of message push (消息推送). Events of some kinds have more keys; read them with ``get()``."""

    FromUserName: str
    """The sender's openid."""
    ToUserName: str
    CreateTime: int
    """Seconds since 1970."""
    MsgType: str
    """``text``, ``image``, ``miniprogrampage``, ``event``, …"""
    MsgId: NotRequired[int]
    Content: NotRequired[str]
    """Of a ``text``."""
    Event: NotRequired[str]
    """Of an ``event``: ``user_enter_tempsession``, ``subscribe_msg_popup_event``, …"""
    SessionFrom: NotRequired[str]
    PicUrl: NotRequired[str]
    MediaId: NotRequired[str]
    Title: NotRequired[str]
    AppId: NotRequired[str]
    PagePath: NotRequired[str]
    ThumbUrl: NotRequired[str]
    ThumbMediaId: NotRequired[str]

class WXContext(TypedDict):
    """The caller. A timer has no OPENID, and a call from a server may have none."""

    OPENID: str
    APPID: str
    ENV: str
    """Id of the environment."""
    SOURCE: str
    """``wx_client``, ``wx_http``, ``wx_trigger``, … of the caller, and those of the functions between."""
    CLIENTIP: str
    CLIENTIPV6: str
    UNIONID: NotRequired[str]
    """If the mini program is bound to an open platform account."""
    FROM_OPENID: NotRequired[str]
    """Of the user of another mini program that shares this environment."""
    FROM_APPID: NotRequired[str]
    FROM_UNIONID: NotRequired[str]
    OPEN_DATA_INFO: NotRequired[str]
    """JSON: ``{"keys": [...]}``, the keys of the event that hold verified open data."""
