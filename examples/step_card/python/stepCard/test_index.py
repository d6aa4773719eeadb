"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest

STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 12000}, {"timestamp": 1603728000, "step": 1234}]}
EVENT = {"runCloudID": "cid", "templateId": "t-1"}


@pytest.fixture
def world(wechat):
    """Everything that goes well."""
    wechat.open_data("cid", STEPS, openid="o-alice-0001")
    wechat.functions({"stepLevel": "../stepLevel"})
    wechat.stub("wxacode.getUnlimited", when={"scene": "from=ice-0001"}).buffer(b"the image", "image/png")
    return wechat


def test_a_card(world):
    world.stub("subscribeMessage.send").reply({})
    card = world.invoke(".", EVENT, openid="o-alice-0001")
    assert card == {"steps": 13234, "level": "步履轻盈", "fileID": card["fileID"], "told": True}
    assert world.storage[card["fileID"]] == world.storage["cards/o-alice-0001.png"] == b"the image"
    (sent,) = world.calls("subscribeMessage.send")
    assert sent.params["data"] == {"number1": {"value": "13234"}, "phrase2": {"value": "步履轻盈"}}


def test_who_did_not_subscribe_has_the_card_all_the_same(world):
    world.stub("subscribeMessage.send").error(43101)
    card = world.invoke(".", EVENT, openid="o-alice-0001")
    assert card["told"] is False
    assert card["fileID"] in world.storage


def test_a_cloud_id_that_is_too_old(wechat):
    wechat.open_data("cid", STEPS, openid="o-alice-0001", expired=True)
    assert wechat.invoke(".", EVENT, openid="o-alice-0001")["errCode"] == -601006
    assert list(wechat.storage) == []


def test_an_error_that_nobody_expects_comes_out(world):
    world.stub("subscribeMessage.send").error(40003)
    with pytest.raises(Exception, match="40003"):
        world.invoke(".", EVENT, openid="o-alice-0001")
