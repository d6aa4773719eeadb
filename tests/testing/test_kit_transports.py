"""The kit in memory and over the sockets of a real gateway: the same outcomes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import cloudpy as cloud
import cloudpy.sync as sync
from cloudpy.testing import ANY, LocalWeChat, UnexpectedCallError

from .conftest import STEPS, Write

API = "cloudbase.getOpenData"
ASYNC = """
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

async def main(event, context):
    try:
        return await cloud.openapi.cloudbase.getOpenData({"cloudidList": event["ids"]})
    except cloud.CloudSDKError as err:
        return err
"""
SYNC = ASYNC.replace("cloudpy as", "cloudpy.sync as").replace("async ", "").replace("await ", "")


def ask(ids: list[str], **options: Any) -> Any:
    """A call that the test makes itself."""
    client = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    return client.openapi(**{"timeout": 5, **options}).cloudbase.getOpenData({"cloudidList": ids})


@pytest.mark.parametrize("code", [ASYNC, SYNC], ids=["async", "sync"])
def test_a_function_gets_open_data_of_its_caller(kit: LocalWeChat, write: Write, code: str) -> None:
    write("steps", code, [API])
    kit.open_data("cid-1", STEPS, openid="o-alice")
    kit.open_data("cid-2", STEPS, openid="o-bob")
    kit.open_data("cid-3", STEPS, openid="o-alice", expired=True)
    kit.open_data("cid-4", None)
    result = kit.invoke("steps", {"ids": ["cid-1", "cid-2", "cid-3", "cid-4"]}, openid="o-alice")
    found = [item["json"] for item in result["dataList"]]
    assert {"cloudID": "cid-1", "data": STEPS} == found[0]
    assert [-601007, -601006, -601005] == [item["errCode"] for item in found[1:]]
    (call,) = kit.calls(API)
    assert ("o-alice", "steps") == (call.openid, call.function)


@pytest.mark.parametrize("code", [ASYNC, SYNC], ids=["async", "sync"])
def test_an_error_reaches_the_function_and_its_caller(kit: LocalWeChat, write: Write, code: str) -> None:
    write("steps", code, [API])
    kit.stub(API).error(-1, "system error")
    assert kit.invoke("steps", {"ids": ["a"]}) == {
        "errCode": -1,
        "errMsg": "openapi.cloudbase.getOpenData:fail system error",
    }
    assert [{"cloudidList": ["a"]}] == [call.params for call in kit.calls(API)]


def test_stubs_queue_for_their_own_calls(kit: LocalWeChat) -> None:
    kit.stub(API, when={"cloudidList": ["a"]}).error(40001).then.reply({"dataList": []})
    kit.stub(API, when={"cloudidList": [ANY, "b"]}).reply(dataList=[{"cloudId": "x"}])
    kit.stub("openapi.of.another", check=False).text("plain").times(1)
    assert [{"cloudId": "x"}] == ask(["?", "b"])["dataList"]
    with pytest.raises(cloud.CloudSDKError) as caught:
        ask(["a"])
    assert 40001 == caught.value.errCode
    assert [] == ask(["a"])["dataList"] == ask(["a"])["dataList"]
    client = sync.Cloud().init(env="prod-1", config=None)
    assert "plain" == client.openapi.openapi.of.another()["result"]


def test_times_are_counted(kit: LocalWeChat) -> None:
    stub = kit.stub(API).reply(dataList=[]).times(2).then.reply(dataList=[{"cloudId": "3"}])
    assert [0, 0, 1, 1] == [len(ask(["a"])["dataList"]) for _ in range(4)]
    assert 4 == stub.used


def test_a_callable_makes_the_reply(kit: LocalWeChat) -> None:
    def reply(params: dict[str, Any]) -> dict[str, Any]:
        if "bad" in params["cloudidList"]:
            raise cloud.CloudSDKError(40097, "invalid args")
        found = {"dataList": [{"cloudId": one} for one in params["cloudidList"]]}
        params["cloudidList"].clear()  # its own copy
        return found

    kit.stub(API).reply(reply)
    assert [{"cloudId": "a"}] == ask(["a"])["dataList"]
    with pytest.raises(cloud.CloudSDKError, match="invalid args") as caught:
        ask(["bad"])
    assert 40097 == caught.value.errCode
    assert {"cloudidList": ["a"]} == kit.calls()[0].params


def test_replies_and_conditions_are_copied(kit: LocalWeChat) -> None:
    reply = {"dataList": [{"cloudId": "a"}]}
    when = {"cloudidList": ["a"]}
    kit.stub(API, when=when).reply(reply)
    reply["dataList"].clear()
    when["cloudidList"].append("b")
    found = ask(["a"])["dataList"]
    assert [{"cloudId": "a"}] == found
    found.clear()
    assert [{"cloudId": "a"}] == ask(["a"])["dataList"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("refused", cloud.TransportError),
        ("reset", cloud.TransportError),
        ("truncated", cloud.TransportError),
        ("timeout", cloud.CallTimeoutError),
        ("http500", cloud.CloudSDKError),
        ("garbage", cloud.CloudSDKError),
    ],
)
def test_faults(kit: LocalWeChat, fault: Any, kind: type[cloud.CloudSDKError]) -> None:
    kit.stub(API).fault(fault)
    with pytest.raises(cloud.CloudSDKError) as caught:
        ask(["a"], **({"timeout": 0.3} if fault == "timeout" else {}))
    assert kind is type(caught.value)
    assert [f"fault {fault}"] == [call.outcome for call in kit.calls()]


def test_a_file_out_and_a_file_in(kit: LocalWeChat) -> None:
    kit.stub("wxacode.get").buffer(b"\xff\xd8jpeg", "image/jpeg")
    kit.stub("security.imgSecCheck").reply({})
    client = sync.Cloud().init(env=sync.DYNAMIC_CURRENT_ENV, config=None)
    found = client.openapi.wxacode.get({"path": "pages/index"})
    assert (b"\xff\xd8jpeg", "image/jpeg") == (found["buffer"], found["contentType"])
    client.openapi(appid="wx-other").security.imgSecCheck(media={"contentType": "image/png", "value": b"\x89PNG"})
    call = kit.calls("security.imgSecCheck")[0]
    assert b"\x89PNG" == call.files["media"].value == call.params["media"]["value"]
    assert "wx-other" == call.appid
    assert {"action", "apiName", "envName"} == call.fields.keys()


def test_time_passes_for_open_data_alone(kit: LocalWeChat) -> None:
    kit.open_data("cid", STEPS)
    kit.clock.advance(minutes=4, seconds=59)
    assert "data" in ask(["cid"])["dataList"][0]["json"]
    kit.clock.advance(1)
    assert -601006 == ask(["cid"])["dataList"][0]["json"]["errCode"]
    kit.clock.advance(days=2)  # far beyond what a signature may be off
    assert -601006 == ask(["cid"])["dataList"][0]["json"]["errCode"]


def test_a_call_without_a_stub_is_an_error_where_it_is_made(kit: LocalWeChat) -> None:
    kit.stub(API, when={"cloudidList": ["a"]}).reply(dataList=[])
    with pytest.raises(UnexpectedCallError, match=r"cloudidList\[0\] is 'id-1', expected 'a'"):
        ask(["id-1"])
    with pytest.raises(UnexpectedCallError, match=r"security\.msgSecCheck.*no stub answers it"):
        sync.Cloud().init(env="e", config=None).openapi.security.msgSecCheck(content="x")
    kit.allow_unused("the calls above went elsewhere")
    kit.allow_unknown("that they fail is what this tests")


def test_a_list_fits_as_a_whole(kit: LocalWeChat) -> None:
    kit.stub(API, when={"cloudidList": ["a"]}).reply(dataList=[])
    with pytest.raises(UnexpectedCallError, match="cloudidList has 2 items, expected 1"):
        ask(["a", "b"])
    assert [] == ask(["a"])["dataList"]
    kit.allow_unknown("that it fails is what this tests")


def test_a_sample_for_what_does_not_matter(kit: LocalWeChat) -> None:
    kit.allow_unknown("only that the function goes on matters", answer="sample")
    client = sync.Cloud().init(env="e", config=None)
    assert 0 == client.openapi.security.msgSecCheck(content="x", version=2, scene=1, openid="o")["errCode"]
    with pytest.raises(cloud.CloudSDKError) as caught:
        client.openapi.no.such.api()
    assert -604100 == caught.value.errCode


def test_permissions_are_those_of_the_function(kit: LocalWeChat, write: Write) -> None:
    write("declared", SYNC, [API])
    write("undeclared", SYNC, ["wxacode.get"])
    write("without", SYNC)
    kit.stub(API).reply(dataList=[])
    assert 0 == kit.invoke("declared", {"ids": []})["errCode"]
    assert -604101 == kit.invoke("undeclared", {"ids": []})["errCode"]
    assert -604101 == kit.invoke("without", {"ids": []})["errCode"]
    assert 0 == kit.invoke("declared", {"ids": []})["errCode"]
    kit.allow_refused("it is what this tests")


def test_the_gateway_refuses_what_the_function_did_not_check(kit: LocalWeChat, write: Write) -> None:
    write("blind", SYNC.replace("CURRENT_ENV)", "CURRENT_ENV, config=None)"), ["wxacode.get"])
    assert {"errCode": -604101, "errMsg": "system error: error code: -604101"} == kit.invoke("blind", {"ids": []})
    assert ["refused -604101 function has no permission to call this API"] == [call.outcome for call in kit.calls()]
    kit.allow_refused("it is what this tests")


def test_both_apis_together_in_one_loop(kit: LocalWeChat) -> None:
    kit.stub(API).reply(lambda params: {"dataList": [{"cloudId": params["cloudidList"][0]}]})

    async def main() -> list[str]:
        client = cloud.Cloud().init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)
        calls = [client.openapi.cloudbase.getOpenData(cloudidList=[str(number)]) for number in range(20)]
        return [found["dataList"][0]["cloudId"] for found in await asyncio.gather(*calls)]

    assert [str(number) for number in range(20)] == asyncio.run(main())
    assert 20 == len(kit.calls(API))


def test_what_the_platform_says_of_the_caller(kit: LocalWeChat, write: Write) -> None:
    write("who", "import cloudpy as cloud\ndef main(event, context): return [event, cloud.getWXContext()]")
    event, user = kit.invoke(
        "who", {"a": (1, b"\x01")}, openid="o-1", unionid="u-1", appid="wx1", source="wx_devtools", env="prod-1"
    )
    assert {"a": [1, {"type": "Buffer", "data": [1]}], "userInfo": {"appId": "wx1", "openId": "o-1"}} == event
    user.pop("CLIENTIP"), user.pop("CLIENTIPV6")
    assert {"APPID": "wx1", "OPENID": "o-1", "UNIONID": "u-1", "ENV": "prod-1", "SOURCE": "wx_devtools"} == user


@pytest.mark.once
def test_the_old_option_door_still_works() -> None:
    with pytest.warns(DeprecationWarning, match="use transport='memory'"):
        LocalWeChat(door="process")
    with pytest.warns(DeprecationWarning, match="use transport='http'"):
        LocalWeChat(door="gateway")
    with pytest.raises(ValueError, match="door must be one of 'process', 'gateway', got 'http'"):
        LocalWeChat(door="http")  # type: ignore[arg-type]
