"""CloudIDs for events, and templates of the data behind them."""

from __future__ import annotations

from typing import Any, TypedDict

from ...local.http.cloudids import mint
from ...local.open_data import LIFE
from .console import Console
from .route import ConsoleError, Request, Route

# The data that WeChat has behind a CloudID, by what a mini program asks for.
TEMPLATES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "phoneNumber": (
        "Phone number",
        "手机号",
        {"phoneNumber": "13800000000", "purePhoneNumber": "13800000000", "countryCode": "86"},
    ),
    "weRun": (
        "WeRun steps",
        "微信运动步数",
        {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}, {"timestamp": 1603728000, "step": 5678}]},
    ),
    "group": ("Group id", "群 ID", {"openGId": "tGlocal00000000000000000000"}),
    "userInfo": (
        "User info",
        "用户信息",
        {
            "openId": "o-local-user",
            "nickName": "小云",
            "gender": 0,
            "language": "zh_CN",
            "city": "",
            "province": "",
            "country": "",
            "avatarUrl": "https://example.com/avatar.png",
            "unionId": "",
        },
    ),
    "empty": ("Empty", "空", {}),
}


class CloudIdRequest(TypedDict):
    """Whose data it is, what it is, and for how many seconds; an empty openid is the current user."""

    openid: str
    data: dict[str, Any]
    life: float


class CloudId(TypedDict):
    """A CloudID: the owner, and the seconds until it expires."""

    cloudID: str
    openid: str
    life: float


class Template(TypedDict):
    """Data to start from."""

    name: str
    title: str
    titleZh: str
    data: dict[str, Any]


class Templates(TypedDict):
    """All templates, and how long a CloudID is valid at most."""

    templates: list[Template]
    maxLife: float


def _templates(_: Console, __: Request) -> dict[str, Any]:
    found = [
        {"name": name, "title": title, "titleZh": zh, "data": data} for name, (title, zh, data) in TEMPLATES.items()
    ]
    return {"templates": found, "maxLife": LIFE}


def _mint(console: Console, request: Request) -> dict[str, Any]:
    value = request.json
    try:
        return mint(console.backend, {**value, "openid": value["openid"] or None})
    except ValueError as error:
        raise ConsoleError(400, "INVALID_PARAM", str(error)) from None


ROUTES = (
    Route("GET", "/cloudids", _templates, "Templates of open data.", "开放数据模板。", result=Templates),
    Route(
        "POST",
        "/cloudids",
        _mint,
        "Create a CloudID.",
        "生成 CloudID。",
        changes=True,
        body=CloudIdRequest,
        result=CloudId,
    ),
)
