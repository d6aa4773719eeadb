"""From headers to the variables of an invocation."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy._client.context import Invocation, invocation, wx_context
from cloudpy.runtime.adapters import HttpAdapter, InvocationRequest, Request, RuntimeConfig
from cloudpy.runtime.adapters.identity import MAX_CONTEXT, unpack
from cloudpy.runtime.errors import RequestRejected

WX = {
    "x-wx-source": "wx_client",
    "x-wx-openid": "o-1",
    "x-wx-appid": "wx1",
    "x-wx-unionid": "u-1",
    "x-wx-from-openid": "o-2",
    "x-wx-from-appid": "wx2",
    "x-wx-from-unionid": "u-2",
    "x-wx-env": "prod-1",
    "x-wx-cloudbase-access-token": "the-token",
    "x-original-forwarded-for": "203.0.113.9, 10.0.0.1",
}


def call(headers: dict[str, str], **config: Any) -> InvocationRequest:
    found = HttpAdapter(RuntimeConfig(**{"trusted": True, **config})).parse(Request("POST", "/", headers.items(), b""))
    assert isinstance(found, InvocationRequest)
    return found


def seen(headers: dict[str, str], **config: Any) -> dict[str, Any]:
    """What getWXContext() gives in that invocation."""
    token = invocation.set(Invocation(call(headers, **config).variables))
    try:
        return wx_context()
    finally:
        invocation.reset(token)


@pytest.mark.parametrize("written", [str.lower, str.upper, str.title])
def test_cloud_runs_headers_in_any_letter_case(written: Callable[[str], str]) -> None:
    assert seen({written(name): value for name, value in WX.items()}) == {
        "OPENID": "o-1", "APPID": "wx1", "UNIONID": "u-1", "FROM_OPENID": "o-2", "FROM_APPID": "wx2",
        "FROM_UNIONID": "u-2", "CLIENTIP": "203.0.113.9", "ENV": "prod-1", "SOURCE": "wx_client",
    }  # fmt: skip


def test_the_token_is_for_cloud_calls_and_for_nobodys_eyes() -> None:
    found = call(WX)
    assert found.variables["WX_CLOUDBASE_ACCESSTOKEN"] == "the-token"
    assert "the-token" not in json.dumps(found.context["httpContext"])
    assert "the-token" not in json.dumps(seen(WX))
    assert "the-token" not in repr(found) + repr(Request("POST", "/?token=the-token", WX.items()))


@pytest.mark.parametrize("headers", [{**WX, "x-wx-source": ""}, {k: v for k, v in WX.items() if k != "x-wx-source"}])
def test_without_a_source_nobody_is_believed_nor_shown(headers: dict[str, str]) -> None:
    assert seen(headers) == {}
    assert call(headers).variables == {}
    shown = call(headers).context["httpContext"]["headers"]
    assert [name for name in shown if name.startswith("x-wx")] == []


def test_where_headers_are_not_trusted_nobody_is_believed() -> None:
    packed = base64.b64encode(json.dumps({"uid": "u"}).encode()).decode()
    assert call({**WX, "x-cloudbase-context": packed}, trusted=False).variables == {}
    # nor can a broken one that is not read do any harm
    assert call({"x-cloudbase-context": "!"}, trusted=False).variables == {}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("padded", [True, False])
def test_the_gateways_context(pack: Callable[[bytes], bytes], padded: bool) -> None:
    text = base64.b64encode(pack(json.dumps({"uid": "u-7", "customUserId": "c", "secret": "x"}).encode())).decode()
    found = call({"X-CloudBase-Context": text if padded else text.rstrip("=")})
    assert found.variables == {
        "TCB_UUID": "u-7",
        "TCB_CUSTOM_USER_ID": "c",
        "TCB_CONTEXT_KEYS": "TCB_UUID,TCB_CUSTOM_USER_ID",
    }
    assert "x-cloudbase-context" not in found.context["httpContext"]["headers"]


EXTENDED = {
    "envId": "env-1",
    "source": "outer",
    "userId": 5,
    "tmpSecret": {"secretId": "i", "secretKey": "k", "token": "t"},
    "wechatContext": {"openId": "o-9", "appId": "wx9", "unionId": "", "source": "wx_client"},
}


def test_the_extended_context_in_the_header_that_the_operator_names() -> None:
    packed = base64.b64encode(gzip.compress(json.dumps(EXTENDED).encode())).decode()
    found = call({"x-ext": packed}, environ={"EXTENDED_CONTEXT_KEY": "X-Ext"}, trusted=False)
    assert found.variables["WX_OPENID"] == "o-9"
    assert found.variables["TCB_SOURCE"] == "wx_client"
    assert found.variables["TCB_ENV"] == "env-1"
    assert found.variables["TCB_UUID"] == "5"
    assert found.variables["TENCENTCLOUD_SECRETKEY"] == "k"
    assert found.context["extendedContext"] == EXTENDED
    assert "x-ext" not in found.context["httpContext"]["headers"]
    assert call({"x-ext": packed}, trusted=False).variables == {}, "nobody named it"


def test_the_extended_context_replaces_the_user_of_the_headers_whole() -> None:
    packed = base64.b64encode(json.dumps(EXTENDED).encode()).decode()
    environ = {"EXTENDED_CONTEXT_KEY": "x-ext"}
    told = seen({**WX, "x-ext": packed}, environ=environ)
    assert told == {"OPENID": "o-9", "APPID": "wx9", "ENV": "env-1", "SOURCE": "wx_client"}


def test_the_extended_context_of_a_local_run() -> None:
    assert seen({}, environ={"EXTENDED_CONTEXT": json.dumps(EXTENDED)})["OPENID"] == "o-9"
    with pytest.raises(RequestRejected, match="EXTENDED_CONTEXT"):
        call({}, environ={"EXTENDED_CONTEXT": "{"})


def test_a_large_context_is_refused_before_it_is_unpacked_whole() -> None:
    fits = json.dumps({"uid": "a" * (MAX_CONTEXT - 11)}).encode()
    assert len(fits) == MAX_CONTEXT
    assert unpack(base64.b64encode(gzip.compress(fits)).decode(), "h")["uid"].startswith("aaa")
    with pytest.raises(RequestRejected):
        unpack(base64.b64encode(gzip.compress(fits.replace(b'"}', b'a"}'))).decode(), "h")


@given(st.one_of(st.text(), st.binary().map(lambda data: base64.b64encode(data).decode())))
def test_whatever_the_context_is_it_is_an_object_or_refused(text: str) -> None:
    try:
        assert isinstance(unpack(text, "x-cloudbase-context"), dict)
    except RequestRejected as error:
        assert error.status == 400
