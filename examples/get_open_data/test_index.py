"""Tests of this function, written with the test kit: run ``pytest`` here."""

import pytest

STEPS = {"stepInfoList": [{"timestamp": 1603641600, "step": 1234}]}


def test_steps(wechat):
    wechat.open_data("xxx", STEPS)
    result = wechat.invoke(".")
    assert result["dataList"] == [{"cloudId": "xxx", "json": {"cloudID": "xxx", "data": STEPS}}]


@pytest.mark.wechat(local="local.yaml")
def test_what_local_yaml_says(wechat):
    assert wechat.invoke(".")["dataList"][0]["json"]["data"] == STEPS


def test_somebody_elses(wechat):
    wechat.open_data("xxx", STEPS, openid="o-bob")
    assert wechat.invoke(".", openid="o-alice")["dataList"][0]["json"]["errCode"] == -601007


@pytest.mark.parametrize("code", [-1, 40097])
def test_errors_are_returned(wechat, code):
    wechat.stub("cloudbase.getOpenData", when={"cloudidList": ["xxx"]}).error(code)
    assert wechat.invoke(".")["errCode"] == code


def test_no_answer(wechat):
    wechat.stub("cloudbase.getOpenData").fault("reset")
    assert "ECONNRESET" in wechat.invoke(".")["errMsg"]
