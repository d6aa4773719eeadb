"""What a developer does all day: invoke, as somebody, by a timer; see the calls; have functions call each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .dev_process import Dev, write

COUNTS = """\
import os

count = 0

def main(event, context):
    global count
    count += 1
    print("counted", count)
    return {"count": count, "pid": os.getpid(), "event": event, "who": os.environ.get("WX_OPENID"),
            "unionid": os.environ.get("WX_UNIONID")}
"""
CALLS = """\
import cloudpy{sync} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

{async_}def main(event, context):
    for _ in range(event.get("times", 1)):
        {await_}cloud.openapi.cloudbase.getOpenData({{"cloudidList": [event["id"]]}})
    return cloud.getWXContext()
"""
FAILS = """\
import cloudpy.sync as cloud
import datetime

def main(event, context):
    how = event.get("how")
    if how == "raise":
        raise ValueError("no such thing")
    if how == "cloud":
        raise cloud.CloudSDKError(-604101, "openapi.a.b:fail no permission")
    if how == "result":
        return {"at": datetime.date(2020, 1, 1)}
"""
YAML = """\
users: [{openid: o-alice, unionid: u-alice}, {openid: o-bob}]
open_data:
  cid-1: {stepInfoList: []}
"""
CONFIG = json.dumps(
    {
        "permissions": {"openapi": ["cloudbase.getOpenData"]},
        "triggers": [{"name": "daily", "type": "timer", "config": "0 0 2 * * * *"}],
    }
)


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    project = tmp_path_factory.mktemp("project")
    write(project, local_yaml=YAML)
    write(project / "counts", index=COUNTS, config=CONFIG)
    write(project / "calls", index=CALLS.format(sync="", async_="async ", await_="await "), config=CONFIG)
    write(project / "deep" / "blocks", index=CALLS.format(sync=".sync", async_="", await_=""), config=CONFIG)
    write(project / "denied", index=CALLS.format(sync=".sync", async_="", await_=""), config="{}")
    write(project / "fails", index=FAILS)
    write(project / "no_function", helper="x = 1\n")
    with Dev(project) as dev:
        yield dev


def test_it_says_what_there_is(dev: Dev) -> None:
    assert ["blocks", "calls", "counts", "denied", "fails"] == dev.lines[0]["functions"]
    assert dev.lines[0]["gateway"].startswith("http://127.0.0.1:")
    told = dev.request("GET", "/counts").json()
    assert ("counts", 3.0, ["POST /counts?trigger=daily"]) == (told["function"], told["timeout"], told["timers"])


def test_a_warm_process_keeps_its_state_and_nothing_of_the_user_before(dev: Dev) -> None:
    first = dev.post("counts", {"a": 1})
    assert 200 == first.status
    assert {"a": 1, "userInfo": {"appId": "wx00000000000local", "openId": "o-alice"}} == first.json()["event"]
    assert ("o-alice", "u-alice") == (first.json()["who"], first.json()["unionid"])
    second = dev.post("counts", x_wx_openid="o-carol").json()
    assert (first.json()["count"] + 1, first.json()["pid"]) == (second["count"], second["pid"])
    assert ("o-carol", None) == (second["who"], second["unionid"])
    assert {"log": "print", "function": "counts"}.items() <= dev.notice("counted").items()


def test_a_timer_is_fired_by_hand(dev: Dev) -> None:
    fired = dev.request("POST", "/counts?trigger=daily").json()
    assert ("Timer", "daily") == (fired["event"]["Type"], fired["event"]["TriggerName"])
    assert fired["who"] is None and "userInfo" not in fired["event"]
    delivered = dev.post("counts", {"Type": "Timer", "TriggerName": "x", "Time": "now", "Message": ""}).json()
    assert delivered["who"] is None and delivered["event"]["TriggerName"] == "x"
    assert 404 == dev.request("POST", "/counts?trigger=nightly").status
    assert 404 == dev.request("POST", "/fails?trigger=daily").status
    assert 400 == dev.request("POST", "/counts?trigger=daily", '{"a": 1}').status


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("raise", -504002, "ValueError: no such thing"),
        ("cloud", -604101, "openapi.a.b:fail no permission"),
        ("result", -504002, 'result["at"]: date'),
    ],
)
def test_errors_are_told_as_the_sdk_does(dev: Dev, how: str, code: int, words: str) -> None:
    answer = dev.post("fails", {"how": how})
    assert (500, code) == (answer.status, answer.json()["errCode"])
    assert words in answer.json()["errMsg"]
    assert ('index.py", line 7' in answer.json().get("stack", "")) == (how == "raise")
    assert "null" == dev.post("fails").body.decode()  # and it goes on


def test_permissions_are_those_of_the_function_that_calls(dev: Dev) -> None:
    assert 200 == dev.post("blocks", {"id": "cid-1"}).status
    denied = dev.post("denied", {"id": "cid-1"})
    assert (500, -604101) == (denied.status, denied.json()["errCode"])


def test_each_call_is_shown_with_its_own_invocation(dev: Dev) -> None:
    jobs = [(name, f"o-{name}-{n}", n % 4) for n in range(12) for name in ("calls", "blocks")]
    with ThreadPoolExecutor(12) as threads:
        answers = list(
            threads.map(lambda job: dev.post(job[0], {"id": "cid-1", "times": job[2]}, x_wx_openid=job[1]), jobs)
        )
    assert [openid for _, openid, _ in jobs] == [answer.json()["OPENID"] for answer in answers]
    for name, openid, times in jobs:
        line = dev.said(lambda line, openid=openid: line.get("user") == openid)  # type: ignore[misc]
        assert (name, times) == (line["function"], len(line["calls"]))
        assert {"cloudbase.getOpenData"} >= {call["api"] for call in line["calls"]}
        assert all(call["outcome"] == "ok" and call["ms"] >= 0 for call in line["calls"])


def test_cold_is_a_new_process_for_each(tmp_path: Path) -> None:
    write(tmp_path / "counts", index=COUNTS)
    with Dev(tmp_path / "counts", "--cold", "--openid", "o-dave") as dev:
        answers = [dev.post("counts").json() for _ in range(2)]
    assert [(1, "o-dave"), (1, "o-dave")] == [(answer["count"], answer["who"]) for answer in answers]
    assert answers[0]["pid"] != answers[1]["pid"]


def test_what_is_nearer_to_a_function_goes_before(tmp_path: Path) -> None:
    asks = """\
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)

def main(event, context):
    given = cloud.openapi.urlscheme.generate({})
    return [given["openlink"], cloud.getWXContext()["OPENID"], cloud.getWXContext()["ENV"]]
"""
    answers = "answers: {{urlscheme.generate: {{openlink: {0}}}}}\nusers: [{{openid: o-{0}}}]\n"
    write(tmp_path, local_yaml="env: e-1\npermissions: [urlscheme.generate]\n" + answers.format("shared"))
    write(tmp_path / "near", index=asks, local_yaml=answers.format("own"))
    write(tmp_path / "far", index=asks)
    write(tmp_path / "closed", index=asks, config="{}")
    with Dev(tmp_path) as dev:
        assert ["own", "o-own", "e-1"] == dev.post("near").json()
        assert ["shared", "o-shared", "e-1"] == dev.post("far").json()
        assert -604101 == dev.post("closed").json()["errCode"]
        dev.notice('add "urlscheme.generate" to permissions.openapi in config.json')


def test_invocations_are_written_down_without_secrets(tmp_path: Path) -> None:
    write(tmp_path / "project" / "counts", index=COUNTS, config=CONFIG)
    file = tmp_path / "events.jsonl"
    with Dev(tmp_path / "project", "--record", file) as dev:
        event = {"a": [1], "accessToken": "t0p-s3cret", "deep": {"Password": "t0p-s3cret"}}
        assert dev.post("counts", event, x_wx_openid="o-bob").json()["event"]["accessToken"] == "t0p-s3cret"
        dev.request("POST", "/counts?trigger=daily")
    text = file.read_text("utf-8")
    first, second = map(json.loads, text.splitlines())
    hidden = {"a": [1], "accessToken": "***", "deep": {"Password": "***"}}
    assert {"function": "counts", "event": hidden, "openid": "o-bob", "unionid": "", "timer": False} == first
    assert ("", True, "daily") == (second["openid"], second["timer"], second["event"]["TriggerName"])
    assert "t0p-s3cret" not in text and "ticket" not in text
    assert 0o600 == file.stat().st_mode & 0o777
