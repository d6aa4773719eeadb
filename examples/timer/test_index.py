"""Run them with pytest, in this folder; the fixture `wechat` comes with cloudpy."""

import json

import pytest

import cloudpy as cloud

FIGURES = {"refDate": "20260501", "visitTotal": 391, "sharePv": 572, "shareUv": 383}


def test_yesterdays_figures_are_logged(wechat, capsys):
    wechat.stub("analysis.getDailySummary", when={"beginDate": "20260501", "endDate": "20260501"}).reply(list=[FIGURES])
    wechat.invoke(".", wechat.events.timer("daily_report", time="2026-05-02T01:30:00Z"))
    logged = json.loads(capsys.readouterr().out)
    assert logged == {"date": "20260501", "title": "累计用户 391，转发 572 次（383 人）"}


@pytest.mark.parametrize(("time", "day"), [("2026-03-01T01:30:00Z", "20260228"), ("2025-12-31T16:00:00Z", "20251231")])
def test_yesterday_is_beijings(wechat, time, day):
    wechat.stub("analysis.getDailySummary").reply(list=[])
    report = wechat.invoke(".", wechat.events.timer(time=time))
    assert report == {"date": day, "title": "昨日数据还没有生成"}


def test_an_error_is_the_platforms_to_show(wechat):
    wechat.stub("analysis.getDailySummary").error(-1)
    with pytest.raises(cloud.CloudSDKError):  # in the function's log, where alarms are set on
        wechat.invoke(".", wechat.events.timer())


def test_the_trigger_is_the_one_that_the_tests_mean():
    with open("config.json") as file:
        assert json.load(file)["triggers"][0]["name"] == "daily_report"
