"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import pytest

PHONE = {"phoneNumber": "+85261234567", "purePhoneNumber": "61234567", "countryCode": "852"}


def test_the_number_is_shown_in_part(wechat):
    wechat.stub("phonenumber.getPhoneNumber", when={"code": "c-1"}).reply(phoneInfo=PHONE)
    assert wechat.invoke(".", {"code": "c-1"}) == {"ok": True, "phone": "612****4567", "countryCode": "852"}


def test_a_user_who_declines(wechat):
    assert wechat.invoke(".", {})["tip"] == "您取消了手机号授权"
    assert wechat.calls() == []


@pytest.mark.parametrize(("code", "tip"), [(40029, "重新点击"), (45011, "一分钟后"), (-1, "请稍后再试")])
def test_what_the_user_is_told(wechat, code, tip):
    wechat.stub("phonenumber.getPhoneNumber").error(code)
    answer = wechat.invoke(".", {"code": "c-1"})
    assert answer["errCode"] == code
    assert tip in answer["tip"]


@pytest.mark.wechat(local="local.yaml")
def test_what_local_yaml_says(wechat):
    assert wechat.invoke(".", {"code": "code-of-the-button"})["phone"] == "138****1234"
    assert wechat.invoke(".", {"code": "used"})["errCode"] == 40029
