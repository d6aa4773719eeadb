"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest


@pytest.mark.parametrize(
    ("message", "reply"), [("你们的营业时间？", "10:00"), ("怎么开发票", "申请发票"), ("你好", "我是小助手")]
)
def test_a_text_is_answered(wechat, message, reply):
    wechat.stub("customerServiceMessage.send").reply({})
    assert wechat.invoke(".", wechat.events.message(message, openid="o-alice")) == "success"
    sent = wechat.calls()[0].params
    assert sent["touser"] == "o-alice"
    assert reply in sent["text"]["content"]


def test_whoever_opens_the_chat_is_welcomed(wechat):
    wechat.stub("customerServiceMessage.send").reply({})
    event = wechat.events.message(kind="event", Event="user_enter_tempsession", SessionFrom="index")
    assert wechat.invoke(".", event) == "success"
    assert "我是小助手" in wechat.calls()[0].params["text"]["content"]


def test_people_take_over(wechat):
    event = wechat.events.message("我要人工客服", openid="o-alice")
    answer = wechat.invoke(".", event)
    assert (answer["MsgType"], answer["ToUserName"]) == ("transfer_customer_service", "o-alice")
    assert wechat.calls() == []


def test_other_kinds_are_taken_in_silence(wechat):
    assert wechat.invoke(".", wechat.events.message(kind="image", PicUrl="http://a/b", MediaId="m-1")) == "success"
    assert wechat.calls() == []


def test_a_reply_that_fails_is_logged_and_not_repeated(wechat, capsys):
    wechat.stub("customerServiceMessage.send").error(45015, "response out of time limit")
    assert wechat.invoke(".", wechat.events.message("你好")) == "success"
    assert "回复失败 45015" in capsys.readouterr().out
