"""The listed differences in the calls beside openapi: what Node does, and what we do."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.fidelity.differences import shows
from tests.peer import oracle
from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench, Exchange
from tests.peer.faces import Outcome
from tests.peer.recorder import Answer
from tests.peer.tagging import Signed

FUNCTION: list[Any] = ["callFunction", [{"name": "f"}]]
API: list[Any] = ["callOpenAPI", [{"api": "a.b"}]]
CODES = {"FUNCTIONS_EXECUTE_FAIL": -504002, "EXCEED_REQUEST_LIMIT": -501003, "SYS_ERR": -501001, "UNKNOWN": -501001}


def walk(bench: Bench, *steps: Any, answer: Answer | None = None) -> tuple[Exchange, Exchange]:
    """Node's, and ours, which is the same in both faces."""
    with bench.variables():
        node, first, second = bench.walk(bench.instances(), *steps, answer=answer)
    if "seqId" not in str(first.outcome.errMsg):
        assert first.outcome == second.outcome
    return node, first


@shows("codes of callFunction")
@pytest.mark.parametrize("steps", [FUNCTION, API], ids=["function", "API"])
@pytest.mark.parametrize("code", CODES)
def test_codes_of_the_gateway(bench: Bench, steps: list[Any], code: str) -> None:
    body = f'{{"code":"{code}","message":"m","requestId":"r1"}}'
    node, ours = walk(bench, *steps, answer=Answer(body.encode(), JSON_ERROR))
    assert (-1, f"{steps[0]}:fail m") == (node.outcome.errCode, node.outcome.errMsg)
    assert (CODES[code], f"{steps[0]}:fail m") == (ours.outcome.errCode, ours.outcome.errMsg)
    assert node.outcome.message == ours.outcome.message


@shows("codes of callFunction")
@pytest.mark.parametrize("steps", [FUNCTION, API], ids=["function", "API"])
def test_codes_of_what_failed_on_the_way(bench: Bench, steps: list[Any]) -> None:
    name = steps[0]
    node, ours = walk(bench, *steps, answer=Answer(b"{}", JSON_ERROR, 502))
    assert node.outcome.errMsg.startswith(f"{name}:fail 502 Bad Gateway | [http://")
    assert ours.outcome.errMsg.startswith(f"{name}:fail 502 Bad Gateway | [http://")
    assert (-1, -501001) == (node.outcome.errCode, ours.outcome.errCode)
    for ending, cause in (("close", "socket hang up"), ("reset", "read ECONNRESET"), ("truncate", "aborted")):
        answer = Answer(b"abc", JSON_ERROR, ending=ending)  # type: ignore[arg-type]
        node, ours = walk(bench, *steps, answer=answer)
        same_but_the_code(node.outcome, ours.outcome, f"{name}:fail {cause}")
        assert 1 == len(ours.requests), "once something was sent, it is never sent again"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    init = {"env": ENV, **CREDENTIALS, "serviceUrl": f"http://127.0.0.1:{port}/admin"}
    with bench.variables():
        node, ours, _ = bench.walk(bench.instances(init), *steps)
    same_but_the_code(node.outcome, ours.outcome, f"{name}:fail connect ECONNREFUSED 127.0.0.1:{port}")
    with bench.variables():
        node, ours, _ = bench.walk(
            bench.instances({"env": ENV, **CREDENTIALS, "timeout": 0.2}), *steps, answer=Answer(ending="hang")
        )
    bench.recorder.release()
    same_but_the_code(node.outcome, ours.outcome, f"{name}:fail request timeout")


def same_but_the_code(node: Outcome, ours: Outcome, text: str) -> None:
    assert (-1, text, text) == (node.errCode, node.errMsg, node.message)
    assert (-501001, text, text) == (ours.errCode, ours.errMsg, ours.message)


@shows("responses without data")
@pytest.mark.parametrize("steps", [FUNCTION, API], ids=["function", "API"])
@pytest.mark.parametrize(
    "body", ["{}", '{"data":null}', "null", "[]", "5", '"x"', "", "not json", '{"errcode":5}', "\ufeff{}"]
)
def test_answers_without_data(bench: Bench, steps: list[Any], body: str) -> None:
    node, ours = walk(bench, *steps, answer=Answer(body.encode(), JSON_ERROR))
    assert node.outcome.errCode == -1 and ("Cannot read" in node.outcome.errMsg or "JSON" in node.outcome.errMsg)
    assert ours.outcome.errCode == -501001
    assert ours.outcome.errMsg.startswith(f"{steps[0]}:fail the answer ")


@shows("responses without data")
def test_open_data_that_cannot_be_read(bench: Bench) -> None:
    listed = oracle.build("ApiGetOpenDataByCloudIdResp", data_list=[{"cloud_id": "a", "json": "x"}])
    for data in (listed, b"\x0a\x64ab"):
        node, ours = walk(bench, "getOpenData", [{"list": ["a"]}], answer=wechat(data, ""))
        assert node.outcome.errCode == -1
        assert ours.outcome.errCode == -601001
        assert ours.outcome.errMsg.startswith("getOpenData:fail -601001 system error. internal svrkit error, ")


@shows("missing results")
def test_results_that_are_not_there(bench: Bench) -> None:
    node, ours = walk(bench, *FUNCTION, answer=Answer(b'{"data":{},"requestId":"r"}', JSON_ERROR))
    assert {"errMsg": "callFunction:ok", "requestID": "r"} == node.outcome.result
    assert {"result": None, "errMsg": "callFunction:ok", "requestID": "r"} == ours.outcome.result


@shows("big integers")
def test_big_integers_in_results(bench: Bench) -> None:
    body = b'{"data":{"response_data":"{\\"a\\":9007199254740993}"},"requestId":"r"}'
    node, ours = walk(bench, *FUNCTION, answer=Answer(body, JSON_ERROR))
    assert 9007199254740992 == node.outcome.result["result"]["a"]
    assert 9007199254740993 == ours.outcome.result["result"]["a"]
    node, ours = walk(bench, "callFunction", [{"name": "f", "data": {"a": 2**60}}])
    assert node.outcome.failed and "循环引用" in node.outcome.errMsg
    assert '{"a":1152921504606846976}' == ours.request.values["request_data"]


@shows("values that should be lists")
def test_lists_that_are_no_lists(bench: Bench) -> None:
    for steps in (["getOpenData", [{"list": "ab"}]], ["getCloudCallSign", [{"parameterList": "ab"}]]):
        node, ours = walk(bench, *steps, answer=wechat(b"", ""))
        assert b"\x12\x01a\x12\x01b" in node.request.fields["requestData"], "each letter by itself"
        assert ours.outcome.errMsg.endswith("must be a list of strings, got 'ab'") and not ours.requests


@shows("invalid seconds")
def test_seconds_that_are_none(bench: Bench) -> None:
    for seconds in (1.5, -1, 2**32):
        params = {"groupId": "g", "timestamp": seconds, "nonce": "n"}
        node, ours = walk(bench, "getVoIPSign", [params], answer=wechat(b"", ""))
        assert node.requests and not node.outcome.failed
        assert "timestamp must be an integer of seconds" in ours.outcome.errMsg and not ours.requests


@shows("signature outside midas")
def test_a_signature_for_an_api_that_takes_none(bench: Bench) -> None:
    options = {"type": "midas", "params": ["a"], "secret": "s3cret"}
    bench.recorder.answer = wechat()
    with bench.variables():
        instances = bench.instances()
        bench.recorder.take()
        bench.node.call(instances["node"], "a.b", ({"a": 1, "sig": Signed(options)},), None)
        assert b"s3cret" in bench.recorder.take()[0].body
        for face in bench.ours:
            instance = instances[face.name]
            outcome = face.call(instance, "a.b", ({"a": 1, "sig": instance.signature(options)},), None)
            assert outcome.failed and "s3cret" not in f"{outcome} {instance.signature(options)!r}"
            assert [] == bench.recorder.take()


@shows("order of nested keys")
def test_order_of_the_keys_inside(bench: Bench) -> None:
    node, ours = walk(bench, "callFunction", [{"name": "f", "data": {"b": 1, "0": 2}}])
    assert '{"0":2,"b":1}' == node.request.values["request_data"]
    assert '{"b":1,"0":2}' == ours.request.values["request_data"]


@shows("parameters that are not an object")
@pytest.mark.parametrize("name", ["callFunction", "callOpenAPI", "getOpenData", "getVoIPSign", "getCloudCallSign"])
def test_parameters_that_are_no_object(bench: Bench, name: str) -> None:
    for arguments in ([], [None], ["x"], [[1]]):
        _, ours = walk(bench, name, arguments, answer=wechat(b"", ""))
        assert ours.outcome.errMsg.startswith(f"{name}:fail Params for {name} must be an object") and not ours.requests


@shows("parameters that are not an object")
def test_payments_that_are_no_object(bench: Bench) -> None:
    for arguments in ([None], ["x"], [[1]], [5]):
        node, ours = walk(bench, "cloudPay", "refund", arguments, answer=Answer(b"{}"))
        assert node.requests and not node.outcome.failed
        assert "must be an object" in ours.outcome.errMsg and not ours.requests


@shows("responses that are not an object")
def test_payments_answered_with_no_object(bench: Bench) -> None:
    node, ours = walk(bench, "cloudPay", "x", [{}], answer=Answer(b'[1,{"a_b":1}]'))
    done = {"errCode": 0, "errMsg": "cloudPay.x:ok"}
    assert {"0": 1, "1": {"aB": 1}, **done} == node.outcome.result
    assert {"result": [1, {"aB": 1}], **done} == ours.outcome.result


@shows("invalid options")
def test_options_of_payments_that_are_wrong(bench: Bench) -> None:
    for options in ([], [None], [{"appId": "wx1"}], [{"appid": 5}], [{"timeout": 3000}]):
        _, ours = walk(bench, "cloudPay", options, "x", [{}], answer=Answer(b"{}"))
        assert ours.outcome.errCode == -501007 and ours.outcome.errMsg.startswith("cloudPay:fail ")
    for extra in ({"retryOptions": {"forever": True}}, {"retryOptions": 2}, {"retryOptions": {"retry": 1}}):
        _, ours = walk(bench, "callFunction", [{"name": "f", **extra}])
        assert "retryOptions" in ours.outcome.errMsg and not ours.requests
    _, ours = walk(bench, "callFunction", [{"name": "f", "timeout": 3000}])
    assert "if these are Node's milliseconds, give 3" in ours.outcome.errMsg and not ours.requests
