"""Canned answers: which one is given, how often, and what becomes of it on the wire."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

import cloudpy.sync
from cloudpy.local import (
    URL,
    ApiResponse,
    Backend,
    CannedResponse,
    connected,
    environment,
    error_response,
    file_response,
    load,
    mismatch,
    reply_response,
    text_response,
)
from cloudpy.testing import LocalWeChat

from .wire_client import Client

API = "a.b.c"


def codes(client: Client, *params: dict[str, Any]) -> list[Any]:
    return [client.call(API, one).get("json", {}).get("n") for one in params]


def test_half_a_surrogate_pair_is_sent_as_the_cloud_would() -> None:
    half = "\ud800"
    for response in (reply_response({"text": half}), error_response(1, half), text_response(half)):
        assert "\ufffd" in response.body.decode()


def test_in_order_and_the_last_for_ever(backend: Backend, client: Client) -> None:
    for number in (1, 2, 3):
        backend.responses.add(API, CannedResponse(reply_response({"n": number})))
    assert codes(client, {}, {}, {}, {}, {}) == [1, 2, 3, 3, 3]


def test_times_and_then_as_if_nothing_was_said(backend: Backend, client: Client) -> None:
    backend.responses.add(API, CannedResponse(reply_response({"n": 1}), times=2))
    assert codes(client, {}, {}, {}) == [1, 1, None]
    assert client.call(API)["error_code"] == -604100


def test_each_when_has_a_sequence_of_its_own(backend: Backend, client: Client) -> None:
    backend.responses.add(API, CannedResponse(reply_response({"n": 1}), when={"k": "a"}))
    backend.responses.add(API, CannedResponse(reply_response({"n": 9}), when={"k": "b"}))
    backend.responses.add(API, CannedResponse(reply_response({"n": 2}), when={"k": "a"}))
    backend.responses.add(API, CannedResponse(reply_response({"n": 0})))
    a, b = {"k": "a"}, {"k": "b"}
    assert codes(client, a, b, b, a, a, {}, b) == [1, 9, 9, 2, 2, 0, 9]


def test_unused_ones_are_known(backend: Backend, client: Client) -> None:
    first = backend.responses.add(API, CannedResponse(reply_response({}), when={"k": 1}))
    second = backend.responses.add(API, CannedResponse(reply_response({}), when={"k": 2}))
    client.call(API, {"k": 2})
    assert (first.used, second.used) == (0, 1)
    assert backend.responses.why_not(API, {"k": 3}) == ["k is 3, expected 1", "k is 3, expected 2"]
    backend.responses.clear()
    assert backend.responses.apis() == []


def test_a_program_makes_the_answer(backend: Backend, client: Client) -> None:
    backend.responses.add(API, CannedResponse(lambda params: {"n": params["k"] + 1}, when={"k": 1}))
    backend.responses.add(API, CannedResponse(lambda params: error_response(7, str(params))))
    assert codes(client, {"k": 1}) == [2]
    assert client.call(API, {"k": 2})["json"] == {"errcode": 7, "errmsg": "{'k': 2}"}


def test_reply_is_written_as_the_sdk_shows_it(backend: Backend, client: Client) -> None:
    shown = {"errCode": 0, "errMsg": "openapi.a.b.c:ok", "someList": [{"innerKey": 1, "cloudID": "x", "OpenID": "y"}]}
    backend.responses.add(API, CannedResponse(reply_response(shown)))
    wire = client.call(API)["json"]
    assert wire == {"errcode": 0, "errmsg": "ok", "some_list": [{"inner_key": 1, "cloud_i_d": "x", "OpenID": "y"}]}


def test_later_changes_to_a_reply_change_nothing(backend: Backend, client: Client) -> None:
    value: dict[str, Any] = {"list": [1]}
    backend.responses.add(API, CannedResponse(reply_response(value)))
    value["list"].append(2)
    assert client.call(API)["json"]["list"] == [1]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            error_response(-1),
            {"content_type": "application/json", "resp_data": b'{"errcode":-1,"errmsg":"system error"}'},
        ),
        (error_response(40003, "x"), {"resp_data": b'{"errcode":40003,"errmsg":"x"}'}),
        (error_response(40003, ""), {"resp_data": b'{"errcode":40003,"errmsg":""}'}),
        (error_response(-601006), {"error_code": 0, "resp_data": b'{"errcode":-601006,"errmsg":"cloudID expired"}'}),
        (error_response(-604102), {"error_code": -604102, "resp_data": b""}),
        (reply_response({"errCode": 5, "errMsg": "m"}), {"resp_data": b'{"errcode":5,"errmsg":"m"}'}),
        (file_response(b"\x00", "image/png"), {"content_type": "image/png", "resp_data": b"\x00"}),
        (
            reply_response({"contentType": "image/png", "buffer": b"\x00"}),
            {"content_type": "image/png", "resp_data": b"\x00"},
        ),
        (text_response("值"), {"content_type": "text/plain", "resp_data": "值".encode()}),
    ],
)
def test_each_kind_on_the_wire(backend: Backend, client: Client, answer: ApiResponse, message: dict[str, Any]) -> None:
    backend.responses.add(API, CannedResponse(answer))
    got = client.call(API)
    assert message == {key: got[key] for key in message}


@pytest.mark.parametrize("value", [{"a": {1, 2}}, {"errCode": "x"}, {"a": object()}])
def test_a_reply_without_json_form_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        reply_response(value)


def test_outcomes_in_words() -> None:
    outcomes = [
        reply_response({}).outcome,
        error_response(40003).outcome,
        error_response(-604101).outcome,
        error_response("SYS_ERR", "m").outcome,
        ApiResponse(fault="reset").outcome,
        file_response(b'{"errcode":1}', "image/png").outcome,
    ]
    assert outcomes == [
        "ok",
        "errcode 40003 invalid openid",
        "refused -604101 function has no permission to call this API",
        "gateway SYS_ERR m",
        "fault reset",
        "ok",
    ]


@pytest.mark.parametrize(
    ("wanted", "found", "told"),
    [
        ({}, {"a": 1}, None),
        ({"a": 1}, {"a": 1, "b": 2}, None),
        ({"a": {"b": [1, {"c": ANY}]}}, {"a": {"b": [1, {"c": 5, "d": 6}], "e": 0}}, None),
        ({"a": ANY}, {"a": True}, None),
        ({"a": 1}, {}, "a is missing"),
        ({"a": 1}, {"a": True}, "a is True, expected 1"),
        ({"a": True}, {"a": 1}, "a is 1, expected True"),
        ({"a": 1}, {"a": 1.0}, None),
        ({"a": "1"}, {"a": 1}, "a is 1, expected '1'"),
        ({"a": [1]}, {"a": [1, 2]}, "a has 2 items, expected 1"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a[0].b is 2, expected 1"),
        ({"a": {"b": 1}}, {"a": [1]}, "a is [1], expected {'b': 1}"),
        ({"a": [1]}, {"a": "x"}, "a is 'x', expected [1]"),
        ({"a": None}, {"a": 0}, "a is 0, expected None"),
    ],
)
def test_matching(wanted: object, found: object, told: str | None) -> None:
    assert told == mismatch(wanted, found)


def test_what_a_called_function_returns_keeps_its_names_and_has_no_errcode() -> None:
    backend = Backend(env="test-env")
    value = {"userName": 1, "a_b": {"cD": [True]}, "errMsg": "its own"}
    backend.responses.add("callFunction", CannedResponse(reply_response(value)))
    with connected(backend):
        cloud = cloudpy.sync.createNewInstance(
            env="test-env", config=None, secretId=backend.secret_id, secretKey=backend.secret_key
        )
        assert cloud.callFunction(name="any", data={})["result"] == value


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (43101, "user has not subscribed to the message (or refused)"),  # of the API alone
        (40003, "invalid openid"),  # WeChat's own words come first
        (12345, "error"),
    ],
)
def test_an_error_without_a_message_has_that_of_the_contract(code: int, words: str, tmp_path: Path) -> None:
    local = tmp_path / "local.yaml"
    local.write_text(
        f"permissions: all\nanswers: {{subscribeMessage.send: [{{error: {{errCode: {code}}}}}]}}\n", "utf-8"
    )
    told = {"errCode": code, "errMsg": f"openapi.subscribeMessage.send:fail {words}"}
    with LocalWeChat(local=str(local)) as wechat:
        assert told == wechat.invoke(lambda event, context: send())
    with LocalWeChat() as wechat:
        wechat.stub("subscribeMessage.send").error(code)
        assert told == wechat.invoke(lambda event, context: send())


def send() -> object:
    cloud = cloudpy.sync.createNewInstance(env=cloudpy.sync.DYNAMIC_CURRENT_ENV, config=None)
    try:
        return cloud.openapi.subscribeMessage.send(touser="o", templateId="t", data={})
    except cloudpy.sync.CloudSDKError as err:
        return err


@pytest.mark.parametrize(("setting", "code"), [("", 0), ("invalid: warn", 0), ("invalid: refuse", 40097)])
def test_wrong_parameters_are_answered_as_local_yaml_says(
    setting: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = tmp_path / "local.yaml"
    local.write_text(f"permissions: all\n{setting}\n", "utf-8")
    backend = load(local)
    for name, value in environment(backend, URL).items():
        monkeypatch.setenv(name, value)
    cloud: Any = cloudpy.sync.createNewInstance(env=cloudpy.sync.DYNAMIC_CURRENT_ENV, config=None)
    right = {"touser": "o", "templateId": "t", "data": {}}
    with connected(backend):
        assert 0 == cloud.openapi.subscribeMessage.send(right)["errCode"]
        if not code:
            assert 0 == cloud.openapi.subscribeMessage.send({**right, "templateID": "t"})["errCode"]
            return
        with pytest.raises(cloudpy.sync.CloudSDKError, match=r"invalid args: .*'templateID'") as raised:
            cloud.openapi.subscribeMessage.send({**right, "templateID": "t"})
    assert code == raised.value.errCode
