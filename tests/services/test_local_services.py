"""Open data, signatures, payments and callOpenAPI against the local WeChat, in both faces."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cloudpy
import cloudpy.sync
from cloudpy.local import Backend, GatewayServer
from cloudpy.testing import LocalWeChat, StubError

ORDER = {
    "body": "a pen",
    "outTradeNo": "o-1",
    "spbillCreateIp": "127.0.0.1",
    "subMchId": "1900000109",
    "totalFee": 100,
    "envId": "local",
    "functionName": "paid",
}
REFUND = {**ORDER, "outRefundNo": "r-1", "refundFee": 40}
MERCHANT = {"subMchId": ORDER["subMchId"]}


@pytest.fixture
def wechat() -> Iterator[LocalWeChat]:
    with LocalWeChat(openid="o-alice") as made:
        yield made


def sync_cloud() -> Any:
    return cloudpy.sync.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None)


def both(name: str, params: dict[str, Any]) -> Any:
    """What a call gives in both faces, which is the same."""
    blocking = getattr(sync_cloud(), name)(params)
    instance = cloudpy.createNewInstance(env=cloudpy.DYNAMIC_CURRENT_ENV, config=None)
    awaited = asyncio.run(getattr(instance, name)(params))
    assert blocking == awaited
    return blocking


def test_open_data_of_every_kind(wechat: LocalWeChat) -> None:
    wechat.open_data("mine", {"phone_number": "1", "purePhoneNumber": "2"})
    wechat.open_data("theirs", {"a": 1}, openid="o-bob")
    wechat.open_data("old", {"a": 1}, expired=True)
    found = both("getOpenData", {"list": ["mine", "theirs", "old", "unknown"]})
    assert "getOpenData:ok" == found["errMsg"]
    assert {"cloudID": "mine", "data": {"phone_number": "1", "purePhoneNumber": "2"}} == found["list"][0]
    assert [-601007, -601006, -601005] == [item["errCode"] for item in found["list"][1:]]
    wechat.clock.advance(minutes=6)
    assert -601006 == both("getOpenData", {"list": ["mine"]})["list"][0]["errCode"]


def test_signatures_are_the_same_for_the_same_request_and_user(wechat: LocalWeChat) -> None:
    params = {"groupId": "g", "timestamp": 1_700_000_000, "nonce": "n"}
    first = both("getVoIPSign", params)["signature"]
    assert 64 == len(first) and first == both("getVoIPSign", params)["signature"]
    assert first != both("getVoIPSign", {**params, "nonce": "m"})["signature"]
    assert 64 == len(both("getCloudCallSign", {"parameterList": ["a", "b"]})["signature"])


def test_canned_answers_go_before(wechat: LocalWeChat) -> None:
    wechat.stub("getVoIPSign").reply({"signature": "mine"})
    wechat.stub("cloudPay.queryOrder").reply({"returnCode": "SUCCESS", "tradeState": "USERPAYING"})
    assert "mine" == both("getVoIPSign", {"groupId": "g", "timestamp": 1, "nonce": "n"})["signature"]
    assert "USERPAYING" == sync_cloud().cloudPay.queryOrder(outTradeNo="x", **MERCHANT)["tradeState"]


def test_an_order_from_beginning_to_end(wechat: LocalWeChat) -> None:
    pay = sync_cloud().cloudPay
    placed = pay.unifiedOrder(ORDER)
    assert ("SUCCESS", "SUCCESS", 0) == (placed["returnCode"], placed["resultCode"], placed["errCode"])
    assert {"appId", "nonceStr", "package", "paySign", "signType", "timeStamp"} == placed["payment"].keys()
    assert placed["payment"]["package"].startswith("prepay_id=wx")
    asked = {"outTradeNo": "o-1", **MERCHANT}
    assert "NOTPAY" == pay.queryOrder(asked)["tradeState"]
    assert "订单状态错误" == pay.refund(REFUND)["errCodeDes"]

    event = wechat.pay("o-1")
    assert ("o-alice", 100, "o-1") == (event["subOpenid"], event["totalFee"], event["outTradeNo"])
    with pytest.raises(StubError, match="SUCCESS"):
        wechat.pay("o-1")
    assert event["transactionId"] == pay.queryOrder(asked)["transactionId"]
    assert "该订单已支付" == pay.closeOrder(asked)["errCodeDes"] == pay.unifiedOrder(ORDER)["errCodeDes"]

    first = pay.refund(REFUND)
    assert first["refundId"] == pay.refund(REFUND)["refundId"], "the same refund is carried out once"
    assert "FAIL" == pay.refund({**REFUND, "outRefundNo": "r-2", "refundFee": 61})["resultCode"], "more than was paid"
    assert (1, 40) == tuple(
        pay.queryRefund({"outRefundNo": "r-1", **MERCHANT})[key] for key in ("refundCount", "refundFee")
    )


def test_bills(wechat: LocalWeChat) -> None:
    pay = sync_cloud().cloudPay
    pay.unifiedOrder(ORDER)
    day = wechat.pay("o-1")["timeEnd"][:8]
    text = pay.downloadBill(billDate=day, **MERCHANT)["data"]
    assert "`o-1" in text and "`1.00,`0.00" in text
    assert text == gzip.decompress(pay.downloadBill(billDate=day, tarType="GZIP", **MERCHANT)["data"]).decode()
    assert "No Bill Exist" == pay.downloadBill(billDate="20010101", **MERCHANT)["returnMsg"]


def test_payments_that_are_refused(wechat: LocalWeChat) -> None:
    pay = sync_cloud().cloudPay
    missing = pay.unifiedOrder({key: value for key, value in ORDER.items() if key != "body"})
    assert ("FAIL", "缺少参数 body") == (missing["returnCode"], missing["returnMsg"])
    assert "订单不存在" == pay.queryOrder(outTradeNo="nobody's", **MERCHANT)["errCodeDes"]
    assert "fen" in pay.unifiedOrder({**ORDER, "totalFee": 1.5})["errCodeDes"]
    with pytest.raises(StubError, match="no order"):
        wechat.pay("nobody's")


def test_call_open_api_needs_permission_as_openapi_does(wechat: LocalWeChat) -> None:
    wechat.stub("security.msgSecCheck").reply({"result": {"suggest": "pass", "label": 100}})
    found = both("callOpenAPI", {"api": "security.msgSecCheck", "data": {"content": "x"}})
    assert {"suggest": "pass", "label": 100} == found["result"]["result"]
    strict = cloudpy.sync.createNewInstance(env="e", config={"permissions": {"openapi": []}})
    wechat.allow_refused("that is what this is about")
    with pytest.raises(cloudpy.ApiPermissionError):
        strict.callOpenAPI(api="security.msgSecCheck")


def test_a_cloud_id_made_in_a_gateway_that_runs(tmp_path: Path) -> None:
    with GatewayServer(Backend()) as server:
        variables = {**os.environ, **server.environment()}
        data = tmp_path / "steps.json"
        data.write_text('{"stepInfoList": []}', "utf-8")
        made = command(variables, "cloudid", "--openid", "o-ann", "--data", f"@{data}")
        assert 0 == made.returncode, made.stderr
        stored = server.backend.open_data.look_up([made.stdout.strip()], server.backend.users.find("o-ann"))
        assert [] == stored[0]["data"]["stepInfoList"] and "watermark" in stored[0]["data"]
        other = command({**variables, "TENCENTCLOUD_SECRETKEY": "guess"}, "cloudid", "--data", "{}")
        assert 1 == other.returncode and "rejected" in other.stderr and "guess" not in other.stderr
    gone = command(variables, "cloudid", "--data", "{}")
    assert 1 == gone.returncode and "no local WeChat at" in gone.stderr
    nothing = {name: value for name, value in os.environ.items() if name != "TCB_CONTEXT_CNFG"}
    assert "no running gateway" in command(nothing, "cloudid", "--data", "{}").stderr


def test_cloud_ids_in_the_event_of_run(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(
        "import cloudpy.sync as cloud\ncloud.init(env='local', config=None)\n"
        "def main(event, context):\n    return [event, cloud.getWXContext().get('OPEN_DATA_INFO')]\n"
    )
    (tmp_path / "local.yaml").write_text("open_data:\n  cid-1: {a: 1}\n", "utf-8")
    event = {
        "run": {"cloudID": "cid-1"},
        "gone": {"cloudID": "x"},
        "deep": {"in": {"cloudID": "cid-1"}},
        "cloudID": "cid-1",
    }
    done = command(dict(os.environ), "run", str(tmp_path), "--timeout", "60", "--event", json.dumps(event))
    assert 0 == done.returncode, done.stderr
    told, info = json.loads(done.stdout)
    assert {"a": 1} == told["run"]["data"]
    assert -601005 == told["gone"]["errCode"]
    assert (event["deep"], "cid-1") == (told["deep"], told["cloudID"])
    assert {"keys": ["run"]} == json.loads(info)
    many = {str(number): {"cloudID": "x"} for number in range(6)}
    assert "WeChat takes 5" in command(dict(os.environ), "run", str(tmp_path), "--event", json.dumps(many)).stderr


def command(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cloudpy", *arguments], env=variables, capture_output=True, text=True, timeout=120
    )
