"""Deliberate mistakes: each is told by name, with what was found and what to do; what is right is not told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cloudpy import contracts
from cloudpy.contracts import check_params, check_reply

MISTAKES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake['api']} {mistake['params']}")
def test_a_mistake_in_parameters_is_told(mistake: dict[str, Any]) -> None:
    assert mistake["told"] == [str(problem) for problem in check_params(mistake["api"], mistake["params"])]


def test_the_mistakes_are_many_enough() -> None:
    assert len(MISTAKES) >= 30
    assert len({mistake["api"] for mistake in MISTAKES}) >= 10


def test_a_problem_says_where() -> None:
    (problem,) = check_params("cloudbase.getOpenData", {"cloudidList": ["a", 7]})
    assert "cloudidList[1]" == problem.path


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_no_false_alarm_on_an_example(name: str) -> None:
    contract = contracts.get(name)
    assert contract is not None
    if contract.example_params is not None:
        assert [] == check_params(name, contract.example_params)
    if contract.example_reply is not None:
        assert [] == check_reply(name, contract.example_reply)
        assert [] == check_reply(name, {**contract.example_reply, "errCode": 0, "errMsg": f"openapi.{name}:ok"})


def test_any_spelling_with_the_same_wire_name_is_right() -> None:
    assert [] == check_params("cloudbase.getOpenData", {"cloudid_list": ["a"]})
    assert [] == check_params("wxacode.get", {"path": "p", "line_color": {"r": 0, "g": 0, "b": 0}})
    assert [] == check_params("cloudbase.describeSmsRecords", {"envId": "e"})


def test_the_spelling_of_the_contract_wins_over_another_one() -> None:
    both = {"cloudidList": ["a"], "cloudid_list": 7}
    assert [] == check_params("cloudbase.getOpenData", both)
    assert [] == check_params("cloudbase.getOpenData", dict(reversed(both.items())))


def test_without_case_conversion_the_wire_names_are_wanted() -> None:
    assert [] == check_params("cloudbase.getOpenData", {"cloudid_list": ["a"]}, convert_case=False)
    assert [] == check_params("liveBroadcast.getPushUrl", {"roomId": 1}, convert_case=False)
    assert [
        "cloudbase.getOpenData: parameter 'cloudid_list' is missing; got 'cloudidList'; did you mean 'cloudid_list'?"
    ] == [str(each) for each in check_params("cloudbase.getOpenData", {"cloudidList": ["a"]}, convert_case=False)]
    assert ["roomId"] == [
        each.path for each in check_params("liveBroadcast.getPushUrl", {"room_id": 1}, convert_case=False)
    ]


def test_what_is_uncertain_is_not_enforced() -> None:
    assert [] == check_params("officialAccount.card.get", {})
    assert [] == check_params("officialAccount.card.get", {"cardId": 7, "somethingNewer": 1})
    assert [] == check_params("ad.addUserAction", {"whatever": [None]})
    assert [] == check_params("midas.pay", {**_example("midas.pay"), "sig": object()})
    assert [] == check_params("security.msgSecCheck", {"content": "the older version takes only this"})


def _example(name: str) -> dict[str, Any]:
    contract = contracts.get(name)
    assert contract is not None and contract.example_params is not None
    return dict(contract.example_params)


def test_lists_may_be_tuples_and_bytes_may_be_bytearrays() -> None:
    assert [] == check_params("cloudbase.getOpenData", {"cloudidList": ("a", "b")})
    photo = {"content_type": "image/png", "value": bytearray(b"x")}
    assert [] == check_params("security.imgSecCheck", {"media": photo})


def test_an_unknown_api_has_no_problems() -> None:
    assert [] == check_params("not.known", {"a": 1})
    assert [] == check_reply("not.known", {"a": 1})


@pytest.mark.parametrize("wrong", [None, 7, "text", ["a"], b"bytes"])
def test_parameters_that_are_no_object(wrong: Any) -> None:
    (problem,) = check_params("cloudbase.getOpenData", wrong)
    assert problem.message.startswith("cloudbase.getOpenData: the parameters must be an object, got ")


REPLIES: list[tuple[str, Any, list[str]]] = [
    (
        "cloudbase.getOpenData",
        {"dataList": [{"cloudID": "a", "json": {}}]},
        ["cloudbase.getOpenData: reply key 'dataList[0].cloudID' is not known; did you mean 'cloudId'?"],
    ),
    (
        "urllink.generate",
        {"url_link": "https://wxaurl.cn/a"},
        ["urllink.generate: reply key 'url_link' is not known; did you mean 'urlLink'?"],
    ),
    (
        "updatableMessage.createActivityId",
        {"activityId": 7},
        ["updatableMessage.createActivityId: reply key 'activityId' must be a string, got 7 (an integer)"],
    ),
    (
        "chattoolmsg.send",
        {"msgid": 1},
        ["chattoolmsg.send: reply key 'msgid' is not known; no keys are expected"],
    ),
    (
        "wxacode.get",
        {"contentType": "image/jpeg", "buffer": "text"},
        ["wxacode.get: reply key 'buffer' must be bytes, got 'text' (a string)"],
    ),
    ("wxacode.get", {"contentType": "image/jpeg"}, ["wxacode.get: reply key 'buffer' is missing; it is bytes"]),
    ("wxacode.get", [], ["wxacode.get: the reply must be an object, got a list"]),
]


@pytest.mark.parametrize(("name", "reply", "told"), REPLIES)
def test_a_reply_that_wechat_would_never_send_is_told(name: str, reply: Any, told: list[str]) -> None:
    assert told == [str(problem) for problem in check_reply(name, reply)]


def test_replies_that_are_right() -> None:
    picture = {"contentType": "image/jpeg", "buffer": b"x", "errCode": 0, "errMsg": "openapi.wxacode.get:ok"}
    assert [] == check_reply("wxacode.get", picture)
    assert [] == check_reply("officialAccount.media.get", {"contentType": "image/jpeg", "buffer": b"x"})
    assert [] == check_reply("officialAccount.media.get", {"videoUrl": "https://example.com/a.mp4"})
    assert [] == check_reply("cloudbase.getOpenData", {"dataList": [{"cloudId": "a", "json": "{}"}]})
    assert [] == check_reply("subscribeMessage.send", {"msgid": 1, "somethingNewer": 2})
    assert [] == check_reply("officialAccount.card.get", {"somethingElse": 2})
