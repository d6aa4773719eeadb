"""Invocations as on the platform: events, who calls, state, environment, time."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import types
from pathlib import Path
from typing import Any

import pytest

import cloudpy as cloud
import cloudpy.sync as sync
from cloudpy.runtime import ResultError
from cloudpy.testing import CloudID, LocalWeChat, StubError

from .conftest import STEPS, Write

WHO = "import cloudpy as cloud\ndef main(event, context): return [event, cloud.getWXContext(), context]"
API = "cloudbase.getOpenData"


@pytest.fixture
def wechat(tmp_path: Path, write: Write) -> Any:
    write("who", WHO)
    with LocalWeChat(roots=[tmp_path]) as made:
        yield made


def test_a_client_with_cloud_ids(wechat: LocalWeChat) -> None:
    wechat.open_data("mine", {"phoneNumber": "1"}, openid="o-alice")
    wechat.open_data("others", {"phoneNumber": "2"}, openid="o-bob")
    wechat.open_data("old", {}, openid="o-alice", expired=True)
    data = {"a": CloudID("mine"), "deep": {"b": CloudID("mine")}, "c": CloudID("others"), "d": CloudID("old")}
    event = wechat.events.client(data, cloud_ids={"run": STEPS})
    found, user, _ = wechat.invoke("who", event, openid="o-alice")
    assert {"cloudID": "mine", "data": {"phoneNumber": "1"}} == found["a"]
    assert "mine" == found["deep"]["b"]
    assert [-601007, -601006] == [found[key]["errCode"] for key in ("c", "d")]
    watermark = {"appid": "wx00000000000local", "timestamp": int(wechat.clock())}
    assert {**STEPS, "watermark": watermark} == found["run"]["data"]
    assert "o-alice" == found["userInfo"]["openId"]
    assert {"keys": ["a", "run"]} == json.loads(user["OPEN_DATA_INFO"])


def test_the_event_of_a_client_can_be_looked_at(wechat: LocalWeChat) -> None:
    event = wechat.events.client({"n": 1}, cloud_ids={"run": STEPS}, openid="o-alice")
    assert STEPS["stepInfoList"] == event["run"]["data"]["stepInfoList"]
    assert "o-alice" == event["userInfo"]["openId"]
    assert "o-alice" == wechat.invoke("who", event)[1]["OPENID"]


def test_who_calls_cannot_be_forged(wechat: LocalWeChat) -> None:
    found, user, _ = wechat.invoke("who", {"userInfo": {"openId": "o-admin"}}, openid="o-eve")
    assert "o-eve" == found["userInfo"]["openId"] == user["OPENID"]
    assert "OPEN_DATA_INFO" not in user


def test_a_timer_has_nobody_behind_it(wechat: LocalWeChat) -> None:
    found, user, _ = wechat.invoke("who", wechat.events.timer("daily", message="m", time="2019-02-21T11:49:00Z"))
    assert {"Type": "Timer", "TriggerName": "daily", "Time": "2019-02-21T11:49:00Z", "Message": "m"} == found
    assert "OPENID" not in user
    assert "wx_trigger" == user["SOURCE"]
    assert found == wechat.invoke("who", dict(found))[0]  # written by hand


def test_a_timer_may_call(wechat: LocalWeChat) -> None:
    def main(event: Any, context: Any) -> Any:
        return sync.Cloud().init(env="e", config=None).openapi.wxacode.get(path="x")["buffer"]

    wechat.stub("wxacode.get").buffer(b"x")
    assert {"type": "Buffer", "data": [120]} == wechat.invoke(main, wechat.events.timer())
    assert "" == wechat.calls()[0].openid


def test_a_message_is_its_senders(wechat: LocalWeChat) -> None:
    found, user, _ = wechat.invoke("who", wechat.events.message("hi", openid="o-bob"))
    assert ("o-bob", "text", "hi") == (found["FromUserName"], found["MsgType"], found["Content"])
    assert "o-bob" == user["OPENID"]
    event = wechat.events.message(kind="event", Event="user_enter_tempsession")
    assert "Content" not in event and "user_enter_tempsession" == event["Event"]


def test_an_http_request(wechat: LocalWeChat) -> None:
    event = wechat.events.http("/a", method="post", query={"q": "1"}, headers={"X-A": "b"}, body={"k": "值"})
    found, user, _ = wechat.invoke("who", event)
    assert ("/a", "POST", {"q": "1"}, False) == tuple(
        found[key] for key in ("path", "httpMethod", "queryStringParameters", "isBase64Encoded")
    )
    assert {"k": "值"} == json.loads(found["body"])
    assert {"x-a": "b", "content-type": "application/json"} == found["headers"]
    assert "userInfo" not in found and "OPENID" not in user and "wx_http" == user["SOURCE"]
    assert ("AQI=", True) == tuple(wechat.events.http(body=b"\1\2")[key] for key in ("body", "isBase64Encoded"))


def test_modules_are_fresh_for_each_wechat_and_kept_within_one(tmp_path: Path, write: Write) -> None:
    write("count", "from state import box\ndef main(e, c): box.append(1); return len(box)", state="box = []")
    write("other", "from state import box\ndef main(e, c): return box", state="box = ['other']")
    before = set(sys.modules)
    for _ in range(2):
        with LocalWeChat(roots=[tmp_path]) as wechat:
            assert [1, ["other"], 2] == [wechat.invoke(name) for name in ("count", "other", "count")]
    assert not {"index", "state"} & (set(sys.modules) - before)


def test_each_function_has_an_init_of_its_own(tmp_path: Path, write: Write) -> None:
    code = """
    import cloudpy.sync as cloud
    cloud.init(env="{name}-env")
    def main(event, context):
        cloud.openapi.wxacode.get(path="x")
    """
    write("one", code.format(name="one"), ["wxacode.get"])
    write("two", code.format(name="two"), ["security.msgSecCheck"])
    client = sync._cloud._config
    with LocalWeChat(roots=[tmp_path]) as wechat:
        wechat.stub("wxacode.get").buffer(b"x")
        wechat.invoke("one")
        with pytest.raises(cloud.ApiPermissionError, match=r"two/config\.json does not list it"):
            wechat.invoke("two")
        wechat.invoke("one")
        assert ["one-env"] * 2 == [call.fields["envName"] for call in wechat.calls()]
        wechat.allow_refused("it is what this tests")
    assert client is sync._cloud._config


def test_a_module_and_a_callable(wechat: LocalWeChat) -> None:
    module = types.ModuleType("handmade")
    module.main = lambda event, context: {"name": context["function_name"]}  # type: ignore[attr-defined]
    assert {"name": "handmade.main"} == wechat.invoke(module)

    class Handler:
        async def __call__(self, event: Any, context: Any) -> Any:
            await asyncio.sleep(0)
            return event["n"]

    assert 1 == wechat.invoke(Handler(), {"n": 1})


def test_a_file_and_another_handler(wechat: LocalWeChat, write: Write) -> None:
    write("many", "", tasks="async def run(event, context): return 'ran'")
    assert "ran" == wechat.invoke("many", handler="tasks.run")
    assert "ran" == wechat.invoke("many/tasks.py", handler="tasks.run")


def test_what_the_handler_raises_comes_through(wechat: LocalWeChat) -> None:
    async def main(event: Any, context: Any) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        wechat.invoke(main)


def test_results_are_what_arrives(wechat: LocalWeChat) -> None:
    err = cloud.CloudSDKError(40003, "invalid openid")
    found = wechat.invoke(lambda event, context: {"t": (1, 2), "err": err, "nan": float("nan")})
    assert {"t": [1, 2], "err": {"errCode": 40003, "errMsg": "invalid openid"}, "nan": None} == found
    with pytest.raises(ResultError, match=r'result\["a"\]: set'):
        wechat.invoke(lambda event, context: {"a": {1}})


def test_context_and_environment(wechat: LocalWeChat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODE", "outside")
    before = dict(os.environ)

    def main(event: Any, context: Any) -> Any:
        return [context, os.environ["MODE"], os.environ["TCB_ENV"], os.environ.get("WX_OPENID"), os.getcwd()]

    context, *found = wechat.invoke(main, context={"request_id": "r-1"}, env={"MODE": "inside"}, openid="o-1")
    assert ["inside", "local", "o-1", os.getcwd()] == found
    assert ("r-1", 3000, "main") == tuple(context[key] for key in ("request_id", "time_limit_in_ms", "function_name"))
    assert before == dict(os.environ)
    assert "prod-1" == wechat.invoke(main, env="prod-1")[2]
    assert wechat.invoke(main, wechat.events.timer())[3] is None


def test_the_environment_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WX_OPENID", "o-real")
    monkeypatch.delenv("TENCENTCLOUD_SECRETKEY", raising=False)
    before = dict(os.environ)
    with pytest.raises(RuntimeError, match="mine"), LocalWeChat(openid="o-2"):
        assert "o-2" == os.environ["WX_OPENID"] == cloud.getWXContext()["OPENID"]
        raise RuntimeError("mine")
    assert before == dict(os.environ)


def test_calls_from_a_thread_of_the_users(wechat: LocalWeChat) -> None:
    wechat.stub(API).reply(dataList=[])
    client = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    thread = threading.Thread(target=lambda: client.openapi.cloudbase.getOpenData(cloudidList=["a"]))
    thread.start()
    thread.join()
    assert ["ok"] == [call.outcome for call in wechat.calls()]


def test_delays_take_no_time_but_that_of_the_function(wechat: LocalWeChat) -> None:
    def main(event: Any, context: Any) -> Any:
        client = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None, timeout=60)
        outcomes = []
        for _ in range(3):
            try:
                outcomes.append(client.openapi.cloudbase.getOpenData(cloudidList=["a"])["errCode"])
            except cloud.CallTimeoutError:
                outcomes.append("late")
        return outcomes

    wechat.stub(API).reply(dataList=[]).delay(8)
    begun = wechat.clock()
    assert [0, 0, "late"] == wechat.invoke(main, timeout=20)
    assert 16 == wechat.clock() - begun


def test_a_delay_alone_comes_before_what_is_known(wechat: LocalWeChat) -> None:
    wechat.open_data("cid", STEPS)
    wechat.stub(API).delay(2)
    client = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    assert STEPS == client.openapi.cloudbase.getOpenData(cloudidList=["cid"])["dataList"][0]["json"]["data"]


def test_two_functions_at_once_are_refused(wechat: LocalWeChat, write: Write) -> None:
    write("slow", "import asyncio\nasync def main(e, c):\n    for _ in range(50): await asyncio.sleep(0)\n    return 1")

    async def main() -> list[Any]:
        return await asyncio.gather(
            wechat.ainvoke("slow"), wechat.ainvoke("slow"), wechat.ainvoke("who"), return_exceptions=True
        )

    one, two, refused = asyncio.run(main())
    assert [1, 1] == [one, two]
    assert "who cannot run while slow does" in str(refused)
    assert 3 == len(wechat.invoke("who"))


def test_a_function_may_invoke_another(wechat: LocalWeChat) -> None:
    found = wechat.invoke(lambda event, context: wechat.invoke("who", {"n": event["n"]})[0]["n"], {"n": 7})
    assert 7 == found


def test_ainvoke_is_cancelled_with_its_task(wechat: LocalWeChat) -> None:
    seen = []

    async def test() -> None:
        begun = asyncio.Event()

        async def main(event: Any, context: Any) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                seen.append("ended")

        task = asyncio.create_task(wechat.ainvoke(main))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(test())
    assert ["ended"] == seen
    assert 3 == len(wechat.invoke("who"))  # the process is free for the next


def test_local_yaml(tmp_path: Path) -> None:
    (tmp_path / "local.yaml").write_text(
        "users: [{openid: o-first}, {openid: o-second}]\n"
        "open_data: {xxx: {a: 1}}\n"
        "answers: {wxacode.get: {text: hi}}\n",
        "utf-8",
    )
    with LocalWeChat("local.yaml", roots=[tmp_path], openid="o-second") as wechat:
        client = sync.Cloud().init(env="any", config=None)
        assert "o-second" == sync.getWXContext()["OPENID"]
        assert "hi" == client.openapi.wxacode.get()["result"]
        assert -601007 == client.openapi.cloudbase.getOpenData(cloudidList=["xxx"])["dataList"][0]["json"]["errCode"]
        assert "o-second" == wechat.calls()[0].openid


def test_used_twice(wechat: LocalWeChat) -> None:
    with pytest.raises(RuntimeError, match="was used already"):
        wechat.__enter__()


def test_one_inside_another() -> None:
    client = sync.Cloud().init(env="e", config=None)
    with LocalWeChat() as outer:
        outer.stub("wxacode.get").buffer(b"outer")
        with LocalWeChat() as inner:
            inner.stub("wxacode.get").buffer(b"inner")
            assert b"inner" == client.openapi.wxacode.get()["buffer"]
        assert b"outer" == client.openapi.wxacode.get()["buffer"]


def test_open_data_has_a_json_form(wechat: LocalWeChat) -> None:
    with pytest.raises(StubError, match=r'data\["a"\]: set'):
        wechat.open_data("x", {"a": {1}})
    with pytest.raises(TypeError, match="a CloudID must be a string"):
        wechat.open_data(7, {})  # type: ignore[arg-type]
