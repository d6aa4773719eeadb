"""Recording and replaying calls."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

import cloudpy as cloud
import cloudpy.sync as sync
from cloudpy.local import GatewayServer, load
from cloudpy.testing import ExpectationError, LocalWeChat, StubError, UnexpectedCallError

from .conftest import STEPS

ALICE = "oAlice_0123456789abcdefghijk"  # as long as WeChat's own
API = "cloudbase.getOpenData"


def openapi() -> Any:
    return sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None).openapi


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def record(path: Path) -> None:
    """Record every kind of call and answer."""
    with LocalWeChat(openid="o-alice") as wechat:
        wechat.open_data("cid", {**STEPS, "session_key": "hush", "openid": ALICE})
        wechat.stub("security.msgSecCheck").reply(result={"suggest": "pass", "label": 100}).then.error(87014, "risky")
        wechat.stub("wxacode.get").buffer(b"\xff\xd8", "image/jpeg")
        wechat.stub("security.imgSecCheck").reply()
        wechat.stub("some.text", check=False).text(f"to {ALICE}")
        wechat.stub("some.refusal", check=False).error(-604101)
        wechat.stub("some.limit", check=False).error("EXCEED_REQUEST_LIMIT", "too many")
        wechat.stub("some.fault", check=False).fault("timeout")
        with wechat.record(path):
            play()
        openapi().wxacode.get(path="not recorded any more")


def play(openid: str = "o-alice") -> list[Any]:
    """Make the calls, and return their outcomes."""
    api = openapi()
    check = {"content": f"by {openid}", "version": 2, "scene": 1, "openid": openid}
    calls = [
        lambda: api.cloudbase.getOpenData(cloudidList=["cid"]),
        lambda: api.security.msgSecCheck(check),
        lambda: api.security.msgSecCheck(check),
        lambda: api.wxacode.get(path="pages/index"),
        lambda: api(appid="wx2").security.imgSecCheck(media={"contentType": "image/png", "value": b"png"}),
        lambda: api.some.text(accessToken="hush"),
        lambda: api.some.refusal(),
        lambda: api.some.limit(),
        lambda: api.some.fault(),
    ]
    outcomes: list[Any] = []
    for call in calls:
        try:
            outcomes.append(call())
        except cloud.CloudSDKError as error:
            outcomes.append((type(error).__name__, error.errCode))
    return outcomes


def test_what_was_recorded_is_replayed_for_other_people(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    record(path)
    with LocalWeChat(openid="o-bob", transport="memory") as wechat:
        wechat.replay(path)
        found = play("o-bob")
        assert 9 == len(wechat.calls())
    assert STEPS["stepInfoList"] == found[0]["dataList"][0]["json"]["data"]["stepInfoList"]
    assert "pass" == found[1]["result"]["suggest"]
    assert ("CloudSDKError", 87014) == found[2]
    assert b"\xff\xd8" == found[3]["buffer"]
    assert "to openid-2" == found[5]["result"]
    assert [("ApiPermissionError", -604101), ("CloudSDKError", -501003), ("CallTimeoutError", -501001)] == found[6:]


def test_nothing_secret_is_written(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    record(path)
    text = path.read_text("utf-8")
    for secret in ("hush", ALICE, "o-alice", "AKIDlocal", "TC3-HMAC"):
        assert secret not in text
    first, *rest = lines(path)
    assert {"recording": "cloudpy", "version": 1} == first
    assert {"content": "by openid-1", "version": 2, "scene": 1, "openid": "openid-1"} == rest[1]["params"]
    assert "***" == rest[5]["params"]["accessToken"]
    assert {"size": 3, "appid": "wx2"} == {"size": rest[4]["files"]["media"]["size"], "appid": rest[4]["appid"]}


def test_a_changed_request_is_a_difference_and_no_live_call(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with LocalWeChat() as wechat, wechat.record(path):
        wechat.stub(API).reply(dataList=[])
        openapi().cloudbase.getOpenData(cloudidList=["a"])
    with LocalWeChat() as wechat:
        wechat.open_data("b", STEPS)  # known, but not recorded
        with wechat.replay(path):
            with pytest.raises(UnexpectedCallError, match=r"line 2: cloudidList\[0\] is 'b', recorded 'a'"):
                openapi().cloudbase.getOpenData(cloudidList=["b"])
            with pytest.raises(UnexpectedCallError, match="line 2: openid was not recorded"):
                openapi().cloudbase.getOpenData(cloudidList=["a"], openid="x")
            openapi().cloudbase.getOpenData(cloudidList=["a"])
            with pytest.raises(UnexpectedCallError, match="line 2: used already"):
                openapi().cloudbase.getOpenData(cloudidList=["a"])
            with pytest.raises(UnexpectedCallError, match=r"it has cloudbase\.getOpenData"):
                openapi().wxacode.get(path="x")
        assert STEPS == openapi().cloudbase.getOpenData(cloudidList=["b"])["dataList"][0]["json"]["data"]
        with pytest.raises(ExpectationError, match="has no answer for it"):
            wechat.verify()


def test_an_unused_answer(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with LocalWeChat() as wechat, wechat.record(path):
        wechat.stub(API).reply(dataList=[])
        openapi().cloudbase.getOpenData(cloudidList=["a"])
    with (
        pytest.raises(ExpectationError, match=r"line 2 of .*getOpenData.* was never used"),
        LocalWeChat() as wechat,
    ):
        wechat.replay(path)
    with LocalWeChat() as wechat:
        wechat.replay(path)
        wechat.allow_unused("half of the recording is enough here")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("nonsense\n", ":1: invalid JSON"),
        ('{"api": "x"}\n', ":1: .*not a recording"),
        ('HEAD\n{"api": "a.b"}\n', ":2: not a call and its answer"),
        ('HEAD\n{"api": "a.b", "params": {}, "answer": {"fault": "tired"}}\n', "unknown fault 'tired'"),
        ("HEAD\n", "has no calls"),
        (
            'HEAD\n{"api": "cloudbase.getOpenData", "params": {"cloudidList": []},'
            ' "answer": {"json": {"data_lst": []}}}',
            ":2: WeChat has no such call.*\n.*'dataLst' is not known",
        ),
    ],
)
def test_recordings_that_cannot_be(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(content.replace("HEAD", '{"recording": "cloudpy", "version": 1}'), "utf-8")
    with LocalWeChat() as wechat, pytest.raises(StubError, match=message):
        wechat.replay(path)


def test_a_live_recording_goes_where_calls_go_without_the_kit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = load()
    backend.allow("all")
    backend.open_data.add("cid", STEPS, openid=backend.users.add(ALICE).openid)
    path = tmp_path / "calls.jsonl"
    with GatewayServer(backend) as server:  # plays the real WeChat
        for name, value in server.environment(user=ALICE).items():
            monkeypatch.setenv(name, value)
        before = dict(os.environ)
        with LocalWeChat(openid="o-test") as wechat:
            with wechat.record(path, live=True):
                found = openapi().cloudbase.getOpenData(cloudidList=["cid"])
                assert STEPS == found["dataList"][0]["json"]["data"]
            wechat.open_data("own", {})
            openapi().cloudbase.getOpenData(cloudidList=["own"])
        assert before == dict(os.environ)
    assert [["cid"]] == [call.params["cloudidList"] for call in backend.calls]
    assert ALICE not in path.read_text("utf-8")
    with LocalWeChat() as wechat:
        wechat.replay(path)
        assert found == openapi().cloudbase.getOpenData(cloudidList=["cid"])
