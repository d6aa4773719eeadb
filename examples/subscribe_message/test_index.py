"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest

ORDER = {"id": "A20260501001", "dish": "宫保鸡丁盖饭", "readyAt": "2026年5月1日 12:30"}


def test_the_caller_gets_the_message(wechat):
    wechat.stub("subscribeMessage.send").reply({})
    assert wechat.invoke(".", {"order": ORDER}, openid="o-alice")["ok"] is True
    sent = wechat.calls("subscribeMessage.send")[0].params
    assert (sent["touser"], sent["page"]) == ("o-alice", "pages/order/detail?id=A20260501001")
    assert sent["data"]["thing2"] == {"value": "宫保鸡丁盖饭"}


def test_nobody_sends_to_others(wechat):
    wechat.stub("subscribeMessage.send").reply({})
    wechat.invoke(".", {"order": ORDER, "touser": "o-bob", "openid": "o-bob"}, openid="o-alice")
    assert wechat.calls()[0].params["touser"] == "o-alice"


def test_a_long_name_is_cut(wechat):
    wechat.stub("subscribeMessage.send").reply({})
    wechat.invoke(".", {"order": {**ORDER, "dish": "大" * 30}})
    assert wechat.calls()[0].params["data"]["thing2"]["value"] == "大" * 20


@pytest.mark.parametrize(("code", "tip"), [(43101, "请先点「订阅」"), (47003, "不符合模板要求"), (-1, "请稍后再试")])
def test_what_the_user_is_told(wechat, code, tip):
    wechat.stub("subscribeMessage.send").error(code)
    answer = wechat.invoke(".", {"order": ORDER})
    assert (answer["ok"], answer["errCode"]) == (False, code)
    assert tip in answer["tip"]
