"""The logger ``cloudpy``: a debug line for each call, and no secret in anything."""

from __future__ import annotations

import base64
import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._client import redact
from cloudpy._client.logging import logger
from cloudpy.errors import CloudSDKError

from .gateway import OK, REFUSED, SECRETS, Caller, ScriptedServer, in_turn, wechat


def test_a_debug_line_for_each_call(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cloudpy")
    with ScriptedServer(in_turn(OK, REFUSED)) as server:
        cloud = caller.cloud(server.url)
        caller.does(lambda: cloud.openapi.a.b(text="a value of the user's"))
        with pytest.raises(CloudSDKError):
            caller.does(lambda: cloud.openapi.a.c())
    lines = [record.getMessage() for record in caplog.records if record.levelno == logging.DEBUG]
    assert 2 == len(lines)
    assert lines[0].startswith("openapi.a.b errCode=0 duration=")
    assert "attempts=1 sent=" in lines[0] and "requestId=" in lines[0]
    assert lines[1].startswith("openapi.a.c errCode=40003 ")
    assert "a value of the user's" not in caplog.text


def test_no_line_above_debug(caller: Caller, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "cloudpy")
    with ScriptedServer(in_turn(OK)) as server:
        cloud = caller.cloud(server.url)
        caller.does(lambda: cloud.openapi.a.b())
    assert [] == caplog.records


def test_an_answer_that_echoes_what_was_sent(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WX_CONTEXT_KEYS", "WX_API_TOKEN")
    monkeypatch.setenv("WX_API_TOKEN", "the-token-of-the-user==")
    told = f"bad token the-token-of-the-user==, key {SECRETS['secretKey']}, ticket t-1234567890, for o-1 rid: 5f-1"
    body = f'{{"errcode":40001,"errmsg":"{told}"}}'.encode()
    with ScriptedServer(in_turn(wechat(body))) as server:
        cloud = caller.cloud(server.url)
        with pytest.raises(CloudSDKError) as caught:
            caller.does(lambda: cloud.openapi.a.b({"deep": [{"ticket": "t-1234567890"}], "touser": "o-1"}))
    error = caught.value
    assert "openapi.a.b:fail bad token ***, key ***, ticket ***, for o-1 rid: 5f-1" == error.errMsg
    assert error.errMsg in str(error)
    assert "the-token" not in f"{error!r}{error.toJSON()}{error.args}"
    assert "5f-1" == error.rid


def test_an_address_with_a_token_in_it(caller: Caller) -> None:
    from tests.scripted_server import http

    with ScriptedServer(in_turn(http(status="503 Service Unavailable"))) as server:
        cloud = caller.cloud(server.url + "?token=1234567890&a=b&")
        with pytest.raises(CloudSDKError) as caught:
            caller.does(lambda: cloud.openapi.a.b())
    assert "503" in caught.value.errMsg
    assert "?token=***&a=b&env=e" in str(caught.value)
    assert "1234567890" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /x?access_token=abc&openid=o", "GET /x?access_token=***&openid=o"),
        ('{"a": 1, "sessionToken": "abc", "b": "c"}', '{"a": 1, "sessionToken": "***", "b": "c"}'),
        (r'{"body": "{\"token\":\"abc\",\"b\":1}"}', r'{"body": "{\"token\":\"***\",\"b\":1}"}'),
        ("Authorization: TC3-HMAC-SHA256 Credential=AKID/x, Signature=ff", "Authorization: ***"),
        ("x-cloudbase-context: H4sIAAAA", "x-cloudbase-context: ***"),
        ("https://me:word@host/path", "https://***@host/path"),
        ("secretKey='abc' and more", "secretKey='***' and more"),
        ("SECRET_KEY=abc", "SECRET_KEY=***"),
        # what only speaks of secrets stays as it is
        ("no access_token: give init(access_token=…)", "no access_token: give init(access_token=…)"),
        ("the access_token has expired, rid: 5f-1", "the access_token has expired, rid: 5f-1"),
        ("openapi.a.b:fail -604101 no permission", "openapi.a.b:fail -604101 no permission"),
    ],
)
def test_what_stands_behind_a_telling_name(text: str, shown: str) -> None:
    assert shown == redact.text(text)


def test_values_keep_their_shape() -> None:
    found = redact.value({"a": [{"apiKey": "k", "n": 1}], "tokens": ["x", 2], "password": b"b", "content": "ok"})
    assert {"a": [{"apiKey": "***", "n": 1}], "tokens": ["***", "***"], "password": "***", "content": "ok"} == found


@given(st.text(min_size=8, max_size=40), st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_is_found_in_every_form(secret: str, before: str, after: str) -> None:
    data = secret.encode("utf-8", "surrogatepass")
    forms = [secret, base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode(), repr(secret)[1:-1]]
    forms += [quote(data), quote(data, safe=""), json.dumps(secret)[1:-1]]
    for form in forms:
        left = redact.without(f"{before}|{form}|{after}", {secret})
        assert form not in left or form in f"{before}||{after}" or form in "|***|"


@pytest.mark.parametrize("as_argument", [True, False])
def test_the_filter_takes_secrets_out_of_any_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, as_argument: bool
) -> None:
    monkeypatch.setenv("TENCENTCLOUD_SECRETKEY", "the key of this machine")
    found: Any = ("%s was given", "the key of this machine") if as_argument else ("the key of this machine was given",)
    logger().warning(*found)
    try:
        raise ValueError("the key of this machine")
    except ValueError:
        logger().exception("it broke")
    assert "*** was given" in caplog.text
    assert "ValueError: ***" in caplog.text
    assert "the key of this machine" not in caplog.text
    assert 1 == len([one for one in logger().filters if one is not None])
