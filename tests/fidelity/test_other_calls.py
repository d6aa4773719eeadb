"""The calls beside openapi through Node and both faces: the same bytes, the same outcomes."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fidelity import strategies
from tests.once import part
from tests.peer import oracle
from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench, Exchange, assert_same_outcome, assert_same_request
from tests.peer.recorder import OCTETS, Answer
from tests.peer.tagging import Signed

EXAMPLES = int(os.environ.get("CLOUDPY_FIDELITY_EXAMPLES") or part(25, 6))
some = settings(
    max_examples=EXAMPLES,
    derandomize="CLOUDPY_FIDELITY_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
EVERY_TOKEN = {
    "TCB_CONTEXT_KEYS": "TCB_SESSIONTOKEN,TCB_SOURCE,TCB_TRACELOG,TCB_ROUTE_KEY,TCB_SEQID",
    "WX_CONTEXT_KEYS": "WX_API_TOKEN",
    "TCB_SESSIONTOKEN": "session",
    "TCB_SOURCE": "wx_client,scf",
    "TCB_TRACELOG": "On",
    "TCB_ROUTE_KEY": "route",
    "TCB_SEQID": "1_2_3",
    "WX_API_TOKEN": " eyJ令牌== ",
}
OPEN_DATA = wechat(
    oracle.build(
        "ApiGetOpenDataByCloudIdResp",
        data_list=[
            {"cloud_id": "a", "json": '{"cloudID":"a","data":{"phone_number":"1","n":[1.5,null]}}'},
            {"cloud_id": "b", "json": '{"cloudID":"b","errCode":-601006,"errMsg":"cloudID expired."}'},
        ],
    ),
    "",
)
VOIP = wechat(oracle.build("ApiVoipSignResp", signature="sig="), "")
CALL_SIGN = wechat(oracle.build("GetCloudCallSignResp", signature="sig="), "")
PAID = Answer('{"return_code":"SUCCESS","payment":{"time_stamp":"1","a":[{"b_c":"中"}]}}'.encode())


def gateway_json(text: str) -> Answer:
    return Answer(text.encode(), JSON_ERROR)


RAN = gateway_json('{"data":{"response_data":"{\\"a_b\\":[1,null]}"},"requestId":"r-1"}')
CALLED = gateway_json('{"data":{"responseData":"{\\"errcode\\":0,\\"a_b\\":[1,null]}"},"requestId":"r-1"}')
VOIP_PARAMS = {"groupId": "g群", "timestamp": 1_700_000_000, "nonce": "n"}

FUNCTION: list[Any] = ["callFunction", [{"name": "f"}]]
API: list[Any] = ["callOpenAPI", [{"api": "a.b"}]]
DATA: list[Any] = ["getOpenData", [{"list": ["a"]}]]
PAY: list[Any] = ["cloudPay", "refund", [{"a": 1}]]
# what is called: (steps, the answer)
CALLS: dict[str, tuple[list[Any], Answer]] = {
    "open data": (["getOpenData", [{"list": ["a", "中文", ""]}]], OPEN_DATA),
    "open data of nothing": (["getOpenData", [{"list": []}]], wechat(b"", "")),
    "open data for an account": (["getOpenData", [{"list": ["a"], "appid": "wx1", "config": {"env": "o"}}]], OPEN_DATA),
    "VoIP": (["getVoIPSign", [VOIP_PARAMS]], VOIP),
    "VoIP of nothing": (["getVoIPSign", [{"groupId": "", "timestamp": 0, "nonce": ""}]], VOIP),
    "VoIP to the last second": (["getVoIPSign", [{**VOIP_PARAMS, "timestamp": 2**32 - 1}]], VOIP),
    "cloud call": (["getCloudCallSign", [{"parameterList": ["a", "", "中"]}]], CALL_SIGN),
    "cloud call of nothing": (["getCloudCallSign", [{"parameterList": None}]], CALL_SIGN),
    "a function": (["callFunction", [{"name": "f", "data": {"x": [1, 1.0, "中\u2028\x7f", None, b"ab"]}}]], RAN),
    "a function without data": (["callFunction", [{"name": "f", "slowWarning": True}]], RAN),
    "a function in another environment": (["callFunction", [{"name": "f", "config": {"env": "other"}}]], RAN),
    "a function with limits": (
        ["callFunction", [{"name": "f", "timeout": 900, "retryOptions": {"retries": 2, "minTimeout": 1}}]],
        RAN,
    ),
    "an API": (["callOpenAPI", [{"api": "a.b", "data": {"aB": {"c_d": [1e21, -0.0]}}}]], CALLED),
    "an API, v1": (["callOpenAPI", [{"api": "a.b", "version": "v1", "data": {}}]], CALLED),
    "an API, v2": (["callOpenAPI", [{"api": "a.b", "version": "v2"}]], CALLED),
    "an API without data": (["callOpenAPI", [{"api": "a.b", "data": None, "config": {"env": "other"}}]], CALLED),
    "a payment": (
        ["cloudPay", "unifiedOrder", [{"outTradeNo": "o", "totalFee": 5, "sceneInfo": {"storeID": [{"aB": "中"}]}}]],
        PAID,
    ),
    "a payment for an account": (["cloudPay", [{"appid": "wx5"}], "refund", [{"a": None}]], PAID),
    "a payment by any name": (["cloudPay", "not", "known", [{}]], PAID),
}

BODIES = [
    '{"data":{"response_data":null,"responseData":null},"requestId":"r"}',
    *(
        f'{{"data":{{"response_data":{text},"responseData":{text}}},"requestId":"r"}}'
        for text in (
            '"text"',
            '"\\"text\\""', '"5"', '"null"', '"true"', '"[1]"', '"\\"{\\\\\\"a\\\\\\":1}\\""', '""', '{"a":1}', "5",
            "true",
            '[{"a_b":1}]', '"\\"\\\\\\"x\\\\\\"\\""', '"{\\"errorCode\\":-1,\\"errorMessage\\":\\"m\\"}"', '"007"',
            '"NaN"', '" {\\"a\\":1} "', '"\\ufeff{}"', '"{\\"__proto__\\":1}"', '"1e5"', '"{\\"a\\":1,\\"a\\":2}"',
        )
    ),
    '{"data":{"response_data":"1","responseData":"1"},"requestId":5}',
    '{"data":{"response_data":"1","responseData":"1"}}',
    '{"code":0,"data":{"response_data":"1","responseData":"1"},"requestId":""}',
]  # fmt: skip
PAY_ANSWERS = [
    *(Answer(text.encode()) for text in (
        '{"errcode":5,"errmsg":"m","err_code":"E","err_code_des":"d"}', '{"errCode":5,"errMsg":"m"}', "csv,文本", "",
        '{"code":"SYS_ERR","message":"m","requestId":"r"}', '{"code":"SYS_ERR"}', '{"code":"","message":"m"}',
        '{"code":"X","message":{"a":1}}', '{"code":"STORAGE_REQUEST_FAIL","message":null}', "\ufeff{}", "{}",
        '{"a_b":{"c_d":[{"e_f":1.5}]},"UPPER_c":1,"coupon_id_0":1}',
    )),
    Answer(b"\xff\xfe\x00"),
    Answer(b"\x1f\x8b\x00\xff"),
    *(gateway_json(text) for text in (
        '{"code":"SYS_ERR","message":"m","requestId":"r"}', '{"code":"SYS_ERR"}', '{"errcode":5,"errmsg":"m"}',
        '{"a":1}',
        "not json", '{"code":"EXCEED_REQUEST_LIMIT","message":"m"}',
    )),
]  # fmt: skip
SVRKIT_ANSWERS = [
    wechat(b"", "", svrkit_error_code=7),
    wechat(b"", "", svrkit_error_code=-7),
    wechat(b"", "", error_code=-604101),
    wechat(b"", "", error_code=5),
    Answer(b""),
    Answer(OPEN_DATA.body, JSON_ERROR),
    *(
        Answer(text.encode(), content_type)
        for content_type in (JSON_ERROR, OCTETS)
        for text in ('{"code":"FUNCTIONS_EXECUTE_FAIL","message":"m","requestId":"r"}', '{"code":"SYS_ERR"}', "{}")
    ),
    gateway_json('{"errcode":40003,"errmsg":"bad"}'),
]
WRONG: dict[str, list[Any]] = {
    "a function without a name": ["callFunction", [{}]],
    "a function whose name is a number": ["callFunction", [{"name": 5}]],
    "a function whose name is empty": ["callFunction", [{"name": ""}]],
    "a function whose name is bytes": ["callFunction", [{"name": b"f"}]],
    "a function with null as data": ["callFunction", [{"name": "f", "data": None}]],
    "a function with a list as data": ["callFunction", [{"name": "f", "data": [1]}]],
    "an API without a name": ["callOpenAPI", [{}]],
    "an API whose name is true": ["callOpenAPI", [{"api": True}]],
    "an API with a list as data": ["callOpenAPI", [{"api": "a", "data": []}]],
    "an API with a text as data": ["callOpenAPI", [{"api": "a", "data": "x"}]],
    "open data without a list": ["getOpenData", [{}]],
    "VoIP without anything": ["getVoIPSign", [{}]],
    "VoIP with other types": ["getVoIPSign", [{"groupId": 5, "timestamp": "1", "nonce": None}]],
}


def walk(bench: Bench, *steps: Any, answer: Answer | None = None) -> list[Exchange]:
    with bench.variables():
        return bench.walk(bench.instances(), *steps, answer=answer)


@pytest.mark.parametrize("variables", [{}, EVERY_TOKEN], ids=["no token", "every token"])
@pytest.mark.parametrize("name", CALLS)
def test_the_same_request_and_result(bench: Bench, name: str, variables: dict[str, str]) -> None:
    steps, answer = CALLS[name]
    with bench.variables(variables):
        more = {"sessionToken": "of the credentials", "region": "ap-shanghai"} if variables else {}
        exchanges = bench.walk(bench.instances({"env": ENV, **CREDENTIALS, **more}), *steps, answer=answer)
    assert_same_request(exchanges)
    assert_same_outcome(exchanges)
    assert not exchanges[0].outcome.failed


@pytest.mark.parametrize("name", WRONG)
def test_the_same_refusal_of_parameters(bench: Bench, name: str) -> None:
    node, *ours = walk(bench, *WRONG[name])
    for exchange in (node, *ours):
        assert [] == exchange.requests
        assert (node.outcome.errCode, node.outcome.errMsg) == (exchange.outcome.errCode, exchange.outcome.errMsg)
        assert node.outcome.message == exchange.outcome.message


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("steps", [FUNCTION, API], ids=["function", "API"])
def test_every_result_inside_json(bench: Bench, steps: list[Any], body: str) -> None:
    exchanges = walk(bench, *steps, answer=gateway_json(body))
    assert_same_outcome(exchanges)
    assert not exchanges[0].outcome.failed


@pytest.mark.parametrize("answer", PAY_ANSWERS, ids=lambda each: f"{each.body[:40]!r} {each.content_type}")
@pytest.mark.parametrize("api", ["unifiedOrder", "downloadBill", "downloadBill GZIP"])
def test_every_answer_to_a_payment(bench: Bench, api: str, answer: Answer) -> None:
    name, _, tar = api.partition(" ")
    assert_same_outcome(walk(bench, "cloudPay", name, [{"tarType": tar} if tar else {}], answer=answer))


@pytest.mark.parametrize("answer", SVRKIT_ANSWERS, ids=lambda each: f"{each.body[:40]!r} {each.content_type}")
@pytest.mark.parametrize("steps", [DATA, ["getVoIPSign", [VOIP_PARAMS]]], ids=["open data", "VoIP"])
def test_every_answer_to_a_message(bench: Bench, steps: list[Any], answer: Answer) -> None:
    if steps[0] == "getVoIPSign" and answer.body == OPEN_DATA.body:
        answer = Answer(VOIP.body, JSON_ERROR)
    assert_same_outcome(walk(bench, *steps, answer=answer))


@pytest.mark.parametrize("ending", ["close", "reset", "truncate"])
@pytest.mark.parametrize("steps", [DATA, PAY], ids=["open data", "payment"])
def test_connections_that_break_off(bench: Bench, steps: list[Any], ending: Any) -> None:
    exchanges = walk(bench, *steps, answer=Answer(b"abc", ending=ending))
    assert_same_outcome(exchanges)
    if steps is PAY:  # a connection of an earlier call that is dead is replaced, but not where money moves
        assert [1, 1, 1] == [len(exchange.requests) for exchange in exchanges]


def test_random_data_makes_the_same_requests(bench: Bench) -> None:
    # Whole numbers beyond 2**53 have no JSON in JavaScript; see `differences.py`.
    values = st.dictionaries(strategies.keys, strategies.nested_small, max_size=4)
    with bench.variables(EVERY_TOKEN):
        instances = bench.instances()

        @some
        @given(data=values, name=st.text("aB中-_", min_size=1, max_size=8))
        def calls(data: dict[str, Any], name: str) -> None:
            for steps, answer in (
                (["callFunction", [{"name": name, "data": data}]], RAN),
                (["callOpenAPI", [{"api": name, "data": data}]], CALLED),
                (["cloudPay", "refund", [data]], PAID),
            ):
                exchanges = bench.walk(instances, *steps, answer=answer)
                assert_same_request(exchanges)

        calls()


MIDAS = (
    "cancelPay cancelPaySandbox getBalance getBalanceSandbox pay paySandbox present presentSandbox".split()
)  # fmt: skip


@pytest.mark.parametrize("api", MIDAS)
@pytest.mark.parametrize("convert", [True, False])
def test_signatures_of_midas(bench: Bench, api: str, convert: bool) -> None:
    signed(
        bench,
        api,
        convert,
        {"openid": "o", "offerId": "中", "ts": 1.0, "zoneId": "1", "amt": 12},
        "ts openid zoneId amt",
    )


@pytest.mark.parametrize("value", [None, True, 1.5, 1e21, [1, None, "x"], {"a": 1}, "", "a&b=c"])
def test_values_in_a_signature(bench: Bench, value: Any) -> None:
    signed(bench, "pay", True, {"zoneId": value, "a": 1}, "zoneId a zoneId")


def test_a_signature_over_what_is_not_there(bench: Bench) -> None:
    signed(bench, "pay", True, {"a": 1}, "a zoneId", sent=False)


def signed(bench: Bench, api: str, convert: bool, params: dict[str, Any], covered: str, *, sent: bool = True) -> None:
    """One call of each face with a signature of its own making."""
    options = {"type": "midas", "params": covered.split(), "secret": "密钥"}
    if not convert:
        params = {"zone_id": params.pop("zoneId"), **params} if "zoneId" in params else params
    exchanges = []
    bench.recorder.answer = wechat()
    with bench.variables():
        for face in bench.faces:
            instance = bench.instances()[face.name]
            bench.recorder.take()
            if face is bench.node:
                signature: Any = Signed(options)
            else:
                signature = instance.signature(options)
            outcome = face.call(instance, f"midas.{api}", ({**params, "sig": signature},), {"convertCase": convert})
            exchanges.append(Exchange(face.name, outcome, bench.recorder.take()))
    assert_same_outcome(exchanges)
    if sent:
        assert_same_request(exchanges)
        assert 66 == len(exchanges[1].request.pairs()["sig"][0]), "64 digits in quotes"
    else:
        assert [[], [], []] == [exchange.requests for exchange in exchanges]


@pytest.mark.parametrize("steps", [FUNCTION, PAY, DATA], ids=["function", "payment", "open data"])
def test_a_call_that_may_have_been_carried_out_is_not_sent_again(bench: Bench, steps: list[Any]) -> None:
    answer = RAN if steps is FUNCTION else PAID if steps is PAY else OPEN_DATA
    with bench.variables():
        instances = bench.instances()
        for face in bench.ours:
            bench.recorder.answer = answer
            assert not face.walk(instances[face.name], tuple(steps)).failed
            bench.recorder.take()
            bench.recorder.answer = Answer(ending="close")  # it has read the request, on the connection that was kept
            assert face.walk(instances[face.name], tuple(steps)).failed
            assert (2 if steps is DATA else 1) == len(bench.recorder.take())


@pytest.mark.parametrize("steps", [FUNCTION, API], ids=["function", "API"])
def test_dates_of_documents_travel_as_in_node(bench: Bench, steps: list[Any]) -> None:
    name, [given] = steps
    paid = datetime(2026, 5, 1, 12, 30, 0, 123_999, tzinfo=timezone(timedelta(hours=8)))
    document = {"_id": "a", "paid": paid, "log": [{"at": paid}]}
    exchanges = walk(bench, name, [{**given, "data": document}], answer=RAN)
    assert [1, 1, 1] == [len(exchange.requests) for exchange in exchanges]
    assert_same_request(exchanges)
