"""Each adapter alone: requests to events, results and errors to responses."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.runtime.adapters import (
    AccessAdapter,
    EventAdapter,
    HttpAdapter,
    InvocationRequest,
    Request,
    Response,
    RuntimeConfig,
    adapter_for,
)
from cloudpy.runtime.errors import RequestRejected, ResultError, TimeLimitError

INVOCATION = InvocationRequest({}, {}, {}, "r-1", 3.0)
ADAPTERS = [HttpAdapter, EventAdapter, AccessAdapter]


def event(kind: str, body: bytes, method: str = "POST") -> Any:
    found = HttpAdapter(RuntimeConfig()).parse(Request(method, "/", [("Content-Type", kind)] if kind else [], body))
    assert isinstance(found, InvocationRequest)
    return found.event


def answer(result: Any, adapter: type[HttpAdapter] | type[AccessAdapter] = HttpAdapter) -> Response:
    return adapter(RuntimeConfig()).respond(INVOCATION, result)


MULTIPART = (
    b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n'
    b'--xx\r\nContent-Disposition: form-data; name="f"; filename="\xe5\x9b\xbe.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x00\r\n--xx--\r\n"
)


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("Application/JSON; charset=utf-8", b"[1]", [1]),
        ("application/cloudevents+json", b'"x"', "x"),
        ("application/json", b'\xef\xbb\xbf{"bom": 1}', {"bom": 1}),
        ("application/json", b"", {}),
        ("application/x-www-form-urlencoded", b"a=1&b=%E5%90%8D&b=2&c=", {"a": "1", "b": ["名", "2"], "c": ""}),
        ("text/plain", "名".encode(), "名"),
        ("text/plain; charset=gbk", "名".encode("gbk"), "名"),
        ("image/png", b"\x89PNG", b"\x89PNG"),
        ("", b"\x00", b"\x00"),
        (
            "multipart/form-data; boundary=xx",
            MULTIPART,
            {"a": ["1", "2"], "f": {"filename": "图.png", "contentType": "image/png", "data": b"\x89PNG\r\n\x00"}},
        ),
        ('multipart/form-data; boundary="xx"', b"--xx--", {}),
    ],
)
def test_a_body_by_its_content_type(kind: str, body: bytes, expected: Any) -> None:
    assert event(kind, body) == expected


def test_a_get_has_no_body() -> None:
    assert event("application/json", b"", "GET") == {}
    assert event("application/json", b"{", "GET") == {}


@given(st.binary(), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain",
                                     "multipart/form-data; boundary=b", "x/y", ""]))  # fmt: skip
def test_whatever_the_body_is_it_is_an_event_or_refused(body: bytes, kind: str) -> None:
    for adapter in ADAPTERS:
        try:
            request = Request("POST", "/event-invoke?" + kind, [("content-type", kind)], body)
            assert isinstance(adapter(RuntimeConfig()).parse(request), (InvocationRequest, Response))
        except RequestRejected as error:
            assert error.status in (400, 415)


JSON = ("Content-Type", "application/json; charset=utf-8")


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        (None, 204, b""),
        ({"a": "名"}, 200, '{"a": "名"}'.encode()),
        ("hi", 200, b"hi"),
        (b"\x00", 200, b"\x00"),
        ([1], 200, b"[1]"),
        (0, 200, b"0"),
        ({"statusCode": 201, "headers": {}, "body": "hi"}, 201, b"hi"),
        ({"statusCode": 201, "body": "hi"}, 200, b'{"statusCode": 201, "body": "hi"}'),  # Tencent's needs both
        ({"statusCode": "201", "headers": {}}, 200, b'{"statusCode": "201", "headers": {}}'),
        ({"statusCode": 204, "headers": {}, "body": "dropped"}, 204, b""),
        ({"statusCode": 200.0, "headers": {}, "body": {"a": 1}}, 200, b'{"a": 1}'),
    ],
)
def test_the_function_style_response(result: Any, status: int, body: bytes) -> None:
    response = answer(result)
    assert (response.status, response.body) == (status, body)


@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        ("hi", 200, b"hi"),
        ({"a": 1}, 200, b'{"a": 1}'),
        ({"statusCode": 201, "body": "hi"}, 201, b"hi"),
        ({"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(b"\x89").decode()}, 200, b"\x89"),
        ({"statusCode": 302, "headers": {"Location": "/x"}}, 302, b""),
    ],
)
def test_the_integration_response(result: Any, status: int, body: bytes) -> None:
    response = answer(result, AccessAdapter)
    assert (response.status, response.body) == (status, body)


def test_headers_of_a_response() -> None:
    headers = {"Set-Cookie": ["a=1", "b=2"], "X-Count": 3, "X-Yes": True, "X-None": None, "Content-Type": "text/html",
               "content-length": "999", "Transfer-Encoding": "chunked", "Connection": "close", "X-名": "x"}  # fmt: skip
    with pytest.raises(ResultError, match="X-名"):
        answer({"statusCode": 200, "headers": headers})
    del headers["X-名"]
    headers["Location"] = "/名 a"
    assert answer({"statusCode": 200, "headers": headers, "body": "<p>"}).headers == [
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Count", "3"), ("X-Yes", "true"), 
        ("Content-Type", "text/html"), ("Location", "/%E5%90%8D a"),
    ]  # fmt: skip
    assert JSON in answer({"statusCode": 200, "headers": {}, "body": {}}).headers


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\rb", "a\0b", "a\x7fb", {"a": 1}, "名\r\nb: c"])
@pytest.mark.parametrize("adapter", [HttpAdapter, AccessAdapter])
def test_a_header_cannot_begin_another_one(value: Any, adapter: type[HttpAdapter]) -> None:
    with pytest.raises(ResultError, match=r'result\["headers"\]\[\'X-A\'\]'):
        answer({"statusCode": 200, "headers": {"X-A": value}}, adapter)


@pytest.mark.parametrize("status", [99, 199, 600, 200.5, 1e9, True])
def test_a_status_that_is_none(status: Any) -> None:
    with pytest.raises(ResultError, match="statusCode"):
        answer({"statusCode": status, "headers": {}}, AccessAdapter)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10,
))  # fmt: skip
def test_json_goes_in_and_comes_out_the_same(value: Any) -> None:
    body = json.dumps(value).encode()
    adapter = EventAdapter(RuntimeConfig())
    found = adapter.parse(Request("POST", "/event-invoke", [], body))
    assert isinstance(found, InvocationRequest)
    assert json.loads(adapter.respond(found, found.event).body) == value


def test_an_event_function_in_a_custom_image() -> None:
    headers = {
        "X-Scf-Request-Id": "r-9", "X-Scf-Memory": "512", "X-Scf-Timeout": "20", "X-Scf-Version": "$LATEST",
        "X-Scf-Name": "steps", "X-Scf-Namespace": "env-1", "X-Scf-Region": "ap-shanghai", "X-Scf-Appid": "125",
        "X-Scf-Uin": "100", "X-Scf-Session-Token": "t", "X-Scf-Secret-Id": "i", "X-Scf-Secret-Key": "k",
        "X-Scf-Trigger-Src": "timer",
    }  # fmt: skip
    found = EventAdapter(RuntimeConfig()).parse(Request("POST", "/event-invoke", headers.items(), b'{"Type": "Timer"}'))
    assert isinstance(found, InvocationRequest)
    assert found.event == {"Type": "Timer"}
    assert found.timeout == 20
    expected = {"request_id": "r-9", "memory_limit_in_mb": 512, "time_limit_in_ms": 20000, "function_name": "steps",
                "namespace": "env-1", "tencentcloud_region": "ap-shanghai", "tencentcloud_appid": "125",
                "function_version": "$LATEST", "tencentcloud_uin": "100"}  # fmt: skip
    assert expected.items() <= found.context.items()
    assert found.variables["TRIGGER_SRC"] == "timer"
    assert found.variables["TENCENTCLOUD_SESSIONTOKEN"] == "t"
    assert json.loads(found.context["environment"]) == found.variables


@pytest.mark.parametrize(
    ("value", "seconds"), [("3", 3), ("900", 900), ("3000", 3), ("", 60), ("x", 60), ("9" * 9, 900)]
)
def test_the_time_limit_of_a_custom_image(value: str, seconds: float) -> None:
    found = EventAdapter(RuntimeConfig(timeout=60)).parse(
        Request("POST", "/event-invoke", [("X-Scf-Timeout", value)], b"{}")
    )
    assert isinstance(found, InvocationRequest)
    assert found.timeout == seconds


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/event-invoke", 405), ("POST", "/", 404)])
def test_events_come_in_one_way_alone(method: str, path: str, status: int) -> None:
    with pytest.raises(RequestRejected) as caught:
        EventAdapter(RuntimeConfig()).parse(Request(method, path, [], b"{}"))
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValueError("secret"), 500, 430),
        (TimeLimitError(3), 504, 433),
        (RequestRejected(429, "TOO_MANY_REQUESTS", "m"), 429, 429),
        (RequestRejected(413, "EXCEED_MAX_PAYLOAD_SIZE", "m"), 413, 406),
        (RequestRejected(400, "BAD_REQUEST", "m"), 400, 400),
    ],
)
def test_errors_as_the_platform_shows_them(error: Exception, status: int, code: int) -> None:
    response = EventAdapter(RuntimeConfig()).respond_error("r-1", error)
    told = json.loads(response.body)
    assert response.status == status
    assert (told["errorCode"], told["requestId"], told["statusCode"]) == (-1, "r-1", code)
    assert "stackTrace" not in told and "secret" not in told["errorMessage"]


@pytest.mark.parametrize(
    ("adapter", "key"), [(HttpAdapter, "stack"), (EventAdapter, "stackTrace"), (AccessAdapter, "stack")]
)
def test_tracebacks_outside_production_alone(adapter: Any, key: str) -> None:
    error = ValueError("secret")
    assert "secret" in json.loads(adapter(RuntimeConfig(production=False)).respond_error("r", error).body)[key]
    assert b"secret" not in adapter(RuntimeConfig(production=True)).respond_error("r", error).body


def test_the_http_access_service() -> None:
    request = Request(
        "PUT", "/a%2Fb/c?x=1&y=%E5%90%8D&x=2", [("Content-Type", "text/plain"), ("X-A", "1"), ("x-a", "2")], b"hi"
    )
    environ = {"TENCENTCLOUD_APPID": "125", "TENCENTCLOUD_UIN": "100", "TCB_ENV": "env-1"}
    found = AccessAdapter(RuntimeConfig(environ)).parse(request)
    assert isinstance(found, InvocationRequest)
    assert found.event == {
        "path": "/a%2Fb/c",
        "httpMethod": "PUT",
        "headers": {"content-type": "text/plain", "x-a": "1, 2"},
        "queryStringParameters": {"x": "2", "y": "名"},
        "requestContext": {"requestId": request.id, "envId": "env-1", "appId": 125, "uin": 100},
        "body": "hi",
        "isBase64Encoded": False,
    }
    binary = AccessAdapter(RuntimeConfig()).parse(Request("POST", "/", [("Content-Type", "image/png")], b"\x89"))
    assert isinstance(binary, InvocationRequest)
    assert (binary.event["body"], binary.event["isBase64Encoded"]) == ("iQ==", True)


def test_an_unknown_door_is_told() -> None:
    with pytest.raises(ValueError, match="http, event, access, apigw"):
        adapter_for("back", RuntimeConfig())
