"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest


def test_the_code_comes_back_as_a_buffer(wechat):
    wechat.stub("wxacode.getUnlimited", when={"scene": "shop=42"}).buffer(b"\xff\xd8\xff the image", "image/jpeg")
    code = wechat.invoke(".", {"scene": "shop=42"})
    assert (code["ok"], code["contentType"]) == (True, "image/jpeg")
    assert code["image"]["type"] == "Buffer"
    assert bytes(code["image"]["data"]) == b"\xff\xd8\xff the image"


@pytest.mark.parametrize("scene", ["", "x" * 33])
def test_a_scene_that_does_not_fit_is_not_sent(wechat, scene):
    assert "1 到 32" in wechat.invoke(".", {"scene": scene})["tip"]
    assert wechat.calls() == []


@pytest.mark.parametrize(("code", "tip"), [(41030, "页面不存在"), (45009, "请稍后再试")])
def test_what_the_user_is_told(wechat, code, tip):
    wechat.stub("wxacode.getUnlimited").error(code)
    answer = wechat.invoke(".", {"scene": "a", "page": "pages/x"})
    assert answer["errCode"] == code
    assert tip in answer["tip"]
