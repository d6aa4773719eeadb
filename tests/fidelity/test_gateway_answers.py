"""What comes back from the gateway itself: its errors, in every way they can be served, and connections that fail."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest

from tests.peer.answers import JSON_ERROR, wechat
from tests.peer.bench import CREDENTIALS, ENV, Bench, Exchange, assert_same_outcome
from tests.peer.recorder import Answer

GATEWAY_CODES = (
    "SUCCESS SYS_ERR SERVER_TIMEOUT EXCEED_REQUEST_LIMIT EXCEED_CONCURRENT_REQUEST_LIMIT INVALIID_ENV INVALID_ENV "
    "INVALID_COMMON_PARAM INVALID_PARAM INVALID_REQUEST_SOURCE RESOURCE_NOT_INITIAL DATABASE_REQUEST_FAILED "
    "DATABASE_INVALID_OPERRATOR DATABASE_PERMISSION_DENIED DATABASE_COLLECTION_EXCEED_LIMIT "
    "DATABASE_COLLECTION_NOT_EXIST STORAGE_REQUEST_FAIL STORAGE_EXCEED_AUTHORITY STORAGE_FILE_NONEXIST "
    "STORAGE_SIGN_PARAM_INVALID FUNCTIONS_REQUEST_FAIL FUNCTIONS_EXECUTE_FAIL SIGN_PARAM_INVALID sys_err"
).split()
SPELLINGS = [
    *(JSON_ERROR, JSON_ERROR + " ", "Application/JSON; charset=utf-8", "application/json;charset=utf-8"),
    *("application/json; charset=UTF-8", "application/json", "text/html", "application/octet-stream", "", None),
]
BODIES = [
    '{"code":"INVALID_PARAM","message":"m","requestId":"5f-1"}',
    '{"message":"m","code":"EXCEED_REQUEST_LIMIT"}',
    '{"code":"SYS_ERR"}',
    '{"code":"SYS_ERR","message":""}',
    '{"code":"SYS_ERR","message":null}',
    '{"code":"SYS_ERR","message":false}',
    '{"code":"SYS_ERR","message":0}',
    '{"code":"SYS_ERR","message":[]}',
    '{"code":"SYS_ERR","message":{"a":1}}',
    '{"code":"SYS_ERR","message":5}',
    '{"code":"SYS_ERR","message":1.5}',
    '{"code":"SYS_ERR","message":true}',
    '{"code":"SYS_ERR","message":["a",["b",null],1]}',
    '{"code":"SYS_ERR","message":"错误😀\\u0000"}',
    '{"code":5,"message":"m"}',
    '{"code":true,"message":"m"}',
    '{"code":0,"message":"m"}',
    '{"code":"","message":"m"}',
    '{"code":null,"message":"m"}',
    '{"code":false,"message":"m"}',
    '{"message":"m"}',
    '{"code":"INVALID_PARAM","message":"m","errcode":5}',
    '{"errcode":40003,"errmsg":"bad"}',
    '{"errcode":40003}',
    '{"errcode":0}',
    "{}",
    '{"a":[1,{"b":"é中\\u2028\\ud800"}],"c":1.50,"d":1e2,"e":-0}',
    "[]",
    "[1,[2,null],true]",
    '"x"',
    "5",
    "true",
    "false",
    "0",
    ' \n{ "code" : "INVALID_PARAM" , "message" : "m" }\n',
    '\n{"a":1}',
]
NO_ANSWER = {
    "words": b"not json",
    "HTML": b"<html><body>502</body></html>",
    "a byte order mark": b'\xef\xbb\xbf{"code":"INVALID_PARAM","message":"m"}',
    "one byte": b"\x00",
    "a length too long": b"\x0a\x64ab",
    "a group that ends": b"\x0c",
    "a varint broken off": b"\x18\x80",
    "half a tag": b"\x80",
    "JSON broken off": b'{"code":"INVALID_PARAM","mess',
    "a message broken off": wechat('{"a":1}').body[:5],
    "noise": bytes(range(255, 0, -1)),
}
STATUSES = [201, 204, 206, 301, 302, 304, 400, 401, 403, 404, 408, 413, 418, 429, 499, 500, 502, 503, 504, 599, 999]


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("content_type", [JSON_ERROR, "application/json"])
@pytest.mark.parametrize("code", GATEWAY_CODES)
def test_every_code_of_the_gateway(bench: Bench, code: str, content_type: str) -> None:
    body = f'{{"code":"{code}","message":"it did not work","requestId":"5f-1"}}'
    assert_same_outcome(ask(bench, Answer(body.encode(), content_type)))


@pytest.mark.parametrize("content_type", SPELLINGS)
def test_only_one_spelling_of_the_content_type_marks_an_error(bench: Bench, content_type: str | None) -> None:
    for body in BODIES[:2]:
        assert_same_outcome(ask(bench, Answer(body.encode(), content_type)))


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("content_type", [JSON_ERROR, "application/octet-stream"])
@pytest.mark.parametrize("body", BODIES)
def test_every_json(bench: Bench, body: str, content_type: str) -> None:
    assert_same_outcome(ask(bench, Answer(body.encode(), content_type)))


def test_a_message_served_as_an_error_is_still_a_message(bench: Bench) -> None:
    assert_same_outcome(ask(bench, Answer(wechat('{"a_b":1}').body, JSON_ERROR)))


@pytest.mark.parametrize("content_type", [JSON_ERROR, "application/octet-stream", None])
def test_no_bytes_are_an_empty_message(bench: Bench, content_type: str | None) -> None:
    assert_same_outcome(ask(bench, Answer(b"", content_type)))


@pytest.mark.parametrize("content_type", [JSON_ERROR, "application/octet-stream"])
@pytest.mark.parametrize("name", NO_ANSWER)
def test_bytes_that_are_no_answer(bench: Bench, name: str, content_type: str) -> None:
    exchanges = ask(bench, Answer(NO_ANSWER[name], content_type))
    # Behind the colon stands what the decoder says, each in its own words.
    for outcome in (exchange.outcome for exchange in exchanges):
        assert outcome.errCode == -601001
        assert re.fullmatch(r"a\.b:fail unknown wx response received: .+", outcome.errMsg)
        assert outcome.message == f"errCode: -601001 system error | errMsg: {outcome.errMsg}"
        assert outcome.json == {"errCode": outcome.errCode, "errMsg": outcome.errMsg}


@pytest.mark.once(sample=10)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_but_200_is_an_error(bench: Bench, status: int) -> None:
    bodies = [b""] if status in (204, 304) else [b"", b'{"code":"INVALID_PARAM","message":"m"}']
    for body in bodies:
        exchanges = ask(bench, Answer(body, JSON_ERROR, status, "Whatever", (("Location", "/elsewhere"),)))
        messages = {exchange.face: exchange.outcome.errMsg.replace(seq_id(exchange), "…") for exchange in exchanges}
        assert len(set(messages.values())) == 1, messages
        assert {exchange.outcome.errCode for exchange in exchanges} == {-501001}
        assert all(exchange.outcome.message == exchange.outcome.errMsg for exchange in exchanges)


@pytest.mark.parametrize("ending", ["close", "reset", "truncate"])
def test_connections_that_break_off(bench: Bench, ending: Any) -> None:
    assert_same_outcome(exchanges := ask(bench, Answer(b"abc", ending=ending)))
    assert exchanges[0].outcome.errCode == -501001


def test_nobody_listens(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    same_failure_at(bench, f"http://127.0.0.1:{port}/admin", f"connect ECONNREFUSED 127.0.0.1:{port}")


def test_no_such_name(bench: Bench) -> None:
    same_failure_at(bench, "http://nobody.invalid/admin", "getaddrinfo ENOTFOUND nobody.invalid")


def test_no_answer_in_time(bench: Bench) -> None:
    with bench.variables():
        instances = bench.instances({"env": ENV, **CREDENTIALS, "timeout": 0.2})
        assert_same_outcome(exchanges := bench.ask(instances, "a.b", {}, answer=Answer(ending="hang")))
    bench.recorder.release()
    assert exchanges[0].outcome.errMsg.endswith("request timeout")


def same_failure_at(bench: Bench, url: str, cause: str) -> None:
    with bench.variables():
        init = {"env": ENV, **CREDENTIALS, "serviceUrl": url}
        assert_same_outcome(exchanges := bench.ask(bench.instances(init), "a.b", {}))
    assert exchanges[0].outcome.errMsg == f"openapi.a.b:fail -501001 resource system error. {cause}"


def ask(bench: Bench, answer: Answer) -> list[Exchange]:
    with bench.variables():
        return bench.ask(bench.instances(), "a.b", {}, answer=answer)


def seq_id(exchange: Exchange) -> str:
    return exchange.request.query.partition("seqId=")[2]
