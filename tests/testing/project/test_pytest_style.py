import asyncio

import pytest

import cloudpy as cloud
from cloudpy.testing import ANY

app = cloud.createNewInstance(env=cloud.DYNAMIC_CURRENT_ENV, config=None)  # made before any test


@pytest.mark.parametrize("step", [0, 1234, 99999])
def test_steps(wechat, step):
    wechat.open_data("cid-1", {"stepInfoList": [{"timestamp": 1603641600, "step": step}]}, openid="o-alice")
    result = wechat.invoke("functions/steps", {"cloudID": "cid-1"}, openid="o-alice")
    assert step == result["steps"]["data"]["stepInfoList"][0]["step"]


def test_state_lasts_for_one_test(wechat):
    wechat.open_data("cid-1", {})
    results = [wechat.invoke("functions/steps", {"cloudID": "cid-1"})["calls"] for _ in range(3)]
    assert [1, 2, 3] == results


def test_somebody_elses_cloud_id(wechat):
    wechat.open_data("cid-1", {}, openid="o-bob")
    assert -601007 == wechat.invoke("functions/steps", {"cloudID": "cid-1"})["steps"]["errCode"]


def test_expired_after_five_minutes(wechat):
    wechat.open_data("cid-1", {})
    wechat.clock.advance(minutes=6)
    assert -601006 == wechat.invoke("functions/steps", {"cloudID": "cid-1"})["steps"]["errCode"]


def test_busy(wechat):
    wechat.stub("cloudbase.getOpenData").error(-1, "system error")
    assert wechat.invoke("functions/steps", {"cloudID": "cid-1"})["errCode"] == -1
    assert wechat.calls("cloudbase.getOpenData")[0].params == {"cloudidList": ["cid-1"]}


def test_no_answer(wechat):
    wechat.stub("cloudbase.getOpenData").fault("timeout")
    assert -501001 == wechat.invoke("functions/steps", {"cloudID": "cid-1"})["errCode"]


@pytest.mark.parametrize("scene", ["a", "b"])
def test_code(wechat, scene):
    wechat.stub("wxacode.getUnlimited", when={"page": f"pages/{scene}/index"}).buffer(b"12345", "image/png")
    assert {"type": "image/png", "size": 5} == wechat.invoke("functions/code", {"scene": scene})


def test_code_refused(wechat):
    wechat.stub("wxacode.getUnlimited").error(41030)
    with pytest.raises(Exception) as caught:  # as it comes out of the handler
        wechat.invoke("functions/code", {"scene": "a"})
    assert 41030 == caught.value.errCode


class TestTexts:
    @pytest.fixture
    def verdict(self, wechat):
        return lambda text, suggest: wechat.stub("security.msgSecCheck", when={"content": text, "openid": ANY}).reply(
            result={"suggest": suggest, "label": 100}
        )

    def test_good(self, wechat, verdict):
        verdict("fine", "pass")
        assert wechat.invoke("functions/check", {"text": "fine"}) is True

    def test_bad(self, wechat, verdict):
        verdict("rude", "risky")
        assert wechat.invoke("functions/check", {"text": "rude"}) is False

    @pytest.mark.wechat(openid="o-carol")
    def test_who_asks(self, wechat, verdict):
        verdict("fine", "pass")
        wechat.invoke("functions/check", {"text": "fine"})
        assert "o-carol" == wechat.calls()[0].params["openid"]


def test_timer(wechat):
    wechat.stub("subscribeMessage.send", when={"touser": "o-1"}).error(43101, "user refuse to accept the msg")
    wechat.stub("subscribeMessage.send").reply()
    assert {"sent": ["o-2"], "who": None} == wechat.invoke("functions/nightly", wechat.events.timer("nightly"))
    assert ["o-1", "o-2"] == [call.params["touser"] for call in wechat.calls()]


@pytest.mark.parametrize("kind", ["text", "event"])
def test_message(wechat, kind):
    assert "success" == wechat.invoke("functions/answer", wechat.events.message("hi", kind=kind))


def test_http(wechat):
    result = wechat.invoke("functions/answer", wechat.events.http("/x", method="post", body={"a": 1}))
    assert "POST /x" == result["body"]


@pytest.mark.asyncio
async def test_with_pytest_asyncio(wechat):
    wechat.open_data("cid-1", {})
    results = await asyncio.gather(*(wechat.ainvoke("functions/steps", {"cloudID": "cid-1"}) for _ in range(3)))
    assert [3, 3, 3] == [result["calls"] for result in results]  # all three were under way together


@pytest.mark.anyio
async def test_with_anyio(wechat):
    wechat.stub("security.msgSecCheck").reply(result={"suggest": "pass", "label": 100})
    assert await wechat.ainvoke("functions/check", {"text": "fine"}) is True


@pytest.fixture
def anyio_backend():
    return "asyncio"


def test_with_asyncio_run(wechat):
    wechat.stub("cloudbase.getOpenData").reply(dataList=[])

    async def main():
        return await app.openapi.cloudbase.getOpenData(cloudidList=["a"])

    assert [] == asyncio.run(main())["dataList"]
