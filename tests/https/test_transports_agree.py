"""The same calls over the platform's wire, over HTTPS and through Cloud Run's door: equal results, equal errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.local import Backend, CannedResponse, GatewayServer, User, error_response, reply_response, text_response

ALICE = "o-alice"
PNG = {"contentType": "image/png", "value": b"\x89PNG\r\n\x1a\n rest"}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("cloudbase.getOpenData", {"openid": ALICE, "cloudidList": ["cid-1"]}),
    ("cloudbase.getOpenData", {"openid": ALICE, "cloudidList": ["cid-1", "nobody's", "cid-2"]}),
    ("cloudbase.getOpenData", {"openid": ALICE, "cloudidList": []}),
    ("cloudbase.getOpenData", {"openid": "o-stranger", "cloudidList": ["cid-1"]}),
    ("wxacode.getUnlimited", {"scene": "a=1", "page": "pages/index"}),
    ("wxacode.getUnlimited", {"scene": "a=1", "width": 280, "isHyaline": True}),
    ("wxacode.get", {"path": "page/index?q=名字&b=1"}),
    ("wxacode.createQRCode", {"path": "page/index"}),
    ("subscribeMessage.send", {"touser": ALICE, "templateId": "t", "data": {"thing1": {"value": "你好 😀"}}}),
    ("subscribeMessage.getTemplateList", {}),
    ("subscribeMessage.getCategory", {}),
    ("security.msgSecCheck", {"content": "text", "version": 2, "scene": 1, "openid": ALICE}),
    ("security.imgSecCheck", {"media": PNG}),
    ("security.mediaCheckAsync", {"mediaUrl": "https://e.com/a?b=c&d=e", "mediaType": 2, "version": 2}),
    ("customerServiceMessage.send", {"touser": ALICE, "msgtype": "text", "text": {"content": "hi"}}),
    ("customerServiceMessage.uploadTempMedia", {"type": "image", "media": PNG}),
    ("customerServiceMessage.setTyping", {"touser": ALICE, "command": "Typing"}),
    ("urllink.generate", {"path": "/p", "query": "a=1&b=2"}),
    ("urlscheme.generate", {"jumpWxa": {"path": "/p", "query": ""}, "isExpire": True, "expireTime": 1606737600}),
    ("phonenumber.getPhoneNumber", {"code": "c"}),
    ("analysis.getDailySummary", {"beginDate": "20260101", "endDate": "20260101"}),
    ("analysis.getVisitPage", {"beginDate": "20260101", "endDate": "20260101"}),
    ("analysis.getUserPortrait", {"beginDate": "20260101", "endDate": "20260107"}),
    ("ocr.idcard", {"img": PNG}),
    ("ocr.bankcard", {"imgUrl": "https://e.com/x.png"}),
    ("ocr.printedText", {"imgUrl": "https://e.com/名.png"}),
    ("img.scanQRCode", {"imgUrl": "https://e.com/x.png"}),
    ("logistics.getAllDelivery", {}),
    ("logistics.getPrinter", {}),
    ("operation.getVersionList", {}),
    ("operation.getGrayReleasePlan", {}),
    ("search.submitPages", {"pages": [{"path": "pages/index", "query": "a=b"}]}),
    ("soter.verifySignature", {"openid": ALICE, "jsonString": "{}", "jsonSignature": "s"}),
    ("updatableMessage.createActivityId", {}),
    ("updatableMessage.setUpdatableMsg", {"activityId": "a", "targetState": 0, "templateInfo": {"parameterList": []}}),
    ("nearbyPoi.getList", {"page": 1, "pageRows": 20}),
    ("operation.getFeedback", {"type": 1, "page": 1, "num": 10}),
    ("pluginManager.getPluginList", {"action": "list"}),
    ("pluginManager.getPluginDevApplyList", {"action": "dev_apply_list", "page": 1, "num": 10}),
    ("operation.getDomainInfo", {}),
]


@pytest.fixture(scope="module")
def server() -> Iterator[GatewayServer]:
    backend = Backend(tokenless=True)
    backend.users.add(User(ALICE))
    for cloud_id, data in (("cid-1", {"stepInfoList": [{"step": 1}]}), ("cid-2", {"phone_number": "1"})):
        backend.open_data.add(cloud_id, data, openid=ALICE)
    backend.allow("all")
    for api, answer in {
        "operation.getFeedback": reply_response({"bigNumber": 2**60 + 1, "nested": [{"aB": 1}]}),
        "pluginManager.getPluginList": error_response(40013, "invalid appid rid: 5f0b-1-2"),
        "pluginManager.getPluginDevApplyList": error_response(-1, "system error"),
        "operation.getDomainInfo": text_response("not json"),
    }.items():
        backend.responses.add(api, CannedResponse(answer))
    with GatewayServer(backend) as running:
        yield running


def options(server: GatewayServer, transport: str | None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How to reach the local WeChat over `transport`."""
    if transport is None:
        for name, value in server.environment(user=ALICE).items():
            monkeypatch.setenv(name, value)
        return {"env": server.backend.env, "config": None}
    given: dict[str, Any] = {"transport": transport, "serviceUrl": server.url, "config": None}
    if transport == "https":
        given["access_token"] = lambda: server.backend.tokens.access_token(server.backend.users.appid)[0]
    return given


def outcome(result: Any) -> Any:
    """A result or an error as what can be compared over transports: all but who was asked."""
    if isinstance(result, cloudpy.CloudSDKError):
        return type(result).__name__, result.errCode, result.errMsg, result.api, result.rid
    return result


def called(namespace: Any, api: str) -> Any:
    for name in api.split("."):
        namespace = getattr(namespace, name)
    return namespace


def in_turn(server: GatewayServer, transport: str | None, api: str, params: dict[str, Any]) -> list[Any]:
    """The outcomes of one call in both faces."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        given = options(server, transport, monkeypatch)

        async def one() -> Any:
            return await called(cloudpy.createNewInstance(given).openapi, api)(params)

        outcomes = []
        for call in (
            lambda: asyncio.run(one()),
            lambda: called(cloudpy.sync.createNewInstance(given).openapi, api)(params),
        ):
            try:
                outcomes.append(outcome(call()))
            except cloudpy.CloudSDKError as failed:
                outcomes.append(outcome(failed))
        return outcomes


def test_there_are_forty_calls() -> None:
    assert 40 <= len(CALLS)


@pytest.mark.parametrize(("api", "params"), CALLS, ids=[f"{n}-{api}" for n, (api, _) in enumerate(CALLS)])
def test_every_transport_gives_the_same(server: GatewayServer, api: str, params: dict[str, Any]) -> None:
    expected, by_sync = in_turn(server, None, api, params)
    assert expected == by_sync
    for transport in ("https", "cloudrun"):
        assert [expected, expected] == in_turn(server, transport, api, params), transport
    if api.startswith("pluginManager."):
        assert isinstance(expected, tuple), "an error was to come"
    else:
        assert isinstance(expected, dict) or api == "cloudbase.getOpenData"
