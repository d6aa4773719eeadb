"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest

PNG = b"\x89PNG\r\n\x1a\n"
POST = {"text": "周末去爬山", "image": PNG}


@pytest.fixture
def event(wechat):
    """The post as it arrives: bytes travel as a Buffer."""
    return wechat.events.client(POST)


def text_is(wechat, suggest):
    wechat.stub("security.msgSecCheck").reply(result={"suggest": suggest, "label": 100})


def test_text_and_picture_are_checked(wechat, event):
    text_is(wechat, "pass")
    wechat.stub("security.imgSecCheck").reply({})
    assert wechat.invoke(".", event, openid="o-alice") == {"ok": True, "tip": "可以发布"}
    asked = wechat.calls("security.msgSecCheck")[0].params
    assert (asked["content"], asked["openid"], asked["version"]) == ("周末去爬山", "o-alice", 2)
    uploaded = wechat.calls("security.imgSecCheck")[0].files["media"]
    assert (uploaded.content_type, uploaded.value) == ("image/png", PNG)


def test_text_alone(wechat):
    text_is(wechat, "pass")
    assert wechat.invoke(".", {"text": "周末去爬山"})["ok"] is True
    assert wechat.calls("security.imgSecCheck") == []


@pytest.mark.parametrize("suggest", ["risky", "review"])
def test_a_text_that_is_not_fine(wechat, suggest):
    text_is(wechat, suggest)
    assert wechat.invoke(".", {"text": "加微信刷单赚钱"})["tip"].startswith("文字含有违规内容")


def test_a_picture_that_is_not_fine(wechat, event):
    text_is(wechat, "pass")
    wechat.stub("security.imgSecCheck").error(87014, "risky content")
    assert wechat.invoke(".", event)["tip"].startswith("图片含有违规内容")


def test_what_cannot_be_checked_is_not_published(wechat, event):
    text_is(wechat, "pass")
    wechat.stub("security.imgSecCheck").error(-1)
    answer = wechat.invoke(".", event)
    assert (answer["ok"], answer["errCode"]) == (False, -1)


def test_a_picture_that_is_too_large_is_not_sent(wechat):
    answer = wechat.invoke(".", wechat.events.client({"text": "", "image": bytes(1024 * 1024 + 1)}))
    assert "1 MB" in answer["tip"]
    assert wechat.calls() == []
