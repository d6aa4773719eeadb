"""What goes out: the form, its headers and its signature, in every environment a function can find itself in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.peer.answers import wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench, assert_same_outcome, assert_same_request
from tests.peer.tagging import CURRENT_ENV

TOKEN = {"WX_CONTEXT_KEYS": "WX_API_TOKEN", "WX_API_TOKEN": "eyJhIjoxfQ=="}
TIMER = {"TRIGGER_SRC": "timer", "WX_TRIGGER_API_TOKEN_V0": "timer-token"}
ACCESS_TOKEN = {"WX_CONTEXT_KEYS": "WX_CLOUDBASE_ACCESSTOKEN", "WX_CLOUDBASE_ACCESSTOKEN": "access-token"}
OWN = {"env": ENV, **CREDENTIALS}
FROM_VARIABLES = {"TENCENTCLOUD_SECRETID": CREDENTIALS["secretId"], "TENCENTCLOUD_SECRETKEY": CREDENTIALS["secretKey"]}

# name: (variables, options of init beside or instead of the usual ones)
ENVIRONMENTS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "nothing special": ({}, OWN),
    # the token
    "a token": (TOKEN, OWN),
    "a token whose name is not listed": ({"WX_API_TOKEN": "unlisted"}, OWN),
    "a token listed with the other keys": ({**TOKEN, "WX_CONTEXT_KEYS": "", "TCB_CONTEXT_KEYS": "WX_API_TOKEN"}, OWN),
    "a token listed among odd names": ({**TOKEN, "WX_CONTEXT_KEYS": ",,WX_OPENID,WX_API_TOKEN,WX_API_TOKEN,"}, OWN),
    "a token listed with spaces around it": ({**TOKEN, "WX_CONTEXT_KEYS": "WX_OPENID, WX_API_TOKEN"}, OWN),
    "a token listed but not there": ({"WX_CONTEXT_KEYS": "WX_API_TOKEN"}, OWN),
    "an empty token": ({**TOKEN, "WX_API_TOKEN": ""}, OWN),
    "a token with spaces at its ends": ({**TOKEN, "WX_API_TOKEN": "  a b \t"}, OWN),
    "a token of line breaks": ({**TOKEN, "WX_API_TOKEN": "a\r\nb\r\n--\r\n"}, OWN),
    "a token in Chinese": ({**TOKEN, "WX_API_TOKEN": "令牌🀄"}, OWN),
    "a timer": ({**TOKEN, **TIMER}, OWN),
    "a timer without its token": ({**TOKEN, "TRIGGER_SRC": "timer"}, OWN),
    "a timer with an empty token": ({**TOKEN, **TIMER, "WX_TRIGGER_API_TOKEN_V0": ""}, OWN),
    "a timer's token only": (TIMER, OWN),
    "a timer's token and no timer": ({**TOKEN, **TIMER, "TRIGGER_SRC": "tcb"}, OWN),
    "a timer spelled otherwise": ({**TOKEN, **TIMER, "TRIGGER_SRC": "Timer"}, OWN),
    "an access token": (ACCESS_TOKEN, OWN),
    "an access token not listed": ({"WX_CLOUDBASE_ACCESSTOKEN": "unlisted"}, OWN),
    "an access token beside a token": (
        {**TOKEN, **ACCESS_TOKEN, "WX_CONTEXT_KEYS": "WX_API_TOKEN,WX_CLOUDBASE_ACCESSTOKEN"},
        OWN,
    ),
    "an access token beside an empty token": (
        {**ACCESS_TOKEN, "WX_API_TOKEN": "", "WX_CONTEXT_KEYS": "WX_API_TOKEN,WX_CLOUDBASE_ACCESSTOKEN"},
        OWN,
    ),
    # sessions and credentials
    "a session of the function": ({"TCB_CONTEXT_KEYS": "TCB_SESSIONTOKEN", "TCB_SESSIONTOKEN": "session"}, OWN),
    "every token at once": (
        {
            "TCB_CONTEXT_KEYS": "TCB_SESSIONTOKEN,TCB_SOURCE,TCB_TRACELOG",
            "WX_CONTEXT_KEYS": "WX_API_TOKEN",
            "TCB_SESSIONTOKEN": "session",
            "TCB_SOURCE": "wx_client",
            "TCB_TRACELOG": "On",
            "WX_API_TOKEN": "token==",
        },
        {**OWN, "sessionToken": "of the credentials", "region": "ap-shanghai"},
    ),
    "a session not listed": ({"TCB_SESSIONTOKEN": "session"}, OWN),
    "credentials with a session": ({}, {**OWN, "sessionToken": "credential-session"}),
    "credentials with an empty session": ({}, {**OWN, "sessionToken": ""}),
    "credentials of the variables": (FROM_VARIABLES, {"env": ENV}),
    "credentials of the variables with a session": ({**FROM_VARIABLES, "TENCENTCLOUD_SESSIONTOKEN": "s"}, {"env": ENV}),
    "credentials of both": (
        {"TENCENTCLOUD_SECRETID": "x", "TENCENTCLOUD_SECRETKEY": "y", "TENCENTCLOUD_SESSIONTOKEN": "z"},
        OWN,
    ),
    # the environment
    "no env": ({}, CREDENTIALS),
    "no env in a function": ({"TENCENTCLOUD_RUNENV": "SCF", "SCF_NAMESPACE": "ns"}, CREDENTIALS),
    "no env in a function that knows its own": (
        {"TENCENTCLOUD_RUNENV": "SCF", "SCF_NAMESPACE": "ns", "TCB_ENV": "te", "TCB_CONTEXT_KEYS": "TCB_ENV"},
        CREDENTIALS,
    ),
    "an empty env": ({}, {"env": "", **CREDENTIALS}),
    "the current env": ({"SCF_NAMESPACE": "ns"}, {"env": CURRENT_ENV, **CREDENTIALS}),
    "the current env, TCB_ENV not listed": (
        {"SCF_NAMESPACE": "ns", "TCB_ENV": "te"},
        {"env": CURRENT_ENV, **CREDENTIALS},
    ),
    "the current env, TCB_ENV listed": (
        {"SCF_NAMESPACE": "ns", "TCB_ENV": "te", "WX_CONTEXT_KEYS": "TCB_ENV"},
        {"env": CURRENT_ENV, **CREDENTIALS},
    ),
    "the current env, nothing known": ({}, {"env": CURRENT_ENV, **CREDENTIALS}),
    "an env of 41 characters": ({}, {**OWN, "env": "x" * 41}),
    # tracing and source
    "a sequence id": ({"TCB_CONTEXT_KEYS": "TCB_SEQID", "TCB_SEQID": "1577153917182_0.1316_33555268"}, OWN),
    "a sequence id not listed": ({"TCB_SEQID": "unlisted"}, OWN),
    "a trace": ({"TCB_CONTEXT_KEYS": "TCB_TRACELOG", "TCB_TRACELOG": "On"}, OWN),
    "a trace not listed": ({"TCB_TRACELOG": "On"}, OWN),
    "a source": ({"TCB_CONTEXT_KEYS": "TCB_SOURCE", "TCB_SOURCE": "wx_client,scf"}, OWN),
    "a source not listed": ({"TCB_SOURCE": "wx_client"}, OWN),
    "a source in capitals": ({"TCB_CONTEXT_KEYS": "TCB_SOURCE", "TCB_SOURCE": "WX_Client"}, OWN),
    # where it runs
    "in SCF": ({"TENCENTCLOUD_RUNENV": "SCF", "SCF_NAMESPACE": "ns", "TENCENTCLOUD_REGION": "ap-shanghai"}, OWN),
    "in SCF, spelled otherwise": ({"TENCENTCLOUD_RUNENV": "scf"}, OWN),
    "in Cloud Run": ({"CBR_ENV_ID": "cbr"}, OWN),
    "in Sumeru": ({"SUMERU_ENV": "formal"}, OWN),
    "in Sumeru before release": ({"SUMERU_ENV": "pre"}, OWN),
    "in Sumeru's tests": ({"SUMERU_ENV": "test"}, OWN),
    "in no known Sumeru": ({"SUMERU_ENV": "dev"}, OWN),
    "in SCF and Cloud Run": ({"TENCENTCLOUD_RUNENV": "SCF", "CBR_ENV_ID": "cbr", "SUMERU_ENV": "pre"}, OWN),
    "in Cloud Run and Sumeru": ({"CBR_ENV_ID": "cbr", "SUMERU_ENV": "pre"}, OWN),
    "in the developer tools": ({"TENCENTCLOUD_RUNENV": "WX_LOCAL_SCF"}, OWN),
    "a region": ({}, {**OWN, "region": "ap-shanghai"}),
    "a region of the variables": ({"TENCENTCLOUD_REGION": "ap-guangzhou"}, OWN),
    "a region of both": ({"TENCENTCLOUD_REGION": "ap-guangzhou"}, {**OWN, "region": "ap-shanghai"}),
}


def same_call(bench: Bench, variables: dict[str, Any], init: dict[str, Any], **how: Any) -> None:
    with bench.variables(variables):
        exchanges = bench.ask(bench.instances(init), "a.b", {"aB": 1}, answer=wechat(), **how)
    assert_same_request(exchanges)
    assert_same_outcome(exchanges)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_same_request_leaves_every_environment(bench: Bench, name: str) -> None:
    same_call(bench, *ENVIRONMENTS[name])


@pytest.mark.parametrize(
    "context", ['{"URL":"http://127.0.0.1:1/admin"}', "{}", '{"URL":""}', "[]", "5", '"x"', "not JSON", ""]
)
def test_the_service_url_is_stronger_than_the_variable(bench: Bench, context: str) -> None:
    same_call(bench, {"TCB_CONTEXT_CNFG": context}, {**OWN, "serviceUrl": bench.recorder.url})


@pytest.mark.parametrize("ending", ["?", "?x=1", "?x=1&", "/", "//x", ""])
def test_the_query_is_put_behind_any_service_url(bench: Bench, ending: str) -> None:
    same_call(bench, {}, {**OWN, "serviceUrl": bench.recorder.url + ending})


# Those with which the Node package itself sends a signature that fits its request; the others are listed differences.
@pytest.mark.parametrize(
    "env", ["a b", 'a"b', "a<b>", "a'b", " a ", "a&b=c", "a?b", "a+b", "a/b:c@d", "a%20b", "A-B_c.d~"]
)
def test_an_env_of_odd_characters(bench: Bench, env: str) -> None:
    same_call(bench, {}, {**OWN, "env": env})


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"appid": "wx1234567890abcdef"},
        {"appid": ""},
        {"appid": None},
        {"version": "v2"},
        {"version": "v1"},
        {"version": "V2"},
        {"convertCase": False},
        {"convertCase": True},
        {"appid": "wx12", "version": "v2", "convertCase": False},
    ],
    ids=str,
)
def test_options_of_a_call(bench: Bench, options: dict[str, Any]) -> None:
    same_call(bench, {}, OWN, options=options)


@pytest.mark.parametrize(
    "api",
    [
        "a",
        "a.b.c.d.e.f",
        "cloudbase.getOpenData",
        "then",
        "a.then",
        "名字.数据",
        "a.b-c",
        "wxa.img_sec_check",
        "A.B",
    ],
)
def test_any_name_is_an_api(bench: Bench, api: str) -> None:
    with bench.variables():
        exchanges = bench.ask(bench.instances(), api, {"x": 1}, answer=wechat())
    assert_same_request(exchanges)
    assert_same_outcome(exchanges)


def test_variables_are_read_at_each_call(bench: Bench) -> None:
    with bench.variables():
        instances = bench.instances()
    for variables in (TOKEN, {}, {**TOKEN, **TIMER}, ACCESS_TOKEN):
        with bench.variables(variables):
            assert_same_request(bench.ask(instances, "a.b", {"aB": 1}, answer=wechat()))


def test_every_call_has_a_sequence_id_of_its_own(bench: Bench) -> None:
    with bench.variables():
        instances = bench.instances()
        queries = [exchange.request.query for _ in range(20) for exchange in bench.ask(instances, "a.b", {})]
    assert len(queries) == len(set(queries)) == 60
