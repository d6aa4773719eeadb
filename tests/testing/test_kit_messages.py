"""Every violation fails the user's test, with a message that says what to change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

STEPS = """
import cloudpy as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

async def main(event, context):
    try:
        return await cloud.openapi.cloudbase.getOpenData({"cloudidList": [event["cloudID"]]})
    except cloud.CloudSDKError as err:
        return err
"""
SWALLOWS = """
import cloudpy.sync as cloud
cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)

def main(event, context):
    try:
        return cloud.openapi.security.msgSecCheck(content=event["text"], version=2, scene=1, openid="o-alice")
    except BaseException:
        return {"ok": True}
"""
# The name of each test is a key of MESSAGES.
TESTS = """
import asyncio, datetime, time
import pytest
import cloudpy.sync as sync
from cloudpy.testing import ANY, CloudID, LocalWeChat

API = "cloudbase.getOpenData"

def test_key_of_a_reply(wechat):
    wechat.stub(API).reply({"dataLst": []})

def test_type_in_a_reply(wechat):
    wechat.stub(API).reply({"dataList": {}})

def test_name_of_an_api(wechat):
    wechat.stub("cloudbase.getOpendata").reply({"dataList": []})

def test_prefix_of_an_api(wechat):
    wechat.stub("openapi.cloudbase.getOpenData")

def test_api_that_is_not_for_cloud_call(wechat):
    wechat.stub("auth.code2Session")

def test_key_of_when(wechat):
    wechat.stub(API, when={"cloudIdLst": ANY})

def test_type_in_when(wechat):
    wechat.stub(API, when={"cloudidList": "a"})

def test_reply_with_no_json_form(wechat):
    wechat.stub(API, check=False).reply({"at": datetime.date(2020, 1, 1)})

def test_reply_that_is_no_dict(wechat):
    wechat.stub(API).reply([1])

def test_file_from_an_api_without(wechat):
    wechat.stub(API).buffer(b"x")

def test_text_from_an_api_without(wechat):
    wechat.stub(API).text("x")

def test_unknown_fault(wechat):
    wechat.stub(API).fault("resett")

def test_error_zero(wechat):
    wechat.stub(API).error(0)

def test_times_zero(wechat):
    wechat.stub(API).reply({}).times(0)

def test_delay_below_zero(wechat):
    wechat.stub(API).delay(-1)

def test_two_answers_without_then(wechat):
    wechat.stub(API).error(-1).reply({"dataList": []})

def test_then_first(wechat):
    wechat.stub(API).then

def test_stub_without_an_answer(wechat):
    wechat.stub(API)

def test_stub_never_used(wechat):
    wechat.stub(API).reply({"dataList": []})

def test_stub_used_too_seldom(wechat):
    wechat.stub(API).reply({"dataList": []}).times(2)
    assert wechat.invoke("steps", {"cloudID": "a"})["dataList"] == []

def test_second_answer_unused(wechat):
    wechat.stub(API).error(-1).then.reply({"dataList": []})
    assert wechat.invoke("steps", {"cloudID": "a"})["errCode"] == -1

def test_reply_function_that_fails(wechat):
    wechat.stub(API).reply(lambda params: params["nothing"])
    wechat.invoke("steps", {"cloudID": "a"})

def test_reply_function_that_lies(wechat):
    wechat.stub(API).reply(lambda params: {"dataLst": []})
    wechat.invoke("steps", {"cloudID": "a"})

def test_permission_misspelt(wechat):
    wechat.stub(API).reply({"dataList": []})
    assert wechat.invoke("typo", {"cloudID": "a"})["dataList"] == []

def test_permission_swallowed(wechat):
    assert wechat.invoke("undeclared", {"text": "x"}) == {"ok": True}

def test_no_config_json(wechat):
    assert wechat.invoke("bare", {"cloudID": "a"})["errCode"] == -604101

def test_call_swallowed(wechat):
    assert wechat.invoke("swallows", {"text": "x"}) == {"ok": True}

def test_call_that_differs(wechat):
    wechat.stub("security.msgSecCheck", when={"content": "hello"}).reply({})
    wechat.invoke("swallows", {"text": "hullo"})

def test_cloud_id_that_nobody_knows(wechat):
    wechat.open_data("cid-1", {"a": 1})
    wechat.invoke("steps", {"cloudID": "cid-2"})

def test_api_that_nobody_knows(wechat):
    sync.Cloud().init(config=None, env="e").openapi.cloudbase.getOpendata()

def test_no_such_folder(wechat):
    wechat.invoke("stepps")

def test_no_such_local_yaml():
    LocalWeChat(local="nowhere.yaml")

def test_no_handler(wechat):
    wechat.invoke("steps", handler="index.handler")

def test_nothing_to_invoke(wechat):
    wechat.invoke(7)

def test_module_without_main(wechat):
    wechat.invoke(time)

def test_result_with_no_json_form(wechat):
    wechat.invoke(lambda event, context: {"photo": [{"at": datetime.date(2020, 1, 1)}]})

def test_event_with_no_json_form(wechat):
    wechat.invoke(lambda event, context: 1, {"at": datetime.date(2020, 1, 1)})

def test_event_that_is_none(wechat):
    wechat.invoke(lambda event, context: 1, "text")

def test_six_cloud_ids(wechat):
    wechat.events.client({str(n): CloudID("x") for n in range(6)})

def test_time_limit_of_an_async_handler(wechat):
    async def main(event, context):
        await asyncio.Event().wait()
    wechat.invoke(main, timeout=0.05)

def test_time_limit_of_a_sync_handler(wechat):
    def main(event, context):
        begun = time.monotonic()
        while time.monotonic() - begun < 0.06: pass
    wechat.invoke(main, timeout=0.05)

def test_invoke_in_a_loop(wechat):
    async def main():
        return wechat.invoke("steps", {"cloudID": "a"})
    asyncio.run(main())

def test_reason_missing(wechat):
    wechat.allow_unused("")

def test_back_in_time(wechat):
    wechat.clock.advance(-1)

@pytest.mark.wechat(opneid="o-alice")
def test_unknown_option(wechat):
    pass

@pytest.mark.wechat(unknown="smaple")
def test_invalid_value_of_an_option(wechat):
    pass

@pytest.mark.wechat(env="prod-1")
def test_another_environment(wechat):
    wechat.stub(API).reply({"dataList": []})
    sync.Cloud().init(config=None, env="prod-2").openapi.cloudbase.getOpenData(cloudidList=[])

def test_calls_in_an_assertion(wechat):
    wechat.stub(API).reply({"dataList": []})
    wechat.invoke("steps", {"cloudID": "a"}, openid="o-alice")
    assert wechat.calls() == []
"""
MESSAGES = {
    "key_of_a_reply": ["reply key 'dataLst' is not known", "did you mean 'dataList'?", "check=False"],
    "type_in_a_reply": ["'dataList' must be a list"],
    "name_of_an_api": ["unknown API 'cloudbase.getOpendata'; did you mean 'cloudbase.getOpenData'?"],
    "prefix_of_an_api": ["write the name without its prefix, 'cloudbase.getOpenData'"],
    "api_that_is_not_for_cloud_call": ["WeChat does not offer", "only over HTTPS"],
    "key_of_when": ["no call can match", "'cloudidList'"],
    "type_in_when": ["no call can match", "must be a list", "got 'a'"],
    "reply_with_no_json_form": ["reply.at is a date, which JSON has no form for"],
    "reply_that_is_no_dict": ["a result must be a dict, got list"],
    "file_from_an_api_without": ["cloudbase.getOpenData answers JSON: use .reply("],
    "text_from_an_api_without": ["cloudbase.getOpenData answers JSON: use .reply("],
    "unknown_fault": ["unknown fault; did you mean 'reset'?"],
    "error_zero": ["the code must be an integer other than 0"],
    "times_zero": ["the count must be an integer from 1"],
    "delay_below_zero": ["the delay must be 0 seconds or more"],
    "two_answers_without_then": [".error(…) has an answer already: write .then before .reply(…)"],
    "then_first": ["add the first answer before it"],
    "stub_without_an_answer": ["wechat.stub('cloudbase.getOpenData') has no answer"],
    "stub_never_used": ["was never used, expected at least once", 'wechat.allow_unused("why")'],
    "stub_used_too_seldom": ["was used 1 times, expected 2 times"],
    "second_answer_unused": [".reply(…) (answer 2) was never used"],
    "reply_function_that_fails": ["failed: KeyError: 'nothing'"],
    "reply_function_that_lies": ["reply key 'dataLst' is not known"],
    "permission_misspelt": [
        "without permission (-604101)",
        'it lists "cloudbase.getOpenDat": fix it',
        'Add "cloudbase.getOpenData" to permissions.openapi',
    ],
    "permission_swallowed": ["security.msgSecCheck was called without permission (-604101)", "undeclared/config.json"],
    "no_config_json": ["the function 'bare' has no config.json that lists it. Add one to its folder"],
    "call_swallowed": ["security.msgSecCheck({", "no stub answers it", "Add wechat.stub("],
    "call_that_differs": ["does not match: content is 'hullo', expected 'hello'"],
    "cloud_id_that_nobody_knows": [
        "there is no open data for the CloudID 'cid-2'",
        "there is open data for the CloudID 'cid-1'",
    ],
    "api_that_nobody_knows": ["unknown API; did you mean 'cloudbase.getOpenData'?"],
    "no_such_folder": ["no 'stepps'; tried"],
    "no_such_local_yaml": ["no 'nowhere.yaml'; tried"],
    "no_handler": ["index.py in", "has no handler; it defines main"],
    "nothing_to_invoke": ["a function must be its folder's path, a module or a callable, got int"],
    "module_without_main": ["the module time has no main"],
    "result_with_no_json_form": ['result["photo"][0]["at"]: date — JSON has no form for it: give its isoformat()'],
    "event_with_no_json_form": ['event["at"]: date — JSON has no form for it'],
    "event_that_is_none": ["an event must be a dict, got str"],
    "six_cloud_ids": ["6 CloudIDs at the top level; WeChat takes 5"],
    "time_limit_of_an_async_handler": ["main was stopped: the function ran longer than its time limit of 0.05 s"],
    "time_limit_of_a_sync_handler": ["main took 0.", "its time limit of 0.05 s"],
    "invoke_in_a_loop": ["await wechat.ainvoke(…) instead of wechat.invoke(…)"],
    "reason_missing": ["allow_unused() needs a reason"],
    "back_in_time": ["the clock cannot go back: advance() needs 0 seconds or more"],
    "unknown_option": ["@pytest.mark.wechat has no option 'opneid'; did you mean 'openid'?"],
    "invalid_value_of_an_option": ["unknown must be one of 'fail', 'refuse', 'sample', got 'smaple'"],
    "another_environment": ["unknown environment 'prod-2', this one is 'prod-1'"],
    "calls_in_an_assertion": ["cloudbase.getOpenData({'cloudidList': ['a']}) by o-alice -> ok"],
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Return pytest's output for each test, from one run of all of them."""
    import json
    import subprocess
    import sys

    project = tmp_path_factory.mktemp("project")
    functions = {
        "steps": (STEPS, ["cloudbase.getOpenData"]),
        "typo": (STEPS, ["cloudbase.getOpenDat"]),
        "bare": (STEPS, None),
        "swallows": (SWALLOWS, ["security.msgSecCheck"]),
        "undeclared": (SWALLOWS, []),
    }
    for name, (code, permissions) in functions.items():
        Path(project / name).mkdir()
        (project / name / "index.py").write_text(code, "utf-8")
        if permissions is not None:
            config = {"permissions": {"openapi": permissions}}
            (project / name / "config.json").write_text(json.dumps(config), "utf-8")
    (project / "test_it.py").write_text(TESTS, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error", "test_it.py"],
        cwd=project,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    parts = re.split(r"^_{2,} (?:ERROR at setup of )?test_(\w+) _{2,}$", done.stdout, flags=re.MULTILINE)
    output = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert "passed" not in done.stdout.splitlines()[-1], done.stdout
    yield {
        name: " ".join(line.removeprefix("E").strip() for line in text.splitlines()) for name, text in output.items()
    }


@pytest.mark.parametrize("name", MESSAGES)
def test_it_fails_and_says_what_to_change(failures: dict[str, str], name: str) -> None:
    assert name in failures
    for words in MESSAGES[name]:
        assert words in failures[name]


def test_each_failing_test_is_looked_at(failures: dict[str, str]) -> None:
    assert set(MESSAGES) == failures.keys()
